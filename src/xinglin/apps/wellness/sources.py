"""What falls due in wellness and in the clinic: the elderly, children, priority groups, follow-ups, unsigned forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Max, Q
from django.urls import reverse

from xinglin.apps.access.scope import Scope
from xinglin.apps.clinic.models import FollowUp
from xinglin.apps.residents.models import Resident
from xinglin.apps.wellness.due import Item, register
from xinglin.apps.wellness.groups import label_of, load_groups
from xinglin.apps.wellness.models import HealthService, Kind, Managed, State
from xinglin.apps.wellness.permissions import EDIT, VIEW
from xinglin.apps.wellness.rules import is_elderly, rules, years_before
from xinglin.knowledge import child

STARTS = "wellness:start"
Roots = dict[str, date]
"""File that goes on → day of birth."""


def register_all() -> None:
    """Register every source of this app; the order is that of the filter."""
    register("elderly", "老年人", VIEW, elderly)
    register("child", "儿童", VIEW, children)
    register("chronic", "慢病和重点人群", VIEW, chronic)
    register("follow_up", "就诊随访", "encounter.view", follow_ups)
    register("unsigned", "没签名的", EDIT, unsigned)


def start(resident: str, **fields: Any) -> dict[str, Any]:
    """Where a click begins a service."""
    return {
        "address": reverse(STARTS, args=[resident]),
        "fields": {name: str(one) for name, one in fields.items()},
    }


def people(scope: Scope, born: Q) -> Roots:
    """Files of an area that go on, of those born at some time: one query."""
    rows = Resident.objects.current().within(scope).filter(born).order_by()
    return dict(rows.values_list("pk", "birth_date"))


def services(scope: Scope, born: Q, kinds: tuple[str, ...], since: date) -> Iterator[tuple[str, Any]]:
    """Signed services of these people wherever they were given, by the file that goes on: one query."""
    inside = Resident.objects.current().within(scope).filter(born).order_by().values("pk")
    rows = HealthService.objects.signed().filter(kind__in=kinds, day__gte=since)
    rows = rows.filter(Q(resident__in=inside) | Q(resident__merged_into__in=inside)).order_by(
        "day", "signed_at"
    )
    columns = ("resident", "kind", "day", "months", "instrument")
    for row in rows.values(*columns, root=F("resident__merged_into")):
        yield row["root"] or row["resident"], row


def elderly(scope: Scope, today: date, last: date) -> Iterator[Item]:
    """Whoever is 65 and has no assessment, or no guidance, this year.

    An assessment is on time until a year after the last one, at the latest on 31 December; guidance, some days after
    the assessment.
    """
    born = Q(birth_date__lte=years_before(today, rules()["elderly_age"]))
    year = date(today.year, 1, 1)
    done: dict[str, dict[str, date]] = defaultdict(dict)
    for person, row in services(
        scope, born, (Kind.ASSESSMENT, Kind.GUIDANCE), year.replace(year=today.year - 1)
    ):
        if row["kind"] == Kind.GUIDANCE or row["instrument"] == "elderly33":
            done[person][row["kind"]] = row["day"]
    within = timedelta(days=rules()["guidance_within_days"])
    for person, birth in people(scope, born).items():
        if not is_elderly(birth, today):
            continue
        assessed, guided = (done[person].get(kind) for kind in (Kind.ASSESSMENT, Kind.GUIDANCE))
        if assessed is None or assessed < year:
            until = min(date(today.year, 12, 31), assessed + timedelta(days=366)) if assessed else None
            note = f"上次 {assessed}" if assessed else "还没有做过"
            yield Item(
                person,
                "体质辨识",
                until or date(today.year, 12, 31),
                **start(person, kind=Kind.ASSESSMENT),
                label="做辨识",
                note=note,
            )
        elif guided is None or guided < assessed:
            note = f"{assessed} 已辨识"
            yield Item(
                person,
                "保健指导",
                assessed + within,
                **start(person, kind=Kind.GUIDANCE),
                label="给指导",
                note=note,
            )


def children(scope: Scope, today: date, last: date) -> Iterator[Item]:
    """Children whose time for a guidance is open, or opens this week; late some days after the age was reached."""
    guide = child.load_guide()
    earliest = today.replace(year=today.year - guide.last_until_months // 12 - 1, day=1)
    born = Q(birth_date__gt=earliest, birth_date__lte=today)
    given: dict[str, dict[int, date]] = defaultdict(dict)
    for person, row in services(scope, born, (Kind.CHILD,), earliest):
        given[person][row["months"]] = row["day"]
    tolerance = timedelta(days=rules()["child_within_days"])
    for person, birth in people(scope, born).items():
        mine = {age: day for age, day in given[person].items() if birth <= day <= today}
        found = child.visits(birth, today, mine)
        missed = "、".join(str(one.age) for one in found if one.state is child.State.MISSED)
        note = f"{missed} 月龄的没有做" if missed else ""
        for one in found:
            if one.state is child.State.DUE or (one.state is child.State.UPCOMING and one.due <= last):
                yield Item(
                    person,
                    f"{one.age} 月龄中医调养指导",
                    min(one.due + tolerance, one.until),
                    **_child_click(person, one, today),
                    note=note,
                    best=one.due,
                )


def _child_click(person: str, visit: child.Visit, today: date) -> dict[str, Any]:
    if visit.due > today:  # it cannot be given yet: the file of the child tells whom to call
        return {"address": reverse("residents:resident", args=[person]), "label": f"{visit.due:%m-%d} 起"}
    return {**start(person, kind=Kind.CHILD, months=visit.age), "label": "做指导"}


def chronic(scope: Scope, today: date, last: date) -> Iterator[Item]:
    """Members of priority groups whose follow-up falls due: by the interval of the group, the first on joining."""
    signed = Q(services__state=State.SIGNED)
    rows = (
        Managed.objects.within(scope).on(today).order_by().annotate(done=Max("services__day", filter=signed))
    )
    known = load_groups().groups
    columns = ("pk", "resident", "resident__merged_into", "group", "since", "done")
    for pk, person, root, group, since, done in rows.values_list(*columns):
        every = timedelta(days=known[group].days if group in known else 90)
        until = done + every if done else since
        if until <= last:
            click = start(root or person, kind=Kind.CHRONIC, managed=pk)
            note = f"上次 {done}" if done else f"{since} 纳入，还没有随访"
            yield Item(
                root or person, f"{label_of(group)}中医随访", until, **click, label="做随访", note=note
            )


def follow_ups(scope: Scope, today: date, last: date) -> Iterator[Item]:
    """Follow-ups of visits."""
    inside = scope.q(place="encounter__facility__place", facility="encounter__facility")
    rows = FollowUp.objects.filter(inside, done_at=None, due__lte=last).order_by()
    columns = ("pk", "due", "encounter__day", "encounter__resident", "encounter__resident__merged_into")
    for pk, due, day, person, root in rows.values_list(*columns):
        address = reverse("clinic:follow_up", args=[pk])
        yield Item(root or person, "就诊随访", due, address, label="去随访", note=f"{day} 就诊")


def unsigned(scope: Scope, today: date, last: date) -> Iterator[Item]:
    """Forms that were begun and not signed."""
    rows = HealthService.objects.within(scope).filter(state=State.OPEN).order_by()
    columns = ("pk", "kind", "day", "resident", "resident__merged_into")
    for pk, kind, day, person, root in rows.values_list(*columns):
        address = reverse("wellness:service", args=[pk])
        yield Item(
            root or person, f"{Kind(kind).label}没有签名", day, address, label="接着填", note=f"{day} 开始"
        )
