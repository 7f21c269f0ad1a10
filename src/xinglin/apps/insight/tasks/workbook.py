"""A sheet of a stocktaking as a workbook; totals are formulas over the lines."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from xinglin.apps.insight.tasks.stocktaking import Shown, totals

COLUMNS = (
    ("文件", 14),
    ("条款", 12),
    ("任务", 46),
    ("牵头单位", 20),
    ("配合单位", 26),
    ("期限", 12),
    ("状态", 14),
    ("报的进度（%）", 11),
    ("报的数量", 12),
    ("佐证（件）", 9),
    ("核定进度（%）", 11),
    ("核定数量", 12),
    ("差（百分点）", 11),
)
HEAD = 3
"""Rows above the header: title, day and version, digest."""
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def of(page: Shown, place: str) -> bytes:
    """The file."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        font = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
        plain, wrap = book.add_format(font), book.add_format({**font, "text_wrap": True})
        bold = book.add_format({**font, "bold": True})
        head = book.add_format({**font, "bold": True, "bg_color": "#E6F1EC", "border": 1, "text_wrap": True})
        sheet = book.add_worksheet("对账表")
        sheet.write_string(0, 0, f"{place} 对账盘点表", bold)
        told = f"基准日 {page.sheet.on}；第 {page.sheet.version} 版；{page.state}"
        sheet.write_string(1, 0, told, plain)
        sheet.write_string(2, 0, f"校验值 {page.sheet.digest}", plain)
        for at, (label, width) in enumerate(COLUMNS):
            sheet.set_column(at, at, width)
            sheet.write_string(HEAD, at, label, head)
        for number, row in enumerate(page.rows, start=HEAD + 1):
            _line(sheet, number, row, wrap)
        _sums(sheet, page.rows, bold)
        sheet.freeze_panes(HEAD + 1, 3)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD)
    return stream.getvalue()


def _line(sheet: Any, number: int, row: dict[str, Any], plain: Any) -> None:
    cells = (
        row["document"],
        row["clause"],
        row["task"],
        row["lead"],
        "、".join(row["units"]),
        row["due"],
        row["state"],
        row["claimed"],
        row["amount"],
        row["evidence"],
        row["verified"],
        row["verified_amount"],
        row["difference"],
    )
    for at, value in enumerate(cells):
        if isinstance(value, int):
            sheet.write_number(number, at, value, plain)
        elif value:
            sheet.write_string(number, at, str(value), plain)


def _sums(sheet: Any, rows: list[dict[str, Any]], bold: Any) -> None:
    """Below the lines: how many, those with evidence, those that differ; with their values, for viewers that count
    nothing themselves.
    """
    first, last, at = HEAD + 2, HEAD + 1 + len(rows), HEAD + 1 + len(rows)
    sums = totals(rows)
    sheet.write_string(at, 0, "合计", bold)
    sheet.write_formula(at, 2, f"=COUNTA(C{first}:C{last})", bold, sums.tasks)
    sheet.write_formula(at, 9, f'=COUNTIF(J{first}:J{last},">0")', bold, sums.with_evidence)
    differ = f'=COUNTIF(M{first}:M{last},"<>0")-COUNTBLANK(M{first}:M{last})'
    sheet.write_formula(at, 12, differ, bold, sums.different)
