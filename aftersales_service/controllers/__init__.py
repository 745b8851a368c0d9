from . import agreement
from . import archive
from . import attachment
from . import portal
from . import portal_secret
from . import process
