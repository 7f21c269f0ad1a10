"""What counts as delivered without being entered again: the signed records of the clinic and of wellness.

A kind of evidence is registered once with a function that finds it for many residents in few queries. An item of the
library names its kind; ``technique:A03`` means that technique, ``technique:A`` every one of the category.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q

from xinglin.apps.clinic.models import Encounter as Visit
from xinglin.apps.clinic.models import EncounterKind, FollowUp, Prescription, Session, Slot, State
from xinglin.apps.organisations.models.columns import technique_choices

CHUNK = 500
"""Residents asked for in one query."""


@dataclass(frozen=True, order=True)
class Found:
    """A record that may count.

    Attributes:
        pk: of the record, unique within its kind. resident: the file that goes on. detail: what tells records of a kind
            apart (a technique).
    """

    day: date
    pk: str
    resident: str
    facility: str
    practitioner: str
    detail: str = ""


Find = Callable[[Collection[str], date, date], Iterable[Found]]
"""Records of some residents (files that go on) between two days."""


@dataclass(frozen=True)
class Source:
    """A kind of evidence: its Chinese name and what finds it."""

    kind: str
    label: str
    find: Find


_SOURCES: dict[str, Source] = {}


def register(kind: str, label: str, find: Find) -> None:
    """Add a kind; called from ``ready()``. The same kind again takes its place."""
    _SOURCES[kind] = Source(kind, label, find)


def label_of(counts: str) -> str:
    """What an item counts, in words; empty when nothing counts by itself."""
    kind, _, detail = counts.partition(":")
    source = _SOURCES.get(kind)
    if source is None:
        return ""
    names = [name for code, name in technique_choices() if code == detail]
    return f"{source.label}：{names[0]}" if names else source.label


def matches(counts: str, found: Found) -> bool:
    """Whether a record of the right kind is what an item means."""
    return found.detail.startswith(counts.partition(":")[2])


def collect(
    kinds: Iterable[str], residents: Collection[str], first: date, last: date
) -> dict[str, list[Found]]:
    """Kind → records of some residents between two days. A kind that nobody registered has none."""
    people = sorted(set(residents))
    found: dict[str, list[Found]] = {}
    for kind in sorted(set(kinds) & set(_SOURCES)):
        rows = found.setdefault(kind, [])
        for start in range(0, len(people), CHUNK):
            rows += _SOURCES[kind].find(people[start : start + CHUNK], first, last)
    return found


def whose(residents: Collection[str], path: str) -> Q:
    """Rows of some residents, those of files merged into theirs too."""
    return Q(**{f"{path}__in": residents}) | Q(**{f"{path}__merged_into__in": residents})


def rows_of(rows: Any, path: str, *columns: str) -> Iterator[Found]:
    """``columns``: pk, day, facility, practitioner and, of some, the detail."""
    named = dict(zip(("x_day", "x_where", "x_who", "x_detail"), (F(one) for one in columns), strict=False))
    asked = rows.order_by().values("pk", x_person=F(path), x_root=F(f"{path}__merged_into"), **named)
    for row in asked:
        yield Found(
            row["x_day"],
            str(row["pk"]),
            row["x_root"] or row["x_person"],
            row["x_where"],
            row["x_who"],
            row.get("x_detail", ""),
        )


def visits(residents: Collection[str], first: date, last: date) -> Iterator[Found]:
    """Signed visits; one that was only a treatment is told by its treatment."""
    rows = Visit.objects.filter(whose(residents, "resident"), state=State.SIGNED, day__range=(first, last))
    return rows_of(rows.exclude(kind=EncounterKind.TREATMENT), "resident", "day", "facility", "practitioner")


def herbs(residents: Collection[str], first: date, last: date) -> Iterator[Found]:
    """Prescriptions of herbs that hold."""
    rows = Prescription.objects.filter(
        whose(residents, "encounter__resident"),
        slot=Slot.HERBS,
        ended_at=None,
        encounter__state=State.SIGNED,
        encounter__day__range=(first, last),
    )
    return rows_of(rows, "encounter__resident", "encounter__day", "encounter__facility", "practitioner")


def techniques(residents: Collection[str], first: date, last: date) -> Iterator[Found]:
    """Treatments that were given."""
    rows = Session.objects.filter(
        whose(residents, "encounter__resident"),
        encounter__state=State.SIGNED,
        encounter__day__range=(first, last),
    )
    where = ("encounter__day", "encounter__facility", "practitioner", "sheet__technique")
    return rows_of(rows, "encounter__resident", *where)


def follow_ups(residents: Collection[str], first: date, last: date) -> Iterator[Found]:
    """Follow-ups after a visit that reached somebody."""
    rows = FollowUp.objects.filter(
        whose(residents, "encounter__resident"), done_at__date__range=(first, last)
    ).exclude(effect="unreached")
    where = ("done_at__date", "encounter__facility", "encounter__practitioner")
    return rows_of(rows, "encounter__resident", *where)


def register_clinic() -> None:
    """The kinds that the clinic writes down."""
    register("visit", "签名的就诊", visits)
    register("herbs", "中药处方", herbs)
    register("technique", "做过的适宜技术", techniques)
    register("follow_up", "诊后随访", follow_ups)
