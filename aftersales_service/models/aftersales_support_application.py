from odoo import api, fields, models
from odoo.tools import format_date

from ..policy import support_application_flow

#: free text and people of the customer's
PERSONAL = ("contact", "phone", "request")


class AftersalesSupportApplication(models.Model):
    """Market support application (市场支持申请单): business asks for a trip, the general manager signs."""

    _name = "aftersales.support.application"
    _description = "Market support application"
    _inherit = ["aftersales.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    _flow = support_application_flow.FLOW
    _number_code = "aftersales.support.application"
    _policy_fields = ("name", "submitted_by_id", "approved_by_id")
    _content = ("partner_id", "sale_order_id", "kind", "site_id", "contact", "request", "wished_on", "days")
    _decision = ("submitted_at", "submitted_by_id", "approved_at", "approved_by_id")

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("approved", "Approved"),
            ("taken_over", "With after-sales"),
            ("refused", "Refused"),
            ("cancelled", "Dropped"),
        ],
        required=True,
        readonly=True,
        default=support_application_flow.DRAFT,
        copy=False,
    )
    kind = fields.Selection(
        [("installation", "Installation"), ("repair", "Repair on site")],
        "For",
        required=True,
        default="installation",
        help="An installation waits for the approval; a repair goes on meanwhile.",
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    sale_order_id = fields.Many2one(
        "sale.order",
        "Sales order",
        index="btree_not_null",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id), ('state', '=', 'sale')]",
        groups="sales_team.group_sale_salesman,aftersales_service.group_agent",
    )
    ticket_id = fields.Many2one(
        "aftersales.ticket",
        index="btree_not_null",
        copy=False,
        groups="aftersales_service.group_agent,aftersales_service.group_engineer,"
        "aftersales_service.group_general_manager",
        help="The service ticket with which after-sales goes on.",
    )
    user_id = fields.Many2one(
        "res.users", "Business manager", required=True, default=lambda self: self.env.user, index=True
    )
    product_id = fields.Many2one("product.product")
    site_id = fields.Many2one("res.partner", "Address", help="Where the work is to be done.")
    contact = fields.Char("Contact on site")
    phone = fields.Char("Telephone")
    request = fields.Text("What is asked for", help="What is to be installed or repaired, and why on site.")
    wished_on = fields.Date("Wished by")
    days = fields.Float("Days needed", help="Estimated days of the trip.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost = fields.Monetary("Estimated cost")
    department = fields.Selection(
        [("after_sales", "After-sales"), ("technical", "Technical department")],
        "Arranged by",
        compute="_compute_department",
        help="An installation is arranged by after-sales, a repair on site by the technical department.",
    )
    headline = fields.Char(compute="_compute_headline", help="What is next, by when.")
    submitted_at = fields.Datetime("Submitted", readonly=True, copy=False)
    submitted_by_id = fields.Many2one("res.users", "Submitted by", readonly=True, copy=False)
    approved_at = fields.Datetime("Approved on", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", "Signed by", readonly=True, copy=False)
    taken_over_at = fields.Datetime("Taken over", readonly=True, copy=False)

    _amounts_check = models.Constraint(
        "CHECK (days >= 0 AND cost >= 0)", "Days and cost of an application are numbers from 0 on."
    )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_department(self):
        """DISP-44."""
        for application in self:
            application.department = "after_sales" if application.kind == "installation" else "technical"

    @api.depends("state", "wished_on")
    @api.depends_context("lang")
    def _compute_headline(self):
        for application in self:
            parts = [application._next_step(), application._wish_text()]
            application.headline = " · ".join(filter(None, parts))

    def _wish_text(self):
        """By when the customer wants it, as long as that is ahead."""
        if not self.wished_on or self.state in ("taken_over", "cancelled"):
            return ""
        return self.env._("wished by %s", format_date(self.env, self.wished_on, date_format="medium"))

    def _next_step(self):
        """What has to happen next with the application, as a sentence part."""
        return {
            "draft": self.env._("Submit it to the general manager"),
            "submitted": self.env._("The general manager has to sign it"),
            "approved": self.env._("After-sales takes it over and plans the visit"),
            "taken_over": self.env._("After-sales has taken it over"),
            "refused": self.env._("Refused: revise it or drop it"),
            "cancelled": self.env._("Dropped"),
        }[self.state]

    # === ACTION METHODS === #

    def action_submit(self):
        self._fire("submit")
        return True

    def action_approve(self):
        self._fire("approve")
        return True

    def action_refuse(self, reason=None):
        self._fire("refuse", reason=reason)
        return True

    def action_revise(self):
        self._fire("revise")
        return True

    def action_take_over(self):
        self._fire("take_over")
        return self.ticket_id._open(self.ticket_id) if len(self) == 1 else True

    def action_drop(self):
        self._fire("drop")
        return True

    # === WHAT AN EVENT CHECKS AND ADDS === #

    def _own_requests(self):
        """Whoever has submitted it asks."""
        return self.filtered(lambda doc: (doc.submitted_by_id or doc.create_uid) == self.env.user)

    def _check_submit(self):
        """DISP-12."""
        self._refuse_incomplete(("request", "site_id", "days"))

    def _on_submit(self):
        self._write_policy({"submitted_by_id": self.env.uid})
        for application in self:
            signer = application._signer()
            if signer:
                application.sudo().activity_schedule(  # sudo: a task for the general manager
                    "mail.mail_activity_data_todo",
                    user_id=signer.id,
                    summary=self.env._("Sign the market support application"),
                )

    def _signer(self):
        """The general manager of the company who is not the one that asks."""
        # sudo: who holds the group
        managers = self.env.ref("aftersales_service.group_general_manager").sudo().all_user_ids
        fitting = managers.filtered(lambda u: u.active and self.company_id in u.company_ids)
        return (fitting - self.env.user)[:1]

    def _on_approve(self):
        self._write_policy({"approved_by_id": self.env.uid})
        self._end_tasks()

    def _on_refuse(self):
        self._end_tasks()

    def _on_drop(self):
        self._end_tasks()

    def _on_take_over(self):
        """DISP-11, DISP-44: signed, it becomes a ticket of the team that arranges the trip."""
        for application in self.filtered(lambda doc: not doc.ticket_id):
            application.ticket_id = self.env["aftersales.ticket"].create(application._prepare_ticket_vals())

    def _prepare_ticket_vals(self):
        team = self.env["aftersales.team"]._of_department(
            self.department, self.kind, self.site_id or self.partner_id, self.company_id
        )
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "service_type": self.kind,
            "title": (self.request or "").splitlines()[0][:80],
            "description": self.request,
            "product_id": self.product_id.id,
            "contact_name": self.contact or self.partner_id.name,
            "intervention_mode": "on_site",
            "team_id": team.id,
            "channel": "other",
        }


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    application_ids = fields.One2many(
        "aftersales.support.application", "ticket_id", "Market support applications"
    )
    application_state = fields.Selection(
        lambda self: (
            self.env["aftersales.support.application"]._fields["state"]._description_selection(self.env)
        ),
        "Application",
        compute="_compute_application_state",
    )

    @api.depends("application_ids.state")
    def _compute_application_state(self):
        for ticket in self:
            documents = ticket.sudo().application_ids  # sudo: whether it is signed, for whoever plans
            latest = documents.filtered(lambda doc: doc.state != "cancelled").sorted("id")[-1:]
            ticket.application_state = latest.state or False

    def action_open_application(self):
        """The application of the ticket, or a new one with what the ticket knows."""
        self.ensure_one()
        if self.application_ids:
            return self._open(self.application_ids)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Market support application"),
            "res_model": "aftersales.support.application",
            "views": [(False, "form")],
            "context": {
                "default_ticket_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_kind": "installation" if self.service_type == "installation" else "repair",
                "default_product_id": self.product_id.id,
                "default_site_id": self.partner_id.id,
                "default_contact": self.contact_name,
                "default_request": self.description or self.title,
            },
        }

    # === PRIVACY === #

    def _personal_documents(self):
        return [*super()._personal_documents(), self.application_ids]

    def _blank_person(self):
        super()._blank_person()
        blank = dict.fromkeys((*PERSONAL, "site_id"), False)
        self.application_ids.write(blank)
