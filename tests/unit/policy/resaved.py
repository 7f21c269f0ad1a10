"""The transcribed plans saved again as Word, PDF and web page, as the office that issued them would have.

Headings, automatic numbers, frames (专栏) and real tables with merged cells come back; no file of these is committed.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_HEADINGS = re.compile(r"#+\s+")
_MARKS = re.compile(r"\*\*|\[bookmark:[^\]]*\]")
_SECTION_END = re.compile(r"（[一二三四五六七八九十]+）|\d+[.．]|备注|[一二三四五六七八九十]+、")
_COUNTED = re.compile(r"([一二三四五六七八九十]+)、|（([一二三四五六七八九十]+)）|(\d+)\.(?!\d)")
_CHINESE = "一二三四五六七八九十"


@dataclass(frozen=True)
class Element:
    """A piece of a plan: ``heading``, ``paragraph``, ``frame`` (rows of one cell) or ``table``."""

    kind: str
    text: str = ""
    level: int = 0
    rows: list[list[str]] = field(default_factory=list)


def elements(text: str) -> list[Element]:
    """A transcription as the pieces it was transcribed from."""
    return list(_elements([_MARKS.sub("", line.rstrip(" ")) for line in text.split("\n")]))


def _elements(lines: list[str]) -> Iterator[Element]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.strip() == "序号" and "\t" in line:
            rows, at = _cell_a_line(lines, at)
            yield Element("table", rows=rows)
        elif "\t" in line.strip() and not line.startswith("专栏"):
            end = next(i for i in range(at, len(lines) + 1) if i == len(lines) or "\t" not in lines[i])
            yield Element("table", rows=[one.split("\t") for one in lines[at:end]])
            at = end
        elif "\t" in line[:2]:
            framed, at = _frame(lines, at)
            yield Element("frame", rows=[[one] for one in framed])
        else:
            if line.strip():
                mark = _HEADINGS.match(line)
                yield Element(
                    "heading" if mark else "paragraph", line[mark.end() if mark else 0 :].strip(), 1
                )
            at += 1


def _cell_a_line(lines: list[str], at: int) -> tuple[list[list[str]], int]:
    rows: list[list[str]] = [[]]
    while at < len(lines) and not lines[at].startswith("备注"):
        line = lines[at]
        if re.fullmatch(r"\t\d+", line):
            rows.append([line.strip()])
        elif line.startswith("\t"):
            rows[-1].append(line.strip())
        elif line.strip():
            rows[-1][-1] += line.strip()
        at += 1
    return rows, at


def _frame(lines: list[str], at: int) -> tuple[list[str], int]:
    framed = []
    while at < len(lines) and lines[at : at + 2] != ["", ""] and not _SECTION_END.match(lines[at]):
        if lines[at].strip():
            framed.append(lines[at].strip())
        at += 1
    return framed, at


# Word


def docx(pieces: list[Element]) -> bytes:
    """A Word document: styles for headings, automatic numbers, frames as tables of one cell, merged class cells."""
    lists = _Lists()
    body = "".join(_word(piece, lists) for piece in pieces)
    return word_file(body, lists.xml(), _STYLES)


def word_file(body: str, numbering: str = "", styles: str = "", **parts: str) -> bytes:
    """A docx of some WordprocessingML; further parts by name (``footnotes="<w:footnote …>"``)."""
    named = {"numbering": numbering, "styles": styles, **parts}
    kept = {name: xml for name, xml in named.items() if xml}
    relations = "".join(
        f'<Relationship Id="r{name}" Type="{_OFFICE}/{name}" Target="{name}.xml"/>' for name in kept
    )
    main = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS.format(main),
        "word/_rels/document.xml.rels": _RELATIONS.format(relations),
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        **{f"word/{name}.xml": f"<w:{name} {_W}>{xml}</w:{name}>" for name, xml in kept.items()},
    }
    return zipped(files)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


_STYLES = (
    '<w:style w:type="paragraph" w:styleId="h"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="h2"><w:basedOn w:val="h"/></w:style>'
)


class _Lists:
    """Numbers counted by Word: a list for each run of numbers that begins at one, in the form it is printed."""

    def __init__(self) -> None:
        self.used: list[int] = []
        self.last: dict[int, int] = {}
        self.current: dict[int, int] = {}

    def take(self, text: str) -> tuple[str, str]:
        """Paragraph properties and the rest of the text when Word would count this number, else the text."""
        found = _COUNTED.match(text)
        if not found:
            return "", text
        form = next(at for at in range(3) if found.group(at + 1))
        said = found.group(form + 1)
        number = int(said) if said.isdigit() else _CHINESE.find(said) + 1
        if number != 1 and number != self.last.get(form, 0) + 1:
            return "", text
        if number == 1:
            self.used.append(form)
            self.current[form] = len(self.used)
        self.last[form] = number
        name = self.current[form]
        return f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{name}"/></w:numPr>', text[found.end() :]

    def xml(self) -> str:
        """The lists as a numbering part."""
        forms = (("chineseCounting", "%1、"), ("chineseCounting", "（%1）"), ("decimal", "%1."))
        level = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
        declared = "".join(
            f'<w:abstractNum w:abstractNumId="{at}">{level.format(*form)}</w:abstractNum>'
            for at, form in enumerate(forms)
        )
        start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
        return declared + "".join(
            f'<w:num w:numId="{name}"><w:abstractNumId w:val="{form}"/>{start}</w:num>'
            for name, form in enumerate(self.used, 1)
        )


def _word(piece: Element, lists: _Lists) -> str:
    if piece.kind in ("table", "frame"):
        rows = "".join(_word_row(piece.rows, at) for at in range(len(piece.rows)))
        if piece.kind == "frame":
            rows = f"<w:tr><w:tc>{''.join(paragraph(row[0]) for row in piece.rows)}</w:tc></w:tr>"
        return f"<w:tbl>{rows}</w:tbl>"
    number, text = lists.take(piece.text)
    style = '<w:pStyle w:val="h2"/>' if piece.kind == "heading" else ""
    return paragraph(text, style + number)


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph in two runs, as Word leaves them behind."""
    half = len(text) // 2
    runs = "".join(
        f'<w:r><w:t xml:space="preserve">{escape(part)}</w:t></w:r>' for part in (text[:half], text[half:])
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def _word_row(rows: list[list[str]], at: int) -> str:
    cells = ""
    for column, text in enumerate(rows[at]):
        below = at + 1 < len(rows) and column == 1 and not rows[at + 1][column]
        merged = "<w:vMerge/>" if at and column == 1 and not text else ""
        first = '<w:vMerge w:val="restart"/>' if below and not merged else ""
        cells += f"<w:tc><w:tcPr>{merged or first}</w:tcPr>{paragraph(text)}</w:tc>"
    return f"<w:tr>{cells}</w:tr>"


# The web


def web(pieces: list[Element]) -> bytes:
    """A page of a government's site: menus around the text, tables with spans, everything in one box."""
    body = "\n".join(_tag(piece) for piece in pieces)
    page = f"""<!DOCTYPE html><html><head><meta charset="gb2312"><title>门户</title><script>var a = "b";</script></head>
<body><div class="menu"><ul><li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li></ul></div>
<div id="content"><div class="text">{body}</div></div><div class="foot">版权所有 备案号 1234 号</div></body></html>"""
    return page.encode("gb18030")


def _tag(piece: Element) -> str:
    if piece.kind == "frame":
        inside = "".join(f"<p>{html.escape(row[0])}</p>" for row in piece.rows)
        return f'<table border="1"><tr><td>{inside}</td></tr></table>'
    if piece.kind == "table":
        return f"<table><tbody>{''.join(_tag_row(piece.rows, at) for at in range(len(piece.rows)))}</tbody></table>"
    name = "h2" if piece.kind == "heading" else "p"
    return f"<{name}>&emsp;<span>{html.escape(piece.text)}</span></{name}>"


def _tag_row(rows: list[list[str]], at: int) -> str:
    cells = ""
    for column, text in enumerate(rows[at]):
        if at and column == 1 and not text:
            continue
        span = 1
        while column == 1 and at + span < len(rows) and not rows[at + span][1]:
            span += 1
        cells += f'<td rowspan="{span}">{html.escape(text)}</td>'
    return f"<tr>{cells}</tr>"


# PDF

_TYPST = """
#let pieces = json(bytes(sys.inputs.pieces))
#set page(paper: "a4", header: align(center)[政府信息公开], footer: context align(center)[— #counter(page).display() —])
#set text(font: "Noto Serif CJK SC", size: 15pt, lang: "zh")
#set par(first-line-indent: (amount: 2em, all: true), justify: true)
#show table: set par(first-line-indent: 0em, justify: false)
#let row(rows, at) = rows.at(at).enumerate().map(((column, said)) => {
  if column == 1 and at > 0 and said == "" { return () }
  let span = 1
  while column == 1 and at + span < rows.len() and rows.at(at + span).at(1) == "" { span += 1 }
  (table.cell(rowspan: span, said),)
}).flatten()
#for piece in pieces {
  if piece.kind == "table" {
    let rows = piece.rows
    let wide = range(rows.first().len()).map(at => if at == 0 { 3em } else if at == 1 { 6em } else { 1fr })
    table(columns: wide, stroke: 0.5pt,
      table.header(..row(rows, 0)), ..range(1, rows.len()).map(at => row(rows, at)).flatten())
  } else if piece.kind == "frame" {
    block(stroke: 0.5pt, inset: 6pt, width: 100%, piece.rows.map(row => par(row.first())).join())
  } else if piece.kind == "heading" { align(center, text(size: 18pt, weight: "bold", piece.text)) }
  else { par(piece.text) }
}
"""


def pdf(pieces: list[Element]) -> bytes:
    """A PDF: justified paragraphs with indented first lines, ruled tables over page breaks, heads and numbers."""
    return typeset(_TYPST, pieces=json.dumps([vars(piece) for piece in pieces], ensure_ascii=False))


def typeset(source: str, **inputs: str) -> bytes:
    """A PDF of some Typst."""
    import typst

    options = {"font_paths": _fonts(), "ignore_system_fonts": True, "timestamp": 0}
    return typst.compile(source.encode(), sys_inputs=inputs, format="pdf", **options)


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)


def has_fonts() -> bool:
    """Whether the font the PDFs are set in is installed."""
    return "Noto Serif CJK SC" in _fonts().families()
