import babel.dates
from markupsafe import Markup, escape

from odoo import models
from odoo.tools import babel_locale_parse, get_lang, groupby

#: what a mail says of the ways to reach us; parcels are sent only when we have asked for them
MAILED = ("aftersales_hotline", "aftersales_service_email", "aftersales_chat", "aftersales_service_hours")

#: stand for what differs from mail to mail, in the block that is rendered once for all of them
NUMBER, LINK = "§number§", "§link§"


class ResCompany(models.Model):
    """Whom a customer reaches, how and when: one block below every mail (INTAKE-37, INTAKE-38)."""

    _inherit = "res.company"

    def _aftersales_contact_value(self, name, mailbox=None):
        """What the settings say; else the company's own telephone and mailbox and the calendar's hours."""
        company = self.sudo()  # sudo: what is meant to be published
        if company[name]:
            return company[name]
        if name == "aftersales_service_hours":
            return company._aftersales_calendar()._aftersales_hours_text()
        return {
            "aftersales_hotline": company.phone,
            "aftersales_service_email": mailbox or company.email,
        }.get(name)

    def _aftersales_contact_block(self, number=None, url=None, mailbox=None):
        """The block as HTML, in the language of the environment; empty where there is nothing to say.

        Rendered once a language for a batch of mails, see ``ir.qweb``.

        :param number: of the document that the mail is about
        :param url: where the customer follows it
        :param mailbox: whom to write to, if not the company's mailbox
        """
        self.ensure_one()
        shown = (bool(number), bool(url), mailbox)
        memo = self.env.context.get("aftersales_compiled")
        key = ("contact", self.id, self.env.lang, shown)
        block = memo.get(key) if memo is not None else None
        if block is None:
            block = self._aftersales_render_contact(*shown)
            if memo is not None:
                memo[key] = block
        return Markup(block.replace(NUMBER, escape(number or "")).replace(LINK, escape(url or "")))

    def _aftersales_render_contact(self, numbered, linked, mailbox):
        values = {
            "name": self.sudo().name,  # sudo: every customer knows it
            "lines": [
                self.env._("%(label)s: %(value)s", label=label, value=value)
                for label, value in self._aftersales_contact(MAILED, mailbox)
            ],
            "number": numbered and NUMBER,
            "url": linked and LINK,
        }
        # sudo: a published text, rendered by whoever sends the mail
        return str(self.env["ir.qweb"].sudo()._render("aftersales_service.mail_contact_block", values))


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _aftersales_hours_text(self):
        """Mon to Fri 9:00–18:00, in the reader's language; empty where no week is like the other."""
        # breaks are no working time; the headings of two weeks in turn are no times at all
        rows = self.attendance_ids.filtered(lambda row: row.day_period != "lunch" and not row.display_type)
        if not rows or self.two_weeks_calendar or self.flexible_hours or self.duration_based:
            return ""
        spans = self._aftersales_day_spans(rows)
        if spans == dict.fromkeys(range(7), ((0.0, 24.0),)):
            return self.env._("At any hour, every day")
        runs = self._aftersales_runs(spans)
        return "; ".join(
            f"{self._aftersales_days_text(days)} {self._clock_text(hours)}" for days, hours in runs
        )

    def _aftersales_day_spans(self, rows):
        """{weekday: ((from, to), …)} with touching times joined; Monday is 0, hours are floats."""
        spans = {}
        for row in rows.sorted(lambda row: (row.dayofweek, row.hour_from)):
            day = spans.setdefault(int(row.dayofweek), [])
            if day and row.hour_from <= day[-1][1]:
                day[-1] = (day[-1][0], max(day[-1][1], row.hour_to))
            else:
                day.append((row.hour_from, row.hour_to))
        return {day: tuple(hours) for day, hours in spans.items()}

    def _aftersales_runs(self, spans):
        """[([weekdays], hours)] of days that follow each other and have the same hours."""
        order = sorted(spans)
        same = [(day - at, spans[day]) for at, day in enumerate(order)]
        grouped = groupby(zip(same, order, strict=True), key=lambda pair: pair[0])
        return [([day for _key, day in days], key[1]) for key, days in grouped]

    def _aftersales_days_text(self, days):
        locale = babel_locale_parse(get_lang(self.env).code)
        names = babel.dates.get_day_names("abbreviated", locale=locale)
        if len(days) == 1:
            return names[days[0]]
        return self.env._("%(first)s to %(last)s", first=names[days[0]], last=names[days[-1]])

    def _clock_text(self, hours):
        def clock(hour):
            minutes = round(hour * 60)
            return f"{minutes // 60}:{minutes % 60:02}"

        return ", ".join(f"{clock(start)}–{clock(stop)}" for start, stop in hours)


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def _contact_block(self):
        """Whom the customer reaches about this ticket, with its number and the link to follow it.

        Nothing without a ticket: a template is tried out with whatever record there is.
        """
        if not self:
            return Markup()
        ticket = self.sudo()  # sudo: the team's address is meant for customers
        return ticket.company_id._aftersales_contact_block(
            number=ticket.name, url=ticket._follow_url(), mailbox=ticket.team_id.alias_email
        )


class AftersalesSolutionPlan(models.Model):
    _inherit = "aftersales.solution.plan"

    def _contact_block(self):
        return self.ticket_id._contact_block()


class AftersalesAffectedCustomer(models.Model):
    _inherit = "aftersales.affected.customer"

    def _contact_block(self):
        """Without number and link: the ticket is somebody else's."""
        self.ensure_one()
        return self.ticket_id.sudo().company_id._aftersales_contact_block()  # sudo: what is published


class AftersalesAgreement(models.Model):
    _inherit = "aftersales.agreement"

    def _contact_block(self):
        self.ensure_one()
        return self.company_id._aftersales_contact_block(
            number=self.display_name, url=self.get_base_url() + self.get_portal_url()
        )
