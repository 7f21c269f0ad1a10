"""The self-assessment report read back as Word has it: structure, type, links, numbers, states, same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt
from report_standings import make_standing, share, without_number

from xinglin.base.states import ValueState, Verdict
from xinglin.report import views, words
from xinglin.report.assessment import file as writer
from xinglin.report.assessment.blocks import Heading, Paragraph, Table
from xinglin.report.assessment.content import Report, TaskLine, report_of
from xinglin.report.assessment.file import render_assessment
from xinglin.report.origin import counted, under
from xinglin.standing.model import Gap, Standing

SITE = "https://site.example/insight"
TASKS = (
    TaskLine("连州方案", "三(一)1", "建中医馆", "卫健局（牵头）", "进行中", "已建 12 个", date(2025, 12, 31)),
    TaskLine("国家计划", "二", "培训", "", "未开始"),
)
HEADINGS = [
    "一、基本情况", "二、目标完成情况", "三、主要做法和任务进展", "四、存在的差距", "五、责任与下一步",
    "六、数据说明", "附件　指标口径和数据来源",
]  # fmt: skip


def _render(standing: Standing, **more: Any) -> bytes:
    return render_assessment(standing, counted(standing), **more)


@pytest.fixture(scope="module")
def made() -> bytes:
    return _render(make_standing(), tasks=TASKS)


@pytest.fixture(scope="module")
def word(made: bytes) -> Any:
    return docx.Document(io.BytesIO(made))


def _report(standing: Standing, **more: Any) -> Report:
    return report_of(standing, counted(standing), **more)


def _said(report: Report) -> str:
    """All the text of a report before it is a file."""
    pieces = []
    for block in report.blocks:
        if isinstance(block, Heading):
            pieces.append(block.text)
        elif isinstance(block, Paragraph):
            pieces += [run.text for run in block.text]
        elif isinstance(block, Table):
            pieces += [run.text for row in block.rows for cell in row for run in cell.text]
    return "\n".join(pieces)


def _links(word: Any) -> Iterator[tuple[str, str]]:
    """Each link of the body outside the table of contents, as (where to, text)."""
    for link in word.element.body.iter(qn("w:hyperlink")):
        text = "".join(one.text or "" for one in link.iter(qn("w:t")))
        anchor = link.get(qn("w:anchor"))
        yield (f"#{anchor}" if anchor else word.part.rels[link.get(qn("r:id"))].target_ref), text


def test_the_parts_stand_in_the_order_officials_use(word: Any) -> None:
    found = [(p.style.name, p.text) for p in word.paragraphs]
    assert found[0] == ("Title", "连州市基层中医药服务目标完成情况自评报告")
    assert [text for style, text in found if style == "Heading 1"] == HEADINGS
    second = [text for style, text in found if style == "Heading 2"]
    assert second[:2] == ["（一）连州方案", "（二）国家行动计划"]
    assert "（一）未达标的目标（2项）" in second
    assert [t.rows[0].cells[0].text for t in word.tables] == [
        "序号",
        "序号",
        "条款",
        "条款",
        "序号",
        "项目",
        "序号",
    ]


def test_type_and_page_are_those_of_official_documents(word: Any) -> None:
    section, styles = word.sections[0], word.styles
    page = (section.page_width, section.page_height, section.left_margin, section.right_margin)
    assert [round(length.mm) for length in page] == [210, 297, 28, 26]
    assert (round(section.top_margin.mm), round(section.bottom_margin.mm)) == (37, 35)
    body = styles["Body Text"]
    assert (body.font.size, body.paragraph_format.line_spacing) == (Pt(16), Pt(28))
    assert body.element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    fonts = {"Title": "方正小标宋简体", "Heading 1": "黑体", "Heading 2": "楷体", "Body Text": "仿宋"}
    for name, font in fonts.items():
        found = styles[name].element.rPr.rFonts
        assert found.get(qn("w:eastAsia")) == font
        assert not [key for key in found.attrib if "Theme" in key]
    assert word.settings.odd_and_even_pages_header_footer
    assert "PAGE" in section.footer._element.xml
    assert "— " in section.footer.paragraphs[0].text


def test_fonts_that_are_missing_have_their_stand_ins(made: bytes) -> None:
    table = zipfile.ZipFile(io.BytesIO(made)).read("word/fontTable.xml").decode()
    assert 'w:val="FangSong;仿宋_GB2312' in table


def test_tables_repeat_their_heading_and_keep_rows_whole(word: Any) -> None:
    for table in word.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        assert round(sum(column.width.mm for column in table.columns)) == 156


def test_without_a_site_every_number_opens_its_row_in_the_annex(word: Any) -> None:
    marks = {mark.get(qn("w:name")) for mark in word.element.body.iter(qn("w:bookmarkStart"))}
    ids = [mark.get(qn("w:id")) for mark in word.element.body.iter(qn("w:bookmarkStart"))]
    assert len(ids) == len(set(ids))
    rows = {f"#r{row.number}": row.result for row in views.rows_of(make_standing())}
    found = list(_links(word))
    assert {to[1:] for to, _ in found} <= marks
    numbers = [(to, text) for to, text in found if to in rows]
    assert {to for to, _ in numbers} == rows.keys()
    for to, text in numbers:
        assert text in {words.value_words(rows[to], rows[to]), words.gap_words(rows[to].gap)}


def test_with_a_site_every_number_opens_its_page_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "draw_png", lambda spec: (_DOT, 0.5))
    standing = make_standing()
    shown = {
        f"{SITE}/{r.target}": {words.value_words(r, r), words.gap_words(r.gap)} for r in standing.results
    }
    again = docx.Document(io.BytesIO(_render(standing, address=under(SITE))))
    numbers = [(to, text) for to, text in _links(again) if to.startswith("https")]
    assert {to for to, _ in numbers} == {f"{SITE}/{r.target}" for r in standing.results if not r.wanted}
    assert all(text in shown[to] for to, text in numbers)


def test_the_annex_gives_numerator_denominator_and_who_reported(word: Any) -> None:
    rows = {row.cells[0].text: [cell.text for cell in row.cells] for row in word.tables[-1].rows}
    for row in views.rows_of(make_standing()):
        result, cells = row.result, rows[str(row.number)]
        assert result.measure_label in cells[1]
        if result.state is ValueState.NUMBER:
            assert cells[2:4] == [result.numerator, result.denominator or "—"]
        else:
            assert cells[2:5] == ["—", "—", result.state.label]
        assert cells[5] == words.basis_words(result.n_reported, result.n_units, "")


def test_the_table_of_contents_lists_every_heading(word: Any) -> None:
    listed = [p.text.strip() for p in word.paragraphs if p.style.name.startswith("toc")]
    heads = [p.text for p in word.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    assert listed == heads
    assert 'TOC \\o "1-2"' in word.element.xml


def test_charts_are_pictures_with_words_for_those_who_cannot_see(word: Any) -> None:
    said = [one.get("descr") for one in word.element.body.iter(qn("wp:docPr"))]
    assert said[0] is not None
    assert said[0].startswith("各文件目标达标情况：达标3项，未达标2项")
    assert len(said) == len(word.inline_shapes) >= 2


def test_tasks_are_repeated_as_given(word: Any) -> None:
    rows = [[cell.text for cell in row.cells] for table in word.tables[2:4] for row in table.rows]
    assert ["三(一)1", "建中医馆", "卫健局（牵头）", "进行中", "已建 12 个", "2025-12-31"] in rows
    assert ["二", "培训", words.NOBODY, "未开始", "未填写", "—"] in rows


def test_without_tasks_the_section_says_what_to_fill_in() -> None:
    assert "请填写：按文件逐条写明任务的牵头单位" in _said(_report(make_standing()))


def test_data_notes_say_what_the_numbers_rest_on() -> None:
    standing = make_standing()
    said = _said(_report(standing))
    for told in (
        standing.facts_manifest, standing.definitions_hash, standing.divisions_edition, standing.engine,
        counted(standing).results_sha256, "xinglin evaluate 数据 --place 441882 --on 2020-12-31 --format json",
        "填报最少的是", "0／3 家", "1项，不按0计：NA-t10",
    ):  # fmt: skip
        assert told in said


def test_what_is_not_reported_is_never_a_nought() -> None:
    standing = make_standing(
        results=tuple(
            without_number(state, numerator="0", denominator="0", target=state.value)
            for state in list(ValueState)[1:]
        )
    )
    report = _report(standing)
    results = next(block for block in report.blocks if isinstance(block, Table))
    assert [row[3].text[0].text for row in results.rows] == [state.label for state in list(ValueState)[1:]]
    annex = [block for block in report.blocks if isinstance(block, Table)][-1]
    assert all(cell.text[0].text == "—" for row in annex.rows for cell in row[2:4])
    assert "（一）没有数值、不能评判的目标（4项）" in _said(report)


def test_what_several_units_lack_is_said_once_and_long_lists_are_counted() -> None:
    nearest = tuple((str(n), f"第{n}村卫生室", "有中医阁" if n < 6 else "别的") for n in range(1, 21))
    gap = Gap(20, "家", "还差 20 家", nearest)
    said = _said(_report(make_standing(results=(share(1, 9, verdict=Verdict.NOT_MET, gap=gap),))))
    assert "第4村卫生室、第5村卫生室等20个，缺：有中医阁" in said
    assert "第6村卫生室" not in said


def test_an_empty_standing_says_why_and_has_all_its_parts() -> None:
    said = _said(_report(make_standing(results=(), explanations=(), empty_because="没有政策文件适用。")))
    assert "没有政策文件适用。" in said
    assert [line for line in said.split("\n") if line in HEADINGS] == HEADINGS


def test_made_up_data_are_marked_on_every_page_and_in_the_properties(word: Any) -> None:
    assert word.sections[0].header.paragraphs[0].text == "演示数据"
    assert "演示数据" in word.core_properties.comments
    assert "演示" not in _report(make_standing(demonstration=False)).mark


def test_same_standing_same_bytes_dated_by_the_data(
    made: bytes, word: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xinglin.report.assessment.file.datetime", _Later)
    assert _render(make_standing(), tasks=TASKS) == made
    about = word.core_properties
    assert about.created == about.modified == datetime(2020, 12, 31, tzinfo=UTC)
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert {entry.date_time[0] for entry in packed.infolist()} == {1980}
        assert packed.testzip() is None


def test_many_documents_are_numbered_in_chinese() -> None:
    results = tuple(share(1, 2, document=f"d{n}", document_short=f"文件{n}") for n in range(21))
    said = _said(_report(make_standing(results=results)))
    for told in ("（一）文件0", "（十）文件9", "（十一）文件10", "（二十）文件19", "（二十一）文件20"):
        assert told in said


def test_signs_xml_forbids_do_not_break_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "draw_png", lambda spec: (_DOT, 0.5))
    standing = make_standing(results=(share(1, 2, summary="甲\x0b\x00乙<&>"),))
    assert "甲乙<&>" in docx.Document(io.BytesIO(_render(standing))).tables[0].rows[1].cells[1].text


class _Later(datetime):
    """A clock that has moved on: a report may not look at it."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        raise AssertionError("报告不看时钟")


_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63f8ffffff7f0009fb03fd2a86e38a0000000049454e44ae426082"
)
