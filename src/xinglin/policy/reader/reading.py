"""The whole reading: outline, document, statements, tasks, put together into a draft."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xinglin.base.states import Comparator
from xinglin.policy.reader.annexes import remark_date, rows
from xinglin.policy.reader.catalogues import catalogues, is_catalogue
from xinglin.policy.reader.document import described
from xinglin.policy.reader.entries import Period, Reader, Statement
from xinglin.policy.reader.joining import pieces
from xinglin.policy.reader.merging import earlier_value, merged
from xinglin.policy.reader.model import (
    Clause,
    PastValue,
    Place,
    ReadBaseline,
    ReadDocument,
    Reading,
    ReadTarget,
    Source,
    Surety,
)
from xinglin.policy.reader.nodes import Node
from xinglin.policy.reader.past import is_report
from xinglin.policy.reader.repeats import repeats
from xinglin.policy.reader.structure import Outline, outline
from xinglin.policy.reader.tasks import duties, tasks
from xinglin.policy.reader.trends import trends


def read(source: Source) -> Reading:
    """Read one document into a draft; never raises for odd text, says its doubts instead."""
    tree = outline(pieces(source))
    document = described(tree)
    report = is_report(
        [line.text.chars for line in tree.front] + [t.chars for n in tree.root.walk() for t in n.texts]
    )
    reader = Reader(source, _period(document), document.level, _last_block(tree), report)
    statements = list(_statements(tree, reader))
    statements += repeats(tree.root, statements, reader)
    doubts = [*source.problems, *document.doubts, *reader.doubts]
    if report:
        doubts.append("像新闻报道或数据公报，不像规划、方案；只把写明将来年份的数字当作目标，请核对")
    return Reading(
        source=source,
        document=document,
        clauses=clause_tree(tree.root),
        targets=_targets(statements, report, reader.period.start_year),
        tasks=tasks(tree.root, source),
        duties=duties(tree.root, source),
        baselines=_baselines(statements),
        trends=trends(tree.root, source),
        catalogues=catalogues(tree.root, source),
        doubts=tuple(doubts),
    )


def _period(document: ReadDocument) -> Period:
    start = None
    if document.period_end and (document.period_end.year % 5 == 0):
        start = document.period_end.year - 4
    if start is None and document.issued:
        start = document.issued.year
    return Period(start, document.period_end, document.issued)


def _last_block(tree: Outline) -> int:
    """The block of the last running text."""
    return max((o.block for n in tree.root.walk() for t in n.texts for o in t.origins[-1:]), default=0)


def _statements(tree: Outline, reader: Reader) -> Iterator[Statement]:
    for node in tree.root.walk():
        yield from reader.prose(node)
        for number, table in enumerate(node.tables, 1):
            if is_catalogue(table):
                continue
            yield from rows(node, table, number, reader, remark_date(node, reader.period))


def _targets(wanted: list[Statement], report: bool, start_year: int | None) -> tuple[ReadTarget, ...]:
    past = [one for one in wanted if one.past]
    groups = merged([one for one in wanted if not one.past])
    return tuple(
        _target(number, group, report, earlier_value(group, past, start_year))
        for number, group in enumerate(groups, 1)
    )


def _target(number: int, group: list[Statement], report: bool, earlier: PastValue | None) -> ReadTarget:
    first = group[0]
    found = first.found
    deadline = next((one.deadline for one in group if one.deadline), None)
    strong = next((one.found for one in group if one.found.strength_text), found)
    return ReadTarget(
        id=f"t{number:02d}",
        quotations=tuple(one.quotation for one in group),
        subject=found.subject,
        measure=found.measure,
        comparator=found.comparator,
        value=found.value,
        unit=found.unit,
        surety=_surety(group, report),
        upper=found.upper,
        second=found.second,
        share=next((one.found.share for one in group if one.found.share is not None), None),
        deadline=deadline,
        level=first.level,
        strength=strong.strength,
        comparator_text=found.words,
        strength_text=strong.strength_text,
        attribute=next((one.attribute for one in group if one.attribute), None),
        baseline=next((one.baseline for one in group if one.baseline), earlier),
        responsible=next((one.responsible for one in group if one.responsible), ()),
    )


def _surety(group: list[Statement], report: bool) -> Surety:
    found = group[0].found
    doubts = list(dict.fromkeys(doubt for one in group for doubt in (*one.found.doubts, *one.doubts)))
    if not found.words and found.value is not None and found.comparator is not Comparator.ALL:
        doubts.append("没有印比较词，按“不低于”读")
    if report:
        doubts.append("来自新闻或公报式文字")
    reasons = [found.reason] + ([f"另有 {len(group) - 1} 处同样要求"] if len(group) > 1 else [])
    sure = 0.97 - 0.08 * len(doubts) - (0.3 if report else 0.0) + (0.02 if len(group) > 1 else 0.0)
    return Surety(round(max(0.3, min(0.99, sure)), 2), tuple(reasons), tuple(doubts))


def _baselines(statements: list[Statement]) -> tuple[ReadBaseline, ...]:
    past = [one for one in statements if one.past and one.found.value is not None and one.found.unit]
    return tuple(_baseline(number, one) for number, one in enumerate(past, 1))


def _baseline(number: int, one: Statement) -> ReadBaseline:
    found, when = one.found, one.deadline.text if one.deadline else ""
    surety = Surety(0.85, ("句中写的是过去的情况",))
    value, unit = found.value or Decimal(0), found.unit or ""
    return ReadBaseline(
        f"b{number:02d}", one.quotation, found.subject, found.measure, value, unit, surety, when
    )


def clause_tree(node: Node) -> Clause:
    """The tree as the reading shows it."""
    blocks = tuple(sorted({origin.block for text in node.texts for origin in text.origins}))
    children = [clause_tree(child) for child in node.children]
    for number, table in enumerate(node.tables, 1):
        label = "表" if number == 1 else f"表{number}"
        children.append(Clause("table", Place(f"{node.path} {label}", table.page), "", (table.block,)))
    return Clause(node.kind, node.place, node.heading, blocks, tuple(children))
