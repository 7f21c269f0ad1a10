"""The terminal table, in wide and narrow terminals, with and without colour."""

from __future__ import annotations

import io

import pytest
from report_standings import make_result, make_standing, without_number
from rich.cells import cell_len
from rich.console import Console

from xinglin.base.states import ValueState
from xinglin.report import print_table, summary_line


def _printed(width: int, **changes: object) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_table(make_standing(**changes), console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 160])
def test_fits_its_terminal(width: int) -> None:
    assert max(map(cell_len, _printed(width).splitlines())) <= width


def test_every_document_verdict_and_gap_is_there() -> None:
    text = _printed(200)
    for words in (
        "连州市基层中医药",
        "✔文件发布前已达标",
        "✘未达标，进行中",
        "！未达，进行中",
        "—不评判",
        "还差6家村卫生室",
    ):
        assert words in text


@pytest.mark.parametrize("state", [s for s in ValueState if s is not ValueState.NUMBER])
def test_what_is_no_number_is_a_word(state: ValueState) -> None:
    text = _printed(200, results=(without_number(state, display="0.00"),))
    assert state.label in text
    assert "0.00" not in text


def test_brackets_in_names_are_text() -> None:
    assert "[red]甲[/red]" in _printed(160, results=(make_result(summary="[red]甲[/red]"),))


def test_nothing_to_hold_against_a_place_says_why_and_no_noughts() -> None:
    text = _printed(120, results=(), empty_because="没有政策文件适用。")
    assert text.splitlines()[-1] == "没有政策文件适用。"


def test_summary_line() -> None:
    assert summary_line(make_standing()) == (
        "✔ 达标 3　✘ 未达标 2　！ 未达（非硬性） 1　"
        "— 不评判 5（其中未报 1、不适用 1、未到期末 1、样本过少，不公布 1）　？ 暂无定义 1"
    )
