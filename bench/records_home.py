"""A site with very many records: ``python -m bench.records_home ROWS`` fills the installation of the environment.

Lianzhou 2020 with facilities around it (`bench.site_home`); ROWS pieces of equipment, an eighth of them in the county,
and a tenth as many education bases, all 演示数据. Records, index rows, unique keys, events and deadlines are what the
import would write, made from patterns so that a million takes minutes. Prints as JSON who opens what.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import django

django.setup()

from django.db import connection, models, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import site_home  # noqa: E402
from xinglin.apps.accounts.models import Grant, User  # noqa: E402
from xinglin.apps.audit.sealing import seal_pending  # noqa: E402
from xinglin.apps.exchange import bulk  # noqa: E402
from xinglin.apps.forms import rows  # noqa: E402
from xinglin.apps.forms.book import definition as definition_of  # noqa: E402
from xinglin.apps.forms.history import Deed, difference  # noqa: E402
from xinglin.apps.forms.models import Deadline, Event, Record, UniqueKey, Value  # noqa: E402
from xinglin.apps.organisations.models import Facility  # noqa: E402
from xinglin.records import Definition  # noqa: E402
from xinglin.records.validation import Anything, check  # noqa: E402

MANY, FEW = "equipment", "education_base"
AROUND, COUNTY_SHARE, PATTERNS, PIECE = 20_000, 8, 4000, 20_000
THERE = "@facility@"
"""Stands for the facility in a pattern."""


def equipment(chance: random.Random) -> dict[str, Any]:
    """One piece of equipment."""
    options = definition_of(MANY).fields
    bought = date(2008, 1, 1) + timedelta(days=chance.randrange(6500))
    kinds, sources = list(options["kind"].options or ()), ["finance", "own", "assistance"]
    return {
        "kind": chance.choices(kinds, [3 if at < 6 else 1 for at in range(len(kinds))])[0],
        "model": f"{chance.choice('六四双单八')}路{chance.choice(['电针', '中频', '红外', '熏蒸', '牵引'])}治疗仪"
        f"{chance.randrange(400)}型（演示）",
        "quantity": chance.randrange(1, 40),
        "valid_from": bought,
        "replace_on": bought + timedelta(days=3650) if chance.random() < 0.8 else None,
        "source": chance.choice(sources),
        "price": chance.randrange(50, 900_000),
    }


def base(chance: random.Random) -> dict[str, Any]:
    """One education base."""
    begun = date(2015, 1, 1) + timedelta(days=chance.randrange(3600))
    word = chance.choice("康安和泰明德文慧") + chance.choice("园馆廊苑角")
    return {
        "name": f"{word}{chance.randrange(4000)}宣教基地（演示）",
        "level": chance.choice(["county", "township"]),
        "area": chance.randrange(20, 900),
        "lecturers": chance.randrange(30),
        "visitors": chance.randrange(9000),
        "verified": False,
        "review_on": begun + timedelta(days=730),
        "valid_from": begun,
    }


MADE = {MANY: equipment, FEW: base}


@dataclass
class Pattern:
    """Everything of a record but its id and its facility, as the statement takes it."""

    record: dict[str, Any]
    values: list[dict[str, Any]]
    event: dict[str, Any]
    due: date | None
    texts: dict[str, str]


def patterns(definition: Definition, deed: Deed) -> list[Pattern]:
    """So many different ones, the same every time."""
    chance = random.Random(4)
    return [_pattern(definition, MADE[definition.id](chance), chance, deed) for _ in range(PATTERNS)]


def _pattern(definition: Definition, raw: dict[str, Any], chance: random.Random, deed: Deed) -> Pattern:
    found = check(definition, {"facility": THERE, **raw}, Anything())
    if found.errors:
        raise SystemExit(f"{definition.id}: {found.errors}")
    states = list(definition.states)
    state = chance.choices(states, [16, *[1] * (len(states) - 1)])[0]
    record = Record(definition=definition.id, state=state, created_at=deed.at, changed_at=deed.at)
    rows.fill(record, definition, found.values)
    event = deed.event(record, "import", 1, **difference(({}, {}, {}, ""), record))
    values = [_plain(Value, one) for one in rows.index_rows(record, definition, found.values)]
    limit = definition.states[state].deadline
    due = found.values.get(limit.field) if limit is not None and limit.field else None
    texts = {name: str(found.values[name]) for group in definition.unique for name in group}
    return Pattern(_plain(Record, record), values, _plain(Event, event), due, texts)  # type: ignore[arg-type]


def _plain(model: type[models.Model], one: models.Model) -> dict[str, Any]:
    return {
        field.attname: bulk.prepared(field, getattr(one, field.attname))
        for field in model._meta.concrete_fields
    }


def facilities() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Id and place of the county's, and of the others."""
    found = list(Facility.objects.filter(valid_to=None).order_by("place", "pk").values_list("pk", "place"))
    inside = [one for one in found if one[1].startswith(site_home.COUNTY)]
    return inside, [one for one in found if not one[1].startswith(site_home.COUNTY)]


def fill(definition: Definition, count: int, share: int = COUNTY_SHARE) -> None:
    """So many records of one definition, one of ``share`` in the county."""
    deed = Deed(None, "import")
    made, (inside, outside) = patterns(definition, deed), facilities()
    for first in range(0, count, PIECE):
        numbers = range(first, min(count, first + PIECE))
        ids = bulk.new_ids(len(numbers))
        lines: list[tuple[str, tuple[str, str], Pattern, int]] = []
        for id_, number in zip(ids, numbers, strict=True):
            group = inside if number % share == 0 else outside
            at = number // share if group is inside else number
            lines.append((id_, group[at % len(group)], made[number * 7919 % PATTERNS], number))
        with transaction.atomic():
            _put(Record, (_record(*line) for line in lines))
            _put(Value, ({**v, "record_id": i, "place": f[1]} for i, f, p, _ in lines for v in p.values))
            _put(
                Event,
                (
                    {**p.event, "record_id": i, "changes": _there(p.event["changes"], f)}
                    for i, f, p, _ in lines
                ),
            )
            _put(UniqueKey, (key for line in lines for key in _keys(definition, *line)))
            _put(Deadline, (_deadline(i, f, p, deed) for i, f, p, _ in lines if p.due))


def _record(id_: str, facility: tuple[str, str], pattern: Pattern, number: int) -> dict[str, Any]:
    own = {"id": id_, "facility_id": facility[0], "place": facility[1], "county": facility[1][:6]}
    document = _there(pattern.record["document"], facility)
    return {**pattern.record, **own, "subject": facility[0], "document": document}


def _there(text: Any, facility: tuple[str, str]) -> Any:
    if isinstance(text, str):
        return text.replace(THERE, facility[0])
    return type(text)(json.loads(json.dumps(text.obj).replace(THERE, facility[0])))


def _keys(
    definition: Definition, id_: str, facility: tuple[str, str], pattern: Pattern, number: int
) -> Iterator[dict[str, Any]]:
    for group, fields in enumerate(definition.unique):
        values = {name: f"{pattern.texts[name]}{number}" for name in fields} | {"facility": facility[0]}
        for _, digest in list(rows.digests(definition, values))[group : group + 1]:
            yield {"record_id": id_, "definition": definition.id, "number": group, "digest": digest}


def _deadline(id_: str, facility: tuple[str, str], pattern: Pattern, deed: Deed) -> dict[str, Any]:
    return _plain(
        Deadline,
        Deadline(
            record_id=id_,
            state=pattern.record["state"],
            opened_on=timezone.localdate(deed.at),
            due=pattern.due,
            warn_on=pattern.due,
            definition=pattern.record["definition"],
            place=facility[1],
            facility_id=facility[0],
        ),
    )


def _put(model: type[models.Model], found: Iterator[dict[str, Any]]) -> None:
    meta = model._meta
    made = model is not Record
    fields = [one for one in meta.concrete_fields if not (made and one.primary_key)]
    bulk.insert(model, fields, ([row[one.attname] for one in fields] for row in found))


def without_indexes(make: Any) -> None:
    """Indexes are made once, after the rows."""
    with connection.schema_editor() as editor:
        for model in (Record, Value):
            for index in model._meta.indexes:
                editor.remove_index(model, index)
    make()
    with connection.schema_editor() as editor:
        for model in (Record, Value):
            for index in model._meta.indexes:
                editor.add_index(model, index)


def people() -> dict[str, User]:
    """A village clinic's head, a county's and a region's officer."""
    clinic = Facility.objects.filter(kind="village_clinic", valid_to=None, place__startswith=site_home.COUNTY)
    head = clinic.order_by("place", "pk")[0]
    found = {}
    for role, area in (
        ("facility_head", {"facility": head.pk}),
        ("county_officer", {"place": site_home.COUNTY}),
        ("regional_officer", {"place": site_home.COUNTY[:4]}),
    ):
        user = User.objects.create(username=f"bench-records-{role}", must_change_password=False)
        Grant.objects.create(user=user, role=role, valid_from=timezone.localdate(), **area)
        found[role] = user
    return found


def main(count: int) -> None:
    site_home.fill(AROUND)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-400000")

    def make() -> None:
        fill(definition_of(MANY), count)
        fill(definition_of(FEW), count // 10)

    without_indexes(make)
    seal_pending()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    sessions = {role: site_home.session_of(user) for role, user in people().items()}
    json.dump({"sessions": sessions}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
