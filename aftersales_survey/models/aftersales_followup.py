from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import followup, followup_flow
from .aftersales_followup_plan_line import CHANNELS, PURPOSES, ROLES


class AftersalesFollowup(models.Model):
    """A contact with the customer some time after the job: what to ask, by when, and what came of it."""

    _name = "aftersales.followup"
    _description = "Follow-up"
    _inherit = ["aftersales.deadline.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "due_at, id"

    _flow = followup_flow.FLOW
    _policy_fields = ("due_at", "attempts")

    state = fields.Selection(
        [
            (followup_flow.PLANNED, "Planned"),
            (followup_flow.RESCHEDULED, "Rescheduled"),
            (followup_flow.UNREACHABLE, "Unreachable"),
            (followup_flow.DONE, "Done"),
            (followup_flow.CANCELLED, "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=followup_flow.PLANNED,
        group_expand=True,
    )
    ticket_id = fields.Many2one("aftersales.ticket", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer", store=True, index=True)
    product_id = fields.Many2one(related="ticket_id.product_id", store=True)
    plan_line_id = fields.Many2one(
        "aftersales.followup.plan.line", "Planned by", readonly=True, copy=False, ondelete="set null"
    )
    script = fields.Html(related="plan_line_id.script")
    purpose = fields.Selection(PURPOSES, required=True, default="satisfaction")
    channel = fields.Selection(CHANNELS, required=True, default="phone")
    role = fields.Selection(ROLES, string="Who", required=True, default="agent")
    user_id = fields.Many2one("res.users", "Assigned to", index=True)
    planned_at = fields.Datetime("First planned for", required=True, copy=False, default=fields.Datetime.now)
    due_at = fields.Datetime(
        "Due", readonly=True, copy=False, index=True, help="Moved by Reschedule, which tells the log why."
    )
    done_at = fields.Datetime("Contacted", readonly=True, copy=False)
    attempts = fields.Integer("Tries", readonly=True, copy=False, aggregator=None)
    phone = fields.Char(compute="_compute_phone", store=True, readonly=False)
    callback_phone = fields.Char(
        "Call back on", help="Where the customer prefers to be called, a landline for instance."
    )
    outcome = fields.Selection(
        [
            ("satisfied", "Satisfied, no request"),
            ("praise", "Praise"),
            ("dissatisfied", "Dissatisfied"),
        ],
        copy=False,
        index=True,
    )
    topic = fields.Selection(
        [
            ("product", "Product"),
            ("sales", "Sales"),
            ("installation", "Installation work"),
            ("service", "Service"),
        ],
        string="About",
        copy=False,
        help="What the customer's opinion is about.",
    )
    notes = fields.Text(copy=False, help="What the customer said, and what was answered.")
    headline = fields.Char(compute="_compute_headline")

    # aftersales.ticket._cancel_followups, _live_followups: contacts still open
    _open_idx = models.Index("(ticket_id) WHERE state IN ('planned', 'rescheduled', 'unreachable')")

    # === COMPUTED === #

    @api.depends("ticket_id.name", "purpose")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["purpose"]._description_selection(self.env))
        for contact in self:
            contact.display_name = " · ".join(
                part for part in (contact.ticket_id.name, labels.get(contact.purpose)) if part
            )

    @api.depends("ticket_id")
    def _compute_phone(self):
        for contact in self:
            contact.phone = contact.ticket_id.phone or contact.partner_id.phone

    @api.depends("state", "due_at", "user_id", "outcome")
    @api.depends_context("lang", "tz")
    def _compute_headline(self):
        for contact in self:
            contact.headline = contact._headline()

    def _headline(self):
        """What is next, by whom and by when; or what came of it."""
        self.ensure_one()
        if self.state == followup_flow.DONE:
            labels = dict(self._fields["outcome"]._description_selection(self.env))
            return labels.get(self.outcome) or ""
        if self.state == followup_flow.CANCELLED:
            return self.env._("Not needed any more.")
        if self.state == followup_flow.UNREACHABLE:
            return self.env._("Not reached after %s tries. Try again another day, or cancel.", self.attempts)
        return self.env._(
            "%(who)s contacts the customer by %(when)s.",
            who=self.user_id.name or self.env._("Somebody"),
            when=self._moment(self.due_at) if self.due_at else "-",
        )

    # === PROMISE === #

    def _deadline_terms(self, kind):
        """The ledger counts whole minutes from now to the moment that the plan or the customer named."""
        ledger, now = self.env["aftersales.deadline"], fields.Datetime.now()
        return {
            contact: ledger.terms(_minutes_between(now, contact.due_at), "minutes")
            for contact in self
            if contact.due_at
        }

    def _deadline_user(self, kind):
        return self.user_id

    def write(self, vals):
        """Another person takes over: the task goes along."""
        result = super().write(vals)
        if "user_id" in vals:
            self.filtered(lambda contact: contact.state in followup_flow.OPEN)._hand_over()
        return result

    def _hand_over(self):
        rows = self._open_rows(["followup"]).filtered(lambda row: row.state == "running")
        rows._drop(fields.Datetime.now(), "assign")
        self.browse(rows.mapped("res_id"))._open_deadlines(["followup"])

    # === CREATING === #

    @api.model_create_multi
    def create(self, vals_list):
        """The promise runs until the moment that plan or person named."""
        contacts = super().create(vals_list)
        undated = contacts.filtered(
            lambda contact: not contact.due_at and contact.state in followup_flow.OPEN
        )
        for planned_at, group in undated.grouped("planned_at").items():
            group._write_policy({"due_at": planned_at})
        # defaults meant for the contact are none of the ledger's
        undated.with_context(clean_context(self.env.context))._open_deadlines(["followup"])
        return contacts

    # === EVENTS === #

    def action_complete(self):
        return self._fire("complete")

    def _check_complete(self):
        """A contact leaves a record (FOLLOWUP-08); what a customer is unhappy about is written down."""
        for contact in self:
            if not contact.outcome:
                raise UserError(
                    self.env._("Say under Outcome how %s went, then mark it as done.", contact.display_name)
                )
            if contact.outcome == "dissatisfied" and not (contact.notes or "").strip():
                raise UserError(
                    self.env._(
                        "Write down what the customer is not content with on %s: "
                        "whoever takes it up needs it.",
                        contact.display_name,
                    )
                )

    def _on_complete(self):
        unhappy = self.filtered(lambda contact: contact.outcome == "dissatisfied")
        for contact in unhappy:
            contact.ticket_id._start_second_handling(
                self.env._("Dissatisfied at the follow-up: %s", contact.notes)
            )

    def action_no_answer(self):
        return self._fire("no_answer")

    def _on_no_answer(self):
        """Try again on the next working day, a few times."""
        for contact in self:
            contact._write_policy({"attempts": contact.attempts + 1})
        again = self.filtered(lambda contact: followup.tries_again(contact.attempts))
        now = fields.Datetime.now()
        for company, contacts in again.grouped("company_id").items():
            due_at = company._aftersales_next_day(now)
            contacts._reschedule_to(due_at, self.env._("Nobody answered."), actor=lifecycle.SYSTEM)

    def action_reschedule(self):
        """Ask when to call again (FOLLOWUP-04)."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("When shall we contact the customer?"),
            "res_model": "aftersales.followup.reschedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_followup_ids": [fields.Command.set(self.ids)]},
        }

    def _reschedule_to(self, due_at, reason, actor=None):
        """The promise runs anew until ``due_at``."""
        if due_at <= fields.Datetime.now():
            raise UserError(self.env._("The new date of a follow-up lies in the future. Choose a later one."))
        self._refuse_without_right("reschedule", actor)
        self._next_states("reschedule")  # refuses before the date is written
        self._write_policy({"due_at": due_at})
        return self._fire("reschedule", actor=actor, reason=reason)

    def action_cancel(self):
        return self._fire("cancel")

    def action_batch(self, event):
        """Fire ``event`` on a list and say what went through and why the rest did not."""
        told = self._batch_fire(event)
        reasons = "\n".join(dict.fromkeys(told["refused"].values()))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("%(done)s of %(all)s done", done=len(told["done"]), all=len(self)),
                "message": reasons,
                "type": "warning" if reasons else "success",
                "sticky": bool(reasons),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


def _minutes_between(now, due_at):
    """Whole minutes, rounded up: the ledger is never earlier than what was announced. 0 for the past."""
    return max(0, -int(-(due_at - now).total_seconds() // 60))
