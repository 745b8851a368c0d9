from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.aftersales_service.policy import ticket_flow

from .aftersales_reshipment import OPEN


class AftersalesProductIssue(models.Model):
    """What customers ask about goods of a category, with the answer that has proved itself (COMP-17)."""

    _name = "aftersales.product.issue"
    _description = "Product issue"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char("Issue", required=True, translate=True)
    category_id = fields.Many2one(
        "product.category", "Goods", ondelete="cascade", index=True, help="And below. Empty: all goods."
    )
    answer = fields.Html("Standard answer", translate=True, required=True)
    asks_production_date = fields.Boolean(
        "Production date is checked",
        help="The customer reads it on the goods; it is noted on the request.",
    )
    shelf_days = fields.Integer("Shelf life (days)", help="0: not known.")

    _shelf_positive = models.Constraint("CHECK (shelf_days >= 0)", "A shelf life is 0 days or more.")


class AftersalesTicket(models.Model):
    """Re-shipments of a request; claims about goods with their standard answers and production dates."""

    _inherit = "aftersales.ticket"

    _settled = ((*ticket_flow.SETTLED_FIELDS, "product_issue_id", "production_date"), ticket_flow.ENDED)

    reshipment_ids = fields.One2many("aftersales.reshipment", "ticket_id", "Re-shipments", readonly=True)
    reshipment_count = fields.Integer("Number of re-shipments", compute="_compute_reshipment_count")
    product_categ_id = fields.Many2one(related="product_id.categ_id", string="Category of the goods")
    product_issue_id = fields.Many2one(
        "aftersales.product.issue",
        "Issue with the goods",
        domain="['|', ('category_id', '=', False), ('category_id', 'parent_of', product_categ_id)]",
        index="btree_not_null",
        help="What customers ask about such goods; it has a standard answer.",
    )
    asks_production_date = fields.Boolean(related="product_issue_id.asks_production_date")
    production_date = fields.Date("Production date", help="As it stands on the goods.")
    shelf_life_note = fields.Char("Shelf life", compute="_compute_shelf_life_note")

    # === COMPUTE METHODS === #

    def _compute_reshipment_count(self):
        # sudo: a number on the button; the list behind it checks access
        counts = dict(
            self.env["aftersales.reshipment"]
            .sudo()
            ._read_group([("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"])
        )
        for ticket in self:
            ticket.reshipment_count = counts.get(ticket, 0)

    @api.depends("production_date", "product_issue_id.shelf_days")
    @api.depends_context("lang")
    def _compute_shelf_life_note(self):
        """COMP-18: whether the goods were in date when the customer asked."""
        for ticket in self:
            days, made = ticket.product_issue_id.shelf_days, ticket.production_date
            if not (days and made):
                ticket.shelf_life_note = False
                continue
            last = made + timedelta(days=days)
            asked = ticket.company_id._aftersales_day(ticket.create_date or fields.Datetime.now())
            text = self.env._("In date until %s") if asked <= last else self.env._("Out of date since %s")
            ticket.shelf_life_note = text % last

    @api.constrains("production_date")
    def _check_production_date(self):
        for ticket in self.filtered("production_date"):
            if ticket.production_date > ticket.company_id._aftersales_today():
                raise ValidationError(
                    self.env._("%s: goods cannot have been produced in the future.", ticket.display_name)
                )

    # === ACTIONS === #

    def action_create_reshipment(self):
        """A re-shipment of what the request is about; a draft of the same user is opened again."""
        self.ensure_one()
        self._decide_in_turn(self)
        begun = self._begun(self.reshipment_ids).sudo(False)
        return (begun or self._create_reshipment())._open()

    def _create_reshipment(self):
        goods = self.product_id.filtered(lambda product: product.type == "consu")
        lines = [Command.create({"product_id": product.id}) for product in goods]
        return self.env["aftersales.reshipment"].create({"ticket_id": self.id, "line_ids": lines})

    def action_open_reshipments(self):
        self.ensure_one()
        if len(self.reshipment_ids) == 1:
            return self.reshipment_ids._open()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_returns.aftersales_reshipment_action"
        )
        return {**action, "domain": [("ticket_id", "=", self.id)], "context": {"default_ticket_id": self.id}}

    def action_answer_issue(self):
        """The standard answer in the message to the customer, to be looked over and sent."""
        self.ensure_one()
        if not self.product_issue_id:
            raise UserError(self.env._("%s: choose the issue with the goods first.", self.display_name))
        issue = self.product_issue_id.with_context(lang=self.partner_id.lang)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_partner_ids": self.partner_id.ids,
                "default_composition_mode": "comment",
                "default_body": issue.answer,
            },
        }

    # === ERASURE === #

    @api.model
    def _kept_texts(self):
        return {
            **super()._kept_texts(),
            "aftersales.reshipment": {"name"},
            "aftersales.product.issue": {"name", "answer"},
        }

    def _is_settled(self):
        """Goods on their way need the address."""
        open_ = self.sudo().reshipment_ids.filtered(lambda row: row.state in OPEN)  # sudo: whether, not what
        return super()._is_settled() and not open_

    @api.model
    def _retention_domain(self):
        return super()._retention_domain() & ~Domain("reshipment_ids", "any", [("state", "in", OPEN)])
