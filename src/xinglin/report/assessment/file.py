"""The blocks of a report written as a Word file; the same report gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm

from xinglin.report.assessment.blocks import Block, Cell, Heading, PageBreak, Paragraph, Picture, Run, Table
from xinglin.report.assessment.content import Report, TaskLine, report_of
from xinglin.report.assessment.fields import Bookmarks, add_contents, add_field, add_run
from xinglin.report.assessment.styles import TEXT_WIDTH, element, set_up
from xinglin.report.origin import Address, Origin
from xinglin.report.pictures import draw_png
from xinglin.standing.model import Standing

_LEFTOVERS = ("/thumbnail", "/stylesWithEffects")
_PROGRAM = (
    b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>Xinglin</Application></Properties>"
)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_PICTURE_LONGEST = 215  # mm: what a page holds below a caption


def render_assessment(
    standing: Standing, origin: Origin, address: Address | None = None, tasks: Sequence[TaskLine] = ()
) -> bytes:
    """The self-assessment report as a .docx file.

    Args:
        standing: what was found; origin: how it is made again.
        address: where a result opens on a site; without one, numbers link to the annex of the report.
        tasks: the tasks as whoever keeps them sees them; without them the section says what to fill in.

    Raises:
        MissingFontError: charts cannot be drawn for want of a Chinese font.
    """
    report = report_of(standing, origin, address, tasks)
    document = Document()
    _without_leftovers(document)
    set_up(document)
    _about(document, report, standing)
    _head_and_foot(document, report)
    writer = _Writer(document)
    writer.front(report)
    for block in report.blocks:
        writer.write(block)
    made = io.BytesIO()
    document.save(made)
    return _repacked(made.getvalue())


def _about(document: Any, report: Report, standing: Standing) -> None:
    day = datetime(standing.on.year, standing.on.month, standing.on.day, tzinfo=UTC)
    about = document.core_properties
    about.title, about.subject = report.title, report.subtitle.strip("（）")
    about.author = about.last_modified_by = "杏林"
    about.language, about.comments, about.keywords = "zh-CN", report.mark, ""
    about.created = about.modified = day
    about.revision = 1


def _head_and_foot(document: Any, report: Report) -> None:
    """Page numbers as in official documents: — 1 —, outside on odd and even pages."""
    section = document.sections[0]
    document.settings.odd_and_even_pages_header_footer = True
    for foot, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = foot.paragraphs[0]
        paragraph.style, paragraph.alignment = document.styles["Footer"], side
        paragraph.add_run("　— " if side == WD_ALIGN_PARAGRAPH.LEFT else "— ")
        add_field(paragraph, "PAGE", "1")
        paragraph.add_run(" —" if side == WD_ALIGN_PARAGRAPH.LEFT else " —　")
    for head in (section.header, section.even_page_header):
        head.paragraphs[0].style = document.styles["Header"]
        head.paragraphs[0].add_run("演示数据" if report.mark else "")


class _Writer:
    """Writes block after block; counts pictures and tables, whose captions are numbered."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._bookmarks = Bookmarks()
        self._tables = self._pictures = 0

    def front(self, report: Report) -> None:
        """Title, mark of made-up data, table of contents, a new page."""
        document = self._document
        document.add_paragraph(report.title, style="Title")
        document.add_paragraph(report.subtitle, style="Subtitle")
        if report.mark:
            document.add_paragraph(report.mark, style="演示标记")
        document.add_paragraph("目　录", style="目录标题")
        add_contents(document, [b for b in report.blocks if isinstance(b, Heading) and b.level <= 2])
        document.add_page_break()

    def write(self, block: Block) -> None:
        """Write one block."""
        match block:
            case Heading():
                paragraph = self._document.add_paragraph(block.text, style=f"Heading {block.level}")
                self._bookmarks.set(paragraph, block.name)
            case Paragraph():
                self._runs(self._document.add_paragraph(style=block.style), block.text)
            case PageBreak():
                self._document.add_page_break()
            case Picture():
                self._picture(block)
            case Table():
                self._table(block)

    def _runs(self, paragraph: Any, runs: Sequence[Run]) -> None:
        for run in runs:
            add_run(paragraph, run)

    def _picture(self, picture: Picture) -> None:
        self._pictures += 1
        png, ratio = draw_png(picture.spec)
        paragraph = self._document.add_paragraph(style="Caption")
        paragraph.paragraph_format.space_before = Mm(3)
        width = min(TEXT_WIDTH, _PICTURE_LONGEST / ratio)
        paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(width))
        said = next(paragraph._p.iter(qn("wp:docPr")))
        said.set("descr", picture.said)
        said.set("name", f"图{self._pictures}")
        caption = self._document.add_paragraph(f"图{self._pictures}　{picture.caption}", style="Caption")
        caption.paragraph_format.keep_with_next = False
        caption.paragraph_format.space_after = Mm(3)

    def _table(self, table: Table) -> None:
        self._tables += 1
        caption = self._document.add_paragraph(f"表{self._tables}　{table.caption}", style="Caption")
        caption.paragraph_format.space_before = caption.paragraph_format.space_after = Mm(1)
        made = self._document.add_table(rows=1, cols=len(table.columns), style="Table Grid")
        made.autofit = False
        _widths(made, table)
        _fill_heading(made, table)
        for row in table.rows:
            self._row(made.add_row(), row)
        after = self._document.add_paragraph(style="表格文字")
        after.paragraph_format.space_after = Mm(1)

    def _row(self, made: Any, row: Sequence[Cell]) -> None:
        made._tr.get_or_add_trPr().append(element("w:cantSplit"))
        for target, cell in zip(made.cells, row, strict=True):
            paragraph = target.paragraphs[0]
            paragraph.style = self._document.styles["表格文字"]
            self._runs(paragraph, cell.text)
            if cell.name:
                self._bookmarks.set(paragraph, cell.name)


def _widths(made: Any, table: Table) -> None:
    for column, (_, width) in zip(made.columns, table.columns, strict=True):
        column.width = Mm(width)


def _fill_heading(made: Any, table: Table) -> None:
    properties = made.rows[0]._tr.get_or_add_trPr()
    properties.append(element("w:cantSplit"))
    properties.append(element("w:tblHeader"))
    for cell, (heading, _) in zip(made.rows[0].cells, table.columns, strict=True):
        cell.paragraphs[0].style = made.part.document.styles["表格标题行"]
        cell.paragraphs[0].add_run(heading)
        cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill="EDEFF2"))


def _without_leftovers(document: Any) -> None:
    """Take the template's picture and its second copy of the styles out of the file."""
    for part in (document.part.package, document.part):
        for name in [name for name, link in part.rels.items() if link.reltype.endswith(_LEFTOVERS)]:
            part.rels.pop(name)
    for link in document.part.package.rels.values():
        if link.reltype.endswith("/extended-properties"):
            link.target_part._blob = _PROGRAM


def _repacked(content: bytes) -> bytes:
    """The file with every entry of the same date: same report, same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _ZIP_TIME), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
