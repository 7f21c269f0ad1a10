"""A whole definition in plain Chinese, a statement a line: what one record is, who keeps it, how it moves, what for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinglin.facts.model import load_contract
from xinglin.records.definition import SUBJECT_FIELDS, UNIT_ROLES, Definition, Due, Step
from xinglin.records.feed import Column, Cover, Feed, Report
from xinglin.records.fields import Computed, Field, FieldType, Personal
from xinglin.records.loading import Book
from xinglin.records.mission import BY
from xinglin.records.phrases import LEVELS, Words
from xinglin.records.questionnaire import Questionnaire
from xinglin.records.standard import Needs, Standard
from xinglin.records.units import PARENT

TYPES = {
    FieldType.TEXT: "文字",
    FieldType.LINES: "多行文字",
    FieldType.INTEGER: "整数",
    FieldType.DECIMAL: "小数",
    FieldType.BOOLEAN: "是或否",
    FieldType.DATE: "日期",
    FieldType.YEAR: "年份",
    FieldType.MONTH: "月份",
    FieldType.CODE: "单选",
    FieldType.CODES: "多选",
    FieldType.PLACE: "地区",
    FieldType.FACILITY: "机构",
    FieldType.HALL: "中医馆",
    FieldType.PRACTITIONER: "人员",
    FieldType.CONSORTIUM: "医共体",
    FieldType.FACILITIES: "多个机构",
    FieldType.PRACTITIONERS: "多个人员",
    FieldType.RECORD: "记录",
    FieldType.PERSON: "证件号",
    FieldType.FILE: "文件",
}
PERSONAL = {
    Personal.NAME: "姓名",
    Personal.CONTACT: "联系方式",
    Personal.DOCUMENT: "证件",
    Personal.HEALTH: "健康信息",
    Personal.OPINION: "个人意见",
}
EVERY = {"month": "每月", "quarter": "每季度", "half": "每半年", "year": "每年", "once": "一次"}
_QUESTIONS = {"choice": "单选", "choices": "多选", "scale": "分级", "number": "数字", "text": "文字"}
_PARTS = {"place": "整个地区", "township": "每个乡镇", "facility": "每家机构"}
_BY = {"county": "县", "township": "乡镇", "facility": "机构", "year": "年", "month": "月"}
_LISTED = 12


def describe(definition: Definition, book: Book, roles: Mapping[str, str] | None = None) -> str:
    """The definition in words.

    Args:
        definition: what to describe. book: where parent records are. roles: role → label; else roles as written.
    """
    words = Words(definition, roles)
    return "\n".join(
        [
            f"{definition.label}（{definition.id}）",
            f"类型：{definition.kind.label}；关于：{_subject(definition, book)}；第 {definition.version} 版",
            f"含义：{definition.meaning}",
            *_people(definition, words),
            *_fields(definition, words, book),
            *_rules(definition, words),
            *_due(definition, words, book),
            *_flow(definition, words),
            *(_standard(definition.standard) if definition.standard is not None else ()),
            *(_survey(definition.survey, words) if definition.survey is not None else ()),
            *(line for feed in definition.facts for line in _feed(feed, words)),
            *(line for report in definition.reports.values() for line in _report(report, words)),
            *_background(definition, words),
        ]
    )


def subject_words(definition: Definition, book: Book) -> str:
    """What a record is about, in a few words."""
    return _subject(definition, book)


def due_words(due: Due, book: Book, of: str | None = None) -> str:
    """Who owes a record, how often and by when, in a few words; ``of``: id of the definition it belongs to."""
    if due.per is not None and of is not None and of in book:
        parent = book[of]
        which = f"（{Words(parent).condition(due.parents)}的）" if due.parents is not None else ""
        who = f"每条{'' if which or not parent.states else '没有办结的'}“{parent.label}”{which}"
    else:
        who = f"每个{LEVELS[due.level]}" if due.level is not None else f"每家{_kinds(due.facility_kinds)}"
    when = "" if due.every == "once" else f"，期末后 {due.within} 天内"
    return f"{who}{EVERY[due.every]}一份{when}" if due.every != "once" else f"{who}应有一份"


def _subject(one: Definition, book: Book) -> str:
    label = SUBJECT_FIELDS[one.subject][0]
    if one.of is not None:
        return f"“{book[one.of].label}”的一条记录" if one.of in book else f"“{one.of}”的一条记录"
    if one.levels:
        return f"{label}（{'、'.join(LEVELS[level] for level in one.levels)}）"
    return f"{label}（限{_kinds(one.kinds)}）" if one.kinds else label


def _kinds(kinds: tuple[str, ...]) -> str:
    codes = load_contract().codelists["facility_kind"].codes
    return "、".join(codes[kind].label if kind in codes else kind for kind in kinds)


def _people(one: Definition, words: Words) -> Iterator[str]:
    yield f"填写：{words.who(one.who.write)}"
    if one.who.verify:
        yield f"核验：{words.who(one.who.verify)}"
    yield f"查看：{words.who(one.who.read)}（各在自己的范围内）"
    if one.who.units:
        named = "、".join(_unit_field(one, name) for name in one.who.units)
        yield f"{words.who(UNIT_ROLES)}只看、只办{named}里写有本单位的"
    yield "保存：永久" if one.retention == "permanent" else f"保存：结束后 {one.retention} 年"


def _unit_field(one: Definition, name: str) -> str:
    return "上级记录" if name == PARENT else f"“{one.fields[name].label}”"


def _fields(one: Definition, words: Words, book: Book) -> Iterator[str]:
    yield f"字段 {len(one.fields)} 个："
    section = ""
    for name, field in one.fields.items():
        if field.section_or != section:
            section = field.section_or
            yield f"  〔{section or '其他'}〕"
        yield f"  {field.label}：{'；'.join(_field(one, name, field, words, book))}"


def _field(one: Definition, name: str, field: Field, words: Words, book: Book) -> Iterator[str]:
    yield TYPES[field.type] + _choices(field, book) + _limits(field)
    if field.computed is not None:
        yield _computed(field.computed, words)
    if field.required:
        yield "必填" if field.when is None else f"{words.condition(field.when)}时必填"
    elif field.when is not None:
        yield f"{words.condition(field.when)}时才填"
    if any(name in move.needs for move in one.moves.values()):
        moves = [move.label for move in one.moves.values() if name in move.needs]
        yield f"“{'”“'.join(moves)}”之前要填"
    if field.is_personal:
        yield f"个人信息（{PERSONAL[field.personal]}），加密保存"
    if field.help:
        yield field.help


def _choices(field: Field, book: Book) -> str:
    if field.of is not None:
        return f"（“{book[field.of].label if field.of in book else field.of}”）"
    if field.levels:
        return f"（{'、'.join(LEVELS[level] for level in field.levels)}）"
    labels = list((field.options or {}).values())
    if field.codes is not None:
        labels = [entry.label for entry in load_contract().codelists[field.codes].codes.values()]
    if not labels:
        return ""
    more = f"等 {len(labels)} 种" if len(labels) > _LISTED else ""
    return f"（{' / '.join(labels[:_LISTED])}{more}）"


def _limits(field: Field) -> str:
    unit = f"，单位{field.unit}" if field.unit else ""
    places = f"，至多 {field.places} 位小数" if field.places is not None else ""
    longest = f"，至多 {field.longest} 字" if field.longest is not None else ""
    if field.min is not None and field.max is not None:
        return f"，{field.min} 至 {field.max}{unit}{places}"
    low = f"，不小于 {field.min}" if field.min is not None else ""
    high = f"，不大于 {field.max}" if field.max is not None else ""
    return f"{low}{high}{unit}{places}{longest}"


def _computed(rule: Computed, words: Words) -> str:
    labels = [f"“{words.field(name)}”" for name in rule.fields]
    if rule.way == "sum":
        return f"自动算出：{'＋'.join(labels)}"
    if rule.way == "product":
        return f"自动算出：{'×'.join(labels)}"
    first, second = labels
    return "自动算出：" + {
        "difference": f"{first}－{second}",
        "percent": f"{first}÷{second}×100",
        "days": f"{first}至{second}的天数，首尾都算",
        "months": f"{first}至{second}的整月数",
    }.get(rule.way, "")


def _rules(one: Definition, words: Words) -> Iterator[str]:
    for check in one.checks:
        kind = "提醒" if check.warning else "核对"
        yield f"{kind}：{words.condition(check.that)}；否则：{check.says}"
    for group in one.unique:
        yield f"不重复：{words.fields(group)}不能都相同"


def _due(one: Definition, words: Words, book: Book) -> Iterator[str]:
    if one.due is not None:
        states = "、".join(f"“{one.states[state].label}”" for state in one.due.states)
        counts = f"；到{states}才算" if states else ""
        yield f"应报：{due_words(one.due, book, one.of)}；提醒{words.who([one.due.who])}{counts}"


def _flow(one: Definition, words: Words) -> Iterator[str]:
    if not one.states:
        return
    yield f"状态 {len(one.states)} 个："
    for state in one.states.values():
        parts = [word for word, is_so in (("开始", state.start), ("结束", state.end)) if is_so]
        if state.deadline is not None:
            parts.append(words.deadline(state.deadline))
            parts.append(f"提前 {state.deadline.warn} 天提醒")
            if state.deadline.escalate is not None:
                parts.append(f"逾期告知{words.who([state.deadline.escalate])}")
        yield f"  {state.label}" + (f"：{'；'.join(parts)}" if parts else "")
    yield f"办理 {len(one.moves)} 种："
    for move in one.moves.values():
        origins = "、".join(one.states[state].label for state in move.from_)
        yield f"  {move.label}（{origins} → {one.states[move.to].label}）：{words.move(move)}"


def _standard(standard: Standard) -> Iterator[str]:
    issued = f"，{standard.issued_by}" if standard.issued_by else ""
    yield f"标准：{standard.name}（{standard.edition}{issued}），共 {standard.points} 分"
    if standard.sampling < 100:
        yield f"核验时抽查每部分 {standard.sampling}% 的条目，至少一条"
    for group in standard.groups.values():
        yield f"  {group.label}："
        for name, item in group.items.items():
            parts = [f"{item.points} 分"]
            if item.steps:
                parts.append(
                    "分档：" + "、".join(f"{label} {points}" for label, points in item.steps.items())
                )
            if item.must:
                parts.append("必达")
            if item.evidence:
                parts.append(f"佐证：{item.evidence}")
            yield f"    {name} {item.label}（{'；'.join(parts)}）"
    for name, result in standard.results.items():
        needs = "；".join(_needs(standard, result.needs)) or "其余"
        cumulative = "；并达到以下各级的要求" if result.cumulative else ""
        yield f"  结果“{result.label}”（{name}）：{needs}{cumulative}"


def _needs(standard: Standard, needs: Needs) -> Iterator[str]:
    if needs.points is not None:
        yield f"总分不少于 {needs.points}"
    if needs.percent is not None:
        yield f"不少于适用条目总分的 {needs.percent}%"
    for key, percent in needs.groups.items():
        yield f"“{standard.groups[key].label}”不少于 {percent}%"
    labels = {name: item.label for name, item in standard.items()}
    if needs.full:
        yield f"满分：{'、'.join(labels[name] for name in needs.full)}"
    if needs.musts:
        yield "必达条目都满分"


def _survey(survey: Questionnaire, words: Words) -> Iterator[str]:
    yield f"调查对象：{survey.respondents}；匿名作答，不足 {survey.small} 份不公布"
    plan = survey.plan
    yield (
        f"样本：{_PARTS[plan.by]}各算；置信度 {plan.confidence}%，误差 {plan.error}%，预计 {plan.expected}%，"
        f"应答 {plan.response}%，至少 {plan.least} 份"
    )
    yield f"题目 {len(survey.questions)} 道："
    for question in survey.questions.values():
        parts = [
            _QUESTIONS[question.type] + (f"（1 至 {question.steps}）" if question.type == "scale" else "")
        ]
        if question.options:
            parts.append(" / ".join(question.options.values()))
        if question.most:
            parts.append(f"{question.most} 分")
        if question.right:
            parts.append("答案：" + "、".join(question.options[code] for code in question.right))
        if question.when is not None:
            parts.append(f"{words.condition(question.when)}时才问")
        if not question.required:
            parts.append("可不答")
        yield f"  {question.label}（{'；'.join(parts)}）"
    if survey.reached is not None:
        yield f"得分按所问各题折成百分，达到 {survey.reached} 分算达到"


def _feed(feed: Feed, words: Words) -> Iterator[str]:
    table = load_contract().tables[feed.table]
    states = [f"“{words.definition.states[state].label}”" for state in feed.states]
    limits = [f"限状态{'、'.join(states)}"] if states else []
    if feed.where is not None:
        limits.append(f"限{words.condition(feed.where)}")
    if feed.each is not None:
        limits.append(f"“{words.field(feed.each)}”中每一个一行")
    yield f"事实：进入“{table.label}”（{feed.table}）" + (f"，{'，'.join(limits)}" if limits else "")


def _report(report: Report, words: Words) -> Iterator[str]:
    by = "、".join(_BY.get(name) or words.field(name) for name in report.by) or "合计"
    cover = f"，{_cover(report.cover)}都列出" if report.cover is not None else ""
    where = f"，限{words.condition(report.where)}" if report.where is not None else ""
    columns = "；".join(_column(column, words) for column in report.columns.values())
    yield f"报表：{report.label}，按{by}{cover}{where}：{columns}"


def _cover(cover: Cover) -> str:
    return f"每个{LEVELS[cover.level]}" if cover.level is not None else f"每家{_kinds(cover.facility_kinds)}"


def _column(column: Column, words: Words) -> str:
    if column.count:
        what = "记录数"
    elif column.share is not None:
        what = f"{words.condition(column.share)}的占比"
    elif column.ratio is not None:
        times = "" if column.ratio.times == 1 else f"×{column.ratio.times:f}"
        what = f"“{words.field(column.ratio.sum)}”合计÷“{words.field(column.ratio.over)}”合计{times}"
    else:
        name = str(column.sum or column.mean or column.distinct)
        way = "合计" if column.sum else "平均" if column.mean else "不重复的个数"
        what = f"“{words.field(name)}”{way}"
    where = f"，限{words.condition(column.where)}" if column.where is not None else ""
    least = f"，少于 {column.least} 的标出" if column.least is not None else ""
    most = f"，多于 {column.most} 的标出" if column.most is not None else ""
    return f"{column.label}（{what}{where}{least}{most}）"


def _background(one: Definition, words: Words) -> Iterator[str]:
    for number, steps in sorted(one.migrations.items()):
        yield f"第 {number} 版起：{'；'.join(_step(step, words) for step in steps) or '旧记录不变'}"
    for row, means in one.serves.items():
        yield f"服务于：{row}（{'、'.join(BY[name] for name in means)}）"
    for source in one.sources:
        yield f"出处：{source.document} {source.clause}" + (f"：{source.says}" if source.says else "")


def _step(step: Step, words: Words) -> str:
    if step.rename is not None:
        return "改名：" + "、".join(f"{old} → {words.field(new)}" for old, new in step.rename.items())
    if step.drop is not None:
        return f"不再有：{'、'.join(step.drop)}"
    if step.fill is not None:
        return "补填：" + "、".join(f"{words.field(k)} 为 {words.value(k, v)}" for k, v in step.fill.items())
    if step.states is not None:
        new = {old: words.definition.states[new].label for old, new in step.states.items()}
        return "状态：" + "、".join(f"{old} → {label}" for old, label in new.items())
    return "选项改码：" + "、".join(words.field(name) for name in step.recode or {})


__all__ = ["PERSONAL", "TYPES", "describe", "due_words", "subject_words"]
