import base64
import csv
import io
import zipfile

import openpyxl
import pytz
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.aftersales_ticket_history import to_utc
from ..policy import history, ticket_flow

AT_MOST = 20_000  # rows of one file: more would not fit into one request
SHOWN = 200  # faults that the dialog lists


class AftersalesTicketHistory(models.TransientModel):
    """Tickets of another system, from a CSV or Excel file: looked through first, loaded then, all or none."""

    _name = "aftersales.ticket.history"
    _description = "Import of tickets with their history"

    file = fields.Binary(required=True, attachment=False, help="CSV (UTF-8 or GB18030) or Excel (.xlsx).")
    filename = fields.Char()
    summary = fields.Char(readonly=True)
    report = fields.Html(readonly=True, help="What is wrong, row by row.")
    is_sound = fields.Boolean("Is sound", readonly=True, help="Nothing is wrong with the file.")

    # === THE TWO STEPS === #

    def action_check(self):
        """Look the file through; nothing is written."""
        rows, faults = self._looked_through()
        self._tell(rows, faults)
        return self._again()

    def action_load(self):
        """Load every row, or none if one is wrong."""
        rows, faults = self._looked_through()
        if faults:
            self._tell(rows, faults)
            return self._again()
        tickets = self._load(rows)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported tickets"),
            "res_model": "aftersales.ticket",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", tickets.ids)],
        }

    def _load(self, rows):
        tickets = self.env["aftersales.ticket"]
        known = tickets._known_for_history(rows)
        zone = self._zone()
        return tickets._load_past(
            [tickets._past_values(row, known) for row in rows], [to_utc(row["created"], zone) for row in rows]
        )

    def _tell(self, rows, faults):
        wrong = len({number for number, _text in faults})
        lines = [
            Markup("<li>%s</li>") % self.env._("Row %(row)s: %(fault)s", row=number, fault=text)
            for number, text in faults[:SHOWN]
        ]
        self.write(
            {
                "is_sound": not faults,
                "summary": self.env._(
                    "%(rows)s rows, %(open)s of them open, %(wrong)s with faults.",
                    rows=len(rows),
                    open=sum(row.get("state") not in ticket_flow.ENDED for row in rows),
                    wrong=wrong,
                ),
                "report": Markup("<ul>%s</ul>") % Markup("").join(lines) if lines else False,
            }
        )

    def _again(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import tickets with their history"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # === READING === #

    def _looked_through(self):
        """(rows, [(row number in the file, what is wrong)])."""
        self.ensure_one()
        if not self.env.user.has_group("aftersales_service.group_manager"):
            raise AccessError(self.env._("Only a manager may load documents of the past."))
        numbered = self._cells()
        rows, faults = [], []
        for number, cells in numbered:
            row, unread = self._read_row(cells)
            rows.append(row)
            faults += [(number, text) for text in unread]
        numbers = [number for number, _cells in numbered]
        faults += self._faults_of(dict(zip(numbers, rows, strict=True)))
        return rows, sorted(faults, key=lambda fault: fault[0])

    def _cells(self):
        """[(row number, {column: cell})] of the rows that hold something."""
        table = self._rows_of(base64.b64decode(self.file or b""))
        header = [str(cell or "").strip().lower() for cell in (table[0] if table else [])]
        unknown = [name for name in header if name and name not in history.COLUMNS]
        if "created" not in header or unknown:
            raise UserError(
                self.env._(
                    "The first row has to name the columns; unknown here: %(unknown)s. Known are: %(known)s. "
                    "Take the template.",
                    unknown=", ".join(unknown) or "-",
                    known=", ".join(history.COLUMNS),
                )
            )
        if len(table) - 1 > AT_MOST:
            raise UserError(self.env._("The file has more than %(limit)s rows: split it.", limit=AT_MOST))
        rows = [(number, dict(zip(header, cells, strict=False))) for number, cells in enumerate(table[1:], 2)]
        return [(number, row) for number, row in rows if any(cell not in (None, "") for cell in row.values())]

    def _rows_of(self, content):
        """Rows of cells, whatever kind of file it is."""
        try:
            return _sheet(content) if content.startswith(b"PK") else _text_rows(content)
        except (UnicodeError, csv.Error, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise UserError(
                self.env._(
                    "The file %(name)s cannot be read: save it as CSV (UTF-8) or as Excel (.xlsx).",
                    name=self.filename or "",
                )
            ) from error

    def _read_row(self, cells):
        """({column: value}, sentences about cells that cannot be read)."""
        row, unread = {}, []
        for column, cell in cells.items():
            if column not in history.MOMENTS:
                row[column] = _text(cell)
                continue
            try:
                row[column] = history.moment(cell)
            except ValueError:
                unread.append(
                    self.env._(
                        "%(column)s: '%(cell)s' is no date. Write it as 2024-03-01 09:30.",
                        column=column,
                        cell=cell,
                    )
                )
                row[column] = None
        row.setdefault("state", "")
        return {**row, "state": row["state"] or "closed"}, unread

    # === JUDGING === #

    def _faults_of(self, rows):
        """[(row number, what is wrong)] of readable rows {row number: row}."""
        known = self.env["aftersales.ticket"]._known_for_history(rows.values())
        local = self.with_context(tz=self._zone().zone)
        now = fields.Datetime.context_timestamp(local, fields.Datetime.now()).replace(tzinfo=None)
        found, seen = [], set()
        for number, row in rows.items():
            texts = [self._text_of(*fault) for fault in history.faults(row, now)]
            texts += self._unknown(row, known)
            if row.get("number") and row["number"] in seen:
                texts.append(self.env._("number %(number)s stands twice in the file.", number=row["number"]))
            seen.add(row.get("number"))
            found += [(number, text) for text in texts]
        return found

    def _unknown(self, row, known):
        """Sentences about what the row names and nobody knows."""
        tickets = self.env["aftersales.ticket"]._fields
        texts = []
        for column in ("state", "service_type", "channel", "priority"):
            choices = dict(tickets[column].selection)
            if row.get(column) and row[column] not in choices:
                texts.append(
                    self.env._(
                        "%(column)s: '%(value)s' is none of %(known)s.",
                        column=column,
                        value=row[column],
                        known=", ".join(choices),
                    )
                )
        for column in ("team", "assignee"):
            if row.get(column) and row[column] not in known[column]:
                texts.append(self._not_found(column, row[column]))
        if row.get("product") and not {row["product"]} & {*known["product"], *known["code"]}:
            texts.append(self._not_found("product", row["product"]))
        if row.get("number") in known["number"]:
            texts.append(self.env._("number %(number)s is here already.", number=row["number"]))
        return texts

    def _not_found(self, column, value):
        return self.env._(
            "%(column)s: nothing, or more than one, is called '%(value)s'.", column=column, value=value
        )

    def _text_of(self, code, params):
        return {
            "no_subject": self.env._("neither subject nor description says what it is about."),
            "no_created": self.env._("created: the moment is missing at which it came in."),
            "no_end": self.env._("closed: a ticket that is over has the moment at which it ended."),
            "open_end": self.env._("closed: it has an end, but its state says that it is open."),
            "nobody": self.env._("assignee: in this state somebody has it."),
            "order": self.env._(
                "%(then)s lies before %(first)s.", then=params.get("then"), first=params.get("first")
            ),
            "future": self.env._("%(column)s lies in the future.", column=params.get("column")),
        }[code]

    @api.model
    def _zone(self):
        return pytz.timezone(self.env.company._aftersales_tz())


def _sheet(content):
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def _text_rows(content):
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")  # what Excel writes in China
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def _text(cell):
    """The cell as text; a number that a sheet keeps as 1001.0 is 1001."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()
