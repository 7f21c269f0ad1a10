"""Who belongs to an area, asked in either way; what the list of facilities counts; lists in few, narrow queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import organisations_factories as make
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.models import Facility, Post, Practitioner

HERE, BESIDE, OTHER_COUNTY, OTHER_CITY = "441882101", "441882103", "441881001", "440106001"
BEGUN = date(2015, 1, 1)


@pytest.fixture
def spread() -> dict[str, Any]:
    """People registered, working and gone in every pairing of four places; and what becomes of each in an area."""
    today = timezone.localdate()
    facilities = {place: make.facility(place) for place in (HERE, BESIDE, OTHER_COUNTY, OTHER_CITY)}
    ends = {"now": None, "last": today, "gone": today - timedelta(days=1)}
    people = {}
    for registered, (place, facility), state in product(
        facilities, facilities.items(), (*ends, "never", "both")
    ):
        row = make.practitioner(facility, registered_in=registered)
        posts = Post.objects.filter(practitioner=row)
        if state == "never":
            posts.delete()
        elif state == "both":  # over here, at work in another place
            posts.update(valid_to=ends["gone"])
            make.post(row, facilities[OTHER_COUNTY if place == HERE else HERE], valid_from=date(2016, 1, 1))
        else:
            posts.update(valid_to=ends[state])
        people[row.pk] = (registered, place, state)
    return {"facilities": facilities, "people": people}


def expected(spread: dict[str, Any], scope: Scope) -> set[str]:
    """Who belongs to an area, by the rule in words."""
    found = set()
    for key, (registered, place, state) in spread["people"].items():
        at = OTHER_COUNTY if state == "both" and place == HERE else HERE if state == "both" else place
        present = state in ("now", "last", "both")
        ever = {at, place} if state == "both" else {place} if state != "never" else set()
        inside = {one for one in ever if scope.covers(place=one, facility=spread["facilities"][one].pk)}
        if at in inside if present else inside or scope.covers(place=registered):
            found.add(key)
    return found


AREAS = (["441882"], [HERE], ["441882", "441881"], ["4418"], ["44"], [HERE, "4401"], [])


def test_people_of_an_area(spread: dict[str, Any]) -> None:
    """In both ways of asking, for areas large and small, with a facility of one's own and without."""
    for places, facility in product(AREAS, ("", BESIDE, OTHER_CITY)):
        mine = frozenset([spread["facilities"][facility].pk] if facility else [])
        scope = Scope(frozenset(places), mine)
        wanted = expected(spread, scope)
        for few in (False, True):
            found = Practitioner.objects.within(scope, few=few)
            assert sorted(found.values_list("pk", flat=True)) == sorted(wanted), (scope, few)
            assert found.count() == len(wanted)


def test_the_nation_holds_everybody(spread: dict[str, Any]) -> None:
    everybody = Practitioner.objects.within(Scope(frozenset("0")))
    assert set(everybody.values_list("pk", flat=True)) == set(spread["people"])


def listed(client: Client, **query: Any) -> list[Any]:
    answer = client.get("/facilities", query)
    assert answer.status_code == 200
    return list(answer.context["rows"])


def test_the_list_counts_people_and_halls(signed_in: Callable[..., Client]) -> None:
    client, gone = signed_in("county_officer", "441882"), timezone.localdate() - timedelta(days=1)
    full, empty, closed = (make.facility(name=name) for name in ("满卫生院", "空卫生院", "旧馆卫生院"))
    for _ in range(3):
        make.practitioner(full)
    Post.objects.filter(practitioner=make.practitioner(full)).update(valid_to=gone)
    twice = make.practitioner(full)
    Post.objects.filter(practitioner=twice).update(valid_to=timezone.localdate())
    make.tcm_hall(full)
    make.tcm_hall(closed, valid_to=gone)
    seen = {row.pk: (row.people, row.hall) for row in listed(client)}
    assert seen == {full.pk: (4, True), empty.pk: (0, False), closed.pk: (0, False)}
    assert listed(client, sort="-people")[0].pk == full.pk
    assert listed(client, sort="people")[-1].pk == full.pk
    assert [row.pk for row in listed(client, hall="yes")] == [full.pk]
    assert {row.pk for row in listed(client, hall="no")} == {empty.pk, closed.pk}


def test_a_facility_with_a_code_twice_is_listed_once(signed_in: Callable[..., Client]) -> None:
    row = make.facility()
    for kind, day in (("licence_number", BEGUN), ("record_number", BEGUN)):
        make.official_code(row, kind=kind, code="PDY00012345", valid_from=day)
    client = signed_in("county_officer", "441882")
    answer = client.get("/facilities", {"q": "PDY00012345"})
    assert [one.pk for one in answer.context["rows"]] == [row.pk]
    assert answer.context["totals"]["all"] == answer.context["page"].paginator.count == 1


def test_the_page_has_as_many_as_were_counted(signed_in: Callable[..., Client]) -> None:
    Facility.objects.bulk_create(make.unsaved_facility() for _ in range(60))
    answer = signed_in("county_officer", "441882").get("/facilities", {"page": "2"})
    assert (len(answer.context["rows"]), answer.context["page"].paginator.num_pages) == (10, 2)


def test_lists_of_people_read_no_more_than_they_show(signed_in: Callable[..., Client]) -> None:
    """Document numbers and telephones stay in the database."""
    client = signed_in("county_officer", "441882")
    make.practitioner(make.facility())
    with CaptureQueriesContext(connection) as caught:
        assert client.get("/practitioners").status_code == 200
    asked = " ".join(one["sql"] for one in caught.captured_queries)
    assert '"name"' in asked
    assert '"id_number"' not in asked
    assert '"phone"' not in asked
