from . import dossier
from . import portal
