from odoo.tests import HttpCase, tagged

from .test_trips import TripCommon


@tagged("-at_install", "post_install", "aftersales_tour", "-standard")
class TestEngineerTour(TripCommon, HttpCase):
    """What an engineer clicks on the way, with their own login and group."""

    def planned(self):
        self.customer.name = "Tour Customer"
        visit = self.visit()
        visit.action_confirm()
        return visit

    def assert_finished(self, visit):
        self.assertEqual((visit.state, visit.feedback_result), ("done", "solved"))
        self.assertTrue(visit.departed_at and visit.returned_at and visit.handed_in_at and visit.signature)
        self.assertEqual(visit.last_report, "On the motorway")
        self.assertEqual(visit.signature_state, "intact")

    def test_the_engineer_goes_works_and_hands_the_form_in(self):
        """DISP-15, DISP-17, DISP-22, DISP-26: from one's own visits to the feedback form."""
        visit = self.planned()
        self.start_tour("/odoo/my-visits", "aftersales_engineer", login=self.engineer.login, timeout=180)
        self.assert_finished(visit)
