"""Word documents: what is printed is read, with every tracked change accepted; what is not printed is not."""

from __future__ import annotations

import io
import zipfile

import pytest
from resaved import paragraph, word_file, zipped

from xinglin.policy.reader import Block, Source
from xinglin.policy.reader.formats import source_of
from xinglin.policy.reader.formats.word.numbering import written

SHOWN = '<w:vanish w:val="0"/>'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
USUAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
DRAWN = 'xmlns:d="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'


def source(body: str, numbering: str = "", styles: str = "", **parts: str) -> Source:
    return source_of("plan.docx", word_file(body, numbering, styles, **parts))


def texts(body: str) -> list[str]:
    return [block.text for block in source(body).blocks]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def level(at: int, form: str, text: str, extra: str = "") -> str:
    own = f'<w:numFmt w:val="{form}"/>{extra}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/>{own}</w:lvl>'


def listed(text: str, at: int, name: int = 1) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{name}"/></w:numPr>')


PRINTED = {
    "tracked changes are accepted": (
        f"<w:p>{run('达到')}<w:ins>{run('80%')}</w:ins><w:del><w:r><w:delText>60%</w:delText></w:r></w:del>{run('以上')}</w:p>",
        ["达到80%以上"],
    ),
    "moved words stand where they went": (
        f"<w:p><w:moveFrom>{run('甲')}</w:moveFrom>{run('乙')}<w:moveTo>{run('甲')}</w:moveTo></w:p>",
        ["乙甲"],
    ),
    "a deleted paragraph mark joins": (
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('到2025年，')}</w:p>{paragraph('全部设置中医馆。')}",
        ["到2025年，全部设置中医馆。"],
    ),
    "hidden words and field codes are not printed": (
        f"<w:p>{run('见', '')}{run('暗', '<w:vanish/>')}"
        f"<w:r><w:instrText> PAGE </w:instrText></w:r>{run('正文')}</w:p>",
        ["见正文"],
    ),
    "shown words of a switched-off style are": (
        f"<w:p>{run('明', SHOWN)}</w:p>",
        ["明"],
    ),
    "links, content controls and smart tags are looked into": (
        f"<w:sdt><w:sdtContent><w:p><w:hyperlink>{run('甲')}</w:hyperlink><w:smartTag>{run('乙')}</w:smartTag></w:p></w:sdtContent></w:sdt>",
        ["甲乙"],
    ),
    "a line broken by hand is two lines": (
        f"<w:p>{run('示范县')}<w:r><w:br/></w:r>{run('实施方案')}</w:p>",
        ["示范县", "实施方案"],
    ),
    "of a ruby the base is read": (
        f"<w:p><w:r><w:ruby><w:rt>{run('zhēn')}</w:rt><w:rubyBase>{run('针')}</w:rubyBase></w:ruby></w:r></w:p>",
        ["针"],
    ),
    "signs of the font Symbol and formulas": (
        f"<w:p>{run('比例')}<w:r><w:sym w:font='Symbol' w:char='F0B3'/><w:sym w:font='Wingdings' w:char='F06C'/></w:r>"
        "<m:oMath xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'><m:r><m:t>80%</m:t></m:r></m:oMath></w:p>",
        ["比例≥80%"],
    ),
    "a text box once, behind its anchor": (
        f"<w:p>{run('正文')}<w:r><mc:AlternateContent {MC}><mc:Choice Requires='wps'><d:txbx {DRAWN}>"
        f"<w:txbxContent>{paragraph('框中文字')}</w:txbxContent></d:txbx></mc:Choice><mc:Fallback>"
        f"<w:txbxContent>{paragraph('框中文字')}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>{paragraph('后文')}",
        ["正文", "框中文字", "后文"],
    ),
}


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_is_read(name: str) -> None:
    body, expected = PRINTED[name]
    assert texts(body) == expected


def test_lists_count_as_word_counts() -> None:
    levels = (
        level(0, "chineseCounting", "%1、")
        + level(1, "chineseCounting", "（%2）")
        + level(2, "decimal", "%3.", '<w:lvlRestart w:val="0"/>')
        + level(3, "decimal", "%1.%4", "<w:isLgl/>")
    )
    numbering = (
        f'<w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>'
        '<w:abstractNum w:abstractNumId="8">'
        + level(0, "bullet", "——")
        + level(1, "bullet", "")
        + "</w:abstractNum>"
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/></w:lvlOverride></w:num>'
    )
    order = [0, 1, 2, 2, 1, 2, 0, 1, 2, 3]
    body = (
        "".join(listed("甲", at) for at in order)
        + listed("乙", 0, 2)
        + listed("丙", 1, 2)
        + listed("丁", 0, 3)
    )
    printed = [block.numbering for block in source(body, numbering).blocks]
    # （一） begins anew under 二、, the items 1. 2. 3. are told to run on.
    assert printed == [
        "一、",
        "（一）",
        "1.",
        "2.",
        "（二）",
        "3.",
        "二、",
        "（一）",
        "4.",
        "2.1",
        "——",
        "",
        "九、",
    ]


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        (10, "chineseCounting", "十"),
        (12, "japaneseCounting", "十二"),
        (21, "chineseCountingThousand", "二十一"),
        (105, "chineseCountingThousand", "一百零五"),
        (10, "ideographDigital", "一〇"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (3, "ideographTraditional", "丙"),
        (21, "decimalEnclosedCircle", "㉑"),
        (4, "decimalEnclosedParen", "⑷"),
        (28, "lowerLetter", "bb"),
        (14, "upperRoman", "XIV"),
        (5, "someFutureForm", "5"),
    ],
)
def test_forms_of_numbers(number: int, form: str, expected: str) -> None:
    assert written(number, form) == expected


def test_headings_come_from_styles_outlines_and_what_styles_build_on() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="a1"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="mine"><w:basedOn w:val="a1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="t"><w:name w:val="Title"/></w:style>'
    )
    body = (
        paragraph("题名", '<w:pStyle w:val="t"/>')
        + paragraph("自定", '<w:pStyle w:val="mine"/>')
        + paragraph("大纲", '<w:outlineLvl w:val="2"/>')
        + paragraph("正文", '<w:outlineLvl w:val="9"/>')
    )
    blocks = source(body, styles=styles).blocks
    assert [(block.kind, block.level) for block in blocks] == [
        ("heading", 1),
        ("heading", 2),
        ("heading", 3),
        ("paragraph", None),
    ]


def test_merged_cells_are_spread_and_deleted_rows_gone() -> None:
    wide = '<w:gridSpan w:val="2"/>'
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = (
        "<w:tbl>"
        f"<w:tr>{cell('序号')}{cell('指标', wide)}</w:tr>"
        f"<w:tr>{cell('1')}{cell('体系', down)}{cell('80%以上')}</w:tr>"
        f"<w:tr>{cell('2')}{cell('', on)}{cell('60%')}</w:tr>"
        f"<w:tr><w:trPr><w:del/></w:trPr>{cell('3')}{cell('')}{cell('不算')}</w:tr>"
        f"<w:tr><w:trPr><w:gridBefore w:val='2'/></w:trPr>{cell('末格')}</w:tr>"
        "</w:tbl>"
    )
    (block,) = source(body).blocks
    assert block == Block(
        "table",
        rows=(("序号", "指标", ""), ("1", "体系", "80%以上"), ("2", "", "60%"), ("", "", "末格")),
    )


def test_a_cell_holds_lines_numbers_and_the_cells_of_a_table_inside() -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="1">{level(0, "decimal", "%1")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    inner = f"<w:tbl><w:tr>{cell('内一')}{cell('内二')}</w:tr></w:tbl>"
    rows = f"<w:tr><w:tc>{listed('', 0)}</w:tc><w:tc>{paragraph('上')}{paragraph('下')}{inner}</w:tc></w:tr>"
    (block,) = source(f"<w:tbl>{rows}{rows}</w:tbl>", numbering).blocks
    assert block.rows == (("1", "上\n下\n内一\n内二"), ("2", "上\n下\n内一\n内二"))


def test_notes_stand_at_the_end_in_the_order_of_reference() -> None:
    refer = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    notes = "".join(
        f'<w:footnote w:id="{name}">{paragraph(text)}</w:footnote>'
        for name, text in ((0, "线"), (2, "后注"), (3, "先注"))
    )
    body = f"<w:p>{run('甲')}{refer.format(3)}{run('乙')}</w:p><w:p>{run('丙')}{refer.format(2)}</w:p>"
    blocks = source(body, footnotes=notes).blocks
    assert [(block.numbering, block.text) for block in blocks] == [
        ("", "甲乙"),
        ("", "丙"),
        ("注1", "先注"),
        ("注2", "后注"),
    ]


def test_pages_are_known_where_word_left_its_breaks() -> None:
    turn = "<w:r><w:lastRenderedPageBreak/></w:r>"
    body = (
        paragraph("一")
        + f"<w:p>{turn}{run('二')}</w:p><w:p>{run('跨')}{turn}{run('页')}</w:p>"
        + paragraph("四")
    )
    assert [block.page for block in source(body).blocks] == [None, 2, 2, 3]


def test_strict_documents_are_read_alike() -> None:
    body = f"<w:tbl><w:tr>{cell('1')}{cell('全部')}</w:tr></w:tbl>" + paragraph("正文")
    with zipfile.ZipFile(io.BytesIO(word_file(body))) as archive:
        parts = {name: archive.read(name).replace(USUAL, STRICT) for name in archive.namelist()}
    assert STRICT in parts["word/document.xml"]
    assert source_of("a.docx", zipped(parts)).blocks == source(body).blocks


def test_content_of_another_file_is_told() -> None:
    found = source(paragraph("正文") + '<w:altChunk r:id="a" xmlns:r="urn:r"/>')
    assert found.problems == ("文档里嵌有另一份文件的内容，没有读，请另存为 .docx 后再读",)
