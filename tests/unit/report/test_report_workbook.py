"""The workbook read back: numbers as numbers, live quotients, one table a sheet, same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet
from report_standings import make_result, make_standing, without_number

from xinglin.base.states import ValueState
from xinglin.report import workbook as writer
from xinglin.report import write_workbook
from xinglin.report.origin import counted, under
from xinglin.report.sheets import exact_number
from xinglin.report.views import tallies_of
from xinglin.standing.model import Standing

SHEETS = [
    "总览", "各文件", "指标结果", "差距与机构", "分项", "下级地区", "逐个机构", "指标定义", "回执", "说明",
]  # fmt: skip


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Any]:
    def write_and_read(standing: Standing, **options: Any) -> Any:
        write_workbook(standing, tmp_path / "a.xlsx")
        return openpyxl.load_workbook(tmp_path / "a.xlsx", **options)

    return write_and_read


def _table(page: Worksheet) -> list[dict[str, Any]]:
    heading, *rows = page.iter_rows(values_only=True)
    return [dict(zip(map(str, heading), row, strict=True)) for row in rows]


def test_one_table_a_sheet(read: Callable[..., Any]) -> None:
    book = read(make_standing())
    assert book.sheetnames == SHEETS
    for page in book:
        assert page.freeze_panes == "A2"
        assert page.auto_filter.ref.startswith("A1:")
        assert not page.merged_cells.ranges
        assert all(cell.value for cell in page[1])


def test_values_are_live_quotients_of_exact_numbers(read: Callable[..., Any]) -> None:
    row = _table(read(make_standing())["指标结果"])[2]
    assert (row["分子"], row["分母"], row["现值"]) == (136, 177, "=F4/G4*100")
    assert row["已报"] == 163
    assert row["较严"] == "较严"


def test_the_quotient_comes_to_the_value(read: Callable[..., Any]) -> None:
    standing = make_standing()
    rows = _table(read(standing, data_only=True)["指标结果"])
    for row, result in zip(rows, standing.results, strict=True):
        assert row["现值"] == (None if result.value is None else pytest.approx(result.value))


def test_per_ten_thousand_and_counts(read: Callable[..., Any]) -> None:
    rows = {row["目标编号"]: row for row in _table(read(make_standing())["指标结果"])}
    assert rows["LZ-t04"]["现值"] == "=F3/G3*10000"
    assert rows["NA-t09"]["现值"] == 28.5
    assert rows["NA-t09"]["分子"] == 28.5


def test_counts_are_live_and_come_to_what_is_shown(read: Callable[..., Any]) -> None:
    standing = make_standing()
    results = _table(read(standing, data_only=True)["指标结果"])
    live, cached = read(standing), read(standing, data_only=True)
    found = 0
    for name in ("总览", "各文件"):
        for formulas, values in zip(live[name].iter_rows(), cached[name].iter_rows(), strict=True):
            for formula, value in zip(formulas, values, strict=True):
                if formula.data_type == "f":
                    found += 1
                    assert _computed(formula.value, results, live[name], cached[name]) == value.value
    assert found > 20
    shown = {row["项目"]: row["数量"] for row in _table(cached["总览"])}
    assert shown["目标合计"] == len(standing.results) == sum(row["合计"] for row in _table(cached["各文件"]))
    assert [shown[f"{t.symbol} {t.label}"] for t in tallies_of(standing)] == [3, 2, 1, 5, 1]


def test_parts_are_live_quotients_too(read: Callable[..., Any]) -> None:
    rows = {(row["目标编号"], row["名称"]): row for row in _table(read(make_standing())["下级地区"])}
    assert re.fullmatch(r"=F\d+/G\d+\*100", rows["LZ-t10", "星子镇"]["现值"])
    assert re.fullmatch(r"=F\d+/G\d+\*10000", rows["LZ-t04", "星子镇"]["现值"])
    assert rows["LZ-t10", "保安镇"]["现值"] is None


def test_with_a_site_results_open_their_source(tmp_path: Path) -> None:
    address = under("https://site.example/insight")
    write_workbook(make_standing(), tmp_path / "a.xlsx", address=address)
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["指标结果"]
    headings = [cell.value for cell in page[1]]
    for row, result in zip(page.iter_rows(min_row=2), make_standing().results, strict=True):
        for heading in ("目标编号", "显示值"):
            cell = row[headings.index(heading)]
            assert cell.hyperlink is not None
            assert cell.hyperlink.target == address(result)


def test_the_receipt_makes_the_numbers_again(read: Callable[..., Any]) -> None:
    standing = make_standing()
    rows = {row["项目"]: row["内容"] for row in _table(read(standing)["回执"])}
    assert rows["回执"] == counted(standing).results_sha256
    assert rows["数据清单"] == standing.facts_manifest


def test_printed_pages_are_numbered_and_marked(read: Callable[..., Any]) -> None:
    for page in read(make_standing()):
        assert page.page_setup.orientation == "landscape"
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.print_title_rows == "$1:$1"
        assert "演示数据" in page.oddFooter.left.text
        assert page.oddFooter.right.text == "第 &P 页，共 &N 页"


def test_numbers_are_never_text(read: Callable[..., Any]) -> None:
    numbers = {"分子", "分母", "现值", "目标值", "目标上限", "已报", "应报", "还差", "数量", "合计"}
    for page in read(make_standing(), data_only=True):
        for row in _table(page):
            assert all(not isinstance(row[name], str) for name in numbers & row.keys())


def _computed(formula: str, results: list[dict[str, Any]], live: Worksheet, cached: Worksheet) -> int:
    """What a spreadsheet would make of the formulas we write: COUNTA, COUNTIFS over the results, SUM of a row."""
    if found := re.fullmatch(r"=SUM\((\w+\d+:\w+\d+)\)", formula):
        return sum(cell.value for cell in cached[found[1]][0])
    if found := re.fullmatch(r"=COUNTA\((.+)\)", formula):
        return sum(value not in (None, "") for value in _range(found[1], results))
    return sum(_counted(part, results, live) for part in formula[1:].split("+"))


def _counted(part: str, results: list[dict[str, Any]], live: Worksheet) -> int:
    found = re.fullmatch(r"COUNTIFS\((.+)\)", part)
    assert found is not None
    words = found[1].split(",")
    kept = [True] * len(results)
    for where, asked in zip(words[::2], words[1::2], strict=True):
        wanted = asked.strip('"') if asked.startswith('"') else live[asked.replace("$", "")].value
        unlike = wanted.startswith("<>")
        for rank, value in enumerate(_range(where, results)):
            kept[rank] &= (value != wanted[2:]) if unlike else value == wanted
    return sum(kept)


def _range(where: str, results: list[dict[str, Any]]) -> list[Any]:
    found = re.fullmatch(r"指标结果!\$(\w+)\$2:\$\1\$(\d+)", where)
    assert found is not None
    assert int(found[2]) == len(results) + 1
    heading = list(results[0])[column_index_from_string(found[1]) - 1]
    return [row[heading] for row in results]


def test_zero_stays_a_number(read: Callable[..., Any]) -> None:
    zero = make_result(numerator="0", value=0.0, exact=None, display="0.00")
    row = _table(read(make_standing(results=(zero,)))["指标结果"])[0]
    assert (row["分子"], row["现值"]) == (0, "=F2/G2*100")


@pytest.mark.parametrize("state", [s for s in ValueState if s is not ValueState.NUMBER])
def test_what_is_no_number_is_empty_and_named(read: Callable[..., Any], state: ValueState) -> None:
    result = without_number(state, numerator="0", denominator="0")
    row = _table(read(make_standing(results=(result,)))["指标结果"])[0]
    assert (row["分子"], row["分母"], row["现值"]) == (None, None, None)
    assert row["现值状态"] == row["显示值"] == state.label


def test_text_never_becomes_a_formula(read: Callable[..., Any]) -> None:
    rows = read(make_standing(results=(make_result(summary='=HYPERLINK("x")'),)))["指标结果"]
    assert rows["D2"].data_type == "s"


def test_units_places_splits_and_gaps_are_listed(read: Callable[..., Any]) -> None:
    book = read(make_standing())
    assert len(_table(book["逐个机构"])) == 177
    assert "✔ 熟练开展的技术类别数 ≥ 4：5" in _table(book["逐个机构"])[0]["逐项条件"]
    assert [row["名称"] for row in _table(book["分项"])][:2] == ["村办", "个体"]
    below = {(row["目标编号"], row["名称"]): row for row in _table(book["下级地区"])}
    assert below["LZ-t10", "丰阳镇"]["现值状态"] == "未报"
    assert below["LZ-t10", "丰阳镇"]["现值"] is None
    nearest = [row for row in _table(book["差距与机构"]) if row["目标编号"] == "LZ-t10"]
    assert [row["顺序"] for row in nearest] == [1, 2]


def test_definitions_are_listed_once(read: Callable[..., Any]) -> None:
    rows = _table(read(make_standing())["指标定义"])
    keys = [(row["指标编号"], row["口径参数"]) for row in rows]
    assert len(keys) == len(set(keys))
    assert "wanted" not in {key for key, _ in keys}


def test_same_standing_same_bytes(tmp_path: Path) -> None:
    write_workbook(make_standing(), tmp_path / "a.xlsx")
    write_workbook(make_standing(), tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_an_empty_standing_keeps_its_sheets(read: Callable[..., Any]) -> None:
    assert read(make_standing(results=(), explanations=())).sheetnames == SHEETS


def test_an_empty_standing_says_why(read: Callable[..., Any]) -> None:
    book = read(make_standing(results=(), explanations=(), empty_because="没有政策文件适用。"))
    assert [row["说明"] for row in _table(book["总览"]) if row["项目"] == "没有结果"] == [
        "没有政策文件适用。"
    ]


def test_rows_beyond_a_sheet_go_to_the_next(
    read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_MOST_ROWS", 100)
    book = read(make_standing())
    assert (book["逐个机构"].max_row, book["逐个机构2"].max_row) == (101, 78)


def test_very_long_text_is_cut_to_what_a_cell_holds(read: Callable[..., Any]) -> None:
    result = replace(make_result(), meaning="长" * 40_000)
    assert len(_table(read(make_standing(results=(result,)))["指标定义"])[0]["怎样统计"]) == 32_767


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (None, None),
        ("", None),
        ("148", 148),
        ("148.0", 148),
        ("0.1", 0.1),
        ("-3", -3),
        ("9007199254740993", "9007199254740993"),
        ("0.12345678901234567890", "0.12345678901234567890"),
        ("未报", "未报"),
    ],
)
def test_exact_text_becomes_a_number_only_when_nothing_is_lost(text: str | None, number: object) -> None:
    assert exact_number(text) == number
