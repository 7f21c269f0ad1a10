"""Which items' evidence is looked at: drawn by the record's own id, so that nobody chooses and anybody can
repeat it.
"""

from __future__ import annotations

from math import ceil

from xinglin.apps.forms.models import Record
from xinglin.records.drawing import draw
from xinglin.records.standard import Standard


def drawn(record: Record, standard: Standard) -> frozenset[str]:
    """Items drawn for verification of their evidence: the standard's share of each group, at least one."""
    found: set[str] = set()
    for key, group in standard.groups.items():
        items = list(group.items)
        found.update(draw(items, max(1, ceil(len(items) * standard.sampling / 100)), record.pk, key))
    return frozenset(found)
