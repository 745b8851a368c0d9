from . import test_access
from . import test_aftersales_followup
from . import test_aftersales_satisfaction
from . import test_survey_invitation
from . import test_survey_public
