"""A customer who writes twice, answers without the thread, and is out of office in between."""

from service_case import ServiceCase

from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestDuplicateMails(ServiceCase):
    def test_two_mails_and_a_broken_thread_end_as_one_ticket(self):
        """INTAKE-03, INTAKE-08: nothing of three mails is lost, and no machine answers a machine."""
        self.when_the_same_mail_is_delivered_twice()
        self.then_there_is_one_ticket()
        self.when_the_customer_writes_again()
        self.when_an_answer_comes_without_its_thread()
        self.then_one_that_names_the_number_needs_no_thread()
        self.then_the_agent_sees_that_they_may_be_the_same()
        self.when_the_agent_merges_them()
        self.then_one_ticket_holds_every_word()
        self.then_an_answer_to_the_emptied_ticket_finds_the_one_that_goes_on()

    def test_an_out_of_office_note_opens_nothing_and_resumes_nothing(self):
        """INTAKE-03, INTAKE-08: no ping-pong; the clock goes on when a person has answered."""
        self.when_the_same_mail_is_delivered_twice()
        self.story.takes("agent", self.first)
        self.story.by("agent", self.first).action_wait(reason="A photo of the plug.")
        sent = self.subjects_to(self.story.customer, self.first)
        note = {"Auto_Submitted": "auto-replied"}
        alone = self.story.mail_comes_in("Out of office", "Back on Monday.", **note)
        self.assertFalse(alone, "an automatic mail opens no ticket")
        self.story.mail_comes_in(
            "Out of office", "Back on Monday.", References=self.thread_of(self.first), **note
        )
        self.assertIn("Back on Monday", self.history(self.first), "kept where it belongs")
        self.assertEqual(self.first.state, "waiting", "nobody has answered yet")
        self.assertEqual(self.subjects_to(self.story.customer, self.first), sent, "no machine is answered")
        self.story.mail_comes_in("Re: photo", "Here it is.", References=self.thread_of(self.first))
        self.assertEqual(self.first.state, "in_progress")

    # === GIVEN, WHEN, THEN === #

    def when_the_same_mail_is_delivered_twice(self):
        self.at("2031-03-03 09:00")
        words = ("The screen stays dark", "Since yesterday it stays dark.")
        self.first = self.story.mail_comes_in(*words, message_id="<dark-1@customer.example.com>")
        self.again = self.story.mail_comes_in(*words, message_id="<dark-1@customer.example.com>")

    def then_there_is_one_ticket(self):
        self.assertEqual((len(self.first), len(self.again)), (1, 0))

    def when_the_customer_writes_again(self):
        self.at("2031-03-03 09:20")
        self.second = self.story.mail_comes_in("The screen stays dark", "Did you get my mail? SCR-0001.")

    def when_an_answer_comes_without_its_thread(self):
        """The mail program has lost the reference to our acknowledgement, and the customer the subject."""
        self.at("2031-03-03 09:40")
        self.third = self.story.mail_comes_in(
            "Re: your answer",
            "One more thing: the fuse is whole.",
            References="<lost-and-gone@customer.example.com>",
        )

    def then_one_that_names_the_number_needs_no_thread(self):
        new = self.story.mail_comes_in(
            f"Re: {self.first.name}: we have received your request",
            "The cable is whole, too.",
            References="<lost-and-gone@customer.example.com>",
        )
        self.assertFalse(new)
        self.assertIn("The cable is whole", self.history(self.first))

    def then_the_agent_sees_that_they_may_be_the_same(self):
        self.assertEqual((len(self.second), len(self.third)), (1, 1))
        seen = self.story.by("agent", self.first).similar_ids
        self.assertLessEqual(self.second + self.third, seen.with_env(self.env))

    def when_the_agent_merges_them(self):
        self.at("2031-03-03 10:00")
        self.story.takes("agent", self.first)
        action = self.story.by("agent", self.first).action_merge()
        dialog = self.story.by("agent", self.env[action["res_model"]]).with_context(action["context"])
        dialog.create(
            {"ticket_ids": (self.first + self.second + self.third).ids, "target_id": self.first.id}
        ).action_apply()

    def then_one_ticket_holds_every_word(self):
        others = self.second + self.third
        self.assertEqual(others.mapped("state"), ["cancelled", "cancelled"])
        self.assertEqual(others.merged_into_id, self.first)
        self.assertEqual(self.first.state, "in_progress")
        told = self.history(self.first)
        for words in ("Since yesterday it stays dark", "Did you get my mail", "the fuse is whole"):
            self.assertIn(words, told)
            self.assertIn(words, self.first.description)
        for other in others:
            self.assertIn(other.name, told)
            self.assertFalse(
                other.deadline_ids.filtered(lambda row: row.state in ("running", "paused")),
                "an emptied ticket owes nothing",
            )
        self.assertEqual(len(self.first.deadline_ids.filtered(lambda r: r.kind == "first_reply")), 1)

    def then_an_answer_to_the_emptied_ticket_finds_the_one_that_goes_on(self):
        new = self.story.mail_comes_in(
            "Re: The screen stays dark", "The serial number is SCR-0001.", References=self.thread
        )
        self.assertFalse(new)
        self.assertIn("The serial number is SCR-0001", self.history(self.first))

    # === HANDS === #

    def thread_of(self, ticket):
        """What the customer's mail program puts into an answer to our acknowledgement."""
        message = self.env["mail.message"].search(
            [("model", "=", ticket._name), ("res_id", "=", ticket.id), ("message_id", "!=", False)],
            order="id desc",
            limit=1,
        )
        return message.message_id

    @property
    def thread(self):
        """The customer's second mail, which has moved with its ticket."""
        return "<mail-3@customer.example.com>"
