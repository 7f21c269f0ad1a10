"""What the oracle reads: the rows inside the place, each table once, and which reports came in."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinglin.base.errors import DataError
from xinglin.facts import load_contract, open_dataset
from xinglin.measures.sent import reports_in
from xinglin.standing import Inputs, explain
from xinglin.standing import rows as standing_rows
from xinglin.standing.rows import PlaceRows, Reports

TOWNSHIP = "441882101"


@pytest.fixture
def place_rows(inputs: Inputs, lianzhou: Path) -> PlaceRows:
    return PlaceRows(load_contract(), open_dataset(lianzhou), inputs.divisions, TOWNSHIP)


def test_what_hangs_on_a_facility_lies_in_the_place(place_rows: PlaceRows) -> None:
    inside = {row["facility"] for row in place_rows["facility"] if row["place"].startswith(TOWNSHIP)}
    assert inside
    assert {row["facility"] for row in place_rows["tcm_hall"]} <= inside
    assert {row["facility"] for row in place_rows["visit"]} <= inside
    assert len(place_rows["visit"]) < len(open_dataset(place_rows.dataset.root).rows("visit"))


def test_facilities_a_consortium_names_are_there_wherever_they_lie(place_rows: PlaceRows) -> None:
    known = {row["facility"] for row in place_rows["facility"]}
    named = {row["lead"] for row in place_rows["consortium"]}
    named |= {row["facility"] for row in place_rows["membership"]}
    assert named
    assert named - {None} <= known


def test_a_table_is_read_when_it_is_asked_for_and_once(place_rows: PlaceRows) -> None:
    assert place_rows["tcm_hall"] is place_rows["tcm_hall"]
    assert set(place_rows) == set(load_contract().tables)
    assert len(place_rows) == len(load_contract().tables)
    assert place_rows.get("no such table") is None


def test_the_whole_data_set_for_the_nation(inputs: Inputs, lianzhou: Path) -> None:
    data = open_dataset(lianzhou)
    whole = PlaceRows(load_contract(), data, inputs.divisions, "0")
    assert whole["facility"] == data.rows("facility")
    assert len(whole["visit"]) == len(data.rows("visit"))


def test_too_many_rows_are_refused(place_rows: PlaceRows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing_rows, "ROWS_LIMIT", 10)
    with pytest.raises(DataError, match=r"“诊疗人次”在本地区有 .* 行，请到下级地区打开这个数"):
        place_rows["visit"]


def test_reports_are_those_of_the_reporting_table(lianzhou: Path) -> None:
    data = open_dataset(lianzhou)
    counted, reports = reports_in(data.rows("reporting")), Reports(data)
    assert counted
    assert all(report in reports for report in counted)
    silent = [
        (row["unit"], row["table"], row["period"])
        for row in data.rows("reporting")
        if row["status"] == "not_reported"
    ]
    assert not any(report in reports for report in silent)
    assert ("nobody", "tcm_hall", "2020") not in reports
    assert ("nobody", "no table", "1999") not in reports


def test_explanations_share_one_reading(inputs: Inputs) -> None:
    explain(inputs, "tcm_hall_coverage")
    first = inputs.reference
    explain(inputs, "tcm_corner_rate")
    assert inputs.reference is first
