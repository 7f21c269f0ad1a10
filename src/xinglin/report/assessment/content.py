"""What the self-assessment report says, section by section, in the order officials use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from xinglin.base.states import ValueState, Verdict
from xinglin.report import charts, views, words
from xinglin.report.assessment.annex import annex, data_notes
from xinglin.report.assessment.blocks import (
    Block,
    Cell,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Run,
    Table,
    Text,
    plain,
    to_fill_in,
)
from xinglin.report.digest import DEMONSTRATION
from xinglin.report.origin import Address, Origin
from xinglin.report.views import DocumentRows, Row
from xinglin.standing.model import Gap, Result, Standing

_ORDINALS = "一二三四五六七八九十"
_NEAREST = 5  # so many of the nearest units are named in the text; all stand in the workbook
_LACKS = 60  # characters of what a unit lacks; the whole sentence stands in the workbook
_CHART_ROWS = 24  # so many bars fit a page beside heading and caption

_RESULTS = "sec2"


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task as whoever keeps tasks sees it; the report only repeats it.

    Attributes:
        document: short name of the document. clause, summary: which duty. units: who must do it, as words.
        state: the state in Chinese. progress: what has been done and the evidence, "" when nothing is recorded.
    """

    document: str
    clause: str
    summary: str
    units: str
    state: str
    progress: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report before it is a file: ``subtitle`` stands below the title, ``mark`` in the page's head."""

    title: str
    subtitle: str
    mark: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Making:
    """What the sections are made of."""

    standing: Standing
    rows: tuple[Row, ...]
    address: Address | None

    def number(self, row: Row, text: str) -> Run:
        """A number with the link to its source: the site if there is one, else its row in the annex."""
        return Run(text, self.address(row.result) if self.address else f"#r{row.number}")

    def value(self, row: Row) -> Run:
        return self.number(row, words.value_words(row.result, row.result))


def report_of(
    standing: Standing, origin: Origin, address: Address | None = None, tasks: Sequence[TaskLine] = ()
) -> Report:
    """The report of a standing; tasks are repeated as they are given."""
    making = _Making(standing, views.rows_of(standing), address)
    blocks = (
        *_situation(making),
        *_results(making),
        *_tasks(tasks),
        *_gaps(making),
        *_duties(making),
        Heading(1, "六、数据说明", "sec6"),
        *data_notes(standing, origin),
        PageBreak(),
        *annex(making.rows, address),
    )
    return Report(
        title=f"{standing.place_name}基层中医药服务目标完成情况自评报告",
        subtitle=f"（数据截至{words.date_words(standing.on)}）",
        mark=DEMONSTRATION if standing.demonstration else "",
        blocks=blocks,
    )


def _situation(making: _Making) -> Iterator[Block]:
    standing = making.standing
    documents = views.documents_of(making.rows)
    yield Heading(1, "一、基本情况", "sec1")
    if standing.empty_because:
        yield Paragraph(plain(standing.empty_because))
        return
    start = f"{standing.place_full_name}对照{len(documents)}份政策文件开展自评，共有目标"
    yield Paragraph(
        (Run(start), Run(str(len(standing.results)), f"#{_RESULTS}"), Run("项。其中："), *_tallies(standing))
    )
    for document in documents:
        kind = "本级文件" if document.own else "上级文件"
        yield Paragraph(
            (
                Run(f"《{document.title}》（以下简称“{document.short}”），{kind}，有统计口径的目标"),
                Run(str(len(document.rows)), f"#{_RESULTS}"),
                Run("项。"),
            )
        )
    spec = charts.verdict_chart(standing, charts.PAPER)
    yield Picture(
        spec, "各文件目标达标情况（项）", f"各文件目标达标情况：{_said(standing)}。各项见第二部分的表。"
    )
    yield to_fill_in("本地中医药工作的组织领导、机构与人员的基本情况，以及自评的组织过程")


def _tallies(standing: Standing) -> Iterator[Run]:
    tallies = [tally for tally in views.tallies_of(standing) if tally.count]
    for rank, tally in enumerate(tallies, 1):
        yield Run(tally.label)
        yield Run(str(tally.count), f"#{_RESULTS}")
        note = f"（{tally.note}）" if tally.note else ""
        yield Run(f"项{note}{'。' if rank == len(tallies) else '，'}")


def _said(standing: Standing) -> str:
    return "，".join(f"{tally.label}{tally.count}项" for tally in views.tallies_of(standing) if tally.count)


def _results(making: _Making) -> Iterator[Block]:
    yield Heading(1, "二、目标完成情况", _RESULTS)
    if not making.rows:
        yield Paragraph(plain("没有可对照的目标。"))
        return
    yield Paragraph(
        plain(
            "下列各表，“完成值”为数据截止日的现值，点击可打开它的来源；没有数值的写明原因，不按0计。"
            "达标与否按未舍入的精确值判定。"
        )
    )
    for rank, document in enumerate(views.documents_of(making.rows)):
        yield Heading(2, f"（{_ordinal(rank)}）{document.short}", f"doc{rank + 1}")
        yield _table(making, document)
        yield from _charts(document)


_COLUMNS = (("序号", 12), ("指标", 50), ("目标值", 24), ("完成值", 22), ("完成情况", 24), ("依据条款", 24))


def _table(making: _Making, document: DocumentRows) -> Table:
    rows = tuple(
        (
            Cell(plain(str(row.number))),
            Cell(plain(_promise(row.result))),
            Cell(plain(row.result.threshold_words)),
            Cell((making.value(row),)),
            Cell(plain(_judged(row.result))),
            Cell(plain(words.clause_words(row.result))),
        )
        for row in document.rows
    )
    return Table(f"{document.short}目标完成情况", _COLUMNS, rows)


def _promise(result: Result) -> str:
    marks = words.marks(result)
    return f"{result.summary}（{'、'.join(marks)}）" if marks else result.summary


def _judged(result: Result) -> str:
    """The verdict; where there is no number the value says why, and there is nothing to judge."""
    said = result.verdict.label if result.state is not ValueState.NUMBER else result.verdict_words
    return f"{words.PLAIN_SYMBOLS[result.verdict]} {said or result.verdict.label}"


def _charts(document: DocumentRows) -> Iterator[Picture]:
    numbered = [(number, result) for number, result in document.numbered if charts.in_percent(result)]
    for start in range(0, len(numbered), _CHART_ROWS):
        some = numbered[start : start + _CHART_ROWS]
        spec = charts.percent_chart(some, charts.PAPER)
        if spec:
            title = f"{document.short}：现值与目标（%），第{some[0][0]}至{some[-1][0]}项中的百分数"
            signs = "竖线为目标值；●达标　✚未达标　▲未达（非硬性）　◆不评判"
            yield Picture(spec, f"{title}（{signs}）", f"{title}，各数见上表。")


def _tasks(tasks: Sequence[TaskLine]) -> Iterator[Block]:
    yield Heading(1, "三、主要做法和任务进展", "sec3")
    if not tasks:
        yield Paragraph(plain("出具本报告时没有带入任务清单，以下由填报单位补充。"))
        yield to_fill_in("按文件逐条写明任务的牵头单位、已采取的措施、取得的进展和佐证材料")
        return
    documents = dict.fromkeys(task.document for task in tasks)
    for rank, document in enumerate(documents):
        mine = [task for task in tasks if task.document == document]
        yield Heading(2, f"（{_ordinal(rank)}）{document}任务进展", f"task{rank + 1}")
        yield Table(f"{document}任务进展", _TASK_COLUMNS, tuple(map(_task, mine)))
    yield to_fill_in("主要做法、经验和典型事例")


_TASK_COLUMNS = (("条款", 18), ("任务", 46), ("责任单位", 30), ("状态", 16), ("进展和佐证", 28), ("期限", 18))


def _task(task: TaskLine) -> tuple[Cell, ...]:
    due = task.due.isoformat() if task.due else words.NOTHING
    cells = (
        task.clause,
        task.summary,
        task.units or words.NOBODY,
        task.state,
        task.progress or "未填写",
        due,
    )
    return tuple(Cell(plain(text)) for text in cells)


def _gaps(making: _Making) -> Iterator[Block]:
    yield Heading(1, "四、存在的差距", "sec4")
    sections = [
        ("未达标的目标", list(_missed(making, Verdict.NOT_MET))),
        ("未达到的非硬性目标", list(_missed(making, Verdict.WARN))),
        ("没有数值、不能评判的目标", list(_unknown(making))),
        ("尚无统计口径的目标", list(_wanted(making))),
    ]
    found = [(title, blocks) for title, blocks in sections if blocks]
    if not found:
        yield Paragraph(plain("有数值的目标均已达到，没有发现差距。"))
    for rank, (title, blocks) in enumerate(found):
        yield Heading(2, f"（{_ordinal(rank)}）{title}（{len(blocks)}项）", f"gap{rank + 1}")
        yield from blocks


def _missed(making: _Making, verdict: Verdict) -> Iterator[Paragraph]:
    missed = [row for row in views.missed_of(making.rows) if row.result.verdict is verdict]
    for rank, row in enumerate(missed, 1):
        result = row.result
        start = f"{rank}. {result.summary}（{result.document_short}）。现值"
        text: Text = (
            Run(start),
            making.value(row),
            Run(f"，目标{result.threshold_words}"),
            *_lacking(making, row),
            Run("。"),
        )
        yield Paragraph(text)


def _lacking(making: _Making, row: Row) -> Iterator[Run]:
    gap = row.result.gap
    if gap is None:
        return
    yield Run("，")
    yield making.number(row, gap.words)
    if gap.nearest:
        yield Run(f"。最接近达标的是：{_nearest(gap)}")


def _nearest(gap: Gap) -> str:
    """The nearest units with what they lack, what several lack alike said once."""
    shown = gap.nearest[:_NEAREST]
    names = [name or unit for unit, name, _ in shown]
    lacks = list(dict.fromkeys(lack for _, _, lack in shown))
    more = f"等{len(gap.nearest)}个" if len(gap.nearest) > _NEAREST else ""
    if len(lacks) == 1 and len(shown) > 1:
        return f"{'、'.join(names)}{more}，缺：{words.shortened(lacks[0], _LACKS)}"
    named = (
        f"{name}，缺：{words.shortened(lack, _LACKS)}"
        for name, (_, _, lack) in zip(names, shown, strict=True)
    )
    return f"{'；'.join(named)}{f'；{more}' if more else ''}"


def _unknown(making: _Making) -> Iterator[Paragraph]:
    found = [row for row in making.rows if row.result.state is not ValueState.NUMBER]
    for rank, row in enumerate(found, 1):
        result = row.result
        why = f"，{result.reason}" if result.reason else ""
        start = f"{rank}. {result.summary}（{result.document_short}，目标{result.threshold_words}）："
        yield Paragraph((Run(start), making.value(row), Run(f"{why}。")))


def _wanted(making: _Making) -> Iterator[Paragraph]:
    for rank, result in enumerate(views.wanted_of(making.standing), 1):
        clauses = words.clause_words(result)
        yield Paragraph(plain(f"{rank}. {result.summary}（{result.document_short}，{clauses}）。"))


_DUTIES = (("序号", 12), ("未达到的目标", 52), ("差距", 34), ("责任单位", 38), ("期限", 20))


def _duties(making: _Making) -> Iterator[Block]:
    yield Heading(1, "五、责任与下一步", "sec5")
    missed = views.missed_of(making.rows)
    if not missed:
        yield Paragraph(plain("没有未达到的目标。"))
    else:
        yield Paragraph(plain("未达到的各项目标，按文件规定由下列单位负责；文件没有指明的，由本级政府明确。"))
        yield Table("未达到的目标及责任单位", _DUTIES, tuple(_duty(making, row) for row in missed))
    yield to_fill_in("各责任单位的整改措施、完成时限和保障条件")


def _duty(making: _Making, row: Row) -> tuple[Cell, ...]:
    result = row.result
    tasks = words.task_words(result)
    who = words.responsible_words(result) + (f"（{tasks}）" if tasks else "")
    return (
        Cell(plain(str(row.number))),
        Cell(plain(result.summary)),
        Cell((making.number(row, words.gap_words(result.gap)),)),
        Cell(plain(who)),
        Cell(plain(result.deadline.isoformat())),
    )


def _ordinal(rank: int) -> str:
    """一 to 九十九, from 0 upwards."""
    tens, ones = divmod(rank + 1, 10)
    if not tens:
        return _ORDINALS[ones - 1]
    return f"{_ORDINALS[tens - 1] if tens > 1 else ''}十{_ORDINALS[ones - 1] if ones else ''}"
