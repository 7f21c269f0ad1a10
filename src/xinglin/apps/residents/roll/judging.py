"""What a row of a file of residents must not be. The words are those of the page wherever the page has some."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from xinglin.apps.access.scope import Scope
from xinglin.apps.exchange.merging import alike
from xinglin.apps.exchange.modeltable import chunks
from xinglin.apps.exchange.spec import Key, Row, RowFault, Stored
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents import identity, rules
from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.roll.columns import FACILITY, ID, NUMBER, values_of
from xinglin.facts.fault import Fault

BEAT = 500
OUTSIDE = Fault(
    "outside_area", "建档机构不是您的机构", "请填自己机构的编号；要在别的机构建档，请那里的医生导入"
)
MERGED = Fault("merged", "这份档案已并入另一份", "请改用保留的那一份档案的编号")
OTHERS = Fault(
    "number_taken",
    "这个证件号码属于另一份档案",
    "是同一个人的，请在居民页面合并两份档案；不是，请核对号码",
)
NAME = Fault(
    "other_name",
    "这个证件号码已经建过档，姓名不同",
    "请核对姓名和号码；确要改姓名的，填上居民编号再导入，或请原建档机构改正",
)
LOST = Fault("no_such_file", "没有这个居民编号", "请核对编号；新建档的留空")
TWIN = "同一个人的，填上他的居民编号（见导出文件）；不是同一个人，请在“建档”页逐个建档"


class Asked(NamedTuple):
    """A row of the file, the person it would make, and what is there of this person."""

    row: Row
    person: Resident
    old: Stored | None


def judged(
    rows: Mapping[int, Row], stored: Mapping[Key, Stored], scope: Scope, beat: Callable[[], None]
) -> Iterator[RowFault]:
    """Faults of rows as they would stand, of each row the first."""
    known = {one.row[ID]: one for one in stored.values()}
    own = _own(rows, scope)
    asked: dict[int, Asked] = {}
    people: dict[str, int] = {}
    for at, (number, row) in enumerate(rows.items()):
        if at % BEAT == 0:
            beat()
        found = Asked(row, _person(row), known.get(row[ID]) if row[ID] else None)
        fault = _first(found, own, people, number)
        if fault is not None:
            yield RowFault(number, *fault)
        else:
            asked[number] = found
    yield from _merged(asked)
    yield from _taken(asked)
    yield from _twins(asked, scope)


def _own(rows: Mapping[int, Row], scope: Scope) -> set[str]:
    """Facilities named in the file that lie in the area."""
    ids = sorted({row[FACILITY] for row in rows.values() if row[FACILITY]})
    inside = Facility.objects.within(scope)
    return {pk for chunk in chunks(ids) for pk in inside.filter(pk__in=chunk).values_list("pk", flat=True)}


def _person(row: Row) -> Resident:
    person = Resident(**values_of(row))
    identity.derive(person)
    return person


def _first(one: Asked, own: set[str], people: dict[str, int], number: int) -> tuple[str, Fault] | None:
    if one.row[FACILITY] not in own:
        return FACILITY, OUTSIDE
    if one.row[ID] and one.old is None:
        return ID, LOST
    for key in filter(None, (one.row[ID], one.person.person_key)):
        if key in people:
            return NUMBER if one.person.person_key else ID, _twice()
    people |= dict.fromkeys(filter(None, (one.row[ID], one.person.person_key)), number)
    if one.old is not None and alike(one.old.row, one.row):
        return None
    return _checked(one.person)


def _twice() -> Fault:
    return Fault("same_person", "本文件前面的一行已是这个人", "同一个人只留一行")


def _checked(person: Resident) -> tuple[str, Fault] | None:
    try:
        rules.check(person)
    except ValidationError as error:
        faults = error.message_dict
        name = NUMBER if NUMBER in faults else next(iter(faults))
        texts = faults[name]
        what, _, fix = texts[0].partition("：")
        return name, Fault("bad_value", what, fix or "请照证件填写")
    return None


def _merged(asked: Mapping[int, Asked]) -> Iterator[RowFault]:
    """Files that go on in another."""
    numbers = {one.row[ID]: number for number, one in asked.items() if one.row[ID]}
    gone = Resident.objects.filter(merged_into__isnull=False).order_by()
    for chunk in chunks(sorted(numbers)):
        for pk in gone.filter(pk__in=chunk).values_list("pk", flat=True):
            yield RowFault(numbers[pk], ID, MERGED)


def _taken(asked: Mapping[int, Asked]) -> Iterator[RowFault]:
    """Numbers of other files."""
    keys = {key: number for number, one in asked.items() if (key := one.person.person_key)}
    for chunk in chunks(sorted(keys)):
        rows = Resident.objects.filter(person_key__in=chunk).order_by()
        for pk, key in rows.values_list("pk", "person_key"):
            number = keys[str(key)]
            own = asked[number].row[ID]
            if own != pk:
                yield RowFault(number, NUMBER, OTHERS if own else NAME)


def _twins(asked: Mapping[int, Asked], scope: Scope) -> Iterator[RowFault]:
    """New rows of the name and birthday of a file of the area, or of an earlier row, that no number tells apart."""
    new = {number: one for number, one in asked.items() if one.old is None}
    there = _namesakes([one.person.name_hash for one in new.values()], scope)
    seen: dict[tuple[str, Any], list[bool]] = {}
    for number, one in new.items():
        person = one.person
        key, numbered = (person.name_hash, person.birth_date), bool(person.person_key)
        if any(not (numbered and other) for other in there.get(key, [])):
            yield RowFault(number, "name", Fault("twin", "已有同名同出生日期的档案", TWIN))
        elif any(not (numbered and other) for other in seen.get(key, [])):
            yield RowFault(number, "name", Fault("twin", "本文件前面的一行与此人同名同出生日期", TWIN))
        else:
            seen.setdefault(key, []).append(numbered)


def _namesakes(hashes: list[str], scope: Scope) -> dict[tuple[str, Any], list[bool]]:
    """Name and birthday → of each file of the area whether it has a number."""
    found: dict[tuple[str, Any], list[bool]] = {}
    inside = Resident.objects.current().within(scope).order_by()
    for chunk in chunks(sorted(set(hashes))):
        rows = inside.filter(name_hash__in=chunk).values_list("name_hash", "birth_date", "person_key")
        for name, born, key in rows:
            found.setdefault((name, born), []).append(bool(key))
    return found
