from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..policy import archive, retention, ticket_flow

BATCH = 100  # tickets a transaction

#: what a ticket says about a person; what is counted (times, verdicts, product, type) is not among it
PERSONAL = (
    "title",
    "contact_name",
    "phone",
    "email",
    "email_cc",
    "proof_of_purchase",
    "serial_number",
    "sale_line_id",
    "warranty_card_id",
    "description",
    "environment",
    "tried_solutions",
    "preliminary_judgement",
    "solution",
    "access_token",
)


class AftersalesTicket(models.Model):
    """How long personal data stay, and how they go (ARCHIVE-01, PRIV-03).

    The row, its times, promises and verdicts stay, so that every figure of earlier years is the same
    afterwards; the person, their words, papers and messages go.
    """

    _inherit = "aftersales.ticket"

    ended_on = fields.Date(
        "Kept from", readonly=True, copy=False, help="Day on which it was last closed or cancelled."
    )
    is_held = fields.Boolean(
        "On hold", readonly=True, copy=False, help="Nothing of it may be erased: a lawsuit, an open claim."
    )
    hold_reason = fields.Char("Hold reason", readonly=True, copy=False)
    anonymised_at = fields.Datetime("Personal data erased", readonly=True, copy=False)
    erased_from = fields.Date(
        "Personal data kept until", compute="_compute_erased_from", help="Then they are erased by themselves."
    )

    # what the daily run asks for
    _retention_idx = models.Index(
        "(company_id, ended_on) WHERE anonymised_at IS NULL AND ended_on IS NOT NULL"
    )

    @api.depends("ended_on", "is_held", "anonymised_at", "company_id.aftersales_retention_months")
    def _compute_erased_from(self):
        for ticket in self:
            months = ticket.company_id.sudo().aftersales_retention_months  # sudo: a setting all may know
            runs = ticket.ended_on and months and not (ticket.is_held or ticket.anonymised_at)
            ticket.erased_from = retention.due_on(ticket.ended_on, months) if runs else False

    def _owned_fields(self):
        return super()._owned_fields() | {"ended_on", "is_held", "hold_reason", "anonymised_at"}

    # === FROM WHEN === #

    def _after_event(self, event, now):
        super()._after_event(event, now)
        if event in ("close", "cancel"):
            for company, tickets in self.grouped("company_id").items():
                tickets._write_policy({"ended_on": company._aftersales_day(now)})
        elif event in ("reopen", "reinstate"):
            self._write_policy({"ended_on": False})

    @api.model
    def load_history(self, vals_list):
        """Tickets of the past are kept from the day on which they ended."""
        tickets = super().load_history(vals_list)
        for ticket in tickets.filtered(lambda t: t.state in ticket_flow.ENDED and not t.ended_on):
            moment = ticket.closed_at or ticket.resolved_at or fields.Datetime.now()
            ticket._write_policy({"ended_on": ticket.company_id._aftersales_day(moment)})
        return tickets

    def _fire(self, event, actor=None, reason=None):
        """What has been anonymised cannot be taken up again: nobody would know whose it is."""
        gone = self.sudo().filtered("anonymised_at")  # sudo: access is checked by the step itself
        if gone and actor != "system":
            raise UserError(
                self.env._(
                    "The personal data of %(tickets)s were erased. Open a new ticket instead.",
                    tickets=", ".join(gone.mapped("name")),
                )
            )
        return super()._fire(event, actor=actor, reason=reason)

    def _follow_up_facts(self, changed):
        """Erasing is no new fact: verdicts and promises stay as they were given."""
        return super(AftersalesTicket, self.filtered(lambda t: not t.anonymised_at))._follow_up_facts(changed)

    # === HOLD === #

    def action_hold(self, reason=None):
        """Nothing of these tickets is erased until the hold is taken away."""
        self._refuse_unless_supervisor()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why nothing of it may be erased: a claim, a lawsuit."))
        return self._set_hold({"is_held": True, "hold_reason": reason.strip()}, self.env._("On hold"), reason)

    def action_release_hold(self, reason=None):
        self._refuse_unless_supervisor()
        return self._set_hold({"is_held": False, "hold_reason": False}, self.env._("Hold taken away"), reason)

    def _set_hold(self, vals, what, reason):
        self._write_policy(vals)
        text = f"{what}. {reason.strip()}" if reason else f"{what}."
        self._message_log_batch(dict.fromkeys(self.ids, text))
        return True

    def _refuse_unless_supervisor(self):
        self.check_access("write")
        if not self.env.user.has_group("aftersales_service.group_supervisor"):
            raise AccessError(self.env._("Only a supervisor may put a ticket on hold or take the hold away."))

    def action_ask_hold(self):
        return self._open_dialog("aftersales.ticket.hold", self.env._("Put on hold"))

    def action_ask_erasure(self):
        return self._open_dialog("aftersales.ticket.erase", self.env._("Erase personal data"))

    def _open_dialog(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_ticket_ids": self.ids,
                "default_partner_id": self.partner_id[:1].id,
            },
        }

    # === RETENTION === #

    def _retention_answers(self, asked=False):
        """{ticket: what happens to its personal data}; see policy/retention.py."""
        today = {company: company._aftersales_today() for company in self.company_id}
        return {
            ticket: retention.decide(ticket._retention_facts(), today[ticket.company_id], asked)
            for ticket in self
        }

    def _retention_facts(self):
        return retention.Facts(
            state=self.state if self._is_settled() else "in_progress",
            ended_on=self.ended_on or None,
            months=self.company_id.sudo().aftersales_retention_months,  # sudo: a setting all may know
            held=self.is_held,
            anonymised=bool(self.anonymised_at),
        )

    @api.model
    def _retention_domain(self):
        """Tickets whose time is over in their company, by the index."""
        over = [
            Domain("company_id", "=", company.id)
            & Domain("ended_on", "<=", retention.latest_end(company._aftersales_today(), months))
            for company in self.env["res.company"].search([])
            if (months := company.aftersales_retention_months)
        ]
        kept = Domain("ended_on", "!=", False) & Domain("anonymised_at", "=", False)
        return (Domain.OR(over) if over else Domain.FALSE) & kept & Domain("is_held", "=", False)

    @api.model
    def _cron_erase(self):
        """Once a day: a batch a transaction, until nothing is due; safe to kill and to run twice."""
        progress = self.env["ir.cron"]._commit_progress
        domain = self._retention_domain()
        progress(remaining=self.search_count(domain))
        while batch := self.search(domain, limit=BATCH, order="ended_on, id").try_lock_for_update():
            erased = batch._erase_due()
            if not progress(len(erased)) or not erased:
                break

    def _erase_due(self):
        """Erase what the policy gives free; the tickets that were erased."""
        due = self.browse([t.id for t, answer in self._retention_answers().items() if answer == "due"])
        due._erase_personal_data(self.env._("The time for which they are kept is over."))
        return due

    # === ERASING === #

    def _erase_personal_data(self, why):
        """Remove the person from these tickets and everything that hangs on them; logged in one line.

        Runs in sudo, called by the cron and by the wizard, which have asked the policy.
        """
        tickets = self.sudo().filtered(lambda ticket: not ticket.anonymised_at)  # sudo: see above
        if not tickets:
            return tickets
        tickets._write_policy({"anonymised_at": fields.Datetime.now()})
        documents = tickets._personal_documents()
        tickets._forget_secrets()
        tickets._blank_person()
        for records in documents:
            erase_correspondence(records.exists())
            tickets._erase_texts(records.exists())
        tickets._message_log_batch(
            dict.fromkeys(tickets.ids, self.env._("The personal data were erased. %(why)s", why=why))
        )
        return tickets

    def _blank_person(self):
        """Blank what tells a person; a company as the customer stays, it is none."""
        blank = dict.fromkeys(PERSONAL, False)
        for company, group in self.grouped(lambda t: t.partner_id.commercial_partner_id).items():
            keep = company.id if company.is_company else False
            group._write_policy({**blank, "partner_id": keep})
        for ticket in self.filtered("archive_index"):
            ticket._write_policy({"archive_index": archive.blind(ticket.archive_index)})
        self._blank_creators()

    def _blank_creators(self):
        """A request made in the portal names the customer's user as its creator."""
        self.env.flush_all()
        for records in (self, self.visit_ids):
            for column in ("create_uid", "write_uid"):
                self.env.cr.execute(
                    SQL(
                        "UPDATE %(table)s SET %(column)s = %(nobody)s WHERE id = ANY(%(ids)s)"
                        " AND %(column)s IN (SELECT id FROM res_users WHERE share)",
                        table=SQL.identifier(records._table),
                        column=SQL.identifier(column),
                        nobody=SUPERUSER_ID,
                        ids=records.ids,
                    )
                )
        self.env.invalidate_all()


def erase_correspondence(records):
    """Delete messages, mails, text messages, tracked values, files, activities and followers (in sudo)."""
    if not records:
        return
    env = records.env
    messages = env["mail.message"].search([("model", "=", records._name), ("res_id", "in", records.ids)])
    env["sms.sms"].search([("mail_message_id", "in", messages.ids)]).unlink()
    messages.attachment_ids.unlink()
    # some mails take their message with them
    env["mail.mail"].search([("mail_message_id", "in", messages.ids)]).unlink()
    messages.exists().unlink()
    attached = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
    # naming the id finds the files of fields, too
    env["ir.attachment"].search([*attached, ("id", "!=", False)]).unlink()
    planned = [("model", "=", records._name), ("res_id", "in", records.ids)]
    env["mail.scheduled.message"].search(planned).unlink()
    env["mail.activity"].with_context(active_test=False).search(attached).unlink()
    env["mail.followers"].search(attached).unlink()
