"""Contracts in words: lines of lists, a contract with its items, the history, the overview."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from xinglin.apps.accounts.models import User
from xinglin.apps.contracts import evidence
from xinglin.apps.contracts.counting import Agreed, Standing, standings
from xinglin.apps.contracts.history import DEEDS
from xinglin.apps.contracts.models import Consenter, Contract, Delivery, EndReason, Line
from xinglin.apps.contracts.rules import ENDING
from xinglin.apps.forms.models import Record
from xinglin.apps.organisations.models import Facility, Practitioner


@dataclass(frozen=True)
class Row:
    """A contract in a list."""

    pk: str
    resident: str
    name: str
    team: str
    packages: str
    valid_from: date
    last_day: date
    state: tuple[str, str]
    counted: int
    agreed: int
    late: int
    renewable: bool


def state_of(row: Contract, today: date) -> tuple[str, str]:
    """Tone and words."""
    if row.ended_on is not None:
        return ("none", "已作废" if row.end_reason == EndReason.MISTAKE else "已解约")
    if row.valid_from > today:
        return ("info", "未到起始日")
    if row.valid_to < today:
        return ("none", "已到期")
    days = (row.valid_to - today).days
    return ("warn", f"还有 {days} 天到期") if days <= ENDING else ("good", "履约中")


def lines(rows: Sequence[Contract], today: date) -> list[Row]:
    """Contracts of a page; give them with their residents and teams."""
    found = standings(rows, today)
    packages = _packages(rows)
    renewed = set(Contract.objects.filter(renews__in=rows).values_list("renews", flat=True))
    return [_row(row, found[row.pk], packages.get(row.pk, []), row.pk in renewed, today) for row in rows]


def _row(row: Contract, standing: Standing, packages: list[str], renewed: bool, today: date) -> Row:
    running = row.ended_on is None and row.valid_from <= today <= row.valid_to
    soon = row.ended_on is None and not renewed and (row.valid_to - today).days <= ENDING
    state = state_of(row, today)
    if renewed and row.ended_on is None:
        state = ("good", "履约中，已续签" if running else "已续签")
    return Row(
        pk=row.pk,
        resident=row.resident_id,
        name=row.resident.name,
        team=row.team.title,
        packages="、".join(packages),
        valid_from=row.valid_from,
        last_day=row.last_day,
        state=state,
        counted=standing.counted,
        agreed=standing.agreed,
        late=standing.late if running else 0,
        renewable=soon,
    )


def _packages(rows: Sequence[Contract]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    asked = Line.objects.filter(contract__in=rows, dropped_at=None).order_by("position")
    for contract, name in asked.values_list("contract", "package__name"):
        if name not in found[contract]:
            found[contract].append(name)
    return found


@dataclass(frozen=True)
class Given:
    """Something that was delivered, in words."""

    day: date
    facility: str
    person: str
    how: str
    note: str
    delivery: str


@dataclass(frozen=True)
class ItemRow:
    """An item of a contract's page."""

    line: Line
    given: list[Given]
    counted: int
    left: int
    due: date | None
    state: tuple[str, str]
    counts: str


def items_of(row: Contract, today: date) -> list[tuple[str, list[ItemRow]]]:
    """Packages of a contract with their items."""
    standing = standings([row], today)[row.pk]
    ended = row.last_day < today or row.ended_on is not None
    names = _names(standing)
    notes = dict(_notes(row))
    packages = dict(Line.objects.filter(contract=row).values_list("pk", "package__name"))
    found: dict[str, list[ItemRow]] = {}
    for one in standing.items:
        shown = ItemRow(
            line=one.line,
            given=[_given(done, one, names, notes) for done in one.done],
            counted=len(one.done),
            left=one.left,
            due=None if ended else one.due,
            state=_item_state(one, ended),
            counts=evidence.label_of(one.line.counts),
        )
        found.setdefault(packages[one.line.pk], []).append(shown)
    return list(found.items())


def _item_state(one: Agreed, ended: bool) -> tuple[str, str]:
    if not one.left:
        return ("good", "已完成")
    if ended:
        return ("bad", f"少做 {one.left} {one.line.unit}")
    return ("bad", "已落后") if one.late else ("info", "进行中")


def _names(standing: Standing) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Names of the facilities and people of deliveries."""
    done = [one for item in standing.items for one in item.done]
    facilities = Facility.objects.filter(pk__in={one.facility for one in done})
    people = Practitioner.objects.filter(pk__in={one.practitioner for one in done})
    return dict(facilities.values_list("pk", "name")), {one.pk: one.name for one in people}


def _notes(row: Contract) -> Iterable[tuple[str, str]]:
    for one in Delivery.objects.filter(line__contract=row, undone_at=None):
        yield one.pk, one.note


def _given(done: Any, one: Agreed, names: Any, notes: Mapping[str, str]) -> Given:
    facilities, people = names
    label = evidence.label_of(one.line.counts)
    return Given(
        day=done.day,
        facility=facilities.get(done.facility, ""),
        person=people.get(done.practitioner, ""),
        how="登记" if done.delivery else f"自动计入（{label}）",
        note=notes.get(done.delivery, ""),
        delivery=done.delivery,
    )


FIELDS = {
    "valid_from": "起始日期",
    "valid_to": "终止日期",
    "consented_by": "谁签的字",
    "consenter": "代签人姓名",
    "consented_on": "签字日期",
    "note": "约定、备注",
    "team": "团队",
    "package": "服务包",
}


def events(row: Contract, most: int = 100) -> list[dict[str, Any]]:
    """What was done to a contract, newest first, with what stood there before."""
    found = list(row.events.all()[:most])
    names = dict(User.objects.filter(pk__in={one.by for one in found}).values_list("pk", "username"))
    return [
        {
            "at": one.at,
            "by": names.get(one.by, "本程序"),
            "words": DEEDS.get(one.deed, one.deed),
            "before": _before(one.before),
            "reason": one.reason,
        }
        for one in found
    ]


def _before(text: str) -> str:
    old = json.loads(text) if text else {}
    return "；".join(f"{FIELDS.get(name, name)}原为“{_value(name, value)}”" for name, value in old.items())


def _value(name: str, value: str) -> str:
    if name == "consented_by":
        return str(Consenter(value).label)
    if name == "team":
        return Record.objects.filter(pk=value).values_list("title", flat=True).first() or value
    return value or "空"


# -- the overview


@dataclass(frozen=True)
class PackageCount:
    """Running contracts with a package, and how much of it was delivered; share None where it was not worked out."""

    name: str
    group: str
    contracts: int
    counted: int
    agreed: int

    @property
    def share(self) -> str:
        """In percent, one place; of nothing agreed, a dash."""
        return f"{100 * self.counted / self.agreed:.1f}%" if self.agreed else "—"


def by_package(rows: Sequence[Contract], today: date) -> list[PackageCount]:
    """Running contracts by package."""
    found = standings(rows, today)
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    contracts: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for one in found[row.pk].items:
            contracts[one.line.package_id].add(row.pk)
            counted[one.line.package_id][0] += one.counted
            counted[one.line.package_id][1] += one.line.times
    return _merged(contracts, counted)


def _merged(contracts: Mapping[str, set[str]], counted: Mapping[str, Sequence[int]]) -> list[PackageCount]:
    """Versions of a package are one line."""
    from xinglin.apps.contracts.models import Package

    lines: dict[tuple[str, str], list[Package]] = defaultdict(list)
    for one in Package.objects.filter(pk__in=contracts).order_by("valid_from"):
        lines[one.place, one.code].append(one)
    return [
        PackageCount(
            versions[-1].name,
            versions[-1].get_group_display(),
            len(set().union(*(contracts[one.pk] for one in versions))),
            sum(counted[one.pk][0] for one in versions),
            sum(counted[one.pk][1] for one in versions),
        )
        for versions in lines.values()
    ]


def by_facility(rows: Any, today: date) -> list[dict[str, Any]]:
    """Contracts of an area by the facility that signed: running, ending, signed this year; numbers only."""
    soon = Q(valid_to__lte=today + timedelta(days=ENDING), renewed_by=None)
    asked = rows.order_by().values("facility", "facility__name")
    found: list[dict[str, Any]] = list(
        asked.annotate(
            running=Count("pk"),
            ending=Count("pk", filter=soon),
            people=Count("resident", distinct=True),
        ).order_by("facility__sort_key", "facility")
    )
    return found
