"""Web pages and plain text as blocks."""

from __future__ import annotations

import pytest

from xinglin.policy.reader import Block
from xinglin.policy.reader.formats import NOTE_TRADITIONAL, source_of

PAGE = """<html><head><meta charset="utf-8"><title>栏目</title><style>p {{}}</style></head><body>
<div class="nav"><a>首页</a>&gt;<a>政务公开</a>。</div><h1>连州市实施方案</h1>
<div id="outer"><div id="zoom">{}</div></div><script>alert("。。。。")</script>
<div class="foot">主办：某局。</div></body></html>"""


def blocks(inside: str) -> tuple[Block, ...]:
    return source_of("plan.html", PAGE.format(inside).encode()).blocks


def text(*said: str) -> str:
    return (
        "".join(f"<p>{one}</p>" for one in said)
        + "<p>一。二。三。四。五。六。七。八。九。十。十一。十二。十三。十四。十五。十六。十七。十八。十九。</p>"
    )


def test_the_document_without_the_page_around_it() -> None:
    found = source_of("plan.html", PAGE.format(text("到2025年。")).encode())
    assert [block.text for block in found.blocks][:2] == ["连州市实施方案", "到2025年。"]
    assert len(found.blocks) == 3
    assert found.problems == ("网页里正文以外的文字没有读（约 2 句）",)


PRINTED = {
    "words in pieces": ("<span>达到</span><b>80%</b>&nbsp;以上", "达到80%\xa0以上"),
    "lines of the source": ("村卫生室\n      设置中医阁", "村卫生室设置中医阁"),
    "blank between Latin words": ("by\n   law", "by law"),
    "hidden": ("甲<span style='display: none'>乙</span><i hidden>丙</i>丁", "甲丁"),
    "not closed": ("甲<b>乙", "甲乙"),
    "a form around everything": ("<form><input value='x'>甲</form>", "甲"),
    "signs": ("&ldquo;十四五&rdquo;&mdash;&mdash;&lt;2025&gt;", "“十四五”——<2025>"),
}


@pytest.mark.parametrize("name", PRINTED)
def test_words(name: str) -> None:
    inside, expected = PRINTED[name]
    assert blocks(text(inside))[1].text == expected


def test_breaks_lists_and_headings() -> None:
    found = blocks("<h2>一、目标</h2>甲<br>乙<ol start='3'><li>丙<li>丁</ol><ul><li>戊</ul>" + text())
    said = [(block.kind, block.level, block.text) for block in found][1:-1]
    assert said == [
        ("heading", 2, "一、目标"),
        ("paragraph", None, "甲"),
        ("paragraph", None, "乙"),
        ("paragraph", None, "3.丙"),
        ("paragraph", None, "4.丁"),
        ("paragraph", None, "戊"),
    ]


def test_tables_with_spans() -> None:
    rows = (
        "<tr><th rowspan=2>序号<th colspan=2>指标</tr><tr><td>国家<td>省</tr>"
        "<tr><td>1<td rowspan=2>80%<br>以上<td>90%</tr><tr><td>2<td>60%</tr>"
    )
    assert blocks(f"<table>{rows}</table>" + text())[1].rows == (
        ("序号", "指标", ""),
        ("", "国家", "省"),
        ("1", "80%\n以上", "90%"),
        ("2", "", "60%"),
    )


def test_a_table_that_lays_the_page_out_is_none() -> None:
    inner = "<table><tr><td>序号<td>指标</tr><tr><td>1<td>80%</tr></table>"
    found = blocks(f"<table><tr><td><p>甲</p>{inner}</td><td>旁</td></tr></table>" + text())
    assert [block.kind for block in found][1:] == ["paragraph", "table", "paragraph", "paragraph"]
    frame = blocks("<table><tr><td><p>专栏1</p><p>甲</p></td></tr></table>" + text())
    assert frame[1].rows == (("专栏1\n甲",),)


@pytest.mark.parametrize(
    ("said", "really"), [("gb2312", "gb18030"), ("gb2312", "utf-8"), ("utf-8", "gb18030")]
)
def test_what_a_page_says_of_its_encoding_need_not_be_so(said: str, really: str) -> None:
    page = PAGE.replace("utf-8", said).format(text("到2025年，镕基。"))
    assert source_of("a.html", page.encode(really)).blocks[1].text == "到2025年，镕基。"


def test_text_line_by_line_with_its_numbers() -> None:
    found = source_of("plan.txt", "\ufeff一、目标\r\n\r\n\t1\t80%\x0c后页\n".encode())
    assert [(block.line, block.text) for block in found.blocks] == [
        (1, "一、目标"),
        (3, "\t1\t80%"),
        (4, "后页"),
    ]


def test_traditional_characters_are_noted_and_kept() -> None:
    found = source_of("plan.txt", "社區衛生服務中心全部設置中醫館。\n達到80%以上。\n".encode())
    assert found.problems == (NOTE_TRADITIONAL,)
    assert found.blocks[0].text == "社區衛生服務中心全部設置中醫館。"
