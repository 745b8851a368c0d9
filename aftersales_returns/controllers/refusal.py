from odoo.http import request

from .portal import AftersalesReturnsPortal

REFUSE = "refuse_parcel"  # what the form calls a refund of a parcel that is not signed for


class AftersalesRefusalPortal(AftersalesReturnsPortal):
    """REFUND-02: who wants his money back before he has signed refuses the parcel, and says so first.

    CON-44: the freight of a refusal is shown before he does it.
    """

    def _resolutions(self, order, rows):
        choices = super()._resolutions(order, rows)
        if self._may_refuse(order):
            choices.append((REFUSE, request.env._("Refuse the parcel and be refunded")))
        return choices

    def _may_refuse(self, order):
        """Something is on its way that nobody has signed for."""
        return order._aftersales_is_shipped() and not self._known_signed_date(order)

    def _choice_fault(self, order, rows, post):
        if post.get("resolution") != REFUSE or not self._may_refuse(order):
            return super()._choice_fault(order, rows, post)
        if not self._reason(post):
            return request.env._("Choose the reason of your return.")
        asked = [(row, self._quantity(row, post)) for row in rows]
        if any(quantity and row["here"] for row, quantity in asked):
            return request.env._("A parcel is refused that is on its way: leave out what has not left yet.")
        in_one_parcel = len(order._aftersales_parcels()) == 1
        if in_one_parcel and any(quantity != row["left"] for row, quantity in asked if not row["here"]):
            return request.env._("A parcel is refused as a whole: enter everything that is in it.")
        return None

    def _vals(self, order, rows, post, rma=None):
        vals = super()._vals(order, rows, post, rma)
        if post.get("resolution") == REFUSE:
            refused = {"resolution": "refund_only", "delivery_result": "unsigned", "signed_date": False}
            return {**vals, **refused, "signed_word": False}
        if rma and rma.delivery_result == "unsigned":
            return {**vals, "delivery_result": "signed"}  # he has taken it after all, and names the day
        return vals

    def _entered_of(self, rma):
        entered = super()._entered_of(rma)
        is_refusal = rma.resolution == "refund_only" and rma.delivery_result == "unsigned"
        return {**entered, "resolution": REFUSE} if is_refusal else entered
