from . import aftersales_followup_reschedule
