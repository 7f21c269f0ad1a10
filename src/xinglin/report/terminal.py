"""A standing as tables for the terminal; readable from 80 columns on."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xinglin.base.states import Verdict
from xinglin.report import views, words
from xinglin.report.views import DocumentRows, Row
from xinglin.standing.model import Standing

_STYLES = {
    Verdict.MET: "green",
    Verdict.NOT_MET: "bold red",
    Verdict.WARN: "yellow",
    Verdict.NOT_JUDGED: "dim",
}


def print_table(standing: Standing, console: Console) -> None:
    """Print one table a document and a summary line; where nothing is held against the place, why not."""
    if standing.demonstration:
        console.print("演示数据：由程序模拟生成，不得用于考核或公布。", style="yellow")
    console.print(f"{standing.place_full_name}（{standing.place}）　数据截至 {standing.on}", markup=False)
    for document in views.documents_of(views.rows_of(standing)):
        console.print(_table(document))
    console.print(Text(standing.empty_because or summary_line(standing)))


def summary_line(standing: Standing) -> str:
    """✔ 达标 12　✘ 未达标 8 …: the figures of the summary in one line."""
    return "　".join(_figure(tally) for tally in views.tallies_of(standing))


def _figure(tally: views.Tally) -> str:
    note = f"（{tally.note}）" if tally.note else ""
    return f"{tally.symbol} {tally.label} {tally.count}{note}"


def _table(document: DocumentRows) -> Table:
    table = Table(
        title=Text(document.title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    table.add_column("条款", ratio=3, overflow="fold")
    table.add_column("要求", ratio=7, overflow="fold")
    table.add_column("现值", justify="right", ratio=3, overflow="fold")
    table.add_column("目标", ratio=3, overflow="fold")
    table.add_column("结论", ratio=4, overflow="fold")
    table.add_column("差距", ratio=4, overflow="fold")
    table.expand = True
    for row in document.rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> list[Text]:
    result = row.result
    marks = "".join(f"[{mark}]" for mark in words.marks(result))
    return [
        Text("\n".join(result.clauses) or words.NOTHING),
        Text(f"{result.summary}{marks}"),
        _unbroken(words.value_words(result, result)),
        _unbroken(result.threshold_words),
        _unbroken(words.judged_words(result), style=_STYLES[result.verdict]),
        _unbroken(words.gap_words(result.gap)),
    ]


def _unbroken(text: str, style: str = "") -> Text:
    """Without blanks, at which a narrow column of Chinese would break too early."""
    return Text(text.replace(" ", ""), style=style)
