from . import dispute
from . import dossier
from . import portal
from . import refusal  # Adds to the form of the portal.
