"""The page: self-contained, complete, escaped, and honest about what is no number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from report_standings import (
    TOWNSHIPS,
    make_explanation,
    make_part,
    make_result,
    make_standing,
    without_number,
)

from xinglin.base.states import ValueState
from xinglin.report import render_html

_VOID = {"meta", "link", "br", "col", "img", "input", "hr"}


class _Page(HTMLParser):
    """Collects tags, attributes and text, and insists that tags close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def html() -> str:
    return render_html(make_standing())


@pytest.fixture(scope="module")
def page(html: str) -> _Page:
    return _Page(html)


def _links(page: _Page) -> Iterator[str]:
    for _, attributes in page.tags:
        for name in ("src", "href", "xlink:href", "srcset", "action", "data"):
            if attributes.get(name):
                yield attributes[name] or ""


def test_nothing_comes_from_outside(html: str, page: _Page) -> None:
    assert all(link.startswith(("#", "data:,")) for link in _links(page))
    assert not re.search(r"url\((?!#)|@import|javascript:", html)
    assert not any(tag in ("script", "iframe", "object", "embed") for tag, _ in page.tags)
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_ids_are_unique_and_every_anchor_leads_somewhere(page: _Page) -> None:
    ids = [a["id"] for _, a in page.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in _links(page) if link.startswith("#")} <= set(ids)


def test_every_result_is_there(page: _Page) -> None:
    for result in make_standing().results:
        assert result.summary in page.text
        assert result.wanted or result.verdict_words in page.text


def test_names_cannot_become_tags(html: str, page: _Page) -> None:
    assert "<b>龙咀" not in html
    assert "<b>名中医" not in html
    assert "&lt;b&gt;龙咀" in html
    assert "<b>龙咀</b>村卫生室" in page.text


def test_summaries_cannot_become_tags_in_charts() -> None:
    html = render_html(make_standing(results=(make_result(summary="</text><script>x</script>"),)))
    assert "<script>" not in html


@pytest.mark.parametrize("state", [s for s in ValueState if s is not ValueState.NUMBER])
def test_what_is_no_number_is_a_word_and_never_zero(state: ValueState) -> None:
    result = without_number(state, numerator="0", denominator="7", n_units=7, n_reported=0, display="0.00")
    text = _Page(render_html(make_standing(results=(result,), explanations=()))).text
    assert state.label in text
    assert "0.00" not in text
    assert "0 ÷ 7" not in text


def test_places_below_without_number_keep_their_word() -> None:
    parts = (make_part("441882100", "连州镇", 1, 2), make_part("441882101", "星子镇", 0, 0))
    html = render_html(make_standing(results=(make_result(below=parts),), children=TOWNSHIPS[:3]))
    tiles = html[html.index('class="tiles"') :]
    assert re.search(r'tile-none">星子镇<b>\s*不适用', tiles)
    assert re.search(r'tile-none">大路边镇<b>\s*未统计', tiles)


def test_opened_numbers_show_definition_parameters_exact_numbers_and_units(page: _Page) -> None:
    for words in (
        "136 ÷ 177",
        "机构类别：村卫生室；要求熟练：是",
        "沙坊村卫生室",
        "再会 1 项",
        "按举办层级分",
        "熟练开展的技术类别数 ≥ 4：5",
        "没有报送技术登记表",
        "163／177 家",
    ):
        assert words in page.text


def test_units_of_one_measure_are_listed_once_and_pointed_to(html: str) -> None:
    assert html.count("逐个机构：计入与未计入") == 1
    assert re.search(r"见<a href=\"#r3\">第 3 项</a>", html)


def test_units_of_other_parameters_are_not_mixed_up() -> None:
    clinics = make_standing().results[2]
    asked = {**clinics.parameters, "proficient": False}
    looser = replace(clinics, target="NA-t06", parameters=asked)
    strict = replace(make_explanation(), description="从严")
    loose = replace(make_explanation(), description="从宽", parameters=asked)
    one = render_html(make_standing(results=(clinics, looser), explanations=(strict,)))
    assert one.count("逐个机构：计入与未计入") == 1
    assert "同一口径" not in one
    both = render_html(make_standing(results=(clinics, looser), explanations=(loose, strict)))
    assert both.index("从严") < both.index('id="r2"') < both.index("从宽")


def test_units_behind_another_number_are_not_shown() -> None:
    explanation = replace(make_explanation(), numerator="135")
    assert "逐个机构：计入与未计入" not in render_html(make_standing(explanations=(explanation,)))


def test_a_unit_not_counted_adds_a_dash_and_not_zero() -> None:
    unit = replace(make_explanation(1).units[0], included="未计", numerator="0", denominator="0")
    html = render_html(make_standing(explanations=(replace(make_explanation(), units=(unit,)),)))
    dash = r"<td class=\"number\">—</td>\s*"
    assert re.search(f"未计：1 个.*?{dash}{dash}", html, re.DOTALL)


def test_long_lists_are_shown_in_full() -> None:
    html = render_html(make_standing(explanations=(make_explanation(400),)))
    clinics = re.findall(r"<tr><td>(?:沙坊|石角|新塘|&lt;b&gt;龙咀&lt;/b&gt;)村卫生室</td>", html)
    assert len(clinics) == 400 + 2  # units, and the nearest of the gap


def test_a_number_of_totals_says_that_it_ends_there() -> None:
    explanation = replace(make_explanation(0), units=())
    assert "追溯到此为止" in render_html(make_standing(explanations=(explanation,)))


def test_explanations_of_other_places_are_not_taken() -> None:
    explanation = replace(make_explanation(), place="441881")
    assert "逐个机构：计入与未计入" not in render_html(make_standing(explanations=(explanation,)))


def test_what_is_not_listed_says_where_to_open_it() -> None:
    text = _Page(render_html(make_standing(explanations=()))).text
    assert "请打开下级地区的报告，或用 xinglin explain 查看" in text


def test_who_answers_stands_in_a_column_only_where_somebody_does() -> None:
    nobody = tuple(replace(result, responsible=()) for result in make_standing().results)
    html = render_html(make_standing(results=nobody))
    assert "文件没有为这些目标指明责任单位" in html
    assert ">责任单位</th>" not in html
    assert ">责任单位</th>" in render_html(make_standing())
    tasks = {
        "responsible": ("甲局", "乙局"),
        "lead": ("甲局",),
        "responsible_tasks": (("LZ-k01", "三(一)4"),),
    }
    one = _Page(render_html(make_standing(results=(make_result(**tasks), *nobody)))).text
    assert "甲局（牵头）、乙局 据任务 三(一)4" in one
    assert "文件未指明责任单位" in one


def test_another_number_than_the_printed_one_is_explained() -> None:
    result = make_result(threshold_words="≥50%（文件写≥30%）", judged_note="四级及以上合计")
    text = _Page(render_html(make_standing(results=(result,)))).text
    assert "目标换算 四级及以上合计" in text


def test_where_nothing_is_held_against_the_place_the_page_says_why() -> None:
    empty = make_standing(results=(), explanations=(), empty_because="没有政策文件适用：期限都已过。")
    assert "没有政策文件适用：期限都已过。" in _Page(render_html(empty)).text


def test_wanted_results_stand_apart_with_their_count(page: _Page) -> None:
    assert "暂无定义（1 项）" in page.text


def test_real_data_has_no_banner() -> None:
    assert "演示数据" in render_html(make_standing())
    assert 'class="demo"' not in render_html(make_standing(demonstration=False))


def test_footer_names_what_it_rests_on(page: _Page) -> None:
    standing = make_standing()
    for words in (
        standing.divisions_edition,
        standing.facts_manifest,
        standing.definitions_hash,
        standing.engine,
    ):
        assert words in page.text


def test_a_place_without_targets_still_has_a_page() -> None:
    assert "共 0 项目标" in _Page(render_html(make_standing(results=(), explanations=(), children=()))).text


def test_same_standing_same_page(html: str) -> None:
    assert html == render_html(make_standing())
