"""Records as facts: exactly, month by month, through whatever a definition says of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import forms_factories as make
import indicators_factories as facts
import organisations_factories as organisations
import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone
from indicators_factories import COUNTY, committed

from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import book
from xinglin.apps.forms.book import definition as definition_of
from xinglin.apps.forms.loading.writing import Wanted, Writer, scores_for
from xinglin.apps.forms.models import Answer, Link, Record, Sent, UniqueKey
from xinglin.apps.indicators import export as exporting
from xinglin.apps.indicators import owners as ownership
from xinglin.apps.indicators import reading
from xinglin.apps.indicators.export import left_out
from xinglin.apps.indicators.owners import owners
from xinglin.facts import Dataset, open_dataset
from xinglin.records import Definition, check
from xinglin.records.validation import Anything

VISIT, BASE, TRAINEE = "supervision_visit", "education_base", "trainee"

QUIET = {"problems": "0", "feedback_on": None}
"""Of a visit that found nothing: what would have to fit its date."""


@pytest.fixture(autouse=True)
def readable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On SQLite the reader gets copies."""
    if connection.vendor == "sqlite":
        monkeypatch.setattr(ownership, "database", facts.copying(tmp_path))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Months that were read, in order."""
    months: list[str] = []
    plain = reading.Reader.raw

    def told(self: Any, select: str, wanted: Any = None) -> Any:
        months.extend(wanted or ())
        return plain(self, select, wanted)

    monkeypatch.setattr(reading.Reader, "raw", told)
    return months


def only(*tables: str) -> dict[str, Any]:
    """Owners of some tables, and of those that these refer to."""
    return {name: owner for name, owner in owners().items() if name in tables or owner.app == "organisations"}


def exported(folder: Path, *tables: str) -> Dataset:
    """The database as a data set; opening it checks every value against the contract."""
    facts.export(folder, owned=only(*tables))
    return open_dataset(folder)


def in_state(row: Record, state: str, **values: Any) -> Record:
    """A record as it would be after moves, with other values."""
    Record.objects.filter(pk=row.pk).update(
        state=state,
        document={**row.document, **values},
        revision=F("revision") + 1,
        changed_at=timezone.now(),
    )
    row.refresh_from_db()
    return row


def visit(day: str, **more: Any) -> Record:
    return in_state(make.record(VISIT, date=day, **QUIET, **more), "closed")


# Exactly


def feeding() -> list[str]:
    return [one.id for one in book() if one.facts and one.survey is None]


def states_of(definition: Definition) -> list[str]:
    """Every state in which a record counts, or none at all."""
    named = dict.fromkeys(state for feed in definition.facts for state in feed.states)
    return list(named) or [definition.start or ""]


def wanted(definition: Definition, state: str) -> Wanted:
    result = next(reversed(definition.standard.results)) if definition.standard is not None else None
    return Wanted(make.raw(definition.id), state, result)


@committed
def test_every_definition_gives_rows_that_the_contract_takes(tmp_path: Path) -> None:
    """Samples of every definition in every state that counts: rows come, and the data set has no fault."""
    for name in feeding():
        definition, writer = definition_of(name), Writer(None)
        for state in states_of(definition):
            UniqueKey.objects.all().delete()  # samples are all the same
            one = wanted(definition, state)
            assert not check(definition, one.raw, Anything()).errors, name
            writer.add(definition, one)
            UniqueKey.objects.all().delete()
            writer.flush()
    found = exported(tmp_path / "facts", *(feed.table for one in book() for feed in one.facts))
    for table in {feed.table for one in book() for feed in one.facts if one.survey is None}:
        assert len(found.rows(table)), table


@committed
def test_values_come_out_with_their_types(tmp_path: Path) -> None:
    facility = organisations.facility()
    scheme = {
        "management": "1.5",
        "staff": "2",
        "service": "3",
        "health": "4",
        "culture": "4.5",
        "points": "100",
    }
    row = make.record("performance_scheme", place=COUNTY, facilities=[facility.pk], **scheme)
    in_state(row, "issued")
    base = make.record(BASE, facility=facility.pk, verified="false", verified_on="2024-05-02", lecturers="7")
    found = exported(tmp_path / "facts", "scheme_weight", "unit")
    assert list(found.rows("scheme_weight")) == [
        {
            "scheme": f"{row.pk}.{facility.pk}",
            "facility": facility.pk,
            "date": row.day,
            "tcm_points": Decimal("15.000000"),
            "points": Decimal("100.000000"),
        }
    ]
    (unit,) = found.rows("unit")
    assert (unit["unit"], unit["kind"], unit["place"]) == (base.pk, "education_base", facility.place)
    assert (unit["standard_met"], unit["people"], unit["valid_to"]) == (False, 7, None)
    assert unit["valid_from"] == base.day


@committed
def test_states_conditions_codes_and_people_decide_what_counts(tmp_path: Path) -> None:
    studying, done, asked = (make.record(TRAINEE) for _ in range(3))
    in_state(studying, "studying", starts_on="2024-02-01")
    in_state(done, "graduated", starts_on="2024-02-01", finished_on="2025-01-31")
    assert asked.state == "nominated"
    people = [organisations.practitioner().pk for _ in range(3)]
    course = make.record("training_course", passed=people[:2], failed=people[2:], absent=None, makeup_on=None)
    in_state(course, "closed")
    there, gone = make.record("secondment", valid_to=None), make.record("secondment", valid_to="2024-05-31")
    trained = {
        str(row["training"]): (row["date"], row["completed"])
        for row in exported(tmp_path / "facts", "training").rows("training")
    }
    ends = date.fromisoformat(course.document["ends_on"])
    assert trained == {
        studying.pk: (date(2024, 2, 1), False),
        done.pk: (date(2025, 1, 31), True),
        **{f"{course.pk}.{person}": (ends, person in people[:2]) for person in people},
    }
    months = {
        str(row["secondment"]): row["months"]
        for row in exported(tmp_path / "facts", "secondment").rows("secondment")
    }
    assert months == {there.pk: there.document["months_planned"], gone.pk: gone.document["months_done"]}


@committed
def test_a_record_that_feeds_a_table_twice_has_two_ids(tmp_path: Path) -> None:
    definition = definition_of("hall_quality")
    feeds = [feed for feed in definition.facts if feed.table == "assessment"]
    result = next(reversed(definition.standard.results))  # type: ignore[union-attr]
    writer = Writer(None)
    one = Wanted(make.raw("hall_quality"), feeds[0].states[0], result)
    writer.add(definition, one)
    writer.flush()
    found = exported(tmp_path / "facts", "assessment").rows("assessment")
    ids = [str(row["assessment"]) for row in found]
    assert len(ids) == len(set(ids)) >= 1
    assert ids[0] == one.id


@committed
def test_grades_count_in_the_month_they_were_published_in(tmp_path: Path) -> None:
    """A case is begun in one month and its fact dated in another; the field bears the name that assessments use."""
    row = make.record(
        "hospital_grade_review", date="2024-05-20", result_on="2024-12-30", result="hospital_2a"
    )
    in_state(row, "graded")
    folder = tmp_path / "facts"
    (found,) = exported(folder, "assessment").rows("assessment")
    assert (found["assessment"], found["date"], found["result"]) == (
        row.pk,
        date(2024, 12, 30),
        "hospital_2a",
    )
    visit("2024-05-01")
    assert len(exported(folder, "assessment", VISIT).rows("assessment")) == 1


@committed
def test_population_titles_and_totals_are_counted_from_records(tmp_path: Path) -> None:
    make.record("population_statement", place=COUNTY, year="2020", residents="377220", aged_65_plus="60134")
    title = in_state(make.record("professional_title", title="title_middle"), "checked")
    make.record("professional_title", title="title_senior")
    total = in_state(make.record("statistics_return", visits="2600", discharges=None), "reported")
    found = exported(tmp_path / "facts", "population", "assessment", "facility_total")
    (people,) = found.rows("population")
    assert (people["place"], people["year"], people["residents"]) == (COUNTY, 2020, 377220)
    (grade,) = found.rows("assessment")
    assert (grade["thing"], grade["result"]) == (title.subject, "title_middle")
    items = {str(row["item"]): row["value"] for row in found.rows("facility_total")}
    assert items["visits"] == 2600
    assert "discharges" not in items
    assert {row["facility"] for row in found.rows("facility_total")} == {total.facility_id}


@committed
def test_words_of_completeness_come_out(tmp_path: Path) -> None:
    facility = organisations.facility()
    said = {"table": "visit", "period": "2020-03", "place": facility.place, "status": "late"}
    Sent.objects.create(unit=facility.pk, reported_on=date(2020, 4, 2), **said)
    Sent.objects.create(
        unit=COUNTY, table="unit", period="2020", place=COUNTY, status="reported", reported_on=None
    )
    found = {str(row["unit"]): row for row in exported(tmp_path / "facts", "reporting").rows("reporting")}
    assert found[facility.pk] == {
        "unit": facility.pk,
        **{name: said[name] for name in ("table", "period", "status")},
        "reported_on": date(2020, 4, 2),
    }
    assert found[COUNTY]["reported_on"] is None


# Month by month


@committed
def test_only_months_that_changed_are_read(
    tmp_path: Path, read: list[str], account: Callable[..., Any]
) -> None:
    folder, definition = tmp_path / "facts", definition_of(VISIT)
    first, second, third = visit("2024-01-31"), visit("2024-02-01"), visit("2024-12-31")

    def after() -> tuple[list[str], dict[str, str]]:
        read.clear()
        found = exported(folder, VISIT)
        return list(read), {str(row["visit"]): f"{row['date']:%Y-%m}" for row in found.rows(VISIT)}

    all_ = {first.pk: "2024-01", second.pk: "2024-02", third.pk: "2024-12"}
    assert after() == (["2024-01", "2024-02", "2024-12"], all_)
    assert after() == ([], all_)
    changed = {**make.raw(VISIT, facility=first.facility_id), "date": "2024-01-30", **QUIET}
    Record.objects.filter(pk=first.pk).update(state="planned")
    saving.change(first, definition, {**changed, "level": "prefecture"}, by=None)
    in_state(Record.objects.get(pk=first.pk), "closed")
    assert after() == (["2024-01"], all_), "改了内容"
    in_state(Record.objects.get(pk=first.pk), "closed", date="2024-02-15")
    Record.objects.filter(pk=first.pk).update(day=date(2024, 2, 15))
    all_[first.pk] = "2024-02"
    assert after() == (["2024-02"], all_), "日期改到别的月份，原来的月份没有了"
    saving.remove(third, definition, by=None, reason="重复")
    assert after() == ([], {first.pk: "2024-02", second.pk: "2024-02"}), "撤除"
    saving.restore(third, definition, by=None)
    assert after() == (["2024-12"], all_), "恢复"
    saving.remove(second, definition, by=None, reason="重复")
    assert after() == (["2024-02"], {first.pk: "2024-02", third.pk: "2024-12"})


@committed
def test_a_fact_moves_with_the_date_of_the_fact(tmp_path: Path, read: list[str]) -> None:
    folder, row = tmp_path / "facts", make.record(TRAINEE)
    in_state(row, "studying", starts_on="2024-02-01", finished_on="2025-01-31")
    other = in_state(make.record(TRAINEE), "studying", starts_on="2024-03-01", finished_on=None)

    def months() -> dict[str, str]:
        read.clear()
        found = exported(folder, "training").rows("training")
        return {str(one["training"]): f"{one['date']:%Y-%m}" for one in found}

    assert months() == {row.pk: "2024-02", other.pk: "2024-03"}
    in_state(row, "graduated")
    assert months() == {row.pk: "2025-01", other.pk: "2024-03"}
    assert read == ["2024-02", "2025-01"]
    in_state(row, "failed")
    assert months() == {other.pk: "2024-03"}


@committed
def test_lost_state_or_lost_files_are_read_again(tmp_path: Path, read: list[str]) -> None:
    folder = tmp_path / "facts"
    visit("2024-01-31")
    before = facts.export(folder, owned=only(VISIT))
    (folder / exporting.STATE).write_text("{")
    read.clear()
    assert facts.export(folder, owned=only(VISIT)) == before
    assert read == ["2024-01"]
    (folder / "manifest.json").unlink()
    read.clear()
    assert facts.export(folder, owned=only(VISIT)).tables[VISIT] == before.tables[VISIT]
    assert read == ["2024-01"]


@committed
def test_all_tables_are_as_of_one_moment(tmp_path: Path) -> None:
    """What is written while an export runs is in none of its tables."""
    visit("2024-01-31")
    seen: list[str] = []

    def late(label: str) -> None:
        if not seen:
            seen.append(label)
        elif len(seen) == 1:
            seen.append(label)
            visit("2024-01-15")
            make.record(BASE)

    folder = tmp_path / "facts"
    facts.export(folder, late, only("unit", VISIT))
    assert len(seen) == 2
    found = open_dataset(folder)
    assert (len(found.rows(VISIT)), len(found.rows("unit"))) == (1, 0)
    again = exported(folder, "unit", VISIT)
    assert (len(again.rows(VISIT)), len(again.rows("unit"))) == (2, 1)


@committed
def test_what_lacks_a_date_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    row = in_state(make.record("hospital_grade_review", result_on=None, result="hospital_2a"), "graded")
    other = in_state(make.record(TRAINEE, finished_on=None), "graduated")
    found = exported(folder, "assessment", "training")
    assert (len(found.rows("assessment")), len(found.rows("training"))) == (0, 0)
    told = [("assessment", "hospital_grade_review", "date", 1), ("training", TRAINEE, "date", 1)]
    assert left_out(folder) == told
    facts.export(folder, owned=only("assessment", "training"))
    assert left_out(folder) == told, "没有再读的月份，也还记着"
    in_state(row, "graded", result_on="2024-12-30")
    in_state(other, "graduated", finished_on="2024-12-30")
    found = exported(folder, "assessment", "training")
    assert (len(found.rows("assessment")), len(found.rows("training"))) == (1, 1)
    assert left_out(folder) == []


# Surveys


def round_of(definition: str, **more: Any) -> tuple[Record, Link]:
    row = make.record(definition, **more)
    days = {"opens": date(2024, 1, 1), "closes": date(2024, 12, 31)}
    return row, Link.objects.create(round=row, place=row.place, wanted=10, limit=50, **days)


def answer(link: Link, day: str, *, reached: bool | None, weight: str = "1") -> Answer:
    where = {"round_id": link.round_id, "link": link, "place": link.place, "date": date.fromisoformat(day)}
    return Answer.objects.create(
        **where, reached=reached, weight=Decimal(weight), page=f"{timezone.now():%f}{day}"
    )


@committed
def test_answers_count_one_by_one(tmp_path: Path, read: list[str]) -> None:
    folder = tmp_path / "facts"
    row, link = round_of("satisfaction", place=COUNTY)
    weighted, other = round_of("tcm_literacy_survey", place=COUNTY, weight="2.5")
    _, national = round_of("tcm_literacy_survey", place=COUNTY, point="别处", instrument="national")
    good, bad = answer(link, "2024-01-31", reached=True), answer(link, "2024-02-01", reached=False)
    answer(link, "2024-02-02", reached=None)
    heavy = answer(other, "2024-02-03", reached=True, weight="1.2")
    answer(national, "2024-02-04", reached=True)

    def responses() -> dict[str, tuple[Any, ...]]:
        read.clear()
        names = ("survey", "date", "weight", "reached")
        found = exported(folder, "survey_response").rows("survey_response")
        return {str(one["response"]): tuple(one[name] for name in names) for one in found}

    heavily = ("tcm_literacy", heavy.date, Decimal("3.000000"), True)
    mine = {
        good.pk: ("satisfaction", good.date, Decimal("1.000000"), True),
        bad.pk: ("satisfaction", bad.date, Decimal("1.000000"), False),
    }
    assert responses() == {**mine, heavy.pk: heavily}
    assert read == ["2024-01", "2024-02"]
    late = answer(link, "2024-02-09", reached=True)
    assert responses().keys() == {*mine, heavy.pk, late.pk}
    assert read == ["2024-02"]
    saving.remove(row, definition_of("satisfaction"), by=None, reason="重复")
    assert responses() == {heavy.pk: heavily}
    Record.objects.filter(pk=weighted.pk).update(
        document={**weighted.document, "weight": "5"}, revision=F("revision") + 1
    )
    assert responses()[heavy.pk][2] == Decimal("6.000000")


# Definitions of a county's own, and old versions


OWN = """
kind: case
label: 村民药圃
meaning: 一个村的药圃（演示）。
subject: place
levels: [12]
serves: {S237: [fact, transition]}
sources: [{document: 连州方案, clause: 四(一)2, says: 试}]
who: {read: [county_officer], write: [county_officer]}
retention: 10
title: [name]
list: [name]
states:
  open: {label: 待看, start: true}
  STATE: {label: 看过, end: true}
moves:
  look: {label: 看过, from: [open], to: STATE, who: [county_officer]}
fields:
  name: {label: 名称, type: text, required: true, sample: 药圃}
  DATE: {label: 活动日期, type: date, required: true, sample: 2024-05-20}
  sort: {label: 种类, type: code, options: {talk: 讲座, clinic: 义诊}, required: true, sample: talk}
facts:
  - table: education_activity
    states: [STATE]
    columns:
      activity: id
      kind: {field: sort, map: {talk: lecture, clinic: free_clinic}}
      place: place
      date: DATE
      tcm: {value: true}
"""


def write_own(folder: Path, version: int) -> None:
    """The county's own definition: in its second version a field and a state are called something else."""
    path = folder / "culture" / "herb_patch.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = OWN.replace("DATE", "seen_on" if version == 1 else "looked_on")
    text = text.replace("STATE", "seen" if version == 1 else "looked")
    steps = (
        ""
        if version == 1
        else "migrations: {2: [{rename: {seen_on: looked_on}}, {states: {seen: looked}}]}\n"
    )
    path.write_text(f"version: {version}\n{steps}{text}", encoding="utf-8")


@committed
def test_definitions_of_a_county_and_their_old_records_count(
    tmp_path: Path, settings: Any, read: list[str]
) -> None:
    from xinglin.records.loading import load_definitions

    own, folder = tmp_path / "own", tmp_path / "facts"
    settings.XINGLIN_DEFINITIONS = (own,)
    write_own(own, 1)
    getattr(load_definitions, "cache_clear", lambda: None)()
    place = make.PLACES[12]
    rows = [make.record("herb_patch", place=place, seen_on=day, sort=sort) for day, sort in
            (("2024-01-05", "talk"), ("2024-02-05", "clinic"))]  # fmt: skip
    for row in rows:
        in_state(row, "seen")

    def activities() -> dict[str, tuple[Any, ...]]:
        read.clear()
        found = exported(folder, "education_activity").rows("education_activity")
        return {str(one["activity"]): (one["kind"], one["date"], one["tcm"]) for one in found}

    first = {
        rows[0].pk: ("lecture", date(2024, 1, 5), True),
        rows[1].pk: ("free_clinic", date(2024, 2, 5), True),
    }
    assert activities() == first
    write_own(own, 2)
    getattr(load_definitions, "cache_clear", lambda: None)()
    assert definition_of("herb_patch").version == 2
    assert activities() == first, "旧版记录按迁移读出"
    assert read == ["2024-01", "2024-02"], "定义变了，全部重读"
    new = in_state(make.record("herb_patch", place=place, looked_on="2024-02-07"), "looked")
    assert activities() == {**first, new.pk: ("lecture", date(2024, 2, 7), True)}
    assert read == ["2024-02"]


def test_scores_are_found_for_every_result() -> None:
    """Of every standard: whatever result a table brings, there are scores that lead to it, or it is said."""
    from xinglin.records.standard import judge

    standards = [one.standard for one in book() if one.standard is not None]
    assert len(standards) > 5
    for standard in standards:
        for result in (next(iter(standard.results)), next(reversed(standard.results))):
            assert judge(standard, scores_for(standard, result), "verified").result == result
    with pytest.raises(ValueError, match="没有一种得分"):
        scores_for(standards[0], "galaxy")
