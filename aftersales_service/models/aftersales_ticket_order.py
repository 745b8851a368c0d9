from odoo import api, fields, models

#: fields of the company that its customers see as one block
CONTACT = (
    "aftersales_hotline",
    "aftersales_service_email",
    "aftersales_chat",
    "aftersales_service_hours",
    "aftersales_return_address",
)


class AftersalesTicket(models.Model):
    """What the standard service order (服务单) asks for besides: where, when, who brought it."""

    _inherit = "aftersales.ticket"

    problem_nature = fields.Selection(
        [
            ("product", "Product quality"),
            ("attitude", "Service attitude"),
            ("support", "After-sales support"),
            ("other", "Something else"),
        ],
        "Problem nature",
        help="What the request is about by its nature, for handling and statistics.",
    )
    occurred_at = fields.Datetime("Occurred on", help="When the fault was noticed, as the customer says.")
    operation = fields.Text("What was being done", help="What the customer did when it happened.")
    reproduction_steps = fields.Text("How to reproduce it", help="Step by step, one a line.")
    delivery_address = fields.Text(
        "Delivery address",
        compute="_compute_delivery_address",
        store=True,
        readonly=False,
        help="Where goods and engineers go; from the contact, or as told.",
    )
    submitted_by_id = fields.Many2one(
        "res.users",
        "Brought in by",
        domain="[('share', '=', False)]",
        copy=False,
        help="The business manager or colleague who passed the request on for the customer.",
    )
    prepared_by_id = fields.Many2one(related="create_uid", string="Prepared by")
    accepted_by_id = fields.Many2one(
        "res.users", "Accepted by", readonly=True, copy=False, help="Who formally accepted the request."
    )

    @api.depends("partner_id")
    def _compute_delivery_address(self):
        untold = self.filtered(lambda ticket: ticket.partner_id and not ticket.delivery_address)
        for partner, tickets in untold.grouped("partner_id").items():
            place = partner.browse(partner.address_get(["delivery"])["delivery"])
            lines = place._display_address(without_company=True).splitlines()
            tickets.delivery_address = "\n".join(line.strip() for line in lines if line.strip()) or False

    @api.model
    def _owned_fields(self):
        return super()._owned_fields() | {"accepted_by_id"}

    def _after_event(self, event, now):
        """INTAKE-39: whoever accepts, accepts formally; the department is the team, the time the stamp."""
        super()._after_event(event, now)
        if event == "accept":
            self._write_policy({"accepted_by_id": self.env.uid})

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Service order %s", self.name)


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_hotline = fields.Char("Service hotline", help="Shown to customers, as the four below.")
    aftersales_service_email = fields.Char("Service mailbox")
    aftersales_chat = fields.Char("Online chat", help="QQ or WeChat number, or a link.")
    aftersales_service_hours = fields.Char("Service hours", help="e.g. Monday to Friday, 9:00 to 18:00")
    aftersales_return_address = fields.Text(
        "Address for parcels", help="Street, postcode and addressee, e.g. the service group."
    )

    def _aftersales_contact(self, names=CONTACT, mailbox=None):
        """[(label, text)] of what customers may reach the service by, empty ones left out.

        :param mailbox: a team's own, which is better than the company's
        """
        self.ensure_one()
        values = [(name, self._aftersales_contact_value(name, mailbox)) for name in names]
        return [(self._aftersales_contact_label(name), value) for name, value in values if value]

    def _aftersales_contact_label(self, name):
        return self._fields[name]._description_string(self.env)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_hotline = fields.Char(related="company_id.aftersales_hotline", readonly=False)
    aftersales_service_email = fields.Char(related="company_id.aftersales_service_email", readonly=False)
    aftersales_chat = fields.Char(related="company_id.aftersales_chat", readonly=False)
    aftersales_service_hours = fields.Char(related="company_id.aftersales_service_hours", readonly=False)
    aftersales_return_address = fields.Text(related="company_id.aftersales_return_address", readonly=False)
