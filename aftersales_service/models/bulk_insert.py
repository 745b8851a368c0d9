"""Rows of a log in one statement.

Ledger and verdict log write several rows for each document of a batch. Nobody follows those rows, nothing is
computed from them and no one else may create them: what the ORM does for each record is of no use here.
"""

import json
from datetime import date

from odoo import fields
from odoo.tools import SQL


def bulk_insert(model, vals_list, along=None, then=None):
    """Insert rows of ``model`` that all have the same fields; return them, in that order.

    They travel as one JSON value, not as a hundred quoted ones each. The caller invalidates what shows the
    rows elsewhere. Defaults are not applied.

    :param along: a data-changing SQL statement that is carried out in the same round trip
    :param then: one that reads the inserted rows as ``fresh``, likewise
    """
    if not vals_list:
        return model.browse()
    kinds = {name: model._fields[name] for name in vals_list[0]}
    rows = [{name: _plain(field, vals[name]) for name, field in kinds.items()} for vals in vals_list]
    columns = SQL(", ").join(SQL.identifier(name) for name in kinds)
    typed = SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(field.column_type[0])) for name, field in kinds.items()
    )
    insert = SQL(
        """INSERT INTO %(table)s (%(columns)s, create_uid, create_date)
           SELECT %(columns)s, %(user)s, %(now)s
             FROM ROWS FROM (jsonb_to_recordset(%(rows)s) AS (%(typed)s)) WITH ORDINALITY
            ORDER BY ordinality
        RETURNING *""",
        table=SQL.identifier(model._table),
        columns=columns,
        user=model.env.uid,
        now=fields.Datetime.now(),
        rows=json.dumps(rows, ensure_ascii=False),
        typed=typed,
    )
    parts = [SQL("fresh AS (%s)", insert)]
    parts += [SQL("along AS (%s)", along)] if along else []
    parts += [SQL("afterwards AS (%s)", then)] if then else []
    model.env.cr.execute(SQL("WITH %s SELECT id FROM fresh ORDER BY id", SQL(", ").join(parts)))
    return model.browse([row_id for (row_id,) in model.env.cr.fetchall()])


def _plain(field, value):
    """A value as JSON; ``False`` stands for an empty column, as Odoo writes it, except in a boolean."""
    if field.type == "boolean":
        return bool(value)
    if value is False or value is None or (field.type == "json" and not value):
        return None
    return value.isoformat() if isinstance(value, date) else value
