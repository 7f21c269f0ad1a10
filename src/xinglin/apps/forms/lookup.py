"""What a record may refer to, as the database has it; and where a record lies because of what it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils import timezone

from xinglin.apps.access.scope import NATION
from xinglin.apps.forms.models import Record
from xinglin.apps.organisations.models import Consortium, Facility, Post, Practitioner, TcmHall
from xinglin.apps.ui.places import divisions
from xinglin.facts.fault import Fault
from xinglin.records import Definition, Subject

MODELS: dict[str, tuple[type[Model], str]] = {
    "facility": (Facility, "机构"),
    "tcm_hall": (TcmHall, "中医馆"),
    "practitioner": (Practitioner, "人员"),
    "consortium": (Consortium, "医共体"),
}
CHUNK = 2000


class Area(NamedTuple):
    """Where a record lies; ``fault`` when what it is about does not exist or may not be what it is about."""

    place: str = ""
    facility: str = ""
    fault: Fault | None = None


class Database:
    """A lookup in the database. Remembers what it asked: one for a page or an import."""

    def __init__(self) -> None:
        self._missing: dict[str, dict[str, bool]] = {}

    def prime(self, kind: str, ids: Iterable[str]) -> None:
        """Ask for many at once."""
        known = self._missing.setdefault(kind, {})
        wanted = sorted({one for one in ids if one not in known})
        for start in range(0, len(wanted), CHUNK):
            piece = wanted[start : start + CHUNK]
            found = self._there(kind, piece)
            known.update({one: one not in found for one in piece})

    def faults(self, kind: str, ids: Collection[str]) -> Mapping[str, Fault]:
        """Ids that do not exist."""
        self.prime(kind, ids)
        return {one: _missing(kind, one) for one in ids if self._missing[kind][one]}

    def _there(self, kind: str, ids: list[str]) -> set[str]:
        if kind == "place":
            return {code for code in ids if place_exists(code)}
        if kind.startswith("record:"):
            rows = Record.objects.of(kind.removeprefix("record:")).filter(pk__in=ids)
            return set(rows.values_list("pk", flat=True))
        model, _ = MODELS[kind]
        return set(model._default_manager.filter(pk__in=ids).values_list("pk", flat=True))


def _missing(kind: str, one: str) -> Fault:
    if kind == "place":
        return Fault("bad_place", f"区划里没有代码“{one}”", "请核对代码，或从列表里选")
    label = "记录" if kind.startswith("record:") else MODELS[kind][1]
    return Fault("dangling_reference", f"没有编号“{one}”的{label}", f"请从列表里选，或先登记这个{label}")


def place_exists(code: str) -> bool:
    """Whether a place is in the edition loaded."""
    return code == NATION or code in divisions()


def areas(definition: Definition, subjects: Collection[str]) -> dict[str, Area]:
    """Subject id → where records about it lie."""
    wanted = sorted(set(subjects))
    found: dict[str, Area] = {}
    for start in range(0, len(wanted), CHUNK):
        found |= _AREAS[definition.subject](definition, wanted[start : start + CHUNK])
    return found


def _of_places(definition: Definition, codes: list[str]) -> dict[str, Area]:
    del definition
    return {code: Area(code) for code in codes if place_exists(code)}


def _of_facilities(definition: Definition, ids: list[str]) -> dict[str, Area]:
    rows = Facility.objects.filter(pk__in=ids).values_list("pk", "place", "kind")
    return {pk: Area(place, pk, _kind_fault(definition, kind)) for pk, place, kind in rows}


def _of_halls(definition: Definition, ids: list[str]) -> dict[str, Area]:
    rows = TcmHall.objects.filter(pk__in=ids).values_list(
        "pk", "facility__place", "facility", "facility__kind"
    )
    return {pk: Area(place, facility, _kind_fault(definition, kind)) for pk, place, facility, kind in rows}


def _kind_fault(definition: Definition, kind: str) -> Fault | None:
    if not definition.kinds or kind in definition.kinds:
        return None
    from xinglin.facts import load_contract

    codes = load_contract().codelists["facility_kind"].codes
    wanted = "、".join(codes[name].label for name in definition.kinds)
    return Fault("wrong_kind", f"{definition.label}不登记{codes[kind].label}", f"请选{wanted}")


def _of_practitioners(definition: Definition, ids: list[str]) -> dict[str, Area]:
    """Where they mainly work today; else where they were registered."""
    del definition
    found = {
        pk: Area(place)
        for pk, place in Practitioner.objects.filter(pk__in=ids).values_list("pk", "registered_in")
    }
    posts = Post.objects.filter(practitioner__in=ids).not_over(timezone.localdate()).order_by("main")
    for person, facility, place in posts.values_list("practitioner", "facility", "facility__place"):
        found[person] = Area(place, facility)
    return found


def _of_consortia(definition: Definition, ids: list[str]) -> dict[str, Area]:
    del definition
    return {pk: Area(place) for pk, place in Consortium.objects.filter(pk__in=ids).values_list("pk", "place")}


def _of_records(definition: Definition, ids: list[str]) -> dict[str, Area]:
    rows = Record.objects.of(str(definition.of)).filter(pk__in=ids).values_list("pk", "place", "facility")
    return {pk: Area(place, facility or "") for pk, place, facility in rows}


_AREAS: dict[Subject, Any] = {
    Subject.PLACE: _of_places,
    Subject.FACILITY: _of_facilities,
    Subject.HALL: _of_halls,
    Subject.PRACTITIONER: _of_practitioners,
    Subject.CONSORTIUM: _of_consortia,
    Subject.RECORD: _of_records,
}
