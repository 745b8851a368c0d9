"""Rows of a log in one statement.

Ledger and verdict log write several rows for each document of a batch. Nobody follows those rows, nothing is
computed from them and no one else may create them: what the ORM does for each record is of no use here.
"""

from odoo import fields
from odoo.tools import SQL


def bulk_insert(model, vals_list, along=None, then=None):
    """Insert rows of ``model`` that all have the same fields; return them.

    The caller invalidates what shows the rows elsewhere. Defaults are not applied.

    :param along: a data-changing SQL statement that is carried out in the same round trip
    :param then: one that reads the inserted rows as ``fresh``, likewise
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
    parts = [SQL("fresh AS (INSERT INTO %s (%s) VALUES %s RETURNING *)", table, columns, rows)]
    parts += [SQL("along AS (%s)", along)] if along else []
    parts += [SQL("afterwards AS (%s)", then)] if then else []
    model.env.cr.execute(SQL("WITH %s SELECT id FROM fresh", SQL(", ").join(parts)))
    return model.browse([row_id for (row_id,) in model.env.cr.fetchall()])


def _column(model, name, value):
    return model._fields[name].convert_to_column_insert(value, model)
