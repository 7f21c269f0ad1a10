"""PDF documents: lines become paragraphs again, rules become tables, what frames the page goes."""

from __future__ import annotations

import io
import json
import time
from itertools import pairwise

import pypdfium2
import pytest
import resaved

from xinglin.policy.reader import Block, Source
from xinglin.policy.reader.formats import source_of
from xinglin.policy.reader.formats.pdf import ranges
from xinglin.policy.reader.formats.pdf.glyphs import Glyph, lines_of

pytestmark = pytest.mark.skipif(not resaved.has_fonts(), reason="没有 Noto Serif CJK SC 字体")

TOP = '#set text(font: "Noto Serif CJK SC", size: 14pt, lang: "zh")\n#set page(paper: "a4"{})\n'
FEET = ", header: [连州市卫生健康局], footer: context align(center)[— #counter(page).display() —]"
INDENTED = "#set par(first-line-indent: (amount: 2em, all: true), justify: true)\n"
LONG = "到二〇二五年，社区卫生服务中心和乡镇卫生院全部设置中医馆，村卫生室能够提供中医药服务的比例达到百分之八十以上，"


def typeset(text: str, page: str = "") -> bytes:
    return resaved.typeset(TOP.format(page) + text)


def read(text: str, page: str = "") -> Source:
    return source_of("plan.pdf", typeset(text, page))


def texts(source: Source) -> list[str]:
    return [block.text for block in source.blocks]


def test_lines_are_joined_and_paragraphs_kept_apart() -> None:
    paragraphs = [LONG * 3 + "等等。", "二是短句。", LONG * 2 + "完。"]
    found = read(INDENTED + "\n\n".join(paragraphs))
    assert texts(found) == paragraphs


def test_a_paragraph_goes_on_over_the_page_without_head_and_number() -> None:
    found = read(INDENTED + LONG * 40, FEET)
    assert texts(found) == [LONG * 40]
    assert found.blocks[0].page == 1


def test_numbers_in_the_text_are_no_page_numbers() -> None:
    found = read(INDENTED + "2025\n\n" + "\n\n".join(f"第{at}项要求。" for at in range(1, 99)), FEET)
    assert texts(found)[0] == "2025"
    assert texts(found)[1:] == [f"第{at}项要求。" for at in range(1, 99)]


TABLE = """
#table(columns: (3em, 6em, 1fr), stroke: 0.5pt,
  table.header([序号], [分类], [指标内容]),
  [1], table.cell(rowspan: 2)[服务体系], [社区卫生服务中心和乡镇卫生院全部设置中医馆、配备中医医师，并接入平台。],
  [2], [村卫生室80%以上。],
  table.cell(colspan: 2)[合计], [二项])
"""


def test_ruled_tables_with_merged_cells() -> None:
    (block,) = read(TABLE).blocks
    assert block.rows == (
        ("序号", "分类", "指标内容"),
        ("1", "服务体系", "社区卫生服务中心和乡镇卫生院全部设置中医馆、配备中医医师，并接入平台。"),
        ("2", "", "村卫生室80%以上。"),
        ("合计", "", "二项"),
    )


def test_a_table_over_pages_is_one_with_its_headings_once_and_broken_rows_whole() -> None:
    rows = "".join(f"[{at}], [第{at}项：{LONG}完。]," for at in range(1, 30))
    found = read(f"#table(columns: (3em, 1fr), stroke: 0.5pt, table.header([序号], [指标]), {rows})", FEET)
    (block,) = found.blocks
    assert block.rows == (("序号", "指标"), *((str(at), f"第{at}项：{LONG}完。") for at in range(1, 30)))
    assert block.page == 1


def test_a_frame_is_a_table_of_one_cell_with_its_paragraphs() -> None:
    found = read(
        INDENTED + f"前文。\n\n#rect(width: 100%)[专栏1重点\n\n{LONG * 2}完。\n\n第二段。]\n\n后文。"
    )
    assert found.blocks[1] == Block("table", rows=((f"专栏1重点\n{LONG * 2}完。\n第二段。",),), page=1)


def test_columns_without_rules_are_a_table_where_they_stand_under_one_another() -> None:
    rows = "".join(f"[{at}], [指标{at}], [{at}0%]," for at in range(1, 6))
    found = read(
        f"前文。\n#grid(columns: (4em, 14em, 6em), row-gutter: 8pt, [序号], [指标], [目标], {rows})\n后文。"
    )
    assert [block.kind for block in found.blocks] == ["paragraph", "table", "paragraph"]
    assert found.blocks[1].rows[3] == ("3", "指标3", "30%")


def test_a_page_bound_sideways_is_read_upright_and_a_watermark_is_not() -> None:
    sideways = read(f"#rotate(-90deg, reflow: true)[#block(width: 20em)[{LONG}完。]]")
    assert texts(sideways) == [f"{LONG}完。"]
    marked = read(f"#place(dy: 6em, rotate(30deg)[内部资料])\n{LONG}完。")
    assert texts(marked) == [f"{LONG}完。"]


def test_a_title_keeps_its_lines_and_larger_letters_begin_anew() -> None:
    found = read(f"#align(center, text(size: 20pt)[临淄区创建示范县])\n{INDENTED}{LONG * 2}完。")
    assert texts(found) == ["临淄区创建示范县", f"{LONG * 2}完。"]


def test_what_is_printed_twice_to_look_bold_is_read_once_but_not_long_dashes() -> None:
    glyphs = [Glyph(sign, at * 10.0, 0, at * 10 + 10.0, 10, 9) for at, sign in enumerate("天天向上")]
    bold = [Glyph(one.sign, one.left + 0.4, one.top, one.right + 0.4, one.bottom, one.base) for one in glyphs]
    assert [line.text for line in lines_of([*glyphs, *bold])] == ["天天向上"]
    assert texts(read("——全面实现。")) == ["——全面实现。"]


def test_low_signs_stand_on_the_line_of_the_high_ones() -> None:
    """Some programs give every sign the box of its ink: a dash is half a point high."""
    dash = [Glyph("—", at * 10.0, 7.2, at * 10 + 9.6, 7.8, 10) for at in range(2)]
    words = [
        Glyph(sign, at * 10.0, top, at * 10 + 9.5, 10, 10)
        for at, (sign, top) in enumerate((("全", 0), ("一", 4.5)), 2)
    ]
    below = [Glyph("下", 0, 14, 9.5, 24, 24)]
    assert [line.text for line in lines_of([*below, *words, *dash])] == ["——全一", "下"]


def scanned(pages: int) -> bytes:
    """A PDF whose last pages are pictures."""
    document = pypdfium2.PdfDocument(typeset("正文在此。"))
    for _ in range(pages):
        page = document.new_page(595, 842)
        image = pypdfium2.PdfImage.new(document)
        image.set_bitmap(pypdfium2.PdfBitmap.new_native(8, 8, 4))
        image.set_matrix(pypdfium2.PdfMatrix().scale(500, 700))
        page.insert_obj(image)
        page.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_scanned_pages_are_told() -> None:
    found = source_of("plan.pdf", scanned(3))
    assert texts(found) == ["正文在此。"]
    assert found.problems == ("第 2–4 页（共 4 页）是扫描图像，没有可读的文字，请先做文字识别（OCR）再读",)


def test_ranges_of_pages() -> None:
    assert ranges([1, 2, 3, 7, 9, 10]) == "1–3、7、9–10"


def test_the_same_bytes_give_the_same_blocks() -> None:
    content = typeset(INDENTED + LONG * 9 + TABLE)
    first, second = (source_of("plan.pdf", content) for _ in range(2))
    assert first == second
    assert json.dumps([block.text for block in first.blocks])
    assert all(
        before.page <= after.page for before, after in pairwise(first.blocks) if before.page and after.page
    )


def test_fifty_pages_take_less_than_three_seconds_of_the_processor() -> None:
    content = typeset(INDENTED + "\n\n".join([LONG * 12 + "完。"] * 90), FEET)
    start = time.process_time() + _children()
    found = source_of("plan.pdf", content)
    assert (found.blocks[-1].page or 0) >= 50
    assert time.process_time() + _children() - start < 3


def _children() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
