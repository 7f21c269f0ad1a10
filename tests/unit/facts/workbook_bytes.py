"""Workbooks of the kinds Python can read but not write, put together byte by byte: xls, xlsb, ods.

A cell is a text, `Failed` (an error) or `FormulaFailed` (a formula whose result is one).
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Failed:
    code: int
    shown: str


class FormulaFailed(Failed):
    pass


NOT_AVAILABLE = Failed(0x2A, "#N/A")
DIVIDED_BY_ZERO = FormulaFailed(0x07, "#DIV/0!")

Rows = Sequence[Sequence[str | Failed]]
SECTOR, SMALL, END, FREE, TABLE = 512, 64, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


# xls: records in a stream in a compound file


def biff(sheet: str, rows: Rows) -> bytes:
    """The stream of a BIFF8 workbook of one worksheet; a chart lies within it."""
    begin = struct.pack("<HHIII", 0x0600, 0x0005, 0, 0, 0x0600)
    name = struct.pack("<BB", len(sheet), 1) + sheet.encode("utf-16-le")
    head = [(0x0809, begin), (0x0085, struct.pack("<IH", 0, 0) + name), (0x000A, b"")]
    start = sum(4 + len(body) for _, body in head)
    head[1] = (0x0085, struct.pack("<IH", start, 0) + name)
    chart = [(0x0809, begin), (0x0205, struct.pack("<3HBB", 0, 0, 0, 0x17, 1)), (0x000A, b"")]
    cells = [_biff_cell(r, c, cell) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell]
    records = [*head, (0x0809, begin), *cells, *chart, (0x000A, b"")]
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


def _biff_cell(row: int, column: int, cell: str | Failed) -> tuple[int, bytes]:
    place = struct.pack("<3H", row, column, 0)
    if isinstance(cell, FormulaFailed):
        result = struct.pack("<BxBxxxH", 2, cell.code, 0xFFFF)
        return 0x0006, place + result + struct.pack("<HIH", 0, 0, 0)
    if isinstance(cell, Failed):
        return 0x0205, place + struct.pack("<BB", cell.code, 1)
    return 0x0204, place + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")


def compound_file(stream: bytes, *, small: bool = False, backwards: bool = False) -> bytes:
    """A compound file with one stream; ``small``: in pieces of 64 bytes; ``backwards``: last sector first."""
    if small:
        pieces = -(-len(stream) // SMALL)
        links = [*range(1, pieces), END]
        chains = [stream, struct.pack(f"<{pieces}I", *links)]
    else:
        stream = stream.ljust(4096, b"\0")
        chains = [stream]
    order, sectors, firsts = [FREE] * 128, {}, []
    free = list(range(2, 128))
    for chain in chains:
        parts = [chain[at : at + SECTOR].ljust(SECTOR, b"\xff") for at in range(0, len(chain), SECTOR)]
        taken = [free.pop(0) for _ in parts][:: -1 if backwards else 1]
        firsts.append(taken[0])
        for index, following, part in zip(taken, [*taken[1:], END], parts, strict=True):
            order[index], sectors[index] = following, part
    order[0], order[1] = TABLE, END
    root = firsts[0] if small else END
    entries = [
        _entry("Root Entry", 5, root, len(stream) if small else 0),
        _entry("Workbook", 2, 0 if small else firsts[0], len(stream)),
    ]
    sectors[0], sectors[1] = struct.pack("<128I", *order), b"".join(entries).ljust(SECTOR, b"\0")
    return _header(firsts[1] if small else END) + b"".join(sectors[index] for index in sorted(sectors))


def _entry(name: str, kind: int, start: int, length: int) -> bytes:
    encoded = name.encode("utf-16-le")
    links = struct.pack("<3I", FREE, FREE, 1 if kind == 5 else FREE)
    head = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded) + 2, kind, 1) + links
    return (head.ljust(116, b"\0") + struct.pack("<II", start, length)).ljust(128, b"\0")


def _header(first_small: int) -> bytes:
    versions = struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    numbers = (0, 1, 1, 0, 4096, first_small, first_small != END, END, 0, 0, *[FREE] * 108)
    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    return (magic + bytes(16) + versions + bytes(6) + struct.pack("<118I", *numbers)).ljust(SECTOR, b"\0")


def xls_book(
    sheet: str, rows: Rows, *, small: bool = False, backwards: bool = False
) -> Callable[[Path], None]:
    content = compound_file(biff(sheet, rows), small=small, backwards=backwards)

    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


# xlsb: binary records in a zip archive


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(body)
    size = bytes([length]) if length < 0x80 else bytes([length & 0x7F | 0x80, length >> 7])
    return head + size + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_book(sheet: str, rows: Rows) -> Callable[[Path], None]:
    bundle = _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(sheet))
    book = _record(131) + _record(143) + bundle + _record(144) + _record(132)
    last = (len(rows) - 1, 0, max(map(len, rows)) - 1)
    cells = b"".join(_xlsb_row(number, row) for number, row in enumerate(rows))
    dimension = _record(148, struct.pack("<4I", 0, *last))
    page = _record(129) + dimension + _record(145) + cells + _record(146) + _record(130)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relations = f'<Relationships><Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>'
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": relations,
        "xl/worksheets/sheet1.bin": page,
    }
    return lambda path: archive(path, parts)


def _xlsb_row(number: int, row: Sequence[str | Failed]) -> bytes:
    head = _record(0, struct.pack("<I", number) + bytes(13))
    return head + b"".join(_xlsb_cell(column, cell) for column, cell in enumerate(row) if cell)


def _xlsb_cell(column: int, cell: str | Failed) -> bytes:
    place = struct.pack("<II", column, 0)
    if isinstance(cell, FormulaFailed):
        return _record(11, place + bytes([cell.code]) + bytes(10))
    return (
        _record(3, place + bytes([cell.code]))
        if isinstance(cell, Failed)
        else _record(6, place + _wide(cell))
    )


# ods: XML in a zip archive

_SPACES = " ".join(
    f'xmlns:{name}="{uri}"'
    for name, uri in (
        ("office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"),
        ("table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
        ("text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"),
        ("calcext", "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"),
    )
)
_NOTE = "<office:annotation><text:p>核对过</text:p></office:annotation>"


def ods_book(sheet: str, rows: Rows) -> Callable[[Path], None]:
    """As LibreOffice writes it: equal neighbours folded into one, the rest of the page as empty rows."""
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    empty = '<table:table-cell table:number-columns-repeated="1024"/>'
    rest = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    return ods_of(f'<table:table table:name="{sheet}"><table:table-column/>{body}{rest}</table:table>')


def _ods_cell(cell: str | Failed) -> str:
    if isinstance(cell, Failed):
        formula = (
            ' table:formula="of:=IF([.A1]&gt;0;1/0;&quot;>&quot;)"' if isinstance(cell, FormulaFailed) else ""
        )
        kind = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
        return f"<table:table-cell{formula} {kind}>{_NOTE}<text:p>{cell.shown}</text:p></table:table-cell>"
    text = f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
    return text if cell else "<table:table-cell/>"


def ods_of(tables: str) -> Callable[[Path], None]:
    """An ods of these tables."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    parts = {
        "mimetype": kind,
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{manifest}"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        "content.xml": f"<office:document-content {_SPACES}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>",
    }
    return lambda path: archive(path, parts)


def archive(path: Path, parts: dict[str, str | bytes]) -> None:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
