"""What was promised: policy documents as files, and what of them binds a place.

Example:
    >>> from datetime import date
    >>> from xinglin.policy import load_documents
    >>> library = load_documents()
    >>> bounds = library.binding("441882", date(2020, 12, 31))
    >>> len(bounds), sum(bound.own for bound in bounds)
    (56, 33)
"""

from xinglin.policy.fields import Unit
from xinglin.policy.library import Bound, PolicyLibrary, UnknownEntry, Wanted, due, prints_total, stricter
from xinglin.policy.loader import load_documents
from xinglin.policy.model import (
    Baseline,
    Document,
    DocumentLevel,
    Duty,
    Judged,
    Period,
    Target,
    Task,
    TaskKind,
    Trend,
)
from xinglin.policy.names import WANTED, MeasureNames
from xinglin.policy.responsible import Responsibility, responsibility
from xinglin.policy.review import Review, quotation_hash
from xinglin.policy.rows import Row, load_rows

__all__ = [
    "WANTED",
    "Baseline",
    "Bound",
    "Document",
    "DocumentLevel",
    "Duty",
    "Judged",
    "MeasureNames",
    "Period",
    "PolicyLibrary",
    "Responsibility",
    "Review",
    "Row",
    "Target",
    "Task",
    "TaskKind",
    "Trend",
    "Unit",
    "UnknownEntry",
    "Wanted",
    "due",
    "load_documents",
    "load_rows",
    "prints_total",
    "quotation_hash",
    "responsibility",
    "stricter",
]
