"""Broken cells of an xlsb, out of the binary records of its worksheets ([MS-XLSB] 2.1.4, 2.3, 2.4)."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator

from xinglin.facts.formulas.archive import read_part, related
from xinglin.facts.formulas.broken import Cells, error_of

MAIN = "xl/workbook.bin"

_ROW, _CELL_ERROR, _FORMULA_ERROR, _SHEET = 0, 3, 11, 156


def broken_cells(archive: zipfile.ZipFile) -> dict[str, Cells]:
    """Broken cells by worksheet name.

    Raises:
        KeyError: a worksheet is not where it should be. IndexError, struct.error: records cut short.
    """
    parts = related(archive, MAIN)
    sheets = [_sheet(body) for kind, body in _records(read_part(archive, MAIN)) if kind == _SHEET]
    return {name: _broken(read_part(archive, parts[relation])) for relation, name in sheets}


def _sheet(body: bytes) -> tuple[str, str]:
    """Relation and name of a sheet, two strings after its state and id."""
    relation, end = _string(body, 8)
    name, _ = _string(body, end)
    return relation, name


def _string(body: bytes, start: int) -> tuple[str, int]:
    """A counted UTF-16 string and where it ends."""
    (length,) = struct.unpack_from("<I", body, start)
    end = start + 4 + 2 * length
    return body[start + 4 : end].decode("utf-16-le"), end


def _broken(content: bytes) -> Cells:
    found: Cells = {}
    row = 0
    for kind, body in _records(content):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", body)
        elif kind in (_CELL_ERROR, _FORMULA_ERROR):
            (column,) = struct.unpack_from("<I", body)
            found[row, column] = error_of(body[8])
    return found


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(content):
        kind, at = _varying(content, at, 2)
        length, at = _varying(content, at, 4)
        yield kind, content[at : at + length]
        at += length


def _varying(content: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, lowest first, and where it ends."""
    number = 0
    for index in range(most):
        byte = content[at + index]
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            break
    return number, at + index + 1
