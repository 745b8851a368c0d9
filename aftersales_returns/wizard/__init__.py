from . import aftersales_rma_reason
from . import aftersales_refund_reason
