"""Broken cells of an xlsx or xlsm, out of the XML of its worksheets."""

from __future__ import annotations

import html
import re
import zipfile

from xinglin.facts.formulas.archive import attributes, read_part, related
from xinglin.facts.formulas.broken import Broken, Cells

MAIN = "xl/workbook.xml"

_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)<")
_FAILED = re.compile(
    rb"""<(?:\w+:)?c\b(?=[^>]*\st=["']e["'])([^>]*[^>/])>(.*?)</(?:\w+:)?c>""",
    re.DOTALL,
)
_UNCOMPUTED = re.compile(
    rb"""<(?:\w+:)?c\b(?![^>]*\st=["']str["'])([^>]*[^>/])>\s*"""
    rb"""<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>""",
)
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


def broken_cells(archive: zipfile.ZipFile) -> dict[str, Cells]:
    """Broken cells by worksheet name.

    Raises:
        KeyError: a worksheet or relation is not where it should be. ValueError: a broken cell has no place.
    """
    parts = related(archive, MAIN)
    tags = [attributes(tag) for tag in _SHEET.findall(read_part(archive, MAIN).decode("utf-8-sig"))]
    return {tag["name"]: _broken(read_part(archive, parts[tag["id"]])) for tag in tags}


def _broken(xml: bytes) -> Cells:
    uncomputed = {_position(m[1]): Broken("") for m in _UNCOMPUTED.finditer(xml)}
    failed = {_position(m[1]): _error(m[2]) for m in _FAILED.finditer(xml)}
    return {**uncomputed, **failed}


def _error(content: bytes) -> Broken:
    value = _VALUE.search(content)
    return Broken(html.unescape(value[1].decode()) if value else "")


def _position(tag: bytes) -> tuple[int, int]:
    """Row and column from 0 of a cell that says where it is. Raises ValueError."""
    found = _REFERENCE.fullmatch(attributes(tag.decode()).get("r", ""))
    if found is None:
        raise ValueError("a cell without a reference")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1
