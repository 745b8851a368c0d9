from . import aftersales_setup_check
from . import aftersales_ticket_affected
from . import aftersales_ticket_escalation
from . import aftersales_ticket_merge
from . import aftersales_ticket_reason
from . import aftersales_ticket_talk
from . import aftersales_ticket_erase
from . import aftersales_ticket_hold
