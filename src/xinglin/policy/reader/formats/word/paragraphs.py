"""The words of a Word paragraph as they would be printed with every tracked change accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from xinglin.policy.reader.formats.word.names import MC, is_on, w

_SKIPPED = {
    w(name) for name in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "rt", "commentReference")
}
_SIGNS = {w("tab"): "\t", w("noBreakHyphen"): "-", w("cr"): "\n", w("ptab"): "\t"}
_TEXT_BOX = w("txbxContent")
_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_SYMBOLS = {0xA3: "≤", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB8: "÷", 0xBB: "≈", 0x25: "%", 0xB7: "·"}
"""Signs of the font Symbol that stand beside numbers, by their code there (Word adds 0xF000)."""


@dataclass
class Words:
    """What a paragraph holds.

    Attributes:
        text: its words. boxes: the text boxes anchored in it. notes: ids of its foot- and endnotes, as (kind, id).
        breaks: page breaks inside it. opens: one stood before the first word.
    """

    text: str = ""
    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    breaks: int = 0
    opens: int = 0

    def turn(self) -> None:
        """A page ends here."""
        self.breaks += 1
        if not self.text.strip():
            self.opens += 1


def words_of(paragraph: etree._Element) -> Words:
    """The words of a paragraph."""
    words, pieces = Words(), list(_walk(paragraph))
    said: list[str] = []
    for element in pieces:
        if element.tag in (w("t"), _FORMULA):
            said.append(element.text or "")
        elif element.tag == w("sym"):
            said.append(_symbol(element))
        elif element.tag in _SIGNS:
            said.append(_SIGNS[element.tag])
        elif element.tag == _TEXT_BOX:
            words.boxes.append(element)
        elif element.tag in (w("footnoteReference"), w("endnoteReference")):
            kind = "footnote" if element.tag == w("footnoteReference") else "endnote"
            words.notes.append((kind, element.get(w("id"), "")))
        elif element.tag == w("lastRenderedPageBreak") or _is_page_break(element):
            words.text = "".join(said)
            words.turn()
        elif element.tag == w("br"):
            said.append("\n")
    words.text = "".join(said)
    return words


def _symbol(element: etree._Element) -> str:
    """A sign named by font and code; empty when it is an ornament."""
    if element.get(w("font"), "").lower() != "symbol":
        return ""
    try:
        return _SYMBOLS.get(int(element.get(w("char"), "0"), 16) & 0xFF, "")
    except ValueError:
        return ""


def _is_page_break(element: etree._Element) -> bool:
    return bool(element.tag == w("br") and element.get(w("type")) in ("page", "column"))


def _walk(element: etree._Element) -> Iterator[etree._Element]:
    """What is printed, in order; a text box is given whole, of two renderings only the newer."""
    for child in element:
        tag = child.tag
        if tag in _SKIPPED or not isinstance(tag, str):
            continue
        if tag == w("r") and is_on(child.find(w("rPr")), "vanish"):
            continue
        if tag == f"{MC}AlternateContent":
            chosen = child.find(f"{MC}Choice")
            yield from _walk(chosen if chosen is not None else child)
        elif tag == _TEXT_BOX:
            yield child
        else:
            yield child
            yield from _walk(child)
