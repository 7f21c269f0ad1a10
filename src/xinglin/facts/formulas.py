"""Cells of an xlsx whose formula failed (#REF!, #DIV/0!) or was never computed.

calamine hands both over as empty cells, which would turn a broken number into "no number". So the worksheet's
own XML is searched for them.
"""

from __future__ import annotations

import html
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

_SHEET = re.compile(rb'<sheet\b[^>]*?\bname="([^"]*)"[^>]*?\br:id="([^"]*)"')
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb'\b(Id|Target)="([^"]*)"')
_FAILED = re.compile(
    rb'<c r="([A-Z]+)(\d+)"[^>]*?\bt="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]*)</v>'
)
_UNCOMPUTED = re.compile(
    rb'<c r="([A-Z]+)(\d+)"(?![^>]*t="str")[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>'
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell without a usable value: the error as shown, or "" for a formula that was never computed."""

    shown: str


Cells = dict[tuple[int, int], Broken]


def broken_cells(path: Path) -> dict[str, Cells]:
    """Broken cells by worksheet name and (row, column) from 0; nothing for a file that is no zip archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: _broken(archive.read(part)) for name, part in _parts(archive).items()}
    except (zipfile.BadZipFile, KeyError):
        return {}


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Worksheet name → path of its XML."""
    relations = {}
    for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        found = {key.decode(): value.decode() for key, value in _ATTRIBUTE.findall(tag)}
        target = found["Target"]
        relations[found["Id"]] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
    parts = {html.unescape(name.decode()): relations.get(key.decode(), "") for name, key in sheets}
    return {name: part for name, part in parts.items() if part.startswith("xl/worksheets/")}


def _broken(xml: bytes) -> Cells:
    if b't="e"' not in xml and b"<f" not in xml:
        return {}
    failed = {_position(m[1], m[2]): Broken(html.unescape(m[3].decode())) for m in _FAILED.finditer(xml)}
    uncomputed = {_position(m[1], m[2]): Broken("") for m in _UNCOMPUTED.finditer(xml)}
    return {**uncomputed, **failed}


def _position(column: bytes, row: bytes) -> tuple[int, int]:
    number = 0
    for letter in column:
        number = number * 26 + letter - ord("A") + 1
    return int(row) - 1, number - 1
