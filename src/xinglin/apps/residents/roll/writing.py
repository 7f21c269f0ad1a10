"""What an import writes of residents, and its undoing: files, who knows them, the history of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from django.db.models import Model

from xinglin.apps.exchange import bulk
from xinglin.apps.exchange.modeltable import chunks
from xinglin.apps.exchange.spec import Change, Row
from xinglin.apps.protection.ids import new_id
from xinglin.apps.residents import identity
from xinglin.apps.residents.models import Event, Known, Resident
from xinglin.apps.residents.roll.columns import FACILITY, FIELDS, pair, values_of

DERIVED = (
    "person_key",
    "name_hash",
    "phone_hash",
    "pinyin_hash",
    "initials_hash",
    "surname_initials_hash",
    "sort_key",
    "revision",
)
DEEDS = {"import": "import", "undo": "import_undo"}


def write(changes: Sequence[Change], *, by: Any, deed: str, beat: Callable[[], None]) -> None:
    """Write changes in the caller's transaction; their audit row is the caller's."""
    for chunk in chunks(changes, bulk.PIECE):
        _forget([one for one in chunk if one.after is None])
        kept = [one for one in chunk if one.after is not None]
        _insert([one for one in kept if one.before is None])
        _update([one for one in kept if one.before is not None])
        _note(kept, str(getattr(by, "pk", None) or ""), DEEDS.get(deed, deed))
        beat()


def _filled(person: Resident, row: Row) -> Resident:
    for name, value in values_of(row).items():
        setattr(person, name, value)
    identity.derive(person)
    return person


def _insert(changes: Sequence[Change]) -> None:
    rows = [(one, one.after) for one in changes if one.after is not None]
    bulk.write([_filled(Resident(pk=pair(one.id)[0]), row) for one, row in rows])
    _let_know(changes)


def _update(changes: Sequence[Change]) -> None:
    there: dict[str, Resident] = {}
    for piece in chunks([pair(one.id)[0] for one in changes]):
        there |= Resident.objects.in_bulk(list(piece))
    changed = []
    for one in changes:
        before, after = one.before or {}, one.after or {}
        if any(before[name] != after[name] for name in FIELDS):
            person = _filled(there[pair(one.id)[0]], after)
            person.revision += 1
            changed.append(person)
    bulk.write(changed, [*FIELDS, *DERIVED])
    _let_know([one for one in changes if one.before and one.before[FACILITY] is None])
    for one in changes:
        if one.after is not None and one.after[FACILITY] is None:
            resident, facility = pair(one.id)
            Known.objects.filter(resident=resident, facility=facility).delete()


def _let_know(changes: Sequence[Change]) -> None:
    """The facilities of rows know their persons."""
    pairs = [pair(one.id) for one in changes if one.after is not None and one.after[FACILITY] is not None]
    bulk.write([Known(pk=new_id(), resident_id=person, facility_id=facility) for person, facility in pairs])


def _forget(changes: Sequence[Change]) -> None:
    """Take away files that an import made: nothing refers to them, the exchange has asked."""
    for chunk in chunks([pair(one.id)[0] for one in changes]):
        Event.objects.filter(resident__in=chunk).delete()
        Known.objects.filter(resident__in=chunk).delete()
        rows = Resident.objects.filter(pk__in=chunk)
        rows._raw_delete(rows.db)


def _note(changes: Sequence[Change], account: str, deed: str) -> None:
    events = []
    for one in changes:
        before, after = one.before or {}, one.after or {}
        names = sorted(name for name in FIELDS if before.get(name) != after[name])
        events.append(Event(resident_id=pair(one.id)[0], by=account, deed=deed, fields=names))
    Event.objects.bulk_create(events)


def relations() -> Iterator[tuple[type[Model], str]]:
    """Tables that refer to residents, and by which field; those that come with every file left out."""
    for relation in Resident._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            model: Any = relation.related_model
            if model not in (Known, Event):
                yield model, relation.field.name  # type: ignore[union-attr]


def referred(pairs: Collection[tuple[str, str]]) -> set[str]:
    """Persons of whom anything was written, or whom another facility than that of the pair knows."""
    found: set[str] = set()
    for chunk in chunks(sorted({resident for resident, _ in pairs})):
        known = Known.objects.filter(resident__in=chunk).values_list("resident", "facility")
        found |= {resident for resident, facility in known if (resident, facility) not in pairs}
        for model, name in relations():
            rows = model._default_manager.filter(**{f"{name}__in": chunk}).order_by()
            found |= set(map(str, rows.values_list(name, flat=True)))
    return found


def used(pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those pairs of person and facility of whom the facility has written anything."""
    found: set[tuple[str, str]] = set()
    for chunk in chunks(sorted({resident for resident, _ in pairs})):
        for model, name in relations():
            if any(field.name == "facility" for field in model._meta.concrete_fields):
                rows = model._default_manager.filter(**{f"{name}__in": chunk}).order_by()
                found |= set(rows.values_list(name, "facility").distinct())
    return found & set(pairs)
