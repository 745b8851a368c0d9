from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..models.aftersales_rma_notices import ANSWER, CALL
from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestReturnNotices(AftersalesReturnsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.put_in_force()

    def mails(self, rma):
        """[(subject, body)] of what the customer was told about the return, oldest first."""
        found = self.env["mail.mail"].search(
            [("model", "=", "aftersales.rma"), ("res_id", "=", rma.id)], order="id"
        )
        self.assertEqual(set(found.mapped("email_to")), {self.customer.email_formatted} if found else set())
        return [(mail.subject.removeprefix(rma.name).strip(":： "), str(mail.body_html)) for mail in found]

    def subjects(self, rma):
        return [subject for subject, _body in self.mails(rma)]

    def request(self, **vals):
        rma = self.rma(self.sell(self.cable, quantity=2), **vals)
        rma.action_submit()
        return rma

    # === TOLD === #

    def test_a_refusal_is_told_with_reason_and_time_limit(self):
        """RMA-03, PROG-02."""
        rma = self.request()
        self.assertFalse(self.mails(rma), "what he asks for himself is no news")
        rma.with_user(self.agent)._fire("refuse", reason="The seal is broken.")
        ((subject, body),) = self.mails(rma)
        self.assertEqual(subject, "we cannot approve your return")
        self.assertIn("The seal is broken.", body)
        self.assertIn("If we hear nothing from you by then, the return is closed.", body)
        self.assertIn(rma.get_portal_url(), body)
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=30))
        self.assertEqual(rma.state, "closed")
        self.assertEqual(self.subjects(rma)[1:], ["your return is closed"])

    def test_approved_he_reads_where_to_send_it_and_who_pays(self):
        """RMA-06, PROG-06, FREIGHT-01."""
        self.warehouse.partner_id.street = "7 Harbor Road"
        rma = self.request()
        rma.with_user(self.agent)._fire("approve")
        ((subject, body),) = self.mails(rma)
        self.assertEqual(subject, "your return is approved")
        self.assertIn("7 Harbor Road", body)
        self.assertIn("Freight back", body)
        self.assertIn("By when", body)

    def test_the_whole_way_is_told_step_by_step_and_each_once(self):
        """PROG-02, EXCH-04: approved, received, inspected."""
        rma = self.inspected(self.sell(self.cable, quantity=2))
        self.assertEqual(rma.state, "to_refund")
        self.assertEqual(
            self.subjects(rma), ["your return is approved", "your parcel is here", "the inspection is done"]
        )

    def test_of_steps_that_follow_from_each_other_only_the_last_is_told(self):
        """PROG-02: the approval of goods that never left leads to their refund at once."""
        order = self.sell(self.cable, quantity=2, ship=False)
        rma = self.rma(order, resolution="refund_only", delivery_result="not_shipped")
        rma.action_submit()
        rma.action_approve()
        self.assertEqual(rma.state, "to_refund")
        self.assertEqual(self.subjects(rma), ["you get your money back"])

    def test_what_fails_the_inspection_is_told_to_come_back(self):
        """INSPECT-02."""
        order = self.sell(self.cable, quantity=2)
        rma = self.inspected(order, "c", {"unused": "no"}, reason_id=self.no_reason.id)
        rma.with_user(self.agent).action_reject(reason="It was opened and used.")
        subject, body = self.mails(rma)[-1]
        self.assertEqual(subject, "the inspection: we cannot take the goods back")
        self.assertIn("It was opened and used.", body)

    def test_he_reads_it_in_his_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        rma = self.request()
        rma.with_user(self.agent)._fire("refuse", reason="封条已破损。")
        subject, body = self.mails(rma)[0]
        self.assertIn("退", subject)
        self.assertNotIn("What is next", body)

    def test_a_company_that_tells_otherwise_sends_nothing(self):
        self.company.aftersales_tell_returns = False
        rma = self.request()
        rma.with_user(self.agent)._fire("refuse", reason="No.")
        self.assertFalse(self.mails(rma))
        self.customer.email = False
        rma.with_user(self.agent)._fire("resubmit")
        rma.with_user(self.agent)._fire("approve")
        self.assertFalse(self.calls(rma), "it tells them itself")

    def calls(self, rma):
        return rma.sudo().activity_search([CALL])

    def test_who_has_no_address_is_called(self):
        """RMA-03: his five days begin, so his handler has a task; the next news takes its place."""
        self.customer.email = False
        rma = self.request()
        self.assertFalse(self.calls(rma))
        rma.with_user(self.agent)._fire("refuse", reason="The seal is broken.")
        self.assertFalse(self.mails(rma))
        self.assertRecordValues(
            self.calls(rma),
            [
                {
                    "user_id": self.agent.id,
                    "summary": "Tell the customer by telephone: we cannot approve your return",
                }
            ],
        )
        rma._fire("resubmit")
        rma.with_user(self.agent)._fire("approve")
        self.assertEqual(
            self.calls(rma).mapped("summary"), ["Tell the customer by telephone: your return is approved"]
        )
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=30))
        self.assertEqual(rma.state, "closed")
        self.assertEqual(
            self.calls(rma).mapped("summary"), ["Tell the customer by telephone: your return is closed"]
        )

    def test_many_without_an_address_are_tasks_made_together(self):
        self.customer.email = False
        returns = self.env["aftersales.rma"].union(*(self.request() for _number in range(3)))
        returns.with_user(self.agent)._fire("refuse", reason="No.")
        self.assertEqual([len(self.calls(rma)) for rma in returns], [1] * 3)

    def test_who_is_told_by_mail_is_not_called(self):
        rma = self.request()
        rma.with_user(self.agent)._fire("refuse", reason="No.")
        self.assertFalse(self.calls(rma))

    def test_many_are_told_together(self):
        """Growing by ten returns costs less than the twenty queries that a notice may."""
        returns = self.env["aftersales.rma"].union(*(self.request() for _number in range(12)))
        first, rest = returns[:2], returns[2:]
        first.with_user(self.agent)._fire("refuse", reason="No.")
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        rest.with_user(self.agent)._fire("refuse", reason="No.")
        self.env.flush_all()
        self.assertLessEqual((self.env.cr.sql_log_count - before) / len(rest), 20)
        self.assertEqual([len(self.mails(rma)) for rma in returns], [1] * 12)

    # === HEARD === #

    def write_as_customer(self, rma):
        return rma.message_post(
            body="Where do I send it?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.customer.id,
        )

    def tasks(self, rma):
        return rma.activity_search([ANSWER]).mapped("user_id")

    def test_whoever_decides_has_it_from_then_on(self):
        rma = self.request()
        rma.user_id = False
        rma.with_user(self.agent)._fire("approve")
        self.assertEqual(rma.user_id, self.agent)
        self.write_as_customer(rma)
        self.assertEqual(self.tasks(rma), self.agent)

    def test_what_he_writes_is_a_task_until_somebody_answers(self):
        """PROG-06: also when the return is over; twice is one task."""
        rma = self.request()
        rma.user_id = self.agent
        rma.with_user(self.agent)._fire("refuse", reason="No.")
        rma._fire("close", actor="system")
        self.write_as_customer(rma)
        self.write_as_customer(rma)
        self.assertEqual(self.tasks(rma), self.agent)
        rma.with_user(self.agent).message_post(
            body="Here is why.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(self.tasks(rma))

    def test_our_own_notes_answer_nobody(self):
        rma = self.request()
        rma.user_id = self.agent
        self.write_as_customer(rma)
        rma.with_user(self.agent).message_post(body="Ask the warehouse.", subtype_xmlid="mail.mt_note")
        self.assertEqual(self.tasks(rma), self.agent)

    def test_an_absence_note_is_no_word(self):
        rma = self.request().with_context(aftersales_automatic_mail=True)
        self.write_as_customer(rma)
        self.assertFalse(self.tasks(rma))
