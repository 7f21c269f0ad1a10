"""The signature of a service: the clinic's keyed code over a version with its author and time."""

from __future__ import annotations

from xinglin.apps.clinic.signing import mac
from xinglin.apps.wellness.models import HealthService, HealthVersion

_SIGNED = (
    "pk",
    "service_id",
    "version",
    "content",
    "edition",
    "reason",
    "practitioner_id",
    "signed_by",
    "signed_at",
)


def of_version(row: HealthVersion) -> str:
    """The code of a version."""
    return mac("health_version", {name: getattr(row, name) for name in _SIGNED})


def faults(service: HealthService) -> list[str]:
    """Versions whose content is not what was signed, in words; empty when all is as it was."""
    return [f"第 {row.version} 版" for row in service.versions.all() if row.mac != of_version(row)]
