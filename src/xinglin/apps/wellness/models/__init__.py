"""Tables of wellness. What is signed is fixed; a correction is a new version beside the old one."""

from xinglin.apps.wellness.models.managed import Managed
from xinglin.apps.wellness.models.services import HealthDraft, HealthService, HealthVersion, Kind, State

__all__ = ["HealthDraft", "HealthService", "HealthVersion", "Kind", "Managed", "State"]
