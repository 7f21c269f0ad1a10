"""Whether a definition holds together: every name it uses exists, every code is on its list, its flow can be walked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from xinglin.facts.fault import Fault
from xinglin.facts.model import load_contract
from xinglin.records import agreement, fitting, flow, products, unit_rights
from xinglin.records.agreement import thing_of, things_of
from xinglin.records.cells import Cells
from xinglin.records.computing import circle
from xinglin.records.conditions import Condition
from xinglin.records.definition import SUBJECT_FIELDS, Definition, Kind, Subject
from xinglin.records.feed import VIRTUAL, Cover
from xinglin.records.fields import FieldType
from xinglin.records.flow import AUTHOR, Move
from xinglin.records.samples import sample_faults

JUDGED = frozenset(("points_self", "points_verified", "result_self", "result"))
"""What an assessment has besides its fields: both totals and what follows from them."""
TODAY = "today"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_LABEL = 16
_SECOND = 2
_TAKEN = frozenset(("id", "state", "each", "county", "township"))
"""Names that the engine uses itself beside the fields of a record."""


def faults_of(one: Definition, known: Mapping[str, Definition]) -> Iterator[str]:
    """Everything that is wrong with a definition, in Chinese; ``known``: all definitions, for references.

    Samples are tried last, and only when the rest holds: they need every name and code list to exist.
    """
    faults = list(_all_but_samples(one, known))
    yield from faults or sample_faults(one)


def _all_but_samples(one: Definition, known: Mapping[str, Definition]) -> Iterator[str]:
    yield from _labels(one)
    yield from _names(one)
    yield from _words(one)
    yield from _personal(one)
    yield from unit_rights.faults_of(one, known)
    yield from _flow(one)
    yield from _sets(one)
    yield from _kind(one)
    yield from _due(one, known)
    yield from _references(one, known)
    for feed in one.facts:
        yield from fitting.faults_of(one, feed)
    for row, means in one.serves.items():
        missing = [name for name in means if name not in one.means]
        if missing or not means:
            yield f"serves.{row}：写了 {'、'.join(missing) or '空'}，定义里却没有"
    if one.downward and one.subject not in (Subject.PLACE, Subject.CONSORTIUM):
        yield "downward：subject 是 place 或 consortium 才写，机构的记录只给本机构和上级看"
    for key, move in one.moves.items():
        yield from _gates(one, key, move, known)
    yield from _versions(one)


def roles_of(one: Definition) -> frozenset[str]:
    """Every role that a definition names."""
    moves = {role for move in one.moves.values() for role in move.who} | {
        role for move in one.moves.values() for approval in move.approvals.values() for role in approval.who
    }
    told = {state.deadline.escalate for state in one.states.values() if state.deadline}
    due = {one.due.who} if one.due else set()
    return frozenset(role for role in one.who.all | moves | told | due if role and role != AUTHOR)


def _labels(one: Definition) -> Iterator[str]:
    if not _NAME.fullmatch(one.id):
        yield f"文件名“{one.id}”只用小写字母、数字、下划线，以字母开头"
    if not 0 < len(one.label) <= _LONGEST_LABEL:
        yield f"label 有 {len(one.label)} 个字，应在 1 至 {_LONGEST_LABEL} 个之间"
    for name, content in {"title": one.title, "list": one.list, "who.read": one.who.read}.items():
        if not content:
            yield f"{name} 是空的"
    for name, field in one.declared.items():
        if not _NAME.fullmatch(name):
            yield f"fields：“{name}”只用小写字母、数字、下划线，以字母开头"
        if not field.label.strip():
            yield f"fields.{name}.label：是空的"
    taken = _TAKEN | (JUDGED if one.standard else set()) | ({"score", "reached"} if one.survey else set())
    yield from (f"fields：“{name}”是系统自己用的名字，请换一个" for name in one.declared if name in taken)


def _named(one: Definition) -> Iterator[tuple[str, Collection[str], Collection[str]]]:
    """Place in the file, names used there, names that exist there."""
    fields, judged = set(one.fields), JUDGED if one.standard else frozenset()
    shown = {*fields, "state", *judged}
    yield "title", one.title, fields
    yield "list", one.list, shown
    yield "filters", one.filters, shown
    yield "totals", one.totals, {*fields, *judged}
    yield from ((f"unique.{number}", group, fields) for number, group in enumerate(one.unique))
    yield from ((f"checks.{number}.at", (check.at,), fields) for number, check in enumerate(one.checks))
    for key, move in one.moves.items():
        yield f"moves.{key}.needs", move.needs, {*fields, *judged}
        yield f"moves.{key}.sets", move.sets, fields
    for name, field in one.declared.items():
        yield f"fields.{name}.computed", field.computed.fields if field.computed else (), fields
    for key, state in one.states.items():
        if state.deadline is not None:
            used = [x for x in (state.deadline.field, state.deadline.after) if x]
            yield f"states.{key}.deadline", used, fields
    for key, report in one.reports.items():
        yield f"reports.{key}.by", report.by, {*things_of(one), *VIRTUAL}
        for name, column in report.columns.items():
            used = [*column.numbers, *([column.distinct] if column.distinct else [])]
            yield f"reports.{key}.columns.{name}", used, things_of(one)


def _names(one: Definition) -> Iterator[str]:
    """Every field that is named somewhere exists, and is of a type that can be used there."""
    for place, names, known in _named(one):
        yield from (f"{place}：没有字段“{name}”" for name in names if name not in known)
    things = things_of(one)
    numbers: dict[str, tuple[str, ...]] = {"totals": one.totals}
    dates: dict[str, tuple[str, ...]] = {}
    for key, report in one.reports.items():
        for name, column in report.columns.items():
            numbers[f"reports.{key}.columns.{name}"] = column.numbers
    for name, field in one.declared.items():
        if field.computed is not None:
            wanted = dates if field.computed.way in ("days", "months") else numbers
            wanted[f"fields.{name}.computed"] = field.computed.fields
    for key, state in one.states.items():
        if state.deadline is not None:
            used = [x for x in (state.deadline.field, state.deadline.after) if x]
            dates[f"states.{key}.deadline"] = tuple(used)
    for sort, word, places in (("number", "数字", numbers), ("date", "日期", dates)):
        for place, names in places.items():
            wrong = [name for name in names if name in things and things[name].sort != sort]
            yield from (f"{place}：“{name}”不是{word}" for name in wrong)
    files = {"list": one.list, "filters": one.filters}
    files |= {f"unique.{number}": group for number, group in enumerate(one.unique)}
    for place, names in files.items():
        wrong = [n for n in names if n in one.fields and one.fields[n].type is FieldType.FILE]
        yield from (f"{place}：“{name}”是文件，不能写在这里" for name in wrong)
    yield from products.faults_of(one)
    if round_ := circle(one.fields):
        yield f"fields：{'、'.join(f'“{name}”' for name in round_)} 互相依赖，分不出先后"


def _conditions(one: Definition) -> Iterator[tuple[str, Condition, bool]]:
    """Place in the file, condition, whether it is over whole records (state and results are known there)."""
    yield from ((f"checks.{number}", check.that, False) for number, check in enumerate(one.checks))
    for name, field in one.declared.items():
        if field.when is not None:
            yield f"fields.{name}.when", field.when, False
    for key, move in one.moves.items():
        if move.when is not None:
            yield f"moves.{key}.when", move.when, True
    for number, feed in enumerate(one.facts):
        if feed.where is not None:
            yield f"facts.{number}.where", feed.where, True
    for key, report in one.reports.items():
        if report.where is not None:
            yield f"reports.{key}.where", report.where, True
        for name, column in report.columns.items():
            for word, part in (("share", column.share), ("where", column.where)):
                if part is not None:
                    yield f"reports.{key}.columns.{name}.{word}", part, True


def _words(one: Definition) -> Iterator[str]:
    """Every condition fits what it tests."""
    fields = {name: thing_of(field) for name, field in one.fields.items()}
    records = things_of(one)
    for place, condition, whole in _conditions(one):
        for fault in agreement.faults_of(condition, records if whole else fields):
            yield f"{place}：{fault}"
    asked: dict[str, agreement.Thing] = {}
    for name, question in one.survey.questions.items() if one.survey else ():
        if question.when is not None:
            for fault in agreement.faults_of(question.when, asked):
                yield f"survey.questions.{name}.when：{fault.replace('没有字段', '前面没有这一题')}"
        sort = {"choice": "code", "choices": "codes", "text": "text"}.get(question.type, "number")
        asked[name] = agreement.Thing(sort, tuple(question.options) or None)


def _personal(one: Definition) -> Iterator[str]:
    """Encrypted fields stand nowhere in the clear: not in lists, searches, reports and facts."""
    secret = {name for name, field in one.fields.items() if field.is_personal}
    for place, names, _ in _named(one):
        if place.split(".")[0] in ("title", "list", "filters", "totals", "unique", "reports"):
            yield from (f"{place}：“{name}”是个人信息，不能写在这里" for name in names if name in secret)
    for place, condition, whole in _conditions(one):
        if whole and not place.startswith("moves."):
            used = sorted(condition.fields() & secret)
            yield from (f"{place}：“{name}”是个人信息，不能写在这里" for name in used)
    for number, feed in enumerate(one.facts):
        used = sorted({s.field for s in feed.columns.values() if s.field in secret} - {None})
        yield from (f"facts.{number}：“{name}”是个人信息，不能写在这里" for name in used)


def _flow(one: Definition) -> Iterator[str]:
    if one.kind is Kind.CASE and not one.states:
        yield "case 应写 states 和 moves"
    if bool(one.states) != bool(one.moves):
        yield "states 与 moves 要同时写"
    if one.states:
        yield from flow.faults_of(one.states, one.moves)
    for feed in one.facts:
        yield from (f"facts：没有状态“{state}”" for state in feed.states if state not in one.states)
    for state in one.due.states if one.due else ():
        if state not in one.states:
            yield f"due：没有状态“{state}”"


def _sets(one: Definition) -> Iterator[str]:
    """What a move sets can stand in the field."""
    for key, move in one.moves.items():
        for name, value in move.sets.items():
            field = one.fields.get(name)
            if field is None or (field.type is FieldType.DATE and value == TODAY):
                continue
            if field.computed is not None:
                yield f"moves.{key}.sets：“{name}”是算出来的"
            elif field.codes is None or field.codes in load_contract().codelists:
                found = Cells(field, one.id, name).read(value)
                if isinstance(found, Fault):
                    yield f"moves.{key}.sets.{name}：{found.what}"


def _kind(one: Definition) -> Iterator[str]:
    if (one.kind is Kind.ASSESSMENT) != (one.standard is not None):
        yield "assessment 必须且只有它才写 standard"
    if (one.kind is Kind.SURVEY) != (one.survey is not None):
        yield "survey 必须且只有它才写 survey"
    if one.who.verify and one.kind is not Kind.ASSESSMENT:
        yield "assessment 才写 who.verify"
    if one.kinds and one.subject not in (Subject.FACILITY, Subject.HALL):
        yield "subject 是 facility 或 hall 才写 kinds"
    lists = load_contract().codelists
    if one.standard is not None and one.standard.code is not None:
        results = lists["assessment_result"].codes
        if one.standard.code not in lists["standard"].codes:
            yield f"standard.code：代码表“standard”里没有“{one.standard.code}”"
        wrong = [name for name in one.standard.results if name not in results]
        yield from (f"standard.results：代码表“assessment_result”里没有“{name}”" for name in wrong)
    if one.survey is not None and one.survey.survey not in (None, *lists["survey"].codes):
        yield f"survey.survey：代码表“survey”里没有“{one.survey.survey}”"
    asked = [*one.kinds, *(one.due.facility_kinds if one.due else ())]
    covers: list[Cover] = [report.cover for report in one.reports.values() if report.cover]
    asked += [kind for cover in covers for kind in cover.facility_kinds]
    yield from (f"没有机构类别“{kind}”" for kind in asked if kind not in lists["facility_kind"].codes)
    for name, type_ in (
        (one.subject_field, SUBJECT_FIELDS[one.subject][1]),
        *((name, FieldType.DATE) for name in ("valid_from", "valid_to", "date")),
    ):
        declared = one.declared.get(name)
        if declared is not None and declared.type is not type_:
            yield f"fields.{name}：应是 {type_.value}"


def _due(one: Definition, known: Mapping[str, Definition]) -> Iterator[str]:
    if one.due is None:
        return
    if one.due.per is not None and one.subject is not Subject.RECORD:
        yield "due.per：subject 是 record 才写，每条上级记录各报一份"
    parent = known.get(str(one.of))
    if one.due.parents is not None and parent is not None:
        for fault in agreement.faults_of(one.due.parents, things_of(parent)):
            yield f"due.parents：{parent.id} {fault}"
        secret = {name for name, field in parent.fields.items() if field.is_personal}
        for name in sorted(one.due.parents.fields() & secret):
            yield f"due.parents：“{name}”是个人信息，不能写在这里"
    if one.due.within < 0:
        yield "due.within 不小于 0"
    levels = one.levels if one.subject is Subject.PLACE else ()
    if levels and one.due.level not in (None, *levels):
        digits = "、".join(map(str, levels))
        yield f"due.level：记录的地区只能是 {digits} 位，没有 {one.due.level} 位的"
    if one.due.facility_kinds and one.subject in (Subject.PLACE, Subject.CONSORTIUM):
        yield "due.facility_kinds：记录不是关于机构的，请写 level"


def _references(one: Definition, known: Mapping[str, Definition]) -> Iterator[str]:
    for name, field in one.fields.items():
        if field.of is not None and field.of not in known:
            yield f"fields.{name}.of：没有记录定义“{field.of}”"
        if field.codes is not None and field.codes not in load_contract().codelists:
            yield f"fields.{name}.codes：没有代码表“{field.codes}”"


def _versions(one: Definition) -> Iterator[str]:
    if one.version < 1:
        yield "version 从 1 开始"
    wanted = set(range(_SECOND, one.version + 1))
    if set(one.migrations) != wanted:
        yield f"migrations：version {one.version} 应写到 {'、'.join(map(str, sorted(wanted))) or '没有'} 的迁移"
    for step in one.migrations.get(one.version, ()):
        named = {*(step.rename or {}).values(), *(step.fill or {}), *(step.recode or {})}
        unknown = sorted(named - set(one.fields))
        yield from (f"migrations.{one.version}：没有字段“{name}”" for name in unknown)
        states = sorted(set((step.states or {}).values()) - set(one.states))
        yield from (f"migrations.{one.version}：没有状态“{name}”" for name in states)
        for name, value in (step.fill or {}).items():
            yield from _filled(one, name, value)
        for name, codes in (step.recode or {}).items():
            listed = thing_of(one.fields[name]).codes if name in one.fields else None
            wrong = [code for code in codes.values() if listed is not None and code not in listed]
            yield from (f"migrations.{one.version}：“{name}”没有“{code}”这一项" for code in wrong)


def _filled(one: Definition, name: str, value: object) -> Iterator[str]:
    field = one.fields.get(name)
    if field is None or (field.codes is not None and field.codes not in load_contract().codelists):
        return
    found = Cells(field, one.id, name).read(value)
    if isinstance(found, Fault):
        yield f"migrations.{one.version}.fill.{name}：{found.what}"


def _gates(one: Definition, key: str, move: Move, known: Mapping[str, Definition]) -> Iterator[str]:
    for gate in move.gates:
        other = known.get(gate.of)
        if other is None:
            yield f"moves.{key}.gates：没有记录定义“{gate.of}”"
            continue
        if gate.where is not None:
            for fault in agreement.faults_of(gate.where, things_of(other)):
                yield f"moves.{key}.gates：{gate.of} {fault}"
        if gate.link == "child" and other.of != one.id:
            yield f"moves.{key}.gates：{gate.of} 不是“{one.id}”的下级记录，link 请写 place 或 facility"
