"""In Lianzhou everything is reported; elsewhere some things are not, and nothing pretends they were."""

from collections import Counter

import pyarrow as pa

from xinglin.facts import load_contract
from xinglin.simulate.sites import GRASSROOTS

MONTHS = 12


def reported(county: dict[str, pa.Table], table: str) -> Counter[str]:
    rows = county["reporting"].to_pylist()
    return Counter(row["unit"] for row in rows if row["table"] == table)


def totals_of(county: dict[str, pa.Table], items: set[str]) -> set[str]:
    rows = county["facility_total"].to_pylist()
    return {row["facility"] for row in rows if row["item"] in items}


EVENTS_OF = {"visit": {"visits"}, "prescription": {"prescriptions"}, "discharge": {"discharges"}}


def grassroots(county: dict[str, pa.Table]) -> set[str]:
    rows = county["facility"].to_pylist()
    return {row["facility"] for row in rows if row["kind"] in GRASSROOTS and row["valid_to"] is None}


def test_lianzhou_reports_every_table_for_every_period(lianzhou):
    running = [row["facility"] for row in lianzhou["facility"].to_pylist() if row["valid_to"] is None]
    for name, table in load_contract().tables.items():
        if table.reported is None or name not in lianzhou:
            continue
        periods = MONTHS if table.reported.every == "month" else 1
        units = running if table.reported.by == "facility" else ["441882"]
        by_total = totals_of(
            lianzhou, EVENTS_OF.get(name, set())
        )  # what comes as a total is not reported as events
        units = [unit for unit in units if unit not in by_total]
        assert reported(lianzhou, name) == dict.fromkeys(units, periods), name


def test_a_few_reports_are_late_and_who_has_nothing_says_so(lianzhou):
    states = Counter(lianzhou["reporting"]["status"].to_pylist())
    assert 0 < states["late"] < states["reported"] / 10
    rows = lianzhou["reporting"].to_pylist()
    nothing = {(row["unit"], row["table"]) for row in rows if row["status"] == "reported_nothing"}
    branch = next(row["facility"] for row in lianzhou["facility"].to_pylist() if row["branch_room"])
    assert (branch, "visit") in nothing
    assert ("441882", "designation") in nothing


def test_elsewhere_some_are_silent_some_miss_months_some_give_totals(liyang):
    visits = reported(liyang, "visit")
    silent = {unit for unit in grassroots(liyang) if visits[unit] == 0}
    partial = {unit for unit in grassroots(liyang) if 0 < visits[unit] < MONTHS}
    totals = set(liyang["facility_total"]["facility"].to_pylist()) & grassroots(liyang)
    assert silent
    assert partial
    assert totals


def test_the_silent_left_no_rows_and_nobody_gives_events_and_totals(liyang):
    units = {row["unit"] for row in liyang["reporting"].to_pylist()}
    silent = grassroots(liyang) - units
    assert silent
    for name in ("visit", "post", "technique_capability", "tcm_hall", "health_management", "facility_total"):
        column = "facility"
        assert not silent & set(liyang[name][column].to_pylist()), name
    rows = [row for row in liyang["facility_total"].to_pylist() if row["item"] == "visits"]
    totals = {row["facility"] for row in rows}
    assert not totals & set(liyang["visit"]["facility"].to_pylist())


def test_visits_lie_only_in_months_that_were_reported(liyang):
    dates = zip(liyang["visit"]["facility"].to_pylist(), liyang["visit"]["date"].to_pylist(), strict=True)
    seen = {(unit, f"{day:%Y-%m}") for unit, day in dates}
    rows = [row for row in liyang["reporting"].to_pylist() if row["table"] == "visit"]
    assert seen == {(row["unit"], row["period"]) for row in rows if row["status"] != "reported_nothing"} - {
        (row["facility"], f"{row['year']}-{row['month']:02d}")
        for row in liyang["facility_total"].to_pylist()
        if row["item"] == "visits"
    }
