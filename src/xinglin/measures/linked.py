"""Rows found again: by their id, by what they refer to, by month; the end of a path over references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xinglin.facts import Contract, Table
from xinglin.facts.model import AREAS

Row = Mapping[str, Any]


class Linked:
    """Facts in plain Python, each index made when it is first used.

    Args:
        contract: table declarations. facts: rows per table.
    """

    def __init__(self, contract: Contract, facts: Mapping[str, Sequence[Row]]) -> None:
        self.contract = contract
        self.facts = facts
        self._by_id: dict[str, dict[Any, Row]] = {}
        self._linked: dict[tuple[str, str], dict[Any, list[Row]]] = {}

    def follow(self, row: Row, table: Table, path: str) -> Any:
        """The value at the end of a path, None where a reference leads nowhere."""
        if "." not in path:
            return row.get(path)
        current: Row | None = row
        steps = path.split(".")
        for index, step in enumerate(steps):
            if current is None:
                return None
            value = current.get(step)
            if index == len(steps) - 1 or value is None:
                return value
            references = table.columns[step].references
            if references is None:
                digits = AREAS[steps[index + 1]]
                return value[:digits] if len(value) >= digits else None
            table = self.contract.table(references)
            current = self._row_by_id(table, value)
        return None

    def _row_by_id(self, table: Table, key: Any) -> Row | None:
        if table.name not in self._by_id:
            column = str(table.id_column)
            self._by_id[table.name] = {row[column]: row for row in self.facts.get(table.name, ())}
        return self._by_id[table.name].get(key)

    def linked(self, name: str, path: str) -> dict[Any, list[Row]]:
        """The rows of a table by the value at the end of a path."""
        if (name, path) not in self._linked:
            index: dict[Any, list[Row]] = {}
            target = self.contract.table(name)
            for row in self.facts.get(name, ()):
                index.setdefault(self.follow(row, target, path), []).append(row)
            self._linked[name, path] = index
        return self._linked[name, path]

    def in_month(self, target: Table, path: str) -> dict[Any, list[Row]]:
        """Events by (value at the end of a path, year, month): some units are looked at one month after another."""
        name = (target.name, f"{path} by month")
        if name not in self._linked:
            index = self._linked[name] = {}
            for key, found in self.linked(target.name, path).items():
                for row in found:
                    if (day := row.get(str(target.time.date))) is not None:
                        index.setdefault((key, day.year, day.month), []).append(row)
        return self._linked[name]
