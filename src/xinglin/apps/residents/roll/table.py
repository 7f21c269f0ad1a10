"""Residents as a register: a row is a person and the facility that knows, or shall know, this person.

Who a row is, the id says, or the keyed hash of the document number together with the name: as on the page, number and
name open the file of a person who is known elsewhere, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from xinglin.apps.access.scope import Scope
from xinglin.apps.exchange import bulk
from xinglin.apps.exchange.modeltable import CHUNK, chunks
from xinglin.apps.exchange.spec import (
    SOUGHT,
    Area,
    Change,
    Key,
    Row,
    RowFault,
    Stored,
    TableSpec,
    register,
)
from xinglin.apps.organisations.identity import person_key
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents import permissions
from xinglin.apps.residents.identity import found_by, name_hash
from xinglin.apps.residents.models import Known, Resident
from xinglin.apps.residents.roll import writing
from xinglin.apps.residents.roll.columns import (
    FACILITY,
    FIELDS,
    ID,
    LENGTHS,
    NUMBER,
    PERSONAL,
    TABLE,
    completed,
    pair,
    pair_id,
    row_of,
)
from xinglin.apps.residents.roll.judging import judged
from xinglin.facts.fault import Fault

VIEW = "resident.table"
USED = Fault("used", "导入之后，这家机构已有此人的就诊或服务记录", "不能撤销；资料不对的请在档案里改")


@dataclass(frozen=True)
class ResidentTable(TableSpec):
    """The files of residents whom facilities of an area know."""

    @property
    def by_name(self) -> bool:
        """As on the page."""
        return True

    @property
    def judges_references(self) -> bool:
        """Facilities are one's own, as a visit has them; a doctor does not edit facilities."""
        return True

    def reach(self, user: Any, target: TableSpec) -> Scope:
        """Facilities in which the account may make files."""
        del target
        return self.edit_scope(user)

    def completed(self, row: Row) -> Row:
        """With what the number tells."""
        return completed(row)

    def key(self, row: Row) -> Key:
        """The id; without one the number with the name."""
        if row[ID]:
            return (ID, row[ID], row[FACILITY])
        number = row[NUMBER]
        return (NUMBER, person_key(number), name_hash(row["name"] or ""), row[FACILITY]) if number else ()

    def stored(self, rows: Collection[Row], scope: Scope) -> dict[Key, Stored]:
        """Files with the id, or the number and name, of a row."""
        people = _found(rows)
        inside = _inside([person.pk for person in people.values()], scope)
        pairs = _pairs({person.pk for person in people.values()})
        found: dict[Key, Stored] = {}
        for row in rows:
            key = self.key(row)
            person = people.get(key[:-1]) if key else None
            if person is not None:
                facility = row[FACILITY] if (person.pk, row[FACILITY]) in pairs else None
                known = key[0] == NUMBER or person.pk in inside
                found[key] = Stored(pair_id(person.pk, row[FACILITY]), row_of(person, facility), known)
        return found

    def conflicts(
        self,
        rows: Mapping[int, Row],
        stored: Mapping[Key, Stored],
        scope: Scope,
        beat: Callable[[], None] = lambda: None,
    ) -> Iterator[RowFault]:
        """What the page would refuse, and persons that would be twice."""
        yield from judged(rows, stored, scope, beat)

    def broken_since(self, changes: Sequence[Change], scope: Scope) -> Iterator[RowFault]:
        """Persons whom a facility shall know no more, although it has written something of them meanwhile."""
        del scope
        leaving = [pair(one.id) for one in changes if one.after is not None and one.after[FACILITY] is None]
        for number, _ in enumerate(writing.used(leaving) if leaving else ()):
            yield RowFault(number, FACILITY, USED)

    def areas(self, ids: Collection[str], scope: Scope) -> dict[str, Area]:
        """Those whom a facility of the area knows."""
        inside = _inside([pair(one)[0] for one in ids], scope)
        return {one: Area("", pair(one)[1]) for one in ids if pair(one)[0] in inside}

    def beyond(self, row: Row) -> bool:
        """A person whom the facility did not know."""
        return row[FACILITY] is None

    def new_ids(self, rows: Sequence[Row]) -> list[str]:
        """A fresh number for every person, written into the row as well."""
        for row, fresh in zip(rows, bulk.new_ids(len(rows)), strict=True):
            row[ID] = fresh
        return [pair_id(row[ID], row[FACILITY]) for row in rows]

    def write(
        self, changes: Sequence[Change], *, by: Any, deed: str, beat: Callable[[], None] = lambda: None
    ) -> None:
        """Files, who knows them, and what was done to them."""
        writing.write(changes, by=by, deed=deed, beat=beat)

    def present(self, ids: Collection[str]) -> dict[str, Row]:
        """Persons as they are now; without the facility where it does not know them."""
        asked = {one: pair(one) for one in ids}
        wanted = {resident for resident, _ in asked.values()}
        people = {
            row.pk: row
            for chunk in chunks(sorted(wanted))
            for row in Resident.objects.filter(pk__in=chunk).order_by()
        }
        pairs = _pairs(wanted)
        return {
            one: row_of(people[resident], facility if (resident, facility) in pairs else None)
            for one, (resident, facility) in asked.items()
            if resident in people
        }

    def lock(self, ids: Collection[str]) -> None:
        """In the order of the persons' ids."""
        for chunk in chunks(sorted({pair(one)[0] for one in ids})):
            rows = Resident.objects.filter(pk__in=chunk).order_by("pk")
            list(rows.select_for_update(no_key=True).values_list("pk"))

    def referred_to(self, ids: Collection[str]) -> set[str]:
        """Persons of whom something was written, or whom another facility knows."""
        found = writing.referred({pair(one) for one in ids})
        return {one for one in ids if pair(one)[0] in found}

    def exceeds(self, scope: Scope, filters: Mapping[str, str], most: int) -> bool:
        """Whether more persons of an area meet filters than so many."""
        return bool(_narrowed(scope, filters, scope).order_by()[: most + 1].count() > most)

    def rows(self, scope: Scope, filters: Mapping[str, str], personal: Scope | bool) -> Iterable[Row]:
        """Every person once, with the first of the area's facilities that knows this person."""
        inside = Facility.objects.within(scope).values("pk")
        first = Known.objects.filter(resident=OuterRef("pk"), facility__in=inside).order_by("since", "pk")
        names = personal if isinstance(personal, Scope) else Scope()
        query = _narrowed(scope, filters, names).annotate(
            _facility=Subquery(first.values("facility")[:1]), _seen=_seen(personal)
        )
        shown = [name for name in FIELDS if personal or name not in PERSONAL]
        nothing, hidden = dict.fromkeys(self.table.columns), dict.fromkeys(PERSONAL)
        for pk, facility, seen, *values in query.values_list("pk", "_facility", "_seen", *shown).iterator(
            CHUNK
        ):
            told = {name: value or None for name, value in zip(shown, values, strict=True)}
            row = {**nothing, ID: pk, FACILITY: facility, **told}
            yield row if seen else {**row, **hidden}


def _found(rows: Collection[Row]) -> dict[Key, Resident]:
    """Persons by the first part of the keys of rows that may mean them."""
    ids = sorted({row[ID] for row in rows if row[ID]})
    keys = sorted({person_key(row[NUMBER]) for row in rows if row[NUMBER] and not row[ID]})
    found: dict[Key, Resident] = {}
    for chunk in chunks(ids):
        for person in Resident.objects.filter(pk__in=chunk).order_by():
            found[ID, person.pk] = person
    for chunk in chunks(keys):
        for person in Resident.objects.current().filter(person_key__in=chunk).order_by():
            found[NUMBER, person.person_key, person.name_hash] = person
    return found


def _inside(residents: Sequence[str], scope: Scope) -> set[str]:
    """Those whom a facility of the area knows."""
    return {
        pk
        for chunk in chunks(sorted(set(residents)))
        for pk in Resident.objects.filter(pk__in=chunk).within(scope).order_by().values_list("pk", flat=True)
    }


def _pairs(residents: Collection[str]) -> set[tuple[str, str]]:
    """Who is known where."""
    return {
        one
        for chunk in chunks(sorted(residents))
        for one in Known.objects.filter(resident__in=chunk).values_list("resident", "facility")
    }


def _narrowed(scope: Scope, filters: Mapping[str, str], names: Scope) -> Any:
    """Files of an area that meet filters; who is looked for, only where names may be read."""
    wanted = Q()
    if filters.get(SOUGHT):
        wanted &= found_by(filters[SOUGHT]) & Q(pk__in=Resident.objects.within(names).order_by().values("pk"))
    if filters.get("place"):
        wanted &= Q(place__startswith=filters["place"])
    for name in ("id_kind", "sex"):
        if filters.get(name):
            wanted &= Q(**{name: filters[name]})
    if filters.get(FACILITY):
        known = Known.objects.filter(resident=OuterRef("pk"), facility=filters[FACILITY])
        wanted &= Q(Exists(known))
    return Resident.objects.current().within(scope).filter(wanted).order_by("sort_key", "pk")


def _seen(personal: Scope | bool) -> Any:
    """In the one statement that reads the rows: whether the account may open the file."""
    area = personal if isinstance(personal, Scope) else Scope()
    places = area.q(place="facility__place", facility="facility")
    return Exists(Known.objects.filter(places, resident=OuterRef("pk")))


register(
    ResidentTable(
        table=TABLE,
        view=VIEW,
        edit=permissions.EDIT,
        lengths=LENGTHS,
        personal=PERSONAL,
        personal_view=permissions.VIEW,
    )
)
