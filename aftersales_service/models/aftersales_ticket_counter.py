from odoo import api, fields, models
from odoo.tools import SQL


class AftersalesTicketCounter(models.Model):
    """How many tickets a company has numbered on a day of its own."""

    _name = "aftersales.ticket.counter"
    _description = "Daily ticket counter"
    _rec_name = "day"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    day = fields.Date(required=True)
    last = fields.Integer(required=True)

    _day_uniq = models.UniqueIndex("(company_id, day)")

    @api.model
    def _numbers(self, counts):
        """Numbers ``SR-YYYYMMDDNNNN`` (INTAKE-20), in one statement for a whole batch.

        The day is the company's own; the sequence has four digits, and more once a day has more.

        :param counts: {company: how many}
        :return: {company: iterator of numbers}
        """
        days = {company: company._aftersales_today() for company in counts}
        rows = [SQL("(%s, %s, %s)", company.id, days[company], count) for company, count in counts.items()]
        self.flush_model()
        taken = self.env.execute_query(
            SQL(
                """INSERT INTO aftersales_ticket_counter (company_id, day, last) VALUES %s
                   ON CONFLICT (company_id, day)
                   DO UPDATE SET last = aftersales_ticket_counter.last + EXCLUDED.last
                   RETURNING company_id, last""",
                SQL(", ").join(rows),
            )
        )
        last = dict(taken)
        return {
            company: iter(
                f"SR-{days[company]:%Y%m%d}{number:04d}"
                for number in range(last[company.id] - count + 1, last[company.id] + 1)
            )
            for company, count in counts.items()
        }
