from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..policy import deadline, ticket_flow, unstick


class AftersalesLifecycleMixin(models.AbstractModel):
    """A manager puts a document that is stuck into another state of its table, with a reason.

    This is no event: nothing is told, booked or paid, and no check of the next step is left out. A document
    has to allow it (``_can_be_unstuck``); what pays money does not.
    """

    _inherit = "aftersales.lifecycle.mixin"

    #: whether a manager may put it into another state by hand
    _can_be_unstuck = False

    def _unstick(self, state, reason):
        """Put every document of ``self`` into ``state`` of its flow, or none of them.

        :raise AccessError: the user is no manager, may not write the document, or has asked for it
        :raise UserError: no reason, no such state, or the document refuses
        """
        reason = (reason or "").strip()
        self._refuse_unstick_right()
        self._check_unstick(state)
        if not reason:
            raise UserError(self.env._("Say why: the reason is kept in the document's log."))
        now, labels = fields.Datetime.now(), dict(self._fields["state"]._description_selection(self.env))
        bodies = {
            document.id: self.env._(
                "Put by hand from %(before)s to %(after)s. %(reason)s",
                before=labels[document.state],
                after=labels[state],
                reason=reason,
            )
            for document in self
        }
        self._write_policy({"state": state})
        self._message_log_batch(bodies)
        self._after_unstick(state, now)
        return self

    def _refuse_unstick_right(self):
        self.check_access("write")
        if not self._can_be_unstuck:
            raise AccessError(
                self.env._("A %(document)s is not moved by hand: money has its own steps, each with a second "
                           "person.", document=self._description.lower())
            )  # fmt: skip
        if not self.env.user.has_group("aftersales_service.group_manager"):
            raise AccessError(self.env._("Only a manager may put a document into another state by hand."))
        own = self._own_requests_now()
        if own:
            raise AccessError(
                self.env._(
                    "Four eyes: %(documents)s was asked for by yourself. Let another manager do it.",
                    documents=", ".join(own.mapped("display_name")),
                )
            )

    def _check_unstick(self, state):
        """Raise UserError where ``state`` is none of the table's, or where the document is already."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        if state not in self._flow.states:
            raise UserError(
                self.env._(
                    "There is no state '%(state)s'. Choose one of: %(known)s.",
                    state=state,
                    known=", ".join(labels[name] for name in self._flow.states),
                )
            )
        same = self.filtered(lambda document: document.state == state)
        if same:
            raise UserError(
                self.env._(
                    "%(documents)s is in '%(state)s' already.",
                    documents=", ".join(same.mapped("display_name")),
                    state=labels[state],
                )
            )

    def _after_unstick(self, state, now):
        """What follows from the new state by itself."""


class AftersalesDeadlineMixin(models.AbstractModel):
    _inherit = "aftersales.deadline.mixin"

    def _after_unstick(self, state, now):
        """Promises of the new state run, those that make no sense there are given up."""
        super()._after_unstick(state, now)
        always, possible, still = unstick.promises_in(self._flow, state)
        rows = self._open_rows(list(self._flow.promises))
        rows.filtered(lambda row: row.kind not in possible)._drop(now, "unstick")
        rows = rows.filtered(lambda row: row.kind in possible)
        rows.filtered(lambda r: r.state == deadline.RUNNING and r.kind in still)._pause(now, "unstick")
        rows.filtered(lambda r: r.state == deadline.PAUSED and r.kind not in still)._resume(now, "unstick")
        for kind in sorted(always):
            owed = rows.filtered(lambda row, kind=kind: row.kind == kind).mapped("res_id")
            self.filtered(lambda doc, owed=owed: doc.id not in owed)._open_deadlines([kind], now=now)
        self._refresh_next_due()


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    _can_be_unstuck = True

    def _check_unstick(self, state):
        super()._check_unstick(state)
        gone = self.filtered("anonymised_at")
        if gone:
            raise UserError(
                self.env._(
                    "The personal data of %(tickets)s were erased. Open a new ticket instead.",
                    tickets=", ".join(gone.mapped("name")),
                )
            )
        merged = self.filtered("merged_into_id")
        if merged:
            raise UserError(
                self.env._(
                    "%(tickets)s was merged into another ticket: work on that one.",
                    tickets=", ".join(merged.mapped("name")),
                )
            )

    def _after_unstick(self, state, now):
        """The time for which an ended ticket is kept begins anew; secrets do not outlast it."""
        super()._after_unstick(state, now)
        for company, tickets in self.grouped("company_id").items():
            ended = state in ticket_flow.ENDED
            tickets._write_policy({"ended_on": company._aftersales_day(now) if ended else False})
        if state in ticket_flow.ENDED:
            self._forget_secrets()
