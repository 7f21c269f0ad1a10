"""The body of a Word document as blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from xinglin.policy.reader.formats.refused import MOST_CELLS, MOST_CHARACTERS, too_large
from xinglin.policy.reader.formats.tables import MOST_DEEP, Cell, spread
from xinglin.policy.reader.formats.word.names import MC, value_of, w
from xinglin.policy.reader.formats.word.numbering import Numbering
from xinglin.policy.reader.formats.word.paragraphs import Words, words_of
from xinglin.policy.reader.formats.word.styles import Styles, list_of, outline
from xinglin.policy.reader.model import Block

_GONE = (w("del"), w("moveFrom"))
_TRANSPARENT = {
    w(name) for name in ("sdt", "sdtContent", "smartTag", "customXml", "ins", "moveTo", "body", "txbxContent")
}


@dataclass
class Body:
    """A document on its way to blocks.

    Attributes:
        blocks: so far. problems: what could not be read, in Chinese.
    """

    name: str
    styles: Styles
    numbering: Numbering
    blocks: list[Block] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    pages: int = 1
    paged: bool = False
    _held: list[Words] = field(default_factory=list)
    _cells: int = 0
    _characters: int = 0

    def read(self, element: etree._Element) -> None:
        """Append what stands in an element, in printed order."""
        for child in _parts(element):
            if child.tag == w("p"):
                self._paragraph(child)
            elif child.tag == w("tbl"):
                self._table(child)
            else:
                self._say("文档里嵌有另一份文件的内容，没有读，请另存为 .docx 后再读")

    def read_notes(self, footnotes: etree._Element | None, endnotes: etree._Element | None) -> None:
        """Append the foot- and endnotes that the text refers to, in the order of reference, numbered as printed."""
        for kind, part in (("footnote", footnotes), ("endnote", endnotes)):
            named = {} if part is None else {one.get(w("id")): one for one in part.iter(w(kind))}
            wanted = dict.fromkeys(name for known, name in self.notes if known == kind)
            for number, name in enumerate((name for name in wanted if name in named), 1):
                text = "".join(self._lines(named[name])).strip()
                if text:
                    self._add(Block("paragraph", text, numbering=f"注{number}"))

    def _say(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _add(self, block: Block) -> None:
        self._characters += len(block.text) + sum(len(cell) for row in block.rows for cell in row)
        if self._characters > MOST_CHARACTERS:
            raise too_large(self.name, self._characters, MOST_CHARACTERS, "文字")
        self.blocks.append(block)

    def _paragraph(self, paragraph: etree._Element) -> None:
        words = words_of(paragraph)
        properties = paragraph.find(w("pPr"))
        self._held.append(words)
        if _mark_deleted(properties):
            return  # its end was deleted: it runs on into the next
        held, self._held = self._held, []
        text = "".join(one.text for one in held)
        page = self._turn(held)
        self.notes += [note for one in held for note in one.notes]
        if text.strip():
            self._lines_of(text, page, self._level(properties), self._number(properties))
        for box in (box for one in held for box in one.boxes):
            self.read(box)

    def _lines_of(self, text: str, page: int | None, level: int | None, number: str) -> None:
        """One block for each line: a line that was broken by hand is read as lines of a text file are."""
        for line in text.split("\n"):
            if line.strip():
                self._add(Block("heading" if level else "paragraph", line, (), page, None, level, number))
                number = ""

    def _turn(self, held: list[Words]) -> int | None:
        """Count the page breaks of a paragraph; the page its first word stands on, where Word left that behind."""
        at = self.pages + sum(one.opens for one in held[:1])
        self.pages += sum(one.breaks for one in held)
        self.paged = self.paged or self.pages > 1
        return at if self.paged else None

    def _level(self, properties: etree._Element | None) -> int | None:
        if properties is None:
            return None
        return outline(properties) or self.styles.level(value_of(properties, "pStyle"))

    def _number(self, properties: etree._Element | None) -> str:
        if properties is None:
            return ""
        number_id, level = list_of(properties)
        style = value_of(properties, "pStyle")
        for name, known in self.styles.chain(style):
            if number_id:
                break
            number_id = known.number_id
            level = level or known.number_level
            if number_id and not level:
                level = str(self.numbering.of_style(name, number_id))
        return self.numbering.next(number_id, int(level) if level.isdecimal() else 0)

    def _table(self, table: etree._Element) -> None:
        page = self.pages if self.paged else None
        rows = [self._row(row) for row in _rows(table) if not _row_deleted(row)]
        self._cells += sum(len(row) for row in rows)
        if self._cells > MOST_CELLS:
            raise too_large(self.name, self._cells, MOST_CELLS, "表格单元格")
        spread_rows = spread(rows)
        if spread_rows:
            self._add(Block("table", rows=spread_rows, page=page))

    def _row(self, row: etree._Element) -> list[Cell]:
        properties = row.find(w("trPr"))
        before = _count(properties, "gridBefore", 0)
        cells = [Cell(width=before)] if before else []
        return cells + [self._cell(cell) for cell in _cells(row)]

    def _cell(self, cell: etree._Element) -> Cell:
        properties = cell.find(w("tcPr"))
        merged = None if properties is None else properties.find(w("vMerge"))
        goes_on = merged is not None and merged.get(w("val"), "continue") == "continue"
        text = "\n".join(self._lines(cell)).strip()
        return Cell("" if goes_on else text, _count(properties, "gridSpan", 1), goes_on)

    def _lines(self, element: etree._Element, depth: int = 0) -> Iterator[str]:
        """Lines of a cell or note, automatic numbers in front; a table inside gives its cells one by one."""
        if depth > MOST_DEEP:
            return
        for child in _parts(element):
            if child.tag == w("p"):
                words = words_of(child)
                self._turn([words])
                self.notes += words.notes
                line = self._number(child.find(w("pPr"))) + words.text.strip()
                if line:
                    yield line
                for box in words.boxes:
                    yield from self._lines(box, depth + 1)
            elif child.tag == w("tbl"):
                for row in _rows(child):
                    for cell in _cells(row):
                        yield from self._lines(cell, depth + 1)


def _parts(element: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs, tables and foreign parts, whatever wraps them."""
    for child in element:
        if child.tag in (w("p"), w("tbl"), w("altChunk")):
            yield child
        elif child.tag == f"{MC}AlternateContent":
            chosen = child.find(f"{MC}Choice")
            yield from _parts(chosen if chosen is not None else child)
        elif child.tag in _TRANSPARENT:
            yield from _parts(child)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    return _inside(table, "tr")


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    return _inside(row, "tc")


def _inside(element: etree._Element, name: str) -> Iterator[etree._Element]:
    for child in element:
        if child.tag == w(name):
            yield child
        elif child.tag in _TRANSPARENT:
            yield from _inside(child, name)


def _row_deleted(row: etree._Element) -> bool:
    properties = row.find(w("trPr"))
    return properties is not None and properties.find(w("del")) is not None


def _mark_deleted(properties: etree._Element | None) -> bool:
    marks = None if properties is None else properties.find(w("rPr"))
    return marks is not None and any(marks.find(gone) is not None for gone in _GONE)


def _count(properties: etree._Element | None, name: str, otherwise: int) -> int:
    text = "" if properties is None else value_of(properties, name)
    return min(int(text), 100) if text.isdecimal() else otherwise
