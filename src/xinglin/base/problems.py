"""What is wrong with a piece of input: one object for files, forms and imports alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters: an error keeps the row out, a warning lets it in."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """Chinese word shown to users."""
        return {"error": "错误", "warning": "提醒"}[self.value]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault with its place, what is wrong and how to put it right (all Chinese).

    Attributes:
        kind: stable machine word, e.g. ``unknown_code``; one per row of the table-driven tests.
        table: fact table, or "" when the fault is in the folder as a whole.
        file: file name relative to the data folder.
        sheet: worksheet name, "" for CSV and Parquet.
        row: 1-based row as a spreadsheet shows it (the header is row 1), or None.
        column: the header as printed in the file, or "".
        what: what is wrong. fix: what to do.
    """

    kind: str
    table: str
    file: str
    sheet: str
    row: int | None
    column: str
    what: str
    fix: str
    severity: Severity = Severity.ERROR

    @property
    def where(self) -> str:
        """The place in one readable phrase."""
        parts = [self.file]
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”")
        if self.row is not None:
            parts.append(f"第 {self.row} 行")
        if self.column:
            parts.append(f"“{self.column}”列")
        return " ".join(part for part in parts if part)

    def __str__(self) -> str:
        return f"[{self.severity.label}] {self.where}：{self.what}。{self.fix}。"

    def as_dict(self) -> dict[str, object]:
        """Plain mapping for JSON output."""
        return {**asdict(self), "severity": self.severity.value, "where": self.where}
