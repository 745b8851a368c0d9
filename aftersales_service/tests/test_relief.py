from odoo.tests import Form, tagged

from .test_escalation import EscalationCase


@tagged("post_install", "-at_install")
class TestRelief(EscalationCase):
    """PRIO-07: a temporary fix moves the rest back in the queue, and forward again when it fails."""

    def why(self, ticket):
        rows = {row["kind"]: row for row in ticket.why}
        return [clause["text"] for clause in rows["priority"]["clauses"] if clause["matched"]]

    def test_a_temporary_fix_lets_the_rest_wait_and_its_failing_brings_it_back(self):
        """PRIO-07: a p0 that runs again calls nobody; down again, everything begins anew."""
        ticket = self.accepted(**self.down())
        ticket.relief = "temporary"
        self.assertEqual(ticket.priority, "p1")
        self.assertTrue(ticket.restored_at)
        self.assertEqual(self.row(ticket, "emergency").state, "met")
        self.assertIn("A temporary fix works, the lasting one can follow: P0 becomes P1.", self.why(ticket))
        ticket.relief = "none"
        self.assertEqual((ticket.priority, ticket.restored_at), ("p0", False))
        self.assertEqual(self.row(ticket, "emergency").state, "running")

    def test_a_promise_to_restore_is_kept_by_the_fix_and_made_anew_when_it_fails(self):
        """PRIO-07, SLA-17, CON-03: the repair is promised apart and stays owed."""
        signed = {"name": "AG-P", "partner_id": self.customer.id, "level": "project", "state": "active"}
        self.env["aftersales.agreement"].load_history([signed])
        ticket = self.in_progress()
        ticket.relief = "temporary"
        states = {kind: row.state for kind, row in self.deadlines(ticket).items()}
        self.assertEqual((states["restore"], states["resolve"]), ("met", "running"))
        ticket.relief = "none"
        kept = ticket.sudo().deadline_ids.filtered(lambda row: row.kind == "restore").sorted("id")
        self.assertEqual(kept.mapped("state"), ["met", "running"])

    def test_the_button_runs_again_is_the_temporary_fix(self):
        """PRIO-07."""
        ticket = self.accepted(urgency="urgent", impact="partial")
        self.assertEqual(ticket.priority, "p1")
        ticket.action_mark_restored()
        self.assertEqual((ticket.relief, ticket.priority), ("temporary", "p2"))

    def test_what_is_to_be_improved_in_the_long_run_comes_last(self):
        """PRIO-07: chosen on the form by whoever works on it."""
        ticket = self.in_progress(urgency="urgent", impact="partial")
        form = Form(ticket)
        form.relief = "long_term"
        form.save()
        self.assertEqual(ticket.priority, "p3")
        self.assertIn(
            "It runs; what is left is an improvement in the long run: P1 becomes P3.", self.why(ticket)
        )

    def test_a_disputed_result_was_no_fix(self):
        """PRIO-07: the second handling has the priority of what does not run."""
        ticket = self.in_progress(urgency="urgent", impact="partial")
        ticket.relief = "temporary"
        ticket.action_resolve()
        ticket.action_reopen(reason="It stands still again")
        self.assertEqual((ticket.relief, ticket.priority), ("none", "p1"))
