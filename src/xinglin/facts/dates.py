"""Dates, years and periods in the ways people write them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from xinglin.facts.fault import Fault

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_MONTH = re.compile(r"(\d{4})(?:[-/.](\d{1,2})|年(\d{1,2})月?|(\d{2}))")
_YEAR = re.compile(r"(\d{4})年?")
_FIRST, _LAST = 1900, 2099
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(20_000, 60_000)  # 1954 to 2064: a date that lost its format
_HOW = "请写成 2020-12-31 的样子"


def read_date(raw: object) -> date | Fault:
    """A day from a date or from text (2020-12-31, 2020/12/31, 2020.12.31, 2020年12月31日, 20201231).

    A time of day after it is dropped: fact tables count days.
    """
    if isinstance(raw, date):
        return _plausible(raw, str(raw))
    text = _plain(raw)
    match = _DATE.fullmatch(_CLOCK.sub("", text)) or _COMPACT.fullmatch(text)
    if match is None:
        return _bad_date(text)
    year, month, day = (int(group) for group in match.groups() if group is not None)
    try:
        return _plausible(date(year, month, day), text)
    except ValueError:
        return Fault("impossible_date", f"“{text}”这一天不存在", "请核对月和日")


def _plain(raw: object) -> str:
    return str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)


def _plausible(day: date, shown: str) -> date | Fault:
    if _FIRST <= day.year <= _LAST:
        return day
    return Fault("date_out_of_range", f"“{shown}”的年份不合理", f"应在 {_FIRST} 至 {_LAST} 年之间，请核对")


def _bad_date(text: str) -> Fault:
    if text.isdigit() and int(text) in _SERIALS:
        day = _EXCEL_EPOCH + timedelta(days=int(text))
        return Fault("bad_date", f"“{text}”是 Excel 的日期序号", f"请把单元格格式设为日期，应显示为 {day}")
    if _MONTH.fullmatch(text) or _YEAR.fullmatch(text):
        return Fault("bad_date", f"“{text}”没有写到日", _HOW)
    return Fault("bad_date", f"“{text}”不是日期", _HOW)


def read_year(raw: object) -> int | Fault:
    """A calendar year: 2020 or 2020年."""
    text = str(raw.year) if isinstance(raw, date) and (raw.month, raw.day) == (1, 1) else _plain(raw)
    match = _YEAR.fullmatch(text)
    if match and _FIRST <= int(match[1]) <= _LAST:
        return int(match[1])
    return Fault("bad_year", f"“{text}”不是年份", "请填四位年份，如 2020")


def read_period(raw: object) -> str | Fault:
    """A year (2020) or a month (2020-03), from the usual spellings."""
    if isinstance(raw, date):
        if raw.day == 1:
            return f"{raw:%Y-%m}"
        return Fault("bad_period", f"“{raw}”是某一天", "年报填 2020，月报填 2020-03")
    text = _plain(raw)
    year, month = _YEAR.fullmatch(text), _MONTH.fullmatch(text)
    # A number 2020.1 may have been 2020.10 once: its last zero is gone.
    if month and not isinstance(raw, float):
        number = int(next(group for group in month.groups()[1:] if group))
        if 1 <= number <= 12:
            return f"{month[1]}-{number:02}"
    elif year and _FIRST <= int(year[1]) <= _LAST:
        return year[1]
    return Fault("bad_period", f"“{text}”不是填报期", "年报填 2020，月报填 2020-03")
