"""The sheets that count the results: live formulas over the sheet of results, with what they come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xinglin.base.states import Verdict
from xinglin.report import columns, views, words
from xinglin.report.cells import Cell, Formula
from xinglin.report.views import WANTED
from xinglin.standing.model import Standing

RESULTS = "指标结果"
"""The sheet of results."""

UNDEFINED = "暂无定义"
"""What stands there for the state of a target whose indicator has no definition."""


def overview(standing: Standing) -> Iterator[list[Cell]]:
    """How many targets there are, and how many carry each verdict and each word of their due date."""
    total = Formula(f"COUNTA({_column('目标编号', standing)})", len(standing.results))
    where = f"{standing.place_full_name}，数据截至{words.date_words(standing.on)}"
    yield ["目标合计", total if standing.results else 0, where]
    if not standing.results:
        yield ["没有结果", None, standing.empty_because]
        return
    for tally in views.tallies_of(standing):
        count = Formula(_counted(tally.key, standing), tally.count)
        yield [f"{tally.symbol} {tally.label}", count, tally.note]
    for word, number in views.due_words_of(standing):
        yield [word, Formula(_due_counted(word, standing), number), "结合期限"]


def _column(heading: str, standing: Standing) -> str:
    """A column of the results as a range, for counting."""
    letter = columns.letter(columns.RESULTS, heading)
    return f"{RESULTS}!${letter}$2:${letter}${len(standing.results) + 1}"


def _counted(key: str, standing: Standing, *more: str) -> str:
    """Counts the results of one verdict, or those without a definition, which have none."""
    states, verdicts = _column("现值状态", standing), _column("结论", standing)
    if key == WANTED:
        asked = [f'{states},"{UNDEFINED}"']
    else:
        asked = [f'{verdicts},"{words.verdict_words(Verdict(key))}"', f'{states},"<>{UNDEFINED}"']
    return f"COUNTIFS({','.join([*asked, *more])})"


def _due_counted(word: str, standing: Standing) -> str:
    """Counts the results whose verdict and due date are said in these words."""
    pairs = {(r.verdict_words, r.due.label) for r in standing.results if words.due_words(r) == word}
    states, said, due = (_column(name, standing) for name in ("现值状态", "结合期限", "期限状态"))
    return "+".join(
        f'COUNTIFS({said},"{first}",{due},"{second}",{states},"<>{UNDEFINED}")'
        for first, second in sorted(pairs)
    )


def documents(standing: Standing) -> Iterator[list[Cell]]:
    """One row a document; its own cell in the first column says what is counted."""
    named = _column("文件", standing)
    last = columns.letter(columns.DOCUMENTS, "暂无定义")
    for title, short in dict.fromkeys((r.document_title, r.document_short) for r in standing.results):
        mine = replace(standing, results=tuple(r for r in standing.results if r.document_short == short))
        counts: list[Cell] = [
            Formula(_counted(tally.key, standing, f"{named},$A{{row}}"), tally.count)
            for tally in views.tallies_of(mine)
        ]
        yield [short, title, *counts, Formula(f"SUM(C{{row}}:{last}{{row}})", len(mine.results))]
