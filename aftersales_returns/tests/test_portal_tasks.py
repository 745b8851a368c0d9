from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from odoo.addons.aftersales_service.policy import lifecycle

from .test_goods_in_inventory import InInventory


@tagged("post_install", "-at_install")
class TestPortalTasks(InInventory):
    """A return that a customer made and silence approved has no handler; its tasks are ours all the same."""

    def setUp(self):
        super().setUp()
        self.portal = new_test_user(self.env, "li_ming", "base.group_portal", email="p@example.com")
        self.portal.partner_id.parent_id = self.customer
        self.lead(self.env["aftersales.team"].search([]), self.supervisor)

    def lead(self, teams, supervisor):
        teams.write({"supervisor_id": supervisor.id, "manager_id": False, "member_ids": [Command.clear()]})

    def requested(self, quantity=2):
        """As the page of the portal makes it."""
        order = self.sell(self.cable, quantity)
        made = (
            self.env["aftersales.rma"]
            .with_user(self.portal)
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "sale_order_id": order.id,
                    "reason_id": self.quality.id,
                    "line_ids": [
                        Command.create({"sale_line_id": order.order_line.id, "quantity": quantity}),
                    ],
                }
            )
        )
        made._fire("submit", actor=lifecycle.CUSTOMER)
        return made.with_env(self.env)

    def run_due(self, **delta):
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(**delta))

    def silently_approved(self, **vals):
        rma = self.requested(**vals)
        self.run_due(days=3, minutes=5)
        self.assertEqual((rma.state, rma.create_uid), ("approved", self.portal))
        self.assertFalse(rma.user_id)
        return rma

    def silently_inspected(self, grade, **findings):
        rma = self.silently_approved()
        self.finish(self.receipt(rma))
        self.grade(rma, grade, **findings)
        self.assertFalse(rma.user_id)
        return rma

    def assert_told(self, rma, *words):
        """A task that names all of ``words`` is the supervisor's, and no mail tells the customer of it."""
        tasks = rma.sudo().activity_ids.filtered(
            lambda task: all(word in (task.summary or "") for word in words)
        )
        self.assertEqual(tasks.mapped("user_id"), self.supervisor)
        told = rma.message_ids.filtered(lambda message: "assigned to you" in (message.subject or ""))
        self.assertNotIn(self.portal.partner_id, told.notified_partner_ids)

    def test_what_the_workshop_gives_up(self):
        rma = self.silently_inspected("c")
        repair = rma.sudo().line_ids.workshop_order_ids
        repair.action_repair_cancel()
        self.assert_told(rma, repair.name, "2 Cable")

    def test_what_is_not_on_the_way_to_the_supplier(self):
        vendor = self.env["res.partner"].create({"name": "Maker"})
        self.cable.seller_ids = [Command.create({"partner_id": vendor.id})]
        rma = self.silently_inspected("d", vendor_warranty=True)
        leaving = rma.sudo().picking_ids.filtered(lambda p: p.location_dest_id.usage == "supplier")
        leaving.with_user(self.storekeeper).action_cancel()
        self.assert_told(rma, "supplier", "2 Cable")

    def test_goods_that_come_late(self):
        rma = self.silently_approved(quantity=3)
        receipt = self.receipt(rma)
        receipt.move_ids.quantity = 1
        self.finish(receipt)
        self.grade(rma, "a")
        self.finish(rma.sudo()._open_receipts().with_user(self.storekeeper))
        self.assert_told(rma, "Late goods")

    def test_goods_that_are_not_here_in_time(self):
        rma = self.silently_approved()
        rma.tracking_ref = "YT1"
        rma._fire("register_shipment", actor=lifecycle.CUSTOMER)
        self.run_due(days=40)
        self.assert_told(rma, "not here in time")

    def test_what_a_person_is_to_decide_after_the_promise(self):
        """RMA-02, where the version leaves to a person what silence would decide."""
        self.lead(self.env["aftersales.team"].search([]), self.env["res.users"])
        self.company.aftersales_parcel_user_id = self.supervisor
        newer = self.policy.copy()
        newer._step("decide").on_silence = "escalate"
        newer.with_user(self.manager).action_activate()
        rma = self.requested()
        self.run_due(days=3, minutes=5)
        self.assert_told(rma, "Missed")

    def test_a_team_of_nobody_leaves_it_to_a_supervisor_of_the_company(self):
        self.lead(self.env["aftersales.team"].search([]), self.env["res.users"])
        rma = self.requested()
        self.assertTrue(rma._who_answers()._has_group("aftersales_service.group_supervisor"))
        self.company.aftersales_parcel_user_id = self.supervisor
        self.assertEqual(rma.with_user(self.storekeeper)._who_answers(), self.supervisor)
