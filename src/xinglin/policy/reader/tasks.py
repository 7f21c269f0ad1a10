"""Tasks with their units, dated steps, safeguards, box items; duty paragraphs of departments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from xinglin.policy.model import TaskKind
from xinglin.policy.reader.annexes import units_of
from xinglin.policy.reader.columns import columns
from xinglin.policy.reader.entries import Period
from xinglin.policy.reader.model import Place, ReadDuty, ReadTask, Source, Surety
from xinglin.policy.reader.nodes import Node
from xinglin.policy.reader.past import past_clause
from xinglin.policy.reader.sentences import masked
from xinglin.policy.reader.tables import Table
from xinglin.policy.reader.words import words


@dataclass(frozen=True, slots=True)
class _Usual:
    """Kinds of clauses that mostly print a heading, and whether any of them prints its units."""

    headed: frozenset[str]
    with_units: bool


def tasks(root: Node, source: Source) -> tuple[ReadTask, ...]:
    """Every task in printed order."""
    usual = {id(node): _usual(node) for node in root.walk()}
    found = [task for node in root.walk() for task in _of_node(node, source, usual)]
    return tuple(replace(task, id=f"k{number:02d}") for number, task in enumerate(found, 1))


def _of_node(node: Node, source: Source, usual: Mapping[int, _Usual]) -> Iterator[ReadTask]:
    kind = _kind(node)
    beside = usual[id(node.parent)] if node.parent else _Usual(frozenset(), False)
    task = _task(node, kind, source, beside) if kind else None
    if task:
        yield task
    for number, table in enumerate(node.tables, 1):
        yield from _of_table(node, table, number, source)


def _of_table(node: Node, table: Table, number: int, source: Source) -> Iterator[ReadTask]:
    """Rows of a table that divides tasks between units (任务分工表)."""
    roles = columns(table, Period())
    if (roles.responsible is None and roles.lead is None) or roles.values or not roles.texts:
        return
    for serial, row in enumerate(table.rows[table.head :], 1):
        text = next(
            (row[index] for index, _ in reversed(roles.texts) if index < len(row) and row[index].chars), None
        )
        units, lead = units_of(row, roles)
        if text is None or not units:
            continue
        place = Place(f"{node.path} {'表' if number == 1 else f'表{number}'} {serial}".strip(), table.page)
        surety = Surety(0.9, ("分工表的一行",))
        heading = _summary(text.chars)
        yield ReadTask("k", text.quotation(source, place), heading, TaskKind.TASK, surety, False, units, lead)


def _kind(node: Node) -> TaskKind | None:
    """What a clause is by its own place and the headings above it; None when it is no task."""
    if any(past_clause(above) for above in node.above()):
        return None
    chain = list(node.above())
    if any(above.kind == "annex" and not _holds_plan(above) for above in chain):
        return None
    box = next((above for above in chain if above.kind == "box"), None)
    if box:
        return TaskKind.BOX if node.kind == "item" and node.parent is box else None
    section = next((above for above in chain if above.kind == "section"), None)
    role = _role(section)
    if role is None or _is_aim(node):
        return None
    if role is TaskKind.SAFEGUARD:
        direct = node.kind == "item" and node.parent is section
        return role if node.kind in {"subsection", "article"} or direct else None
    if node.kind in {"item", "article"}:
        return role
    alone = not any(child.kind in {"item", "article"} for child in node.children)
    return role if node.kind == "subsection" and alone and not _is_aim(node) else None


def _holds_plan(annex: Node) -> bool:
    return any(child.kind == "section" for child in annex.children) and not annex.tables


def _role(section: Node | None) -> TaskKind | None:
    if section is None:
        return TaskKind.TASK
    heading = section.heading
    lists = words()["task_sections"]
    if re.search(lists["none"], heading):
        return None
    if re.search(lists["step"], heading):
        return TaskKind.STEP
    return TaskKind.SAFEGUARD if re.search(lists["safeguard"], heading) else TaskKind.TASK


def _is_aim(node: Node) -> bool:
    none = words()["task_sections"]["none"]
    return any(
        above.kind in {"subsection", "section"} and re.search(none, above.heading) for above in node.above()
    )


_UNITS = re.compile(
    r"[（(]?(?:责任单位|责任部门|牵头单位|牵头部门|主要责任单位|负责单位|配合单位)：?(?P<named>[^（）。]*(?:（[^）]*）[^（）。]*)*)[）)]?。?$"
    r"|（(?P<worded>[^（）]*?(?:按(?:照)?(?:各自)?职责分工负责|分别负责|负责|牵头[^（）]*|配合|参与))）。?$"
)
_TAIL_LETTERS = 600
"""Letters at the end of a clause among which its units are printed."""
_TAIL = re.compile(r"(?:、)?(?:等)?(?:按照?(?:各自)?职责分?工?负责|分别负责|共同负责|负责|参与|配合|落实)$")


def _task(node: Node, kind: TaskKind, source: Source, beside: _Usual) -> ReadTask | None:
    whole = node.whole()
    if not whole.chars:
        return None
    units, lead = responsible(whole.chars)
    printed = bool(node.heading) and node.kind in beside.headed
    heading = node.heading if printed else _summary(whole.chars)
    stage = node.parent.heading if node.parent and kind is TaskKind.STEP else ""
    stage = node.heading if kind is TaskKind.STEP and node.kind == "subsection" else stage
    period = re.search(r"（(20\d\d年[^）]*)）", stage)
    doubts = () if units or not beside.with_units else ("同类条目写有责任单位，这一条没有",)
    reasons = ("带编号的条目",) if node.kind == "item" else ("带编号的小节",)
    surety = Surety(0.95 if not doubts else 0.8, reasons, doubts)
    return ReadTask(
        "k", whole.quotation(source, node.place), heading, kind, surety, printed, units, lead,
        period[1] if period else None,
    )  # fmt: skip


def _usual(around: Node) -> _Usual:
    """What the clauses inside one usually print."""
    kinds = Counter(child.kind for child in around.children)
    headed = Counter(child.kind for child in around.children if child.heading)
    most = frozenset(kind for kind, times in headed.items() if times * 2 > kinds[kind])
    return _Usual(most, any(responsible(child.whole().chars)[0] for child in around.children))


def _summary(text: str) -> str:
    bare = re.sub(r"^(?:\d+[.．、]|（[^）]+）)", "", text)
    return re.split(r"[，。；]", bare, maxsplit=1)[0][:30]


def responsible(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Printed units in printed order, and those of them marked as lead."""
    match = _UNITS.search(text[-_TAIL_LETTERS:])
    if not match:
        return (), ()
    body = (match["named"] if match["named"] is not None else match["worded"]).strip()
    units: list[str] = []
    lead: list[str] = []
    pieces = re.split(r"[；;。]", re.sub(r"(?:配合|参与|协同)(?:单位|部门)：", "；", body))
    for index, piece in enumerate(pieces):
        names, leads = _names(piece, index == 0 and "牵头" in match[0][:6])
        units += names
        lead += leads
    return tuple(dict.fromkeys(units)), tuple(dict.fromkeys(lead))


def _names(piece: str, leads: bool) -> tuple[list[str], list[str]]:
    """Units of a piece, and those that lead: all when it is headed 牵头单位, else those marked 牵头."""
    names: list[str] = []
    lead: list[str] = []
    for part in re.split(r"[，,]", piece):
        marked = leads or bool(re.search(r"牵头(?:负责)?$", part)) or part.startswith("牵头")
        bare = _TAIL.sub("", re.sub(r"^(?:由|牵头单位：|牵头：)|(?:为)?牵头(?:负责|单位)?$", "", part))
        here = [name for raw in _split(bare) if (name := _TAIL.sub("", raw).strip(" 等"))]
        names += here
        lead += here if marked else []
    return names, lead


def _split(text: str) -> list[str]:
    plain = masked(text)
    cuts = [
        index
        for index, char in enumerate(plain)
        if char in "、\n" and plain[:index].count("（") == plain[:index].count("）")
    ]
    return [text[a:b].strip("、\n") for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


_DEPARTMENT = (
    r"(?:[\u4e00-\u9fff]{2,14}?(?:（[^）]*）)?[\u4e00-\u9fff]{0,6}?"
    r"(?:部门|局|委员会|委|办公室|单位|机构|中心|医院|厅|院|办|科|联合会|政府|党委))"
)
_DUTY = re.compile(
    rf"(?:—+|-{{2,}}|[●•◆■▪]|（?\d{{1,2}}[）.、]|[①-⑳])?(?P<units>{_DEPARTMENT}(?:(?:、|和|及|以及|与|会同){_DEPARTMENT})*)"
    r"(?P<verb>：|要|负责|应|须|支持|会同|按|将|依|牵头|配合|做好|加强|落实|制定|承担|组织|指导)"
)


def duties(root: Node, source: Source) -> tuple[ReadDuty, ...]:
    """Unnumbered paragraphs that begin with departments, at least two of them side by side."""
    found: list[ReadDuty] = []
    for around in root.walk():
        if around.kind not in {"section", "subsection"} or not re.search(
            "职责|责任|分工|保障|组织|领导|实施", around.heading
        ):
            continue
        here = [(node, text, match) for node in (around, *around.children) if node is around or node.kind == "dash"
                for text in node.texts if (match := _DUTY.match(text.chars))]  # fmt: skip
        if len(here) >= 2:
            for node, text, match in here:
                units = tuple(re.split(r"、|会同|(?<=部门)和|(?<=局)和|(?<=委)和|以及", match["units"]))
                duty = text.chars[match.start("verb") :].lstrip("：")
                surety = Surety(0.9, ("段首写明部门",))
                quotation = text.quotation(source, node.place)
                found.append(ReadDuty(f"d{len(found) + 1:02d}", quotation, units, duty, surety))
    return tuple(found)
