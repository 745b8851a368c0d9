"""Numbers that another program sends and that are none get a sentence instead of a fault of the database."""

import math

from odoo import api, models
from odoo.exceptions import UserError

#: more pieces or money than this is a slip of a program
LARGEST = 1e12


def refuse_no_number(records, vals):
    """Refuse a quantity or an amount in ``vals`` that is not a number, or too large to be meant."""
    for name, value in vals.items():
        field = records._fields.get(name)
        if field is None or field.type not in ("float", "monetary") or not isinstance(value, float | int):
            continue
        if not math.isfinite(value) or abs(value) > LARGEST:
            raise UserError(
                records.env._(
                    "%(field)s: %(value)s is no number that can be counted with. Enter how much it is.",
                    field=field._description_string(records.env),
                    value=f"{value:g}",
                )
            )


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            refuse_no_number(self, vals)
        return super().create(vals_list)

    def write(self, vals):
        refuse_no_number(self, vals)
        return super().write(vals)


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            refuse_no_number(self, vals)
        return super().create(vals_list)

    def write(self, vals):
        refuse_no_number(self, vals)
        return super().write(vals)
