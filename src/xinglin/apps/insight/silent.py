"""Who had not reported when a vintage was published, what has come in since, and whom to remind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from xinglin.apps.forms import permissions
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Sent
from xinglin.apps.indicators.owners import NOT_BUILT_YET
from xinglin.apps.insight import looked_at, registers
from xinglin.apps.insight.pictures import Picture
from xinglin.apps.insight.rows import needs_of, silences_of
from xinglin.apps.organisations.models import Facility
from xinglin.apps.ui.places import place_name
from xinglin.records.feeding import feeds
from xinglin.standing.areas_file import Measure, UnitRow
from xinglin.standing.silence import COUNTY, Silence

CAME = ("reported", "late", "reported_nothing")
"""Words of a unit that count as a report."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A table that one reporter owes.

    Attributes:
        who: who reports it. address: its page, "" where there is none. periods: those that were missing. any_month: one
            of them would have been enough. came: those that came since; came_on: the last day of these.
    """

    table: str
    label: str
    who: str
    address: str
    periods: tuple[str, ...]
    any_month: bool
    came: tuple[str, ...]
    came_on: date | None

    @property
    def is_over(self) -> bool:
        """Whether enough has come in since."""
        return bool(self.came) if self.any_month else len(self.came) == len(self.periods)


@dataclass(frozen=True, slots=True)
class Line:
    """A unit that had not reported, and what it waits for."""

    silence: Silence
    awaited: tuple[Awaited, ...]

    @property
    def is_over(self) -> bool:
        """Whether all of it has come in since: the next vintage will count the unit."""
        return bool(self.awaited) and all(one.is_over for one in self.awaited)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table that a measure waits for: who reports it, how often, and where that is done.

    ``owing``: (label, address) of lists of who owes records that feed the table. note: where it is kept otherwise.
    """

    label: str
    by: str
    every: str
    owing: tuple[tuple[str, str], ...]
    note: str


def lines(user: Any, picture: Picture, measure: Measure, units: Iterable[UnitRow]) -> list[Line]:
    """Units with what they lacked and what came since; two queries, however many they are."""
    found = silences_of(picture.vintage, measure, units)
    reporters = {report.by for one in found for report in one.reports}
    tables = {report.table for one in found for report in one.reports}
    sent = Sent.objects.filter(unit__in=reporters, table__in=tables, status__in=CAME) if reporters else []
    came = {(row.unit, row.table, row.period): row.reported_on for row in sent}
    scope = user.scope_for("facility.view")
    rows = Facility.objects.within(scope).filter(pk__in=reporters) if scope and reporters else []
    names = {row.pk: row.name for row in rows}
    return [Line(one, tuple(_awaited(one, came, names))) for one in found]


def _awaited(
    one: Silence, came: dict[tuple[str, str, str], date | None], names: dict[str, str]
) -> Iterable[Awaited]:
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for report in one.reports:
        grouped.setdefault((report.by, report.table, report.table_label), []).append(report.period)
    for (by, table, label), periods in grouped.items():
        there = [period for period in periods if (by, table, period) in came]
        days = [day for period in there if (day := came[by, table, period]) is not None]
        address = reverse("organisations:facility", args=[by]) if by in names else ""
        any_month = one.any_month and len(periods) > 1
        last = max(days, default=None)
        who = _who(by, one.unit, names)
        yield Awaited(table, label, who, address, tuple(periods), any_month, tuple(there), last)


def _who(by: str, unit: UnitRow, names: dict[str, str]) -> str:
    if by in names:
        return names[by]
    return f"{place_name(by)}（县里报）" if by.isdecimal() and len(by) == COUNTY else unit.name


def wanted(user: Any, picture: Picture, measure: Measure) -> list[Wanted]:
    """The tables that a measure waits for."""
    constants = looked_at.constants(measure)
    return [
        Wanted(
            need.label,
            "县" if need.by == "place" else "机构",
            "每年" if need.every == "year" else "每月",
            tuple(_owing(user, need.table, constants)),
            _note(need.table),
        )
        for need in needs_of(picture.vintage, measure)
    ]


def _owing(user: Any, table: str, constants: frozenset[str]) -> Iterable[tuple[str, str]]:
    """Lists of who owes the records that feed a table, of kinds that the measure looks at; the register itself."""
    if registers.keeps(table) and user.can("facility.view"):
        yield "机构登记", reverse("organisations:facilities")
    seen = set()
    for definition, feed in feeds(book(), table):
        fixed = {str(source.value) for source in feed.columns.values() if source.value is not None}
        fits = not fixed or not constants or bool(fixed & constants)
        if definition.due is None or definition.id in seen or not fits:
            continue
        seen.add(definition.id)
        if permissions.readable(user, definition):
            yield definition.label, reverse("forms:owing", args=[definition.id])


def _note(table: str) -> str:
    if table in NOT_BUILT_YET:
        return "本程序还没有这张表的登记，明细由外部数据载入；报没报齐以“上报情况”里的话为准"
    if table in ("visit", "prescription"):
        return "在本程序里接诊、签名的病历自动算作上报；用别的系统的机构，数据由外部载入"
    return ""
