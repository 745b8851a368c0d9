"""A row whose condition is deleted would hold for everybody: such conditions are archived, not deleted."""

from psycopg2.errors import ForeignKeyViolation

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesServiceCommon

#: a row with these left empty holds for everything, everywhere or around the clock
CONDITIONS = {"resource.calendar", "res.country", "res.country.state", "aftersales.ticket.category"}
#: whatever names these is limited to them, or covers them
RULES = {
    "aftersales.agreement",
    "aftersales.cause",
    "aftersales.check",
    "aftersales.compensation.rule",
    "aftersales.deadline",
    "aftersales.disposition.rule",
    "aftersales.followup.plan",
    "aftersales.freight.rule",
    "aftersales.freight.subsidy",
    "aftersales.grade.picture",
    "aftersales.known.fault",
    "aftersales.priority.rule",
    "aftersales.question",
    "aftersales.refund.channel",
    "aftersales.resolution",
    "aftersales.return.policy",
    "aftersales.service.area",
    "aftersales.sla.line",
    "aftersales.sla.policy",
    "aftersales.symptom",
    "aftersales.team",
    "aftersales.ticket.category",
    "aftersales.warranty.plan",
}
LIMITS = {*CONDITIONS, "res.company", "product.template", "product.product", "stock.lot"}
#: says where a mail goes, not what the team takes
NO_CONDITION = {("aftersales.team", "mail_category_id"), ("aftersales.deadline", "company_id")}


@tagged("post_install", "-at_install")
class TestDeletedConditions(AftersalesServiceCommon):
    def conditions(self):
        for name in sorted(RULES & set(self.env.registry)):
            for field in self.env[name]._fields.values():
                stored = field.store and field.type in ("many2one", "many2many") and not field.related
                if stored and field.comodel_name in LIMITS and (name, field.name) not in NO_CONDITION:
                    yield field

    def test_no_condition_of_a_rule_is_emptied_by_deleting_what_it_names(self):
        """CON-01, CON-04: 'restrict', wherever emptiness means any, all or around the clock."""
        loose = [str(field) for field in self.conditions() if field.ondelete != "restrict"]
        self.assertFalse(loose)

    def refuses_to_delete(self, record):
        with mute_logger("odoo.sql_db"), self.assertRaises(ForeignKeyViolation), self.cr.savepoint():
            record.unlink()
            self.env.flush_all()

    def test_a_calendar_with_promises_is_archived_instead(self):
        """CON-04: own hours do not become around the clock; archived, they go on."""
        calendar = self.around_the_clock().copy({"name": "Mornings"})
        policy = self.env["aftersales.sla.policy"].create(
            {
                "name": "Own",
                "line_ids": [
                    Command.create(
                        {
                            "code": "mornings",
                            "sequence": 1,
                            "target": "resolve",
                            "amount": 6,
                            "hours": "own",
                            "calendar_id": calendar.id,
                            "explanation": "Six hours in the morning.",
                        }
                    )
                ],
            }
        )
        self.refuses_to_delete(calendar)
        ticket = self.ticket()
        policy.unlink()
        self.refuses_to_delete(calendar)  # the clock of the ticket runs in it
        calendar.active = False
        self.assertEqual(self.deadlines(ticket)["resolve"].calendar_id, calendar)

    def test_a_region_of_a_team_stays(self):
        """DISP-22: without its region the team would be asked from everywhere."""
        country = self.env["res.country"].search([], limit=1)
        state = self.env["res.country.state"].create(
            {"name": "Far north", "code": "FAR-N", "country_id": country.id}
        )
        self.team.state_ids = state
        self.refuses_to_delete(state)

    def test_a_team_with_tickets_is_archived_instead(self):
        """DISP-02: also of tickets that are over; open ones are named, see test_board."""
        self.ticket()._fire("cancel", actor="system", reason="Withdrawn")
        self.refuses_to_delete(self.team)
