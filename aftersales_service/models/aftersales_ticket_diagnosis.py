from odoo import api, fields, models
from odoo.exceptions import UserError

MODES = [("phone", "By telephone"), ("remote", "By remote access"), ("on_site", "On site")]


class AftersalesTicket(models.Model):
    """What is wrong, how that was found out, and what is known about it from earlier cases."""

    _inherit = "aftersales.ticket"

    # What is wrong
    symptom_id = fields.Many2one("aftersales.symptom", ondelete="restrict")
    resolution_id = fields.Many2one("aftersales.resolution", ondelete="restrict", copy=False)
    intervention_mode = fields.Selection(
        MODES,
        "Way of working",
        copy=False,
        help="Chosen by the nature of the fault and its urgency; counts at closing.",
    )
    fault_nature = fields.Selection(
        [
            ("hardware", "Hardware"),
            ("software", "Software"),
            ("configuration", "Configuration"),
            ("operation", "Operation"),
            ("environment", "Surroundings"),
        ],
        "Nature of the fault",
        copy=False,
    )
    fault_scope = fields.Selection(
        [
            ("part", "One part"),
            ("device", "The device"),
            ("linked", "Linked devices too"),
            ("batch", "Other customers' devices too"),
        ],
        "Scope of the fault",
        copy=False,
    )
    fault_place = fields.Char(
        "Place of the fault", copy=False, help="Which part, module or connection exactly."
    )
    root_cause = fields.Text(
        "Root cause", copy=False, help="Why it happened, down to the cause behind the cause."
    )
    software_version = fields.Char("Software version", copy=False, help="As read on the device.")
    usage_record = fields.Text(
        "Use before the fault",
        copy=False,
        help="Operating time, mileage, use, and what happened before and after the fault.",
    )
    linked_systems = fields.Text(
        "Linked systems",
        copy=False,
        help="Devices up and down the line: what was checked, how they are kept apart until it is repaired.",
    )
    agreed_remedy = fields.Selection(
        [("repair", "Repair"), ("replacement", "Replacement"), ("advice", "Advice")],
        "Agreed with the customer",
        copy=False,
        help="What the customer was told after the first judgement and wants.",
    )

    # How it was found out
    step_ids = fields.One2many("aftersales.diagnosis.step", "ticket_id", "Checks")
    known_fault_id = fields.Many2one(
        "aftersales.known.fault", "Known fault", index="btree_not_null", copy=False
    )
    known_fault_candidate_ids = fields.Many2many(
        "aftersales.known.fault", string="Similar faults", compute="_compute_known_fault_candidate_ids"
    )
    inspection_told_at = fields.Datetime("Full inspection announced", readonly=True, copy=False)
    solve_by = fields.Datetime(
        "Solution by",
        copy=False,
        help="When the customer may count on the solution; the customer reads it in the portal. Of a request "
        "of high priority it belongs to the diagnosis, whose time limit goes on without it.",
    )

    @api.depends("title", "description", "product_id", "category_id", "symptom_id")
    @api.depends_context("lang")
    def _compute_known_fault_candidate_ids(self):
        for ticket in self:
            text = " ".join(filter(None, [ticket.title, ticket.description, ticket.symptom_id.name]))
            ticket.known_fault_candidate_ids = self.env["aftersales.known.fault"]._candidates(
                text, ticket.product_id.product_tmpl_id, ticket.category_id
            )

    # === ACTION METHODS === #

    def _use_known_fault(self, fault):
        """Take over cause, codes and solution of a known fault, and say so in the log (DIAG-10)."""
        self.ensure_one()
        taken = {
            "known_fault_id": fault.id,
            "cause_id": fault.cause_id.id,
            "symptom_id": self.symptom_id.id or fault.symptom_id.id,
            "resolution_id": fault.resolution_id.id or self.resolution_id.id,
            "category_id": self.category_id.id or fault.category_id.id,
        }
        solution = fault._solution_text()
        if solution and solution not in (self.solution or ""):
            taken["solution"] = "\n\n".join(filter(None, [self.solution, solution]))
        self.write(taken)
        self._message_log(
            body=self.env._(
                "Known fault used: %(symptom)s. Cause: %(cause)s.",
                symptom=fault.name,
                cause=fault.cause_id.name,
            )
        )

    def action_note_known_fault(self):
        """A known fault from what was found here, for the next one."""
        self.ensure_one()
        if not self.cause_id:
            raise UserError(self.env._("Name the cause of %s first: it is what others look for.", self.name))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Known fault"),
            "res_model": "aftersales.known.fault",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_name": self.title,
                "default_product_tmpl_id": self.product_id.product_tmpl_id.id,
                "default_category_id": self.category_id.id,
                "default_symptom_id": self.symptom_id.id,
                "default_cause_id": self.cause_id.id,
                "default_resolution_id": self.resolution_id.id,
                "default_solution": self.solution,
            },
        }

    def action_load_checks(self):
        """Put the standard checks that fit on the list; those that stand there are left alone (INTAKE-26)."""
        self._decide_in_turn(self)
        checks = self.env["aftersales.check"].search([])
        self.env["aftersales.diagnosis.step"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "name": check.name,
                    "tool": check.tool,
                    "sequence": check.sequence,
                }
                for ticket in self
                for check in checks.filtered(lambda line, ticket=ticket: line._applies_to(ticket))
                if check.name not in ticket.step_ids.mapped("name")
            ]
        )
        return True

    def action_ask_questions(self):
        """Go through the question tree with the customer on the line (DIAG-14)."""
        self.ensure_one()
        first = self.env["aftersales.question"]._first_for(self)
        if not first:
            raise UserError(
                self.env._(
                    "There are no diagnostic questions for %(what)s yet. A manager enters them under "
                    "Configuration, Diagnostic questions.",
                    what=self.product_id.display_name or self.category_id.name or self.name,
                )
            )
        talk = self.env["aftersales.ticket.talk"].create({"ticket_id": self.id, "question_id": first.id})
        return talk._open()

    def action_announce_inspection(self):
        """DIAG-16: the cause cannot be told at once, so the customer hears that it is looked at first."""
        self.check_access("write")
        self.filtered(lambda ticket: not ticket.inspection_told_at).inspection_told_at = fields.Datetime.now()
        self._tell_node("inspection")
        return True

    def action_send_instructions(self):
        """A mail with the manual and the film of the known fault, to look over and send (SOLN-06)."""
        self.ensure_one()
        template = self.env.ref(
            "aftersales_service.mail_template_ticket_instructions", raise_if_not_found=False
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send instructions"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template and template.id,
                "default_composition_mode": "comment",
            },
        }

    def _process_attachments_for_template_post(self, mail_template):
        """The manuals of the known fault go with the instructions."""
        result = super()._process_attachments_for_template_post(mail_template) or {}
        instructions = self.env.ref(
            "aftersales_service.mail_template_ticket_instructions", raise_if_not_found=False
        )
        if mail_template == instructions:
            for ticket in self.filtered("known_fault_id.document_ids"):
                kept = result.setdefault(ticket.id, {})
                kept["attachment_ids"] = [
                    *kept.get("attachment_ids", []),
                    *ticket.known_fault_id.document_ids.ids,
                ]
        return result
