from . import aftersales_rma_reason
