import babel.dates

from odoo import api, fields, models
from odoo.tools import SQL, babel_locale_parse, get_lang

from ..policy import deadline, lifecycle
from .aftersales_deadline import Plan
from .whole_rows import WholeRows


def written_moment(env, local, clock_only=False):
    """``local`` (with its zone) in the language of ``env`` as papers and customers' pages write it."""
    locale = babel_locale_parse(get_lang(env).code)
    clock = babel.dates.format_time(local.replace(tzinfo=None), "HH:mm", locale=locale)
    if clock_only:
        return clock
    day = babel.dates.format_date(local.date(), "medium", locale=locale)
    return locale.datetime_formats["medium"].format(clock, day)


class AftersalesDeadlineMixin(models.AbstractModel):
    """A document that keeps promises: the promises table of its flow opens, pauses and closes them."""

    _name = "aftersales.deadline.mixin"
    _description = "Document with deadlines"
    _inherit = "aftersales.lifecycle.mixin"

    #: stored Boolean of the document that says whether a promise was missed, if it has one
    _missed_field = None

    deadline_ids = WholeRows(
        "aftersales.deadline",
        "res_id",
        string="Deadlines",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )
    next_due_at = fields.Datetime("Next due", readonly=True, copy=False, index="btree_not_null")
    next_kind = fields.Selection(
        selection=lambda self: (
            self.env["aftersales.deadline"]._fields["kind"]._description_selection(self.env)
        ),
        string="Next deadline",
        readonly=True,
        copy=False,
    )
    deadline_strip = fields.Json("Deadline strip", compute="_compute_deadline_strip")

    @api.depends("deadline_ids.state", "deadline_ids.due_at", "deadline_ids.met_at")
    @api.depends_context("lang")
    def _compute_deadline_strip(self):
        # sudo: whoever reads the document reads its deadlines (same rule as aftersales.attached.mixin)
        rows = self.env["aftersales.deadline"].sudo().search(self._deadline_domain())
        by_document = rows.grouped("res_id")
        for document in self:
            own = by_document.get(document._origin.id, rows.browse())
            document.deadline_strip = own.filtered(self._is_shown)._strip()

    @api.model
    def _is_shown(self, row):
        """Work of the clock itself is seen where it could not be done."""
        return row.kind not in self._clock_work() or row.set_aside

    @api.model
    def _clock_work(self):
        return [kind for kind, promise in self._flow.promises.items() if promise.own_work]

    def _moment(self, at, with_day=False):
        """``at`` (naive UTC) as the deadline strip shows it: the reader's language and time zone, no year.

        :param with_day: also where it is today, for texts that are read later
        """
        local = fields.Datetime.context_timestamp(self, at)
        locale = babel_locale_parse(get_lang(self.env).code)
        clock = babel.dates.format_time(local.replace(tzinfo=None), "HH:mm", locale=locale)
        today = fields.Datetime.context_timestamp(self, fields.Datetime.now()).date()
        if local.date() == today and not with_day:
            return clock
        day = babel.dates.format_skeleton("MMMd", local.date(), locale=locale)
        return locale.datetime_formats["medium"].format(clock, day)

    def _customer_moment(self, at, clock_only=False):
        """``at`` (naive UTC) in the customer's language and time zone, without the zone's name."""
        return written_moment(self.env, self._customer_time(at), clock_only)

    def _customer_zone(self, at):
        """The name of the zone that ``_customer_moment`` counts in, e.g. China Standard Time."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return babel.dates.get_timezone_name(self._customer_time(at), width="long", locale=locale)

    def _customer_time(self, at):
        self.ensure_one()
        document = self.sudo()  # sudo: a time zone is no secret, also for whom the page was opened by a link
        zone = document.partner_id.tz or document.company_id._aftersales_tz()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), at)

    def _deadline_domain(self):
        return [("res_model", "=", self._name), ("res_id", "in", self._origin.ids)]

    # === WHAT A DOCUMENT SAYS ABOUT ITS PROMISES === #

    def _deadline_terms(self, kind):
        """{document: terms} of a promise; a document left out makes no such promise."""
        return {}

    def _deadline_user(self, kind):
        """Whose task the promise is: the user who gets the activity, or none. One document."""
        return self.env["res.users"]

    def _deadline_expires(self, kind):
        """The event that follows when the promise runs out; None: it is marked as missed. One document.

        Taken when the promise is opened and kept with it, whatever the rules become meanwhile.
        """
        promise = self._flow.promises.get(kind)
        return promise and promise.expires

    def _on_deadline_missed(self, kind):
        """A promise that expires into no event has been missed; escalation goes here."""

    # === WHAT THE LEDGER DOES === #

    @api.model
    def _owned_fields(self):
        return super()._owned_fields() | {"next_due_at", "next_kind"}

    def _after_event(self, event, now):
        super()._after_event(event, now)
        touched = [kind for kind, promise in self._flow.promises.items() if self._concerns(promise, event)]
        if not touched:
            return
        # a document that has just come into being has made no promise before
        rows = self._open_rows(touched) if event != lifecycle.CREATE else self._no_rows()
        self._apply_to_open(rows, event, now)
        opened = [kind for kind in touched if event in self._flow.promises[kind].opens]
        fresh = opened and self._open_deadlines(opened, now=now, still_open=rows)
        if rows and not fresh:
            self._refresh_next_due()

    @api.model
    def _concerns(self, promise, event):
        parts = (promise.opens, promise.pauses, promise.resumes)
        return promise.ends_with(event) or any(event in part for part in parts)

    def _apply_to_open(self, open_rows, event, now):
        """Stop, drop, pause or resume the open promises as the table says, of all kinds together."""
        met, over, paused, resumed = (open_rows.browse() for _what in range(4))
        for kind, rows in open_rows.grouped("kind").items():
            promise = self._flow.promises[kind]
            if event == promise.expires:
                # run out by itself it is missed already; done in time by a person it is kept or given up
                rows = rows.filtered(lambda row: row.state != deadline.MISSED or not row.expires)
            if event in promise.met:
                met |= rows
            elif promise.ends_with(event):
                over |= rows
            elif event in promise.pauses:
                paused |= rows
            elif event in promise.resumes:
                resumed |= rows
        for rows, done in ((met, "_stop"), (over, "_drop"), (paused, "_pause"), (resumed, "_resume")):
            if rows:
                getattr(rows, done)(now, event)

    def _open_rows(self, kinds):
        """Open rows, and missed ones that nobody has caught up with yet."""
        # sudo: the ledger has no rights of its own; the document's access was checked by the event
        return (
            self.env["aftersales.deadline"]
            .sudo()
            .search_fetch(
                [
                    *self._deadline_domain(),
                    ("kind", "in", list(kinds)),
                    ("state", "in", ("running", "paused", "missed")),
                    ("met_at", "=", False),
                ]
            )
        )

    def _no_rows(self):
        return self.env["aftersales.deadline"].sudo()  # sudo: as in _open_rows

    def _open_deadlines(self, kinds, since=None, now=None, still_open=None):
        """Open promises of these kinds on every document that makes them and has none of the kind open.

        :param still_open: rows that ``_open_rows`` has just given for these kinds, by whoever has them
        """
        now = now or fields.Datetime.now()
        terms = {kind: self._deadline_terms(kind) for kind in kinds}
        rows = still_open
        if rows is None:
            rows = self._open_rows(kinds) if any(terms.values()) else self._no_rows()
        running = rows.filtered(lambda row: row.state in (deadline.RUNNING, deadline.PAUSED))
        taken = {(row.res_id, row.kind) for row in running}
        plans = [
            Plan(document, kind, found, document._deadline_user(kind), since or now)
            for kind in kinds
            for document, found in terms[kind].items()
            if (document.id, kind) not in taken
        ]
        opened = self.env["aftersales.deadline"]._open(plans, now) if plans else self._no_rows()
        if plans or still_open is None:  # whoever has them may have closed some
            self._refresh_next_due()
        return opened

    def _stop_deadlines(self, kinds, at=None):
        """The promises of these kinds are kept by a fact that is no event (a first reply, an arrival)."""
        rows = self._open_rows(kinds)
        if rows:
            rows._stop(at or fields.Datetime.now())
            self._refresh_next_due()

    def _retarget_deadlines(self, kinds=None, cause=None):
        """Priority, team or agreement changed: give open promises the terms that hold now.

        Promises that no longer apply are dropped, ones that newly apply are not opened: their event is past.
        """
        now = fields.Datetime.now()
        rows = self._open_rows(kinds or list(self._flow.promises))
        rows = rows.filtered(lambda row: row.due_at or row.state == deadline.PAUSED)
        terms = {}
        for kind, group in rows.grouped("kind").items():
            documents = self.browse(group.mapped("res_id"))
            by_id = {document.id: terms for document, terms in documents._deadline_terms(kind).items()}
            terms.update({row: by_id.get(row.res_id) for row in group if row.state != deadline.MISSED})
        rows.browse([row.id for row, found in terms.items() if found is None])._drop(now, cause)
        kept = {row: found for row, found in terms.items() if found is not None}
        rows.browse([row.id for row in kept])._retarget(kept, now, cause)
        self._refresh_next_due()

    def _deadline_ran_out(self, kind, expires):
        """Called by the ledger: fire what was announced, or note the miss."""
        if expires:
            self._fire(expires, actor=lifecycle.SYSTEM, reason=self.env._("Time was up."))
        else:
            self._on_deadline_missed(kind)
            self._refresh_next_due()

    def _refresh_next_due(self):
        """Bring ``next_due_at`` and ``next_kind`` up to date in one statement."""
        if not self.ids:
            return
        own = ["next_due_at", "next_kind", *filter(None, [self._missed_field])]
        missed = self._missed_field and SQL.identifier(self._missed_field)
        self.env["aftersales.deadline"].flush_model()
        self.flush_model(own)
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s AS document
                      SET next_due_at = due.due_at, next_kind = due.kind%(also_set)s
                     FROM (SELECT wanted.id, first.due_at, first.kind, told.missed
                             FROM unnest(%(ids)s) AS wanted(id)
                             LEFT JOIN LATERAL (
                                  SELECT due_at, kind FROM aftersales_deadline
                                   WHERE res_model = %(model)s AND res_id = wanted.id AND state = 'running'
                                     AND kind != ALL(%(clock_work)s)
                                   ORDER BY due_at, id LIMIT 1) AS first ON TRUE
                            CROSS JOIN LATERAL (
                                  SELECT EXISTS (SELECT FROM aftersales_deadline
                                                  WHERE res_model = %(model)s AND res_id = wanted.id
                                                    AND state = 'missed') AS missed) AS told) AS due
                    WHERE document.id = due.id
                      AND ((document.next_due_at, document.next_kind)
                            IS DISTINCT FROM (due.due_at, due.kind)%(or_changed)s)""",
                table=SQL.identifier(self._table),
                ids=self.ids,
                model=self._name,
                clock_work=self._clock_work(),
                also_set=SQL(", %s = due.missed", missed) if missed else SQL(),
                or_changed=SQL(" OR COALESCE(%s, FALSE) != due.missed", missed) if missed else SQL(),
            )
        )
        self.invalidate_recordset([*own, "deadline_ids", "deadline_strip", "allowed_events"])

    def _overdue_kinds(self, now):
        """{document id: kinds of running promises whose time is up, and that the ledger will act on}.

        What it could not do and has set aside is for a person to decide.
        """
        if not any(promise.expires for promise in self._flow.promises.values()):
            return {}
        # sudo: whoever sees the document sees its deadlines
        due = self.sudo().filtered(lambda document: document.next_due_at and document.next_due_at < now)
        if not due:
            return {}
        late = (
            self.env["aftersales.deadline"]
            .sudo()
            ._read_group(
                [
                    *due._deadline_domain(),
                    ("state", "=", deadline.RUNNING),
                    ("due_at", "<", now),
                    ("expires", "!=", False),
                    ("set_aside", "=", False),
                ],
                ["res_id"],
                ["kind:array_agg"],
            )
        )
        return dict(late)

    def unlink(self):
        domain = self._deadline_domain()
        result = super().unlink()
        # sudo: a document's promises go with it
        rows = self.env["aftersales.deadline"].sudo().search(domain)
        rows._close_activities()
        rows.unlink()
        return result
