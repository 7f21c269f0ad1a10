"""Rows and columns that a spreadsheet program does not show, filtered ones among them: read all the same, and told."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from xinglin.facts.formulas.archive import attributes, read_part, related
from xinglin.facts.formulas.xlsx import MAIN
from xinglin.facts.readers import letters

_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*\shidden=[\"'](?:1|true)[\"'][^>]*>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*\shidden=[\"'](?:1|true)[\"'][^>]*>")


@dataclass(frozen=True)
class Hidden:
    """Numbers of rows as the screen shows them, and letters of columns; of neither more than are told."""

    rows: tuple[int, ...] = ()
    row_count: int = 0
    columns: tuple[str, ...] = ()


def hidden_parts(content: bytes) -> Mapping[str, Hidden]:
    """What is hidden in a workbook, by worksheet; nothing when its parts do not stand where they should."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = related(archive, MAIN)
            tags = [attributes(tag) for tag in _SHEET.findall(read_part(archive, MAIN).decode("utf-8-sig"))]
            found = {tag["name"]: _in_sheet(read_part(archive, parts[tag["id"]])) for tag in tags}
    except (KeyError, ValueError):
        return {}
    return {name: hidden for name, hidden in found.items() if hidden.row_count or hidden.columns}


def _in_sheet(xml: bytes) -> Hidden:
    if b" hidden=" not in xml:
        return Hidden()
    rows = [int(attributes(tag.decode()).get("r", 0)) for tag in _ROW.findall(xml)]
    spans = [attributes(tag.decode()) for tag in _COLUMN.findall(xml)]
    firsts = [letters(int(span["min"]) - 1) for span in spans if "min" in span]
    return Hidden(tuple(rows[:5]), len(rows), tuple(firsts[:5]))
