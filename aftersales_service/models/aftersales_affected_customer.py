from odoo import api, fields, models
from odoo.tools import SQL

SCOPES = [
    ("lot", "The same batch or serial number"),
    ("product", "The same product"),
    ("template", "Every variant of the product"),
]


class AftersalesAffectedCustomer(models.Model):
    """A customer who has the same goods as the one with the fault, and was informed of it (DIAG-13)."""

    _name = "aftersales.affected.customer"
    _description = "Affected customer"
    _order = "ticket_id desc, id"
    _rec_name = "partner_id"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    quantity = fields.Float(help="Pieces that the customer holds, in the product's unit.")
    lot_ids = fields.Many2many("stock.lot", string="Serial numbers")
    notice = fields.Selection(
        [("solution", "Solution"), ("recall", "Recall")], required=True, default="solution"
    )
    informed_at = fields.Datetime("Informed", readonly=True, copy=False)

    _once_uniq = models.UniqueIndex(
        "(ticket_id, partner_id, notice)", "The customer was informed of that already."
    )

    def _serials_text(self):
        return ", ".join(self.lot_ids.mapped("name"))


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    affected_ids = fields.One2many("aftersales.affected.customer", "ticket_id", "Affected customers")
    affected_count = fields.Integer("Affected count", compute="_compute_affected_count")

    @api.depends("affected_ids")
    def _compute_affected_count(self):
        for ticket in self:
            forgotten = ticket.affected_ids.filtered(lambda row: not row.partner_id)
            ticket.affected_count = len(ticket.affected_ids.partner_id) + len(forgotten)

    def action_find_affected(self):
        """Who else has it: a dialog that counts them and informs them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Affected customers"),
            "res_model": "aftersales.ticket.affected",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def action_open_affected(self):
        self.ensure_one()
        action = self._open(self.affected_ids)
        return {**action, "views": [(False, "list")], "domain": [("ticket_id", "=", self.id)]}

    @api.model
    def _holders(self, company, products, lots=None, date_from=None, date_to=None):
        """Who was delivered ``products`` and has not given them back; one statement.

        :param lots: only these batches or serial numbers
        :param date_from: first day of delivery that counts, with ``date_to`` for a production batch
        :return: [(partner id, lot ids, quantity)] by commercial partner
        """
        self.env["stock.move.line"].flush_model()
        self.env["stock.move"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        conditions = [
            SQL("line.state = 'done' AND line.company_id = %s", company.id),
            SQL("line.product_id = ANY(%s)", products.ids),
            SQL("(target.usage = 'customer') <> (source.usage = 'customer')"),
        ]
        if lots:
            conditions.append(SQL("line.lot_id = ANY(%s)", lots.ids))
        return self.env.execute_query(
            SQL(
                """WITH held AS (
                       SELECT partner.commercial_partner_id AS holder, line.lot_id,
                              SUM(CASE WHEN target.usage = 'customer' THEN line.quantity_product_uom
                                       ELSE -line.quantity_product_uom END) AS quantity,
                              MAX(line.date) FILTER (WHERE target.usage = 'customer') AS delivered
                         FROM stock_move_line AS line
                         JOIN stock_move AS move ON move.id = line.move_id
                         JOIN stock_location AS source ON source.id = line.location_id
                         JOIN stock_location AS target ON target.id = line.location_dest_id
                         LEFT JOIN sale_order_line AS sold ON sold.id = move.sale_line_id
                         LEFT JOIN sale_order AS sale ON sale.id = sold.order_id
                         LEFT JOIN stock_picking AS picking ON picking.id = line.picking_id
                         JOIN res_partner AS partner
                              ON partner.id = COALESCE(sale.partner_id, move.partner_id, picking.partner_id)
                        WHERE %(conditions)s
                        GROUP BY partner.commercial_partner_id, line.lot_id
                       HAVING SUM(CASE WHEN target.usage = 'customer' THEN line.quantity_product_uom
                                       ELSE -line.quantity_product_uom END) > 0)
                   SELECT holder, array_remove(array_agg(lot_id ORDER BY lot_id), NULL), SUM(quantity)
                     FROM held
                    WHERE (%(start)s::date IS NULL OR delivered >= %(start)s::date)
                      AND (%(end)s::date IS NULL OR delivered < %(end)s::date + 1)
                    GROUP BY holder ORDER BY holder""",
                conditions=SQL(" AND ").join(conditions),
                start=date_from or None,
                end=date_to or None,
            )
        )
