"""Where the fact rows behind a number came from: the record or register row that each leads to, what of it may be sent
back, what was sent back and put right since.

A row is found again by its key: records pass their id on to the facts (with ``.`` and more where one record gives
several rows), registers are read as they are. A row that this site did not write says which source gave it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localtime

from xinglin.apps.forms import permissions
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Answer, Record, Return
from xinglin.apps.forms.rows import facts_of
from xinglin.apps.indicators.ledger import sources
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight import looked_at, registers, visits
from xinglin.facts import load_contract
from xinglin.records import Definition
from xinglin.records.feed import Feed
from xinglin.records.feeding import feeds
from xinglin.standing.areas_file import Measure
from xinglin.standing.opened import Line

Key = tuple[str, str]
"""Fact table and key of a row."""
Told = tuple[str, str, str]
TREATED = "由诊疗记录给出；个人的就诊内容只有接诊机构能打开"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row came from.

    Attributes:
        words: what it is: the record's definition, the register, or the outside source. address: of its page; "" where
            there is none or the account may not open it, then ``note`` says why.
        returns: (label of a field, address of the form that sends its value back), those the number looks at.
        told: (tone, word, more) of what was sent back and of what was put right since the vintage was published.
    """

    words: str
    address: str = ""
    note: str = ""
    returns: tuple[tuple[str, str], ...] = ()
    told: tuple[Told, ...] = ()


@dataclass(slots=True)
class _Found:
    """Records behind rows, with the feeds that made them."""

    record: Record
    feeds: list[Feed] = field(default_factory=list)


def origins(
    user: Any, vintage: Vintage, measure: Measure, lines: Sequence[Line], back: str
) -> dict[Key, Origin]:
    """Where rows came from, as an account may see it. A few queries, however many rows.

    Args:
        back: address of the page that shows the rows, to come back to.
    """
    fed = {table for one in book() for table in (feed.table for feed in one.facts)}
    mine = [line for line in lines if line.table in fed]
    found = _of_records(user, vintage, measure, mine, back)
    found |= {
        key: Origin(one.words, one.address, one.note) for key, one in registers.rows(user, lines).items()
    }
    outside = _outside()
    found |= {(line.table, line.key): Origin("就诊记录", note=TREATED) for line in visits.ours(lines)}
    for line in lines:
        if (line.table, line.key) not in found:
            found[line.table, line.key] = _elsewhere(line, line.table in fed, outside)
    return found


def _elsewhere(line: Line, fed: bool, outside: Mapping[str, str]) -> Origin:
    """A row that no record or register of this site gave."""
    if line.table in outside:
        return Origin(outside[line.table], note="由外部数据给出：请在原系统改正后重新载入")
    if load_contract().table(line.table).built_in:
        return Origin("程序自带的目录")
    note = "登记里已没有这一行" if fed or registers.keeps(line.table) else "外部数据：来源已换下"
    return Origin("—", note=note)


def _outside() -> dict[str, str]:
    """Table → which sources from outside give it, with the day they were loaded."""
    found: dict[str, list[str]] = {}
    for source in sources(Path(settings.XINGLIN_HOME) / "facts"):
        for table in source.files:
            words = f"{source.title or source.name}，{localtime(datetime.fromisoformat(source.added)):%Y-%m-%d} 载入"
            found.setdefault(table, []).append(words)
    return {table: "；".join(words) for table, words in found.items()}


# -- records ---------------------------------------------------------------------------------------------------


def _of_records(
    user: Any, vintage: Vintage, measure: Measure, lines: Iterable[Line], back: str
) -> dict[Key, Origin]:
    known = _records(list(lines))
    if not known:
        return {}
    pks = {one.record.pk for one in known.values()}
    returned: dict[str, list[Return]] = {}
    for row in Return.objects.filter(record__in=pks).order_by("at"):
        returned.setdefault(row.record_id, []).append(row)
    columns = looked_at.columns(measure)
    return {
        key: _origin(user, vintage, one, columns.get(key[0], []), returned.get(one.record.pk, []), back)
        for key, one in known.items()
    }


def _origin(
    user: Any, vintage: Vintage, found: _Found, columns: Sequence[str], returned: Sequence[Return], back: str
) -> Origin:
    record, definition = found.record, book()[found.record.definition]
    if not user.can("record.view") or not permissions.sees(user, definition, record):
        return Origin(definition.label, note="您的角色或地区不能打开这条记录")
    told = _told(definition, vintage, record, returned)
    address = reverse("forms:record", args=[record.pk])
    waiting = {one.field for one in returned if one.settled_at is None}
    may = user.can("record.edit") and permissions.may_return(user, definition, record)
    names = _fields(definition, found.feeds, columns) if may else []
    returns = tuple(
        (definition.fields[name].label, _return_address(record, name, back))
        for name in names
        if name not in waiting
    )
    return Origin(definition.label, address, "", returns, told)


def _return_address(record: Record, name: str, back: str) -> str:
    return f"{reverse('forms:send_back', args=[record.pk])}?{urlencode({'field': name, 'back': back})}"


def _fields(definition: Definition, made: Sequence[Feed], columns: Sequence[str]) -> list[str]:
    """Fields that fed what the number looks at; all that fed the row where it looks at none of them."""
    sources_ = [(name, source.field) for feed in made for name, source in feed.columns.items()]
    typed = [
        (name, str(one))
        for name, one in sources_
        if one in definition.fields and definition.fields[str(one)].computed is None
    ]
    asked = [one for column in columns for name, one in typed if name == column]
    return list(dict.fromkeys(asked or [one for _, one in typed]))


def _told(
    definition: Definition, vintage: Vintage, record: Record, returned: Sequence[Return]
) -> tuple[Told, ...]:
    """What was sent back and waits, what was put right since the vintage, other changes since then."""
    found: list[Told] = []
    since = vintage.published_at
    for one in returned:
        label = definition.fields[one.field].label if one.field in definition.fields else one.field
        if one.settled_at is None:
            found.append(("warn", "已退回", f"“{label}”：{one.reason}，{one.due} 前改正"))
        elif one.settled_at > since:
            day = localtime(one.settled_at).date()
            found.append(("good", "已改正", f"“{label}”已在 {day} 改正，将计入下一期"))
    if record.removed_at is not None and record.removed_at > since:
        day = localtime(record.removed_at).date()
        found.append(("info", "已撤除", f"这条记录已在 {day} 撤除，下一期不再计入"))
    elif record.changed_at > since and not any(tone == "good" for tone, _, _ in found):
        found.append(("info", "改过", f"{localtime(record.changed_at).date()} 改过，以下一期为准"))
    return tuple(found)


def _records(lines: Sequence[Line]) -> dict[Key, _Found]:
    """The records that gave rows: by the id in the row's key, else by what the key says of them."""
    definitions = list(book())
    of_table = {table: list(feeds(definitions, table)) for table in {line.table for line in lines}}
    by_id = {line for line in lines if _passes_id(line.table, of_table[line.table])}
    found = _by_id(by_id, of_table)
    return found | _by_key([line for line in lines if line not in by_id], of_table)


_Feeds = dict[str, list[tuple[Definition, Feed]]]


def _passes_id(table: str, known: Sequence[tuple[Definition, Feed]]) -> bool:
    key = load_contract().table(table).key
    return len(key) == 1 and all(feed.columns[key[0]].field == "id" for _, feed in known)


def _by_id(lines: Iterable[Line], of_table: _Feeds) -> dict[Key, _Found]:
    ids = {(line.table, line.key): line.key.partition(".")[0] for line in lines}
    if not ids:
        return {}
    surveyed = {
        table: [pk for (of, _), pk in ids.items() if of == table]
        for table, known in of_table.items()
        if any(one.survey is not None for one, _ in known)
    }
    answers = [pk for pks in surveyed.values() for pk in pks]
    rounds = dict(Answer.objects.filter(pk__in=answers).values_list("pk", "round_id")) if answers else {}
    wanted = {rounds.get(pk, pk) for pk in ids.values()}
    records = Record.objects.in_bulk(list(wanted))
    found = {}
    for key, pk in ids.items():
        record = records.get(rounds.get(pk, pk))
        if record is not None and record.definition in book().definitions:
            made = [feed for one, feed in of_table[key[0]] if one.id == record.definition]
            found[key] = _Found(record, made)
    return found


def _by_key(lines: Sequence[Line], of_table: _Feeds) -> dict[Key, _Found]:
    """Rows whose key is what the record says (a facility's month, a place's year): those records make it again."""
    found: dict[Key, _Found] = {}
    wanted = {(line.table, line.key) for line in lines}
    for definition in {one.id: one for line in lines for one, _ in of_table[line.table]}.values():
        subjects = {key.partition("~")[0] for _, key in wanted}
        rows = Record.objects.of(definition.id)
        rows = (
            rows.filter(facility__in=subjects)
            if definition.subject_field == "facility"
            else rows.filter(place__in=subjects)
        )
        for record in rows:
            values = facts_of(record, definition)
            for table in {table for table, _ in wanted}:
                for feed in definition.facts:
                    for key in _keys(table, feed, values) & wanted:
                        found.setdefault(key, _Found(record)).feeds.append(feed)
    return found


def _keys(table: str, feed: Feed, values: Mapping[str, Any]) -> set[Key]:
    if feed.table != table:
        return set()
    names = load_contract().table(table).key
    return {
        (table, "~".join("" if row.get(name) is None else str(row[name]) for name in names))
        for row in feed.rows(values)
    }
