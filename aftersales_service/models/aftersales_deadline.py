import logging
from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import NamedTuple

import pytz
from dateutil.relativedelta import relativedelta
from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ConcurrencyError, LockError, UserError
from odoo.tools import SQL

from ..policy import deadline
from .bulk_insert import bulk_insert

_logger = logging.getLogger(__name__)

CONCURRENCY_ERRORS = (SerializationFailure, DeadlockDetected, LockNotAvailable, ConcurrencyError, LockError)
ATTEMPTS = 5  # tries of one row in fresh transactions before the next run has to take it
NO_CLOCK = (None, None)  # around the clock, whosever holidays
FURTHEST = timedelta(days=1100)  # no promise reaches further; a calendar without hours until then has none

#: the first clock event of each row that was opened
START_CLOCKS = """INSERT INTO aftersales_deadline_event
           (deadline_id, kind, at, seconds, create_uid, create_date)
    SELECT id, %s, started_at, target_seconds, create_uid, create_date FROM fresh"""


class Terms(NamedTuple):
    """How long a promise runs, on which calendar (empty = around the clock), and how urgent it is."""

    target: deadline.Target
    calendar: models.BaseModel
    urgent: bool


class Plan(NamedTuple):
    """A promise about to be opened."""

    document: models.BaseModel
    kind: str
    terms: Terms
    user: models.BaseModel
    since: datetime


class AftersalesDeadline(models.Model):
    """The ledger of promises: one row for each that makes something happen when it runs out.

    Rows are written by the ledger alone. ``_run_due`` is what the two crons do: it takes batches of overdue
    rows that nobody else holds, fires what was announced, and commits each batch. It may be killed anywhere
    and run twice: a row that has acted is no longer running.
    """

    _name = "aftersales.deadline"
    _description = "Deadline"
    _inherit = "aftersales.attached.mixin"
    _order = "due_at, id"
    _rec_name = "kind"

    kind = fields.Selection([], required=True, readonly=True)
    state = fields.Selection(
        [
            (deadline.RUNNING, "Running"),
            (deadline.PAUSED, "Paused"),
            (deadline.MET, "Met"),
            (deadline.MISSED, "Missed"),
            (deadline.CANCELLED, "Cancelled"),
        ],
        required=True,
        readonly=True,
        default=deadline.RUNNING,
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        readonly=True,
        ondelete="restrict",
        help="Working hours the clock runs in. Empty: around the clock.",
    )
    started_at = fields.Datetime("Started at", readonly=True, required=True)
    due_at = fields.Datetime("Due at", readonly=True, help="Empty while the clock is paused.")
    target_seconds = fields.Integer("Target seconds", readonly=True)
    met_at = fields.Datetime("Met at", readonly=True)
    missed_at = fields.Datetime("Missed at", readonly=True)
    pause_cause = fields.Char("Pause cause", readonly=True)
    urgent = fields.Boolean(readonly=True)
    expires = fields.Char("When time is up", readonly=True, help="The event that follows by itself.")
    user_id = fields.Many2one("res.users", "Whose task", readonly=True)
    activity_id = fields.Many2one("mail.activity", readonly=True, index="btree_not_null", ondelete="set null")
    event_ids = fields.One2many("aftersales.deadline.event", "deadline_id", "Clock", readonly=True)
    set_aside = fields.Char(
        "Set aside because", readonly=True, help="Why it could not act. A manager can let it try again."
    )

    # _claim: what is due now, urgent kinds apart
    _due_idx = models.Index("(urgent, due_at, id) WHERE state = 'running' AND set_aside IS NULL")
    # a document's rows; one open promise of a kind
    _document_idx = models.Index("(res_model, res_id)")
    _open_uniq = models.UniqueIndex(
        "(res_model, res_id, kind) WHERE state IN ('running', 'paused')",
        "A promise of that kind is already running on the document.",
    )

    # === OPENING AND STOPPING === #

    @api.model
    def terms(self, amount, unit, calendar=None, urgent=False):
        """Terms of a promise: ``amount`` of ``unit`` (minutes, hours, days, working_days) on ``calendar``."""
        no_calendar = self.env["resource.calendar"]
        return Terms(deadline.Target(int(amount), unit), calendar or no_calendar, bool(urgent))

    @api.model
    def at_once(self):
        """Terms of what the next run has to do, as soon as all that was due before is done."""
        return self.terms(0, deadline.MINUTES)

    def _open(self, plans, now):
        """Open the planned promises: rows, first clock events and activities, one create each.

        A clock that starts in the past (``since``) may open overdue; the next run takes it.
        """
        working = self._working_times(
            [(self._plan_clock(plan), plan.since) for plan in plans], plan_targets(plans)
        )
        rows = []
        for plan in plans:
            hours = working[self._plan_clock(plan)]
            length = plan.terms.target.seconds(plan.since, hours)
            rows.append(self._row_vals(plan, length, hours))
        self.flush_model(["state"])  # what ended in this very step makes room for its like
        # sudo: nobody may write the ledger but the ledger
        opened = bulk_insert(self.sudo(), rows, then=SQL(START_CLOCKS, deadline.START))
        # by the plans: nothing of these rows is in memory yet
        tasks = [row.id for row, plan in zip(opened, plans, strict=True) if plan.user]
        opened.browse(tasks)._open_activities()
        return opened

    def _row_vals(self, plan, length, hours):
        document = plan.document
        hours = deadline.runs_on(plan.terms.target.unit, hours)
        return {
            "res_model": document._name,
            "res_id": document.id,
            "company_id": company_of(document).id,
            "kind": plan.kind,
            "state": deadline.RUNNING,
            "calendar_id": self._clock_calendar(plan.terms).id,
            "started_at": plan.since,
            "due_at": deadline.add(hours, plan.since, length),
            "target_seconds": length,
            "urgent": plan.terms.urgent,
            "expires": document._deadline_expires(plan.kind),
            "user_id": plan.user.id,
        }

    @api.model
    def _clock_calendar(self, terms):
        """Calendar days run around the clock."""
        around_the_clock = terms.target.unit == deadline.DAYS
        return self.env["resource.calendar"] if around_the_clock else terms.calendar

    def _tell(self, kind, now, cause=None, **vals):
        """One more clock event for every row of ``self``, in one create; then fold the clocks anew."""
        bulk_insert(
            self.env["aftersales.deadline.event"].sudo(),  # sudo: nobody may write the ledger but the ledger
            [{"deadline_id": row.id, "kind": kind, "at": now, "cause": cause, **vals} for row in self],
        )
        self.invalidate_recordset(["event_ids"])

    def _stop(self, now, cause=None):
        """The promise is kept, or kept too late."""
        rows = self.sudo().filtered(lambda row: not row.met_at)  # sudo: as in _tell
        rows._tell(deadline.STOP, now, cause)
        late = rows.filtered(lambda row: row.state == deadline.MISSED or (row.due_at and row.due_at < now))
        (rows - late).write({"state": deadline.MET, "met_at": now})
        late._mark_missed()
        late.write({"met_at": now})
        rows._close_activities()

    def _drop(self, now, cause=None):
        """The promise no longer matters (the document went another way); what was missed stays missed."""
        rows = self.sudo().filtered(lambda row: row.state != deadline.MISSED)  # sudo: as in _tell
        rows._tell(deadline.STOP, now, cause)
        rows.write({"state": deadline.CANCELLED})
        rows._close_activities()

    def _pause(self, now, cause=None):
        rows = self.sudo().filtered(lambda row: row.state == deadline.RUNNING)  # sudo: as in _tell
        rows._tell(deadline.PAUSE, now, cause)
        rows._refold()
        rows.write({"pause_cause": cause})

    def _resume(self, now, cause=None):
        rows = self.sudo().filtered(lambda row: row.state == deadline.PAUSED)  # sudo: as in _tell
        rows._tell(deadline.RESUME, now, cause)
        rows._refold()
        rows.write({"pause_cause": False})

    def _retarget(self, terms_of, now, cause=None):
        """Give running and paused rows other terms: {row: Terms}. The time spent stays spent.

        :return: the rows that changed
        """
        rows = self.sudo()  # sudo: as in _tell
        working = self._working_times(
            [(self._clock(terms_of[row].calendar, row.company_id), row.started_at) for row in rows],
            [terms_of[row].target for row in rows],
        )
        told = []
        changed = self.browse()
        for row in rows:
            calendar = self._clock_calendar(terms_of[row])
            hours = working[self._clock(calendar, row.company_id)]
            length = terms_of[row].target.seconds(row.started_at, hours)
            if (length, calendar, terms_of[row].urgent) == (row.target_seconds, row.calendar_id, row.urgent):
                continue
            row.write({"target_seconds": length, "calendar_id": calendar.id, "urgent": terms_of[row].urgent})
            told.append(
                {
                    "deadline_id": row.id,
                    "kind": deadline.RETARGET,
                    "at": now,
                    "seconds": length,
                    "cause": cause,
                }
            )
            changed |= row
        self.env["aftersales.deadline.event"].sudo().create(told)  # sudo: as in _tell
        changed._refold()
        return changed

    def _refold(self):
        """Work out state and due time anew from the clock events."""
        self.invalidate_recordset(["event_ids"])
        working = self._working_times(
            [(row._own_clock(), row.started_at) for row in self],
            [deadline.Target(max(row.target_seconds, 1), "minutes") for row in self],
        )
        for row in self:
            told = [event._as_clock_event() for event in row.event_ids]
            clock = row._fold(told, working[row._own_clock()])
            row.write({"state": clock.state, "due_at": clock.due_at})

    def _fold(self, told, working):
        try:
            return deadline.clock(told, working)
        except deadline.HorizonTooShort:
            far = self._working_time(self._own_clock(), self.started_at, self.started_at + FURTHEST)
            return deadline.clock(told, far)

    # === WORKING TIME === #

    @api.model
    def _clock(self, calendar, company):
        """(calendar, company whose holidays count): a calendar's own company, else that of the document."""
        return (calendar, calendar.sudo().company_id or company) if calendar else NO_CLOCK

    @api.model
    def _plan_clock(self, plan):
        return self._clock(self._clock_calendar(plan.terms), company_of(plan.document))

    def _own_clock(self):
        return self._clock(self.calendar_id, self.company_id)

    @api.model
    def _working_times(self, starts, targets):
        """{clock: WorkingTime} from the earliest start to beyond the latest due time; one call a clock.

        :param starts: [(clock, start)]
        :param targets: the targets that must fit
        """
        longest = max((_generous(target) for target in targets), default=timedelta(days=14))
        first, last = {}, {}
        for clock, start in starts:
            first[clock] = min(first.get(clock, start), start)
            last[clock] = max(last.get(clock, start), start)
        now = fields.Datetime.now()
        hours = {
            clock: self._working_time(clock, start, max(last[clock], now) + longest)
            for clock, start in first.items()
        }
        return {NO_CLOCK: None, **hours}

    @api.model
    def _working_time(self, clock, start, stop):
        """Working time of one clock; ``None`` where it has no hours at all, so that intake never fails."""
        calendar, company = clock
        if not calendar:
            return None
        months = _month(start - timedelta(days=2)), _month(stop, later=1)
        hours = self._hours_of_months(calendar.id, company.id, *months)
        if not hours:
            _logger.warning(
                "Calendar %s has no working hours: its deadlines run around the clock", calendar.id
            )
        return hours

    @api.model
    @tools.ormcache("calendar_id", "company_id", "first", "until")
    def _hours_of_months(self, calendar_id, company_id, first, until):
        """Working time in whole months, remembered until hours or holidays change; None where there is none.

        :param first, until: the first moment of a month, naive UTC
        """
        calendar = self.env["resource.calendar"].browse(calendar_id)
        company = self.env["res.company"].browse(company_id)
        months = (moment.replace(tzinfo=pytz.utc) for moment in (first, until))
        found = calendar._aftersales_intervals(*months, company)[False]
        spans = [(begin, end) for begin, end, _row in found]
        if not spans:
            return None
        return deadline.WorkingTime(deadline.join_spans(map(_utc_span, spans)), _days(spans), until)

    # === ACTIVITIES === #

    def _open_activities(self):
        """One activity for each row that is somebody's task; the deadline closes it again."""
        rows = self.filtered("user_id")
        if not rows:
            return
        activity_type = self.env.ref("aftersales_service.mail_activity_type_deadline", False)
        labels = dict(self._fields["kind"]._description_selection(self.env))
        activities = self.env["mail.activity"].sudo()  # sudo: the task goes to whoever is in charge
        created = activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(row.res_model),
                    "res_id": row.res_id,
                    "activity_type_id": activity_type and activity_type.id,
                    "summary": labels[row.kind],
                    "user_id": row.user_id.id,
                    "date_deadline": row._due_day(),
                }
                for row in rows
            ]
        )
        for row, activity in zip(rows, created, strict=True):
            row.activity_id = activity

    def _due_day(self):
        """The day of the due time where the assignee is, whoever opened the promise."""
        zone = self.user_id.tz or self.calendar_id.tz or "UTC"
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), self.due_at).date()

    def _close_activities(self):
        self.activity_id.sudo().unlink()  # sudo: the task may be another user's

    # === TIME IS UP === #

    @api.model
    def _cron_run_urgent(self):
        self._run_due(urgent=True)

    @api.model
    def _cron_run_bulk(self):
        self._run_due(urgent=False)

    @api.model
    def _run_due(self, now=None, urgent=None, batch=200):
        """Let everything overdue happen, in order, a batch a transaction.

        :param now: naive UTC; the present moment
        :param urgent: only urgent kinds, only the others, or (None) both
        :return: number of rows that acted
        """
        acted, skipped = 0, set()
        while True:
            moment = now or fields.Datetime.now()
            ids = self._due_ids(moment, urgent, batch, skipped)
            if not ids:
                return acted
            done = self._run_batch(ids, moment)
            skipped |= set(ids) - set(done)
            acted += len(done)
            if not self._commit(len(done), len(ids) == batch):
                return acted
            self.env.invalidate_all()

    def _commit(self, processed, more):
        """Commit the batch; the seconds that the cron has left."""
        if not self.env.context.get("ir_cron_progress_id") and not self._commits():
            return True
        return self.env["ir.cron"]._commit_progress(processed, remaining=int(more))

    @api.model
    def _commits(self):
        """Whether batches are committed outside of a cron as well (not within a test's transaction)."""
        return self.env.context.get("aftersales_commit", False)

    @api.model
    def _due_ids(self, now, urgent, limit, skipped):
        """Ids of overdue rows that nobody holds, the first of each document, in order; locks them."""
        self.flush_model()
        conditions = [SQL("state = 'running' AND set_aside IS NULL AND due_at <= %s", now)]
        if urgent is not None:
            conditions.append(SQL("urgent = %s", urgent))
        if skipped:
            conditions.append(SQL("id NOT IN %s", tuple(skipped)))
        query = SQL(
            "SELECT id, res_model, res_id FROM aftersales_deadline WHERE %s "
            "ORDER BY due_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
            SQL(" AND ").join(conditions),
            limit,
        )
        try:
            rows = self.env.execute_query(query)
        except CONCURRENCY_ERRORS:
            # somebody changed a row after this transaction's snapshot: look again with a new one
            self.env.cr.rollback()
            rows = self.env.execute_query(query)
        first = {}
        for row_id, res_model, res_id in rows:
            first.setdefault((res_model, res_id), row_id)
        return list(first.values())

    def _run_batch(self, ids, now):
        """Act on the rows together; on trouble one by one. Returns the ids that acted or were set aside."""
        try:
            with self.env.cr.savepoint():
                return self.browse(ids)._expire(now)
        except CONCURRENCY_ERRORS:
            self.env.cr.rollback()
            return [row_id for row_id in ids if self._run_alone(row_id, now)]
        except Exception:  # whatever one row stumbles over: alone it says so, the rest goes on
            return [row_id for row_id in ids if self._run_or_set_aside(row_id, now)]

    def _run_alone(self, row_id, now):
        """Act on one row in transactions of its own until nobody is in the way."""
        for _attempt in range(ATTEMPTS):
            try:
                done = self._run_or_set_aside(row_id, now)
                self.env.cr.commit()  # pylint: disable=invalid-commit  # a row retried alone stands alone
                return done
            except CONCURRENCY_ERRORS:
                self.env.cr.rollback()
        return False

    def _run_or_set_aside(self, row_id, now):
        """Act on one row; an error sets it aside with its reason and stops nothing else."""
        row = self.browse(row_id)
        try:
            with self.env.cr.savepoint():
                return bool(row._expire(now))
        except CONCURRENCY_ERRORS:
            raise
        except (UserError, AccessError) as error:
            _logger.info("Deadline %s set aside: %s", row_id, error)
            reason = str(error)
        except Exception as error:
            # a fault in code or configuration: the promises of everybody else must not wait for its repair
            _logger.exception("Deadline %s set aside", row_id)
            reason = f"{type(error).__name__}: {error}"
        row.sudo().write({"set_aside": reason})  # sudo: nobody may write the ledger but the ledger
        return True

    def _expire(self, now):
        """Mark overdue rows as missed and let what was announced happen; returns the ids that acted."""
        # sudo: the ledger acts for the company, whoever started the cron
        rows = self.sudo()._lock_with_documents(now)
        rows._mark_missed()
        rows.filtered("expires")._close_activities()
        for (res_model, kind, expires), group in rows.grouped(
            lambda row: (row.res_model, row.kind, row.expires)
        ).items():
            documents = self.env[res_model].sudo().browse(group.mapped("res_id"))  # sudo: as above
            documents._deadline_ran_out(kind, expires)
        return rows.ids

    def _mark_missed(self):
        """One statement, since each row was due at a moment of its own."""
        if not self:
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE aftersales_deadline SET state = 'missed', missed_at = due_at,
                          write_date = now() AT TIME ZONE 'UTC', write_uid = %s WHERE id IN %s""",
                self.env.uid,
                self._ids,
            )
        )
        self.invalidate_recordset(["state", "missed_at", "write_date", "write_uid"])

    def _lock_with_documents(self, now):
        """Rows still running and due whose document could be locked; rows without a document go."""
        ready = self.browse()
        rows = self.exists()
        orphans = rows.filtered(lambda row: row.res_model not in self.env)  # their addon is gone
        orphans.write({"state": deadline.CANCELLED})
        for res_model, group in (rows - orphans).grouped("res_model").items():
            documents = self.env[res_model].browse(group.mapped("res_id")).exists()
            gone = group.filtered(lambda row, kept=documents: row.res_id not in kept.ids)
            gone.write({"state": deadline.CANCELLED})
            # sudo: a lock, nothing is read or written
            locked = set(documents.sudo().try_lock_for_update(allow_referencing=True).ids)
            ready |= group.filtered(lambda row, ids=locked: row.res_id in ids)
        ready.invalidate_recordset(["state", "due_at"])
        return ready.filtered(lambda row: row.state == deadline.RUNNING and row.due_at <= now)

    def action_retry(self):
        """Let rows that were set aside try again with the next run."""
        if not self.env.user.has_group("aftersales_service.group_manager"):
            raise AccessError(self.env._("Only a manager may let a deadline try again."))
        self.check_access("read")
        self.sudo().write({"set_aside": False})  # sudo: nobody may write the ledger but the ledger

    # === SHOWING === #

    def _strip(self):
        """The rows as the deadline strip shows them; shapes are read in static/src/deadline_strip."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return [
            {
                "id": row.id,
                "kind": row.kind,
                "label": labels.get(row.kind, row.kind),
                "state": row.state,
                "due_at": fields.Datetime.to_string(row.due_at) or "",
                "met_at": fields.Datetime.to_string(row.met_at) or "",
                "missed_at": fields.Datetime.to_string(row.missed_at) or "",
                "cause": self.env[row.res_model]._event_label(row.pause_cause) if row.pause_cause else "",
                "expires": self.env[row.res_model]._event_label(row.expires) if row.expires else "",
                "user": row.user_id.name or "",
                "set_aside": row.set_aside or "",
            }
            for row in self.sorted(lambda row: (row.due_at or row.met_at or datetime.max, row.id))
        ]


def company_of(document):
    """The company of a document; none where it has no such field."""
    no_company = document.env["res.company"]
    return document.company_id if "company_id" in document._fields else no_company


def plan_targets(plans):
    return [plan.terms.target for plan in plans]


def _generous(target):
    """A span of calendar time in which the target surely ends on an ordinary calendar, holidays included."""
    if target.unit in (deadline.DAYS, deadline.WORKING_DAYS):
        return timedelta(days=target.amount * 3 + 21)
    hours = target.amount * deadline.SECONDS[target.unit] / 3600
    return timedelta(days=hours / 2 + 21)


def _month(moment, later=0):
    """The first moment of the month of ``moment``, or of one so many months later."""
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + relativedelta(months=later)


def _utc_span(span):
    return tuple(moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in span)


def _days(spans):
    """((local midnight, closing time)) of each working day, in UTC."""
    closing = defaultdict(lambda: None)
    for begin, end in spans:
        closing[begin.date(), begin.tzinfo] = end
    return tuple(
        _utc_span((_local_midnight(day, zone), end))
        for (day, zone), end in sorted(closing.items(), key=_by_day)
    )


def _by_day(item):
    return item[0][0]


def _local_midnight(day, zone):
    zone = pytz.timezone(zone.zone) if getattr(zone, "zone", None) else zone
    midnight = datetime.combine(day, time.min)
    return zone.localize(midnight) if hasattr(zone, "localize") else midnight.replace(tzinfo=zone)
