from odoo import fields, models

from ..policy import rma_flow
from .stock_return_receipt import CANCELLED_BY_ORDER

#: whom the access rows let read returns
RETURN_READERS = (
    "aftersales_service.group_agent",
    "aftersales_service.group_inspector",
    "aftersales_service.group_accountant",
    "aftersales_service.group_general_manager",
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    aftersales_rma_ids = fields.One2many(
        "aftersales.rma",
        "sale_order_id",
        "Returns",
        readonly=True,
        groups=",".join(RETURN_READERS),  # whoever else reads an order reads it without them
    )
    aftersales_rma_count = fields.Integer("Number of returns", compute="_compute_aftersales_rma_count")

    def _compute_aftersales_rma_count(self):
        # sudo: a number on the button; the list behind it checks access
        counts = dict(
            self.env["aftersales.rma"]
            .sudo()
            ._read_group([("sale_order_id", "in", self.ids)], ["sale_order_id"], ["__count"])
        )
        for order in self:
            order.aftersales_rma_count = counts.get(order, 0)

    def _action_cancel(self):
        """Goods of a return are on the road or lie here, whatever becomes of the order."""
        result = super(
            SaleOrder, self.with_context(aftersales_cancelled_by=CANCELLED_BY_ORDER)
        )._action_cancel()
        self._aftersales_tell_returns()
        return result

    def _aftersales_tell_returns(self):
        # sudo: the returns of the order, whoever cancels it
        lines = self.env["aftersales.rma.line"].sudo().search([("sale_line_id.order_id", "in", self.ids)])
        for rma in lines.rma_id.filtered(lambda rma: rma.state in rma_flow.USUAL):
            cancelled = rma.line_ids.sale_line_id.order_id & self
            rma._message_log(
                body=self.env._(
                    "%s was cancelled. The transfers of this return stay: its goods come in and go out as "
                    "agreed.",
                    ", ".join(cancelled.mapped("name")),
                )
            )

    def action_aftersales_open_rmas(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_returns.aftersales_rma_action")
        context = {
            "default_company_id": self.company_id.id,  # of several chosen ones another may come first
            "default_partner_id": self.partner_id.id,
            "default_sale_order_id": self.id,
        }
        return {**action, "domain": [("sale_order_id", "=", self.id)], "context": context}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    aftersales_no_return = fields.Boolean(
        "No return or exchange",
        help="Sold on the condition that it does not come back without a fault (RMA-15); a fault may be "
        "claimed in any case.",
    )

    def _aftersales_is_gift(self):
        """Given free as the reward of a promotion: goods, no discount."""
        self.ensure_one()
        return (
            self.is_reward_line
            and self.product_id.type == "consu"
            and self.reward_id.reward_type == "product"
        )
