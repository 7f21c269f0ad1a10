"""What a contract must meet before it is signed or corrected. All mistakes at once, by field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from xinglin.apps.contracts import library
from xinglin.apps.contracts.library import Item
from xinglin.apps.contracts.models import Consenter, Contract, Package
from xinglin.apps.contracts.models.package import ages_fault
from xinglin.apps.contracts.teams import Team
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents.card import age_on
from xinglin.apps.residents.models import Resident, files_of

LONGEST = 366
"""Days of a contract: items are agreed for a year."""
RENEWED_FROM = 90
"""Days before its end from which a contract may be renewed."""
ENDING = 60
"""Days before its end from which it is listed as ending."""
Faults = dict[str, list[str]]


@dataclass(frozen=True)
class Terms:
    """What is agreed. ``packages``: versions, in the order in which they are listed."""

    team: Team
    packages: Sequence[Package]
    valid_from: date
    valid_to: date
    consented_by: str
    consented_on: date
    consenter: str = ""
    note: str = ""


@dataclass(frozen=True)
class Wanted:
    """An item that becomes a line."""

    package: Package
    item: Item
    times: int


def year_from(first: date) -> date:
    """The last day of a year that begins on a day."""
    try:
        return first.replace(year=first.year + 1) - timedelta(days=1)
    except ValueError:  # 29 February
        return first.replace(year=first.year + 1, day=28)


def checked(
    terms: Terms, resident: Resident, facility: Facility, *, old: Contract | None = None
) -> list[Wanted]:
    """The lines of a contract.

    Args:
        old: the contract that is corrected: the packages it has need not be in force any more.

    Raises:
        ValidationError: every mistake, by field.
    """
    faults: Faults = {}
    _dates(terms, faults)
    _consent(terms, faults)
    if not terms.team.active:
        _say(faults, "team", f"“{terms.team.name}”已解散：请选别的团队")
    if not terms.packages:
        _say(faults, "packages", "请至少选一个服务包")
    wanted = list(_lines(terms, resident, facility, old, faults))
    if not faults:
        _overlap(terms, resident, old, faults)
    if faults:
        raise ValidationError(faults)
    return wanted


def _dates(terms: Terms, faults: Faults) -> None:
    days = (terms.valid_to - terms.valid_from).days + 1
    if days < 1:
        _say(faults, "valid_to", "终止日期早于起始日期：请核对两个日期，是不是填反了")
    elif days > LONGEST:
        _say(faults, "valid_to", f"一份签约最长一年（到 {year_from(terms.valid_from)}），满了再续签")
    if terms.consented_on > timezone.localdate():
        _say(faults, "consented_on", "签字日期晚于今天：请填实际签字的那一天")


def _consent(terms: Terms, faults: Faults) -> None:
    if terms.consented_by != Consenter.SELF and not terms.consenter.strip():
        _say(faults, "consenter", f"由{Consenter(terms.consented_by).label}签字的，请写签字人姓名")


def _lines(
    terms: Terms, resident: Resident, facility: Facility, old: Contract | None, faults: Faults
) -> Iterable[Wanted]:
    usable = set(Package.objects.usable_at(facility.place).on(terms.valid_from).values_list("pk", flat=True))
    kept = set() if old is None else {line.package_id for line in old.lines.filter(dropped_at=None)}
    items = library.items(facility.place, terms.valid_from)
    years = age_on(resident.birth_date, terms.valid_from)
    for package in terms.packages:
        if package.pk in kept:
            continue
        if package.pk not in usable:
            _say(faults, "packages", f"“{package.name}”在签约起始日不在用：请另选，或请它的地区出新版本")
            continue
        if text := ages_fault(package, years):
            _say(faults, "packages", text)
        for one in package.items.all():
            if one.code in items:
                yield Wanted(package, items[one.code], one.times)
            else:
                text = (
                    f"“{package.name}”里的项目 {one.code} 在项目库里没有在用的版本：请县里审定入库或改服务包"
                )
                _say(faults, "packages", text)


def overlapping(resident: Resident, first: date, last: date, but: Contract | None = None) -> Contract | None:
    """A contract of a person that is in force on some day of a span."""
    rows = Contract.objects.touching(first, last).filter(resident__in=files_of(resident))
    return rows.exclude(pk=but.pk if but else "").select_related("facility").first()


def _overlap(terms: Terms, resident: Resident, old: Contract | None, faults: Faults) -> None:
    other = overlapping(resident, terms.valid_from, terms.valid_to, old)
    if other is not None:
        _say(
            faults,
            "valid_from",
            f"此人在“{other.facility.name}”已有 {other.valid_from} 至 {other.last_day} 的签约，"
            "同一段时间只能有一份：请把起始日期定在它之后，或先解约",
        )


def renewable(row: Contract, today: date) -> str:
    """Why a contract cannot be renewed; empty when it can."""
    if row.ended_on is not None:
        return "这份签约已解约，不能续签：请另签一份"
    if Contract.objects.filter(renews=row).exists():
        return "这份签约已经续签过：请看续签的那一份"
    if (row.valid_to - today).days > RENEWED_FROM:
        return f"到期前 {RENEWED_FROM} 天起可以续签，这份到 {row.valid_to} 才到期"
    return ""


def renewed_span(row: Contract, today: date) -> tuple[date, date]:
    """The next year: it begins the day after the old one ended, or today when that is past."""
    first = max(row.valid_to + timedelta(days=1), today)
    return first, year_from(first)


def _say(faults: Faults, field: str, text: str) -> None:
    faults.setdefault(field, []).append(text)
