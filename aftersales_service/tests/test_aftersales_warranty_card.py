from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestWarrantyCard(AftersalesServiceCommon):
    def cards(self, order):
        return self.env["aftersales.warranty.card"].search([("sale_line_id", "in", order.order_line.ids)])

    def give_back(self, order):
        """The customer returns the whole delivery."""
        wizard = self.env["stock.return.picking"].create({"picking_id": order.picking_ids[0].id})
        for line in wizard.product_return_moves:
            line.quantity = line.move_id.quantity
        back = wizard._create_return()
        return self.validate(back)

    def validate(self, picking):
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    def test_a_delivery_issues_a_card_for_each_serial_number(self):
        """WARR-01, WARR-02, WARR-08, WARR-09: one year from the purchase, issued by itself."""
        order = self.sell(quantity=3)
        cards = self.cards(order)
        self.assertEqual(len(cards), 3)
        self.assertEqual(cards.lot_id, order.picking_ids.move_line_ids.lot_id)
        self.assertEqual(cards.partner_id, self.customer)
        bought = self.company._aftersales_day(order.date_order)
        self.assertEqual(set(cards.mapped("start_date")), {bought})
        self.assertEqual(set(cards.mapped("end_date")), {bought.replace(year=bought.year + 1)})
        self.assertEqual(set(cards.mapped("state")), {"active"})
        self.assertEqual(cards.entry_ids.mapped("kind"), ["issue"] * 3)

    def test_codes_cannot_be_guessed(self):
        cards = self.cards(self.sell(quantity=2))
        for card in cards:
            self.assertRegex(card.name, r"^W(-[2-9A-Z]{4}){3}$")
        self.assertEqual(len(set(cards.mapped("name"))), 2)

    def test_issuing_twice_leaves_one_card(self):
        order = self.sell()
        order.picking_ids.move_line_ids._aftersales_issue_cards()
        self.assertEqual(len(self.cards(order)), 1)

    def test_without_serial_number_one_card_covers_the_line(self):
        kettle = self.env["product.product"].create({"name": "Kettle", "type": "consu"})
        order = self.sell(quantity=4, product=kettle)
        self.assertEqual(self.cards(order).quantity, 4)

    def test_a_product_has_its_own_plan_or_none(self):
        """CON-12."""
        plan = self.env["aftersales.warranty.plan"].create(
            {"name": "3 years", "months": 36, "start_event": "delivery"}
        )
        self.product.aftersales_warranty_plan_id = plan
        card = self.cards(self.sell())
        self.assertEqual((card.plan_id, card.end_date.year - card.start_date.year), (plan, 3))
        self.product.aftersales_warranty_plan_id = self.env.ref(
            "aftersales_service.aftersales_warranty_plan_none"
        )
        self.assertFalse(self.cards(self.sell()))

    def test_the_company_has_a_default_plan(self):
        plan = self.env["aftersales.warranty.plan"].create({"name": "2 years", "months": 24})
        self.company.aftersales_warranty_plan_id = plan
        self.assertEqual(self.cards(self.sell()).plan_id, plan)

    def test_a_projects_term_begins_with_the_acceptance(self):
        """WARR-14: three years from the acceptance."""
        self.product.aftersales_warranty_plan_id = self.env.ref(
            "aftersales_service.aftersales_warranty_plan_project"
        )
        card = self.cards(self.sell())
        self.assertFalse(card.start_date)
        self.assertEqual(card.coverage_on("2026-10-01"), "undetermined")
        card.acceptance_date = "2026-09-30"
        self.assertEqual(str(card.end_date), "2029-09-30")

    def test_returned_goods_take_their_warranty_along_and_bring_it_back(self):
        order = self.sell()
        card = self.cards(order)
        back = self.give_back(order)
        self.assertEqual(card.state, "suspended")
        wizard = self.env["stock.return.picking"].create({"picking_id": back.id})
        wizard.product_return_moves.quantity = 1
        self.validate(wizard._create_return())
        self.assertEqual(card.state, "active")
        self.assertEqual(self.cards(order), card)
        self.assertEqual(card.entry_ids.mapped("kind"), ["issue", "suspend", "resume"])

    def test_a_returned_part_of_a_line_leaves_the_rest_covered(self):
        kettle = self.env["product.product"].create({"name": "Kettle", "type": "consu"})
        order = self.sell(quantity=4, product=kettle)
        wizard = self.env["stock.return.picking"].create({"picking_id": order.picking_ids.id})
        wizard.product_return_moves.quantity = 1
        self.validate(wizard._create_return())
        self.assertEqual(self.cards(order).state, "active")

    def test_states_can_be_searched(self):
        active, expired, void = (self.cards(self.sell()) for _ in range(3))
        expired.purchase_date = fields.Date.today() - timedelta(days=800)
        void._enter("void")
        cards = self.env["aftersales.warranty.card"]
        mine = [("id", "in", (active + expired + void).ids)]
        found = {
            state: cards.search([("state", "=", state), *mine])
            for state in ("active", "suspended", "expired", "void")
        }
        self.assertEqual(found, {"active": active, "suspended": cards, "expired": expired, "void": void})
        for state, card in found.items():
            self.assertEqual(card.mapped("state"), [state] * len(card))

    def test_coverage_on_a_day_for_a_cause(self):
        """WARR-03, WARR-04, WARR-06, WARR-22."""
        card = self.cards(self.sell())
        material = self.env.ref("aftersales_service.aftersales_cause_material")
        misuse = self.env.ref("aftersales_service.aftersales_cause_misuse")
        answers = [
            card.coverage_on(card.end_date, material),
            card.coverage_on(card.end_date, misuse.id),
            card.coverage_on(str(card.start_date)),
            card.coverage_on(card.end_date + timedelta(days=1), material),
        ]
        self.assertEqual(answers, ["covered", "charged", "undetermined", "charged"])

    def test_an_extension_is_a_supervisors_with_a_reason(self):
        card = self.cards(self.sell())
        with self.assertRaises(AccessError):
            card.with_user(self.agent).extend(30, "Long repair")
        with self.assertRaisesRegex(UserError, "say why"):
            card.with_user(self.supervisor).extend(30, "  ")
        card.with_user(self.supervisor).extend(30, "Long repair")
        self.assertEqual(card.last_day, card.end_date + timedelta(days=30))

    def test_the_ledger_cannot_be_written(self):
        card = self.cards(self.sell())
        for by in (self.supervisor, self.manager):
            with self.assertRaises(AccessError):
                card.with_user(by).write(
                    {"entry_ids": [Command.create({"kind": "extend", "days": 9, "date": "2026-01-01"})]}
                )

    def test_buttons_show_what_there_is(self):
        order = self.sell()
        lot = order.picking_ids.move_line_ids.lot_id
        self.ticket(sale_line_id=order.order_line.id, lot_id=lot.id)
        for record in (order, lot, self.customer):
            self.assertEqual(record.with_user(self.agent).aftersales_ticket_count, 1, record._name)
        self.assertEqual(lot.with_user(self.agent).aftersales_card_count, 1)
        self.assertEqual(self.customer.with_user(self.agent).aftersales_card_count, 1)
