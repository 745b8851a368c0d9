from contextlib import contextmanager
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon

#: fields of a transfer and its moves that Odoo's own return fills in
OF_TRANSFER = ("partner_id", "company_id", "move_type", "priority", "return_id", "location_id", "state")
OF_MOVE = (
    "product_id", "product_uom_qty", "product_uom", "location_id", "origin_returned_move_id", "sale_line_id",
    "procure_method", "price_unit", "reference_ids", "move_orig_ids", "state", "quantity",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestReturnsInBulk(AftersalesReturnsCommon):
    """Many returns take each step together, with the same effect as one by one."""

    def requested(self, count):
        """Requests for a cable each, of an order each."""
        rmas = self.env["aftersales.rma"].concat(
            *(self.rma(self.sell(self.cable), pictures_received=True) for _n in range(count))
        )
        rmas.action_submit()
        return rmas

    @contextmanager
    def counted(self, into):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        yield
        self.env.flush_all()
        into.append(self.env.cr.sql_log_count - before)

    # === WHAT IT COSTS === #

    def test_ten_approvals_cost_little_more_than_one(self):
        """The transfers of a batch are made in one go; each still draws its number."""
        self.env.company.aftersales_tell_returns = False  # letters are counted elsewhere
        counts = []
        for count in (1, 1, 11):  # the first one warms the server
            rmas = self.requested(count)
            with self.counted(counts):
                rmas.action_approve()
        _warm, one, eleven = counts
        self.assertLess((eleven - one) / 10, 8, f"{one} for one, {eleven} for eleven")

    def test_ten_approvals_by_silence_cost_little_more_than_one(self):
        """The ledger lets a batch run out together as well."""
        self.put_in_force()
        self.env.company.aftersales_tell_returns = False  # letters are counted elsewhere
        counts = []
        for count in (1, 1, 11):
            rmas = self.requested(count)
            with self.counted(counts):
                self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=4))
            self.assertEqual(set(rmas.mapped("state")), {"approved"})
            rmas.with_user(self.agent).action_cancel(reason="Done")
        _warm, one, eleven = counts
        self.assertLess((eleven - one) / 10, 9, f"{one} for one, {eleven} for eleven")

    def test_freight_of_a_batch_is_kept_at_once_and_each_return_keeps_its_own(self):
        """The charges of many returns are written together."""
        rmas = self.requested(8)
        for number, rma in enumerate(rmas, 1):
            rma.return_freight = 10 * number
        rmas.sudo().freight_ids.unlink()
        counts = []
        for group in (rmas[0], rmas[1:]):
            with self.counted(counts):
                group._judge_freight()
        self.assertLessEqual(counts[1], counts[0] + 2)
        back = [rma.freight_ids.filtered(lambda row: row.leg == "return") for rma in rmas]
        self.assertEqual([sum(rows.mapped("amount")) for rows in back], [10 * n for n in range(1, 9)])

    # === WHAT COMES OF IT === #

    def test_the_transfers_of_a_batch_are_as_odoo_makes_them(self):
        """Odoo's own return of the same delivery has the same values, apart from owner, place and type."""
        rmas = self.requested(2)
        rmas.action_approve()
        for rma in rmas:
            ours = rma._open_receipts()
            self.assertEqual(ours.owner_id, rma.partner_id)
            self.assertEqual(ours.location_dest_id, self.quarantine)
            self.assertEqual(ours.move_ids.move_line_ids.location_dest_id, self.quarantine)
            self.assertFalse(ours.move_ids.to_refund)
            self.assertFalse(ours.user_id or ours.carrier_id)
            self.assertIn(ours.return_id.name, ours.message_ids[-1:].body)
            made = self.values_of(ours)  # before, for the second return of a delivery unreserves the first
            self.assertEqual(made, self.values_of(self.odoo_return(ours.return_id)))

    def values_of(self, transfer):
        of_moves = {name: transfer.move_ids[name] for name in OF_MOVE}
        return {**{name: transfer[name] for name in OF_TRANSFER}, "moves": of_moves}

    def odoo_return(self, delivery):
        row = {"product_id": self.cable.id, "move_id": delivery.move_ids.id, "quantity": 1}
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": delivery.id, "product_return_moves": [Command.create(row)]}
        )
        return wizard._create_return()

    def test_a_service_beside_goods_stands_in_no_ones_way(self):
        """Nothing comes back of it: the transfer is of the goods."""
        training = self.env["product.product"].create({"name": "Training", "type": "service"})
        order = self.sell(self.cable)
        lines = [{"sale_line_id": order.order_line.id}, {"product_id": training.id}]
        rma = self.rma(order, line_ids=[Command.create(line) for line in lines])
        rma.action_submit()
        rma.action_approve()
        self.assertEqual(rma.state, "approved")
        self.assertEqual(rma.sudo().picking_ids.move_ids.product_id, self.cable)

    def test_two_returns_of_one_delivery_share_what_it_brought(self):
        """In one call the first takes its part, and the second no more than is left."""
        order = self.sell(self.cable, 2)
        rmas = self.rma(order) | self.rma(order)
        rmas.line_ids.quantity = 1
        rmas.action_submit()
        rmas.action_approve()
        self.assertEqual(len(rmas._open_receipts()), 2)
        late = self.rma(self.sell(self.cable, 1)) | self.rma(order)
        with self.assertRaises(UserError):
            late.action_submit()

    def test_one_that_cannot_be_approved_keeps_to_itself(self):
        """Silence approves the rest; the one whose goods came back already is set aside with the reason."""
        self.put_in_force()
        rmas = self.requested(3)
        bad = rmas[1]
        back = self.odoo_return(bad.sale_order_id.picking_ids)
        back.move_ids.picked = True
        back.button_validate()
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=4))
        good = rmas - bad
        self.assertEqual(good.mapped("state"), ["approved", "approved"])
        self.assertEqual(len(good._open_receipts()), 2)
        self.assertEqual(bad.state, "requested")
        self.assertFalse(bad._live_receipts())
        self.assertIn(bad.name, bad.deadline_ids.filtered("set_aside").set_aside)

    def test_a_batch_goes_all_the_way_to_the_shelf(self):
        """Received, inspected and put away together: each has its own transfers, refund and log."""
        before = self.quants(self.cable, self.stock).get((self.env["stock.lot"], self.env["res.partner"]), 0)
        rmas = self.requested(3)
        rmas.action_approve()
        for rma in rmas:
            rma.tracking_ref = f"YT{rma.id}"
        rmas.action_register_shipment()
        rmas.with_user(self.inspector).action_receive()
        self.assertEqual(set(rmas.mapped("state")), {"received"})
        rmas.inspection_ids.sudo().write({"grade": "a", "fault_found": "yes", "serial_matches": "yes"})
        rmas.with_user(self.inspector).action_complete_inspection()
        self.assertEqual(set(rmas.mapped("state")), {"to_refund"})
        after = self.quants(self.cable, self.stock)[self.env["stock.lot"], self.env["res.partner"]]
        self.assertEqual(after, before + 3)
        self.assertFalse(any(self.quants(self.cable, self.quarantine).values()))
        for rma in rmas:
            self.assertEqual(len(rma.sudo().picking_ids), 2)
            self.assertEqual(rma.sudo().picking_ids.mapped("state"), ["done", "done"])
            self.assertEqual(len(rma.refund_ids), 1)
        self.assertEqual(rmas.sudo().line_ids.sale_line_id.mapped("qty_delivered"), [0, 0, 0])

    def test_the_button_tells_of_the_receipt_once(self):
        """What the return validates itself is no second news to it."""
        self.customer.email = False  # no letter to him beside the log
        rma = self.sent_back(self.sell(self.cable))
        before = rma.message_ids
        rma.with_user(self.inspector).action_receive()
        self.assertEqual(len(rma.message_ids - before), 1)

    # === WHAT IS REMEMBERED === #

    def test_a_rule_that_changes_is_seen_at_once(self):
        """Rows are read once and remembered until one is added, changed or taken away."""
        table = self.env["aftersales.freight.rule"]
        codes = {row.code for row in table._policy_rows(self.company)}
        own = table.search([], limit=1).copy({"code": "freight_own", "sequence": 1})
        self.assertEqual({row.code for row in table._policy_rows(self.company)} - codes, {"freight_own"})
        own.active = False
        self.assertEqual({row.code for row in table._policy_rows(self.company)}, codes)
        own.active = True
        own.unlink()
        self.assertEqual({row.code for row in table._policy_rows(self.company)}, codes)

    def test_a_policy_that_is_retired_is_in_force_no_more(self):
        policies = self.env["aftersales.return.policy"]
        self.assertFalse(policies._in_force(self.company)[self.company])
        self.put_in_force()
        self.assertEqual(policies._in_force(self.company)[self.company], self.policy)
        self.policy.with_user(self.manager).action_retire()
        self.assertFalse(policies._in_force(self.company)[self.company])
