from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..policy import compensation_flow, compensation_route, lifecycle


class AftersalesCompensation(models.Model):
    """Granting in the books: one credit note for each compensation, whatever is clicked twice."""

    _inherit = "aftersales.compensation"

    def _check_grant(self):
        self._refuse_above_cap()
        for company in self.company_id:
            company._aftersales_compensation_account()

    def _on_grant(self):
        """Credit is posted and stays open on the customer's account; cash is a draft that finance pays."""
        # sudo: granting was judged by the flow; the books are written whatever else the user may do there
        moves = self.env["account.move"].sudo()
        # the unique index looks at the state of notes that were cancelled just now
        moves.flush_model(["state", "aftersales_compensation_id"])
        for row in self:
            vals = row.sudo()._prepare_credit_note_vals()  # sudo: as above
            note = moves.with_company(row.company_id).create(vals)
            row._write_policy({"move_id": note.id})
            if row.form == "voucher":
                note._post(soft=False)
        self._report()

    def _prepare_credit_note_vals(self):
        account = self.company_id._aftersales_compensation_account()
        today = self.company_id._aftersales_today()
        # the customer reads the credit note
        env = self.with_context(lang=self.partner_id.lang).env
        text = env._(
            "Compensation %(number)s for request %(ticket)s", number=self.name, ticket=self.ticket_id.name
        )
        credit = env._("This credit stands on your account and pays later invoices.")
        return {
            "move_type": "out_refund",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "aftersales_compensation_id": self.id,
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_payment_term_id": False,
            "ref": f"{self.name}, {self.ticket_id.name}",
            "narration": credit if self.form == "voucher" else False,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": text,
                        "quantity": 1.0,
                        "price_unit": self.amount,
                        "account_id": account.id,
                        # no sale of ours is taken back: no tax
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }

    def _report(self):
        """COMP-02: what the department has decided is reported to finance and the manager in charge."""
        for row in self.filtered(lambda row: row.route == compensation_route.DEPARTMENT):
            users = row._report_users()
            if users:
                # sudo: the report reaches whom it concerns, whoever grants
                row.sudo().message_notify(
                    partner_ids=users.partner_id.ids,
                    subject=self.env._("%(row)s: compensation granted by the department", row=row.name),
                    body=self.env._(
                        "%(customer)s gets %(amount)s for %(ticket)s. Approved by %(user)s.",
                        customer=row.partner_id.name,
                        amount=row.currency_id.format(row.amount),
                        ticket=row.ticket_id.name,
                        user=row.sudo().approved_by_id.name,  # sudo: a name
                    ),
                )

    def _report_users(self):
        row = self.sudo()  # sudo: whom the company has named
        finance = row.company_id.aftersales_finance_user_id
        if not finance:
            group = self.env.ref("aftersales_service.group_accountant").sudo()  # sudo: members of the group
            finance = group.all_user_ids.filtered(lambda user: row.company_id in user.company_ids)
        return (finance | row.ticket_id.team_id.manager_id).filtered("active")

    def _credit_notes_gone(self):
        """Its credit note was cancelled or deleted: approved still, to be granted anew."""
        # sudo: follows from books
        granted = self.sudo().filtered(lambda row: row.state == compensation_flow.GRANTED)
        granted._fire("revoke", actor=lifecycle.SYSTEM)

    def _on_revoke(self):
        self._write_policy({"move_id": False, "granted_at": False})

    def _get_report_base_filename(self):
        self.ensure_one()
        return (self.name or "").replace("/", "-")

    def action_open_credit_note(self):
        self.ensure_one()
        return {**self._open(self.move_id), "name": self.env._("Credit note")}


class AccountMove(models.Model):
    _inherit = "account.move"

    aftersales_compensation_id = fields.Many2one(
        "aftersales.compensation",
        "Compensation",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # money is given once
    _aftersales_compensation_uniq = models.UniqueIndex(
        "(aftersales_compensation_id) WHERE aftersales_compensation_id IS NOT NULL AND state != 'cancel'",
        "This compensation has a credit note already.",
    )

    def button_cancel(self):
        result = super().button_cancel()
        gone = self.filtered(lambda move: move.state == "cancel")
        # sudo: the bookkeeper needs no rights on compensations
        gone.sudo().aftersales_compensation_id._credit_notes_gone()
        return result

    def unlink(self):
        rows = self.sudo().aftersales_compensation_id  # sudo: as above
        result = super().unlink()
        rows._credit_notes_gone()
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    def _aftersales_compensation_account(self):
        """Where compensation is booked; a sentence where nobody has said so."""
        company = self.sudo()  # sudo: a setting, whoever grants
        account = company.aftersales_compensation_account_id or company.expense_account_id
        if not account:
            raise UserError(
                self.env._(
                    "%(company)s has no account for compensation. Set it in the After-sales settings.",
                    company=company.name,
                )
            )
        return account


class AftersalesDeadline(models.Model):
    _inherit = "aftersales.deadline"

    def _mark_missed(self):
        """A broken promise of an agreement makes a compensation, found by cron or late answer."""
        super()._mark_missed()
        self.env["aftersales.compensation"]._draft_for(self)


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    compensation_ids = fields.One2many("aftersales.compensation", "ticket_id")
    compensation_count = fields.Integer("Compensation count", compute="_compute_compensation_count")

    @api.depends("compensation_ids")
    def _compute_compensation_count(self):
        for ticket in self:
            ticket.compensation_count = len(ticket.sudo().compensation_ids)  # sudo: a number on a button

    def action_open_compensations(self):
        """Those of the ticket, or a new one as goodwill (COMP-06)."""
        self.ensure_one()
        action = self._open(self.compensation_ids)
        if not self.compensation_ids:
            action = {**action, "views": [(False, "form")]}
            action.pop("domain", None)
        return {**action, "context": {"default_ticket_id": self.id}}

    def _after_event(self, event, now):
        """Once it is over, lateness is known: drafts are counted to the end."""
        super()._after_event(event, now)
        if event in ("resolve", "close", "cancel"):
            # sudo: counted for the company, whoever solves it
            drafts = self.sudo().compensation_ids.filtered(lambda row: row.state == compensation_flow.DRAFT)
            drafts._recompute()

    def _personal_documents(self):
        """What was said in the live room and about compensation goes with the ticket."""
        return [*super()._personal_documents(), self.compensation_ids, self.live_channel_id]


class ResPartner(models.Model):
    _inherit = "res.partner"

    aftersales_agreement_count = fields.Integer(
        compute="_compute_aftersales_agreement_count", groups="aftersales_service.group_agent"
    )

    def _compute_aftersales_agreement_count(self):
        """Agreements of the company, all versions, shown on its contacts, too."""
        counted = dict(
            self.env["aftersales.agreement"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.aftersales_agreement_count = counted.get(partner.commercial_partner_id, 0)

    def action_aftersales_agreements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_agreement_action"
        )
        return {
            **action,
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }
