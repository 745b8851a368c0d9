from . import test_aftersales_ticket
from . import test_aftersales_ticket_policy
from . import test_aftersales_ticket_mail
from . import test_aftersales_warranty_card
from . import test_service_access
from . import test_portal
