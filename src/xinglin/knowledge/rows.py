"""Rows of the committed tables: CSV in UTF-8 with one header line."""

from __future__ import annotations

import csv
from decimal import Decimal, InvalidOperation
from pathlib import Path

from xinglin.base.errors import DefinitionError

Row = dict[str, str]


def read_rows(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """All rows of a table with exactly these columns.

    Raises:
        DefinitionError: the header is another one, or a row has too few or too many cells; all faults at once.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = tuple(next(reader, ()))
        if header != columns:
            raise DefinitionError(path.name, [f"表头应为 {','.join(columns)}，现为 {','.join(header)}"])
        found = list(reader)
    faults = [
        f"第 {number} 行有 {len(cells)} 格，应有 {len(columns)} 格；文字中有逗号时请加引号"
        for number, cells in enumerate(found, start=2)
        if len(cells) != len(columns)
    ]
    if faults:
        raise DefinitionError(path.name, faults)
    return [dict(zip(columns, cells, strict=True)) for cells in found]


def number(text: str, where: str) -> Decimal | None:
    """An exact number, None for an empty cell.

    Raises:
        DefinitionError: there is something else in the cell.
    """
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise DefinitionError(where, [f"“{text}”不是数字，请写如 1.5"]) from error


def words(text: str, between: str = "/") -> tuple[str, ...]:
    """The entries of a list inside a cell."""
    return tuple(word for word in text.split(between) if word)
