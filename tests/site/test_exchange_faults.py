"""Every kind of fault that a file can have, and the words that a user reads: where, what, and how to put it right.

The words stand in ``exchange_faults.txt``, a line per kind. To write it anew after a change, then read the diff:
``XINGLIN_REWRITE=1 python -m pytest tests/site/test_exchange_faults.py``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from exchange_factories import (
    COUNTY,
    OTHER_TOWN,
    bring,
    facilities,
    facility_row,
    faults,
    make_facility,
    make_person,
)
from exchange_faults import CARD, FILES, ROWS, book

from xinglin.apps.accounts.models import User
from xinglin.apps.exchange import actions
from xinglin.apps.organisations.identity import derive_practitioner
from xinglin.apps.organisations.models import Catchment, Consortium, Department, Facility, Post, TcmHall

WORDS = Path(__file__).with_name("exchange_faults.txt")
NAMES = [*(name for name, _, _ in ROWS if name), *(name for name, _, _ in FILES)]
LEAST = 90
"""Kinds of fault in the table."""


@pytest.fixture
def officer(account: Callable[..., User]) -> User:
    """An officer of a county in which something stands that new rows run into."""
    make_facility("F1")
    make_facility("F2")
    make_facility("F3", valid_to=date(2019, 12, 31))
    make_facility("0077")
    make_facility("F5")
    Department.objects.create(facility_id="F5", kind="rehabilitation", valid_from=date(2011, 1, 1))
    second = make_facility("F6")
    Consortium.objects.create(consortium="X6", name="医共体 X6", lead=second, place=COUNTY)
    make_facility("S1", place=OTHER_TOWN)
    make_facility("S2", place=OTHER_TOWN)
    make_person("P1")
    make_person("P2")
    known = make_person("P3", name="王五", id_number=CARD)
    derive_practitioner(known)
    known.save()
    Department.objects.create(facility_id="F1", kind="rehabilitation", valid_from=date(2011, 1, 1))
    TcmHall.objects.create(hall="H1", facility_id="F1", valid_from=date(2015, 1, 1))
    Post.objects.create(practitioner_id="P1", facility_id="F1", main=True, valid_from=date(2010, 1, 1))
    lead = make_facility("F4", place=COUNTY, kind="tcm_hospital")
    Consortium.objects.create(consortium="X1", name="医共体", lead=lead, place=COUNTY)
    Catchment.objects.create(consortium_id="X1", place=COUNTY, valid_from=date(2019, 1, 1))
    return account("county_officer", COUNTY)


def line(name: str, problem: dict[str, Any]) -> str:
    """Kind of fault, its machine word, severity, worksheet, row, column, what, how to put it right."""
    place = problem["sheet"] or "-", str(problem["row"] or "-"), problem["column"] or "-"
    level = "错误" if problem["severity"] == "error" else "提醒"
    return " | ".join([name, problem["kind"], level, *place, problem["what"], problem["fix"]])


def expected() -> dict[str, list[str]]:
    """The table's lines by kind of fault; a file may have two faults at once."""
    found: dict[str, list[str]] = {}
    for entry in WORDS.read_text(encoding="utf-8").splitlines():
        found.setdefault(entry.partition(" | ")[0], []).append(entry)
    return found


def rewrite(lines: dict[str, list[str]]) -> None:
    if os.environ.get("XINGLIN_REWRITE"):
        known = {**expected(), **lines}
        text = "\n".join(entry for name in NAMES for entry in known.get(name, [])) + "\n"
        WORDS.write_text(text, encoding="utf-8")


def test_every_fault_of_a_row_is_told_once_at_its_place(officer: User) -> None:
    content, places = book()
    one = bring(officer, content, "全部.xlsx")
    by_place: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for problem in actions.report_of(one):
        by_place.setdefault((problem["sheet"], problem["row"]), []).append(problem)
    assert [place for place, found in by_place.items() if len(found) > 1] == [], "told more than once"
    assert sorted(by_place) == sorted(places.values())
    found = {name: [line(name, by_place[place][0])] for name, place in places.items()}
    rewrite(found)
    assert found == {name: entry for name, entry in expected().items() if name in places}


@pytest.mark.parametrize(("name", "file", "make"), FILES, ids=[case[0] for case in FILES])
def test_faults_of_files_and_sheets(
    officer: User, monkeypatch: pytest.MonkeyPatch, name: str, file: str, make: Callable[[], bytes]
) -> None:
    monkeypatch.setattr(actions, "IN_BACKGROUND", 10**9)
    one = bring(officer, make(), file)
    problems = actions.report_of(one)
    found = [line(name, problem) for problem in problems]
    rewrite({name: found})
    assert found == expected()[name]
    if one.state == "unreadable":
        assert one.note == f"{problems[0]['what']}。{problems[0]['fix']}。"
    else:
        assert one.errors == sum(problem["severity"] == "error" for problem in problems)


@pytest.mark.any_database
def test_the_table_is_whole_and_its_words_are_of_use() -> None:
    assert len(NAMES) == len(set(NAMES)) >= LEAST
    assert list(expected()) == NAMES
    kinds = set()
    for entry in WORDS.read_text(encoding="utf-8").splitlines():
        _, kind, _, _, _, _, what, fix = entry.split(" | ")
        kinds.add(kind)
        assert 3 < len(what) < 120, entry
        assert len(fix) > 3, entry
        assert not {what[-1], fix[-1]} & set("。；："), entry
    assert len(kinds) >= 50


def test_good_rows_among_them_go_in(officer: User) -> None:
    content, places = book()
    one = bring(officer, content, "全部.xlsx")
    assert one.total("bad") == len(places)
    actions.apply(one=one, mode="good", by=officer)
    one.refresh_from_db()
    assert one.state == "applied"
    assert one.total("new") == len(ROWS) - len(places)


UNDERSTOOD: list[tuple[str, Any, str, Any]] = [
    # column, cell, field, value
    ("床位数", "６０", "beds", 60),
    ("床位数", "1,200", "beds", 1200),
    ("床位数", 60.0, "beds", 60),
    ("机构类别", "township_hospital", "kind", "township_hospital"),
    ("机构类别", " 乡镇卫生院 ", "kind", "township_hospital"),
    ("政府办", "√", "government_run", True),
    ("政府办", "无", "government_run", False),
    ("所在地代码", 441882102, "place", "441882102"),
    ("开业日期", "2001/5/1", "valid_from", date(2001, 5, 1)),
    ("开业日期", "2001.5.1", "valid_from", date(2001, 5, 1)),
    ("开业日期", "2001年5月1日", "valid_from", date(2001, 5, 1)),
    ("开业日期", "20010501", "valid_from", date(2001, 5, 1)),
    ("开业日期", "2001-05-01 00:00:00", "valid_from", date(2001, 5, 1)),
    ("机构名称", "星子镇卫生院（Ａ区）　", "name", "星子镇卫生院（A区）"),
]


@pytest.mark.parametrize(("column", "cell", "field", "value"), UNDERSTOOD)
def test_what_can_only_mean_one_thing_is_understood(
    officer: User, column: str, cell: Any, field: str, value: Any
) -> None:
    one = bring(officer, facilities(facility_row(**{column: cell})))
    assert faults(one) == []
    before = set(Facility.objects.values_list("pk", flat=True))
    actions.apply(one=one, mode="all", by=officer)
    assert getattr(Facility.objects.exclude(pk__in=before).get(), field) == value
