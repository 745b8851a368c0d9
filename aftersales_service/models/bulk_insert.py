"""Rows of a log in one statement.

Ledger and verdict log write several rows for each document of a batch. Nobody follows those rows, nothing is
computed from them and no one else may create them: what the ORM does for each record is of no use here.
"""

from odoo import fields
from odoo.tools import SQL


def bulk_insert(model, vals_list):
    """Insert rows of ``model`` that all have the same fields; return them.

    The caller invalidates what shows the rows elsewhere. Defaults are not applied.
    """
    if not vals_list:
        return model.browse()
    names = list(vals_list[0])
    stamps = {"create_uid": model.env.uid, "create_date": fields.Datetime.now()}
    columns = SQL(", ").join(SQL.identifier(name) for name in (*names, *stamps))
    rows = SQL(", ").join(
        SQL("%s", (*(_column(model, name, vals[name]) for name in names), *stamps.values()))
        for vals in vals_list
    )
    table = SQL.identifier(model._table)
    model.env.cr.execute(SQL("INSERT INTO %s (%s) VALUES %s RETURNING id", table, columns, rows))
    return model.browse([row_id for (row_id,) in model.env.cr.fetchall()])


def _column(model, name, value):
    return model._fields[name].convert_to_column_insert(value, model)
