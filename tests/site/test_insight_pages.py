"""The pages over published numbers: what they say, that every number opens, that nothing of other areas is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from browser import opening
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from insight_factories import InsightSite, insight_site, published  # noqa: F401

from xinglin.apps.insight import standing_now
from xinglin.base.states import ValueState, Verdict

COUNTY, SIBLING = "441882", "441881"
MOST_QUERIES = 15


@pytest.fixture
def officer(signed_in: Callable[..., Client]) -> Client:
    return signed_in("county_officer", COUNTY)


def addresses(site: InsightSite) -> list[str]:
    """One address of every page."""
    picture = site.picture(COUNTY)
    measure = next(one.key for one in picture.measures() if one.population)
    key = next(row.measure_key for row in picture.rows_of_results(COUNTY) if row.verdict is Verdict.NOT_MET)
    unit = picture.units(key, COUNTY).units[0]
    facility = picture.facilities(COUNTY).lines[0].facility
    return [
        reverse("insight:overview"),
        reverse("insight:indicators"),
        reverse("insight:indicators") + "?place=441882102",
        reverse("insight:indicator", args=[key]),
        reverse("insight:indicator", args=[measure]) + "?place=441882102",
        reverse("insight:units", args=[key]),
        reverse("insight:unit", args=[key, unit.unit]),
        reverse("insight:residents", args=[measure]),
        reverse("insight:policies"),
        reverse("insight:policy", args=["lianzhou"]),
        reverse("insight:compare"),
        reverse("insight:facilities"),
        reverse("insight:facility", args=[facility]),
    ]


def test_every_page_takes_few_queries(officer: Client, insight_site: InsightSite) -> None:  # noqa: F811
    for address in addresses(insight_site):
        officer.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = officer.get(address)
        assert answer.status_code == 200, address
        assert len(queries) <= MOST_QUERIES, (address, [one["sql"] for one in queries])


def test_the_overview_counts_and_ranks(officer: Client, insight_site: InsightSite) -> None:  # noqa: F811
    picture = insight_site.picture(COUNTY)
    found = standing_now.gaps(picture, COUNTY)
    reached = [
        gap.reached for gap in found if gap.result.verdict is Verdict.NOT_MET and gap.reached is not None
    ]
    assert reached == sorted(reached)
    text = officer.get(reverse("insight:overview")).content.decode()
    counts = picture.counts(COUNTY)
    for number in (counts.met, counts.not_met, counts.no_data):
        assert f">{number}</a>" in text
    assert found[0].result.measure_label in text
    assert found[0].result.gap is None or found[0].result.gap.words in text
    assert "与上一期相比" in text


def test_changes_are_those_between_two_vintages(insight_site: InsightSite) -> None:  # noqa: F811
    now, before = (
        insight_site.picture(COUNTY),
        standing_now.Picture(insight_site.picture(COUNTY).scope, insight_site.june),
    )
    changed = standing_now.changes(now, before, COUNTY)
    old = {(row.document, row.target): row for row in before.rows_of_results(COUNTY)}
    told = {(one.row.document, one.row.target) for one in changed}
    for row in now.rows_of_results(COUNTY):
        other = old.get((row.document, row.target))
        differs = other is not None and (row.verdict, row.state) != (other.verdict, other.state)
        assert ((row.document, row.target) in told) == differs
    assert changed, "the two vintages differ"


@pytest.mark.parametrize("page", range(13))
def test_nobody_sees_another_countys(
    signed_in: Callable[..., Client],
    insight_site: InsightSite,  # noqa: F811
    page: int,
) -> None:
    address = addresses(insight_site)[page]
    vintage = insight_site.december.pk
    joined = "&" if "?" in address else "?"
    client = signed_in("county_officer", SIBLING)
    assert client.get(f"{address}{joined}vintage={vintage}").status_code == 404
    assert "连州" not in client.get(reverse("insight:overview")).content.decode()


def test_numbers_that_are_none_are_never_nought(officer: Client, insight_site: InsightSite) -> None:  # noqa: F811
    picture = insight_site.picture(COUNTY)
    rows = [
        row
        for row in picture.rows_of_results(COUNTY)
        if row.state is not ValueState.NUMBER and row.measure_key
    ]
    assert rows
    text = officer.get(reverse("insight:indicators") + "?state=no_data").content.decode()
    for row in rows:
        assert row.measure_label in text
        assert row.state.label in text


@pytest.mark.chromium
@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1", "localhost"])
@pytest.mark.django_db(transaction=True)
def test_pages_in_a_browser(
    chromium: Any,
    live_server: Any,
    signed_in: Callable[..., Client],
    insight_site: InsightSite,  # noqa: F811
) -> None:
    client = signed_in("county_officer", COUNTY)
    for number, address in enumerate(addresses(insight_site)):
        with opening(chromium, live_server, client, address) as opened:
            opened.shoot(f"insight-{number}")
            opened.check()
