"""Pieces of Word that python-docx has no words for: links, bookmarks, page numbers, the table of contents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm

from xinglin.report.assessment.blocks import Heading, Run
from xinglin.report.assessment.styles import TEXT_WIDTH, element
from xinglin.report.words import printable


class Bookmarks:
    """Numbers bookmarks, which need an id of their own each."""

    def __init__(self) -> None:
        self._last = 0

    def set(self, paragraph: Any, name: str) -> None:
        """Put a bookmark round a paragraph's text."""
        self._last += 1
        start = element("w:bookmarkStart", id=str(self._last), name=name)
        properties = paragraph._p.pPr
        paragraph._p.insert(0 if properties is None else 1, start)
        paragraph._p.append(element("w:bookmarkEnd", id=str(self._last)))


def add_run(paragraph: Any, run: Run) -> None:
    """Add text to a paragraph, as a link where it has one."""
    text = printable(run.text)
    if not run.to:
        paragraph.add_run(text)
        return
    link = element("w:hyperlink", history="1")
    if run.to.startswith("#"):
        link.set(qn("w:anchor"), run.to[1:])
    else:
        link.set(qn("r:id"), paragraph.part.relate_to(run.to, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    made = paragraph.add_run(text, style="Hyperlink")
    link.append(made._r)
    paragraph._p.append(link)


def add_field(paragraph: Any, instruction: str, shown: str) -> None:
    """Add a simple field, such as the page number, with what it shows until it is updated."""
    field = element("w:fldSimple", instr=instruction)
    paragraph._p.append(field)
    field.append(paragraph.add_run(shown)._r)


def add_contents(document: Any, headings: Sequence[Heading]) -> None:
    """A table of contents: filled in with its entries, and marked so that Word fetches the page numbers itself."""
    last = len(headings) - 1
    for rank, heading in enumerate(headings):
        paragraph = document.add_paragraph(style=f"toc {heading.level}")
        if heading.level == 2:
            paragraph.paragraph_format.left_indent = Mm(10)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH), *_dotted())
        if rank == 0:
            _begin(paragraph, ' TOC \\o "1-2" \\h \\z \\u ')
        _entry(paragraph, heading)
        if rank == last:
            paragraph.add_run()._r.append(element("w:fldChar", fldCharType="end"))


def _dotted() -> tuple[Any, Any]:
    from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER

    return WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS


def _entry(paragraph: Any, heading: Heading) -> None:
    link = element("w:hyperlink", anchor=heading.name, history="1")
    before = len(paragraph._p)
    paragraph.add_run(heading.text)
    paragraph.add_run().add_tab()
    _begin(paragraph, f" PAGEREF {heading.name} \\h ")
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="end"))
    for run in list(paragraph._p)[before:]:
        link.append(run)
    paragraph._p.append(link)


def _begin(paragraph: Any, instruction: str) -> None:
    """The start of a field whose result may take several paragraphs; ``dirty`` asks to have it made afresh."""
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="begin", dirty="true"))
    text = element("w:instrText")
    text.text = instruction
    text.set(qn("xml:space"), "preserve")
    paragraph.add_run()._r.append(text)
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="separate"))
