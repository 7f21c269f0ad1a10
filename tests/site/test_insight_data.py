"""The data layer of insight: what an account sees of a vintage, and nothing of what lies outside its area."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory
from insight_factories import COUNTY, DECEMBER, JUNE, InsightSite, insight_site, published

from conftest import CHILD, PARENT, SIBLING
from xinglin.apps.access.scope import Scope
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight import pictures
from xinglin.apps.insight.pictures import Outside, Picture
from xinglin.apps.insight.tasks import stocktaking
from xinglin.base.states import Verdict
from xinglin.report import dump_json

__all__ = ["insight_site", "published"]


def scope(*places: str, facilities: tuple[str, ...] = ()) -> Scope:
    return Scope(frozenset(places), frozenset(facilities))


def asked(places: Scope, address: str = "/") -> Any:
    request: Any = RequestFactory().get(address)
    request.scope = places
    request.user = SimpleNamespace(
        can=lambda permission: permission == "facts.recount" and bool(places.places)
    )
    return request


def test_the_standing_is_what_was_published(insight_site: InsightSite, published: Any) -> None:
    picture = insight_site.picture(COUNTY)
    there = (published.vintages[DECEMBER] / "results.json").read_text(encoding="utf-8")
    assert dump_json(picture.standing(COUNTY)) == there
    light = picture.rows_of_results(COUNTY)
    assert [(row.document, row.target, row.display) for row in light] == [
        (one.document, one.target, one.display) for one in picture.results(COUNTY)
    ]
    assert [row.measure_key for row in light] == [
        pictures.measure_key(one) for one in picture.standing(COUNTY).results
    ]
    counts = picture.counts(COUNTY)
    assert counts.total == len(light)
    assert counts.met == sum(one.verdict.value == "met" for one in picture.results(COUNTY))


def test_children_of_a_number_are_those_of_the_result(insight_site: InsightSite) -> None:
    picture = insight_site.picture(COUNTY)
    for result in picture.results(COUNTY):
        if result.wanted:
            continue
        key = pictures.measure_key(result)
        below = {
            one.area: (one.state, one.numerator, one.denominator) for one in picture.numbers(key, COUNTY)
        }
        assert below == {one.code: (one.state, one.numerator, one.denominator) for one in result.below}
        whole = picture.number(key, COUNTY)
        assert (whole.numerator, whole.denominator, whole.display) == (
            result.numerator,
            result.denominator,
            result.display,
        )


def test_an_account_sees_its_own_area_only(insight_site: InsightSite) -> None:
    county, township = insight_site.picture(COUNTY), insight_site.picture(CHILD)
    key = county.measures()[0].key
    assert county.home is not None
    assert county.home.name == "连州市"
    assert insight_site.picture(PARENT).home == county.home, "a vintage shows the part of the area it covers"
    assert township.home is not None
    assert township.home.code == CHILD
    assert [area.code for area in township.path(CHILD)] == [CHILD]
    for forbidden in (COUNTY, PARENT, "441882102", "0"):
        for ask in (
            township.area,
            township.children,
            township.standing,
            township.rows_of_results,
            township.counts,
        ):
            with pytest.raises(Outside):
                ask(forbidden)
        with pytest.raises(Outside):
            township.number(key, forbidden)
        with pytest.raises(Outside):
            township.units(key, forbidden)
        with pytest.raises(Outside):
            township.history(key, forbidden)
    elsewhere = next(
        one for one in county.units(key, COUNTY, per_page=500).units if not one.place.startswith(CHILD)
    )
    with pytest.raises(Outside):
        township.unit(key, elsewhere.unit)
    with pytest.raises(Outside):
        township.facility(elsewhere.facility)
    inside = township.units(key, per_page=500).units
    assert inside
    assert all(one.place.startswith(CHILD) for one in inside)


def test_a_facility_sees_its_own_units_only(insight_site: InsightSite) -> None:
    county = insight_site.picture(COUNTY)
    lines = county.facilities(COUNTY, per_page=500).lines
    own, other = lines[5].facility, lines[6].facility
    mine = insight_site.picture(facilities=(own,))
    assert mine.home is None
    assert mine.areas() == []
    assert {one.facility for one in mine.facility(own)} == {own}
    assert [line.facility for line in mine.facilities().lines] == [own]
    key = mine.facility(own)[0].key
    assert {one.facility for one in mine.units(key).units} == {own}
    assert mine.rows(key, mine.facility(own)[0].unit).numerator == mine.facility(own)[0].numerator
    with pytest.raises(Outside):
        mine.facility(other)
    with pytest.raises(Outside):
        mine.units(key, COUNTY)
    with pytest.raises(Outside):
        mine.standing(COUNTY)


def test_the_vintage_of_a_page(insight_site: InsightSite) -> None:
    found = pictures.of(asked(scope(COUNTY)))
    assert found is not None
    assert found.vintage == insight_site.december
    older = pictures.of(asked(scope(COUNTY), f"/?vintage={insight_site.june.pk}"))
    assert older is not None
    assert older.info.on == JUNE
    assert [one.on for one in pictures.vintages_of(scope(COUNTY))] == [DECEMBER, JUNE]
    for foreign in (scope(SIBLING), scope()):
        assert pictures.of(asked(foreign)) is None
        with pytest.raises(Outside):
            pictures.of(asked(foreign, f"/?vintage={insight_site.june.pk}"))


@pytest.mark.django_db
def test_without_a_vintage_it_says_what_to_do() -> None:
    officer, doctor = asked(scope(COUNTY)), asked(scope(facilities=("F",)))
    assert pictures.of(officer) is None
    assert pictures.nothing(officer).address == "/vintages/recount"
    assert pictures.nothing(doctor).address == ""
    assert "管理人员" in pictures.nothing(doctor).words


def test_a_vintage_of_before_is_passed_over(insight_site: InsightSite) -> None:
    """Published by a version that gathered nothing."""
    Vintage.objects.create(
        place=COUNTY, on="2021-01-01", facts_manifest="", definitions="", results="", job="x"
    )
    found = pictures.of(asked(scope(COUNTY)))
    assert found is not None
    assert found.vintage == insight_site.december


def test_history_has_every_vintage(insight_site: InsightSite, published: Any) -> None:
    picture = insight_site.picture(COUNTY)
    late = Vintage.objects.create(
        id="V9", place=COUNTY, on=DECEMBER, facts_manifest="", definitions="", results="", job="late"
    )
    link = (published.vintages[DECEMBER]).parent / "late"
    from xinglin.apps.insight.files import folder_of

    folder_of(late.pk).symlink_to(published.vintages[DECEMBER], target_is_directory=True)
    try:
        key = next(one.measure_key for one in picture.rows_of_results(COUNTY) if one.value is not None)
        found = picture.history(key, COUNTY)
    finally:
        folder_of(late.pk).unlink()
    assert [(one.on, one.superseded) for one in found] == [(JUNE, False), (DECEMBER, True), (DECEMBER, False)]
    assert not any(one.definitions_changed for one in found)
    assert found[1].display == picture.number(key, COUNTY).display
    assert not link.exists()


def test_units_are_found_and_added_up(insight_site: InsightSite) -> None:
    picture = insight_site.picture(COUNTY)
    measure = next(one for one in picture.measures() if one.slices)
    column, slices = next(iter(measure.slices.items()))
    whole = picture.units(measure.key, COUNTY, per_page=7)
    number = picture.number(measure.key, COUNTY)
    assert (whole.numerator, whole.denominator) == (number.numerator, number.denominator)
    assert whole.total == number.n_units
    assert len(whole.units) == min(7, whole.total)
    parts = [picture.units(measure.key, COUNTY, code_of=(column, code)) for code in slices["codes"]]
    assert sum(part.total for part in parts) == whole.total
    first = whole.units[0]
    assert first.unit in {
        one.unit for one in picture.units(measure.key, COUNTY, search=first.name[2:6]).units
    }
    word = first.included
    some = picture.units(measure.key, COUNTY, included=word)
    assert some.total == whole.included[word] == some.included[word]


def test_pages_need_no_query_but_for_the_vintage(
    insight_site: InsightSite, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        picture = pictures.of(asked(scope(COUNTY)))
        assert isinstance(picture, Picture)
        picture.standing(COUNTY)
        picture.ranking(COUNTY)
        picture.units(picture.measures()[0].key, COUNTY)


def test_a_stocktaking_takes_what_the_numbers_of_the_day_say(insight_site: InsightSite) -> None:
    """Of the day itself, else of the last before it; without numbers it is left to the county."""
    results = insight_site.picture(COUNTY).rows_of_results(COUNTY)
    met = {row.target for row in results if row.verdict is Verdict.MET}
    targets = {row.target for row in results}
    assert 0 < len(met) < len(targets)
    for day in (DECEMBER, DECEMBER.replace(year=2021)):
        assert stocktaking.met_by_numbers(COUNTY, day, targets) == len(met)
        assert stocktaking.met_by_numbers(COUNTY, day, targets - met) == 0
    before = Picture(Scope(frozenset([COUNTY])), insight_site.june).rows_of_results(COUNTY)
    earlier = {row.target for row in before if row.verdict is Verdict.MET}
    assert stocktaking.met_by_numbers(COUNTY, JUNE, targets) == len(earlier & targets)
    assert stocktaking.met_by_numbers(COUNTY, JUNE.replace(day=1), targets) is None
    assert stocktaking.met_by_numbers("110101", DECEMBER, targets) is None
