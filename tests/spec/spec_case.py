"""One rule of counting: a snippet of a definition, small tables as text, and what every implementation must give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from counters import Counter
from xinglin.base.yamlfile import build
from xinglin.facts import ColumnType, load_contract
from xinglin.measures.definition import Definition, Example, bind
from xinglin.measures.examples import complete
from xinglin.measures.nodes import Bound
from xinglin.measures.results import Counted

COUNTY = "441882"
LAST_DAY = date(2020, 12, 31)
Result = tuple[Any, Any, int, int]
"""numerator, denominator, n_units, n_reported"""

_NEEDED = {
    "id": "spec",
    "label": "例",
    "meaning": "例",
    "unit": "%",
    "direction": "up",
    "period": "stock",
    "author": "测试",
}
_SOURCE = {"document": "例", "says": "例"}

_READERS = {
    ColumnType.INTEGER: int,
    ColumnType.YEAR: int,
    ColumnType.DECIMAL: Decimal,
    ColumnType.BOOLEAN: {"true": True, "false": False}.__getitem__,
    ColumnType.DATE: date.fromisoformat,
}


def table(name: str, text: str) -> list[dict[str, Any]]:
    """Rows of a table from text: a line of column names, then a line a row, cells between ``|``, empty = None."""
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    columns = load_contract().table(name).columns
    found = []
    for line in lines:
        assert len(line) == len(head), f"{name}: {line}"
        cells = zip(head, line, strict=True)
        found.append(
            {key: _READERS.get(columns[key].type, str)(cell) if cell else None for key, cell in cells}
        )
    return found


@dataclass(frozen=True)
class Case:
    """A rule with its example. ``reporting`` and ``region`` left out: everything reported, all places real."""

    name: str
    definition: str
    facts: Mapping[str, str]
    expect: Mapping[str, Result | Counted]
    on: date = LAST_DAY
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def bound(self) -> Bound:
        """The definition with its parameters."""
        content = {**_NEEDED, "sources": [_SOURCE], **yaml.safe_load(self.definition)}
        definition = build(Definition, content, self.name)
        values = {name: item.default for name, item in definition.parameters.items()}
        return bind(definition, {**values, **self.parameters}, load_contract())

    def data(self) -> dict[str, list[dict[str, Any]]]:
        """Every table, filled up."""
        facts = {name: table(name, text) for name, text in self.facts.items()}
        place = next(iter(self.expect))
        example = Example(name=self.name, on=self.on, place=place, facts=facts, expect={})
        return complete(facts, example, load_contract())

    def check(self, counter: Counter) -> None:
        """Count with one implementation and compare with what is expected."""
        found = counter([self.bound()], self.data(), self.on, list(self.expect))[0]
        assert {area: _like(self.expect[area], counted) for area, counted in found.items()} == dict(
            self.expect
        )


def _like(expected: Result | Counted, counted: Counted) -> Result | Counted:
    if isinstance(expected, Counted):
        return counted
    return (counted.numerator, counted.denominator, counted.n_units, counted.n_reported)


def holding(name: str, condition: str, holds: str, facts: Mapping[str, str], **more: Any) -> Case:
    """A condition over facilities a, b, c …, each in a township of its own; ``holds`` names those that meet it."""
    full = {"facility": "facility\na\nb\nc", **facts}
    head, *lines = full["facility"].strip().splitlines()
    placed = [f"{line} | {COUNTY}{100 + number}" for number, line in enumerate(lines)]
    full["facility"] = "\n".join([f"{head} | place", *placed])
    expect: dict[str, Result] = {}
    for number, line in enumerate(lines):
        expect[f"{COUNTY}{100 + number}"] = (int(line.split("|")[0].strip() in holds.split()), 1, 1, 1)
    period = more.pop("period", "stock")
    definition = f"{{kind: share, period: {period}, units: {{table: facility}}, condition: {condition}}}"
    return Case(name, definition, full, expect, **more)
