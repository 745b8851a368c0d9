from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..policy import deadline
from .aftersales_deadline import CONCURRENCY_ERRORS, FURTHEST


class AftersalesDeadline(models.Model):
    """Somebody is told on the way: before a promise breaks, and when it stays broken.

    A notice is no promise of its own but a moment of one, a share of its target on the same clock, pauses
    left out. The row carries the next moment (``notice_at``) and the share that was told last; a promise that
    is kept, paused or given up falls out of the index by its state, so that nothing has to be cleared.
    Documents say by ``_deadline_notices`` which shares they want told; one that wants none costs nothing.
    """

    _inherit = "aftersales.deadline"

    notice_at = fields.Datetime("Next notice", readonly=True)
    notice_percent = fields.Integer(
        "Told at", readonly=True, help="Percent of the target that was told last."
    )

    # _notice_ids: what is to be told now, urgent kinds apart
    _notice_idx = models.Index(
        "(urgent, notice_at, id) WHERE notice_at IS NOT NULL AND met_at IS NULL "
        "AND state IN ('running', 'missed')"
    )

    def _row_vals(self, plan, length, hours):
        """The first notice is planned in the insert itself."""
        vals = {**super()._row_vals(plan, length, hours), "notice_at": False}  # rows of a batch are alike
        percent = self._next_percent(plan.document, plan.kind, 0)
        if percent:
            runs_on = deadline.runs_on(plan.terms.target.unit, hours)
            told = [deadline.ClockEvent(plan.since, deadline.START, length)]
            vals["notice_at"] = self._share_at(told, percent, runs_on, self._plan_clock(plan))
        return vals

    def _refold(self):
        """Another target or a pause moves the notices too."""
        super()._refold()
        self._plan_notices()

    def _plan_notices(self):
        """Work out the next notice of each row anew; what was told stays told."""
        percents = {row: row._next_own_percent() for row in self}
        wanted = [row for row, percent in percents.items() if percent]
        longest = [
            deadline.Target(max(row.target_seconds * percents[row] // 100, 1), "minutes") for row in wanted
        ]
        working = self._working_times([(row._own_clock(), row.started_at) for row in wanted], longest)
        for row, percent in percents.items():
            told = [event._as_clock_event() for event in row.event_ids] if percent else []
            clock = row._own_clock()
            row.notice_at = bool(percent) and self._share_at(told, percent, working.get(clock), clock)

    def _next_own_percent(self):
        # sudo: the ledger acts for the company
        document = self.env[self.res_model].sudo().browse(self.res_id)
        return self._next_percent(document, self.kind, self.notice_percent)

    @api.model
    def _next_percent(self, document, kind, told):
        return next((percent for percent in document._deadline_notices(kind) if percent > told), 0)

    @api.model
    def _share_at(self, told, percent, hours, clock):
        """When ``percent`` of the target is spent, or False while the clock stands still."""
        scaled = [
            deadline.ClockEvent(
                event.at, event.kind, event.seconds and event.seconds * percent // 100, event.since
            )
            for event in told
        ]
        try:
            return deadline.clock(scaled, hours).due_at or False
        except deadline.HorizonTooShort:
            start = told[0].at
            far = self._working_time(clock, start, start + FURTHEST)
            return deadline.clock(scaled, far).due_at or False

    # === TELLING === #

    @api.model
    def _cron_run_urgent(self):
        super()._cron_run_urgent()
        self._run_notices(urgent=True)

    @api.model
    def _cron_run_bulk(self):
        super()._cron_run_bulk()
        self._run_notices(urgent=False)

    @api.model
    def _run_notices(self, now=None, urgent=None, batch=500):
        """Tell what is to be told, a batch a transaction; after the due ones, so that nobody is warned of
        what is broken already. Safe to run twice: a told share is written with the telling.

        :return: number of notices given
        """
        told = 0
        while True:
            moment = now or fields.Datetime.now()
            rows = self.sudo().browse(self._notice_ids(moment, urgent, batch))  # sudo: as in the ledger
            if not rows:
                return told
            rows._give_notices()
            told += len(rows)
            if not self._commit(len(rows), len(rows) == batch):
                return told
            self.env.invalidate_all()

    @api.model
    def _notice_ids(self, now, urgent, limit):
        """Ids of rows with a notice to give that nobody holds; locks them."""
        self.flush_model()
        query = SQL(
            """SELECT id FROM aftersales_deadline
                WHERE notice_at <= %(now)s AND met_at IS NULL AND state IN ('running', 'missed') AND %(kinds)s
                ORDER BY notice_at, id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED""",
            now=now,
            kinds=SQL("TRUE") if urgent is None else SQL("urgent = %s", urgent),
            limit=limit,
        )
        try:
            return [row[0] for row in self.env.execute_query(query)]
        except CONCURRENCY_ERRORS:
            self.env.cr.rollback()  # changed after this transaction's snapshot: look again with a new one
            return [row[0] for row in self.env.execute_query(query)]

    def _give_notices(self):
        """Tell the documents, one call for each kind and share; then plan the next notice."""
        groups = defaultdict(list)
        rows = self._with_document()
        for row in rows:
            percent = row._next_own_percent()
            if percent > 100 or (percent and row.state == deadline.RUNNING):
                groups[row.res_model, row.kind, percent].append(row.id)
            row.notice_percent = percent or row.notice_percent
        for (res_model, kind, percent), ids in groups.items():
            told = self.browse(ids)
            documents = self.env[res_model].browse(told.mapped("res_id"))
            documents._on_deadline_notice(kind, percent, told)
        rows._plan_notices()

    def _with_document(self):
        """Rows whose document is there; the others are given up, as the ledger does with overdue ones."""
        there = self.browse()
        for res_model, rows in self.exists().grouped("res_model").items():
            known = set(self.env[res_model].browse(rows.mapped("res_id")).exists().ids)
            there |= rows.filtered(lambda row, known=known: row.res_id in known)
        (self.exists() - there).write({"state": deadline.CANCELLED})
        return there


class AftersalesDeadlineMixin(models.AbstractModel):
    _inherit = "aftersales.deadline.mixin"

    def _deadline_notices(self, kind):
        """Percents of the target at which somebody is told, in order; none by default. One document."""
        return ()

    def _on_deadline_notice(self, kind, percent, rows):
        """``percent`` of a promise's time is spent on each of these documents; ``rows`` are the promises."""
