"""Which steps of a return its customer is told, and which are known to him already.

A step that he has taken himself is no news. Of two steps that follow from each other at once only the last is
told: whoever is told checks that the return still stands where the event has put it.
"""

from ...aftersales_service.policy.lifecycle import CUSTOMER

#: event → what he is told of
NODES = {
    "approve": "approved",
    "uphold": "approved",
    "refuse": "refused",  # RMA-03, REFUND-07: his five days begin
    "dismiss": "dismissed",
    "give_address": "address",
    "waive_goods": "no_goods",
    "receive": "received",
    "refuse_parcel": "parcel_refused",
    "report_missing": "missing",
    "accept_by_silence": "accepted",
    "pass_to_refund": "passed",  # EXCH-04
    "pass_to_shipment": "to_ship",
    "reject": "rejected",  # INSPECT-02
    "approve_refund": "refund_approved",
    "settle": "refunded",
    "ship_ahead": "sent_ahead",
    "ship": "sent",
    "charge_kept": "charged",
    "close": "closed",
    "cancel": "cancelled",
}

#: what he has to answer in time, and what his silence has led to: who cannot be mailed is called
TOLD_BY_PHONE = (
    "approved",
    "refused",
    "address",
    "parcel_refused",
    "missing",
    "sent_ahead",
    "charged",
    "closed",
)


def node_of(event, actor, without_goods=False):
    """What the customer is told of when ``event`` has happened, or None.

    :param actor: who has fired it, as in the rights of the flow
    :param without_goods: nothing comes back, the parcel never reached him
    """
    if actor == CUSTOMER:
        return None
    if without_goods and event == "register_shipment":  # by itself, at the approval
        return "approved"
    return NODES.get(event)
