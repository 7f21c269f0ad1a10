"""Tasks in Word: the progress report as a file, and the lines that the self-assessment report repeats."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import docx
from docx.shared import Mm

from xinglin.apps.forms.book import definition
from xinglin.apps.insight.tasks import TASK
from xinglin.apps.insight.tasks.progress import Group, Issue, Report
from xinglin.apps.insight.tasks.reading import Task
from xinglin.report.assessment.content import TaskLine
from xinglin.report.assessment.styles import set_up

HEADINGS = ("任务", "未落实", "待协调", "逾期", "待核对", "已办结", "比上次多办结")
FIRST, OTHER = 44, 16
"""Widths of the columns of a table, mm."""
LISTED = 100
"""Tasks of a kind that are listed."""


def progress_file(report: Report, place: str, *, demonstration: bool = False) -> bytes:
    """The report as a .docx, in the type and on the page of the self-assessment report."""
    document = docx.Document()
    set_up(document)
    document.add_paragraph(f"{place}任务进展报告", style="Title")
    day, since = report.day, report.since
    told = f"{day.year}年{day.month}月{day.day}日（上次：{since.year}年{since.month}月{since.day}日）"
    document.add_paragraph(told, style="Subtitle")
    if demonstration:
        document.add_paragraph("演示数据", style="演示标记")
    document.add_paragraph(_summary(report), style="Body Text")
    _section(document, "一、各文件", "文件", report.documents)
    _section(document, "二、各牵头单位", "牵头单位", report.units)
    _listed(document, f"三、需要协调解决的（{len(report.issues)}项）", map(_issue, report.issues))
    for ordinal, words, tasks in (
        ("四", "未落实责任人的", report.unassigned),
        ("五", "逾期的", report.late),
        ("六", "上次以来办结的", report.closed),
    ):
        _listed(document, f"{ordinal}、{words}（{len(tasks)}项）", map(_task, tasks))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _summary(report: Report) -> str:
    now, before = report.counts, report.before
    return (
        f"共{now.total}项任务，已办结{now.closed}项（上次{before.closed}项），待核对{now.submitted}项，"
        f"逾期{now.late}项（上次{before.late}项），待协调{now.blocked}项；"
        f"还有{now.unassigned}项没有落实责任人（上次{before.unassigned}项）。"
    )


def _section(document: Any, heading: str, first: str, groups: Sequence[Group]) -> None:
    document.add_paragraph(heading, style="Heading 1")
    table = document.add_table(rows=1, cols=len(HEADINGS) + 1, style="Table Grid")
    table.autofit = False
    _row(table.rows[0], (first, *HEADINGS), "表格标题行")
    for group in groups:
        c = group.counts
        cells = (c.total, c.unassigned, c.blocked, c.late, c.submitted, c.closed, group.more_closed)
        _row(table.add_row(), (group.name, *map(str, cells)), "表格文字")


def _row(row: Any, cells: Sequence[str], style: str) -> None:
    for number, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
        cell.width = Mm(OTHER if number else FIRST)
        cell.paragraphs[0].style = row.part.document.styles[style]
        cell.paragraphs[0].add_run(text)


def _listed(document: Any, heading: str, lines: Iterable[str]) -> None:
    document.add_paragraph(heading, style="Heading 1")
    listed = list(lines)
    for number, text in enumerate(listed[:LISTED], start=1):
        document.add_paragraph(f"{number}．{text}", style="Body Text")
    if not listed:
        document.add_paragraph("没有。", style="Body Text")
    elif len(listed) > LISTED:
        document.add_paragraph(f"另有{len(listed) - LISTED}项，见任务清单。", style="Body Text")


def _task(task: Task) -> str:
    due = f"，期限{task.due_on}" if task.due_on else ""
    return f"{task.document} {task.clause} {task.task}（{task.lead_label or '没有牵头单位'}{due}）"


def _issue(issue: Issue) -> str:
    due = f"，期限{issue.due}" if issue.due else ""
    return f"{issue.what}（{issue.unit}{due}{'，逾期' if issue.late else ''}）"


def task_lines(tasks: Iterable[Task]) -> tuple[TaskLine, ...]:
    """Tasks as the self-assessment report repeats them."""
    states = definition(TASK).states
    return tuple(
        TaskLine(
            str(task.document),
            str(task.clause),
            str(task.task),
            "、".join(filter(None, [task.lead_label, *task.co_labels])),
            states[task.state].label,
            _done(task),
            task.due_on,
        )
        for task in tasks
    )


def _done(task: Task) -> str:
    claimed = f"报{task.claimed}%" if task.claimed is not None else ""
    verified = f"核定{task.verified}%" if task.verified is not None else ""
    evidence = f"佐证{task.evidence_count}件" if task.evidence_count else ""
    return "，".join(filter(None, [claimed, verified, evidence]))
