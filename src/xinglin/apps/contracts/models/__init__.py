"""Tables of contracts. What was agreed is copied at signing: a later change of a package changes no contract."""

from xinglin.apps.contracts.models.contract import (
    Consenter,
    Contract,
    ContractEvent,
    Delivery,
    EndReason,
    Line,
)
from xinglin.apps.contracts.models.package import Group, Package, PackageItem

__all__ = [
    "Consenter",
    "Contract",
    "ContractEvent",
    "Delivery",
    "EndReason",
    "Group",
    "Line",
    "Package",
    "PackageItem",
]
