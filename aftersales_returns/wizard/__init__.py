from . import aftersales_rma_preview
from . import aftersales_rma_reason
from . import aftersales_rma_unstick
from . import aftersales_rma_unexpected
from . import aftersales_inspection_loss
from . import aftersales_refund_reason
from . import stock_return_picking
from . import base_partner_merge
