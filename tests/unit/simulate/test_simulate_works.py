"""What the county builds and does beside treating people: rows that fit the people and facilities there are."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from xinglin.facts import technique_rows
from xinglin.simulate import lianzhou_2020, simulate_county

WORKS = (
    "unit",
    "trainer",
    "team",
    "training",
    "promotion",
    "secondment",
    "education_activity",
    "supervision_visit",
    "scheme_weight",
)


@pytest.fixture(params=["lianzhou", "liyang"])
def county(request: pytest.FixtureRequest) -> dict[str, pa.Table]:
    return request.getfixturevalue(request.param)


def rows(county: dict[str, pa.Table], name: str) -> list[dict]:
    return county[name].to_pylist()


def in_post(county: dict[str, pa.Table]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows(county, "post"):
        if row["valid_to"] is None:
            found.setdefault(row["practitioner"], set()).add(row["facility"])
    return found


def test_people_are_trained_and_sent_where_they_work(county):
    posts = in_post(county)
    assert all(row["facility"] in posts[row["practitioner"]] for row in rows(county, "training"))
    assert all(row["practitioner"] in posts for row in rows(county, "trainer"))
    for row in rows(county, "secondment"):
        assert row["supporter"] in posts[row["practitioner"]]
        assert row["supporter"] != row["facility"]


def test_a_row_about_a_facility_lies_where_the_facility_lies(county):
    places = {row["facility"]: row["place"] for row in rows(county, "facility")}
    for name in ("unit", "training", "promotion", "education_activity", "supervision_visit"):
        found = [row for row in rows(county, name) if row["facility"] is not None]
        assert found, name
        assert all(row["place"] == places[row["facility"]] for row in found), name


def test_nothing_happens_in_closed_facilities_or_branch_rooms(county):
    facilities = rows(county, "facility")
    idle = {row["facility"] for row in facilities if row["valid_to"] is not None or row["branch_room"]}
    assert idle
    for name in WORKS:
        if "facility" in county[name].column_names:
            assert not idle & set(county[name]["facility"].to_pylist()), name


def test_events_are_those_of_the_year(lianzhou):
    first, last = date(2020, 1, 1), date(2020, 12, 31)
    for name in ("training", "promotion", "education_activity", "supervision_visit", "scheme_weight"):
        assert all(first <= row["date"] <= last for row in rows(lianzhou, name)), name


def test_the_centre_promotes_techniques_of_every_category(lianzhou):
    category = {row["technique"]: row["category"] for row in technique_rows()}
    promoted = {row["technique"] for row in rows(lianzhou, "promotion")}
    assert len(promoted) == lianzhou_2020().works.techniques_promoted == 28
    assert len({category[code] for code in promoted}) == 10


def test_a_county_without_a_centre_promotes_nothing(lianzhou):
    ours = lianzhou_2020()
    without = replace(ours, works=replace(ours.works, promotion_centre=False, management_body=False))
    found = simulate_county(without, year=2020, seed=1)
    kinds = {row["kind"] for row in rows(found, "unit")}
    assert not kinds & {"promotion_centre", "management_body"}
    assert found["promotion"].num_rows == 0
    assert ("441882", "promotion") in {
        (row["unit"], row["table"]) for row in rows(found, "reporting") if row["status"] == "reported_nothing"
    }
    assert found["visit"].equals(lianzhou["visit"]), "works move no other stream"


def test_tcm_doctors_have_titles(county):
    people = {row["practitioner"]: row for row in rows(county, "practitioner")}
    titled = [row["thing"] for row in rows(county, "assessment") if row["standard"] == "professional_title"]
    assert len(titled) == len(set(titled))
    assert all(people[name]["category"] == "tcm" for name in titled)
