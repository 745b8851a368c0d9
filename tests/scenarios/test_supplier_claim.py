"""A screen that Acme has sold us broken: the customer has his money, and Acme makes it good within a month.

bought     one screen at 2,010.00, billed
refunded   screen 2,415.00 + delivery 23.00 + the customer's freight 18.00 = 2,456.00
claimed    one screen with its signed sheet; a credit of 2,010.00, or a good screen for it
"""

from unittest.mock import patch

from returns_case import COST, FEE, SCREEN, ReturnsCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestSupplierClaim(ReturnsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.company
        company.aftersales_quality_user_id = cls.sale.people["inspector"]
        company.aftersales_purchasing_user_id = cls.sale.people["buyer"]
        sheet = patch.object(
            type(cls.env["ir.actions.report"]),
            "_render_qweb_pdf",
            lambda *args, **kwargs: (b"%PDF-1.4 the signed sheet", "pdf"),
        )
        cls.startClassPatcher(sheet)

    @classmethod
    def a_screen_is_in_stock(cls):
        """Bought, received and billed, so that its serial number tells the supplier."""
        story = cls.sale
        story.bought = story.stock_arrives(f"{COST:.2f}", "SCR-1")
        story.serial = cls.env["stock.lot"].search(
            [("name", "=", "SCR-1"), ("product_id", "=", story.screen.id)]
        )
        place = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.quarantine = place.aftersales_quarantine_id

    # === WORDS === #

    def it_comes_back_broken(self):
        """Received on Wednesday, and looked at: the supplier's warranty has not run out."""
        rma = self.sent_back("quality", return_freight=18.00)
        self.at("2031-03-05 08:00")
        self.the_parcel_is_received()
        return rma

    def quality_finds_the_part_at_fault(self, liability="own_quality"):
        """The sheet that customer service opens, and the quality inspector signs."""
        story = self.story
        story._as("agent", story.rma).action_assess()
        story.sheet = story.rma.ticket_id.sudo().assessment_ids
        sheet = story._as("agent", story.sheet)
        sheet.write({"origin": "purchased", "preliminary": "own_quality"})
        sheet.quality_user_id = story.people["inspector"]
        sheet.action_submit()
        theirs = story._as("inspector", story.sheet)
        theirs.write({"opinion": "The power supply is burnt", "liability": liability})
        theirs.action_sign()

    def acme_is_notified(self):
        story = self.story
        story.claim = self.env["aftersales.supplier.claim"].browse(
            story._as("agent", story.sheet).action_claim_supplier()["res_id"]
        )
        story._as("agent", story.claim).action_notify()
        return story.claim

    # === TOLD === #

    def test_the_screen_goes_back_to_acme_and_its_price_comes_back(self):
        """QUAL-07, SUPPLIER-01, -02, -03: sheet, claim, a month, credit; the customer waits for none."""
        story, rma = self.story, self.it_comes_back_broken()
        self.quality_finds_the_part_at_fault()
        self.assertTrue(story.sheet.material_scrap)
        self.assert_serial_is(self.quarantine.complete_name, story.customer.name)
        claim = self.acme_is_notified()
        self.assertRecordValues(
            claim,
            [
                {
                    "partner_id": story.bought.partner_id.id,
                    "purchase_line_id": story.bought.order_line.id,
                    "lot_id": story.serial.id,
                    "quantity": 1,
                    "state": "notified",
                    "user_id": story.people["buyer"].id,
                }
            ],
        )
        self.assertEqual(self.env.company._aftersales_day(claim.next_due_at).isoformat(), "2031-04-05")
        self.the_warehouse_finds("d", fault_found="yes", vendor_warranty=True)
        self.assertEqual(rma.line_ids.disposition, "return_to_vendor")
        refund = self.the_money_goes_back()
        self.assertEqual((refund.payout, rma.state), (SCREEN + FEE + 18.00, "done"))
        self.the_screen_leaves_for_acme()
        with self.assertRaises(AccessError):
            story._as("agent", claim).action_credit()
        story._as("supervisor", claim).action_credit()
        note = claim.credit_note_id
        self.assertEqual((note.move_type, note.state, note.amount_untaxed), ("in_refund", "draft", COST))
        self.assertEqual((claim.state, claim.deadline_ids.state), ("credited", "met"))

    def the_screen_leaves_for_acme(self):
        """Ours since it was accepted, in quarantine until the storekeeper hands it over."""
        story = self.story
        self.assert_serial_is(self.quarantine.complete_name)
        back = story.rma.sudo().picking_ids.filtered(
            lambda picking: picking.location_dest_id.usage == "supplier"
        )
        self.assertEqual(back.partner_id, story.bought.partner_id)
        story._validate(story._as("storekeeper", back))
        self.assert_where(story.serial)
        self.assertEqual(story.bought.order_line.qty_received, 0)

    def test_or_a_good_screen_comes_for_it(self):
        """SUPPLIER-03: in the quantity that was claimed; received, the claim is settled."""
        story = self.story
        self.it_comes_back_broken()
        self.quality_finds_the_part_at_fault()
        claim = self.acme_is_notified()
        story._as("agent", claim).action_replace()
        receipt = story._as("storekeeper", claim.picking_id)
        story._note_serials(receipt, ["SCR-3"])
        story._validate(receipt)
        self.assertEqual((claim.state, claim.deadline_ids.state), ("replaced", "met"))
        self.env.invalidate_all()
        self.assertEqual(story.screen.qty_available, 1)

    def test_a_month_without_an_answer_is_the_buyers_task(self):
        """SUPPLIER-02: until the end of the last day; then purchasing is told."""
        story = self.story
        self.it_comes_back_broken()
        self.quality_finds_the_part_at_fault()
        claim = self.acme_is_notified()
        self.until("2031-04-05 12:00")
        self.assertEqual(claim.deadline_ids.state, "running")
        self.until("2031-04-07 08:00")
        self.assertEqual((claim.deadline_ids.state, claim.state), ("missed", "notified"))
        self.assertIn(story.people["buyer"], claim.activity_ids.user_id)

    def test_what_the_customer_broke_is_not_claimed(self):
        """SUPPLIER-01: the sheet finds him at fault, so Acme never hears of it."""
        story = self.story
        self.it_comes_back_broken()
        self.quality_finds_the_part_at_fault("customer")
        self.assertFalse(story.sheet.material_scrap)
        with self.assertRaisesRegex(UserError, "does not find a purchased part at fault"):
            self.acme_is_notified()
        self.assertFalse(self.env["aftersales.supplier.claim"].search([("lot_id", "=", story.serial.id)]))
