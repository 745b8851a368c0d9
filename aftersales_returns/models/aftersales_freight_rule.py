from odoo import fields, models

from ..policy import freight

BEARERS = [
    (freight.SELLER, "Seller"),
    (freight.CUSTOMER, "Customer"),
    (freight.CARRIER, "Carrier"),
    (freight.PLATFORM, "Platform"),
]
LEGS = [("outbound", "Outbound"), ("return", "Return"), ("reship", "Sending again"), ("storage", "Storage")]
SETTLEMENTS = [
    (freight.NONE, "Nothing to settle"),
    (freight.REIMBURSE, "Reimbursed with the refund"),
    (freight.BALANCE, "Credited to the account balance"),
    (freight.CASH_OUT, "Paid out"),
    (freight.DEDUCT, "Deducted from the refund"),
    (freight.INVOICE, "Invoiced"),
    (freight.SUBSIDY, "Paid by the platform's subsidy"),
    (freight.CARRIER_CLAIM, "Claimed from the carrier"),
]
RULE_BEARERS = [
    (freight.SELLER, "Seller"),
    (freight.CUSTOMER, "Customer"),
    (freight.CARRIER, "Carrier"),
    (freight.AT_FAULT, "Whoever is at fault"),
    (freight.AS_AGREED, "As agreed"),
    (freight.AS_PAID, "Whoever has paid it"),
]
RESOLUTIONS = [
    ("refund_only", "Refund without goods"),
    ("return_refund", "Return and refund"),
    ("exchange", "Exchange"),
    ("repair", "Repair"),
]
DELIVERIES = [
    ("not_shipped", "Not shipped"),
    ("unsigned", "Shipped, not signed for"),
    ("signed", "Signed for"),
    ("refused", "Refused by the recipient"),
    ("undeliverable", "Could not be delivered"),
]
REFUSALS = [
    ("collect", "Sent freight-collect without consent"),
    ("violation", "Not shipped as required"),
    ("unjustified", "No valid reason"),
    ("announced", "Announced to customer service"),
]
UNDELIVERABLE = [
    ("wrong", "Wrong address or recipient given"),
    ("changed", "Changed without the seller's consent"),
    ("absent", "Nobody there for long"),
]
OUTBOUND_TERMS = [("prepaid", "Prepaid"), ("collect", "Freight-collect"), ("free_shipping", "Free shipping")]
YES = [("yes", "Yes")]
YES_NO = [("yes", "Yes"), ("no", "No")]


class AftersalesFreightRule(models.Model):
    """A row of the freight table: conditions, and who bears which leg. Empty cells fit anything."""

    _name = "aftersales.freight.rule"
    _description = "Freight rule"
    _inherit = "aftersales.rule.mixin"
    _rec_name = "code"
    _row_class = freight.Rule

    # Conditions
    agreement = fields.Selection([("agreed", "Agreed")])
    rule_set = fields.Selection([("shop", "Shop"), ("platform", "Platform")], "Rule set")
    resolution = fields.Selection(RESOLUTIONS)
    reason = fields.Selection(
        [
            ("quality", "Quality"),
            ("seller", "Fault of the seller"),
            ("carrier", "Transport"),
            ("choice", "Choice"),
        ]
    )
    fault = fields.Selection(
        [
            ("seller", "Seller"),
            ("customer", "Customer"),
            ("carrier", "Carrier"),
            ("none", "Nobody"),
            ("undetermined", "Undetermined"),
        ]
    )
    delivery = fields.Selection(DELIVERIES)
    refusal = fields.Selection(REFUSALS)
    undeliverable = fields.Selection(UNDELIVERABLE)
    outbound_term = fields.Selection(OUTBOUND_TERMS, "Outbound term")
    collect_consent = fields.Selection(YES_NO, "Customer agreed to freight-collect")
    retrieval = fields.Selection([("late", "Late")], "Fetching a refused parcel")
    right_blocked = fields.Selection(YES, "Right made useless by the seller")
    return_place = fields.Selection([("missing", "Missing"), ("wrong", "Wrong")], "Return address")
    parcel = fields.Selection(
        [("refused_once", "Refused once"), ("refused_again", "Refused again")], "Returned parcel"
    )
    goods_wanted = fields.Selection(YES, "Seller wants the goods after all")
    return_term = fields.Selection([("prepaid", "Prepaid"), ("collect", "Freight-collect")], "Sent back")
    return_consent = fields.Selection(YES_NO, "Seller agreed to freight-collect")
    return_carrier = fields.Selection([("forbidden", "Forbidden")], "Carrier of the way back")
    inspection = fields.Selection([("failed", "Failed")])
    reshipment = fields.Selection(YES, "Re-shipment of missing goods")
    remote = fields.Selection(YES, "Remote area")
    # Answer
    outbound_bearer = fields.Selection(RULE_BEARERS, "Bearer of outbound")
    return_bearer = fields.Selection(RULE_BEARERS, "Bearer of the way back")
    reship_bearer = fields.Selection(RULE_BEARERS, "Bearer of sending again")
    storage_bearer = fields.Selection(RULE_BEARERS, "Bearer of storage")
    cap = fields.Selection(
        [
            ("same_mode", "Freight of the seller's own mode"),
            ("allowed_carriers", "The same, for a forbidden carrier"),
        ],
        "Seller's share up to",
    )
    subsidy = fields.Selection(YES, "Platform subsidy")
    transaction = fields.Selection(
        [
            ("as_agreed", "As agreed"),
            ("return_refund", "Return and refund"),
            ("refund", "Refund"),
            ("refund_review", "Refund is reviewed"),
            ("exchange", "Exchange"),
            ("repair", "Repair"),
            ("sale_stands", "The sale stands"),
            ("send_again", "Sent again"),
            ("second_return", "Second return"),
            ("goods_to_customer", "Goods go back to the customer"),
            ("goods_to_seller", "Goods go back to the seller"),
            ("negotiate", "Separate negotiation"),
        ]
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "That code of a freight rule is taken; a changed rule gets a new one."
    )
