"""The one-page digest: one A4 page whatever the data, the same words on paper and screen, no missing sign."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import typst
from report_standings import TOWNSHIPS, make_part, make_result, make_standing, share, without_number

from xinglin.base.errors import DataError
from xinglin.base.states import Comparator, Due, ValueState, Verdict
from xinglin.report.digest import ROOMS, Digest, digest_of
from xinglin.report.digest_files import digest_fragment, digest_html, fitting, inspect, render_digest
from xinglin.report.fonts import MissingFontError, choose, faces, require_signs
from xinglin.report.origin import counted, under
from xinglin.report.pictures import draw_png
from xinglin.report.words import value_words
from xinglin.standing.model import Gap, Standing

SITE = "https://site.example/insight"
LONG = "积石山保安族东乡族撒拉族自治县" * 6


def _crowded() -> Standing:
    """Sixty targets with long names, a hundred places below, a deep chain of hashes."""
    missed = {
        "comparator": Comparator.AT_LEAST,
        "threshold": 80.0,
        "threshold_words": "≥80%（文件写≥75%，按上级文件较严的一项判定）",
        "verdict": Verdict.NOT_MET,
        "verdict_words": "到期未达标" * 4,
        "due": Due.DUE,
        "responsible": tuple(f"{LONG}第{n}局" for n in range(9)),
        "gap": Gap(9, "家", f"还差 9 家{LONG}村卫生室"),
    }
    below = tuple(make_part(str(n), f"{LONG}{n}", n, 120, Verdict.NOT_MET) for n in range(1, 101))
    results = tuple(
        share(
            n, 100, **missed, target=f"t{n}", summary=f"{n}{LONG}", measure_label=f"指标{n}", below=below,
            document_short=LONG,
        )
        for n in range(60)
    )  # fmt: skip
    names = {
        "place_name": LONG,
        "place_full_name": LONG,
        "divisions_edition": LONG,
        "facts_manifest": "f" * 64,
    }
    return make_standing(results=results, children=(), **names)


EMPTY = {
    "results": (),
    "explanations": (),
    "empty_because": "没有政策文件适用：管到连州市的文件到期限都已过。" * 3,
}


def _shown(standing: Standing, **more: Any) -> Digest:
    return digest_of(standing, counted(standing), **more)


@pytest.mark.parametrize(
    "standing",
    [make_standing(), _crowded(), make_standing(**EMPTY), make_standing(children=(), demonstration=False)],
    ids=["plain", "crowded", "empty", "no places below"],
)
def test_one_a4_page_tagged_and_the_same_bytes(standing: Standing) -> None:
    made = render_digest(standing, counted(standing), under(SITE))
    assert made == render_digest(standing, counted(standing), under(SITE))
    assert made.startswith(b"%PDF-1.7")
    assert b"pdfuaid:part" in made  # accessible by PDF/UA-1: tagged, titled, in Chinese
    fit = fitting(standing, counted(standing), under(SITE), faces())
    assert [one["value"] for one in inspect(fit, "<pages>")] == [1]


def test_a_page_that_is_full_shows_less_and_says_so() -> None:
    standing = _crowded()
    pages = [inspect(_shown(standing, room=room), "<pages>")[0]["value"] for room in ROOMS]
    assert pages[-1] == 1
    found = _shown(standing)
    assert len(found.figures) == 6
    assert len(found.shortfalls) + found.shortfalls_left_out == 60
    assert found.strip is not None
    assert len(found.strip.tiles) + found.strip.left_out == 100


def test_every_number_is_the_standings_and_opens_its_source() -> None:
    standing = make_standing()
    shown = {r.target: value_words(r, r) for r in standing.results}
    links = inspect(_shown(standing, address=under(SITE)), "link")
    assert {link["dest"] for link in links} >= {f"{SITE}/LZ-t10", f"{SITE}/LZ-t04", f"{SITE}/NA-t09"}
    for link in links:
        assert link["body"]["text"] == shown[link["dest"].rpartition("/")[2]]


def test_paper_and_screen_say_the_same() -> None:
    standing = make_standing()
    page = digest_html(standing, counted(standing), under(SITE))
    found = _shown(standing, address=under(SITE))
    for said in (*found.figures, *found.shortfalls):
        assert f'<a href="{said.link}">{said.value}</a>' in page
    for tally in found.tallies:
        assert f"{tally.symbol} {tally.label}</span> <b>{tally.count}</b>" in page
    assert found.strip is not None
    assert all(tile.name in page for tile in found.strip.tiles)
    assert "演示数据" in page
    assert counted(standing).receipt in page


def test_the_fragment_has_no_style_or_script_of_its_own() -> None:
    fragment = digest_fragment(make_standing(), counted(make_standing()))
    assert not re.search(r"<style|<script|style=|\son\w+=", fragment)
    assert "<a " not in fragment


def test_words_of_the_data_cannot_become_markup() -> None:
    standing = make_standing(results=(share(1, 2, summary='<b>#emph[x]$y$"\x0b\x00'),))
    assert "<b>#emph" not in digest_fragment(standing, counted(standing))
    assert render_digest(standing, counted(standing))


def test_what_is_not_reported_is_never_a_nought() -> None:
    results = [without_number(state, target=state.value) for state in list(ValueState)[1:]]
    below = (
        replace(make_part(*TOWNSHIPS[0], 1, 2), state=ValueState.NOT_REPORTED, value=None, display="未报"),
    )
    found = _shown(make_standing(results=(*results, share(1, 2, target="x", below=below))))
    assert [figure.value for figure in found.figures] == ["50.00%"]
    assert "其中未报 1、不适用 1" in found.tallies[3].note


def test_widest_gaps_come_first_and_musts_before_the_rest() -> None:
    missed = {"comparator": Comparator.AT_LEAST, "threshold": 80.0, "verdict": Verdict.NOT_MET}
    results = (
        share(70, 100, **missed, target="near", measure_label="近"),
        share(1, 100, **{**missed, "verdict": Verdict.WARN}, target="soft", measure_label="软"),
        share(10, 100, **missed, target="far", measure_label="远"),
    )
    found = _shown(make_standing(results=results), address=lambda result: result.target)
    assert [one.link for one in found.shortfalls] == ["far", "near", "soft"]


@pytest.mark.parametrize("name", ["🙂县", "\u0bf5州"])
def test_a_sign_without_a_font_is_refused_by_name(name: str) -> None:
    standing = make_standing(place_name=name)
    with pytest.raises(MissingFontError, match=f"没有这些字：“{name[0]}”（U\\+{ord(name[0]):04X}）"):
        render_digest(standing, counted(standing))
    spec = {"data": {"values": [{"label": name}]}, "description": "", "config": {}}
    with pytest.raises(MissingFontError, match=name[0]):
        draw_png(spec)


def test_every_missing_sign_is_named_at_once() -> None:
    with pytest.raises(MissingFontError) as found:
        require_signs("连州🙂\u0bf5市")
    assert "🙂" in str(found.value)
    assert "U+0BF5" in str(found.value)


def test_a_machine_without_chinese_fonts_is_told_what_to_install() -> None:
    with pytest.raises(MissingFontError, match=r"没有中文字体.*fonts-noto-cjk"):
        choose(typst.Fonts(include_system_fonts=False))


@pytest.mark.parametrize("base", ["javascript:alert(1)", "site.example", "https://", "file:///etc"])
def test_a_base_that_is_no_site_is_refused(base: str) -> None:
    with pytest.raises(DataError, match="不是网址"):
        under(base)


def test_addresses_are_quoted() -> None:
    assert under("https://a/b/")(make_result(target="x/?#y")) == "https://a/b/x%2F%3F%23y"
