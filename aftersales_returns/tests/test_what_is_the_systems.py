from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestWhatIsTheSystems(AftersalesReturnsCommon):
    """No button does it; another program, an import or Inventory's own menu could."""

    def test_a_return_keeps_a_ticket_of_its_customer(self):
        """RMA-01: whoever calls is found by the ticket, and the money follows the order's currency."""
        rma = self.rma(self.sell(self.cable))
        other = self.env["res.partner"].create({"name": "Somebody else"})
        foreign = self.env["aftersales.ticket"].create({"partner_id": other.id, "service_type": "return"})
        with self.assertRaisesRegex(ValidationError, "needs its ticket"):
            rma.ticket_id = False
        with self.assertRaisesRegex(ValidationError, "another customer than"):
            rma.ticket_id = foreign
        with self.assertRaisesRegex(ValidationError, "another customer than"):
            self.rma(self.sell(self.cable), ticket_id=foreign.id)
        with self.assertRaises(AccessError):
            rma.currency_id = self.env.ref("base.CHF")

    def test_a_transfer_stays_with_its_return(self):
        """INSPECT-02: taken off it, the goods could be put on the shelf while the return waits for them."""
        receipt = self.sent_back(self.sell(self.cable))._open_receipts().with_user(self.storekeeper)
        with self.assertRaises(AccessError):
            receipt.aftersales_rma_id = False

    def test_a_transfer_of_a_return_is_not_duplicated(self):
        """INSPECT-02: goods come in once; a second receipt would bring in what nobody has sent."""
        receipt = self.sent_back(self.sell(self.cable))._open_receipts().with_user(self.storekeeper)
        with self.assertRaisesRegex(UserError, "moves its goods once"):
            receipt.copy()
