import base64
import json
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from odoo.addons.aftersales_service.policy import lifecycle

from .common import AftersalesServiceCommon

# a dot: the smallest picture there is
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class AgreementCommon(AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.user("general_manager")
        cls.today = cls.company._aftersales_today()

    def draft(self, **vals):
        values = {"partner_id": self.customer.id, "level": "project", **vals}
        return self.env["aftersales.agreement"].with_user(self.manager).create(values)

    def signed(self, **vals):
        """Offered by the manager, signed by the general manager and by the customer."""
        return self.sign(self.draft(**vals))

    def sign(self, agreement):
        agreement.action_offer()
        agreement.with_user(self.boss)._sign("company", "General Manager", DOT)
        agreement._sign("customer", "Li Ming", DOT, actor=lifecycle.CUSTOMER)
        self.at_once()
        return agreement

    def setUp(self):
        super().setUp()
        self.addCleanup(setattr, self.env.cr, "_now", self.env.cr.now())

    def at_once(self):
        """Create dates are the transaction's, which begins before anything is signed: let it go on."""
        self.env.cr._now = fields.Datetime.now()

    def later(self, **delta):
        """The clock goes on, also the transaction's, from which create dates are taken."""
        moment = fields.Datetime.now() + timedelta(**delta)
        clock = freeze_time(moment)
        clock.start()
        self.addCleanup(clock.stop)
        self.env.cr._now = moment
        return moment


@tagged("post_install", "-at_install")
class TestAgreement(AgreementCommon):
    # === CUSTOMERS WHO ARE MERGED === #

    def test_of_two_agreements_of_merged_customers_the_higher_one_holds_and_none_is_lost(self):
        """SLA-24: both were signed, both stay; a request is judged by the better one."""
        twin = self.env["res.partner"].create({"name": "Li Ming again", "email": "li@example.com"})
        vip, plain = self.signed(level="vip", partner_id=twin.id), self.signed(level="standard")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((twin | self.customer).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual((vip.partner_id, plain.partner_id), (self.customer, self.customer))
        self.assertEqual((vip.state, plain.state), ("active", "active"))
        ticket = self.ticket()
        self.assertEqual(ticket.agreement_id, vip)

    # === SIGNATURES === #

    def test_it_takes_effect_when_the_second_side_has_signed(self):
        """WARR-30: two representatives by name, the date of both, and in force from the later one."""
        agreement = self.draft(date_start=self.today - timedelta(days=30))
        agreement.action_offer()
        self.assertEqual(agreement.state, "offered")
        agreement.with_user(self.boss)._sign("company", "Wang Wei", DOT)
        self.assertEqual(agreement.state, "offered")
        agreement._sign("customer", "Li Ming", DOT, actor=lifecycle.CUSTOMER)
        self.assertRecordValues(
            agreement,
            [
                {
                    "state": "active",
                    "company_signed_by": "Wang Wei",
                    "customer_signed_by": "Li Ming",
                    "customer_signed_via": "portal",
                    "date_start": self.today,
                }
            ],
        )
        self.assertTrue(
            agreement.company_signed_at and agreement.customer_signed_at and agreement.concluded_at
        )

    def test_a_signature_needs_a_name_and_a_picture_and_is_given_once(self):
        agreement = self.draft()
        agreement.action_offer()
        with self.assertRaisesRegex(UserError, "name of whoever"):
            agreement._sign("company", " ", DOT)
        agreement._sign("company", "Wang Wei", DOT)
        with self.assertRaisesRegex(UserError, "signed already by Wang Wei"):
            agreement._sign("company", "Somebody else", DOT)
        self.assertEqual(agreement.company_signed_by, "Wang Wei")

    def test_agents_and_outsiders_sign_nothing(self):
        agreement = self.draft()
        agreement.action_offer()
        with self.assertRaises(AccessError):
            agreement.with_user(self.agent)._sign("company", "Agent", DOT)
        with self.assertRaises(AccessError):
            agreement.write({"state": "active"})
        with self.assertRaises(AccessError):
            agreement.write({"customer_signature": DOT})

    def test_taken_back_to_draft_the_signatures_go(self):
        """SLA-24: a signature was given to one text."""
        agreement = self.draft()
        agreement.action_offer()
        agreement._sign("company", "Wang Wei", DOT)
        agreement.action_withdraw()
        self.assertFalse(
            agreement.company_signature or agreement.company_signed_at or agreement.company_signed_by
        )

    def test_the_paper_signature_is_filed_by_a_manager(self):
        agreement = self.draft()
        agreement.action_offer()
        action = agreement.action_sign_customer()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"signature": DOT})
        )
        wizard.action_apply()
        self.assertEqual((agreement.customer_signed_via, agreement.customer_signed_by), ("paper", "Li Ming"))

    def test_the_printed_form_has_terms_and_both_signatures(self):
        """WARR-30, WARR-31: parties, representatives, dates; and the condition of normal use."""
        agreement = self.signed(around_the_clock=True, fee=100, compensates=True)
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("aftersales_service.aftersales_agreement_report", agreement.ids)[0]
            .decode()
        )
        self.assertIn("General Manager", html)
        self.assertEqual(html.count(f"data:image/png;base64,{DOT}"), 2)
        self.assertIn("7 × 24", html)
        self.assertIn("normal use", html)
        self.assertIn("Within", html)

    # === VERSIONS === #

    def test_what_was_offered_or_signed_is_not_edited(self):
        """SLA-24: a change of scope or times is a supplement; the lines are as fixed as the text."""
        agreement = self.signed()
        for vals in (
            {"level": "vip"},
            {"date_end": self.today},
            {"fee": 1},
            {"target_ids": [Command.clear()]},
        ):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "make a supplement"):
                agreement.write(vals)
        line = agreement.target_ids[0]
        with self.assertRaisesRegex(UserError, "make a supplement"):
            line.amount = 99
        with self.assertRaisesRegex(UserError, "make a supplement"):
            line.unlink()
        with self.assertRaisesRegex(UserError, "make a supplement"):
            self.env["aftersales.agreement.target"].with_user(self.manager).with_context(
                aftersales_history=True
            ).create({"agreement_id": agreement.id, "target": "restore", "amount": 1})
        with self.assertRaises(UserError):
            agreement.unlink()

    def test_a_supplement_signed_by_both_takes_the_place_of_the_version_before(self):
        """SLA-24, ARCHIVE-12: the chain is complete, in order, and says what changed."""
        first = self.signed(fee=100)
        action = first.action_supplement()
        second = first.browse(action["res_id"])
        self.assertEqual(second.target_ids.mapped("amount"), first.target_ids.mapped("amount"))
        with self.assertRaisesRegex(UserError, "Say why"):
            second.action_offer()
        second.change_reason = "More sites"
        with self.assertRaisesRegex(UserError, "same as the version before"):
            second.action_offer()
        second.fee = 150
        self.assertEqual(first.state, "active")
        self.sign(second)
        self.assertRecordValues(
            first + second,
            [
                {"state": "superseded", "version": 1, "name": first.name},
                {"state": "active", "version": 2, "name": first.name},
            ],
        )
        self.assertEqual(second.changes, "Fee: 100.0 → 150.0")
        third = first.browse(second.action_supplement()["res_id"])
        self.assertEqual(third.chain_ids.mapped("version"), [1, 2, 3])
        self.assertEqual((third.previous_id, third.first_id), (second, first))

    def test_a_second_click_opens_the_same_supplement(self):
        agreement = self.signed()
        once, twice = agreement.action_supplement(), agreement.action_supplement()
        self.assertEqual(once["res_id"], twice["res_id"])

    def test_the_version_in_force_when_the_request_came_in_judges_it(self):
        """SLA-24, ARCHIVE-12: also after the supplement, on the same day."""
        first = self.signed()
        before = self.ticket()
        self.later(minutes=30)
        second = first.browse(first.action_supplement()["res_id"])
        reply = second.target_ids.filtered(lambda line: line.target == "first_reply")
        reply.amount = 10
        second.change_reason = "Quicker"
        self.sign(second)
        self.later(minutes=1)
        after = self.ticket()
        before.category_id = self.env["aftersales.ticket.category"].create({"name": "New category"})
        self.assertEqual((before.agreement_id, after.agreement_id), (first, second))
        self.assertEqual(before.sla_targets["first_reply"]["amount"], 30)
        self.assertEqual(after.sla_targets["first_reply"]["amount"], 10)

    def test_a_supplement_for_later_leaves_the_present_version_in_force_until_then(self):
        first = self.signed()
        second = first.browse(first.action_supplement()["res_id"])
        second.write({"date_start": self.today + timedelta(days=10), "fee": 5, "change_reason": "Next month"})
        self.sign(second)
        self.assertEqual((first.state, self.ticket().agreement_id), ("active", first))
        self.later(days=10, hours=1)
        self.env["aftersales.agreement"]._cron_day()
        self.assertEqual((first.state, self.ticket().agreement_id), ("superseded", second))

    def test_the_table_may_change_a_signed_agreement_does_not(self):
        """SLA-24: the times of the level are part of what was signed."""
        agreement = self.signed()
        self.env["aftersales.sla.line"].search([("level", "=", "project")]).active = False
        ticket = self.ticket()
        self.assertEqual(ticket.agreement_id, agreement)
        self.assertEqual(ticket.sla_targets["resolve"]["amount"], 4)
        self.assertIn("SLA-AGREED", str(ticket.why))

    def test_the_company_may_end_its_commitment_with_the_reason(self):
        """WARR-29: new requests fall under the general terms, earlier ones keep what they were promised."""
        agreement = self.signed()
        before = self.ticket()
        with self.assertRaises(AccessError):
            agreement.with_user(self.supervisor).action_terminate("company", "No")
        action = agreement.with_user(self.boss).action_terminate()
        self.assertEqual(action["res_model"], "aftersales.agreement.end")
        wizard = (
            self.env[action["res_model"]].with_user(self.boss).with_context(**action["context"]).create({})
        )
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_apply()
        self.later(minutes=1)
        wizard.reason = "The plant is closed"
        wizard.action_apply()
        self.later(minutes=1)
        after = self.ticket()
        before.description = "More words"
        before.urgency = "urgent"
        self.assertEqual((agreement.state, agreement.end_reason), ("terminated", "The plant is closed"))
        self.assertIn("The plant is closed", str(agreement.message_ids.mapped("body")))
        self.assertFalse(after.agreement_id)
        self.assertEqual(before.sla_targets["first_reply"]["amount"], 30)

    def test_after_its_last_day_it_ends_by_itself(self):
        agreement = self.signed(date_end=self.today + timedelta(days=5))
        self.later(days=7)
        self.assertFalse(self.ticket().agreement_id)
        self.env["aftersales.agreement"]._cron_day()
        self.env["aftersales.agreement"]._cron_day()
        self.assertEqual(agreement.state, "ended")

    # === TERMS === #

    def test_times_of_a_project_around_the_clock(self):
        """SLA-12, SLA-13, SLA-14, SLA-15, SLA-17: 30 minutes, 2, 2, 4 hours, emergency after 4."""
        self.signed(acceptance_date=self.today - timedelta(days=10))
        rows = self.deadlines(self.ticket())
        seconds = {kind: row.target_seconds for kind, row in rows.items()}
        self.assertEqual(seconds["first_reply"], 30 * 60)
        self.assertEqual((seconds["on_site"], seconds["restore"]), (2 * 3600, 2 * 3600))
        self.assertEqual((seconds["resolve"], seconds["emergency"]), (4 * 3600, 4 * 3600))
        self.assertFalse(rows["emergency"].calendar_id)
        self.assertEqual(seconds["diagnosis"], 2 * 3600)  # SLA-16

    def test_phases_follow_from_trial_run_and_acceptance(self):
        """SLA-16, SLA-18, WARR-14: trial run, three years of warranty from the acceptance, then after it."""
        agreement = self.draft(acceptance_date="2026-03-01", trial_end="2026-02-28")
        self.assertEqual(fields.Date.to_string(agreement.warranty_end), "2029-02-28")
        days = ("2026-02-28", "2026-03-01", "2029-02-28", "2029-03-01")
        phases = [agreement._phase_on(fields.Date.to_date(day)) for day in days]
        self.assertEqual(phases, ["trial", "warranty", "warranty", "after"])

    def test_support_around_the_clock_goes_on_after_the_warranty(self):
        """SLA-19, SLA-20: no closing time, also for what otherwise counts in working hours."""
        self.team.calendar_id = self.closed_now()
        self.signed(around_the_clock=True, acceptance_date=self.today - timedelta(days=1200))
        ticket = self.ticket(service_type="consultation")
        self.assertEqual(ticket._phase(), "after")
        rows = self.deadlines(ticket)
        self.assertEqual(set(rows["assign"].mapped("calendar_id.name")), set())
        self.assertLess(rows["assign"].due_at, fields.Datetime.now() + timedelta(hours=3))

    def test_resident_service_is_a_year_and_at_least_one_person(self):
        """SLA-21: with a list and a task before it ends."""
        with self.assertRaisesRegex(ValidationError, "at least one person"):
            self.draft(has_resident=True, resident_people=0)
        agreement = self.signed(has_resident=True, acceptance_date=self.today)
        self.assertEqual(agreement.resident_until, fields.Date.add(self.today, years=1) - timedelta(days=1))
        self.assertFalse(agreement.is_ending)
        self.later(days=330)
        self.assertIn(agreement, self.env["aftersales.agreement"].search([("is_ending", "=", True)]))
        self.env["aftersales.agreement"]._cron_day()
        self.env["aftersales.agreement"]._cron_day()
        self.assertEqual(len(agreement.activity_ids), 1)
        self.assertEqual(agreement.activity_ids.user_id, self.manager)

    def test_it_covers_the_goods_it_names(self):
        """SLA-22: other goods fall under the general terms; unknown ones under it until they are told."""
        other = self.env["product.product"].create({"name": "Toaster"})
        agreement = self.signed(product_ids=[Command.set(self.product.ids)])
        self.assertFalse(self.ticket(product_id=other.id).agreement_id)
        ticket = self.ticket()
        self.assertEqual(ticket.agreement_id, agreement)
        ticket.product_id = other
        self.assertFalse(ticket.agreement_id)
        self.assertNotIn("on_site", ticket.sla_targets)

    def test_what_the_customer_has_caused_is_not_owed(self):
        """WARR-31: once the cause is known the general terms apply, and repair is charged."""
        self.signed()
        ticket = self.ticket()
        self.assertIn("on_site", ticket.sla_targets)
        ticket.cause_id = self.env["aftersales.cause"].create(
            {"name": "Misuse", "code": "misuse_x", "fault_party": "customer"}
        )
        self.assertNotIn("on_site", ticket.sla_targets)
        self.assertEqual(self.deadlines(ticket)["on_site"].state, "cancelled")
        ticket.action_check_agreement()
        self.assertEqual(ticket.agreement_scope, "outside")

    # === ON SITE === #

    def test_the_customers_time_is_promised_where_it_is_earlier(self):
        """SLA-11, CON-34: earlier than the agreement it counts, later it does not."""
        self.signed()
        ticket = self.ticket()
        due = self.deadlines(ticket)["on_site"].due_at
        ticket.requested_on_site_at = due + timedelta(hours=3)
        self.assertEqual(self.deadlines(ticket)["on_site"].due_at, due)
        wanted = due - timedelta(hours=1)
        ticket.requested_on_site_at = wanted
        self.assertAlmostEqual(self.deadlines(ticket)["on_site"].due_at, wanted, delta=timedelta(minutes=1))

    def test_without_an_agreement_the_customers_time_is_the_promise(self):
        """SLA-11: given with the request or later; taken back it is promised no more."""
        wanted = fields.Datetime.now() + timedelta(hours=5)
        ticket = self.ticket(requested_on_site_at=wanted)
        self.assertAlmostEqual(self.deadlines(ticket)["on_site"].due_at, wanted, delta=timedelta(minutes=1))
        later = self.ticket()
        self.assertNotIn("on_site", self.deadlines(later))
        later.requested_on_site_at = wanted
        self.assertEqual(self.deadlines(later)["on_site"].state, "running")
        later.requested_on_site_at = False
        self.assertEqual(self.deadlines(later)["on_site"].state, "cancelled")

    def test_many_wishes_are_held_against_the_promise_with_one_look_at_the_calendar(self):
        """SLA-11; cost: working time is counted once a calendar, however many tickets come in."""
        self.signed()
        ledger = type(self.env["aftersales.deadline"])
        count, looks = ledger._working_time, []

        def counted(rows, calendar, start, stop):
            looks.append(calendar)
            return count(rows, calendar, start, stop)

        def looked(number):
            looks.clear()
            wish = {"requested_on_site_at": fields.Datetime.now() + timedelta(minutes=30)}
            values = {"service_type": "repair", "partner_id": self.customer.id, "team_id": self.team.id}
            with patch.object(ledger, "_working_time", counted):
                tickets = self.env["aftersales.ticket"].create([{**values, **wish}] * number)
            for ticket in tickets:
                self.assertIn("on_site", self.deadlines(ticket))
            return len(looks)

        self.assertEqual(looked(6), looked(2))

    def test_a_time_before_the_request_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "before the request"):
            self.ticket(requested_on_site_at=fields.Datetime.now() - timedelta(hours=1))

    # === SCOPE === #

    def test_legal_clarifies_what_the_agreement_does_not_say(self):
        """SLA-22: held against the clauses, asked with the reason, answered, and the answer kept."""
        self.signed(level="vip")
        ticket = self.ticket()
        ticket.action_check_agreement()
        self.assertEqual(ticket.agreement_scope, "unclear")
        with self.assertRaisesRegex(UserError, "who answers for legal"):
            ticket.action_ask_legal(reason="Moved to another site")
        lawyer = self.user("agent", "lawyer")
        self.company.aftersales_legal_user_id = lawyer
        ticket.action_ask_legal(reason="Moved to another site")
        task = ticket.activity_ids.filtered(lambda activity: activity.user_id == lawyer)
        self.assertIn("Moved to another site", task.note)
        with self.assertRaises(AccessError):
            ticket.action_settle_scope("within", "Clause 4 names every site")
        wizard = (
            self.env["aftersales.ticket.legal"]
            .with_user(self.supervisor)
            .create(
                {
                    "ticket_ids": ticket.ids,
                    "step": "answer",
                    "scope": "within",
                    "reason": "Clause 4 names every site",
                }
            )
        )
        wizard.action_apply()
        self.assertEqual(ticket.agreement_scope, "within")
        self.assertIn("Clause 4 names every site", str(ticket.why))

    def test_within_the_agreement_nobody_needs_to_ask(self):
        """SLA-22."""
        self.signed()
        ticket = self.ticket()
        ticket.action_check_agreement()
        self.assertEqual(ticket.agreement_scope, "within")

    # === LIVE TALK === #

    def down(self):
        failure = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        return {"urgency": "urgent", "impact": "global", "category_id": failure.id}

    def test_an_emergency_opens_a_room_and_the_receipt_has_the_link(self):
        """SLA-02: at the same time as the alarm, for the team and for the customer, once."""
        self.team.is_emergency = True
        ticket = self.ticket(**self.down())
        self.assertEqual(ticket.priority, "p0")
        channel = ticket.sudo().live_channel_id
        self.assertLessEqual(self.supervisor.partner_id, channel.channel_member_ids.partner_id)
        self.assertIn(channel.uuid, ticket.live_url)
        mails = (
            self.env["mail.mail"].sudo().search([("res_id", "=", ticket.id), ("model", "=", ticket._name)])
        )
        to_customer = mails.filtered(lambda mail: "li.ming" in (mail.email_to or ""))
        self.assertEqual(len(to_customer.filtered(lambda mail: channel.uuid in mail.body_html)), 1)
        ticket.urgency = "urgent"
        self.assertEqual(ticket.sudo().live_channel_id, channel)
        ticket.action_cancel(reason="False alarm")
        self.assertFalse(ticket.live_url)

    def test_a_mail_that_turns_out_an_emergency_gets_its_link_by_itself(self):
        """SLA-02."""
        ticket = self.ticket()
        self.assertFalse(ticket.live_url)
        ticket.write(self.down())
        mails = (
            self.env["mail.mail"].sudo().search([("res_id", "=", ticket.id), ("model", "=", ticket._name)])
        )
        uuid = ticket.sudo().live_channel_id.uuid
        self.assertEqual(len(mails.filtered(lambda mail: uuid in (mail.body_html or ""))), 1)

    # === RIGHTS === #

    def test_only_managers_write_agreements(self):
        with self.assertRaises(AccessError):
            self.env["aftersales.agreement"].with_user(self.supervisor).create(
                {"partner_id": self.customer.id}
            )
        agreement = self.signed()
        self.assertEqual(agreement.with_user(self.agent).level, "project")

    def test_the_partner_leads_to_the_agreements(self):
        agreement = self.signed()
        contact = self.env["res.partner"].create({"name": "Li Lei", "parent_id": self.customer.id})
        self.assertEqual(contact.with_user(self.agent).aftersales_agreement_count, 1)
        self.assertEqual(
            self.env["aftersales.agreement"].search(contact.action_aftersales_agreements()["domain"]),
            agreement,
        )


@tagged("post_install", "-at_install")
class TestAgreementPortal(HttpCase, AgreementCommon):
    def post_signature(self, agreement, token, **params):
        url = f"/my/agreements/{agreement.id}/sign?access_token={token}"
        data = {"jsonrpc": "2.0", "params": {"name": "Li Ming", "signature": DOT, **params}}
        answer = self.url_open(url, data=json.dumps(data), headers={"Content-Type": "application/json"})
        return answer.json()["result"]

    def test_the_customer_signs_by_the_link_of_the_mail(self):
        """SLA-24, WARR-30: without a login, once, and only this one agreement."""
        agreement = self.draft(fee=100, compensates=True)
        agreement.action_offer()
        agreement._sign("company", "Wang Wei", DOT)
        page = self.url_open(agreement.get_portal_url()).text
        self.assertIn("portal.signature_form", page)
        self.assertIn("error", self.post_signature(agreement, "wrong"))
        self.assertEqual(agreement.state, "offered")
        self.assertIn("error", self.post_signature(agreement, agreement.access_token, name=" "))
        self.assertIn("redirect_url", self.post_signature(agreement, agreement.access_token))
        agreement.invalidate_recordset()
        self.assertEqual((agreement.state, agreement.customer_signed_by), ("active", "Li Ming"))
        self.assertEqual(base64.b64decode(agreement.customer_signature)[:4], b"\x89PNG")
        self.assertIn("error", self.post_signature(agreement, agreement.access_token))
        self.assertNotIn("portal.signature_form", self.url_open(agreement.get_portal_url()).text)

    def test_customers_see_what_was_offered_to_them_and_nothing_else(self):
        """ARCHIVE-12: also the versions of the past."""
        portal = new_test_user(self.env, "as_li", "base.group_portal", email="li@example.com")
        portal.partner_id.parent_id = self.customer
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        mine, theirs = self.signed(), self.signed(partner_id=stranger.id)
        hidden = self.draft()
        self.assertEqual(self.env["aftersales.agreement"].with_user(portal).search([]), mine)
        self.authenticate("as_li", "as_li")
        page = self.url_open("/my/agreements").text
        self.assertIn(mine.name, page)
        self.assertNotIn(theirs.name, page)
        self.assertNotIn(hidden.name, page)
        self.assertIn("in force", self.url_open(f"/my/agreements/{mine.id}").text)
        self.assertTrue(self.url_open(f"/my/agreements/{theirs.id}").url.endswith("/my"))
