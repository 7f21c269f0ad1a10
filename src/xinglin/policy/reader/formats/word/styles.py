"""What paragraph styles say: which are headings, and which count by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from xinglin.policy.reader.formats.word.names import value_of, w

_HEADING = re.compile(r"^(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_TITLES = ("title", "标题")
_DEEPEST = 9


@dataclass(frozen=True)
class Style:
    """A paragraph style: the one it builds on, its depth as a heading, and its list."""

    based_on: str = ""
    level: int | None = None
    number_id: str = ""
    number_level: str = ""


@dataclass(frozen=True)
class Styles:
    """All paragraph styles by id."""

    known: Mapping[str, Style] = field(default_factory=dict)

    def chain(self, name: str) -> Iterator[tuple[str, Style]]:
        """A style and those it builds on, each once."""
        seen: set[str] = set()
        while name in self.known and name not in seen:
            seen.add(name)
            yield name, self.known[name]
            name = self.known[name].based_on

    def level(self, name: str) -> int | None:
        """Depth of a heading style from 1; None for text."""
        return next((style.level for _, style in self.chain(name) if style.level), None)


def read_styles(root: etree._Element | None) -> Styles:
    """The styles that a styles part declares."""
    if root is None:
        return Styles()
    elements = (one for one in root.iter(w("style")) if one.get(w("type"), "paragraph") == "paragraph")
    return Styles({str(one.get(w("styleId"))): _style(one) for one in elements})


def _style(element: etree._Element) -> Style:
    properties = element.find(w("pPr"))
    number_id, number_level = ("", "") if properties is None else list_of(properties)
    return Style(value_of(element, "basedOn"), _depth(element, properties), number_id, number_level)


def _depth(element: etree._Element, properties: etree._Element | None) -> int | None:
    name = value_of(element, "name").strip()
    found = _HEADING.match(name)
    if found:
        return int(found.group(1))
    if name.lower() in _TITLES:
        return 1
    return None if properties is None else outline(properties)


def outline(properties: etree._Element) -> int | None:
    """Depth of a heading from its outline level; None for text."""
    level = value_of(properties, "outlineLvl")
    return int(level) + 1 if re.fullmatch(r"\d", level) and int(level) < _DEEPEST else None


def list_of(properties: etree._Element) -> tuple[str, str]:
    """List and level a paragraph (or style) counts in; empty for none."""
    numbered = properties.find(w("numPr"))
    return ("", "") if numbered is None else (value_of(numbered, "numId"), value_of(numbered, "ilvl"))
