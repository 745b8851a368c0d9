from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import pressed
from .test_evidence import EvidenceCommon


@tagged("-at_install", "post_install")
class TestSupplierClaim(EvidenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality_user = cls.user("aftersales_service.group_inspector", "quality")
        cls.purchaser = cls.user("purchase.group_purchase_user", "purchaser")
        cls.company.aftersales_quality_user_id = cls.quality_user
        cls.company.aftersales_purchasing_user_id = cls.purchaser
        cls.vendor = cls.env["res.partner"].create({"name": "Valve works", "email": "valve@example.com"})
        cls.old_vendor = cls.env["res.partner"].create({"name": "Old works", "email": "old@example.com"})
        pdf = patch.object(
            type(cls.env["ir.actions.report"]),
            "_render_qweb_pdf",
            lambda *a, **kw: (b"%PDF-1.4 sheet", "pdf"),
        )
        cls.startClassPatcher(pdf)

    def bought(self, vendor=None, product=None, lot=None, price=7.5):
        order = self.env["purchase.order"].create(
            {
                "partner_id": (vendor or self.vendor).id,
                "order_line": [
                    Command.create(
                        {"product_id": (product or self.cable).id, "product_qty": 1, "price_unit": price}
                    )
                ],
            }
        )
        order.button_confirm()
        if lot:
            move = order.picking_ids.move_ids
            move.lot_ids = lot
            move.picked = True
            order.picking_ids.button_validate()
        return order

    def signed(self, product=None, lot=None, quantity=2, liability="own_quality", origin="purchased"):
        sheet = self.env["aftersales.assessment"].with_user(self.agent).create(
            {
                "product_id": (product or self.cable).id,
                "lot_id": lot.id if lot else False,
                "quantity": quantity,
                "partner_id": self.customer.id,
                "origin": origin,
                "fault": "Broken",
                "preliminary": "own_quality",
                "quality_user_id": self.quality_user.id,
            }
        )  # fmt: skip
        sheet.action_submit()
        theirs = sheet.with_user(self.quality_user)
        theirs.write({"opinion": "The core is broken", "liability": liability})
        theirs.action_sign()
        return sheet

    def claim(self, **kw):
        action = self.signed(**kw).action_claim_supplier()
        return self.env["aftersales.supplier.claim"].with_user(self.agent).browse(action["res_id"])

    def notified(self, **kw):
        self.bought()
        claim = self.claim(**kw)
        claim.action_notify()
        return claim

    # === WHO === #

    def test_a_bad_purchased_part_is_material_scrap_and_claimed_from_its_last_supplier(self):
        """SUPPLIER-01, SUPPLIER-04."""
        self.bought(self.old_vendor)
        line = self.bought().order_line
        claim = self.claim()
        self.assertTrue(claim.assessment_id.material_scrap)
        self.assertRecordValues(
            claim.sudo(),
            [{"partner_id": self.vendor.id, "purchase_line_id": line.id, "quantity": 2, "state": "draft"}],
        )

    def test_the_serial_number_tells_the_supplier_better_than_the_last_purchase(self):
        """SUPPLIER-04."""
        lot = self.env["stock.lot"].create({"name": "LENS-1", "product_id": self.camera.id})
        self.bought(self.old_vendor, self.camera, lot)
        self.bought(self.vendor, self.camera)
        claim = self.claim(product=self.camera, lot=lot, quantity=1)
        self.assertEqual(claim.partner_id, self.old_vendor)

    def test_asked_twice_there_is_one_claim(self):
        self.bought()
        sheet = self.signed()
        first = sheet.action_claim_supplier()["res_id"]
        self.assertEqual(sheet.action_claim_supplier()["res_id"], first)

    def test_claims_are_sent_from_the_list(self):
        """SUPPLIER-02, design 4.5."""
        self.bought()
        claim, told_before = self.claim(), self.notified()
        action = self.env.ref("aftersales_returns.aftersales_supplier_claim_batch_notify")
        told = pressed(action, self.agent, claim | told_before)["params"]["message"]
        self.assertEqual((claim.state, told_before.state), ("notified", "notified"))
        self.assertIn("1 of 2 done", told)

    def test_the_supplier_gets_signed_sheets_of_his_own_faults_only(self):
        """SUPPLIER-02."""
        self.bought()
        sheet = self.signed(liability="customer")
        claim = self.env["aftersales.supplier.claim"].with_user(self.agent).create(
            {"assessment_id": sheet.id, "partner_id": self.vendor.id}
        )  # fmt: skip
        with self.assertRaisesRegex(UserError, "is not signed"):
            claim.action_notify()
        self.assertEqual(claim.state, "draft")

    def test_a_sheet_that_finds_others_at_fault_starts_no_claim(self):
        """SUPPLIER-01: said at once, not only when the supplier is to be told."""
        self.bought()
        sheet = self.signed(liability="customer")
        with self.assertRaisesRegex(UserError, "nothing to claim from a supplier"):
            sheet.action_claim_supplier()
        self.assertFalse(sheet.sudo().supplier_claim_ids)

    # === WHEN === #

    def test_notified_with_the_sheet_he_has_one_month(self):
        """SUPPLIER-02."""
        claim = self.notified()
        message = claim.message_ids.filtered("attachment_ids")
        self.assertIn(self.vendor, message.notified_partner_ids)
        self.assertIn("The core is broken", message.body)
        self.assertEqual(message.attachment_ids.mapped("mimetype"), ["application/pdf"])
        due = self.company._aftersales_day(claim.next_due_at)
        today = self.company._aftersales_today()
        self.assertEqual((due.year * 12 + due.month) - (today.year * 12 + today.month), 1)

    def test_what_he_has_promised_himself_governs(self):
        """SUPPLIER-05."""
        self.vendor.aftersales_claim_days = 10
        claim = self.notified()
        due = self.company._aftersales_day(claim.next_due_at)
        self.assertEqual(due, self.company._aftersales_today() + timedelta(days=10))
        self.assertIn("10", claim.terms)

    def test_a_month_without_an_answer_is_purchasings_task(self):
        """SUPPLIER-02."""
        claim = self.notified()
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=40))
        self.assertEqual(claim.sudo().deadline_ids.state, "missed")
        self.assertIn(self.purchaser, claim.sudo().activity_ids.user_id)

    # === MADE GOOD === #

    def test_good_parts_come_in_the_quantity_that_was_claimed(self):
        """SUPPLIER-03: part of it does not settle the claim."""
        claim = self.notified(quantity=3)
        claim.action_replace()
        receipt = claim.sudo().picking_id
        self.assertEqual((receipt.partner_id, receipt.move_ids.product_uom_qty), (self.vendor, 3))
        receipt.move_ids.quantity = 2
        self.validate(receipt)
        self.assertEqual(claim.state, "replacing")
        self.validate(receipt.backorder_ids)
        self.assertEqual((claim.state, claim.sudo().deadline_ids.state), ("replaced", "met"))

    def test_a_credit_is_drafted_at_the_price_that_was_paid(self):
        """SUPPLIER-03: or money instead; finance posts it."""
        claim = self.notified()
        claim.with_user(self.supervisor).action_credit()
        note = claim.sudo().credit_note_id
        self.assertEqual((note.move_type, note.state, note.partner_id), ("in_refund", "draft", self.vendor))
        self.assertEqual((note.invoice_line_ids.quantity, note.invoice_line_ids.price_unit), (2, 7.5))

    def test_the_draft_behind_a_credited_claim_stays(self):
        """SUPPLIER-03: neither deleted nor cancelled, else the claim is made good with nothing."""
        claim = self.notified()
        claim.with_user(self.supervisor).action_credit()
        note = claim.sudo().credit_note_id.with_user(self.accountant)
        for undo in (note.unlink, note.button_cancel):
            with self.assertRaisesRegex(UserError, f"makes good the claim {claim.name}"):
                undo()
        self.assertEqual((claim.sudo().credit_note_id, note.state), (note, "draft"))

    def test_any_other_credit_note_of_the_supplier_may_go(self):
        claim = self.notified()
        claim.with_user(self.supervisor).action_credit()
        other = claim.sudo().credit_note_id.copy()
        other.with_user(self.accountant).button_cancel()
        self.assertEqual(other.state, "cancel")
        other.with_user(self.accountant).unlink()
        self.assertFalse(other.exists())

    def test_a_credit_is_at_the_price_of_a_piece_whatever_it_was_bought_by(self):
        """SUPPLIER-03: a dozen at 120.00 less half is 5.00 a piece."""
        line = self.bought(price=120.0).order_line
        line.write(
            {"product_uom_id": self.env.ref("uom.product_uom_dozen").id, "discount": 50, "price_unit": 120}
        )
        claim = self.claim()
        claim.action_notify()
        claim.with_user(self.supervisor).action_credit()
        self.assertEqual(claim.sudo().credit_note_id.amount_untaxed, 10.0)
        self.assertEqual((claim.amount, claim.currency_id), (10.0, line.currency_id))

    def test_without_a_purchase_it_is_worth_what_the_item_costs(self):
        """SUPPLIER-03: customer service sees what is claimed, without rights on purchases."""
        self.cable.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        claim = self.claim()
        self.assertFalse(claim.sudo().purchase_line_id)
        self.assertEqual(claim.amount, 2 * self.cable.standard_price)

    def camera_that_goes_back(self):
        """(its purchase, its serial number, its way back): billed, sold, and found defective."""
        lot = self.env["stock.lot"].create({"name": "LENS-3", "product_id": self.camera.id})
        purchase = self.bought(product=self.camera, lot=lot)
        purchase.action_create_invoice()
        rma = self.received(self.sell(lots=lot))
        rma.with_user(self.inspector).inspection_ids.write(
            {"grade": "d", "fault_found": "yes", "vendor_warranty": True}
        )
        rma.with_user(self.inspector).action_complete_inspection()
        return (
            purchase,
            lot,
            rma.sudo().picking_ids.filtered(lambda p: p.location_dest_id.usage == "supplier"),
        )

    def test_what_goes_back_to_the_supplier_is_credited_once(self):
        """SUPPLIER-03: the claim asks for the money, and the purchase does not ask for it as well."""
        purchase, lot, way = self.camera_that_goes_back()
        claim = self.claim(product=self.camera, lot=lot, quantity=1)
        claim.action_notify()
        claim.with_user(self.supervisor).action_credit()
        self.validate(way)
        self.assertEqual((purchase.order_line.qty_received, purchase.order_line.qty_to_invoice), (0, 0))

    def test_what_the_purchase_has_credited_is_not_credited_by_the_claim(self):
        """SUPPLIER-03: whichever comes first, the supplier is asked once."""
        purchase, lot, way = self.camera_that_goes_back()
        claim = self.claim(product=self.camera, lot=lot, quantity=1)
        claim.action_notify()
        self.validate(way)
        purchase.action_create_invoice()
        note = purchase.invoice_ids.filtered(lambda bill: bill.move_type == "in_refund")
        self.assertEqual(note.invoice_line_ids.quantity, 1)
        with self.assertRaisesRegex(UserError, "credits it on P.* already"), self.cr.savepoint():
            claim.with_user(self.supervisor).action_credit()
        self.assertEqual((claim.state, claim.sudo().credit_note_id.ids), ("notified", []))
        note.button_cancel()
        claim.with_user(self.supervisor).action_credit()
        self.assertEqual(claim.state, "credited")

    def test_of_what_was_claimed_only_what_goes_back_is_on_the_purchase(self):
        """SUPPLIER-03: two of three cables came back from the customer; told by the ticket."""
        purchase = self.bought()
        self.validate(purchase.picking_ids)
        rma = self.received(self.sell(self.cable, 2))
        rma.with_user(self.inspector).inspection_ids.write(
            {"grade": "d", "fault_found": "yes", "vendor_warranty": True}
        )
        rma.with_user(self.inspector).action_complete_inspection()
        sheet = self.signed(quantity=3)
        sheet.ticket_id = rma.ticket_id
        claim = self.another_claim(sheet)
        claim.action_notify()
        claim.with_user(self.supervisor).action_credit()
        lines = claim.sudo().credit_note_id.invoice_line_ids
        self.assertEqual(
            [(line.quantity, line.purchase_line_id) for line in lines],
            [(2, purchase.order_line), (1, purchase.order_line.browse())],
        )

    def test_a_credit_for_what_stays_here_leaves_the_purchase_as_it_is(self):
        """SUPPLIER-03: else it would be billed once more."""
        lot = self.env["stock.lot"].create({"name": "LENS-4", "product_id": self.camera.id})
        purchase = self.bought(product=self.camera, lot=lot)
        purchase.action_create_invoice()
        claim = self.claim(product=self.camera, lot=lot, quantity=1)
        claim.action_notify()
        claim.with_user(self.supervisor).action_credit()
        self.assertEqual(purchase.order_line.qty_to_invoice, 0)

    def test_a_refused_claim_can_be_sent_again(self):
        claim = self.notified()
        claim.action_decline()
        self.assertFalse(claim.next_due_at)
        claim.action_notify()
        self.assertTrue(claim.next_due_at)

    def partly_replaced(self, came=3, of=5):
        """A claim of which so many pieces have come in; the rest is a backorder."""
        claim = self.notified(quantity=of)
        claim.action_replace()
        receipt = claim.sudo().picking_id
        receipt.move_ids.quantity = came
        self.validate(receipt)
        return claim, receipt.backorder_ids

    def test_what_came_is_not_credited_as_well(self):
        """SUPPLIER-03: good parts or money for each piece, and the rest is not expected any more."""
        claim, rest = self.partly_replaced()
        claim.with_user(self.supervisor).action_credit()
        self.assertEqual(claim.sudo().credit_note_id.invoice_line_ids.quantity, 2)
        self.assertEqual((claim.state, rest.state), ("credited", "cancel"))

    def test_a_replacement_that_is_cancelled_in_inventory_is_the_suppliers_turn_again(self):
        """SUPPLIER-03: purchasing is told; his month runs on, and he may send, pay or refuse."""
        claim = self.notified()
        due = claim.next_due_at
        claim.action_replace()
        claim.sudo().picking_id.action_cancel()
        self.assertEqual((claim.state, claim.next_due_at), ("notified", due))
        self.assertIn(self.purchaser, claim.sudo().activity_ids.user_id)
        claim.action_replace()
        self.validate(claim.sudo().picking_id)
        self.assertEqual(claim.state, "replaced")
        self.assertFalse(claim.sudo().activity_ids)

    def test_the_rest_that_nobody_waits_for_is_the_suppliers_turn_again(self):
        """SUPPLIER-03: no backorder wanted; another replacement is for the rest alone."""
        claim = self.notified(quantity=3)
        claim.action_replace()
        receipt = claim.sudo().picking_id
        receipt.move_ids.write({"quantity": 2, "picked": True})
        receipt.with_context(skip_backorder=True, picking_ids_not_to_backorder=receipt.ids).button_validate()
        self.assertEqual((claim.state, claim.owed_quantity), ("notified", 1))
        claim.action_replace()
        self.assertEqual(claim.sudo().picking_id.move_ids.product_uom_qty, 1)
        self.validate(claim.sudo().picking_id)
        self.assertEqual(claim.state, "replaced")
        self.assertEqual(claim.action_open_picking()["domain"], [("id", "in", claim.sudo().picking_ids.ids)])

    def test_a_backorder_that_is_deleted_is_the_suppliers_turn_again(self):
        claim, rest = self.partly_replaced()
        rest.unlink()
        self.assertEqual(claim.state, "notified")

    def test_a_supplier_may_refuse_what_he_has_announced(self):
        """SUPPLIER-03: nothing is expected any more; claimed again, he is asked for the rest alone."""
        claim, rest = self.partly_replaced()
        claim.action_decline()
        self.assertEqual((claim.state, rest.state), ("refused", "cancel"))
        claim.action_notify()
        self.assertIn("2 of ", claim.message_ids.filtered("attachment_ids")[:1].body)

    def test_a_claim_may_be_withdrawn_while_the_replacement_is_expected(self):
        claim, rest = self.partly_replaced()
        claim.with_user(self.supervisor).action_withdraw()
        self.assertEqual((claim.state, rest.state), ("cancelled", "cancel"))

    # === ONCE === #

    def another_claim(self, sheet, **values):
        claims = self.env["aftersales.supplier.claim"].with_user(self.agent)
        return claims.create({"assessment_id": sheet.id, **values})

    def test_the_claims_of_a_sheet_are_for_no_more_than_was_assessed(self):
        """SUPPLIER-03: the actual quantity; two claims may share it."""
        self.bought()
        sheet = self.signed(quantity=5)
        first = self.another_claim(sheet, quantity=3)
        with self.assertRaisesRegex(ValidationError, "2 can be claimed"), self.cr.savepoint():
            self.another_claim(sheet, quantity=3)
        second = self.another_claim(sheet)
        self.assertEqual(second.quantity, 2)
        with self.assertRaisesRegex(ValidationError, "3 can be claimed"):
            first.quantity = 4

    def test_a_claim_that_was_in_vain_leaves_its_pieces_to_another(self):
        """SUPPLIER-03: but for those that came; and the first is not sent again beside it."""
        first, _rest = self.partly_replaced(came=3, of=5)
        first.action_decline()
        second = self.another_claim(first.assessment_id)
        self.assertEqual(second.quantity, 2)
        with self.assertRaisesRegex(ValidationError, "can be claimed"):
            first.action_notify()
        self.assertEqual(first.state, "refused")

    def test_a_sheet_that_was_signed_for_less_is_not_claimed_for_more(self):
        """SUPPLIER-03: the claim was prepared before the signature."""
        self.bought()
        sheet = self.env["aftersales.assessment"].with_user(self.agent).create(
            {"product_id": self.cable.id, "quantity": 5, "origin": "purchased", "fault": "Broken"}
        )  # fmt: skip
        claim = self.another_claim(sheet)
        sheet.write({"quantity": 2, "preliminary": "own_quality", "quality_user_id": self.quality_user.id})
        sheet.action_submit()
        theirs = sheet.with_user(self.quality_user)
        theirs.write({"opinion": "The core is broken", "liability": "own_quality"})
        theirs.action_sign()
        with self.assertRaisesRegex(ValidationError, "2 can be claimed"):
            claim.action_notify()

    def test_a_serial_number_is_claimed_once_whatever_sheet_it_is_on(self):
        """SUPPLIER-03: also after it was credited; until it comes from a supplier anew."""
        lot = self.env["stock.lot"].create({"name": "LENS-2", "product_id": self.camera.id})
        self.bought(product=self.camera, lot=lot)
        first = self.claim(product=self.camera, lot=lot, quantity=1)
        first.action_notify()
        first.with_user(self.supervisor).action_credit()
        sheet = self.signed(product=self.camera, lot=lot, quantity=1)
        with self.assertRaisesRegex(ValidationError, f"LENS-2.*{first.name}"), self.cr.savepoint():
            sheet.action_claim_supplier()
        came = self.env["stock.move.line"].search([("lot_id", "=", lot.id), ("state", "=", "done")])
        came.date = fields.Datetime.now() + timedelta(days=40)
        self.assertTrue(sheet.action_claim_supplier()["res_id"])

    def test_what_the_supplier_was_told_stays_as_it_is(self):
        """SUPPLIER-02: he answers to the sheet and the quantity he was told; also once it is over."""
        claim = self.notified()
        sheet = self.signed(product=self.camera, quantity=1)
        changes = {"quantity": 1, "partner_id": self.old_vendor.id, "assessment_id": sheet.id}
        for name, value in {**changes, "purchase_line_id": False}.items():
            with self.assertRaisesRegex(UserError, "stays as it is"):
                claim[name] = value
        claim.note = "On Monday, he says"
        claim.with_user(self.supervisor).action_credit()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            claim.quantity = 1

    def test_a_supplier_is_not_asked_for_the_price_of_another(self):
        """SUPPLIER-03: the credit is drafted at cost where the part was not bought from him."""
        self.cable.standard_price = 4.0
        self.bought(self.vendor, price=9.0)
        claim = self.claim()
        claim.partner_id = self.old_vendor
        claim.action_notify()
        claim.with_user(self.supervisor).action_credit()
        line = claim.sudo().credit_note_id.invoice_line_ids
        self.assertEqual((line.partner_id, line.price_unit), (self.old_vendor, 4.0))

    # === RETURNS === #

    def test_what_came_in_with_a_return_is_assessed_where_it_lies(self):
        """QUAL-07: in quarantine, kept apart from what is sold."""
        rma = self.received(self.sell(self.cable, 2))
        rma.with_user(self.agent).action_assess()
        sheet = rma.ticket_id.assessment_ids
        self.assertRecordValues(sheet, [{"product_id": self.cable.id, "quantity": 2, "item_received": True}])
        self.assertIn("quarantine", sheet.place_note)
        self.assertEqual(self.quants(self.cable, self.quarantine), {(sheet.lot_id, self.customer): 2})
        rma.with_user(self.agent).action_assess()
        self.assertEqual(len(rma.ticket_id.assessment_ids), 1)

    def test_an_exchange_under_warranty_needs_the_signed_sheet(self):
        """EXCH-06."""
        rma = self.inspected(self.sell(self.cable), findings={"fault_found": "yes"}, resolution="exchange")
        rma.sudo()._write_policy({"eligibility": "warranty"})
        with self.assertRaisesRegex(UserError, "signed assessment"):
            rma.with_user(self.agent).action_pass_to_shipment()
        sheet = self.signed(quantity=1)
        sheet.ticket_id = rma.ticket_id
        rma.with_user(self.agent).action_pass_to_shipment()
        self.assertEqual(rma.state, "to_ship")
