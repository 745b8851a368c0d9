from odoo.tests import HttpCase, tagged

from .common import AftersalesReturnsCommon
from .test_station_kit import StationKitCommon


@tagged("-at_install", "post_install", "aftersales_tour", "-standard")
class TestStationTour(AftersalesReturnsCommon, HttpCase):
    """The inspection station as the warehouse uses it: a scanner and a few keys."""

    def test_a_parcel_is_received_and_inspected_by_scans_only(self):
        """RS-4, RS-5, INSPECT-02, INSPECT-04, INSPECT-06: one camera is taken back, one is turned down."""
        rma = self.sent_back(self.sell(quantity=2, lots=self.lots("TOUR-SN-1", "TOUR-SN-2")))
        rma.sudo().tracking_ref = "TOUR-TRACKING"
        self.lots("TOUR-SN-9")
        self.start_tour("/odoo/returns-station", "aftersales_station", login=self.inspector.login)
        self.assertEqual(rma.state, "to_refund")
        self.assertEqual(rma.line_ids.mapped("disposition"), ["restock", "return_to_customer"])
        self.assertEqual(rma.inspection_ids.mapped("grade"), ["b", "c"])
        self.assertEqual(rma.inspection_ids.mapped("serial_matches"), ["yes", "yes"])

    def test_what_else_happens_at_the_station_needs_no_mouse(self):
        """INSPECT-04, INSPECT-06: too many, undo, laid aside, cut line, split, photo; each counts once."""
        self.cable.barcode = "TEST-CABLE"
        rma, other = (self.sent_back(self.sell(self.cable, quantity)) for quantity in (3, 1))
        rma.sudo().tracking_ref = "TOUR-KEYS"
        other.sudo().tracking_ref = "TOUR-OTHER"
        self.start_tour("/odoo/returns-station", "aftersales_station_keys", login=self.inspector.login)
        self.assertEqual((rma.state, other.state), ("to_refund", "in_transit"))
        graded = {found.grade: found.line_id.received_qty for found in rma.inspection_ids}
        self.assertEqual(graded, {"a": 2, "d": 1})
        broken = rma.inspection_ids.filtered(lambda found: found.grade == "d")
        photos = self.env["ir.attachment"].search(
            [("res_model", "=", broken._name), ("res_id", "in", rma.inspection_ids.ids)]
        )
        self.assertEqual(photos.mapped("res_id"), broken.ids)


@tagged("-at_install", "post_install", "aftersales_tour", "-standard")
class TestStationKitTour(StationKitCommon, HttpCase):
    """A kit on the screen of the station."""

    def test_a_kit_is_received_and_inspected_by_its_parts(self):
        """RMA-10, INSPECT-04: an incomplete desk is received, told, and turned down as a whole."""
        rma = self.on_its_way(self.sold())
        rma.sudo().tracking_ref = "TOUR-KIT"
        self.start_tour("/odoo/returns-station", "aftersales_station_kit", login=self.inspector.login)
        self.assertEqual((rma.state, rma.line_ids.missing_parts), ("inspected", "1 Leg"))
        self.assertEqual(rma.line_ids.disposition, "return_to_customer")
