from odoo import api, fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    aftersales_quarantine_id = fields.Many2one(
        "stock.location",
        "Returns quarantine",
        check_company=True,
        copy=False,
        help="Where returned goods wait for their inspection. It lies outside the warehouse, so that "
        "nothing in it is "
        "sold, and what lies there belongs to the customer.",
    )
    aftersales_scrap_location_id = fields.Many2one(
        "stock.location",
        "Scrap of returns",
        check_company=True,
        copy=False,
        help="Set a loss account on it to book scrapped returns at once.",
    )
    aftersales_return_type_id = fields.Many2one(
        "stock.picking.type", "Return receipts", check_company=True, copy=False
    )

    @api.model_create_multi
    def create(self, vals_list):
        warehouses = super().create(vals_list)
        warehouses._aftersales_provision()
        return warehouses

    def _aftersales_provision(self):
        """Give each warehouse what returns need; safe to call again."""
        for warehouse in self:
            # sudo: follows from the warehouse, whoever made it
            warehouse.sudo()._aftersales_provision_one()

    def _aftersales_provision_one(self):
        missing = {}
        if not self.aftersales_quarantine_id:
            missing["aftersales_quarantine_id"] = self._aftersales_location(
                self.env._("Returns quarantine %s", self.code), "internal"
            )
        if not self.aftersales_scrap_location_id:
            missing["aftersales_scrap_location_id"] = self._aftersales_location(
                self.env._("Scrap of returns %s", self.code), "inventory"
            )
        if missing:
            self.write(missing)
        if not self.aftersales_return_type_id:
            self.aftersales_return_type_id = self.env["stock.picking.type"].create(
                self._aftersales_type_vals()
            )
            self._aftersales_translate_type()
        self._aftersales_provision_sequence()

    def _aftersales_translate_type(self, langs=None):
        """The name of the operation type in every language installed; one that somebody gave it stays."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        for kind in self.aftersales_return_type_id:
            source = kind.with_context(lang="en_US").name
            for code in set(langs or installed) & set(installed) - {"en_US"}:
                term = kind.with_context(lang=code)
                if source == "Return receipts" and term.name == source:
                    term.name = term.env._("Return receipts")

    def _aftersales_location(self, name, usage):
        """A location beside the warehouses: in none of them, so that it counts in no stock figure."""
        vals = {"name": name, "usage": usage, "company_id": self.company_id.id}
        return self.env["stock.location"].create(vals).id

    def _aftersales_type_vals(self):
        return {
            "name": self.env._("Return receipts"),
            "code": "incoming",
            "sequence_code": "RET",
            "warehouse_id": self.id,
            "company_id": self.company_id.id,
            "use_existing_lots": True,
            "use_create_lots": False,
            "default_location_src_id": self.env.ref("stock.stock_location_customers").id,
            "default_location_dest_id": self.aftersales_quarantine_id.id,
            "return_picking_type_id": self.out_type_id.id,
            "create_backorder": "ask",
        }

    def _aftersales_provision_sequence(self):
        """RMA/YYYY/NNNNN, a row of numbers for each company."""
        sequences = self.env["ir.sequence"].sudo()  # sudo: follows from the warehouse
        known = sequences.search(
            [("code", "=", "aftersales.rma"), ("company_id", "=", self.company_id.id)], limit=1
        )
        if not known:
            sequences.create(
                {
                    "name": self.env._("Returns"),
                    "code": "aftersales.rma",
                    "prefix": "RMA/%(range_year)s/",
                    "padding": 5,
                    "use_date_range": True,
                    "company_id": self.company_id.id,
                }
            )
