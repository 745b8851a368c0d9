# Kernel: what every document of the suite is made of
from . import aftersales_attached_mixin
from . import aftersales_clause
from . import aftersales_rule_mixin
from . import aftersales_verdict
from . import aftersales_verdict_mixin
from . import aftersales_lifecycle_mixin
from . import aftersales_deadline
from . import aftersales_deadline_event
from . import aftersales_deadline_mixin
from . import res_company
