"""Files that may be of one person: found when a file is made, and for a facility as a list."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, QuerySet

from xinglin.apps.access.scope import Scope
from xinglin.apps.residents.models import Resident

MOST = 50
"""Groups that a page shows."""


def twins(row: Resident, scope: Scope) -> QuerySet[Resident]:
    """Other files of the area with the same name and day of birth, in which no number says otherwise."""
    found = Resident.objects.current().filter(name_hash=row.name_hash, birth_date=row.birth_date)
    found = found.exclude(pk=row.pk).within(scope)
    return found.filter(person_key=None) if row.person_key else found


def duplicates(scope: Scope) -> list[list[Resident]]:
    """Groups of files of an area with one name and one day of birth, at most one of them with a number."""
    seen = Resident.objects.current().within(scope).order_by()
    pairs = seen.values("name_hash", "birth_date").annotate(number=Count("pk")).filter(number__gt=1)
    keys = [(one["name_hash"], one["birth_date"]) for one in pairs[: MOST * 2]]
    groups: dict[tuple[Any, ...], list[Resident]] = defaultdict(list)
    for row in seen.filter(name_hash__in=[name for name, _ in keys]).order_by("created_at", "pk"):
        groups[row.name_hash, row.birth_date].append(row)
    found = [group for key, group in groups.items() if key in keys]
    return [group for group in found if any(not row.person_key for row in group)][:MOST]
