from odoo.tests import HttpCase, tagged

from odoo.addons.aftersales_returns.tests.common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestShots(HttpCase, AftersalesReturnsCommon):
    def shot(self, url, login):
        self.browser_js(
            url,
            "setTimeout(() => console.error('shot ' + document.title), 2500)",
            "document.querySelector('.o_view_controller, .o_action_manager .o_form_view, .o_list_view')",
            login=login,
            timeout=40,
        )

    def _story(self):
        self.put_in_force()
        for user in (self.agent, self.inspector):
            user.write({"password": user.login})
        order = self.sell()
        return self.received(order, return_freight=12, description="Screen stays dark")

    def test_a_form(self):
        rma = self._story()
        self.env.cr.flush() if hasattr(self.env.cr, "flush") else None
        self.shot(f"/odoo/returns/{rma.id}", self.agent.login)

    def test_b_inspect(self):
        rma = self._story()
        self.shot(
            f"/odoo/action-aftersales_returns.aftersales_rma_action_to_inspect/{rma.id}", self.inspector.login
        )

    def test_c_list(self):
        rma = self._story()
        self.shot("/odoo/returns", self.agent.login)

    def test_d_new(self):
        self._story()
        self.shot("/odoo/returns/new", self.agent.login)
