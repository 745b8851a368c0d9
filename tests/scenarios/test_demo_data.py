"""Whoever installs with demo data finds something to look at behind each menu."""

from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

OURS = ["aftersales_returns", "aftersales_service", "aftersales_survey"]

#: what the company enters for itself, what is one person's own, and what comes of work that the demo leaves
#: to be done
EMPTY = {
    "Freight subsidies",
    "Pictures of grades",
    "Issues with goods",
    "Service areas",
    "My visits",
    "Compensation",
    "Solution plans",
    "Dispatch register",
    "Readings of secrets",
    "Trips",
    "Follow-up summary",
}


@tagged("post_install", "-at_install")
class TestDemoData(TransactionCase):
    def test_each_addon_loads_its_demo_data(self):
        """Odoo installs an addon without its demo data where they fail, and says so in the log alone."""
        addons = self.env["ir.module.module"].search([("name", "in", OURS)])
        self.assertEqual({addon.name: addon.demo for addon in addons}, dict.fromkeys(OURS, True))

    def test_no_list_is_empty(self):
        """But those that are named above."""
        empty = {
            menu.name
            for menu in self.menus()
            if not self.env[menu.action.res_model].search_count(self.domain(menu.action), limit=1)
        }
        self.assertEqual(empty - EMPTY, set())

    def test_returns_wait_at_each_step(self):
        """For the agent, the supervisor, the warehouse and finance."""
        numbers = self.env["ir.model.data"].search(
            [("module", "=", "aftersales_returns"), ("model", "=", "aftersales.rma")]
        )
        returns = self.env["aftersales.rma"].browse(numbers.mapped("res_id"))
        self.assertEqual(
            sorted(returns.mapped("state")),
            ["approved", "disputed", "in_transit", "received", "requested", "to_refund", "to_refund"],
        )
        self.assertEqual(sorted(returns.refund_ids.mapped("state")), ["approved", "draft"])
        self.assertEqual(set(returns.mapped("eligibility")), {"with_reason", "no_reason"})

    # === MENUS === #

    def menus(self):
        """Menus of ours that open records which are kept."""
        known = self.env["ir.model.data"].search([("module", "in", OURS), ("model", "=", "ir.ui.menu")])
        menus = self.env["ir.ui.menu"].browse(known.mapped("res_id"))
        return menus.filtered(
            lambda menu: (
                menu.action
                and menu.action._name == "ir.actions.act_window"
                and not self.env[menu.action.res_model].is_transient()
            )
        )

    def domain(self, action):
        return safe_eval(action.domain or "[]", {"uid": self.env.uid})
