"""A cell without a usable value, and the words spreadsheets show in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell without a usable value: the error as shown, or "" for a formula that was never computed."""

    shown: str


Cells = dict[tuple[int, int], Broken]

ERROR_CODES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
"""How xls and xlsb write an error ([MS-XLS] 2.5.10, [MS-XLSB] 2.5.97.2)."""

_LATER = ("#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!")
_WORDS = frozenset((*ERROR_CODES.values(), *_LATER))
_NUMBERED = re.compile(r"(?:Err|错误):\d{3}")  # LibreOffice


def is_error_word(text: str) -> bool:
    """Whether a text (normalised) is what a spreadsheet shows for a failed formula, as in an exported CSV."""
    return text in _WORDS or _NUMBERED.fullmatch(text) is not None


def error_of(code: int) -> Broken:
    """The error a code of xls or xlsb stands for."""
    return Broken(ERROR_CODES.get(code, f"#{code}"))
