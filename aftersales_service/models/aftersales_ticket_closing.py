from odoo import fields, models
from odoo.exceptions import UserError

from ..policy import closing, lifecycle, ticket_flow, visit_flow

CONFIRMED_BY = [
    ("portal", "In the portal"),
    ("phone", "By telephone"),
    ("written", "In writing"),
    ("signature", "By signature on site"),
]


class AftersalesTicket(models.Model):
    """The result is confirmed by the customer, and proved before the file is closed."""

    _inherit = "aftersales.ticket"

    proof_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_ticket_proof_rel",
        string="Proof of completion",
        copy=False,
        help="Screenshot of the customer's answer or recording of the call, for work on the telephone or by "
        "remote access.",
    )
    confirmed_at = fields.Datetime("Result confirmed", readonly=True, copy=False)
    confirmed_how = fields.Selection(CONFIRMED_BY, "Confirmed", readonly=True, copy=False)
    customer_comment = fields.Text("Customer's comment", copy=False, help="On the result, as it was said.")

    def _owned_fields(self):
        return super()._owned_fields() | {"confirmed_at", "confirmed_how"}

    def _deadline_user(self, kind):
        """PROG-07: whoever solved it asks the customer whether it is solved; that is a task of its own."""
        return self.user_id if kind == "confirm" else super()._deadline_user(kind)

    # === CONFIRMATION === #

    def action_confirm_by_phone(self):
        """The customer has said on the telephone that the result is right (PROG-07, PROG-13)."""
        return self._confirm_result("phone")

    def action_confirm_in_writing(self):
        """The customer has written that the result is right: by mail, chat or on paper (PROG-07)."""
        return self._confirm_result("written")

    def _confirm_result(self, how):
        self.check_access("write")
        early = self.filtered(lambda ticket: ticket.state not in ticket_flow.SOLVED)
        if early:
            raise UserError(
                self.env._(
                    "%(tickets)s is not solved yet: the customer confirms a result that is there.",
                    tickets=", ".join(early.mapped("display_name")),
                )
            )
        self._write_policy({"confirmed_at": fields.Datetime.now(), "confirmed_how": how})
        labels = dict(self._fields["confirmed_how"]._description_selection(self.env))
        text = self.env._("The customer has confirmed the result: %(how)s.", how=labels[how])
        self._message_log_batch(dict.fromkeys(self.ids, text))
        return True

    def _fire(self, event, actor=None, reason=None):
        """The customer's own word is the proof, so the checks have to know who speaks."""
        speaks = self.with_context(aftersales_customer=actor == lifecycle.CUSTOMER)
        super(AftersalesTicket, speaks)._fire(event, actor=actor, reason=reason)
        return self

    def _after_event(self, event, now):
        super()._after_event(event, now)
        if event == "close" and self._closing_actor() == "customer":
            fresh = self.filtered(lambda ticket: not ticket.confirmed_at)
            fresh._write_policy({"confirmed_at": now, "confirmed_how": "portal"})
        if event == "reopen":  # the next result has to be confirmed anew
            self.filtered("confirmed_at")._write_policy({"confirmed_at": False, "confirmed_how": False})

    # === CHECKS === #

    def _check_resolve(self):
        self._refuse_unproved(closing.RESOLVE)

    def _check_close(self):
        self._refuse_unproved(closing.CLOSE)

    def _refuse_unproved(self, step):
        """Judge by service type and way of working; say what is missing and where to put it."""
        for ticket, missing in self._unproved(step).items():
            raise UserError(
                self.env._(
                    "%(ticket)s cannot be finished yet. %(missing)s",
                    ticket=ticket.display_name,
                    missing=missing,
                )
            )

    def _unproved(self, step):
        """{ticket: what is missing}; a ticket left out may be finished."""
        answers = self._judge("closing", {ticket: ticket._closing_facts(step) for ticket in self})
        missing = {
            ticket: answer.values["missing"]
            for ticket, answer in answers.items()
            if answer.outcome == closing.INCOMPLETE
        }
        codes = {code for found in missing.values() for code in found}
        texts = {code: self.env["aftersales.clause"]._text_of(code) for code in codes}
        return {
            ticket: " ".join(filter(None, (texts[code] for code in found)))
            for ticket, found in missing.items()
        }

    def _batch_refusals(self, event):
        """What lacks its proof is known before anything is closed."""
        refused = super()._batch_refusals(event)
        if event in (closing.RESOLVE, closing.CLOSE):
            refused |= self.filtered(lambda ticket: ticket not in refused)._unproved(event)
        return refused

    def _closing_facts(self, step):
        visits = self.sudo().visit_ids  # sudo: whoever closes, all visits count
        return closing.Facts(
            step=step,
            service_type=self.service_type,
            mode_code=self.intervention_mode or None,
            actor_code=self._closing_actor(),
            visits_open=len(visits.filtered(lambda visit: visit.state in visit_flow.EXPECTED)),
            visits_signed=len(visits.filtered(lambda v: v.state == visit_flow.DONE and v.signature)),
            proofs=len(self.proof_ids),
            confirmed=bool(self.confirmed_at),
            cause_known=bool(self.cause_id),
            resolution_known=bool(self.resolution_id),
            strict=self.company_id.sudo().aftersales_closing_strict,  # sudo: the company's choice
            plan_code=self._plan_code(),
            plan_required=self.company_id.sudo().aftersales_plan_required,  # sudo: the company's choice
            usage_known=bool((self.usage_record or "").strip()),
        )

    def _closing_actor(self):
        """A person, or the portal and the ledger, which act in sudo (see ``_fire``)."""
        if not self.env.su:
            return "person"
        return "customer" if self.env.context.get("aftersales_customer") else "system"
