"""What the policy room needs to know of the measures: their names, never how they are counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

WANTED = "wanted"
"""What a target says for its measure while no definition exists."""


class MeasureNames(Protocol):
    """The book of measures as a policy document sees it; ``xinglin.measures.load_measures()`` gives one."""

    def names(self) -> Collection[str]:
        """Ids of definitions and of their named indicators."""
        ...

    def check(self, name: str, parameters: Mapping[str, object]) -> list[str]:
        """Why these parameters cannot be bound to the measure, in Chinese; empty when they can."""
        ...

    def covers(self, row: str) -> bool:
        """Whether a definition serves this row of the cross-walk."""
        ...
