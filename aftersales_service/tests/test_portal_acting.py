import re

from odoo.tests import HttpCase, new_test_user, tagged

from .common import AftersalesServiceCommon
from .test_agreement import TestAgreementPortal


@tagged("post_install", "-at_install")
class TestActingAsTheCustomer(AftersalesServiceCommon, HttpCase):
    """Colleagues look at the customer's page; the customer's word stays the customer's."""

    def answer(self, url, answer, **values):
        token = re.search(r'csrf_token: "([^"]+)"', self.url_open(url).text)
        path, _query, _rest = url.partition("?")
        return self.url_open(f"{path}/{answer}", data={"csrf_token": token.group(1), **values})

    def test_a_colleague_reads_the_page_and_answers_nothing(self):
        """PROG-06: the result is confirmed by the customer, not by whoever may read the ticket."""
        ticket = self.solved()
        new_test_user(self.env, "as_reader", "base.group_user,aftersales_service.group_accountant")
        self.authenticate("as_reader", "as_reader")
        for url in (f"/my/tickets/{ticket.id}", ticket.get_portal_url()):
            page = self.url_open(url).text
            self.assertIn(ticket.name, page)
            self.assertNotIn("Yes, it is solved", page)
            self.assertNotIn("ticket_withdraw", page)
            for answer in ("close", "reopen", "cancel"):
                self.answer(url, answer, reason="?", access_token=ticket.access_token)
        self.assertEqual(ticket.state, "resolved")

    def test_whoever_holds_the_link_of_the_mail_answers(self):
        """PROG-06: without a login."""
        ticket = self.solved()
        self.answer(ticket.get_portal_url(), "close", access_token=ticket.access_token)
        self.assertEqual(ticket.state, "closed")

    def test_what_a_form_cannot_keep_is_left_out(self):
        """INTAKE-04: a NUL in a text loses no request."""
        user = new_test_user(self.env, "as_nul", "base.group_portal", email="nul@example.com")
        self.authenticate("as_nul", "as_nul")
        page = self.url_open("/my/tickets/new").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        values = {
            "service_type": "repair",
            "title": "No\x00 cold",
            "description": "Warm\x00",
            "csrf_token": token,
        }
        self.assertEqual(self.url_open("/my/tickets/new", data=values).status_code, 200)
        ticket = self.env["aftersales.ticket"].search([("partner_id", "=", user.partner_id.id)])
        self.assertEqual((ticket.title, ticket.description), ("No cold", "Warm"))


@tagged("post_install", "-at_install")
class TestSigningForTheCustomer(TestAgreementPortal):
    allow_inherited_tests_method = False

    def test_a_colleague_does_not_sign_for_the_customer(self):
        """SLA-24, WARR-30: both sides sign, each its own."""
        agreement = self.draft(fee=100)
        agreement.action_offer()
        new_test_user(self.env, "as_signer", "base.group_user,aftersales_service.group_agent")
        self.authenticate("as_signer", "as_signer")
        self.assertNotIn("portal.signature_form", self.url_open(f"/my/agreements/{agreement.id}").text)
        self.assertIn("error", self.post_signature(agreement, agreement.access_token or ""))
        self.assertFalse(agreement.customer_signed_at)
