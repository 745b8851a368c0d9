from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from ..policy import dispatch, intervention

DEPARTMENTS = [
    ("after_sales", "After-sales"),
    ("technical", "Technical department"),
    ("quality", "Quality control"),
    ("product", "Product department"),
    ("resources", "Resource management"),
]


class AftersalesTeam(models.Model):
    _inherit = "aftersales.team"

    department = fields.Selection(
        DEPARTMENTS,
        required=True,
        default="after_sales",
        help="The technical department repairs on site, quality control in the factory; after-sales "
        "installs.",
    )
    station_id = fields.Many2one(
        "res.partner", "Repair station", help="Address to which customers send what the team repairs."
    )

    @api.model
    def _of_department(self, department, service_type, partner, company):
        """The team of a department for a type and a place; empty where the department has none."""
        # sudo: where a request goes, whoever decides
        teams = self.sudo().search([("company_id", "=", company.id), ("department", "=", department)])
        rows = [team._as_row() for team in teams]
        region, country = partner.state_id.id, partner.country_id.id
        return self.browse(dispatch.team_for(service_type, region, country, rows))


class AftersalesTicket(models.Model):
    """How a fault is gone at: on the telephone, on site, at a station or in the factory; and by whom."""

    _inherit = "aftersales.ticket"

    intervention_mode = fields.Selection(
        selection_add=[("mail_in", "Sent in to a repair station"), ("factory", "Back to the factory")]
    )
    phoned_at = fields.Datetime("Telephoned", readonly=True, copy=False)
    phoned_by_id = fields.Many2one("res.users", "Telephoned by", readonly=True, copy=False)
    phone_result = fields.Text("Said on the telephone", readonly=True, copy=False)
    repair_station_id = fields.Many2one(
        "res.partner", "Repair station", copy=False, help="Where the customer sends the goods."
    )
    station_told_at = fields.Datetime("Told where to send it", readonly=True, copy=False)
    area_id = fields.Many2one(
        "aftersales.service.area",
        "Service area",
        compute="_compute_area_id",
        store=True,
        index="btree_not_null",
    )
    is_remote_area = fields.Boolean(related="area_id.is_remote", string="Remote area", store=True)
    area_logistics = fields.Char(related="area_id.logistics")
    service_partner_id = fields.Many2one(related="area_id.partner_id", string="Service partner")

    capability = fields.Selection(
        [("able", "We can do it"), ("lacking", "We lack the skill or the people")],
        readonly=True,
        copy=False,
        help="Judged by technical support; where it lacks, the product director allocates people.",
    )
    allocated_at = fields.Datetime("People allocated", readonly=True, copy=False)
    allocated_by_id = fields.Many2one("res.users", "Allocated by", readonly=True, copy=False)
    wished_visit_at = fields.Datetime(
        "Customer's wish", copy=False, help="When a visit suits the customer; a visit begins with it."
    )
    is_director = fields.Boolean("You are the product director", compute="_compute_is_director")

    def _owned_fields(self):
        return super()._owned_fields() | {
            "phoned_at",
            "phoned_by_id",
            "phone_result",
            "station_told_at",
            "capability",
            "allocated_at",
            "allocated_by_id",
        }

    # === THE REGION === #

    @api.depends("partner_id.state_id", "partner_id.country_id", "company_id")
    def _compute_area_id(self):
        """DISP-41: by the customer's region, else by the country."""
        areas = self.env["aftersales.service.area"]._areas_of(self.company_id, self.partner_id)
        for ticket in self:
            company, partner = ticket.company_id.id, ticket.partner_id
            country, region = partner.country_id.id, partner.state_id.id
            area = areas.get((company, country, region)) or areas.get((company, country, False))
            ticket.area_id = area and area.id

    def _team_among(self, rows):
        """The region's row in the table of service areas goes before the teams' own regions."""
        area = self.area_id.sudo()  # sudo: where a request goes, whoever opens it
        team = area.team_id
        row = next((row for row in rows if row.id == team.id), None) if team else None
        fits = row and (not row.service_types or self.service_type in row.service_types)
        if fits and self.priority != "p0":
            return team.id
        return super()._team_among(rows)

    # === ON SITE OR BACK === #

    def action_decide_intervention(self):
        """Note what was said on the telephone and choose what follows from it (DISP-09)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("On site or back?"),
            "res_model": "aftersales.ticket.intervention",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def _decide_intervention(self, mode, said, station=None, capability=None):
        """Keep the call and the choice, judge who goes, and hand the ticket to that department."""
        self.ensure_one()
        self.check_access("write")
        said = (said or "").strip()
        if not said:
            raise UserError(
                self.env._(
                    "Telephone the customer of %s first, and write down what was said: it decides between a "
                    "repair on site and one in the factory.",
                    self.name,
                )
            )
        self.intervention_mode = mode
        self._write_policy(
            {
                "phoned_at": fields.Datetime.now(),
                "phoned_by_id": self.env.uid,
                "phone_result": said,
                "capability": capability or self.capability,
            }
        )
        answer = self._judge_intervention(station)
        if mode == intervention.MAIL_IN:
            self._send_to_station(station or self._own_station())
        self._route_to(answer.outcome, said)

    def _judge_intervention(self, station=None):
        return self._judge("intervention", {self: self._intervention_facts(station)})[self]

    def _intervention_facts(self, station=None):
        area = self.area_id.sudo()  # sudo: the region's set-up
        return intervention.Facts(
            service_type=self.service_type,
            mode_code=self.intervention_mode or None,
            phoned=bool(self.phoned_at),
            remote_area=area.is_remote,
            partner_id=area.partner_id.id or None,
            station_id=(station or self.repair_station_id).id or None,
            capability_code=self.capability or None,
        )

    def _route_to(self, department, said):
        """Hand on to the department's team, where it has one and the ticket is not with it already."""
        ticket = self.sudo()  # sudo: once it is another team's, an engineer may not read it any more
        lacking = ticket.capability == intervention.LACKING
        if lacking and not ticket.allocated_at:
            ticket._ask_director()
        stays = ticket.intervention_mode in intervention.AFAR and not lacking
        if stays or ticket.team_id.department == department:
            return
        team = self.env["aftersales.team"]._of_department(
            department, ticket.service_type, ticket.partner_id, ticket.company_id
        )
        if team and team != ticket.team_id:
            self._escalate(team, said)

    # === A REPAIR STATION === #

    def _own_station(self):
        """The station of the team, or else of the customer's region."""
        return self.team_id.sudo().station_id or self.area_id.sudo().station_id  # sudo: an address of ours

    def _send_to_station(self, station):
        """DISP-07: the customer is told where to send it, and what to put into the parcel."""
        if not station:
            raise UserError(
                self.env._(
                    "Choose a repair station for %s: neither its team nor its region has one.", self.name
                )
            )
        self.write({"repair_station_id": station.id})
        self._write_policy({"station_told_at": fields.Datetime.now()})
        template = self.env.ref("aftersales_service.mail_template_ticket_station", raise_if_not_found=False)
        told = self.sudo()  # sudo: the address is used, not shown
        if template and email_normalize(told.email or told.partner_id.email or ""):
            template.sudo().send_mail_batch(self.ids, force_send=False)  # sudo: the company writes
        else:
            self._message_log(
                body=self.env._("No mail address: tell the customer on the telephone where to send it.")
            )

    # === CAPABILITY === #

    @api.depends_context("uid")
    def _compute_is_director(self):
        for ticket in self:
            # sudo: who it is
            ticket.is_director = ticket.company_id.sudo().aftersales_product_director_id == self.env.user

    def _ask_director(self):
        """DISP-19: whoever answers for the product department allocates people."""
        director = self.company_id.sudo().aftersales_product_director_id  # sudo: who it is
        if not director:
            raise UserError(
                self.env._(
                    "There is no product director to ask: a manager names one under Settings, After-sales."
                )
            )
        self.sudo().activity_schedule(  # sudo: a task for somebody of another team
            "mail.mail_activity_data_todo",
            user_id=director.id,
            summary=self.env._("Allocate people: our own cannot do it"),
        )

    def action_allocate(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allocate people"),
            "res_model": "aftersales.ticket.allocation",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def _allocate(self, users):
        """The first takes the ticket; whoever is planned to go is up to them (DISP-19)."""
        self.ensure_one()
        if not self.is_director:
            raise AccessError(
                self.env._("People of the product department are allocated by the product director.")
            )
        if self.capability != intervention.LACKING:
            raise UserError(self.env._("Nobody has asked for people for %s.", self.name))
        if not users:
            raise UserError(self.env._("Choose who goes."))
        ticket = self.sudo()  # sudo: the director decides about other teams' tickets as well
        ticket._write_policy({"allocated_at": fields.Datetime.now(), "allocated_by_id": self.env.uid})
        ticket._message_log(
            body=self.env._(
                "%(director)s allocates %(people)s.",
                director=self.env.user.name,
                people=", ".join(users.mapped("name")),
            )
        )
        ticket.user_id = users[0]
        ticket.activity_unlink(["mail.mail_activity_data_todo"], user_id=self.env.uid)

    # === A REWORK === #

    def action_schedule_visit(self):
        """DISP-40: the visit begins when it suits the customer."""
        action = super().action_schedule_visit()
        if self.wished_visit_at:
            action["context"]["default_start"] = self.wished_visit_at
        return action

    def _deadline_terms(self, kind):
        if kind != "rework":
            return super()._deadline_terms(kind)
        deadline = self.env["aftersales.deadline"]
        return {
            ticket: deadline.terms(
                ticket.company_id.sudo().aftersales_rework_hours,  # sudo: the company's choice
                "hours",
                ticket._service_calendar(),
                urgent=True,
            )
            for ticket in self
            if ticket._owes_rework()
        }

    def _owes_rework(self):
        """Whether the fault is ours, so that a second visit is to be arranged at once."""
        ours = self.cause_id.fault_party == "seller" or self.is_repeat
        on_site = self.service_type in ("repair", "installation")
        return on_site and ours and self.company_id.sudo().aftersales_rework_hours > 0  # sudo: as above

    def _deadline_user(self, kind):
        """A rework is the assignee's task, a request without anybody the dispatcher's (DISP-28, DISP-29).

        What was declined or lay too long is somebody's, also where nobody dispatches (SLA-09).
        """
        if kind == "rework":
            return self.user_id
        if kind == "assign":
            dispatcher = self.team_id.sudo().dispatcher_id  # sudo: who it is
            return dispatcher if dispatcher.active or not self.passed_over_ids else self._leader()
        return super()._deadline_user(kind)

    # === PRIVACY === #

    def _blank_person(self):
        super()._blank_person()
        self._write_policy({"phone_result": False})
