from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.aftersales_service.models import aftersales_verdict_mixin

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestReturnsCost(AftersalesReturnsCommon):
    """What a return reads and writes at once holds the same as what was read and written piece by piece."""

    def requested(self):
        rma = self.rma(self.sell(self.cable), pictures_received=True)
        rma.action_submit()
        return rma

    def test_the_verdicts_of_a_request_are_written_in_one_statement(self):
        """Right and freight of the request; each can be judged again by the rows that are kept for it."""
        rma = self.rma(self.sell(self.cable), pictures_received=True)
        written = []

        def insert(model, rows, **also):
            written.append([row["kind"] for row in rows])
            return bulk_insert(model, rows, **also)

        bulk_insert = aftersales_verdict_mixin.bulk_insert
        with patch.object(aftersales_verdict_mixin, "bulk_insert", insert):
            rma.action_submit()
        self.assertEqual([kinds for kinds in written if kinds], [["eligibility", "freight"]])
        for row in rma.sudo().verdict_ids:
            self.assertEqual(row._replay().outcome, row.outcome, row.kind)

    def test_rows_that_are_read_at_once_are_the_same_and_read_once(self):
        first, second = self.requested(), self.requested()
        field = first._fields["line_ids"]
        self.env.invalidate_all()
        at_once = [rma.line_ids.ids for rma in first | second]
        with self.assertQueryCount(0):
            self.assertEqual((first | second).line_ids.mapped("quantity"), [1.0, 1.0])
        self.env.invalidate_all()
        fields.One2many.read(field, first | second)
        self.assertEqual([rma.line_ids.ids for rma in first | second], at_once)
        self.assertEqual(len(set(at_once[0] + at_once[1])), 2)

    def test_of_goods_that_were_not_sent_again_nobody_looks_for_re_shipments(self):
        """The common return, from the request to the finding, and what the portal offers before it."""
        order = self.sell()
        asked = []
        execute = type(self.cr).execute

        def counted(cursor, query, *args, **how):
            asked.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **how)

        self.env.invalidate_all()
        with patch.object(type(self.cr), "execute", counted):
            self.assertTrue(order._aftersales_returnable_rows())
            self.inspected(order)
        conditions = [query.partition("WHERE")[2] for query in asked if query.startswith("SELECT")]
        self.assertFalse([part for part in conditions if "resent" in part or "reshipment" in part])

    def test_what_lies_in_quarantine_is_looked_up_once_for_all_lines(self):
        """However many articles a parcel holds."""
        searched = []
        search = type(self.env["stock.quant"]).search

        def counted(quants, domain, **how):
            searched.append(domain)
            return search(quants, domain, **how)

        order, case = self.sell(self.cable, ship=False), self.product("Case", 9, 3)
        self.env["stock.quant"]._update_available_quantity(case, self.stock, 1)
        order.order_line = [Command.create({"product_id": case.id, "product_uom_qty": 1})]
        self.validate(order.picking_ids)
        rma = self.received(order)
        came = rma.sudo().line_ids._received_moves().move_line_ids
        self.assertEqual(len(came.product_id), 2)
        with patch.object(type(self.env["stock.quant"]), "search", counted):
            where = came._aftersales_where_they_lie()
        self.assertEqual(len(searched), 1)
        for rows, quants in where.items():
            self.assertEqual(quants.product_id, rows.product_id)

    def test_tickets_end_together_each_with_its_own_return(self):
        """One ticket's log does not name another customer's return."""
        first, second = self.requested(), self.requested()
        (first | second)._fire("cancel")
        for rma, other in ((first, second), (second, first)):
            ticket = rma.sudo().ticket_id
            told = "".join(ticket.message_ids.mapped("body"))
            self.assertEqual(ticket.state, "cancelled")
            self.assertIn(rma.name, told)
            self.assertNotIn(other.name, told)

    def test_a_step_of_a_draft_policy_counts_as_it_stands(self):
        """What is remembered of a version is forgotten when its draft is changed."""
        policy = self.env.ref("aftersales_returns.return_policy_standard").copy()
        self.assertEqual(policy._span("decide").amount, policy._step("decide").amount)
        policy._step("decide").amount = 77
        self.assertEqual(policy._span("decide").amount, 77)
        policy._step("decide").unlink()
        self.assertIsNone(policy._span("decide"))
