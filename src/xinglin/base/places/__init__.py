"""Places: administrative divisions of the nation down to the village, and how they changed.

Example:
    >>> from xinglin.base.places import Level, load_divisions
    >>> county = load_divisions("441882")
    >>> county.full_name("441882")
    '广东省清远市连州市'
    >>> len(county.children("441882"))
    12
"""

from xinglin.base.places.change import (
    EDITIONS,
    FIRST_EDITION,
    Change,
    ChangeKind,
    UnknownEdition,
    edition_on,
)
from xinglin.base.places.lineage import UnclearLineage, changes, lineage, successors
from xinglin.base.places.model import (
    NATION,
    AmbiguousPlace,
    Level,
    Place,
    PlaceKind,
    UnknownPlace,
    ancestor_code,
    level_of,
)
from xinglin.base.places.store import Divisions, load_divisions

__all__ = [
    "EDITIONS",
    "FIRST_EDITION",
    "NATION",
    "AmbiguousPlace",
    "Change",
    "ChangeKind",
    "Divisions",
    "Level",
    "Place",
    "PlaceKind",
    "UnclearLineage",
    "UnknownEdition",
    "UnknownPlace",
    "ancestor_code",
    "changes",
    "edition_on",
    "level_of",
    "lineage",
    "load_divisions",
    "successors",
]
