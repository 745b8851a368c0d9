from odoo import api, models
from odoo.exceptions import UserError

from ..policy import ticket_flow, visit_flow


class AftersalesLifecycleMixin(models.AbstractModel):
    """What is settled stays as it was: its facts are closed in every form and for who writes past the form.

    One table a document (``_settled``) serves both. Who has to correct what is over reopens it, or a manager
    puts it into another state with a reason; what somebody is asked to approve goes back to draft.
    """

    _inherit = "aftersales.lifecycle.mixin"

    #: (names of the facts, states in which nobody writes them)
    _settled = ((), ())

    def write(self, vals):
        if not self.env.su and not self._is_policy_write():
            self._refuse_settled(vals)
        return super().write(vals)

    def _refuse_settled(self, vals):
        names, states = self._settled
        changed = [name for name in names if name in vals]
        over = self.filtered(lambda doc: doc.state in states) if changed else self.browse()
        if over:
            self.check_access("write")
            raise UserError(over._settled_message(changed))

    def _settled_message(self, names):
        """Why the fields ``names`` stay as they are, and what to do about it."""
        return self.env._(
            "%(fields)s stays as it is: %(documents)s is over. Reopen it first; a manager can put it into "
            "another state with a reason.",
            fields=", ".join(self._fields[name]._description_string(self.env) for name in names),
            documents=", ".join(self.mapped("display_name")),
        )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        names, states = self._settled
        if view_type == "form" and names:
            over = f"state in {tuple(states)!r}"
            for name in names:
                # the form's own fields; those of a list within it belong to other documents
                for node in arch.xpath("//field[@name=$name][not(ancestor::field)]", name=name):
                    before = node.get("readonly")
                    if before not in ("1", "True"):
                        node.set("readonly", f"({before}) or {over}" if before else over)
        return arch, view


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    _settled = (ticket_flow.SETTLED_FIELDS, ticket_flow.ENDED)


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    _settled = (visit_flow.SETTLED_FIELDS, (visit_flow.DONE, visit_flow.CANCELLED))
