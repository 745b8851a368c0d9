from . import aftersales_ticket_reason
