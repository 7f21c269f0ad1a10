"""What the columns of an indicator table hold, by their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from xinglin.policy.reader.entries import Period
from xinglin.policy.reader.tables import Table


@dataclass(slots=True)
class Columns:
    """Which column holds what; text columns come with a label (国家, 省) when there are several."""

    serial: int | None = None
    texts: list[tuple[int, str]] = field(default_factory=list)
    past: list[tuple[int, int]] = field(default_factory=list)
    values: list[tuple[int, date | None, str]] = field(default_factory=list)
    attribute: int | None = None
    unit: int | None = None
    responsible: int | None = None
    until: int | None = None
    lead: int | None = None


_NATION = re.compile("国家|全国")


def columns(table: Table, period: Period) -> Columns:
    """Roles of the columns by their headings."""
    width = max(len(row) for row in table.rows)
    found = Columns()
    for index in range(width):
        words = "".join(row[index].chars for row in table.rows[: table.head] if index < len(row)).replace(
            "\n", ""
        )
        _role(found, index, words, period)
    if len(found.values) > 1 and not found.past and period.start_year is None:
        first = min(found.values, key=lambda value: value[1] or date.max)
        if first[1] and re.fullmatch(r"20\d\d年?", first[2]):
            found.values.remove(first)
            found.past.append((first[0], first[1].year))
    if not found.texts and not found.values:
        found.texts = [(width - 1, "")]
    if len(found.texts) == 1:
        found.texts = [(found.texts[0][0], "")]
    return found


def _role(found: Columns, index: int, words: str, period: Period) -> None:
    year = re.search(r"(20\d\d)年?", words)
    if re.fullmatch(r"序号?|编号|№|No\.?", words):
        found.serial = index
    elif words.startswith("牵头"):
        found.lead = index
    elif re.search("责任|配合|负责", words):
        found.responsible = index
    elif re.search("时限|完成时间|期限|完成日期", words):
        found.until = index
    elif re.search("属性|性质", words):
        found.attribute = index
    elif re.fullmatch("(?:计量)?单位", words):
        found.unit = index
    elif re.search("基期|现状|基数|实际|完成值|基线", words) or (
        year and _is_past_year(int(year[1]), period)
    ):
        found.past.append((index, int(year[1]) if year else (period.start_year or 1) - 1))
    elif year or re.search(r"目标值|目标$|规划值|指标值", words):
        found.values.append((index, date(int(year[1]), 12, 31) if year else None, words))
    elif re.search("分类|类别|类型|领域|备注|一级指标", words):
        pass
    elif re.search("指标|内容|名称|任务|要求|目标", words):
        label = "国家" if _NATION.search(words) else _own_label(words)
        found.texts.append((index, label))


def _own_label(words: str) -> str:
    match = re.match(r"[省市县区旗盟]|自治区", words)
    return match[0] if match else ""


def _is_past_year(year: int, period: Period) -> bool:
    start = period.start_year or (period.issued.year if period.issued else None)
    return bool(start and year < start)
