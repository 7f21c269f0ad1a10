"""The published figures, counted here from the tables in plain Python, whatever the seed."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from xinglin.facts import technique_rows
from xinglin.simulate import compare, lianzhou_2020, simulate_county

ON = date(2020, 12, 31)
CENTRES = {"township_hospital", "community_centre"}
GRASSROOTS = CENTRES | {"community_station", "village_clinic"}
DOCTORS = {"physician", "assistant_physician"}


@pytest.fixture(scope="module", params=[1, 2, 3, 4, 5])
def tables(request: pytest.FixtureRequest) -> dict[str, pa.Table]:
    return simulate_county(lianzhou_2020(), year=2020, seed=request.param)


def rows(tables: dict[str, pa.Table], name: str) -> list[dict]:
    return tables[name].to_pylist()


def valid(row: dict) -> bool:
    return (row["valid_from"] or ON) <= ON and (row["valid_to"] is None or row["valid_to"] >= ON)


def facilities(tables: dict[str, pa.Table], kinds: set[str]) -> dict[str, dict]:
    found = [row for row in rows(tables, "facility") if row["kind"] in kinds and valid(row)]
    return {row["facility"]: row for row in found if not row["branch_room"]}


def offered(tables: dict[str, pa.Table]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows(tables, "technique_capability"):
        if valid(row) and row["proficiency"] in ("standard", "proficient"):
            found.setdefault(row["facility"], []).append(row["technique"])
    return found


def tcm_doctors(tables: dict[str, pa.Table]) -> dict[str, dict]:
    people = rows(tables, "practitioner")
    return {
        row["practitioner"]: row for row in people if row["category"] == "tcm" and row["licence"] in DOCTORS
    }


def main_posts(tables: dict[str, pa.Table]) -> list[dict]:
    return [row for row in rows(tables, "post") if row["main"] and valid(row)]


def test_twelve_centres_all_provide_tcm_and_have_a_hall(tables):
    centres = facilities(tables, CENTRES)
    doctors = tcm_doctors(tables)
    staffed = {row["facility"] for row in main_posts(tables) if row["practitioner"] in doctors}
    halls = {row["facility"] for row in rows(tables, "tcm_hall") if valid(row)}
    assert len(centres) == 12
    assert {row["place"] for row in centres.values()} == {
        f"441882{n}" for n in (100, 101, 102, 103, 104, 105, 106, 107, 109, 118, 200, 201)
    }
    assert all(
        unit in staffed and (row["herb_cabinet"] or unit in offered(tables)) for unit, row in centres.items()
    )
    assert set(centres) == halls


def test_148_of_177_village_clinics_provide_tcm(tables):
    clinics = facilities(tables, {"village_clinic"})
    techniques = {row["facility"] for row in rows(tables, "technique_capability") if valid(row)}
    flags = ("mainly_tcm", "herb_cabinet", "health_management")
    able = {unit for unit, row in clinics.items() if any(row[f] for f in flags) or unit in techniques}
    assert (len(able), len(clinics)) == (148, 177)
    assert round(Decimal(14800) / 177, 2) == Decimal("83.62")


def test_every_centre_has_six_categories_and_the_numbers_leave_gaps(tables):
    category = {row["technique"]: row["category"] for row in technique_rows()}
    numbers = {unit: offered(tables)[unit] for unit in facilities(tables, CENTRES)}
    assert all(len({category[code] for code in codes}) >= 6 for codes in numbers.values())
    assert all(len(codes) == len(set(codes)) for codes in numbers.values())
    reached = [len(codes) for codes in numbers.values()]
    assert (min(reached), max(reached)) == (8, 20)
    assert 0 < sum(n >= 15 for n in reached) < sum(n >= 10 for n in reached) < 12


def test_tcm_visits_are_40_34_percent(tables):
    known = facilities(tables, GRASSROOTS)
    visits = [row for row in rows(tables, "visit") if row["facility"] in known]
    assert (sum(row["tcm"] for row in visits), len(visits)) == (24204, 60000)
    assert not any(
        row["facility"] in known for row in rows(tables, "facility_total") if row["item"] == "visits"
    )
    assert not any(row["non_drug"] and not row["tcm"] for row in visits)


def test_fourteen_tcm_gps(tables):
    gps = {key for key, row in tcm_doctors(tables).items() if row["gp"]}
    at_work = {row["practitioner"] for row in main_posts(tables)}
    county = next(row for row in rows(tables, "population") if row["place"] == "441882")
    assert (len(gps & at_work), county["residents"]) == (14, 377220)


def test_elderly_and_children_are_distinct_people_whose_services_count(tables):
    services = [row for row in rows(tables, "health_management") if row["date"].year == 2020]
    full = [row for row in services if row["service"] == "elderly" and row["assessed"] and row["guided"]]
    elderly = {row["person"] for row in full}
    children = {row["person"] for row in services if row["service"] == "child" and row["guided"]}
    assert (len(elderly), len(children)) == (36646, 11190)
    assert not elderly & children
    assert len(full) > len(elderly)  # some in two facilities: rows must not be counted
    pairs = {(row["person"], row["facility"]) for row in full}
    assert len(pairs) == len(full)
    only = {row["person"] for row in services if row["service"] == "elderly" and not row["guided"]}
    assert only
    assert not only & elderly


def test_the_report_says_the_same(tables):
    found = compare(lianzhou_2020(), tables, ON)
    assert all(item.within and item.source and item.assumption for item in found)
    assert [(str(item.published), item.numerator, item.denominator, item.display) for item in found] == [
        ("100", 12, 12, "100"),
        ("83.62", 148, 177, "83.62"),
        ("12", 12, 1, "12"),
        ("100", 12, 12, "100"),
        ("40.34", 24204, 60000, "40.34"),
        ("0.36", 14, 377220, "0.37"),
        ("60.94", 36646, 60134, "60.94"),
        ("74.68", 11190, 14984, "74.68"),
    ]


def test_township_population_adds_up_to_the_county(tables):
    people = rows(tables, "population")
    county, towns = people[0], people[1:]
    assert len(towns) == 12
    for column in ("residents", "aged_65_plus", "children_0_36"):
        assert sum(row[column] for row in towns) == county[column]


def test_shares_of_tcm_doctors_lie_on_both_sides_of_a_quarter(tables):
    centres, tcm = facilities(tables, CENTRES), tcm_doctors(tables)
    people = {row["practitioner"]: row for row in rows(tables, "practitioner")}
    counts = {unit: [0, 0] for unit in centres}
    for post in main_posts(tables):
        if post["facility"] in centres and people[post["practitioner"]]["licence"] in DOCTORS:
            counts[post["facility"]][1] += 1
            counts[post["facility"]][0] += post["practitioner"] in tcm
    below = [unit for unit, (some, all_) in counts.items() if some * 4 < all_]
    assert 0 < len(below) < 12
    some, every = (sum(part) for part in zip(*counts.values(), strict=True))
    assert 0.2 <= some / every <= 0.3


def test_a_wrong_number_is_told(tables):
    fewer = tables["visit"].slice(0, 59_000)
    found = {item.unit: item for item in compare(lianzhou_2020(), {**tables, "visit": fewer}, ON)}
    visits = compare(lianzhou_2020(), {**tables, "visit": fewer}, ON)[4]
    assert found
    assert not visits.within
