"""Numbers that another program sends and that are none get a sentence instead of a fault of the database."""

import math

from odoo import api, models
from odoo.exceptions import UserError

#: more pieces or money than this is a slip of a program
LARGEST = 1e12


class AftersalesNumbersMixin(models.AbstractModel):
    """Quantities and amounts that can be counted with."""

    _name = "aftersales.numbers.mixin"
    _description = "Document whose numbers are checked"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_no_number(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_no_number(vals)
        return super().write(vals)

    @api.model
    def _refuse_no_number(self, vals):
        """Refuse a quantity or an amount that is not a number, or too large to be meant."""
        for name, value in vals.items():
            field = self._fields.get(name)
            if field is None or field.type not in ("float", "monetary") or not isinstance(value, float | int):
                continue
            if not math.isfinite(value) or abs(value) > LARGEST:
                raise UserError(
                    self.env._(
                        "%(field)s: %(value)s is no number that can be counted with. Enter how much it is.",
                        field=field._description_string(self.env),
                        value=f"{value:g}",
                    )
                )


class AftersalesRma(models.Model):
    _name = "aftersales.rma"
    _inherit = ["aftersales.numbers.mixin", "aftersales.rma"]  # in this order: before anybody counts with it


class AftersalesRmaLine(models.Model):
    _name = "aftersales.rma.line"
    _inherit = ["aftersales.numbers.mixin", "aftersales.rma.line"]
