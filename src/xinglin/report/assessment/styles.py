"""Type and page by the habits of GB/T 9704: A4, 仿宋 of size 3 on 28 points, 黑体 and 楷体 headings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

LATIN = "Times New Roman"
FANG_SONG, HEI, KAI, SONG, TITLE = "仿宋", "黑体", "楷体", "宋体", "方正小标宋简体"
ALTERNATIVES = {
    FANG_SONG: "FangSong;仿宋_GB2312;STFangsong;华文仿宋;方正仿宋_GBK;Noto Serif CJK SC",
    HEI: "SimHei;STHeiti;方正黑体_GBK;Noto Sans CJK SC",
    KAI: "KaiTi;楷体_GB2312;STKaiti;方正楷体_GBK;Noto Serif CJK SC",
    SONG: "SimSun;STSong;方正书宋_GBK;Noto Serif CJK SC",
    TITLE: "方正小标宋_GBK;小标宋;STZhongsong;华文中宋;SimSun;Noto Serif CJK SC",
}
"""What a word processor takes where a font is not installed, first come first served."""

_KEPT = {"Default Paragraph Font", "Normal Table", "No List", "Table Grid"}

TEXT_WIDTH = 156  # mm: the type area of GB/T 9704
INK, LINK = RGBColor(0, 0, 0), RGBColor(0x0B, 0x5C, 0xAD)


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style; ``line`` in points (None: as high as its signs), ``indent`` in characters."""

    name: str
    font: str
    size: float
    bold: bool = False
    centred: bool = False
    line: int | None = 28
    indent: int = 0
    outline: int | None = None


STYLES = (
    Style("Normal", FANG_SONG, 16),
    Style("Title", TITLE, 22, centred=True, line=36),
    Style("Subtitle", KAI, 16, centred=True),
    Style("Heading 1", HEI, 16, indent=2, outline=0),
    Style("Heading 2", KAI, 16, indent=2, outline=1),
    Style("Heading 3", FANG_SONG, 16, bold=True, indent=2, outline=2),
    Style("Body Text", FANG_SONG, 16, indent=2),
    Style("待填写", KAI, 16, indent=2),
    Style("Caption", HEI, 10.5, centred=True, line=None),
    Style("表格文字", FANG_SONG, 10.5, line=None),
    Style("表格标题行", HEI, 10.5, centred=True, line=None),
    Style("演示标记", HEI, 10.5, centred=True, line=None),
    Style("目录标题", HEI, 16, centred=True),
    Style("toc 1", FANG_SONG, 14, line=26),
    Style("toc 2", FANG_SONG, 14, line=26),
    Style("Header", HEI, 9, centred=True, line=None),
    Style("Footer", SONG, 14, line=None),
)


def set_up(document: Any) -> None:
    """Give a new document its styles, fonts, page and language."""
    _clear(document)
    for style in STYLES:
        _apply(document, style)
    _link_style(document)
    _language(document)
    _page(document.sections[0])
    _name_alternatives(document)


def _clear(document: Any) -> None:
    """Take out the template's many styles nobody uses: those left are the ones an editor is offered."""
    kept = {style.name for style in STYLES} | _KEPT
    for style in list(document.styles):
        if style.name not in kept:
            style.delete()


def _apply(document: Any, style: Style) -> None:
    styles = document.styles
    known = {one.name: one for one in styles}
    found = known.get(style.name) or styles.add_style(style.name, WD_STYLE_TYPE.PARAGRAPH)
    found.hidden, found.quick_style = False, True
    _face(found, style)
    shape = found.paragraph_format
    shape.space_before = shape.space_after = Pt(1.5 if style.name.startswith("表格") else 0)
    shape.alignment = WD_ALIGN_PARAGRAPH.CENTER if style.centred else None
    if style.line is None:
        shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
    else:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(style.line)
    shape.keep_with_next = style.outline is not None or style.name == "Caption"
    _properties(found, style)


def _face(found: Any, style: Style) -> None:
    found.font.name, found.font.size, found.font.bold = LATIN, Pt(style.size), style.bold
    found.font.italic, found.font.color.rgb = False, INK
    set_fonts(found.element.get_or_add_rPr(), style.font)


def set_fonts(properties: Any, east_asian: str) -> None:
    """Name the font of each script, and no theme font beside it, which would win."""
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), LATIN)
    fonts.set(qn("w:eastAsia"), east_asian)


def _properties(found: Any, style: Style) -> None:
    """First-line indent in characters (it follows the size), no rule below, the level in the outline."""
    properties = found.element.get_or_add_pPr()
    for tag in ("w:pBdr", "w:numPr", "w:contextualSpacing"):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
    found.paragraph_format.first_line_indent = Pt(style.size * style.indent)
    indent = properties.find(qn("w:ind"))
    indent.set(qn("w:firstLineChars"), str(style.indent * 100))


def _link_style(document: Any) -> None:
    style = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    style.font.color.rgb = LINK


def _language(document: Any) -> None:
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")

    for language in document.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")


def _page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    section.header_distance = Mm(20)


def _name_alternatives(document: Any) -> None:
    """Write the fonts and what may stand in for them into the font table."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable"
    part = document.part.part_related_by(kind)
    table = parse_xml(part.blob)
    for name, instead in ALTERNATIVES.items():
        font = element("w:font", name=name)
        font.append(element("w:altName", val=instead))
        font.append(element("w:charset", val="86"))
        table.append(font)
    part._blob = serialize_part_xml(table)


def element(tag: str, **attributes: str) -> Any:
    """A new element of the word namespace: ``element("w:b", val="1")``."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made
