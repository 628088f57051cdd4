"""An independent judge: the definitions in plain Python, sharing no code with the SQL."""

from reference.dimensions import Dimensions
from reference.observations import Observation, Reference
from reference.settings import Settings, settings_from

__all__ = ["Dimensions", "Observation", "Reference", "Settings", "settings_from"]
