"""Failed formulas are told in every kind of workbook; no reader library shows more than an empty cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from bad_tables import GOOD, HEAD, facility
from workbook_bytes import (
    DIVIDED_BY_ZERO,
    NOT_AVAILABLE,
    Failed,
    Rows,
    archive,
    ods_book,
    ods_of,
    xls_book,
    xlsb_book,
)

from xinglin.facts import check_dataset, readers
from xinglin.facts.formulas import Broken
from xinglin.facts.readers import read_grids

Write = Callable[[Path], None]
REAL_XLS = Path(__file__).parent / "workbooks" / "formula-error.xls"
"""Made with xlwt 1.3.0; the result stored with its formula was then set to #DIV/0!."""


def with_beds(*beds: str | Failed) -> Rows:
    """Facilities F1, F2 … with these in the column of beds; under them a row that is nothing but an error."""
    at = HEAD.split(",").index("床位数")
    good = GOOD.split(",")
    rows = [[f"F{n}", *good[1:at], cell, *good[at + 1 :]] for n, cell in enumerate(beds, start=1)]
    return [HEAD.split(","), *rows]


def xlsx_book(sheet: str, rows: Rows) -> Write:
    """openpyxl writes a text that begins with # and is an error as one."""

    def write(path: Path) -> None:
        book = openpyxl.Workbook()
        page = book.active
        page.title = sheet
        for row in rows:
            page.append([cell.shown if isinstance(cell, Failed) else cell or None for cell in row])
        book.save(path)

    return write


BEDS = with_beds(NOT_AVAILABLE, DIVIDED_BY_ZERO, "20")
BOOKS: dict[str, Write] = {
    "xlsx": xlsx_book("机构", BEDS),
    "xls": xls_book("机构", BEDS),
    "xls of small pieces": xls_book("机构", BEDS, small=True),
    "xls back to front": xls_book("机构", BEDS, backwards=True),
    "xlsb": xlsb_book("机构", BEDS),
    "ods": ods_book("机构", BEDS),
}


def told(folder: Path) -> list[str]:
    return [str(p) for p in check_dataset(folder) if p.kind != "missing_reporting"]


@pytest.mark.parametrize("name", BOOKS)
def test_a_failed_formula_is_told_where_it_stands(name: str, tmp_path: Path) -> None:
    file = f"机构.{name.split(maxsplit=1)[0]}"
    BOOKS[name](tmp_path / file)

    words = "“床位数”列：公式出错，显示 {}。请改正公式，或直接填写数值。"
    assert told(tmp_path) == [
        f"[错误] {file} 工作表“机构” 第 2 行 {words.format('#N/A')}",
        f"[错误] {file} 工作表“机构” 第 3 行 {words.format('#DIV/0!')}",
    ]


def test_a_workbook_of_another_program_is_searched_as_well(tmp_path: Path) -> None:
    (tmp_path / "机构.xls").write_bytes(REAL_XLS.read_bytes())

    assert [line for line in told(tmp_path) if line.startswith("[错误]")] == [
        "[错误] 机构.xls 工作表“机构” 第 2 行 “床位数”列：公式出错，显示 #REF!。请改正公式，或直接填写数值。",
        "[错误] 机构.xls 工作表“机构” 第 3 行 “床位数”列：公式出错，显示 #DIV/0!。请改正公式，或直接填写数值。",
    ]


@pytest.mark.parametrize("book", [xlsx_book, xls_book, xlsb_book, ods_book])
def test_an_error_at_the_very_end_is_not_cut_off(book: Callable[[str, Rows], Write], tmp_path: Path) -> None:
    path = tmp_path / f"book.{book.__name__.split('_')[0]}"
    book("页", [["甲", "乙"], ["a", "b"], ["", NOT_AVAILABLE]])(path)

    (grid,) = read_grids(path)

    assert grid.searched
    assert grid.rows[2][1] == Broken("#N/A")


def test_repeated_and_nested_cells_of_an_ods_are_counted(tmp_path: Path) -> None:
    def cell(attributes: str, content: str = "") -> str:
        return f"<table:table-cell {attributes}>{content}</table:table-cell>"

    broken = cell('calcext:value-type="error" table:number-columns-repeated="2"', "<text:p>#REF!</text:p>")
    inner = (
        '<table:table table:name="里"><table:table-row><table:table-cell/></table:table-row></table:table>'
    )
    first = cell('office:value-type="string"', "<text:p>甲</text:p>")
    ods_of(
        '<table:table table:name="一"/>'
        '<table:table table:name="二 &amp; 三"><table:table-header-rows>'
        f"<table:table-row>{first}</table:table-row>"
        '</table:table-header-rows><table:table-row table:number-rows-repeated="2"/>'
        f'<table:table-row table:number-rows-repeated="2"><table:covered-table-cell/>{broken}'
        f'<table:table-cell table:formula="of:=1+1"/></table:table-row></table:table>'
        f'<table:table table:name="四"><table:table-row>{cell("", inner)}</table:table-row></table:table>'
    )(tmp_path / "book.ods")

    pages = readers.broken_cells(tmp_path / "book.ods", [])

    line = {1: Broken("#REF!"), 2: Broken("#REF!"), 3: Broken("")}
    assert pages == {
        "一": {},
        "二 & 三": {(row, column): found for row in (3, 4) for column, found in line.items()},
        "四": {},
    }


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def related(id_: str, kind: str, target: str) -> str:
    tag = f"<Relationship Type='{KIND}/{kind}' Target='{target}' Id='{id_}'/>"
    return f"<Relationships>{tag}</Relationships>"


def prefixed_xlsx(cells: str) -> Write:
    """An xlsx as the Open XML SDK writes it: elements with a prefix, parts named by their whole path."""
    sheet = f"<x:sheets xmlns:r='{KIND}'><x:sheet name='页' sheetId='1' r:id='R1'/></x:sheets>"
    rows = f"<x:sheetData><x:row r='1'>{cells}</x:row></x:sheetData>"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": related("r", "officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f"<x:workbook xmlns:x='{MAIN}'>{sheet}</x:workbook>",
        "xl/_rels/workbook.xml.rels": related("R1", "worksheet", "/xl/worksheets/Sheet1.xml"),
        "xl/worksheets/sheet1.xml": f"<x:worksheet xmlns:x='{MAIN}'>{rows}</x:worksheet>",
    }
    return lambda path: archive(path, parts)


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        ('<x:c r="A1" t="e"><x:v>#REF!</x:v></x:c><x:c r="B1"><x:v>2</x:v></x:c>', [Broken("#REF!"), 2]),
        ("<x:c s='1' t='e' r='A1'><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c>", [Broken("#DIV/0!")]),
        ('<x:c r="A1"><x:v>1</x:v></x:c><x:c r="B1"><x:f>A1+1</x:f></x:c>', [1, Broken("")]),
        ('<x:c r="A1"><x:v>1</x:v></x:c><x:c r="B1"><x:f>A1+1</x:f><x:v/></x:c>', [1, Broken("")]),
        ('<x:c r="A1" t="e"/><x:c r="B1" t="str"><x:f>""</x:f><x:v></x:v></x:c>', ["", ""]),
    ],
)
def test_an_xlsx_of_another_program_is_searched_as_well(
    cells: str, row: list[object], tmp_path: Path
) -> None:
    prefixed_xlsx(cells)(tmp_path / "book.xlsx")

    (grid,) = read_grids(tmp_path / "book.xlsx")

    assert grid.searched
    assert list(grid.rows[0]) == row


def test_a_worksheet_that_could_not_be_searched_is_told(tmp_path: Path) -> None:
    cell = '<x:c t="e"><x:v>#REF!</x:v></x:c>'  # no place of its own: it follows the cell before
    prefixed_xlsx(cell)(tmp_path / "机构.xlsx")

    assert "[提醒] 机构.xlsx 工作表“页”：看不出哪些公式出了错，出错的单元格会当作没有填。" in "".join(
        told(tmp_path)
    )


@pytest.mark.parametrize(
    "content", [b"", b"PK\x05\x06" + bytes(18), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_what_is_no_workbook_cannot_be_searched(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.xls"
    path.write_bytes(content)

    assert readers.broken_cells(path, ["页"]) == {}


@pytest.mark.parametrize("word", ["#REF!", "#DIV/0!", "#N/A", "#SPILL!", "Err:502", "错误:502"])
@pytest.mark.parametrize("column", ["床位数", "机构名称", "开业日期"])
def test_the_words_of_an_error_are_no_text(column: str, word: str, tmp_path: Path) -> None:
    (tmp_path / "机构.csv").write_text(facility(**{column: word}), encoding="utf-8")

    assert told(tmp_path) == [
        f"[错误] 机构.csv 第 2 行 “{column}”列：公式出错，显示 {word}。请改正公式，或直接填写数值。"
    ]
