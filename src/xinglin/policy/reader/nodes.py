"""One clause of a plan while its tree is built, and the heading its first line prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from xinglin.policy.reader.model import Place
from xinglin.policy.reader.normalising import Text, joined
from xinglin.policy.reader.tables import Table


@dataclass(slots=True)
class Node:
    """One clause while the tree is built; ``texts`` are its own paragraphs, its heading line included."""

    kind: str
    path: str
    heading: str = ""
    texts: list[Text] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None
    page: int | None = None
    number: int = 0

    def walk(self) -> Iterator[Node]:
        """This node and all inside it, in printed order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def above(self) -> Iterator[Node]:
        """This node, then those around it, innermost first."""
        node: Node | None = self
        while node:
            yield node
            node = node.parent

    @property
    def place(self) -> Place:
        """Its place."""
        return Place(self.path, self.page)

    def whole(self) -> Text:
        """All its own words, marker and heading included."""
        return joined(self.texts)


_SHORT_PAIR = re.compile(r"[^，。；：]{2,12}(?:，[^，。；：]{2,12}){1,3}")


def heading_of(text: str, marker: int) -> str:
    """The heading behind a marker, empty when none is printed: a short first sentence, or a line without a stop."""
    end = text.find("。", marker)
    first = text[marker:end] if end >= 0 else text[marker:]
    if end < 0:
        alone = len(first) <= 45 and not re.search(r"[；：]|\d+%", first)
        return first.strip("—-") if alone else ""
    short = not re.search(r"[，；：]", first) or _SHORT_PAIR.fullmatch(first)
    return first if end + 1 < len(text) and len(first) <= 40 and short else ""
