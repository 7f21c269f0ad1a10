"""Technique catalogues: categories and the names in each, out of an annex table or lines “针刺类：毫针技术、…”."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xinglin.policy.reader.model import Place, ReadCatalogue, Source
from xinglin.policy.reader.nodes import Node
from xinglin.policy.reader.normalising import joined
from xinglin.policy.reader.sentences import masked
from xinglin.policy.reader.tables import Table

Category = tuple[str, tuple[str, ...]]

_NAMES = re.compile(r"技术名称|项目名称|适宜技术名称|技术目录")
_LINE = re.compile(
    r"(?:\d{1,2}[.、]|（[^）]+）|[一二三四五六七八九十]+、)?(?P<category>[^：，。]{2,12}类(?:技术)?)(?:（[^）]*）)?：(?P<names>.+)"
)


def is_catalogue(table: Table) -> bool:
    """Whether the headings are those of a list of techniques."""
    return any(_NAMES.search(cell.chars) for row in table.rows[: table.head] for cell in row)


def catalogues(root: Node, source: Source) -> tuple[ReadCatalogue, ...]:
    """Every catalogue of a document."""
    return tuple(found for node in root.walk() for found in _in_node(node, source))


def _in_node(node: Node, source: Source) -> Iterator[ReadCatalogue]:
    for table in node.tables:
        if is_catalogue(table):
            rows = _rows(table)
            text = joined(row[-1] for row in table.rows[table.head :])
            yield ReadCatalogue(text.quotation(source, Place(f"{node.path} 表", table.page)), rows)
    lines = [(text, match) for text in node.texts if (match := _LINE.fullmatch(text.chars.rstrip("。；")))]
    if len(lines) >= 3:
        categories = tuple((match["category"], _split(match["names"])) for _, match in lines)
        yield ReadCatalogue(joined(text for text, _ in lines).quotation(source, node.place), categories)


def _rows(table: Table) -> tuple[Category, ...]:
    """Category and names per row; a row without a category goes on with the one before it."""
    headings = [cell.chars for cell in table.rows[table.head - 1]]
    at = next(index for index, words in enumerate(headings) if _NAMES.search(words))
    kind = next((index for index, words in enumerate(headings) if index != at and "类" in words), None)
    found: dict[str, list[str]] = {}
    category = ""
    for row in table.rows[table.head :]:
        category = (row[kind].chars if kind is not None and kind < len(row) else "") or category
        found.setdefault(category, []).extend(_split(row[at].chars if at < len(row) else ""))
    return tuple((name, tuple(names)) for name, names in found.items())


def _split(text: str) -> tuple[str, ...]:
    """Names parted by 、, not inside brackets."""
    plain = masked(text.rstrip("。；"))
    cuts = [index for index, char in enumerate(plain) if char in "、；\n"]
    pieces = zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(plain)], strict=True)
    return tuple(name for start, end in pieces if (name := text[start:end].strip()))
