"""Rows of indicator tables: wordings in columns (national, own), or names with baseline and target years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from xinglin.base.states import Comparator, Strength
from xinglin.policy.model import DocumentLevel
from xinglin.policy.reader.columns import Columns, columns
from xinglin.policy.reader.coverage import COUNTY_OWN, without_thing
from xinglin.policy.reader.dates import PLAN_ENDS, dates
from xinglin.policy.reader.entries import Period, Reader, Statement
from xinglin.policy.reader.found import HUNDRED, Context, Found, with_strength
from xinglin.policy.reader.model import Deadline, PastValue, Place
from xinglin.policy.reader.nodes import Node
from xinglin.policy.reader.normalising import Text
from xinglin.policy.reader.numbers import Number, numbers, plain_number
from xinglin.policy.reader.subjects import cleaned, subject_end
from xinglin.policy.reader.tables import Table

_SAME = re.compile(r"(?:同|与)(?:国家|上级|左|省|全国)(?:内容|指标|要求|栏|标准)?(?:一致|相同)?。?")


def rows(node: Node, table: Table, number: int, reader: Reader, lead: Deadline | None) -> Iterator[Statement]:
    """Every statement of a table, row by row."""
    roles = columns(table, reader.period)
    label = "表" if number == 1 else f"表{number}"
    for serial, row in enumerate(table.rows[table.head :], 1):
        printed = row[roles.serial].chars if roles.serial is not None and roles.serial < len(row) else ""
        name = printed if re.fullmatch(r"\d+", printed) else str(serial)
        path = f"{node.path} {label}".strip()
        until = _until(row, roles, reader.period)
        if roles.values:
            place = Place(f"{path} {name}", table.page)
            yield from _value_row(row, roles, place, reader, until or lead)
        else:
            yield from _text_row(row, roles, path, name, table.page, reader, until or lead)


def _until(row: list[Text], roles: Columns, period: Period) -> Deadline | None:
    """The date in a column of its own (完成时限)."""
    cell = _cell(row, roles.until) or ""
    return next((day for _, _, day in dates(cell, period.end, period.start_year)), None)


def _text_row(
    row: list[Text],
    roles: Columns,
    path: str,
    name: str,
    page: int | None,
    reader: Reader,
    lead: Deadline | None,
) -> Iterator[Statement]:
    nation = next((row[index] for index, label in roles.texts if label == "国家" and index < len(row)), None)
    for index, label in roles.texts:
        if index >= len(row):
            continue
        text = row[index]
        if _SAME.fullmatch(text.chars) and nation is not None and label != "国家":
            text = nation
        place = Place(f"{path} {label} {name}" if label else f"{path} {name}", page)
        level = DocumentLevel.NATIONAL if label == "国家" else reader.level
        for one in reader.cell(place, text, level, lead):
            one.attribute = _cell(row, roles.attribute)
            one.responsible = units_of(row, roles)[0]
            yield one


def _cell(row: list[Text], index: int | None) -> str | None:
    return (row[index].chars or None) if index is not None and index < len(row) else None


def units_of(row: list[Text], roles: Columns) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The units a row prints for itself, leads first, and those that lead."""
    lead = _units(_cell(row, roles.lead))
    others = _cell(row, roles.responsible) or ""
    marked = tuple(re.findall(r"([^、，；（）\n]+)（牵头）|([^、，；（）\n]+)牵头(?=[、，；]|$)", others))
    lead += tuple(first or second for first, second in marked)
    return tuple(dict.fromkeys((*lead, *_units(others)) if roles.lead is not None else _units(others))), lead


def _units(cell: str | None) -> tuple[str, ...]:
    names = re.split(r"[、，；\n]", re.sub(r"（牵头）|牵头(?:单位)?：|配合(?:单位)?：", "、", cell or ""))
    return tuple(name for name in names if name)


def _unnumbered(name: Text) -> Text:
    """3.中医馆设置率 without its number."""
    match = re.match(r"(?:\d{1,2}[.、．]|（\d{1,2}）)(?!\d)", name.chars)
    return name.cut(match.end()) if match else name


_UNIT = re.compile(r"（(?P<unit>[^（）]{1,6})）$")
_PER = re.compile(r"每(?:百|(?P<thousand>千)|(?P<ten>万))(?:常住)?(?:人口|居民|名居民)")
_NATIONAL = re.compile(r"（国家[^（）\d]*(?P<value>\d+(?:\.\d+)?)%?）")


def _value_row(
    row: list[Text], roles: Columns, place: Place, reader: Reader, lead: Deadline | None
) -> Iterator[Statement]:
    names = [row[index] for index, _ in roles.texts if index < len(row) and row[index].chars]
    if not names:
        return
    name = _unnumbered(names[-1])
    if not any(index < len(row) and row[index].chars for index, _, _ in roles.values):
        for one in reader.cell(place, name, reader.level, lead):
            one.responsible = units_of(row, roles)[0]
            yield one
    unit = _unit(name.chars, _cell(row, roles.unit))
    measure = _UNIT.sub("", name.chars)
    subject = _subject(measure)
    for index, day, heading in roles.values:
        cell = row[index].chars if index < len(row) else ""
        number = _value(cell)
        if number is None or number.at_most:
            if number:
                reader.doubts.append(f"{place.path}：“{cell}”是上限，本格式没有这种比较，请人工处理")
            continue
        deadline = Deadline(day, heading) if day else lead
        own = DocumentLevel.NATIONAL if "国家" in heading else reader.level
        for value, level in ((number, own), *_national(cell)):
            found = _row_target(value, _cell_unit(number, unit), subject, _required(measure, subject), cell)
            found = with_strength(found, cell, Context())
            quotation = (name + row[index]).quotation(reader.source, place)
            one = Statement(
                found, quotation, deadline, level, from_table=True, attribute=_cell(row, roles.attribute)
            )
            if one.attribute == "预期性":
                one.found.strength, one.found.strength_text = Strength.EXPECTED, "预期性"
            one.responsible = units_of(row, roles)[0]
            one.baseline = past_value(row, roles) if level is reader.level else None
            yield one


def _cell_unit(number: Number, unit: str) -> str:
    """A ratio stays one though the cell repeats 名 or 人."""
    return unit if "/" in unit and number.unit in {"名", "人", "张", ""} else number.unit or unit


def _value(cell: str) -> Number | None:
    printed = next(iter(numbers(re.sub(r"（[^）]*）", "", cell))), None)
    return printed or plain_number(cell)


def _national(cell: str) -> list[tuple[Number, DocumentLevel]]:
    match = _NATIONAL.search(cell)
    number = plain_number(match["value"]) if match else None
    return [(number, DocumentLevel.NATIONAL)] if number else []


def _row_target(number: Number, unit: str, subject: str, measure: str, cell: str) -> Found:
    whole = unit == "%" and number.value == HUNDRED and number.comparator is Comparator.AT_LEAST
    comparator = Comparator.ALL if whole else number.comparator
    return Found(
        0,
        0,
        subject,
        measure,
        comparator,
        number.value,
        unit or None,
        "指标表的目标值",
        number.upper,
        words=number.words,
    )


def _unit(name: str, column: str | None) -> str:
    match = _UNIT.search(name)
    unit = column or (match["unit"] if match else "")
    if not unit and re.search(r"(?:率|比例|占比|比重)$", _UNIT.sub("", name)):
        return "%"
    per = _PER.search(name)
    if per and unit in {"张", "人", "名", "个", ""}:
        base = "千人" if per["thousand"] else "万人" if per["ten"] else "百人"
        return f"{'张' if unit == '张' else '人'}/{base}"
    return unit


_OF_ALL = re.compile(r"占(?P<whose>[^，占]*?(?:机构|医院))")


def _subject(measure: str) -> str:
    """Whose number a named indicator is: its facilities or people, for 县办…机构覆盖率 the counties."""
    bare = re.sub(r"（(?:[张人个%名])）", "", _PER.sub("", measure))
    if (own := COUNTY_OWN.search(bare.removesuffix("覆盖率"))) and bare.endswith("覆盖率"):
        return "县（市、区）" if own["county"] == "县" else "旗县"
    head = bare[: subject_end(bare)]
    if re.search(r"(?:设置|覆盖|建设|建成|配备|达标|普及|设立)率$", bare):
        head = without_thing(head)[0]
    subject = cleaned(head).text
    if not subject and (whole := _OF_ALL.search(bare)):
        return whole["whose"]
    return subject or re.sub("数$", "", bare)


def _required(name: str, subject: str) -> str:
    """The measure without its subject; 设置中医馆的…比例 is 设置中医馆."""
    achieved = re.match(rf"(.+)的{re.escape(subject)}(?:比例|占比|比重)?$", name)
    rest = name.removeprefix(subject)
    return achieved[1] if achieved else rest if len(rest) > 1 else name


def past_value(row: list[Text], roles: Columns) -> PastValue | None:
    """The earlier value a row prints."""
    for index, year in roles.past:
        number = plain_number(row[index].chars) if index < len(row) else None
        if number:
            return PastValue(number.value, year)
    return None


def remark_date(node: Node, period: Period) -> Deadline | None:
    """The date an annex gives all its rows: in its remark (备注：…截止时间均为2025年), else in its title."""
    for text in node.texts:
        if re.match("备注|注：|说明", text.chars):
            found = next(iter(dates(text.chars, period.end, period.start_year)), None)
            if found:
                return found[2]
    if node.kind != "annex":
        return None
    title = re.search(r"“?(十[二三四五六]五)”?", "".join(text.chars for text in node.texts))
    return Deadline(date(PLAN_ENDS[title[1]], 12, 31), f"附件标题{title[0]}") if title else None
