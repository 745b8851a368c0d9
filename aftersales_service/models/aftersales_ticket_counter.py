from contextlib import closing

from odoo import api, models
from odoo.tools import SQL

#: numbers that a series has for one day
A_DAY = 10**7

_OF_COMPANIES = "aftersales_ticket_number_"


class AftersalesTicketCounter(models.AbstractModel):
    """Ticket numbers, which two requests that come in at once draw without knowing of each other.

    Each company has a sequence of PostgreSQL. What one transaction has drawn the next one sees at once,
    before it is committed: no request waits for another's end or is thrown away because of it. A request
    that is taken back leaves a gap.
    """

    _name = "aftersales.ticket.counter"
    _description = "Daily ticket counter"

    def init(self):
        super().init()
        self.pool.post_init(self._make_series)

    @api.model
    def _make_series(self, company_ids=None):
        """A series for each company; they go with the table of tickets."""
        if company_ids is None:
            company_ids = [row[0] for row in self.env.execute_query(SQL("SELECT id FROM res_company"))]
        for company_id in company_ids:
            self.env.cr.execute(
                SQL(
                    "CREATE SEQUENCE IF NOT EXISTS %s OWNED BY aftersales_ticket.name",
                    self._series(company_id),
                )
            )

    @api.model
    def _series(self, company_id):
        return SQL.identifier(f"{_OF_COMPANIES}{company_id}")

    @api.model
    def _numbers(self, counts):
        """Numbers ``SR-YYYYMMDDNNNN`` (INTAKE-20), drawn at once for a whole batch.

        The day is the company's own; the sequence has four digits, and more once a day has more.

        :param counts: {company: how many}
        :return: {company: iterator of numbers}
        """
        return {company: self._draw(company, count) for company, count in counts.items()}

    def _draw(self, company, count):
        day = company._aftersales_today()
        start = day.toordinal() * A_DAY
        drawn = self._next_values(company, count)
        if not all(start < value < start + A_DAY for value in drawn):
            self._begin_day(company, day, start)
            drawn = self._next_values(company, count)
        return iter([f"SR-{day:%Y%m%d}{value - start:04d}" for value in drawn])

    def _next_values(self, company, count):
        query = SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"{_OF_COMPANIES}{company.id}", count)
        return sorted(value for (value,) in self.env.execute_query(query))

    def _begin_day(self, company, day, start):
        """Let the series go on with the first number of the day, unless somebody has done so meanwhile.

        The savepoint is taken back in any case: that opens the lock at once, and a sequence keeps its value.
        Whoever draws without the lock in between gets a number of another day, and comes here as well.
        """
        with closing(self.env.cr.savepoint(flush=False)):
            self.env.cr.execute(
                SQL("SELECT pg_advisory_xact_lock(hashtext(%s))", f"{_OF_COMPANIES}{company.id}")
            )
            [(last,)] = self.env.execute_query(SQL("SELECT last_value FROM %s", self._series(company.id)))
            if not start <= last < start + A_DAY:
                first = start + self._highest(company, day)
                self.env.cr.execute(SQL("SELECT setval(%s, %s)", f"{_OF_COMPANIES}{company.id}", first))

    def _highest(self, company, day):
        """The last number of the day that is taken: by history, or before the time zone was changed."""
        self.env["aftersales.ticket"].flush_model(["name", "company_id"])
        [(highest,)] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(MAX(substring(name FROM '^SR-\\d{8}(\\d{4,6})$')::int), 0)
                     FROM aftersales_ticket WHERE company_id = %s AND name LIKE %s""",
                company.id,
                f"SR-{day:%Y%m%d}%",
            )
        )
        return highest


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["aftersales.ticket.counter"]._make_series(companies.ids)
        return companies
