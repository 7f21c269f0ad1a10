"""Web pages: the document out of the page around it; tables with their spans; nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree, html

from xinglin.policy.reader.formats.refused import MOST_CELLS, MOST_CHARACTERS, too_large
from xinglin.policy.reader.formats.tables import MOST_DEEP, Cell, spread
from xinglin.policy.reader.formats.text import decoded
from xinglin.policy.reader.model import Block, Source

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([a-zA-Z0-9_-]{2,20})""", re.IGNORECASE)
_GB = ("gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80")
_DROPPED = {
    "script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "svg", "math", "head", "nav",
    "button", "select", "option", "input", "textarea", "audio", "video", "canvas", "map", "footer",
}  # fmt: skip
_SILENT = {"script", "style", "noscript", "template"}
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "label", "mark", "o:p", "p:p", "q", "rb", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr", "st1:chsdate", "img",
}  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f\xa0\u3000]+")
_SENTENCE = re.compile(r"[。；;]")
_MAIN_SHARE = 0.9
_FRAME = 30
"""Paragraphs a frame around text (专栏) may hold; a table of one column that holds more is the page itself."""
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def read_html(name: str, content: bytes) -> Source:
    """The blocks of the document in a web page. Raises RefusedError: too large, or bytes of no known encoding."""
    root = _root(_text(name, content))
    if root is None:
        return Source(name, ())
    body = root.find("body")
    page = _Page(name)
    top = root if body is None else body
    counted = _counted(top)
    main = _main(top, counted)
    if main is not top:
        page.heading_before(top, main)
    page.read(main)
    page.close()
    left = counted[top] - counted[main]
    problems = (f"网页里正文以外的文字没有读（约 {left} 句）",) if left else ()
    return Source(name, tuple(page.blocks), problems)


def _text(name: str, content: bytes) -> str:
    """The page as text: a mark or the bytes themselves decide, a declared GB encoding breaks the tie."""
    declared = _CHARSET.search(content[:4096])
    if declared and declared.group(1).lower().decode() in _GB:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError:
            pass  # many pages say gb2312 and are UTF-8
    return decoded(name, content)


def _root(text: str) -> html.HtmlElement | None:
    # Encoded again because lxml refuses text that declares an encoding of its own.
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but blanks and comments
        return None


def _main(top: html.HtmlElement, counted: Mapping[html.HtmlElement, int]) -> html.HtmlElement:
    """The innermost element that holds nearly all sentences: what is outside is menus."""
    wanted = _MAIN_SHARE * counted[top]
    found = top
    while wanted:
        inner = [child for child in found if _is_box(child) and counted[child] >= wanted]
        if not inner:
            break
        found = inner[0]
    return found


def _counted(top: html.HtmlElement) -> dict[html.HtmlElement, int]:
    """Sentences inside each element."""
    elements = list(top.iter())
    counted = {one: 0 if one.tag in _SILENT else _ends(one.text) for one in elements}
    for element in reversed(elements):
        around = element.getparent()
        if around is not None and around in counted:
            counted[around] += counted[element] + _ends(element.tail)
    return counted


def _ends(text: str | None) -> int:
    return len(_SENTENCE.findall(text)) if text else 0


def _is_box(element: html.HtmlElement) -> bool:
    return isinstance(element.tag, str) and element.tag in (
        "div",
        "article",
        "main",
        "section",
        "center",
        "form",
    )


@dataclass
class _Page:
    name: str
    blocks: list[Block] = field(default_factory=list)
    _line: list[str] = field(default_factory=list)
    _level: int | None = None
    _characters: int = 0
    _cells: int = 0

    def heading_before(self, top: html.HtmlElement, main: html.HtmlElement) -> None:
        """The title of a page often stands above the box that holds the text."""
        if any(True for _ in main.iter("h1")):
            return
        for heading in top.iter("h1"):
            text = _plain(heading.text_content())
            if text:
                self._add(Block("heading", text, level=1))
                return

    def read(self, element: html.HtmlElement, depth: int = 0) -> None:
        """Append what stands in an element; words between blocks are gathered to lines."""
        self._line.append(element.text or "")
        for child in element:
            self._child(child, depth)
            self._line.append(child.tail or "")

    def _child(self, child: html.HtmlElement, depth: int) -> None:
        tag = child.tag if isinstance(child.tag, str) else ""
        if (
            not tag
            or tag in _DROPPED
            or _HIDDEN.search(child.get("style") or "")
            or child.get("hidden") is not None
        ):
            return
        if tag == "br":
            self.close()
        elif tag == "table":
            self.close()
            self._table(child, depth)
        elif tag in _INLINE or ":" in tag:
            self.read(child, depth)
        else:
            self.close()
            self._level = _HEADINGS.get(tag)
            if tag == "li":
                self._line.append(_number(child))
            self.read(child, depth)
            self.close()
            self._level = None

    def close(self) -> None:
        """End the line."""
        text, self._line = _plain("".join(self._line)), []
        if text:
            self._add(Block("heading" if self._level else "paragraph", text, level=self._level))

    def _add(self, block: Block) -> None:
        self._characters += len(block.text) + sum(len(cell) for row in block.rows for cell in row)
        if self._characters > MOST_CHARACTERS:
            raise too_large(self.name, self._characters, MOST_CHARACTERS, "文字")
        self.blocks.append(block)

    def _table(self, table: html.HtmlElement, depth: int) -> None:
        rows = [list(_cells(row)) for row in _rows(table)]
        if depth < MOST_DEEP and _only_lays_out(rows):
            for cell in (cell for row in rows for cell in row):
                self.read(cell, depth + 1)
                self.close()
            return
        self._cells += sum(map(len, rows))
        if self._cells > MOST_CELLS:
            raise too_large(self.name, self._cells, MOST_CELLS, "表格单元格")
        spread_rows = spread([[_cell(cell) for cell in row] for row in rows])
        if spread_rows:
            self._add(Block("table", rows=spread_rows))


def _rows(table: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _cells(row: html.HtmlElement) -> Iterator[html.HtmlElement]:
    return (cell for cell in row if cell.tag in ("td", "th"))


def _only_lays_out(rows: list[list[html.HtmlElement]]) -> bool:
    """Whether a table arranges a page: tables inside its cells, or one column with all the text."""
    if (
        all(len(row) <= 1 for row in rows)
        and sum(map(_paragraphs, (cell for row in rows for cell in row))) > _FRAME
    ):
        return True
    return any(cell.find(".//table") is not None for row in rows for cell in row)


def _paragraphs(cell: html.HtmlElement) -> int:
    return sum(1 for _ in cell.iter("p", "br"))


def _cell(cell: html.HtmlElement) -> Cell:
    inner = _Page("")
    inner.read(cell, MOST_DEEP)
    inner.close()
    lines = [block.text for block in inner.blocks if block.text]
    return Cell("\n".join(lines), _span(cell, "colspan"), height=_span(cell, "rowspan"))


def _span(cell: html.HtmlElement, name: str) -> int:
    text = (cell.get(name) or "").strip()
    return min(max(int(text), 1), 1000) if text.isascii() and text.isdigit() else 1


def _number(item: html.HtmlElement) -> str:
    """The number a browser prints before an item of a numbered list."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    items = [one for one in parent if one.tag == "li"]
    start = (parent.get("start") or "1").strip()
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1
    return f"{first + items.index(item)}."


def _plain(text: str) -> str:
    """Without line feeds of the source: a browser shows them as one blank, and as none between Chinese signs."""
    joined = _BLANKS.sub(_blank, text)
    return joined.strip()


def _blank(found: re.Match[str]) -> str:
    if "\n" not in found.group() and "\r" not in found.group():
        return found.group()
    before, after = (
        found.string[found.start() - 1 : found.start()],
        found.string[found.end() : found.end() + 1],
    )
    return "" if not (before.isascii() and after.isascii()) else " "
