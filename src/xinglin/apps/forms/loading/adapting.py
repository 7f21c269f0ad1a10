"""Samples made to fit the row they stand beside: numbers that must agree with it, names that tell things apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xinglin.apps.forms.rows import digests
from xinglin.records import Definition, FieldType, check
from xinglin.records.validation import Anything

Raw = dict[str, Any]
Row = Mapping[str, Any]
MARK = "（演示）"
TOPICS = (
    "春季养生与八段锦",
    "三伏贴的道理和禁忌",
    "高血压的中医调养",
    "老年人体质辨识",
    "小儿脾胃与食养",
    "颈肩腰腿痛的日常防治",
    "冬令进补",
    "家庭艾灸入门",
    "中药煎煮与服用",
    "认识身边的药用植物",
)
_NAMES = ("name", "topic")


class Numbered:
    """Names and topics: of the facility, in turn, and different wherever two records may not agree."""

    def __init__(self) -> None:
        self._turn: Counter[str] = Counter()
        self._taken: dict[str, set[tuple[int, str]]] = {}

    def named(self, definition: Definition, raw: Raw, facility: str) -> Raw:
        """The values with a name that says whose it is, or a topic of its own."""
        self._turn[definition.id] += 1
        if "topic" in definition.fields:
            raw["topic"] = TOPICS[self._turn[definition.id] % len(TOPICS)] + MARK
        field = definition.fields.get("name")
        if field is not None and field.type is FieldType.TEXT and facility:
            owner = facility.removesuffix(MARK)
            raw["name"] = f"{owner}{definition.label}"[: field.longest_text - len(MARK)] + MARK
        return raw

    def unique(self, definition: Definition, raw: Raw) -> Raw | None:
        """The values, numbered where another record has the same; None if that cannot be told apart by a text."""
        taken = self._taken.setdefault(definition.id, set())
        texts = [
            n for group in definition.unique for n in group if definition.fields[n].type is FieldType.TEXT
        ]
        plain, number = dict(raw), 1
        while taken & (mine := _keys(definition, raw)):
            if not texts:
                return None
            number += 1
            raw = {**plain, texts[0]: f"{plain[texts[0]]}{number}"}
        taken |= mine
        return raw


def _keys(definition: Definition, raw: Raw) -> set[tuple[int, str]]:
    return set(digests(definition, check(definition, raw, Anything()).values))


def _secondment(raw: Raw, row: Row) -> Raw:
    """Those who are there stay as long as was agreed, others as long as they did."""
    until = row["valid_to"] or _months_later(row["valid_from"], row["months"])
    return {**raw, "planned_to": until.isoformat()}


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28))


def _construction(raw: Raw, row: Row) -> Raw:
    """A building that meets the standard is as large as it must be."""
    if row["result"] == "passed":
        raw = {**raw, "area": raw["required_area"]}
        raw.pop("lacking", None)
    return raw


def _from_year(first: int, name: str) -> Callable[[Raw, Row], Raw]:
    return lambda raw, row: {**raw, name: max(int(raw[name]), first)}


def _promotion(raw: Raw, row: Row) -> Raw:
    """No more village doctors and passed examinations than people."""
    people = row["people"] or 1
    return {**raw, "village": min(int(raw["village"]), people), "passed": min(int(raw["passed"]), people)}


def parts(total: Decimal, count: int) -> list[Decimal]:
    """A number of points divided among headings, to one place, without a rest."""
    each = (total / count).quantize(Decimal("0.1"))
    return [*[each] * (count - 1), total - each * (count - 1)]


ADAPTED: dict[str, Callable[[Raw, Row], Raw]] = {
    "secondment": _secondment,
    "hospital_construction_check": _construction,
    "hall_upgrade": _from_year(2021, "batch"),
    "technique_promotion": _promotion,
}
"""Definition → how its sample is made to fit a row."""
