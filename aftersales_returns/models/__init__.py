# Returns
from . import aftersales_returns_kinds
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
from . import aftersales_rma_vendor
from . import aftersales_freight_charge
from . import aftersales_inspection
from . import aftersales_rma_plan
from . import aftersales_rma_station
from . import stock_picking_type
from . import aftersales_ticket
from . import product
from . import sale_order
from . import ir_attachment
from . import aftersales_rma_portal
from . import aftersales_return_policy_text
from . import sale_order_portal
from . import stock_move
from . import stock_picking
from . import stock_warehouse
from . import repair_order
from . import aftersales_rma_unexpected  # Adds to receipts and inspections.

# Refunds
from . import res_company
from . import res_config_settings
from . import aftersales_refund_channel
from . import aftersales_refund_kinds
from . import aftersales_refund
from . import aftersales_refund_facts
from . import aftersales_refund_posting
from . import aftersales_rma_refund
from . import aftersales_rma_exchange
from . import account_move
from . import account_move_line
from . import account_partial_reconcile
from . import sale_order_line
