"""Headings and widths of the workbook's sheets."""

from __future__ import annotations

Columns = tuple[tuple[str, int], ...]


def _columns(text: str) -> Columns:
    """``文件 16，条款 18`` as headings with widths in characters."""
    pairs = (entry.split() for entry in text.replace("\n", "").split("，"))
    return tuple((heading, int(width)) for heading, width in pairs)


_OF_TARGET = "文件 16，目标编号 10，要求 44"
_OF_PART = "代码 16，名称 20，分子 11，分母 11，现值 11，单位 10，现值状态 12，结论 18，已报 8，应报 8"

OVERVIEW = _columns("项目 28，数量 10，说明 60")
DOCUMENTS = _columns(
    "文件 16，文件全称 60，达标 10，未达标 10，未达（非硬性） 16，不评判 10，暂无定义 12，合计 10"
)
RESULTS = _columns(
    "文件 16，条款 30，目标编号 10，要求 44，指标 30，分子 11，分母 11，现值 11，"
    "单位 10，现值状态 12，显示值 14，目标值 10，目标上限 10，"
    "目标（文字） 14，结论 18，结合期限 26，期限状态 12，差距 30，"
    "期限 12，约束力 11，针对 10，较严 7，本级文件 10，责任单位 34，责任单位出处 26，"
    "已报 8，应报 8，计量单位 26，说明 30"
)
GAPS = _columns(
    f"{_OF_TARGET}，结论 18，还差 8，单位 26，差距 34，顺序 7，编号 20，名称 28，还缺什么 46，责任单位 34"
)
BY_CODE = _columns(f"{_OF_TARGET}，分法 14，{_OF_PART}")
BELOW = _columns(f"{_OF_TARGET}，{_OF_PART}")
UNITS = _columns(
    "指标 30，编号 20，名称 28，所在地代码 14，所在地 16，计入情况 12，原因 36，"
    "计入分子 10，计入分母 10，逐项条件 70"
)
DEFINITIONS = _columns("指标编号 42，指标 34，口径参数 34，怎样统计 80，口径来源 50")
RECEIPT = _columns("项目 24，内容 100")
NOTES = _columns("项目 24，内容 80")


def letter(columns: Columns, heading: str) -> str:
    """The letters of a column in a spreadsheet: A for the first, AA after Z."""
    number = [name for name, _ in columns].index(heading)
    first, last = divmod(number, 26)
    return (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + last)
