"""Whether a definition holds together: every name it uses exists, every code is on its list, its flow can be walked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from xinglin.facts.model import load_contract
from xinglin.records import flow
from xinglin.records.definition import SUBJECT_FIELDS, Definition, Kind, Subject
from xinglin.records.feed import VIRTUAL, Cover, Feed, Source
from xinglin.records.fields import MANY, NUMBERS, FieldType
from xinglin.records.flow import AUTHOR
from xinglin.records.samples import sample_faults

JUDGED = frozenset(("points_self", "points_verified", "result_self", "result"))
"""What an assessment has besides its fields: both totals and what follows from them."""
_SECOND = 2


def faults_of(one: Definition, known: Mapping[str, Definition]) -> Iterator[str]:
    """Everything that is wrong with a definition, in Chinese; ``known``: all definitions, for references."""
    yield from _names(one)
    yield from _flow(one)
    yield from _kind(one)
    for name, field in one.fields.items():
        if field.of is not None and field.of not in known:
            yield f"fields.{name}.of：没有记录定义“{field.of}”"
        if field.codes is not None and field.codes not in load_contract().codelists:
            yield f"fields.{name}.codes：没有代码表“{field.codes}”"
    for feed in one.facts:
        yield from _feed(one, feed)
    for row, means in one.serves.items():
        missing = [name for name in means if name not in one.means]
        if missing or not means:
            yield f"serves.{row}：写了 {'、'.join(missing) or '空'}，定义里却没有"
    yield from _versions(one)
    yield from sample_faults(one)


def roles_of(one: Definition) -> frozenset[str]:
    """Every role that a definition names."""
    moves = {role for move in one.moves.values() for role in move.who} | {
        role for move in one.moves.values() for approval in move.approvals.values() for role in approval.who
    }
    told = {state.deadline.escalate for state in one.states.values() if state.deadline}
    due = {one.due.who} if one.due else set()
    return frozenset(role for role in one.who.all | moves | told | due if role and role != AUTHOR)


def _names(one: Definition) -> Iterator[str]:
    """Every field that is named somewhere exists."""
    virtual = {*VIRTUAL, "state", "id"}
    known = {*one.fields, "state", *(JUDGED if one.standard else ())}
    named: dict[str, Collection[str]] = {
        "title": one.title,
        "list": one.list,
        "filters": one.filters,
        "totals": one.totals,
        **{f"unique.{number}": group for number, group in enumerate(one.unique)},
        **{f"checks.{n}": {*check.that.fields(), check.at} for n, check in enumerate(one.checks)},
        **{
            f"moves.{k}": {*m.needs, *m.sets, *(m.when.fields() if m.when else ())}
            for k, m in one.moves.items()
        },
    }
    for name, field in one.declared.items():
        named[f"fields.{name}.when"] = field.when.fields() if field.when else ()
        named[f"fields.{name}.computed"] = field.computed.fields if field.computed else ()
    for key, state in one.states.items():
        if state.deadline is not None:
            named[f"states.{key}.deadline"] = [x for x in (state.deadline.field, state.deadline.after) if x]
    for key, report in one.reports.items():
        fields = [x for c in report.columns.values() for x in c.fields]
        named[f"reports.{key}"] = [*(b for b in report.by if b not in virtual), *fields]
    for place, names in named.items():
        for name in names:
            if name not in known:
                yield f"{place}：没有字段“{name}”"
    wrong = [name for name in one.totals if name in one.fields and one.fields[name].type not in NUMBERS]
    yield from (f"totals：“{name}”不是数字" for name in wrong)
    yield from _words(one)


def _words(one: Definition) -> Iterator[str]:
    for number, check in enumerate(one.checks):
        for field, test, right in check.that.tests():
            yield from (f"checks.{number}：{fault}" for fault in _test_fault(one, field, test, right))
    for name, asked in one.declared.items():
        for other, test, right in asked.when.tests() if asked.when else ():
            yield from (f"fields.{name}.when：{fault}" for fault in _test_fault(one, other, test, right))


def _test_fault(one: Definition, name: str, test: str, right: object) -> Iterator[str]:
    field = one.fields.get(name)
    codes = None if field is None else field.options
    if field is not None and field.codes in load_contract().codelists:
        codes = {
            code: entry.label for code, entry in load_contract().codelists[str(field.codes)].codes.items()
        }
    if codes is None:
        return
    asked = right if isinstance(right, tuple) else (right,)
    if test in ("is_", "is_not", "in_", "has"):
        yield from (f"“{name}”没有“{code}”这一项" for code in asked if code not in codes)


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


def _kind(one: Definition) -> Iterator[str]:
    if (one.kind is Kind.ASSESSMENT) != (one.standard is not None):
        yield "assessment 必须且只有它才写 standard"
    if (one.kind is Kind.SURVEY) != (one.survey is not None):
        yield "survey 必须且只有它才写 survey"
    if (one.subject is Subject.RECORD) != (one.of is not None):
        yield "subject 是 record 才写 of，且必须写"
    if one.levels and one.subject is not Subject.PLACE:
        yield "subject 是 place 才写 levels"
    if one.kinds and one.subject not in (Subject.FACILITY, Subject.HALL):
        yield "subject 是 facility 或 hall 才写 kinds"
    kinds = load_contract().codelists["facility_kind"].codes
    asked = [*one.kinds, *(one.due.facility_kinds if one.due else ())]
    covers: list[Cover] = [report.cover for report in one.reports.values() if report.cover]
    asked += [kind for cover in covers for kind in cover.facility_kinds]
    yield from (f"没有机构类别“{kind}”" for kind in asked if kind not in kinds)
    files = [name for name in one.list if name in one.fields and one.fields[name].type is FieldType.FILE]
    yield from (f"list：“{name}”是文件，列不出" for name in files)
    subject = SUBJECT_FIELDS[one.subject][1]
    declared = one.declared.get(one.subject_field)
    if declared is not None and declared.type is not subject:
        yield f"fields.{one.subject_field}：应是 {subject.value}"


def _feed(one: Definition, feed: Feed) -> Iterator[str]:
    contract = load_contract()
    if feed.table not in contract.tables:
        yield f"facts：没有事实表“{feed.table}”"
        return
    table = contract.table(feed.table)
    yield from (
        f"facts.{feed.table}：没有“{name}”这一列" for name in feed.columns if name not in table.columns
    )
    lacking = [n for n, c in table.columns.items() if c.required and n not in feed.columns]
    yield from (f"facts.{feed.table}：缺少必填的“{name}”" for name in lacking)
    known = {*one.fields, "id", "state", "place", "facility"}
    known |= JUDGED if one.standard else set()
    known |= {"score", "reached"} if one.survey else set()
    if feed.each is not None:
        known.add("each")
        if feed.each not in one.fields or one.fields[feed.each].type not in MANY:
            yield f"facts.{feed.table}.each：“{feed.each}”不是可多选的字段"
    for name, source in feed.columns.items():
        if source.field is not None and source.field not in known:
            yield f"facts.{feed.table}.{name}：没有字段“{source.field}”"
        codes = contract.codes(feed.table, name) if name in table.columns else None
        if codes is not None:
            wrong = [code for code in _given(one, source) if code not in codes.codes]
            yield from (f"facts.{feed.table}.{name}：代码表“{codes.name}”里没有“{code}”" for code in wrong)


def _given(one: Definition, source: Source) -> list[object]:
    """Every code that a source may give, as far as the definition says."""
    if source.value is not None:
        return [source.value]
    if source.map is not None:
        return list(source.map.values())
    if source.field in ("result", "result_self") and one.standard is not None:
        return list(one.standard.results)
    field = one.fields.get(str(source.field))
    if field is not None and field.codes in load_contract().codelists:
        return list(load_contract().codelists[str(field.codes)].codes)
    return list(field.options or ()) if field is not None else []


def _versions(one: Definition) -> Iterator[str]:
    wanted = set(range(_SECOND, one.version + 1))
    if set(one.migrations) != wanted:
        yield f"migrations：version {one.version} 应写到 {'、'.join(map(str, sorted(wanted))) or '没有'} 的迁移"
