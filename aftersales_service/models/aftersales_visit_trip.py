from decimal import Decimal

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..policy import lifecycle, ticket_flow, trip, visit_flow

#: facts of the destination; told again when they change
DESTINATION = {"start", "site_id", "site_contact", "machine", "purpose"}


class AftersalesVisit(models.Model):
    """A visit as a trip: who goes, where to, with what, how it is going, and what it has cost."""

    _inherit = "aftersales.visit"

    # Who
    participant_ids = fields.Many2many(
        "res.users",
        "aftersales_visit_participant_rel",
        string="Travel along",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="Colleagues who go with the engineer.",
    )
    leader_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False)]",
        help="Answers for the trip. Needed as soon as two or more travel.",
    )
    people_count = fields.Integer("People", compute="_compute_people_count", store=True)
    partner_company_id = fields.Many2one(
        "res.partner",
        "Service partner",
        compute="_compute_partner_company_id",
        store=True,
        readonly=False,
        help="Goes in our place where we are too far away.",
    )
    told_user_ids = fields.Many2many(
        "res.users",
        "aftersales_visit_told_rel",
        string="Told of the destination",
        readonly=True,
        copy=False,
    )
    is_mine = fields.Boolean("One of mine", compute="_compute_is_mine", search="_search_is_mine")

    # Where to
    site_id = fields.Many2one(
        "res.partner",
        compute="_compute_site_id",
        store=True,
        readonly=False,
        help="Where the machine stands, if not at the customer's own address.",
    )
    site_contact = fields.Char("Contact on site", compute="_compute_site_contact", store=True, readonly=False)
    machine = fields.Char(
        "Model",
        compute="_compute_machine",
        store=True,
        readonly=False,
        help="Model of the product or vehicle.",
    )
    machine_number = fields.Char(
        "Serial or vehicle number", compute="_compute_machine_number", store=True, readonly=False
    )
    reference_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_visit_reference_rel",
        string="Reference material",
        copy=False,
        help="Drawings, manuals, earlier reports: printed or read on the way.",
    )

    # Before leaving
    user_contacted = fields.Boolean("User called", copy=False)
    fault_asked = fields.Boolean("Asked for the concrete fault", copy=False)
    station_id = fields.Many2one(
        "res.partner", "Service station nearby", help="Empty: none has to be called."
    )
    station_contacted = fields.Boolean("Service station called", copy=False)
    route_confirmed = fields.Boolean("Place and traffic confirmed", copy=False)
    item_ids = fields.One2many("aftersales.visit.item", "visit_id", "Parts and tools", copy=True)
    trip_hours = fields.Float(
        "Estimated duration", copy=False, help="Hours until you are back, stated before you leave."
    )

    # On the way and back
    departed_at = fields.Datetime("Left", readonly=True, copy=False)
    returned_at = fields.Datetime("Back", readonly=True, copy=False)
    last_report = fields.Char("Last report", readonly=True, copy=False)
    last_report_at = fields.Datetime("Reported", readonly=True, copy=False)
    away_hours = fields.Float(
        "Hours away", compute="_compute_away_hours", store=True, help="From leaving to coming back."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    expense_ids = fields.One2many("aftersales.visit.expense", "visit_id", "Expenses")
    expense_total = fields.Monetary("Expenses in all", compute="_compute_expense_total", store=True)
    headline = fields.Char(compute="_compute_headline", help="What is next.")

    @api.model
    def _owned_fields(self):
        return super()._owned_fields() | {"told_user_ids", "last_report", "last_report_at"}

    # === COMPUTE METHODS === #

    @api.depends("participant_ids", "user_id")
    def _compute_people_count(self):
        for visit in self:
            visit.people_count = len(visit._travellers())

    def _travellers(self):
        return self.user_id | self.participant_ids

    @api.depends_context("uid")
    @api.depends("user_id", "participant_ids")
    def _compute_is_mine(self):
        for visit in self:
            visit.is_mine = self.env.user in visit._travellers()

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return ["|", ("user_id", "=", self.env.uid), ("participant_ids", "in", self.env.user.ids)]

    @api.depends("ticket_id")
    def _compute_partner_company_id(self):
        """DISP-36: whoever serves the customer's region in our place."""
        for visit in self:
            partner = visit.ticket_id.sudo().service_partner_id  # sudo: the region's set-up
            visit.partner_company_id = visit.partner_company_id or partner

    @api.depends("ticket_id")
    def _compute_site_id(self):
        for visit in self:
            customer = visit.ticket_id.partner_id
            addresses = customer.address_get(["delivery"]) if customer else {}
            visit.site_id = visit.site_id.id or addresses.get("delivery")

    @api.depends("ticket_id")
    def _compute_site_contact(self):
        for visit in self:
            visit.site_contact = visit.site_contact or visit.ticket_id.contact_name

    @api.depends("ticket_id")
    def _compute_machine(self):
        for visit in self:
            visit.machine = visit.machine or visit.ticket_id.sudo().product_id.display_name  # sudo: its name

    @api.depends("ticket_id")
    def _compute_machine_number(self):
        for visit in self:
            ticket = visit.ticket_id.sudo()  # sudo: the number alone
            visit.machine_number = visit.machine_number or ticket.lot_id.name or ticket.serial_number

    @api.depends("site_id")
    def _compute_address(self):
        super()._compute_address()
        for visit in self.filtered("site_id"):
            lines = (visit.site_id.contact_address or "").replace(",", "\n").splitlines()
            visit.address = ", ".join(line.strip() for line in lines if line.strip())

    @api.depends("departed_at", "returned_at")
    def _compute_away_hours(self):
        for visit in self:
            out = visit.departed_at and visit.returned_at
            seconds = (visit.returned_at - visit.departed_at).total_seconds() if out else 0
            visit.away_hours = seconds / 3600

    @api.depends("expense_ids.amount")
    def _compute_expense_total(self):
        for visit in self:
            visit.expense_total = sum(visit.expense_ids.mapped("amount"))

    @api.depends("state", "departed_at", "returned_at", "handed_in_at", "debriefed_at", "next_due_at")
    @api.depends_context("lang", "tz")
    def _compute_headline(self):
        kinds = dict(self._fields["next_kind"]._description_selection(self.env))
        for visit in self:
            parts = [visit._next_step()]
            if visit.next_due_at:
                what, when = kinds.get(visit.next_kind, ""), visit._moment(visit.next_due_at)
                parts.append(self.env._("%(what)s by %(when)s", what=what, when=when))
            visit.headline = " · ".join(parts)

    def _next_step(self):
        if self.state in ("done", "missed") and self.departed_at and not self.returned_at:
            return self.env._("Say when you are back")
        if self.state == "done" and self.departed_at and not self.debriefed_at:
            return (
                self.env._("After-sales talks the result over and archives it")
                if self.handed_in_at
                else self.env._("Hand in the feedback form")
            )
        return {
            "planned": self.env._("Agree on the date with the customer"),
            "confirmed": self.env._("Get ready and leave"),
            "departed": self.env._("On the way: report, then mark the arrival"),
            "arrived": self.env._("Work, then let the customer sign"),
            "done": self.env._("Done"),
            "missed": self.env._("Agree on another date"),
            "cancelled": self.env._("Cancelled"),
        }[self.state]

    # === CONSTRAINTS === #

    @api.constrains("leader_id", "participant_ids", "user_id")
    def _check_leader(self):
        for visit in self.filtered("leader_id"):
            if visit.leader_id not in visit._travellers():
                raise ValidationError(
                    self.env._(
                        "%(leader)s does not travel: the leader of %(visit)s is one of those who go.",
                        leader=visit.leader_id.name,
                        visit=visit.display_name,
                    )
                )

    @api.constrains("trip_hours")
    def _check_trip_hours(self):
        wrong = self.filtered(lambda visit: visit.trip_hours < 0)
        if wrong:
            raise ValidationError(
                self.env._("The duration of %s is a number of hours from 0 on.", wrong[0].display_name)
            )

    # === ACTION METHODS === #

    def action_depart(self):
        self._fire("depart")
        return True

    def action_report(self, reason=None):
        """Ask how it is going, then note it (DISP-17)."""
        if reason is None:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Report"),
                "res_model": "aftersales.visit.status",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_visit_id": self[:1].id},
            }
        return self._report(reason)

    def _report(self, text):
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Say how it is going: after-sales waits for it."))
        self._fire("report", reason=text)
        self._write_policy({"last_report": text, "last_report_at": fields.Datetime.now()})
        for visit in self:
            visit._tell_after_sales(text)
        return True

    def _tell_after_sales(self, text):
        """Whoever has the ticket, and its file, hear what the engineer says from out there."""
        ticket = self.ticket_id.sudo()  # sudo: the ticket may be another team's
        line = self.env._("%(who)s reports: %(text)s", who=self.env.user.name, text=text)
        ticket._message_log(body=line)
        listener = ticket.user_id or ticket.team_id.supervisor_id
        if listener and listener not in self._travellers():
            ticket.message_notify(
                partner_ids=listener.partner_id.ids,
                subject=self.env._("Report from the trip: %s", ticket.name),
                body=line,
            )

    def action_come_back(self):
        self._fire("come_back")
        return True

    # === WHAT AN EVENT CHECKS AND ADDS === #

    def _check_confirm(self):
        self._refuse_unready(trip.CONFIRM)

    def _check_depart(self):
        self._refuse_unready(trip.DEPART)

    def _check_arrive(self):
        self._refuse_unready(trip.ARRIVE)

    def _refuse_unready(self, step):
        """Judge the step; say what is missing, so that it can be done (DISP-11, -13, -19, -25, -26)."""
        answers = self._judge("trip", {visit: visit._trip_facts(step) for visit in self})
        clauses = self.env["aftersales.clause"]
        for visit, answer in answers.items():
            if answer.outcome == trip.NOT_READY:
                missing = [clauses._text_of(code) for code in answer.values["missing"]]
                raise UserError(
                    self.env._(
                        "%(visit)s: not yet. %(missing)s",
                        visit=visit.display_name,
                        missing=" ".join(filter(None, missing)),
                    )
                )

    def _trip_facts(self, step):
        ticket = self.ticket_id.sudo()  # sudo: approvals count, whoever goes
        application = ticket.application_ids.filtered(lambda a: a.state != "cancelled").sorted("id")[-1:]
        return trip.Facts(
            step=step,
            service_type=ticket.service_type,
            people=self.people_count,
            leader_named=bool(self.leader_id),
            hours=Decimal(str(round(self.trip_hours, 2))),
            user_contacted=self.user_contacted,
            fault_asked=self.fault_asked,
            route_confirmed=self.route_confirmed,
            station=bool(self.station_id),
            station_contacted=self.station_contacted,
            to_pack=len(self.item_ids.filtered(lambda item: not item.packed)),
            approval_wanted=ticket.company_id.aftersales_trip_approval,
            application=application.state or None,
            capability_lacking=ticket.capability == "lacking",
            people_allocated=bool(ticket.allocated_at),
            plan_code=ticket._plan_code(),
            ticket_ended=ticket.state in ticket_flow.ENDED,
        )

    def _check_come_back(self):
        wrong = self.filtered(lambda visit: visit.returned_at or not visit.departed_at)
        if wrong:
            raise UserError(
                self.env._("%s: nobody is out on that trip.", ", ".join(wrong.mapped("display_name")))
            )

    def _on_reschedule(self):
        """Another date is another trip: what was checked for this one has to be checked anew."""
        self._write_policy(
            {
                "departed_at": False,
                "returned_at": False,
                "last_report": False,
                "last_report_at": False,
                "user_contacted": False,
                "fault_asked": False,
                "station_contacted": False,
                "route_confirmed": False,
            }
        )

    # === PROMISES OF A TRIP === #

    def _deadline_terms(self, kind):
        """Reports by the hour, the feedback form by the day; only a trip that has begun promises either."""
        deadline, terms = self.env["aftersales.deadline"], super()._deadline_terms(kind)
        for visit in self.filtered("departed_at"):
            company = visit.company_id.sudo()  # sudo: the company's choice, whoever travels
            hours, days = company.aftersales_trip_report_hours, company.aftersales_feedback_days
            if kind == "trip_report" and hours:
                terms[visit] = deadline.terms(hours, "hours")
            elif kind == "feedback_form" and days and not visit.handed_in_at:
                terms[visit] = deadline.terms(days + visit._days_to_come(), "days")
        return terms

    def _days_to_come(self):
        """Days of the estimate that are left at most; none once somebody is back."""
        return 0 if self.returned_at else int(-(-self.trip_hours // 24))

    def _deadline_user(self, kind):
        return self.leader_id or self.user_id

    def _on_deadline_missed(self, kind):
        """Nothing was heard: whoever answers for the ticket asks."""
        super()._on_deadline_missed(kind)
        labels = dict(self.env["aftersales.deadline"]._fields["kind"]._description_selection(self.env))
        for visit in self:
            ticket = visit.ticket_id.sudo()  # sudo: the ledger tells whoever is in charge
            asks = ticket.team_id.supervisor_id or ticket.user_id
            if asks:
                visit.sudo().activity_schedule(  # sudo: as above
                    "mail.mail_activity_data_todo",
                    user_id=asks.id,
                    summary=self.env._("Missed: %(promise)s", promise=labels[kind]),
                )

    # === THE DESTINATION IS TOLD === #

    def _after_event(self, event, now):
        super()._after_event(event, now)
        if event == lifecycle.CREATE:
            self._tell_destination()
            # sudo: an engineer plans on a ticket of the team
            self.ticket_id.sudo()._stop_deadlines(["rework"])

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        self.env["ir.attachment"]._aftersales_adopt(visits, "reference_ids")
        return visits

    def write(self, vals):
        result = super().write(vals)
        if "reference_ids" in vals:
            self.env["ir.attachment"]._aftersales_adopt(self, "reference_ids")
        if DESTINATION & set(vals):
            ahead = self.filtered(lambda v: v.state in visit_flow.AHEAD)
            ahead.filtered("told_user_ids")._write_policy({"told_user_ids": [Command.clear()]})
            ahead._tell_destination()
        elif {"user_id", "participant_ids"} & set(vals):
            self._tell_destination()
        return result

    def _tell_destination(self):
        """DISP-16: each traveller hears once where to, whom to ask for and what it is about."""
        for visit in self:
            fresh = visit._travellers() - visit.told_user_ids - self.env.user
            for lang, users in fresh.grouped("lang").items():
                spoken = visit.with_context(lang=lang or self.env.lang)
                # sudo: the company tells, whoever plans
                spoken.sudo().message_notify(
                    partner_ids=users.partner_id.ids,
                    subject=spoken.env._("Your visit: %s", visit.name or ""),
                    body=spoken._destination_html(),
                )
            if fresh:  # sudo: as above
                visit.sudo()._write_policy({"told_user_ids": [Command.link(user.id) for user in fresh]})

    def _destination_html(self):
        rows = Markup().join(
            Markup("<li>%s: %s</li>") % (label, value) for label, value in self._destination_rows() if value
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (self.ticket_id.sudo().title or "", rows)  # sudo: its title

    def _destination_rows(self):
        """(label, value) of the work order's head: what the traveller has to know (DISP-23)."""
        ticket = self.ticket_id.sudo()  # sudo: the traveller needs it, whoever's ticket it is
        return [
            (self.env._("When"), self._moment(self.start, with_day=True) if self.start else ""),
            (self.env._("Customer"), ticket.partner_id.name),
            (self.env._("Address"), self.address),
            (self.env._("Contact on site"), self.site_contact),
            (self.env._("Telephone"), ticket.phone),
            (self.env._("Model"), self.machine),
            (self.env._("Serial or vehicle number"), self.machine_number),
            (self.env._("To do"), self.purpose or ticket.description),
            (self.env._("Reference material"), ", ".join(self.reference_ids.mapped("name"))),
        ]


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def _blank_person(self):
        """The address goes with the person; past the own write, which tells travellers of a new one."""
        super()._blank_person()
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE aftersales_visit SET site_id = NULL WHERE id = ANY(%s)", self.visit_ids.ids)
        )
        self.env.invalidate_all()

    def _needs_contact(self):
        """Whoever travels along has to reach the customer, too."""
        return super()._needs_contact() or self.env.user in self.visit_ids.participant_ids

    @api.depends("visit_ids.participant_ids")
    def _compute_shown(self):
        super()._compute_shown()
