from collections import defaultdict

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..policy import lifecycle, ticket_flow, unstick
from .aftersales_deadline import Plan


class AftersalesLifecycleMixin(models.AbstractModel):
    _inherit = "aftersales.lifecycle.mixin"

    @api.model
    def load(self, fields_list, data):
        """An ordinary import makes documents as people do: it sets no state and no stamp (SO-1)."""
        owned = self._owned_fields()
        refused = sorted({name.split("/")[0] for name in fields_list} & owned)
        if refused and self._flow:
            labels = ", ".join(self._fields[name].string for name in refused)
            text = self.env._(
                "%(columns)s cannot be imported: they follow from what is done with the document. Leave "
                "these columns out, or let a manager load documents of the past with their history.",
                columns=labels,
            )
            told = {"type": "error", "message": text, "field": refused[0]}
            return {"ids": False, "messages": [told], "nextrow": 0}
        return super().load(fields_list, data)


class AftersalesTicket(models.Model):
    """Tickets of the past come in with their dates; open ones are promised what their dates leave."""

    _inherit = "aftersales.ticket"

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Template for new tickets"),
                "template": "/aftersales_service/static/import/tickets.csv",
            }
        ]

    @api.model
    def _load_past(self, vals_list, created):
        """Load tickets with their history; no customer hears of it.

        :param created: moment at which each came in, naive UTC
        """
        tickets = self.with_context(aftersales_no_mail=True, tracking_disable=True).load_history(vals_list)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE aftersales_ticket AS ticket SET create_date = told.moment"
                " FROM unnest(%s, %s) AS told(id, moment) WHERE ticket.id = told.id",
                tickets.ids,
                list(created),
            )
        )
        tickets.invalidate_recordset(["create_date"])
        # sudo: promises of the past are the ledger's, whoever loads them
        tickets.sudo().filtered(lambda t: t.state not in ticket_flow.ENDED)._promise_from_the_past()
        return tickets

    def _promise_from_the_past(self):
        """Open tickets are judged like new ones, and their promises run since they came in.

        What would follow by itself (passing on, closing) is given its full time from now: nobody loses a
        ticket over night because it was imported.
        """
        self.with_context(aftersales_past=True)._judge_at_intake()
        now, plans = fields.Datetime.now(), []
        for state, tickets in self.grouped("state").items():
            kinds = self._kinds_owed(state)
            for kind in sorted(kinds):
                follows = self._flow.promises[kind].expires
                plans += [
                    Plan(doc, kind, terms, doc._deadline_user(kind), now if follows else doc.create_date)
                    for doc, terms in tickets._deadline_terms(kind).items()
                ]
        if plans:
            self.env["aftersales.deadline"]._open(plans, now)
        waiting = self.filtered(lambda ticket: ticket.state == ticket_flow.WAITING)
        still = unstick.promises_in(self._flow, ticket_flow.WAITING)[2]
        waiting._open_rows(still)._pause(now, "wait")
        self._refresh_next_due()

    def _open_new_promises(self, before):
        """What is judged of the past is promised since it came in, not since it is judged."""
        if not self.env.context.get("aftersales_past"):
            super()._open_new_promises(before)

    @api.model
    def _kinds_owed(self, state):
        """Promises made with the request that may still run in ``state``, and those of the state itself."""
        always, possible, _still = unstick.promises_in(self._flow, state)
        with_request = {kind for kind in possible if lifecycle.CREATE in self._flow.promises[kind].opens}
        return (always | with_request) - {"acknowledge"}

    @api.model
    def _known_for_history(self, rows):
        """{kind: {what a file calls it: record}} for everything that rows name; one search a kind.

        A name that several records share is left out: nobody is taken by chance.
        """
        wanted = defaultdict(set)
        for row in rows:
            for column in ("customer", "email", "product", "serial_number", "team", "assignee", "number"):
                if row.get(column):
                    wanted[column].add(row[column])
        company = self.env.company
        mine = [("company_id", "in", [False, company.id])]
        # sudo: an import by a manager names goods and people of whom the manager need not be in charge
        env = self.sudo().env
        return {
            "customer": _by(env["res.partner"], "name", wanted["customer"], mine),
            "email": _by(env["res.partner"], "email", wanted["email"], mine),
            "code": _by(env["product.product"], "default_code", wanted["product"], mine),
            "product": _by(env["product.product"], "name", wanted["product"], mine),
            "serial_number": _by(env["stock.lot"], "name", wanted["serial_number"], mine),
            "team": _by(env["aftersales.team"], "name", wanted["team"], mine),
            "assignee": _by(env["res.users"], "login", wanted["assignee"], [("share", "=", False)]),
            "number": _by(env["aftersales.ticket"], "name", wanted["number"], mine),
        }

    @api.model
    def _past_values(self, row, known):
        """Values of ``load_history`` for a row that has no fault."""
        lot = known["serial_number"].get(row.get("serial_number"))
        product = known["code"].get(row.get("product")) or known["product"].get(row.get("product"))
        if lot and product and lot.product_id != product:
            lot = None
        partner = known["email"].get(row.get("email")) or known["customer"].get(row.get("customer"))
        zone = pytz.timezone(self.env.company._aftersales_tz())
        told = {column: to_utc(row.get(column), zone) for column in STAMP_COLUMNS}
        plain = {name: row[column] for column, name in PLAIN_COLUMNS.items() if row.get(column)}
        return {
            **plain,
            **{STAMP_COLUMNS[column]: at for column, at in told.items() if at},
            "company_id": self.env.company.id,
            "partner_id": partner.id if partner else False,
            "product_id": (product or (lot and lot.product_id) or self.env["product.product"]).id,
            "lot_id": lot.id if lot else False,
            "team_id": known["team"][row["team"]].id if row.get("team") else False,
            "user_id": known["assignee"][row["assignee"]].id if row.get("assignee") else False,
            "acknowledged_at": to_utc(row["created"], zone),
        }


#: column → field, copied as they are
PLAIN_COLUMNS = {
    "number": "name",
    "subject": "title",
    "description": "description",
    "customer": "contact_name",
    "email": "email",
    "phone": "phone",
    "service_type": "service_type",
    "channel": "channel",
    "serial_number": "serial_number",
    "priority": "priority",
    "state": "state",
    "solution": "solution",
}
#: column → stamp
STAMP_COLUMNS = {
    "assigned": "assigned_at",
    "accepted": "accepted_at",
    "first_reply": "first_reply_at",
    "solved": "resolved_at",
    "closed": "closed_at",
}


def to_utc(moment, zone):
    """Naive UTC of a moment as the company's clock shows it."""
    return moment and zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)


def _by(model, field, names, domain):
    """{name: record} where exactly one record has the name."""
    found = model.search([(field, "in", list(names)), *domain]) if names else model
    return {name: records for name, records in found.grouped(field).items() if len(records) == 1}
