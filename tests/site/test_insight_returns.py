"""From a number back to whoever reported it: sending one value back, who was silent, late data in its own vintage."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import forms_factories as forms
import openpyxl
import organisations_factories as organisations
import pyarrow as pa
import pytest
from browser import opening
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from insight_factories import COUNTY, DECEMBER, InsightSite, Published, insight_site, published

from conftest import PARENT, SIBLING
from xinglin.apps.access.scope import Scope
from xinglin.apps.audit.models import Entry
from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import definition as definition_of
from xinglin.apps.forms.models import Record, Return, Sent
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight import redefined, reissues
from xinglin.apps.insight.pictures import Picture
from xinglin.cli.receipts import publish
from xinglin.cli.shared import inputs
from xinglin.facts import Dataset, write_dataset
from xinglin.facts.layout import read_manifest
from xinglin.measures import Book, load_measures
from xinglin.standing.areas_file import Measure, UnitRow
from xinglin.standing.explain import explain
from xinglin.standing.keys import measure_key
from xinglin.standing.opening import FrozenFacts
from xinglin.standing.silence import silences

__all__ = ["insight_site", "published"]

MOST_QUERIES = 15
CENTRE, HOSPITAL = "demo-u441882-00002", "demo-f441882-00001"
"""The county's promotion centre and the hospital it stands in, as the simulated facts call them."""
MONTHS = ("2020-03", "2020-07", "2020-08")
"""Months for which one facility's visits come in late."""


@dataclass(frozen=True)
class Early:
    """December as it was published first, before late reports came in: its facts, and the vintage's folder."""

    facts: Path
    folder: Path
    yearly: tuple[str, ...]
    monthly: str


@pytest.fixture(scope="module")
def early(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Early:
    """The county's facts without what two facilities say of their techniques and one of three months."""
    root = Path(tmp_path_factory.mktemp("early"))
    shutil.copytree(published.facts, root / "facts")
    manifest = read_manifest(root / "facts")
    reporting = Dataset(root / "facts", manifest).arrow("reporting")
    said = reporting.to_pylist()
    yearly, monthly = _reporters(said, "technique_capability")[-2:], _reporters(said, "visit")[0]
    gone = {(unit, "technique_capability", "2020") for unit in yearly}
    gone |= {(monthly, "visit", month) for month in MONTHS}
    left = [row for row in said if (row["unit"], row["table"], row["period"]) not in gone]
    kept = {name: files for name, files in manifest.tables.items() if name != "reporting"}
    write_dataset(
        root / "facts", {"reporting": pa.Table.from_pylist(left, reporting.schema)}, manifest.info, kept
    )
    shutil.copytree(root / "facts" / "facts", published.facts / "facts", dirs_exist_ok=True)
    publish(inputs(root / "facts", COUNTY, DECEMBER), root / "vintage")
    return Early(root / "facts", root / "vintage", tuple(yearly), monthly)


def _reporters(said: list[dict[str, Any]], table: str) -> list[str]:
    """Who reported a table, in order."""
    counted = ("reported", "late")
    return sorted({row["unit"] for row in said if row["table"] == table and row["status"] in counted})


@pytest.fixture
def first(insight_site: InsightSite, early: Early) -> Iterator[Vintage]:
    """The vintage of December that was published before the one with the late reports."""
    pk = f"V{9:018d}"
    link = Path(django_settings.XINGLIN_HOME) / "vintages" / pk
    hashes = {"facts_manifest": "1" * 64, "definitions": "0" * 64, "results": "1" * 64}
    at = insight_site.december.published_at - timedelta(hours=6)
    link.symlink_to(early.folder, target_is_directory=True)
    try:
        yield Vintage.objects.create(id=pk, place=COUNTY, on=DECEMBER, published_at=at, job=pk, **hashes)
    finally:
        link.unlink()


def picture_of(vintage: Vintage, *places: str) -> Picture:
    return Picture(Scope(frozenset(places or (COUNTY,))), vintage)


@dataclass(frozen=True)
class Reported:
    """The promotion centre as a record of this site, its reporter, and the page of it in a number."""

    record: Record
    reporter: Client
    page: str


@pytest.fixture
def reported(signed_in: Callable[..., Client], insight_site: InsightSite) -> Reported:
    organisations.facility(COUNTY, pk=HOSPITAL)
    reporter = signed_in("county_officer", COUNTY)
    definition = definition_of("promotion_centre")
    record = saving.create(
        definition,
        forms.raw("promotion_centre", facility=HOSPITAL),
        by=reporter.user,  # type: ignore[attr-defined]
        pk=CENTRE,
    )
    picture = insight_site.picture(COUNTY)
    key = next(one.key for one in picture.measures() if one.unit_table == "unit")
    return Reported(record, reporter, reverse("insight:unit", args=[key, CENTRE]))


def returning(text: str) -> list[str]:
    """Addresses of forms that send a value back, in a page."""
    parts = text.split('href="')[1:]
    return [part.split('"')[0].replace("&amp;", "&") for part in parts if "/return/?" in part.split('"')[0]]


def test_a_value_goes_back_to_its_reporter_and_comes_back_corrected(
    reported: Reported, signed_in: Callable[..., Client]
) -> None:
    city = signed_in("regional_officer", PARENT)
    text = city.get(reported.page).content.decode()
    assert reverse("forms:record", args=[CENTRE]) in text
    assert reverse("organisations:facility", args=[HOSPITAL]) in text
    address = next(one for one in returning(text) if "field=level" in one)
    asked = parse_qs(urlsplit(address).query)
    assert asked["back"] == [reported.page]
    form = city.get(address).content.decode()
    assert '<option value="level" selected>' in form

    due = timezone.localdate() + timedelta(days=5)
    sent = {"field": "level", "reason": "与批复文件不一致", "due": due.isoformat(), "back": reported.page}
    answer = city.post(urlsplit(address).path, sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, reported.page)
    with CaptureQueriesContext(connection) as queries:
        text = city.get(reported.page).content.decode()
    assert len(queries) <= MOST_QUERIES, [one["sql"] for one in queries]
    assert f"“级别”：与批复文件不一致，{due} 前改正" in text
    assert not [one for one in returning(text) if "field=level" in one], "it is back already"

    due_page = reported.reporter.get(reverse("forms:due")).content.decode()
    assert "与批复文件不一致" in due_page
    assert due.isoformat() in due_page
    values = forms.posted("promotion_centre", facility=HOSPITAL, level="provincial")
    edit = reverse("forms:edit", args=[CENTRE])
    reported.record.refresh_from_db()
    answer = reported.reporter.post(edit, {**values, "revision": reported.record.revision})
    assert answer.status_code == 302, answer.content.decode()
    assert Return.objects.get().settled_at is not None
    text = city.get(reported.page).content.decode()
    assert f"“级别”已在 {timezone.localdate()} 改正，将计入下一期" in text
    assert "前改正" not in text


def test_what_was_put_right_before_a_vintage_is_no_news_in_it(
    reported: Reported,
    signed_in: Callable[..., Client],
    insight_site: InsightSite,
) -> None:
    now = timezone.now()
    Return.objects.create(
        record=reported.record, field="level", reason="旧", due=now.date(), by="X", settled_at=now
    )
    Vintage.objects.filter(pk=insight_site.december.pk).update(published_at=now + timedelta(hours=1))
    text = signed_in("regional_officer", PARENT).get(reported.page).content.decode()
    assert "将计入下一期" not in text
    assert "以下一期为准" not in text


def test_only_who_oversees_sends_back_and_nobody_from_outside(
    reported: Reported, signed_in: Callable[..., Client]
) -> None:
    form = reverse("forms:send_back", args=[CENTRE])
    sent = {"field": "level", "reason": "x", "due": timezone.localdate().isoformat()}
    outside = signed_in("county_officer", SIBLING)
    assert outside.get(f"{reported.page}?vintage=V{2:018d}").status_code == 404
    assert [outside.get(form).status_code, outside.post(form, sent).status_code] == [404, 404]
    inside = signed_in("physician", facility=HOSPITAL)
    text = inside.get(reported.page).content.decode()
    assert reverse("forms:record", args=[CENTRE]) in text
    assert returning(text) == []
    assert inside.post(form, sent).status_code in (302, 403)
    own = reported.reporter.get(reported.page).content.decode()
    assert returning(own) == [], "one's own values are changed, not sent back"
    assert not Return.objects.exists()


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_way_back_never_leaves_the_site(
    reported: Reported, signed_in: Callable[..., Client], back: str
) -> None:
    form = reverse("forms:send_back", args=[CENTRE])
    sent = {"field": "level", "reason": "x", "due": timezone.localdate().isoformat(), "back": back}
    answer = signed_in("regional_officer", PARENT).post(form, sent)
    assert answer.headers["Location"] == reverse("forms:record", args=[CENTRE])


def test_residents_lead_to_the_record_that_states_them(
    signed_in: Callable[..., Client],
    insight_site: InsightSite,
) -> None:
    """Its fact row has no id: place and year find the record."""
    record = forms.record("population_statement", place=COUNTY, year=2020, date="2020-12-31")
    other = forms.record("population_statement", place=COUNTY, year=2019, date="2019-12-31")
    key = next(one.key for one in insight_site.picture(COUNTY).measures() if one.population == "aged_65_plus")
    page = reverse("insight:residents", args=[key])
    text = signed_in("regional_officer", PARENT).get(f"{page}?place={COUNTY}").content.decode()
    assert reverse("forms:record", args=[record.pk]) in text
    assert other.pk not in text
    assert [parse_qs(urlsplit(one).query)["field"] for one in returning(text)] == [["aged_65_plus"]]


def test_the_silent_are_those_of_the_vintage(first: Vintage, early: Early) -> None:
    """For every number: units (months) listed as silent are exactly 应报 less 已报."""
    picture, frozen = picture_of(first), FrozenFacts(early.folder, early.facts, DECEMBER)
    silent_somewhere = set()
    for measure in picture.measures():
        number = picture.number(measure.key, COUNTY)
        page = picture.units(measure.key, COUNTY, per_page=10_000, silent=True)
        found = silences(frozen, measure, page.units)
        assert sum(one.missing for one in found) == number.n_units - number.n_reported, measure.key
        silent_somewhere |= {one.unit.unit for one in found}
        assert all(one.reports or "填报不齐" in one.unit.reason for one in found), measure.key
    assert set(early.yearly) <= silent_somewhere


def test_a_monthly_number_names_the_months(early: Early) -> None:
    whole = explain(inputs(early.facts, COUNTY, DECEMBER), "tcm_visit_share")
    rows = [
        UnitRow(
            "k", one.unit, one.name, one.unit, one.place, "", COUNTY, one.included, one.reason, "", "", ()
        )
        for one in whole.units
    ]
    frozen = FrozenFacts(early.folder, early.facts, DECEMBER)
    found = silences(frozen, _measure("tcm_visit_share", whole.parameters), rows)
    assert sum(len(one.months) for one in found) == whole.n_units - whole.n_reported
    late = next(one for one in found if one.unit.facility == early.monthly)
    assert set(MONTHS) <= set(late.months)
    assert {(one.by, one.period) for one in late.reports if one.table == "visit"} >= {
        (early.monthly, month) for month in late.months
    }


def _measure(name: str, parameters: Mapping[str, Any]) -> Measure:
    words = dict.fromkeys(("label", "unit", "kind", "direction", "period", "meaning", "description"), "")
    more = {"units_word": "", "unit_table": "facility", "population": "", "distinct": False}
    rest: dict[str, Any] = {"per": 100, "suppress_below": 0, "sources": (), "slices": {}}
    return Measure(
        key=measure_key(name, parameters),
        measure=name,
        parameters=parameters,
        parameter_words=(),
        **words,
        **more,
        **rest,
    )


def silent_key(first: Vintage, early: Early) -> str:
    """A number for which both facilities were silent."""
    picture = picture_of(first)
    for measure in picture.measures():
        units = {one.unit for one in picture.units(measure.key, COUNTY, per_page=10_000, silent=True).units}
        if units == set(early.yearly):
            return measure.key
    raise AssertionError("no number rests on what the two facilities report")


def test_what_came_in_since_stands_beside_the_published(
    first: Vintage, early: Early, signed_in: Callable[..., Client]
) -> None:
    officer = signed_in("county_officer", COUNTY)
    address = f"{reverse('insight:silent', args=[silent_key(first, early)])}?vintage={first.pk}"
    with CaptureQueriesContext(connection) as queries:
        text = officer.get(address).content.decode()
    assert len(queries) <= MOST_QUERIES, [one["sql"] for one in queries]
    assert text.count("仍未报") == 2
    Sent.objects.create(
        unit=early.yearly[0], table="technique_capability", period="2020", place=COUNTY, status="late"
    )
    text = officer.get(address).content.decode()
    assert (text.count("仍未报"), text.count("已补报")) == (1, 1)
    assert text.count('<td class="wide">未报：') == 2, "what was published stays"
    later = officer.get(address.split("?", maxsplit=1)[0]).content.decode()
    assert "都报了" in later
    file_address = address.replace("/silent?", "/silent/file?")
    assert file_address.split("?", maxsplit=1)[0] in text
    sheet = openpyxl.load_workbook(io.BytesIO(officer.get(file_address).getvalue())).active
    told = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert sorted(row[6] for row in told) == ["仍未报", "已补报"]
    assert all(row[3] and row[4] == "2020" for row in told)
    entry = Entry.objects.get(action="vintage.export")
    assert (entry.object_id, entry.count) == (first.pk, 2)
    overview = officer.get(f"{reverse('insight:overview')}?vintage={first.pk}").content.decode()
    assert "state=silent" in overview
    listed = officer.get(f"{reverse('insight:indicators')}?vintage={first.pk}&state=silent").content.decode()
    assert reverse("insight:silent", args=[silent_key(first, early)]) in listed
    elsewhere = signed_in("county_officer", SIBLING)
    assert [elsewhere.get(one).status_code for one in (address, file_address)] == [404, 404]
    station = organisations.facility(f"{COUNTY}101", pk=early.yearly[1], kind="village_clinic")
    own = signed_in("physician", facility=station.pk).get(address).content.decode()
    assert reverse("organisations:facility", args=[station.pk]) in own, "a facility sees what itself owes"
    assert early.yearly[0] not in own, "and nothing of others"


def test_late_data_stands_beside_what_was_published(
    first: Vintage,
    early: Early,
    insight_site: InsightSite,
    signed_in: Callable[..., Client],
) -> None:
    before, after = picture_of(first), insight_site.picture(COUNTY)
    found = {(one.document, one.clauses, one.label): one for one in reissues.lines(before, after, COUNTY)}
    old = {one.key: before.number(one.key, COUNTY) for one in before.measures()}
    new = {one.key: after.number(one.key, COUNTY) for one in after.measures()}
    for line in found.values():
        if line.key:
            assert line.before.number == old[line.key]
            assert line.after.number == new[line.key]
            assert line.differs or old[line.key].n_reported == new[line.key].n_reported
        assert not line.redefined
    differing = [line for line in found.values() if line.differs]
    assert differing
    assert len(differing) < len(found)
    (change,) = reissues.changed_facts(first, insight_site.december)
    assert (change.table, change.after - change.before) == ("reporting", 2 + len(MONTHS))

    officer = signed_in("county_officer", COUNTY)
    address = f"{reverse('insight:compare_vintages')}?place={COUNTY}"
    with CaptureQueriesContext(connection) as queries:
        text = officer.get(address).content.decode()
    assert len(queries) <= MOST_QUERIES, [one["sql"] for one in queries]
    assert "已发布的数不变" in text
    assert "两期是同一个数据日期" in text
    whole = officer.get(f"{address}&whole=on").content.decode()
    assert text.count("没有变化</span>") == 0 < whole.count("没有变化</span>")
    page = officer.get(reverse("insight:indicator", args=[differing[0].key])).content.decode()
    assert f"with={first.pk}" in page, "the trend leads to the comparison"
    stranger = signed_in("county_officer", SIBLING)
    assert stranger.get(f"{address}&vintage={first.pk}").status_code == 404
    assert officer.get(f"{address}&with=V{77:018d}").status_code == 404


def test_another_definition_is_said(first: Vintage, insight_site: InsightSite, tmp_path: Path) -> None:
    """A target and a measure that were changed between two vintages are marked, others are not."""
    import json

    link = Path(django_settings.XINGLIN_HOME) / "vintages" / first.pk
    other = tmp_path / "vintage"
    shutil.copytree(link, other)
    path = other / "definitions.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    before, after = picture_of(first), insight_site.picture(COUNTY)
    row = next(one for one in after.rows_of_results(COUNTY) if one.measure_key)
    content["measures"][row.measure]["label"] = "另一种算法"
    path.write_text(json.dumps(content), encoding="utf-8")
    folder = link.resolve()
    link.unlink()
    link.symlink_to(other, target_is_directory=True)
    try:
        first.definitions = "2" * 64
        lines = reissues.lines(before, after, COUNTY)
    finally:
        link.unlink()
        link.symlink_to(folder, target_is_directory=True)
    measures = {one.measure_key: one.measure for one in after.rows_of_results(COUNTY)}
    assert {measures[one.key] for one in lines if one.redefined} == {row.measure}


def test_a_published_number_keeps_the_definition_it_was_counted_by(
    insight_site: InsightSite, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program's definition changes: the page shows the old number and the old words, and names the new ones."""
    picture = insight_site.picture(COUNTY)
    row = next(one for one in picture.rows_of_results(COUNTY) if one.value is not None)
    measure, book = picture.measure(row.measure_key), load_measures()
    assert [redefined.today(one) for one in picture.measures()] == [None] * len(picture.measures())
    changed = book.definition(row.measure).model_copy(update={"meaning": "另一种数法。"})
    other = Book({**book.definitions, measure.measure: changed}, book.contract)
    monkeypatch.setattr(redefined, "load_measures", lambda: other)
    page = (
        signed_in("county_officer", COUNTY).get(f"/indicators/{measure.key}?place={COUNTY}").content.decode()
    )
    before, after = page.split("现行定义</summary>")
    assert "仍按发布时的定义" in before
    assert "另一种数法" in after.split("</details>")[0]
    assert measure.meaning in after.split("</details>")[1], (
        "what the number was counted by stands there as it was"
    )
    assert row.display in before
    others = [one for one in picture.measures() if redefined.today(one) is not None]
    assert {one.measure for one in others} == {measure.measure}
    gone = Book(
        {name: one for name, one in book.definitions.items() if name != measure.measure}, book.contract
    )
    assert redefined.today(measure, gone) == redefined.Redefined("", "")


@pytest.mark.chromium
@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1", "localhost"])
@pytest.mark.django_db(transaction=True)
def test_pages_in_a_browser(
    chromium: Any,
    live_server: Any,
    signed_in: Callable[..., Client],
    first: Vintage,
    early: Early,
    reported: Reported,
) -> None:
    city = signed_in("regional_officer", PARENT)
    Return.objects.create(
        record=reported.record, field="people", reason="与聘任名单不一致", due=date(2026, 12, 31), by="X"
    )
    Return.objects.create(
        record=reported.record,
        field="level",
        reason="x",
        due=date(2026, 12, 31),
        by="X",
        settled_at=datetime.now(UTC),
    )
    silent = reverse("insight:silent", args=[silent_key(first, early)])
    Sent.objects.create(
        unit=early.yearly[0], table="technique_capability", period="2020", place=COUNTY, status="late"
    )
    pages = {
        "unit": reported.page,
        "silent": f"{silent}?vintage={first.pk}&place={COUNTY}",
        "compare": f"{reverse('insight:compare_vintages')}?place={COUNTY}",
        "indicator": silent.removesuffix("/silent") + f"?vintage={first.pk}&place={COUNTY}",
        "overview": f"{reverse('insight:overview')}?vintage={first.pk}&place={COUNTY}",
    }
    for name, address in pages.items():
        with opening(chromium, live_server, city, address) as opened:
            opened.shoot(f"returns-{name}")
            opened.check()
