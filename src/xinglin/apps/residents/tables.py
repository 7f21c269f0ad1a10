"""The register of residents; the exchange finds it here."""

from xinglin.apps.residents.roll.table import ResidentTable

__all__ = ["ResidentTable"]
