"""What stands in a cell of the workbook, and a sheet of such cells; nothing here knows Excel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xinglin.report.columns import Columns


@dataclass(frozen=True, slots=True)
class Quotient:
    """A live value: numerator cell ÷ denominator cell of its row × ``per``; ``cached`` is what it comes to."""

    per: int
    cached: float


@dataclass(frozen=True, slots=True)
class Formula:
    """A live value over other cells; ``{row}`` in it stands for its own row."""

    text: str
    cached: int


@dataclass(frozen=True, slots=True)
class Link:
    """Text that opens an address."""

    text: str
    to: str


Cell = str | float | int | date | Quotient | Formula | Link | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: columns as (heading, width in characters) and rows of cells."""

    name: str
    columns: Columns
    rows: Iterable[list[Cell]]
