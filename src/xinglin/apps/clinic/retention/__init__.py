"""How long records are kept (``data/retention.yaml``), which need not be kept any longer, and their destruction.

What a program finds here it does not delete: whoever keeps the records proposes, a second person confirms, and the deed
is written down (`clinic.actions.destroying`).
"""

from xinglin.apps.clinic.retention.destroying import destroy
from xinglin.apps.clinic.retention.finding import over, prescriptions_over, visits_over
from xinglin.apps.clinic.retention.keepers import KEEPERS, Keeper, register
from xinglin.apps.clinic.retention.periods import RECORD, RESIDENT, Kept, kinds, load, years_before

__all__ = [
    "KEEPERS",
    "RECORD",
    "RESIDENT",
    "Keeper",
    "Kept",
    "destroy",
    "kinds",
    "load",
    "over",
    "prescriptions_over",
    "register",
    "visits_over",
    "years_before",
]
