# Returns
from . import aftersales_returns_kinds
from . import aftersales_verdict
from . import aftersales_return_reason
from . import aftersales_return_policy
from . import aftersales_freight_rule
from . import aftersales_freight_subsidy
from . import aftersales_disposition_rule
from . import aftersales_rma
from . import aftersales_rma_line
from . import aftersales_rma_verdicts
from . import aftersales_rma_events
from . import aftersales_rma_bundle
from . import aftersales_rma_goods
from . import aftersales_rma_unshipped
from . import aftersales_rma_vendor
from . import aftersales_freight_charge
from . import aftersales_inspection
from . import aftersales_grade_picture  # Adds to inspections.
from . import aftersales_rma_ownership
from . import aftersales_rma_plan
from . import aftersales_rma_station
from . import aftersales_rma_station_kit
from . import aftersales_rma_silence
from . import aftersales_rma_unstick
from . import aftersales_evidence
from . import aftersales_rma_dossier
from . import aftersales_dispute
from . import aftersales_unknown_parcel
from . import aftersales_unknown_parcel_line
from . import aftersales_unknown_parcel_owner
from . import aftersales_supplier_claim
from . import aftersales_supplier_claim_once
from . import aftersales_reshipment
from . import aftersales_reshipment_line
from . import aftersales_reshipment_judging
from . import aftersales_reshipment_goods
from . import aftersales_reshipment_owed
from . import aftersales_reshipment_messages
from . import aftersales_reshipment_ticket
from . import stock_picking_type
from . import aftersales_ticket
from . import product
from . import sale_order
from . import ir_attachment
from . import aftersales_rma_portal
from . import aftersales_rma_notices
from . import aftersales_rma_refusal
from . import aftersales_return_policy_text
from . import sale_order_portal
from . import sale_order_line_kit
from . import stock_move
from . import stock_picking
from . import stock_warehouse
from . import ir_module_module  # Names what warehouses have.
from . import repair_order
from . import aftersales_rma_left_behind  # Depends on the fields of repair orders and moves.
from . import stock_return_receipt
from . import aftersales_unknown_parcel_reopened  # Adds to moves that are cancelled.
from . import aftersales_rma_unexpected  # Adds to receipts and inspections.
from . import aftersales_rma_same_parcel
from . import aftersales_inspection_lost

# Refunds
from . import res_company
from . import res_config_settings
from . import aftersales_refund_channel
from . import aftersales_refund_kinds
from . import aftersales_refund
from . import aftersales_refund_facts
from . import loyalty_card
from . import aftersales_refund_posting
from . import aftersales_refund_early
from . import aftersales_rma_refund
from . import aftersales_rma_refund_again
from . import aftersales_rma_refund_freight
from . import aftersales_ticket_erasure
from . import aftersales_rma_exchange
from . import aftersales_rma_exchange_points
from . import aftersales_rma_exchange_stock
from . import aftersales_rma_owed
from . import aftersales_rma_leaving
from . import aftersales_rma_own_ticket
from . import aftersales_rma_numbers
from . import account_move
from . import account_move_line
from . import account_move_reversal
from . import account_move_sales_credit
from . import aftersales_rma_exchange_riders
from . import account_move_exchange
from . import aftersales_rma_exchange_undone  # Runs before what the exchange does.
from . import aftersales_rma_money_for_repair
from . import account_partial_reconcile
from . import sale_order_line
from . import sale_order_line_to_invoice
from . import aftersales_rma_supplement
from . import aftersales_rma_late_gift
from . import aftersales_rma_receipt
