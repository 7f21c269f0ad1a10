"""TCM health management of children 0–36 months: six visits, what is taught at each, what is due at a date.

Example:
    >>> from datetime import date
    >>> visit = due_on(date(2024, 8, 31), date(2025, 3, 1))
    >>> visit.age, [method.name for method in load_guide().methods(visit.age)]
    (6, ['摩腹', '捏脊'])
"""

from xinglin.knowledge.child.guide import ChildGuide, Method, NoSuchAge, load_guide
from xinglin.knowledge.child.schedule import (
    ImpossibleDay,
    State,
    Visit,
    age_in_months,
    due_on,
    next_visit,
    reached,
    visits,
)

__all__ = [
    "ChildGuide",
    "ImpossibleDay",
    "Method",
    "NoSuchAge",
    "State",
    "Visit",
    "age_in_months",
    "due_on",
    "load_guide",
    "next_visit",
    "reached",
    "visits",
]
