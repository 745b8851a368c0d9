from odoo import models
from odoo.exceptions import AccessError, UserError


class AftersalesApprovalMixin(models.AbstractModel):
    """A document that one person fills in and asks for, and another one decides.

    What was asked for is what gets decided and carried out: to change it, it goes back to draft, and with
    that everything that was decided is forgotten.
    """

    _name = "aftersales.approval.mixin"
    _description = "Document that is approved"
    _inherit = "aftersales.lifecycle.mixin"

    #: what the decision is about; nobody writes it past the draft
    _content = ()
    #: what says who has asked and decided, and when; a revised document loses it
    _decision = ()

    @property
    def _settled(self):
        return self._content, tuple(state for state in self._flow.states if state != self._flow.initial)

    def _settled_message(self, names):
        return self.env._(
            "%s was submitted already. Take it back to draft to change it; then it is approved anew.",
            ", ".join(self.mapped("display_name")),
        )

    def _refuse_incomplete(self, names):
        """Nobody is asked to decide about a document that lacks one of the fields ``names``."""
        for document in self:
            empty = [self._fields[name]._description_string(self.env) for name in names if not document[name]]
            if empty:
                raise UserError(
                    self.env._(
                        "%(document)s is not ready to be approved. Fill in: %(fields)s.",
                        document=document.display_name,
                        fields=", ".join(empty),
                    )
                )

    def _refuse_unless_general_manager(self):
        """What goes beyond the limit of the company is decided by the general manager alone."""
        if self and not self.env.su and "general_manager" not in self._roles():
            raise AccessError(
                self.env._(
                    "%s is more than the department may decide: ask the general manager.",
                    ", ".join(self.mapped("display_name")),
                )
            )

    def _on_revise(self):
        """Changed: whoever decides on the new version decides anew."""
        self._write_policy(dict.fromkeys(self._decision, False))
        self._end_tasks()

    def _end_tasks(self):
        # sudo: the task is over when anybody with the right has decided, whosever it was
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
