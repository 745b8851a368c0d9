from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..policy import reshipment


class AftersalesReshipment(models.Model):
    """What the customer and the person responsible are told."""

    _inherit = "aftersales.reshipment"

    # === CUSTOMER === #

    def _on_close(self):
        """COMP-15: a summary with an apology, once; without an address it stays in the log."""
        for row in self:
            row._tell("aftersales_returns.mail_template_reshipment_closed")
            row._write_policy({"told_at": fields.Datetime.now()})

    def _tell(self, template):
        # sudo: words, customer's address and settings, for customer service
        row, template = self.sudo(), self.env.ref(template).sudo()
        subject = template._render_field("subject", row.ids, compute_lang=True)[row.id]
        body = template._render_field("body_html", row.ids, compute_lang=True)[row.id]
        row.message_post(
            subject=subject,
            body=body,
            partner_ids=row.partner_id.ids if row.partner_id.email else [],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.env.user.partner_id.id,
        )

    def action_offer_discount(self):
        """COMP-08: out of stock; the best customers' price for later purchases, one code a request."""
        self._decide_in_turn(self.ticket_id)
        for row in self:
            row.check_access("write")
            if not row.partner_id:
                raise UserError(self.env._("%s: the request has no customer who could get it.", row.name))
            # sudo: whether the request has a code already
            siblings = self.sudo().search([("ticket_id", "=", row.ticket_id.id), ("coupon_id", "!=", False)])
            if siblings:
                raise UserError(
                    self.env._(
                        "%(ticket)s has a discount already: %(code)s of %(row)s.",
                        ticket=row.ticket_id.name,
                        code=siblings[0].coupon_id.code,
                        row=siblings[0].name,
                    )
                )
            row._write_policy({"coupon_id": row._create_coupon().id})
            row._tell("aftersales_returns.mail_template_reshipment_discount")
        return True

    def _create_coupon(self):
        # sudo: customer service gives the code without rights on programs; what it is worth is set there
        program = self.company_id.sudo()._aftersales_goodwill()
        return (
            self.env["loyalty.card"]
            .sudo()  # sudo: as above
            .create({"program_id": program.id, "partner_id": self.commercial_partner_id.id, "points": 1})
        )

    def _substitute_links(self):
        """[(name, address or False)] of the similar goods; addresses where there is a web shop."""
        base = self.get_base_url()
        return [
            (product.display_name, base + product.website_url if "website_url" in product._fields else False)
            for product in self.substitute_ids
        ]

    # === PERSON RESPONSIBLE === #

    @api.model
    def _cron_month_list(self):
        """COMP-13: on the last day of the month, what was sent again and is on no list yet."""
        for company in self.env["res.company"].search([("aftersales_reship_user_id", "!=", False)]):
            end = reshipment.list_due(company._aftersales_today(), company.aftersales_reship_listed_until)
            if end:
                self._send_list(company, end)
                company.aftersales_reship_listed_until = end

    @api.model
    def _send_list(self, company, end):
        rows = self.search(
            [("company_id", "=", company.id), ("shipped_at", "!=", False), ("listed_on", "=", False)],
            order="shipped_at",
        ).filtered(lambda row: company._aftersales_day(row.shipped_at) <= end)
        user = company.aftersales_reship_user_id
        if not rows or not user.active:
            return
        rows = rows.with_context(lang=user.lang)
        body = self.env["ir.qweb"].with_context(lang=user.lang)._render(
            "aftersales_returns.reshipment_month_list", {"rows": rows, "end": end, "company": company}
        )  # fmt: skip
        company.partner_id.message_notify(
            partner_ids=user.partner_id.ids,
            subject=rows.env._("Re-shipments up to %(end)s: %(count)s", end=end, count=len(rows)),
            body=body,
            model=False,
            res_id=False,
        )
        rows._write_policy({"listed_on": end})


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_reship_user_id = fields.Many2one(
        "res.users",
        "List of re-shipments to",
        help="Gets the list of what was sent again at the end of each month. Empty: no list is sent.",
    )
    aftersales_reship_listed_until = fields.Date("Re-shipments listed until", readonly=True)
    aftersales_reship_tolerance = fields.Float(
        "Weight may differ by",
        default=5,
        help="Percent of the weight that the parcel should have, within which it is right.",
    )
    aftersales_reship_packaging = fields.Float(
        "Weight of packaging",
        digits="Stock Weight",
        help="Added to the weight of the goods where the parcel's package type has none.",
    )
    aftersales_reship_old_orders = fields.Integer(
        "Old customer from", default=3, help="Confirmed orders before this one. 0: nobody is an old customer."
    )
    aftersales_reship_large_total = fields.Monetary(
        "Large purchase from", default=1000, help="Total of the order with tax. 0: no purchase is large."
    )
    aftersales_reship_exceptions = fields.Integer(
        "Exceptions for each customer",
        default=1,
        help="Re-shipments where we have made no mistake.",
    )
    aftersales_reship_gift = fields.Char(
        "Promise in the closing message",
        translate=True,
        default="With your next order you get a small gift from us.",
        help="Empty: nothing is promised.",
    )
    aftersales_goodwill_program_id = fields.Many2one(
        "loyalty.program",
        "Goodwill discount",
        domain="[('program_type', '=', 'coupons')]",
        help="Coupons for goods that are out of stock. Empty: one of ten percent is made with the first "
        "coupon.",
    )

    def _aftersales_goodwill(self):
        """COMP-08: the program of the highest level, 10 % off what is bought later."""
        self.ensure_one()
        if not self.aftersales_goodwill_program_id:
            self.aftersales_goodwill_program_id = self.env["loyalty.program"].create(
                self._prepare_goodwill_program()
            )
        return self.aftersales_goodwill_program_id

    def _prepare_goodwill_program(self):
        reward = {
            "reward_type": "discount",
            "discount": 10,
            "discount_mode": "percent",
            "discount_applicability": "order",
            "required_points": 1,
        }
        return {
            "name": self.env._("After-sales goodwill"),
            "program_type": "coupons",
            "applies_on": "current",
            "trigger": "with_code",
            "company_id": self.id,
            "currency_id": self.currency_id.id,
            "reward_ids": [Command.clear(), Command.create(reward)],
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_reship_user_id = fields.Many2one(
        related="company_id.aftersales_reship_user_id", readonly=False
    )
    aftersales_reship_tolerance = fields.Float(
        related="company_id.aftersales_reship_tolerance", readonly=False
    )
    aftersales_reship_packaging = fields.Float(
        related="company_id.aftersales_reship_packaging", readonly=False
    )
    aftersales_weight_uom_name = fields.Char("Unit of weight", compute="_compute_aftersales_weight_uom_name")
    aftersales_reship_old_orders = fields.Integer(
        related="company_id.aftersales_reship_old_orders", readonly=False
    )
    aftersales_reship_large_total = fields.Monetary(
        related="company_id.aftersales_reship_large_total",
        readonly=False,
        currency_field="company_currency_id",
    )
    aftersales_reship_exceptions = fields.Integer(
        related="company_id.aftersales_reship_exceptions", readonly=False
    )
    aftersales_reship_gift = fields.Char(related="company_id.aftersales_reship_gift", readonly=False)
    aftersales_goodwill_program_id = fields.Many2one(
        related="company_id.aftersales_goodwill_program_id", readonly=False
    )

    def _compute_aftersales_weight_uom_name(self):
        """As products and re-shipments show it."""
        products = self.env["product.template"]
        self.aftersales_weight_uom_name = products._get_weight_uom_name_from_ir_config_parameter()
