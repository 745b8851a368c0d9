import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.aftersales_service.tests.common import PNG

from .test_evidence import EvidenceCommon


class DisputeCommon(EvidenceCommon):
    def disputed(self, refuser=None, order=None):
        """A request that the agent refused and the customer disputes."""
        rma = self.rma(order or self.sell(self.cable))
        rma.action_submit()
        rma.with_user(refuser or self.agent).action_refuse(reason="It was used")
        rma.action_dispute(reason="It never worked")
        return rma

    def heard(self, rma):
        dispute = rma.dispute_ids.with_user(self.agent)
        dispute.statement_ids = [(0, 0, {"text": "The photos show traces of use"})]
        dispute.action_answer()
        return dispute


@tagged("-at_install", "post_install")
class TestDispute(DisputeCommon):
    def test_a_refused_request_that_is_disputed_has_its_dispute_with_the_customers_words(self):
        """RMA-05, REFUND-09."""
        rma = self.disputed()
        dispute = rma.dispute_ids
        self.assertRecordValues(
            dispute,
            [
                {
                    "name": f"{rma.name}/D1",
                    "state": "open",
                    "kind": "refusal",
                    "contested_by_id": self.agent.id,
                    "partner_id": self.customer.id,
                }
            ],
        )
        said = dispute.statement_ids
        self.assertEqual((said.side, said.author, said.text), ("customer", "Li Ming", "It never worked"))
        self.assertEqual(set(dispute.deadline_ids.mapped("kind")), {"dispute_answer", "dispute_decide"})

    def test_while_it_is_open_its_day_is_the_day_of_the_return(self):
        """The queue "To authorise" sorts, colors and filters by it; decided, the return has its own again."""
        rma = self.disputed()
        dispute = rma.dispute_ids
        self.assertTrue(dispute.next_due_at)
        self.assertEqual((rma.next_due_at, rma.next_kind), (dispute.next_due_at, "dispute_answer"))
        self.heard(rma)
        self.assertEqual((rma.next_due_at, rma.next_kind), (dispute.next_due_at, "dispute_decide"))
        late = self.env["aftersales.rma"].search(
            [("state", "=", "disputed"), ("next_due_at", "<", fields.Datetime.now() + timedelta(days=60))]
        )
        self.assertIn(rma, late)
        rma.with_user(self.supervisor).action_dismiss(reason="It was used")
        self.assertEqual((rma.state, rma.next_due_at, rma.next_kind), ("closed", False, False))

    def test_statements_and_files_are_evidence(self):
        rma = self.disputed()
        self.photo(rma.dispute_ids, "proof.png")
        rows = rma.evidence_ids
        self.assertIn("statement", rows.mapped("kind"))
        self.assertIn("proof.png", rows.mapped("label"))
        self.sql("aftersales_dispute_statement", rma.dispute_ids.statement_ids, text="I broke it")
        rma.action_check_dossier()
        self.assertEqual(rma.evidence_verdict, "broken")

    def test_a_statement_is_not_changed_and_its_author_not_chosen(self):
        rma = self.disputed()
        self.assertIn("We answer your objection", rma._portal_next()["text"])
        dispute = self.heard(rma)
        self.assertIn("A supervisor decides", rma._portal_next()["text"])
        ours = dispute.statement_ids.filtered(lambda said: said.side == "seller")
        self.assertEqual(ours.author, "Agent")
        with self.assertRaises(AccessError):
            ours.with_user(self.supervisor).write({"text": "Sorry"})
        with self.assertRaises(AccessError):
            ours.with_user(self.agent).unlink()
        forged = (
            self.env["aftersales.dispute.statement"]
            .with_user(self.agent)
            .create({"dispute_id": dispute.id, "side": "customer", "text": "I lied", "author": "Li Ming"})
        )
        self.assertEqual(forged.author, "Agent", "who types it is who has said it")

    def test_our_side_is_told_before_it_is_handed_over(self):
        dispute = self.disputed().dispute_ids.with_user(self.agent)
        with self.assertRaisesRegex(UserError, "statement first"):
            dispute.action_answer()
        self.assertEqual(dispute.state, "open")

    def test_a_dispute_is_not_dismissed_unheard(self):
        rma = self.disputed()
        with self.assertRaisesRegex(UserError, "our statement is missing"):
            rma.with_user(self.supervisor).action_dismiss(reason="No")
        self.assertEqual((rma.state, rma.dispute_ids.state), ("disputed", "open"))

    def test_a_dispute_won_lets_the_return_go_on(self):
        """RMA-05: decided with a reason, by another person."""
        rma = self.disputed()
        dispute = self.heard(rma)
        dispute.with_user(self.supervisor).action_uphold(reason="The fault shows on the film")
        self.assertEqual((rma.state, dispute.state), ("approved", "upheld"))
        self.assertTrue(rma.picking_ids, "the goods are expected")
        self.assertRecordValues(
            dispute, [{"decision": "The fault shows on the film", "decided_by_id": self.supervisor.id}]
        )
        self.assertEqual(set(dispute.deadline_ids.mapped("state")), {"met"})

    def test_a_dispute_lost_closes_the_return_and_the_customer_reads_why(self):
        rma = self.disputed()
        dispute = self.heard(rma)
        dispute.with_user(self.supervisor).action_dismiss(reason="Traces of use")
        self.assertEqual((rma.state, dispute.state), ("closed", "dismissed"))
        self.assertEqual(rma.decision_reason, "Traces of use")

    def test_whoever_refused_does_not_decide(self):
        """Four eyes, from the return's form as well as from the dispute's."""
        rma = self.disputed(refuser=self.supervisor)
        dispute = self.heard(rma).with_user(self.supervisor)
        self.assertNotIn("uphold", dispute.allowed_events)
        for document in (rma.with_user(self.supervisor), dispute):
            for event in ("uphold", "dismiss"):
                with self.assertRaises(AccessError):
                    getattr(document, f"action_{event}")(reason="I was right")
        self.assertEqual(rma.state, "disputed")
        dispute.with_user(self.manager).action_uphold(reason="He was not")
        self.assertEqual(rma.state, "approved")

    def test_agents_do_not_decide(self):
        dispute = self.heard(self.disputed())
        with self.assertRaises(AccessError):
            dispute.action_uphold(reason="Please")

    def test_a_withdrawn_return_ends_its_dispute(self):
        rma = self.disputed()
        rma.action_cancel(reason="The customer has found the fault")
        self.assertEqual((rma.state, rma.dispute_ids.state), ("cancelled", "withdrawn"))
        self.assertEqual(set(rma.dispute_ids.deadline_ids.mapped("state")), {"cancelled"})

    def test_after_the_decision_nothing_is_added(self):
        dispute = self.heard(self.disputed())
        dispute.with_user(self.supervisor).action_dismiss(reason="No")
        with self.assertRaisesRegex(UserError, "is decided"):
            dispute.statement_ids = [(0, 0, {"text": "And another thing"})]

    def test_a_late_answer_goes_to_the_supervisor(self):
        rma = self.disputed()
        members = rma.ticket_id.sudo().user_id.ids
        rma.ticket_id.sudo().team_id = self.env["aftersales.team"].create(
            {"name": "Team", "supervisor_id": self.supervisor.id, "member_ids": members}
        )
        later = fields.Datetime.now() + timedelta(days=30)
        self.env["aftersales.deadline"]._run_due(now=later)
        dispute = rma.dispute_ids
        self.assertEqual(set(dispute.deadline_ids.mapped("state")), {"missed"})
        self.assertIn(self.supervisor, dispute.activity_ids.user_id)
        self.assertEqual(dispute.state, "open", "silence of ours takes nothing from the customer")

    def test_who_refused_is_not_given_the_task_to_decide(self):
        """REFUND-09: the task of the decision goes to another supervisor, and never to nobody."""
        teams = self.env["aftersales.team"]
        rma = self.rma(self.sell(self.cable))
        rma.action_submit()
        members = rma.ticket_id.sudo().user_id.ids
        teams.search([]).write({"supervisor_id": False, "manager_id": False})
        own = {"name": "Own", "supervisor_id": self.supervisor.id, "member_ids": members}
        other = {"name": "Other", "supervisor_id": self.manager.id}
        rma.ticket_id.sudo().team_id = teams.create([own, other])[0]
        rma.with_user(self.supervisor).action_refuse(reason="It was used")
        rma.action_dispute(reason="It never worked")
        decide = rma.dispute_ids.deadline_ids.filtered(lambda row: row.kind == "dispute_decide")
        self.assertEqual(decide.user_id, self.manager)

    def test_not_received_is_a_dispute_of_its_own_kind(self):
        """AMB-54: who reports it does not decide it."""
        rma = self.sent_back(self.sell(self.cable))
        rma.with_user(self.inspector).action_report_missing(reason="No parcel came")
        dispute = rma.dispute_ids
        self.assertRecordValues(dispute, [{"kind": "missing", "contested_by_id": self.inspector.id}])
        self.assertEqual(dispute.statement_ids.side, "seller")

    def test_a_second_refusal_gives_a_second_dispute(self):
        rma = self.disputed()
        self.heard(rma).with_user(self.supervisor).action_uphold(reason="Yes")
        rma.action_register_shipment(tracking_ref="YT-2")
        rma.with_user(self.inspector).action_report_missing(reason="No parcel came")
        self.assertEqual(set(rma.dispute_ids.mapped("name")), {f"{rma.name}/D1", f"{rma.name}/D2"})


@tagged("-at_install", "post_install")
class TestDisputePortal(HttpCase, DisputeCommon):
    def setUp(self):
        super().setUp()
        self.return_ = self.rma(self.sell(self.cable))
        self.return_.action_submit()
        self.return_.action_refuse(reason="It was used")
        self.token = self.return_.sudo()._portal_ensure_token()
        self.csrf = re.search(r'name="csrf_token" value="([^"]+)"', self.page()).group(1)

    def post(self, answer, files=(), **data):
        self.env.flush_all()
        data = {"access_token": self.token, "csrf_token": self.csrf, **data}
        return self.url_open(
            f"/my/returns/{self.return_.id}/{answer}",
            data=data,
            files=[("photos", (name, raw, "image/png")) for name, raw in files] or None,
        )

    def page(self):
        self.env.flush_all()
        return self.url_open(f"/my/returns/{self.return_.id}?access_token={self.token}").text

    def test_the_customer_proves_adds_and_reads(self):
        """RMA-05: statement and photos, by the customer himself."""
        self.post("dispute", [("proof.png", PNG)], reason="It never worked")
        dispute = self.return_.dispute_ids
        self.assertEqual(dispute.statement_ids.text, "It never worked")
        self.post("statement", [("more.png", PNG)], statement="See the second picture")
        self.assertEqual(dispute.statement_ids.mapped("side"), ["customer", "customer"])
        files = self.return_.evidence_ids.filtered(lambda row: row.kind == "file")
        self.assertEqual(files.mapped("label"), ["proof.png", "more.png"])
        self.assertEqual(set(files.mapped("author")), {"Li Ming"})
        page = self.page()
        self.assertIn(dispute.name, page)
        self.assertIn("See the second picture", page)

    def test_a_program_is_no_proof(self):
        answer = self.post("dispute", [("proof.png", b"MZ" + b"\0" * 100)], reason="It never worked")
        self.assertIn("It never worked</textarea>", answer.text, "he need not write it twice")
        self.assertIn("could not be taken", answer.text)
        self.assertEqual(self.return_.state, "refused")

    def test_the_decision_is_told_and_ends_the_talk(self):
        self.return_.action_dispute(reason="It never worked")
        self.heard(self.return_).with_user(self.supervisor).action_dismiss(reason="Traces of use")
        self.assertIn("Traces of use", self.page())
        self.post("statement", statement="But")
        self.assertEqual(len(self.return_.dispute_ids.statement_ids), 2)

    def test_a_stranger_says_nothing(self):
        self.return_.action_dispute(reason="It never worked")
        self.token = "wrong"
        self.post("statement", statement="He lies")
        self.assertEqual(len(self.return_.dispute_ids.statement_ids), 1)
