"""Pages of long lists: the same records as asking for all of them, in order, with limits told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import forms_factories as make
import organisations_factories as organisations
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from xinglin.apps.access.scope import Scope
from xinglin.apps.forms import finding, listing
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.finding import Found, Pages
from xinglin.apps.forms.models import Deadline, Record

COUNTY = "441882"
BASE = "education_base"
EVERYWHERE, HERE = Scope(frozenset({"0"})), Scope(frozenset({COUNTY}))
FILTERS = (
    {},
    {"level": "county"},
    {"lecturers__from": "5"},
    {"lecturers__from": "3", "lecturers__to": "7", "level": "county"},
    {"from": "2024-03-03"},
    {"from": "2024-03-03", "verified": "true"},
    {"place": "441882101"},
    {"level": "county", "place": "441882101"},
    {"overdue": "1"},
    {"overdue": "1", "place": "441882101"},
    {"place": "441882102", "overdue": "1", "level": "county"},
    {"q": "基地1"},
    {"q": "地1"},
    {"state": "open"},
    {"level": "nonsense"},
)
SORTS = (
    "",
    "lecturers",
    "-lecturers",
    "name",
    "-name",
    "valid_from",
    "-valid_from",
    "facility",
    "-state",
    "changed_at",
)


@pytest.fixture
def several() -> None:
    places = ("441882101", "441882102", "441881101")
    facilities = [organisations.facility(place).pk for place in places]
    for number in range(14):
        make.record(
            BASE,
            facility=facilities[number % 3],
            name=f"基地{number}（演示）",
            lecturers=number % 9 or None,
            level="county" if number % 2 else "township",
            valid_from=date(2024, 3, 1) + timedelta(days=number // 2),
        )
    for record in Record.objects.order_by("pk")[::2]:
        about = {"definition": BASE, "place": record.place, "facility": record.facility}
        Deadline.objects.create(
            record=record, state="open", opened_on=date(2024, 3, 1), due=date(2024, 4, 1), **about
        )


def wanted(scope: Scope, filters: dict[str, str], sort: str) -> list[str]:
    query = listing.narrowed(Record.objects.of(BASE).within(scope), definition(BASE), filters)
    return list(listing.ordered(query, definition(BASE), sort).values_list("pk", flat=True))


def got(scope: Scope, filters: dict[str, str], sort: str, size: int = 5) -> list[str]:
    pages = Pages(Found(definition(BASE), scope, filters, sort), size)
    return [row.pk for number in pages.page_range for row in pages.page(number).object_list]


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("scope", [EVERYWHERE, HERE, Scope(frozenset({"4418", "441882101"}))])
def test_pages_together_are_the_list(scope: Scope) -> None:
    for filters in FILTERS:
        for sort in SORTS:
            assert got(scope, filters, sort) == wanted(scope, filters, sort), (filters, sort)


@pytest.mark.usefixtures("several")
def test_a_facility_sees_its_own() -> None:
    mine = str(Record.objects.order_by("pk")[0].facility_id)
    scope = Scope(facilities=frozenset({mine}))
    for filters in FILTERS:
        for sort in SORTS:
            assert got(scope, filters, sort) == wanted(scope, filters, sort), (filters, sort)
    assert len(got(scope, {}, "")) == 5


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("scope", [EVERYWHERE, HERE])
def test_of_very_many_the_first_are_shown_and_the_page_says_so(
    scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MOST", "LOOKED_AT", "ADDED_UP"):
        monkeypatch.setattr(finding, name, 4)
    for sort in ("", "lecturers", "-lecturers", "valid_from"):
        found = Found(definition(BASE), scope, {}, sort)
        assert [row.pk for row in found[0:9]][:4] == wanted(scope, {}, sort)[:4], sort
        assert (found.count(), found.capped, found.totals()) == (4, True, None)
    assert got(scope, {"level": "county"}, "", 2) == wanted(scope, {"level": "county"}, "")[:4]
    both = Found(definition(BASE), scope, {"level": "county", "lecturers__from": "2"})
    inside = set(wanted(scope, {"level": "county", "lecturers__from": "2"}, ""))
    assert {row.pk for row in both[0:9]} <= inside
    assert both.capped
    assert "只在最近 4 条里" in both.notes[0]
    words = Found(definition(BASE), scope, {"q": "基地"})
    assert {row.pk for row in words[0:9]} <= set(wanted(scope, {"q": "基地"}, ""))
    assert "超过 4 条" in words.notes[0]


@pytest.mark.usefixtures("several")
def test_sums_of_many_are_made_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    every = listing.totals(Record.objects.of(BASE), definition(BASE))
    assert Found(definition(BASE), EVERYWHERE, {}).totals() == every
    monkeypatch.setattr(finding, "MOST", 4)
    assert Found(definition(BASE), EVERYWHERE, {}).totals(asked=True) == every
    county = listing.narrowed(Record.objects.of(BASE), definition(BASE), {"level": "county"})
    found = Found(definition(BASE), EVERYWHERE, {"level": "county"})
    assert found.totals(asked=True) == listing.totals(county, definition(BASE))


@pytest.mark.usefixtures("several")
def test_the_page_tells_of_limits(signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in("county_officer", COUNTY)
    for name in ("MOST", "LOOKED_AT", "ADDED_UP"):
        monkeypatch.setattr(finding, name, 4)
    page = client.get(f"/records/of/{BASE}/").content.decode()
    assert "超过 4 条" in page
    assert "合计全部记录" in page
    page = client.get(f"/records/of/{BASE}/?totals=1&page=999").content.decode()
    assert "合计全部记录" not in page


def test_words_find_facilities(several: None) -> None:
    del several
    row = Record.objects.order_by("pk")[0]
    assert row.facility is not None
    found = Found(definition(BASE), EVERYWHERE, {"q": row.facility.name})
    assert {one.facility_id for one in found[0:99]} == {row.facility_id}
    assert found.count() == 5


@pytest.mark.usefixtures("several")
def test_a_page_takes_few_queries() -> None:
    for filters in FILTERS:
        with CaptureQueriesContext(connection) as caught:
            found = Found(definition(BASE), HERE, dict(filters))
            list(Pages(found, 5).get_page(1).object_list)
            found.totals()
        assert len(caught) <= 9, filters
