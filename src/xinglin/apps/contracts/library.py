"""The items that may be agreed (签约服务项目库): records of the register ``contract_item``, kept by forms.

The library is entered once, with its own pages, review, history and files; here it is only read. A place uses the items
of its county, city and province. Of versions with one code the nearest area's holds, then the one begun last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from xinglin.apps.contracts.models.package import places_above
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.rows import values_in
from xinglin.base.yamlfile import Strict, build, read_yaml
from xinglin.records.cells import shown

REGISTER, LISTED = "contract_item", "listed"
TECHNIQUE = "technique"
STARTING = Path(__file__).with_name("data") / "starting_items.yaml"


@dataclass(frozen=True)
class Item:
    """One version of an item.

    Attributes:
        pk: of the record. counts: kind of evidence with what follows a colon, ``technique:A03``; empty for none.
        price: None where none is fixed.
    """

    pk: str
    place: str
    code: str
    name: str
    content: str
    standard: str
    caution: str
    provider: str
    times: int
    unit: str
    price: Decimal | None
    counts: str
    basis: str
    used_from: date
    used_until: date | None


def items(place: str, day: date) -> dict[str, Item]:
    """Items that a place may use on a day, by code; those kept before items had codes wait for being completed."""
    above = places_above(place)
    rows = Record.objects.of(REGISTER).filter(state=LISTED, place__in=above)
    read = [one for row in rows if (one := _item(row)) is not None]
    found = [one for one in read if one.used_from <= day <= (one.used_until or date.max)]
    found.sort(key=lambda one: (-above.index(one.place), one.used_from))
    return {one.code: one for one in found}


def _item(record: Record) -> Item | None:
    one = definition(REGISTER)
    values = values_in(record, one, personal=False)
    if not values.get("code") or not values.get("used_from"):
        return None
    counts = str(values.get("counts") or "")
    if counts == TECHNIQUE:
        counts = f"{TECHNIQUE}:{values.get('technique') or ''}"
    return Item(
        pk=record.pk,
        place=record.place,
        code=str(values["code"]),
        name=str(values["name"]),
        content=str(values["content"]),
        standard=str(values.get("standard") or ""),
        caution=str(values.get("caution") or ""),
        provider=shown(one.fields["provider"], values["provider"], REGISTER, "provider"),
        times=int(values["times"]),
        unit=str(values.get("unit") or "次"),
        price=values.get("price"),
        counts=counts,
        basis=str(values.get("basis") or ""),
        used_from=values["used_from"],
        used_until=values.get("used_until"),
    )


class StartingItem(Strict):
    """An item of the set that comes with the program, as the register asks for it."""

    name: str
    group: str
    kind: str
    content: str
    standard: str
    times: int
    unit: str = "次"
    provider: str
    caution: str
    counts: str | None = None
    technique: str | None = None
    basis: str = ""


class StartingPackage(Strict):
    """A package of that set; ``items``: code → times."""

    name: str
    group: str
    content: str
    least_age: int | None = None
    most_age: int | None = None
    items: dict[str, int]


class StartingSet(Strict):
    """What comes with the program, by code; ``basis``: of whatever names none itself."""

    basis: str
    items: dict[str, StartingItem]
    packages: dict[str, StartingPackage]


@lru_cache(maxsize=1)
def starting() -> StartingSet:
    """Items and packages that come with the program. Raises DefinitionError: the file is faulty."""
    return build(StartingSet, read_yaml(STARTING), STARTING.name)


def proposals(place: str, day: date) -> Iterator[dict[str, Any]]:
    """Items of the starting set that a place neither has nor proposed, as values of the register."""
    rows: Iterable[Record] = Record.objects.of(REGISTER).filter(place=place)
    there = {str(row.document.get("code")) for row in rows}
    for code, one in starting().items.items():
        if code not in there:
            known = {**one.model_dump(exclude_none=True), "basis": one.basis or starting().basis}
            yield {**known, "code": code, "place": place, "date": day, "used_from": day}
