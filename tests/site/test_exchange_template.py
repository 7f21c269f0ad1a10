"""What templates offer: places and facilities of the account's area, never people; and that the import reads it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import organisations_factories as make
import pytest
from exchange_factories import COUNTY, SIBLING, bring

from xinglin.apps.accounts.models import User
from xinglin.apps.exchange import choosing
from xinglin.apps.exchange.choosing import choices, code_of
from xinglin.apps.exchange.spec import SPECS
from xinglin.apps.exchange.template import LISTS, template

Account = Callable[..., User]


def texts(content: bytes) -> list[str]:
    """Whatever the cells and comments of a workbook say."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [str(cell.value) for cell in cells if cell.value] + [c.comment.text for c in cells if c.comment]


def test_a_county_is_offered_its_own_and_nobody_by_name(account: Account) -> None:
    mine, other = make.facility(name="本县卫生院"), make.facility("441881001", name="邻县卫生院")
    closed = make.facility(name="停业卫生院", valid_to=make.START)
    hall, consortium = make.tcm_hall(mine), make.consortium(lead=mine)
    person = make.practitioner(mine, name="王小明明")
    content = template([spec for spec in SPECS.values() if spec.listed], account("county_officer", COUNTY))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book[LISTS].sheet_state == "hidden"
    offered = {str(cell.value) for row in book[LISTS].iter_rows() for cell in row if cell.value}
    assert offered >= {
        f"本县卫生院 {mine.pk}",
        f"本县卫生院中医馆 {hall.pk}",
        f"{consortium.name} {consortium.pk}",
        "连州市 441882",
        "星子镇 441882101",
    }
    assert not [text for text in offered if other.pk in text or closed.pk in text or f" {SIBLING}" in text]
    told = "\n".join(texts(content))
    assert "王小明明" not in told
    assert person.pk not in told


def test_a_facility_is_offered_itself_where_it_lies(account: Account) -> None:
    mine, other = make.facility(), make.facility()
    by = account("facility_head", facility=mine.pk)
    found = choices(SPECS["department"], by)["facility"]
    assert found.entries == (f"{mine.name} {mine.pk}",)
    assert other.pk not in found.entries[0]
    assert choices(SPECS["facility"], by)["place"].entries[0] == "星子镇 441882101"


def test_too_many_are_not_listed_but_told_how_to_find(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "MOST", 2)
    for _ in range(3):
        make.facility()
    found = choices(SPECS["department"], account("county_officer", COUNTY))["facility"]
    assert found.entries == ()
    assert "导出文件" in found.words
    assert choices(SPECS["facility"], account("regional_officer", "44"))["place"].entries == ()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_chosen_is_understood(account: Account, kind: str) -> None:
    from exchange_factories import csv_file, workbook

    by, mine = account("county_officer", COUNTY), make.facility(name="本县 卫生院")
    row: dict[str, Any] = {"机构编号": f"本县 卫生院 {mine.pk}", "科室类别": "康复科", "床位数": 5}
    row["设置日期"] = "2016-01-01"
    content = workbook({"科室": [row]}) if kind == "xlsx" else csv_file([row])
    one = bring(by, content, f"科室.{kind}")
    assert (one.errors, one.total("new")) == (0, 1)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("星子镇 441882101", "441882101"),
        ("西岸镇\u3000441882101 ", "441882101"),
        ("441882101", "441882101"),
        ("本县 卫生院", "本县 卫生院"),
        ("", ""),
    ],
)
def test_the_code_in_a_cell(cell: str, code: str) -> None:
    assert code_of(cell) == code


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("甲院 F1；乙院 F2", "F1；F2"),
        ("甲院 F1、乙院 F2", "F1；F2"),
        ("F1,F2\n丙院 F3", "F1；F2；F3"),
        ("甲、乙联合院 F1；F2", "F1；F2"),
        ("甲院；乙院 F2", "甲院；F2"),
        ("甲院 F1、乙院", "F1；乙院"),
    ],
)
def test_several_codes_in_a_cell_none_is_lost(cell: str, codes: str) -> None:
    assert code_of(cell, several=True) == codes
