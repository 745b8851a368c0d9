from . import dispute
from . import dossier
from . import portal
