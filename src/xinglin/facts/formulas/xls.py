"""Broken cells of an xls (BIFF5 and BIFF8), out of its records ([MS-XLS] 2.1.4, 2.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from xinglin.facts.formulas.broken import Broken, Cells, error_of
from xinglin.facts.formulas.compound import read_stream

_FORMULA, _END, _SHEET, _ERROR, _BEGIN = 0x0006, 0x000A, 0x0085, 0x0205, 0x0809


def broken_cells(content: bytes, sheets: Sequence[str]) -> dict[str, Cells]:
    """Broken cells by the name of the sheet; ``sheets`` names all of them, in order.

    Raises:
        LookupError, struct.error: not a workbook, or cut short.
    """
    stream = read_stream(content, ("Workbook", "Book"))
    starts = [struct.unpack_from("<I", body)[0] for kind, body in _records(stream, 0) if kind == _SHEET]
    return {name: _broken(stream, start) for name, start in zip(sheets, starts, strict=True)}


def _broken(stream: bytes, start: int) -> Cells:
    cells = (_cell(kind, body) for kind, body in _records(stream, start) if kind in (_ERROR, _FORMULA))
    return dict(cell for cell in cells if cell)


def _cell(kind: int, body: bytes) -> tuple[tuple[int, int], Broken] | None:
    """Place and error of a cell; None when it holds a value."""
    row, column = struct.unpack_from("<HH", body)
    if kind == _ERROR:
        value, is_error = body[6], body[7]
    else:  # a result that is no number ends in FFFF and begins with its kind: 2 is an error
        value, is_error = body[8], body[12:14] == b"\xff\xff" and body[6] == 2
    return ((row, column), error_of(value)) if is_error else None


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records from a beginning to its end, without those of charts that lie within. Raises LookupError."""
    at, depth = start, 0
    while depth or at == start:
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if at == start and depth != 1:
            raise LookupError(start)
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
