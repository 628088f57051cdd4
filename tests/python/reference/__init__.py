"""An independent judge: the definitions in plain Python, sharing no code with the SQL."""

from reference.observations import Observation, Reference
from reference.settings import Settings, settings_from

__all__ = ["Observation", "Reference", "Settings", "settings_from"]
