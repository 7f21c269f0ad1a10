"""Facts out of the database: as the contract has them, only what changed, counted in a child process."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import forms_factories as make
import organisations_factories as organisations
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.urls import reverse
from indicators_factories import COUNTY, INFO, ON, committed, copying, export, in_order, opened

from xinglin.apps.access.scope import Scope
from xinglin.apps.audit.models import Entry
from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.loading import load_records
from xinglin.apps.forms.models import Record, Sent
from xinglin.apps.indicators import owners as ownership
from xinglin.apps.indicators import reading, recounting
from xinglin.apps.indicators.jobs import RECOUNT
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.indicators.owned import Owned
from xinglin.apps.indicators.owners import NOT_BUILT_YET, TwoOwners, checked, owners
from xinglin.apps.indicators.pruning import LEDGER
from xinglin.apps.organisations.loading import load_facts
from xinglin.apps.organisations.models import FACT_MODELS, Facility
from xinglin.apps.work import runner
from xinglin.apps.work.actions import ask
from xinglin.apps.work.models import Job, State
from xinglin.apps.work.progress import Cancelled, Progress
from xinglin.apps.work.tasks import claim
from xinglin.facts import Dataset, load_contract, open_dataset
from xinglin.facts.layout import read_manifest
from xinglin.simulate import simulate
from xinglin.standing import evaluate

EXACT = (
    *("trainer", "team", "secondment", "promotion", "education_activity", "supervision_visit", "population"),
    *("survey_response", "reporting", "designation"),
)
"""Tables whose rows come out of records as they went in, to the last value."""


@pytest.fixture(scope="module")
def lianzhou(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = Path(tmp_path_factory.mktemp("lianzhou")) / "data"
    simulate(COUNTY, year=2020, seed=1, out=folder)
    return open_dataset(folder)


@pytest.fixture(autouse=True)
def readable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On SQLite the reader gets copies."""
    if connection.vendor == "sqlite":
        copied = copying(tmp_path)
        monkeypatch.setattr(ownership, "database", copied)
        monkeypatch.setattr(recounting, "database", copied)


@pytest.fixture
def home() -> Iterator[Path]:
    """The tests' home folder, without facts and vintages."""
    for name in ("facts", "vintages"):
        shutil.rmtree(Path(settings.XINGLIN_HOME) / name, ignore_errors=True)
    yield Path(settings.XINGLIN_HOME)
    for name in ("facts", "vintages"):
        shutil.rmtree(Path(settings.XINGLIN_HOME) / name, ignore_errors=True)


def test_every_fact_table_has_exactly_one_owner() -> None:
    """House.md, “Who owns what”; what no app of this version owns stands in `NOT_BUILT_YET` with the app that will."""
    mine = owners()
    named = {name for name, table in load_contract().tables.items() if not table.built_in}
    assert not mine.keys() & NOT_BUILT_YET.keys(), "有了主人，请从“还没有做”里去掉"
    unclaimed = named - mine.keys() - NOT_BUILT_YET.keys()
    assert not unclaimed, f"没有主人的事实表：{unclaimed}"
    assert {table for table, owned in mine.items() if owned.app == "organisations"} == set(FACT_MODELS)
    assert {table for table, owned in mine.items() if owned.app == "forms"} == FORMS
    assert {table for table, owned in mine.items() if owned.through is not None} == FORMS - {"reporting"}


FORMS = {
    *("assessment", "designation", "training", "trainer", "education_activity", "survey_response"),
    *("supervision_visit", "population", "facility_total", "reporting", "unit", "promotion", "secondment"),
    *("team", "scheme_weight"),
}


@pytest.mark.parametrize(
    "owned",
    [
        Owned("nowhere", "x", "SELECT 1"),
        Owned("region", "x", "SELECT 1"),
        Owned("visit", "x", "SELECT 1"),
        Owned("facility", "x", "SELECT 1", "SELECT 2"),
    ],
)
def test_faulty_declarations_are_refused(owned: Owned) -> None:
    with pytest.raises(ImproperlyConfigured):
        checked(owned)


def test_two_owners_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Module:
        SELECTS: ClassVar = {"facility": "SELECT 1"}

    monkeypatch.setattr(ownership, "find_spec", lambda name: True)
    monkeypatch.setattr(ownership, "import_module", lambda name: Module)
    with pytest.raises(TwoOwners, match=r"（facility）有两个来源.*请从自己的记录定义"):
        owners()


@committed
def test_what_went_in_comes_out_and_counts_the_same(lianzhou: Dataset, tmp_path: Path) -> None:
    load_facts(lianzhou, None)
    assert not load_records(lianzhou, None).left
    folder = tmp_path / "facts"
    shutil.copytree(lianzhou.root, folder)
    export(folder)
    found = open_dataset(folder)
    assert set(found.names()) == set(lianzhou.names())
    for table in (*FACT_MODELS, *EXACT):
        assert in_order(found, table) == in_order(lianzhou, table), table
    mine, theirs = evaluate(opened(found)), evaluate(opened(lianzhou))
    assert len(mine.results) > 20
    assert mine.results == theirs.results


@committed
def test_an_empty_database_gives_empty_tables(tmp_path: Path) -> None:
    manifest = export(tmp_path / "facts")
    assert {
        name: sum(entry.rows for entry in entries) for name, entries in manifest.tables.items()
    } == dict.fromkeys(owners(), 0)
    open_dataset(tmp_path / "facts")


@committed
def test_unchanged_registers_keep_their_files(lianzhou: Dataset, tmp_path: Path) -> None:
    load_facts(lianzhou, None)
    folder, told = tmp_path / "facts", list[str]()
    first = export(folder)
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")}
    Facility.objects.filter(pk=Facility.objects.order_by("pk").values("pk")[:1]).update(beds=77)
    second = export(folder, told.append)
    changed = [name for name in first.tables if first.tables[name] != second.tables[name]]
    assert changed == ["facility"]
    assert len(told) == len(owners())
    assert all(path.stat().st_mtime_ns == time for path, time in times.items())


EVENTS = {
    "facility": Owned("facility", "x", owners()["facility"].select),
    "discharge": Owned(
        "discharge",
        "x",
        'SELECT discharge, facility, "date" FROM trial_discharge',
        'SELECT substr(CAST("date" AS TEXT), 1, 7) AS month, CAST(max(version) AS TEXT) AS version '
        "FROM trial_discharge GROUP BY 1",
    ),
}


@committed
def test_of_events_only_changed_months_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Facility.objects.create(
        name="试", place="441882101", kind="township_hospital", sponsor_level="township", ownership="public"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            'CREATE TABLE trial_discharge (discharge TEXT, facility TEXT, "date" DATE, version INT)'
        )
        try:
            for number, day in enumerate(("2020-01-31", "2020-02-01", "2020-12-31")):
                cursor.execute(
                    "INSERT INTO trial_discharge VALUES (%s, %s, %s, 1)", [f"d{number}", place.pk, day]
                )
            _months(cursor, place.pk, tmp_path / "facts", monkeypatch)
        finally:
            cursor.execute("DROP TABLE trial_discharge")


def _months(cursor: Any, place: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    plain = reading.month_is
    monkeypatch.setattr(reading, "month_is", lambda table, month: read.append(month) or plain(table, month))
    export(folder, owned=EVENTS)
    assert read == ["2020-01", "2020-02", "2020-12"]
    assert len(open_dataset(folder).rows("discharge")) == 3
    read.clear()
    before = export(folder, owned=EVENTS)
    assert read == []
    cursor.execute("INSERT INTO trial_discharge VALUES ('d9', %s, '2020-02-29', 2)", [place])
    cursor.execute("DELETE FROM trial_discharge WHERE discharge = 'd2'")
    after = export(folder, owned=EVENTS)
    assert read == ["2020-02"]
    kept = set(before.tables["discharge"]) & set(after.tables["discharge"])
    assert [entry.path.split("/")[3] for entry in kept] == ["month=2020-01"]
    assert sorted(str(row["discharge"]) for row in open_dataset(folder).rows("discharge")) == [
        "d0",
        "d1",
        "d9",
    ]
    (folder / "versions.json").write_text("{", encoding="utf-8")
    assert export(folder, owned=EVENTS) == after


@committed
def test_a_recount_publishes_a_vintage(
    lianzhou: Dataset, home: Path, signed_in: Callable[..., Client]
) -> None:
    load_facts(lianzhou, None)
    shutil.copytree(lianzhou.root, home / "facts")
    client = signed_in("county_officer", COUNTY)
    answer = client.post("/vintages/recount", {"place": "连州市", "on": "2020-12-31"})
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}"
    runner.work_off()
    job.refresh_from_db()
    assert (job.state, job.error) == (State.DONE, "")
    vintage = Vintage.objects.get()
    assert (vintage.pk, vintage.place, vintage.on) == (job.pk, COUNTY, ON)
    manifest = read_manifest(home / "facts")
    assert vintage.facts_manifest == manifest.hash
    assert (home / "facts" / LEDGER).exists(), "旧事实文件没有清理"
    assert (home / "vintages" / vintage.pk / "results.json").is_file()
    assert Entry.objects.filter(action="vintage.publish", object_id=vintage.pk).count() == 1
    assert "连州市" in client.get("/vintages").content.decode()
    assert vintage.pk not in signed_in("county_officer", "441881").get("/vintages").content.decode()


@committed
def test_data_with_faults_are_told_and_nothing_is_published(
    home: Path, signed_in: Callable[..., Client]
) -> None:
    user = signed_in("county_officer", COUNTY).user  # type: ignore[attr-defined]
    job = ask(RECOUNT, by=user, place="999999", on="2020-12-31")
    runner.work_off()
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "999999" in job.error
    assert not Vintage.objects.exists()
    assert not (home / "vintages" / job.pk).exists()


@committed
def test_a_cancelled_recount_ends_the_child(home: Path, signed_in: Callable[..., Client]) -> None:
    user = signed_in("county_officer", COUNTY).user  # type: ignore[attr-defined]
    begun = claim(ask(RECOUNT, by=user, place=COUNTY, on="2020-12-31").pk)
    assert begun is not None
    progress = Progress(begun)
    Job.objects.update(cancel_asked=True)
    with pytest.raises(Cancelled):
        recounting.recount(
            home / "facts",
            INFO,
            COUNTY,
            ON,
            home / "vintages" / "x",
            lambda step: progress.beat(at_once=True),
        )
    assert not (home / "vintages" / "x").exists()


@pytest.mark.parametrize(
    ("place", "on", "words"),
    [
        ("441881", "2020-12-31", "不在您的管理范围内"),
        ("没有的县", "2020-12-31", "没有的县"),
        (COUNTY, "2999-01-01", "不能在将来"),
        (COUNTY, "abc", "2020-12-31"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    signed_in: Callable[..., Client], place: str, on: str, words: str
) -> None:
    answer = signed_in("county_officer", COUNTY).post("/vintages/recount", {"place": place, "on": on})
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Job.objects.exists()


def test_vintages_lie_in_areas() -> None:
    values = {"on": ON, "facts_manifest": "a", "definitions": "b", "results": "c"}
    for place in ("4418", COUNTY, "441881"):
        Vintage.objects.create(place=place, job=place, **values)
    found = Vintage.objects.within(Scope(frozenset([COUNTY])))
    assert [one.place for one in found] == [COUNTY]


@pytest.mark.parametrize(
    ("month", "words"),
    [("2020-12", "'2020-12-01' AND \"date\" < '2021-01-01'"), ("2020-01", "< '2020-02-01'")],
)
def test_the_condition_of_a_month(month: str, words: str) -> None:
    assert words in reading.month_is(load_contract().table("visit"), month)


def counted(home: Path, client: Client, target: str, on: str) -> tuple[str, str | None]:
    """Ask for a recount on the page, wait for it, and see what became of a target: state and numerator."""
    answer = client.post("/vintages/recount", {"place": COUNTY, "on": on})
    runner.work_off()
    job = Job.objects.get(pk=answer.headers["Location"].removeprefix("/jobs/"))
    assert (job.state, job.error) == (State.DONE, "")
    results = json.loads((home / "vintages" / job.pk / "results.json").read_text(encoding="utf-8"))["results"]
    found = next(one for one in results if one["target"] == target)
    return found["state"], found["numerator"]


@committed
def test_what_is_entered_on_a_page_is_counted(home: Path, signed_in: Callable[..., Client]) -> None:
    """One record, entered once: a base for health education at the county's hospital. Nobody enters a number."""
    client = signed_in("county_officer", COUNTY)
    hospital = organisations.facility(place=COUNTY, kind="general_hospital", sponsor_level="county")
    target, on = "LZ-t11", "2024-12-31"
    assert counted(home, client, target, on)[0] == "not_reported", "没有确认报齐的，绝不当作 0"
    words = {"facility 2024": "reported", "designation 2024": "reported"}
    assert client.post(f"{reverse('forms:sending')}?unit={COUNTY}&year=2024", words).status_code == 302
    assert Sent.objects.filter(unit=COUNTY, status="reported").count() == 2
    assert counted(home, client, target, on) == ("number", "0")
    values = {
        "facility": hospital.pk,
        "name": "连州市中医健康宣教基地（演示）",
        "level": "county",
        "valid_from": "2024-03-01",
        "verified": "true",
        "verified_on": "2024-04-10",
        "review_on": "2026-04-10",
    }
    answer = client.post(reverse("forms:new", args=["education_base"]), values)
    assert answer.status_code == 302, answer.content.decode()
    assert counted(home, client, target, on) == ("number", "1")
    record = Record.objects.get()
    saving.remove(record, definition("education_base"), by=None, reason="登记重复")
    assert counted(home, client, target, on) == ("number", "0")


@committed
def test_a_recount_tells_what_it_left_out(home: Path, signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    record = make.record("hospital_grade_review", result_on=None)
    Record.objects.filter(pk=record.pk).update(state="graded")
    answer = client.post("/vintages/recount", {"place": COUNTY, "on": "2024-12-31"})
    runner.work_off()
    page = client.get(answer.headers["Location"]).content.decode()
    assert "医院等级评审 1 条缺“评定日期”，没有计入“评审结果”" in page
