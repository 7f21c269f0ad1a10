"""Rows of fact tables and tables of reports out of records."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_making import load

from xinglin.records.feed import Column, Feed, Report, tabulate

BASE = {"id": "r1", "state": "closed", "place": "441882100", "facility": "f1", "date": date(2024, 5, 1)}

FEEDS: list[tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]] = [
    ({"columns": {"unit": "id", "kind": {"value": "x"}}}, {}, [{"unit": "r1", "kind": "x"}]),
    ({"columns": {"unit": "id"}, "states": ["open"]}, {}, []),
    ({"columns": {"unit": "id"}, "states": ["closed"]}, {}, [{"unit": "r1"}]),
    ({"columns": {"unit": "id"}, "where": {"field": "n", "more_than": 3}}, {"n": 3}, []),
    ({"columns": {"k": {"field": "n", "map": {"a": "b"}}}}, {"n": "a"}, [{"k": "b"}]),
    ({"columns": {"k": {"field": "n", "map": {"a": "b"}}}}, {"n": "c"}, [{"k": None}]),
    ({"columns": {"k": {"field": "n", "map": {"true": "b"}}}}, {"n": True}, [{"k": "b"}]),
    ({"columns": {"k": {"field": "n", "map": {"false": "b"}}}}, {"n": False}, [{"k": "b"}]),
    ({"columns": {"k": {"value": False}}}, {}, [{"k": False}]),
    ({"columns": {"unit": "id", "p": "each"}, "each": "people"}, {"people": ("a", "b")},
     [{"unit": "r1.a", "p": "a"}, {"unit": "r1.b", "p": "b"}]),
    ({"columns": {"unit": "id"}, "each": "people"}, {"people": None}, []),
]  # fmt: skip


@pytest.mark.parametrize(("feed", "more", "rows"), FEEDS, ids=[f"{feed} {more}" for feed, more, _ in FEEDS])
def test_rows_of_a_record(feed: dict[str, Any], more: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    made = Feed.model_validate({"table": "unit", **feed})
    assert list(made.rows({**BASE, **more})) == rows


RECORDS: list[dict[str, Any]] = [
    {
        "place": "441882100",
        "facility": "f1",
        "date": date(2024, 5, 1),
        "n": 3,
        "ok": True,
        "who": ("a", "b"),
        "rank": 10,
    },
    {
        "place": "441882101",
        "facility": "f2",
        "date": date(2024, 6, 1),
        "n": Decimal("1.5"),
        "ok": False,
        "who": ("b",),
        "rank": 9,
    },
    {
        "place": "441881",
        "facility": None,
        "date": date(2023, 5, 1),
        "n": None,
        "ok": None,
        "who": None,
        "rank": None,
    },
]

COLUMNS: list[tuple[dict[str, Any], Any]] = [
    ({"count": True}, 3),
    ({"count": True, "where": {"field": "ok", "is": True}}, 1),
    ({"sum": "n"}, Decimal("4.5")),
    ({"mean": "n"}, Decimal("2.25")),
    ({"mean": "n", "where": {"field": "ok", "given": False}}, None),
    ({"ratio": {"sum": "n", "over": "rank"}}, Decimal("4.5") * 100 / 19),
    ({"ratio": {"sum": "rank", "over": "n", "times": 1}}, Decimal(19) / Decimal("4.5")),
    ({"ratio": {"sum": "n", "over": "rank"}, "where": {"field": "n", "given": False}}, None),
    ({"ratio": {"sum": "n", "over": "rank"}, "where": {"field": "ok", "is": True}}, Decimal(30)),
    ({"distinct": "who"}, 2),
    ({"distinct": "facility"}, 2),
    ({"share": {"field": "ok", "is": True}, "where": {"field": "ok", "given": True}}, 50),
    ({"share": {"field": "ok", "is": True}, "where": {"field": "n", "more_than": 9}}, None),
]


@pytest.mark.parametrize(("column", "expected"), COLUMNS, ids=[str(column) for column, _ in COLUMNS])
def test_a_column_over_records(column: dict[str, Any], expected: Any) -> None:
    assert Column.model_validate({"label": "列", **column}).value(RECORDS) == expected


OFF = [
    ({"least": 2}, 1, True), ({"least": 2}, 2, False), ({"most": 2}, 3, True), ({"most": 2}, 2, False),
    ({"least": 2}, None, True), ({"most": 2}, None, False), ({}, 0, False),
]  # fmt: skip


@pytest.mark.parametrize(("marks", "value", "off"), OFF)
def test_what_misses_the_mark_is_marked(marks: dict[str, Any], value: int | None, off: bool) -> None:
    assert Column.model_validate({"label": "列", "count": True, **marks}).is_off(value) is off


GROUPS: list[tuple[list[str], list[tuple[Any, ...]]]] = [
    (["county"], [("441881",), ("441882",)]),
    (["township"], [("441882100",), ("441882101",), (None,)]),
    (["facility"], [("f1",), ("f2",), (None,)]),
    (["year"], [("2023",), ("2024",)]),
    (["month"], [("2023-05",), ("2024-05",), ("2024-06",)]),
    (["rank"], [(9,), (10,), (None,)]),
    (["county", "year"], [("441881", "2023"), ("441882", "2024")]),
    ([], [()]),
]


@pytest.mark.parametrize(("by", "keys"), GROUPS, ids=[str(by) for by, _ in GROUPS])
def test_groups_stand_in_order(by: list[str], keys: list[tuple[Any, ...]]) -> None:
    report = Report.model_validate(
        {"label": "表", "by": by, "columns": {"n": {"label": "数", "count": True}}}
    )
    assert list(tabulate(report, RECORDS)) == keys


@given(st.lists(st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 9))), max_size=20))
def test_rows_of_a_report_add_up_to_the_whole(pairs: list[tuple[int, int | None]]) -> None:
    records = [{"g": g, "n": n} for g, n in pairs]
    columns = {"c": {"label": "数", "count": True}, "s": {"label": "和", "sum": "n"}}
    found = tabulate(Report.model_validate({"label": "表", "by": ["g"], "columns": columns}), records)
    assert sum(int(row["c"] or 0) for row in found.values()) == len(records)
    assert sum(int(row["s"] or 0) for row in found.values()) == sum(n or 0 for _, n in pairs)


def test_what_is_indexed_is_what_is_listed_searched_and_counted(tmp_path: Path) -> None:
    register = load(tmp_path, "register")
    assert register.indexed == ("name", "level", "people", "facility", "verified")
    assert not {name for name in register.indexed if register.fields[name].is_personal}
