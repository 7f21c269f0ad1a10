"""Every definition that is shipped, from its form to the facts: filled in from its samples, listed, changed, exported,
imported again, moved to an end by people who may, counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import forms_factories as make
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from forms_walking import People, full_score, make_move, nobody_twice, path, posted

from xinglin.apps.access.scope import Scope
from xinglin.apps.exchange import sheets
from xinglin.apps.exchange.actions import Quiet
from xinglin.apps.exchange.checking import check
from xinglin.apps.exchange.reading import read_upload
from xinglin.apps.exchange.sifting import sift
from xinglin.apps.exchange.spec import SPECS
from xinglin.apps.forms import completeness, facts, history, permissions, reporting, rows
from xinglin.apps.forms.actions import surveying
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.tables import PREFIX
from xinglin.apps.indicators import records as counted
from xinglin.base.errors import DefinitionError
from xinglin.facts import load_contract
from xinglin.records import Definition, FieldType, Kind, load_definitions
from xinglin.records.periods import periods
from xinglin.records.samples import sample_answers

EVERYWHERE = Scope(frozenset({"0"}))
try:
    BOOK = load_definitions()
except DefinitionError as error:
    raise RuntimeError("\n".join(error.faults)) from None


@pytest.fixture
def people(signed_in: Callable[..., Client]) -> People:
    return People(signed_in)


@pytest.mark.parametrize("name", BOOK.definitions)
def test_definition(name: str, people: People) -> None:
    definition = BOOK[name]
    writer, record = filled_in(definition, people)
    listed(definition, record, writer)
    record = changed(definition, record, writer)
    imported_again(definition, record)
    seen = [dict(raw_record(record))]
    if definition.standard is not None:
        assert full_score(writer, definition, record, "self").status_code == 302
    if definition.survey is not None:
        answered(definition, record)
    for move in path(definition, fresh(record)) if definition.moves else []:
        record = fresh(record)
        verified(definition, record, people, move)
        nobody_twice(definition, record, move)
        make_move(people, definition, record, move, writer)
        record = fresh(record)
        assert record.state == definition.moves[move].to
        seen.append(dict(raw_record(record)))
    assert not definition.moves or definition.states[record.state].end
    assert history.strays([fresh(record)]) == []
    gives_facts(definition, seen, record)
    gives_reports(definition, record)
    completes(definition, record)


def fresh(record: Record) -> Record:
    return Record.objects.get(pk=record.pk)


def things_of(definition: Definition) -> dict[str, Any]:
    """References of a sample; a facility that owes the record, where facilities do."""
    found = make.things(definition)
    wanted = definition.due.facility_kinds if definition.due else ()
    kinds = [kind for kind in wanted if not definition.kinds or kind in definition.kinds]
    if kinds and definition.subject_field == "facility":
        found["facility"] = make.organisations.facility(kind=kinds[0]).pk
    return found


def filled_in(definition: Definition, people: People) -> tuple[Client, Record]:
    """A record, made on the page by somebody who may."""
    things = things_of(definition)
    area = make.area_of(definition, things)
    writer = people.one_of(definition.who.write, area.place, area.facility)
    address = reverse("forms:new", args=[definition.id])
    assert writer.get(address).status_code == 200
    sent = posted(definition, make.sample_of(definition, things))
    answer = writer.post(address, sent)
    assert answer.status_code == 302, faults_of(definition, make.sample_of(definition, things), writer)
    record = Record.objects.get(pk=answer["Location"].rstrip("/").rpartition("/")[2])
    assert (record.place, record.facility_id or "") == (area.place, area.facility)
    return writer, record


def faults_of(definition: Definition, raw: Mapping[str, Any], client: Any) -> str:
    from xinglin.apps.forms.actions.saving import Invalid, checked

    try:
        checked(definition, raw, client.user)
    except Invalid as error:
        return "；".join(f"{fault.field}：{fault.fault.what}" for fault in error.faults)
    return "表单没有保存"


def listed(definition: Definition, record: Record, reader: Client) -> None:
    """The list shows it, also when searched for by its state and day."""
    address = reverse("forms:records", args=[definition.id])
    wanted = {"state": record.state} if record.state else {}
    wanted |= {"from": str(record.day), "to": str(record.day)} if record.day else {}
    answer = reader.get(address, wanted)
    assert reverse("forms:record", args=[record.pk]) in answer.content.decode()
    assert reader.get(reverse("forms:record", args=[record.pk])).status_code == 200


def changed(definition: Definition, record: Record, writer: Client) -> Record:
    """One value is changed on the form; everything else stays."""
    values = rows.values_in(record, definition)
    name = next((n for n, f in definition.declared.items() if may_change(definition, n, f, values)), None)
    if name is None or not permissions.edit(writer.user, definition, record):  # type: ignore[attr-defined]
        return record
    after = {**values, name: other(values[name])}
    sent = posted(
        definition, after, [n for n, f in definition.fields.items() if f.type is not FieldType.FILE]
    )
    sent |= {n: list(values.get(n) or ()) for n, f in definition.fields.items() if f.type is FieldType.FILE}
    address = reverse("forms:edit", args=[record.pk])
    assert writer.get(address).status_code == 200
    answer = writer.post(address, {**sent, "revision": "1"})
    assert answer.status_code == 302, faults_of(definition, after, writer)
    found = fresh(record)
    now = rows.values_in(found, definition)
    assert (found.revision, now[name]) == (2, after[name]), name
    computed = {n for n, f in definition.fields.items() if f.computed is not None}
    assert {n for n in now if now[n] != values.get(n)} - computed == {name}
    assert [event.kind for event in found.events.all()] == ["create", "change"]
    return found


def may_change(definition: Definition, name: str, field: Any, values: Mapping[str, Any]) -> bool:
    """Whether a text of the record may be made a little longer."""
    plain = field.type in (FieldType.TEXT, FieldType.LINES) and field.computed is None
    deciding = {n for one in definition.fields.values() if one.when is not None for n in one.when.fields()}
    return (
        plain
        and name not in deciding
        and isinstance(values.get(name), str)
        and len(values[name]) < field.longest_text
    )


def other(value: str) -> str:
    return f"{value}2"


def imported_again(definition: Definition, record: Record) -> None:
    """What is exported comes back as nothing new: every row the same."""
    spec = SPECS[f"{PREFIX}{definition.id}"]
    content = sheets.workbook(spec, list(spec.rows(EVERYWHERE, {}, True)))
    everywhere = dict.fromkeys(SPECS, EVERYWHERE)
    found = check(
        sift(read_upload(content, "导出.xlsx", "", {spec.name: spec})),
        everywhere,
        everywhere,
        everywhere,
        Quiet(),
    )
    assert found.errors == 0, [problem.what for problem in found.problems]
    n = Record.objects.of(definition.id).count()
    assert found.counts() == {spec.name: {"new": 0, "changed": 0, "same": n, "bad": 0}}, definition.id


def verified(definition: Definition, record: Record, people: People, move: str) -> None:
    """The verified score, once somebody may give it."""
    state = definition.states[record.state]
    if definition.standard is None or state.start or record.points_verified is not None:
        return
    client = people.one_of(definition.who.verify, record.place, record.facility_id or "")
    if permissions.verify(client.user, definition, record):  # type: ignore[attr-defined]
        assert full_score(client, definition, record, "verified").status_code == 302, move


def answered(definition: Definition, record: Record) -> None:
    """One answer through its link."""
    from xinglin.apps.forms.models import Link

    assert definition.survey is not None
    days = {"opens": date(2015, 1, 1), "closes": date(2099, 1, 1)}
    link = Link.objects.create(round=record, place=record.place, wanted=1, limit=5, **days)
    surveying.answer(link, definition, sample_answers(definition.survey), page="p")


def raw_record(record: Record) -> dict[str, Any]:
    """The columns of a record as they are kept."""
    return {f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields}


@lru_cache(maxsize=1)
def statements() -> dict[str, str]:
    return facts.selects()


def gives_facts(definition: Definition, seen: list[dict[str, Any]], record: Record) -> None:
    """Each fact table that it feeds has rows of it, at one of the states it went through."""
    for table in dict.fromkeys(feed.table for feed in definition.facts):
        assert any(fact_rows(definition, table, one) for one in states_of(definition, table, seen)), (
            f"{definition.id} → {table}：没有一行"
        )
    Record.objects.filter(pk=record.pk).update(state=seen[-1]["state"])


def states_of(definition: Definition, table: str, seen: list[dict[str, Any]]) -> list[str]:
    """States in which rows are looked for: those it went through, then any other that its feeds ask for."""
    asked = [state for feed in definition.facts if feed.table == table for state in feed.states]
    return list(dict.fromkeys([*(one["state"] for one in reversed(seen)), *asked, *definition.states]))


def fact_rows(definition: Definition, table: str, state: str) -> int:
    """How many rows its records give a fact table as the site counts it."""
    Record.objects.of(definition.id).update(state=state)
    with connection.cursor() as cursor:
        cursor.execute(statements()[table])
        names = [column[0] for column in cursor.description]
        raw = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    mine = [row for row in raw if row["definition"] == definition.id]
    assert mine, f"{definition.id}：没有原始记录"
    return counted.made(mine, load_contract().table(table), facts.through()[table]).table.num_rows


def gives_reports(definition: Definition, record: Record) -> None:
    """Every report has lines, and counts the record somewhere unless it asks for others."""
    for name, report in definition.reports.items():
        lines = reporting.lines(definition, report, Scope(frozenset({record.place[:6]})))
        assert lines or report.where is not None, f"{definition.id}.{name}"
        words = reporting.worded(definition, report, lines)
        assert len(words) == len(lines)
        assert len(reporting.headings(definition, report)) == len(report.by)


def completes(definition: Definition, record: Record) -> None:
    """It counts as having come in, in its period, for whoever owes it."""
    due = definition.due
    if due is None:
        return
    day = record.day or timezone.localdate()
    period = periods(due, day, day)[0]
    if due.states and record.state not in due.states:
        Record.objects.filter(pk=record.pk).update(state=due.states[0])
    scope = Scope(frozenset({record.place[: due.level or 6]}))
    found = completeness.states(definition, period, scope, timezone.localdate())
    there = [one.unit.id for one in found if one.record == record.pk]
    wanted = record.subject if due.per else record.place[: due.level] if due.level else record.facility_id
    assert there == [wanted], f"{definition.id}：{wanted} 不在 {len(found)} 个应报单位里"


def test_every_kind_is_shipped() -> None:
    assert {one.kind for one in BOOK} == set(Kind)
