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

# Service: what a ticket refers to, then the ticket and what it leaves in other models
from . import aftersales_service_kinds
from . import aftersales_diagnosis_kinds
from . import aftersales_priority_rule
from . import aftersales_ticket_category
from . import aftersales_cause
from . import aftersales_agreement
from . import aftersales_sla_policy
from . import aftersales_sla_line
from . import aftersales_team
from . import aftersales_known_fault
from . import aftersales_warranty_plan
from . import aftersales_warranty_card
from . import aftersales_warranty_card_entry
from . import aftersales_ticket_counter
from . import aftersales_ticket
from . import aftersales_ticket_policy
from . import aftersales_ticket_mail
from . import aftersales_visit
from . import aftersales_diagnosis
from . import aftersales_ticket_diagnosis
from . import aftersales_ticket_working
from . import aftersales_ticket_closing
from . import aftersales_solution_plan
from . import aftersales_affected_customer
from . import aftersales_work_time
from . import aftersales_working_settings
from . import product_template
from . import repair_order
from . import res_config_settings
from . import res_partner
from . import res_users
from . import resource_calendar
from . import sale_order
from . import stock_lot
from . import stock_move

# Privacy and archive: who sees what of a customer, how long it is kept, and what the closed file holds
from . import aftersales_secret
from . import aftersales_ticket_files
from . import aftersales_ticket_privacy
from . import aftersales_ticket_retention
from . import aftersales_ticket_archive
from . import aftersales_visit_privacy
from . import ir_attachment
from . import res_company_privacy
