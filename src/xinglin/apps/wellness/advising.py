"""Guidance, a child's guidance and a follow-up read from their forms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from xinglin.apps.wellness import content as contents
from xinglin.apps.wellness import groups
from xinglin.apps.wellness.content import Assessed, ChildGuided, Followed, Guided
from xinglin.apps.wellness.models import HealthService
from xinglin.apps.wellness.reading import Form, said
from xinglin.base.problems import Severity
from xinglin.knowledge import child, constitution
from xinglin.knowledge.constitution import Constitution


def guided(form: Form, row: HealthService, day: date) -> Guided:
    """The content of guidance that a form says. Raises ValidationError: every mistake, by field."""
    book = constitution.load_guidance()
    given = {}
    for kind in to_guide(row):
        ticked = form.ticked(f"g_{kind.code}", book.aspects)
        if not ticked:
            form.say(f"g_{kind.code}", f"{kind.value}还没有指导内容：讲过的请勾选，没讲的请讲了再签")
        given[kind.code] = ticked
    if row.basis is not None and day < row.basis.day:
        form.say("day", f"指导日期早于辨识日期 {row.basis.day}：请核对")
    found = (form.one_of("told", "指导对象", contents.TOLD), form.one_of("way", "指导方式", contents.WAYS))
    other = form.short("other", "其他指导")
    form.done()
    return Guided(day=day, edition=book.edition.id, aspects=given, other=other, told=found[0], way=found[1])


def to_guide(row: HealthService) -> tuple[Constitution, ...]:
    """The constitutions that guidance is due for: those of the newest version of the assessment it rests on."""
    version = row.basis.versions.first() if row.basis is not None else None
    found = contents.read(version.content) if version is not None else None
    return found.assessment().to_guide if isinstance(found, Assessed) else ()


def child_guided(form: Form, row: HealthService, day: date) -> ChildGuided:
    """The content of a child's guidance that a form says. Raises ValidationError: every mistake, by field."""
    book = child.load_guide()
    months = row.months or 0
    known = {str(box): label for box, label in book.options.items()}
    boxes = tuple(int(one) for one in form.ticked("boxes", known))
    other = form.short("other", "其他指导")
    if day < child.reached(row.resident.birth_date, months):
        form.say("day", f"{day} 还没有满 {months} 个月：请核对服务日期，到期再做")
    for remark in book.check(months, boxes, other):
        if remark.severity is Severity.ERROR:
            form.say("other" if remark.kind == "no_text" else "boxes", said(remark))
    told = form.one_of("told", "指导对象", contents.TOLD)
    following = _next(form, day)
    form.done()
    return ChildGuided(
        day=day,
        edition=book.edition.id,
        months=months,
        boxes=boxes,
        other=other,
        told=told,
        next_day=following,
    )


def in_time(row: HealthService, day: date) -> bool:
    """Whether a child's guidance was given within the time of its age."""
    assert row.months is not None
    found = child.visits(row.resident.birth_date, day, {row.months: day})
    return any(one.age == row.months and one.state is child.State.DONE for one in found)


def _next(form: Form, day: date) -> date | None:
    following = form.day("next_day", "下次日期")
    if following is not None and following <= day:
        form.say("next_day", "下次日期要晚于服务日期")
    return following


def followed(form: Form, row: HealthService, day: date) -> Followed:
    """The content of a follow-up that a form says. Raises ValidationError: every mistake, by field."""
    book = groups.load_groups()
    assert row.managed is not None
    group = book.groups.get(row.managed.group)
    readings = {}
    for name in group.readings if group is not None else ():
        rule = book.readings[name]
        value = form.number(name, rule.label, Decimal(rule.least), Decimal(rule.most))
        if value is not None:
            readings[name] = value
    if readings.get("diastolic", Decimal(0)) >= readings.get("systolic", Decimal(1000)):
        form.say("diastolic", "舒张压不低于收缩压：请核对两个数是不是填反了")
    if day < row.managed.since:
        form.say("day", f"随访日期早于纳入管理的日期 {row.managed.since}：请核对")
    aspects = form.ticked("aspects", book.aspects)
    if not aspects:
        form.say("aspects", "请勾选这次讲过的内容")
    way = form.one_of("way", "随访方式", contents.WAYS)
    adherence = form.one_of("adherence", "依从情况", contents.ADHERENCE)
    effect = form.one_of("effect", "效果", contents.EFFECT)
    other, following = form.short("other", "其他"), _next(form, day)
    form.done()
    return Followed(
        day=day,
        edition=book.edition,
        group=row.managed.group,
        way=way,
        readings=readings,
        adherence=adherence,
        effect=effect,
        aspects=aspects,
        other=other,
        next_day=following,
    )
