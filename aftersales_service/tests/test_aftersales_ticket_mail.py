from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from .common import AftersalesServiceCommon

MAIL = """Return-Path: <{sender_address}>
To: {to}
From: {sender}
Subject: {subject}
Message-Id: <{message_id}@example.com>
Date: Mon, 02 Mar 2026 10:00:00 +0000
{headers}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

{body}
"""


@tagged("post_install", "-at_install")
class TestTicketMail(AftersalesServiceCommon, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.write({"alias_name": "help", "mail_service_type": "consultation"})

    def mail_in(self, sender="Li Ming <li.ming@example.com>", subject="Does not cool", headers="", **kw):
        """What the mail server hands over; returns the new tickets."""
        values = {
            "sender": sender,
            "sender_address": "bounce@example.com",
            "to": kw.pop("to", f"help@{self.alias_domain}"),
            "subject": subject,
            "message_id": kw.pop("message_id", f"mail-{subject}-{sender}".replace(" ", "")),
            "headers": headers,
            "body": kw.pop("body", "Warm since yesterday."),
        }
        last = self.env["aftersales.ticket"].search([], order="id desc", limit=1).id or 0
        self.env["mail.thread"].with_context(mail_channel_noautofollow=True).message_process(
            None, MAIL.format(**values)
        )
        return self.env["aftersales.ticket"].search([("id", ">", last)])

    def acknowledgements(self, ticket):
        return self.env["mail.mail"].search([("model", "=", ticket._name), ("res_id", "=", ticket.id)])

    def test_a_mail_to_a_team_that_is_archived_finds_another_one(self):
        """INTAKE-05: customers still know the address; the ticket is not left with a team of nobody."""
        other = self.team.copy({"name": "Others", "takes_consultation": True})
        self.team.action_archive()
        self.assertEqual(self.mail_in(subject="Old address").team_id, other)
        self.team.action_unarchive()
        self.assertEqual(self.mail_in(subject="Back again").team_id, self.team)

    def test_a_mail_becomes_a_ticket_of_the_team_with_its_sender(self):
        """INTAKE-01, INTAKE-03: every mail is recorded."""
        ticket = self.mail_in()
        self.assertRecordValues(
            ticket,
            [
                {
                    "title": "Does not cool",
                    "team_id": self.team.id,
                    "channel": "email",
                    "service_type": "consultation",
                    "partner_id": self.customer.id,
                    "email": "li.ming@example.com",
                    "state": "new",
                }
            ],
        )
        self.assertIn("Warm since yesterday", ticket.description)

    def test_receipt_is_acknowledged_with_number_time_and_link(self):
        """INTAKE-08, INTAKE-13, SLA-05: number, expected time, how to follow; queued in bulk."""
        ticket = self.mail_in()
        mail = self.acknowledgements(ticket)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn(ticket.name, mail.subject)
        due = self.deadlines(ticket)["first_reply"].due_at
        zone = self.company._aftersales_tz()
        local = fields.Datetime.context_timestamp(ticket.with_context(tz=zone), due)
        self.assertIn(f"{local:%b} {local.day}, {local:%Y, %H:%M} (China Standard Time)", mail.body_html)
        self.assertIn(f"/my/tickets/{ticket.id}?access_token={ticket.access_token}", mail.body_html)
        self.assertTrue(ticket.acknowledged_at)
        self.assertEqual(self.deadlines(ticket)["acknowledge"].state, "met")

    def test_an_unknown_sender_is_kept_with_name_and_address(self):
        """INTAKE-10: nothing is lost, nobody is invented."""
        ticket = self.mail_in("Wang Fang <wang@example.org>", "Hello")
        self.assertEqual((ticket.contact_name, ticket.email), ("Wang Fang", "wang@example.org"))
        self.assertFalse(ticket.partner_id)
        self.assertTrue(self.acknowledgements(ticket))

    def test_a_mail_without_sender_or_subject_is_a_ticket_all_the_same(self):
        """Bad input: mail without sender."""
        ticket = self.mail_in("", "", message_id="nobody")
        self.assertEqual((ticket.title, ticket.email), ("(no subject)", False))
        self.assertFalse(self.acknowledgements(ticket))

    def test_the_same_mail_twice_is_one_ticket(self):
        self.assertTrue(self.mail_in(message_id="once"))
        self.assertFalse(self.mail_in(message_id="once"))

    def test_automatic_mails_open_no_ticket_and_get_no_answer(self):
        """Known to go wrong elsewhere: auto-replies ping-pong."""
        for number, header in enumerate(
            ("Auto-Submitted: auto-replied", "Precedence: bulk", "X-Autoreply: yes")
        ):
            with self.subTest(header):
                self.assertFalse(self.mail_in(headers=header + "\n", message_id=f"auto{number}"))

    def test_a_reply_joins_its_ticket(self):
        """Known to go wrong elsewhere: replies open new tickets."""
        ticket = self.mail_in()
        again = self.mail_in(
            subject=f"Re: {ticket.name}",
            headers=f"In-Reply-To: {ticket.message_ids[-1].message_id}\n",
            body="Thanks",
        )
        self.assertFalse(again)
        self.assertIn("Thanks", ticket.message_ids[0].body)

    def test_a_reply_without_its_thread_finds_the_ticket_by_its_number(self):
        """Known to go wrong elsewhere: replies open new tickets, once a mail program has lost the thread."""
        ticket = self.mail_in()
        again = self.mail_in(subject=f"AW: {ticket.name}: received", message_id="lost", body="Thanks")
        self.assertFalse(again)
        self.assertIn("Thanks", ticket.message_ids[0].body)

    def test_a_number_alone_opens_nobody_elses_ticket(self):
        """Numbers can be guessed: a stranger's mail is a ticket of its own, and so is a late one."""
        ticket = self.mail_in()
        stranger = self.mail_in(
            subject=f"Re: {ticket.name}", sender="Eve <eve@example.com>", message_id="eve", body="Tell me"
        )
        self.assertEqual(len(stranger), 1)
        self.assertNotIn("Tell me", "".join(ticket.message_ids.mapped("body")))
        ticket.with_user(self.agent).action_cancel(reason="Test")
        self.assertEqual(len(self.mail_in(subject=f"Re: {ticket.name}", message_id="late")), 1)

    def test_a_mail_that_names_the_senders_own_closed_ticket_follows_on_it(self):
        """CON-25: the number in the subject says that it is the same again."""
        self.team.mail_service_type = "repair"
        first = self.solved_by_mail()
        first.with_user(self.agent).action_close()
        first._write_policy({"closed_at": "2026-03-02 12:00:00"})
        again = self.mail_in(subject=f"Re: {first.name}", message_id="again", body="Warm again")
        self.assertEqual((again.parent_id, again.is_repeat, again.state), (first, True, "new"))
        stranger = self.mail_in(subject=first.name, sender="Eve <eve@example.com>", message_id="eve")
        self.assertEqual((stranger.parent_id.id, stranger.is_repeat), (False, False))

    def test_a_mail_that_names_a_merged_ticket_goes_where_it_goes_on(self):
        """INTAKE-03."""
        first, second = self.mail_in(), self.mail_in(message_id="second")
        (first | second).team_id = self.team
        second.with_user(self.agent)._merge_into(first)
        self.assertFalse(self.mail_in(subject=f"Re: {second.name}", message_id="third", body="Any news?"))
        self.assertIn("Any news?", "".join(first.message_ids.mapped("body")))

    def test_the_customers_answer_ends_the_wait_for_it(self):
        ticket = self.mail_in()
        ticket.user_id = self.agent
        ticket.with_user(self.agent).action_accept()
        ticket.with_user(self.agent).action_wait()
        thread = f"In-Reply-To: {ticket.message_ids[-1].message_id}\n"
        self.mail_in(subject="Re: it", headers=thread, body="Here is the photo")
        self.assertEqual(ticket.state, "in_progress")

    def solved_by_mail(self):
        ticket = self.mail_in()
        ticket.user_id = self.agent
        worker = ticket.with_user(self.agent)
        worker.action_accept()
        worker.action_resolve()
        return ticket

    def answer_in(self, ticket, body, **kw):
        thread = f"In-Reply-To: {ticket.message_ids[-1].message_id}\n"
        return self.mail_in(subject="Re: it", headers=thread + kw.pop("headers", ""), body=body, **kw)

    def test_thanks_on_a_solved_ticket_restart_nothing(self):
        """Known to go wrong elsewhere: "thanks" restarts a clock; it only ends the silence."""
        ticket = self.solved_by_mail()
        before = {row.kind: row.state for row in ticket.deadline_ids}
        self.answer_in(ticket, "Thanks!")
        after = {row.kind: row.state for row in ticket.deadline_ids}
        self.assertEqual(ticket.state, "resolved")
        self.assertEqual(after, {**before, "confirm": "cancelled", "answer": "running"})

    def test_who_has_written_since_the_result_was_told_is_not_silent(self):
        """PROG-07: "it is not solved" is nobody's consent; a person reads it and decides."""
        ticket = self.solved_by_mail()
        self.answer_in(ticket, "It is NOT solved.")
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=30))
        self.assertEqual(ticket.state, "resolved")
        task = "Answer the customer, who has come back"
        self.assertIn((self.agent, task), [(row.user_id, row.summary) for row in ticket.activity_ids])
        ticket.with_user(self.agent).action_reopen(reason="As written")
        self.assertEqual(ticket.state, "in_progress")
        self.assertNotIn(task, ticket.activity_ids.mapped("summary"))

    def test_the_headline_says_that_the_customer_has_written(self):
        """PROG-07: until the result is confirmed for them or taken back."""
        ticket = self.solved_by_mail()
        self.answer_in(ticket, "It is NOT solved.")
        self.assertIn("The customer has written: confirm for them, or reopen", ticket.headline)
        ticket.with_user(self.agent).action_close()
        self.assertFalse(ticket.activity_ids)

    def test_an_out_of_office_note_is_no_word_on_the_result(self):
        """PROG-07."""
        ticket = self.solved_by_mail()
        self.answer_in(ticket, "Back on Monday.", headers="Auto-Submitted: auto-replied\n")
        self.assertEqual(self.deadlines(ticket)["confirm"].state, "running")

    # === WHO IS ANSWERED === #

    def staff_mail_in(self, ticket, to="", **kw):
        """A colleague answers from the mail program."""
        self.agent.email = "agent@example.com"
        sender = f"{self.agent.name} <{self.agent.email}>"
        to = ", ".join(filter(None, [f"help@{self.alias_domain}", to]))
        return self.answer_in(ticket, "We come on Monday.", sender=sender, to=to, **kw)

    def sent_to(self, ticket, text):
        mails = self.env["mail.mail"].search([("res_id", "=", ticket.id), ("body_html", "like", text)])
        return " ".join(filter(None, [*mails.mapped("email_to"), *mails.recipient_ids.mapped("email")]))

    def test_an_answer_from_the_mail_program_reaches_a_sender_whom_nobody_knows(self):
        """SLA-10: without a partner there is no follower; the address of the ticket gets it."""
        ticket = self.mail_in("Wang Fang <wang@example.org>", "Hello")
        self.assertFalse(ticket.partner_id)
        self.staff_mail_in(ticket, message_id="answer")
        self.assertIn("wang@example.org", self.sent_to(ticket, "We come on Monday"))
        self.assertTrue(ticket.first_reply_at)
        self.assertEqual(self.deadlines(ticket)["first_reply"].state, "met")

    def test_an_answer_reaches_the_customer_whom_we_know(self):
        """SLA-10."""
        ticket = self.mail_in()
        self.staff_mail_in(ticket, message_id="answer")
        self.assertIn(self.customer.email, self.sent_to(ticket, "We come on Monday"))
        self.assertTrue(ticket.first_reply_at)

    def test_a_mail_to_somebody_else_is_no_answer_to_the_customer(self):
        """SLA-10: neither sent to the customer nor counted as the reply."""
        ticket = self.mail_in("Wang Fang <wang@example.org>", "Hello")
        self.staff_mail_in(ticket, to="parts@supplier.example.com", message_id="supplier")
        self.assertNotIn("wang@example.org", self.sent_to(ticket, "We come on Monday"))
        self.assertFalse(ticket.first_reply_at)

    def test_a_mail_that_went_to_the_customer_directly_is_the_reply(self):
        """SLA-10: it is not sent twice."""
        ticket = self.mail_in("Wang Fang <wang@example.org>", "Hello")
        self.staff_mail_in(ticket, to="wang@example.org", message_id="direct")
        self.assertFalse(self.sent_to(ticket, "We come on Monday"))
        self.assertTrue(ticket.first_reply_at)

    def test_who_stands_at_the_counter_is_told_at_once(self):
        """INTAKE-13: the agent says the number and the time."""
        anonymous = self.env["aftersales.ticket"].create({"title": "At the counter", "channel": "store"})
        written = self.env["aftersales.ticket"].create({"title": "From a chat", "channel": "chat"})
        self.assertTrue(anonymous.acknowledged_at)
        self.assertFalse(written.acknowledged_at)
