import json

from psycopg2 import IntegrityError

from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestImpact(AftersalesServiceCommon):
    def why(self, ticket):
        """Sentences of the priority that applied."""
        rows = {row["kind"]: row for row in ticket.why}
        return [clause["text"] for clause in rows["priority"]["clauses"] if clause["matched"]]

    def keep(self, row, facts):
        """Let the verdict have been kept with these facts."""
        row.flush_recordset()
        self.env.cr.execute(
            "UPDATE aftersales_verdict SET facts = %s::jsonb WHERE id = %s", [json.dumps(facts), row.id]
        )
        row.invalidate_recordset()

    def test_a_line_that_stops_raises_the_open_ticket_and_its_going_on_lowers_it_again(self):
        """PRIO-09, PRIO-07: the queue follows what the customer tells."""
        ticket = self.in_progress()
        self.assertEqual(ticket.priority, "p2")
        ticket.core_impact = "stopped"
        self.assertEqual(ticket.priority, "p1")
        self.assertIn(
            "The customer's core business stands still or loses data: P2 becomes P1.", self.why(ticket)
        )
        ticket.core_impact = "slowed"
        self.assertEqual(ticket.priority, "p2")

    def test_a_loss_above_the_threshold_raises_and_is_told(self):
        """PRIO-09: potential loss is quantified; 0 switches it off."""
        ticket = self.ticket(core_impact="slowed", loss_per_day=5000)
        self.assertEqual(ticket.priority, "p2", "no threshold is set")
        self.company.aftersales_loss_limit = 5000
        ticket.loss_per_day = 5000.01
        self.assertEqual(ticket.priority, "p1")
        self.assertIn(
            "The customer loses about 5000.01 a day, more than 5000.00: P2 becomes P1.", self.why(ticket)
        )
        ticket.loss_per_day = 5000
        self.assertEqual(ticket.priority, "p2")

    def test_agents_note_it_on_the_form(self):
        """PRIO-09."""
        form = Form(self.env["aftersales.ticket"].with_user(self.agent))
        form.title, form.problem_type = "Line 3 stands still", "hardware"
        form.core_impact = "stopped"
        form.loss_per_day = 20000
        ticket = form.save()
        self.assertEqual((ticket.priority, ticket.loss_per_day), ("p1", 20000))

    def test_verdicts_of_before_are_judged_again_as_they_were(self):
        """Facts kept before the question was asked count with its default."""
        ticket = self.ticket()
        row = ticket._verdict_of("priority")[ticket]
        kept = {key: row.facts[key] for key in ("urgency", "impact", "function", "level")}
        self.keep(row, kept)
        self.assertEqual(row._replay().outcome, row.outcome)
        ticket._judge_priority()
        self.assertEqual(ticket._verdict_of("priority")[ticket], row, "nothing new to be kept")

    def test_a_supervisors_word_of_before_outlives_the_update(self):
        """The same situation judged again is not a new one because more is asked now."""
        ticket = self.ticket()
        ticket.with_user(self.supervisor)._override_verdict("priority", "p0", "The mayor's own")
        row = ticket._verdict_of("priority")[ticket].sudo()
        self.keep(row, {key: row.facts[key] for key in ("urgency", "impact", "function", "level")})
        ticket._judge_priority()
        self.assertEqual(ticket.priority, "p0")

    def test_a_loss_below_nothing_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.ticket(loss_per_day=-1).flush_recordset()
