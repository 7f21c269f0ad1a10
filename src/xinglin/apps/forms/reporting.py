"""Reports of a definition over an area: its records grouped, units without any among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from xinglin.apps.access.scope import Scope
from xinglin.apps.forms import naming
from xinglin.apps.forms.completeness import Unit, places_of
from xinglin.apps.forms.listing import narrowed
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.rows import facts_of
from xinglin.apps.organisations.models import Facility
from xinglin.base.places import Level
from xinglin.records import Definition
from xinglin.records.feed import Report, tabulate

Cells = dict[str, Decimal | int | None]
CHUNK = 2000


@dataclass(frozen=True)
class Line:
    """A row of a report: what it is about, its values, which of them miss the mark."""

    key: tuple[Any, ...]
    cells: Cells
    off: frozenset[str] = field(default_factory=frozenset)


def lines(definition: Definition, report: Report, scope: Scope, filters: Any = None) -> list[Line]:
    """The rows of a report, in order; each unit it must cover stands there."""
    query = narrowed(Record.objects.of(definition.id).within(scope), definition, filters or {})
    records = (facts_of(record, definition) for record in query.iterator(CHUNK))
    found = tabulate(report, records)
    for unit in covered(report, scope):
        found.setdefault((unit.id, *(None,) * (len(report.by) - 1)), _nothing(report))
    return [Line(key, cells, _off(report, cells)) for key, cells in found.items()]


def covered(report: Report, scope: Scope) -> list[Unit]:
    """Units that must each stand in a report."""
    if report.cover is None:
        return []
    if report.cover.level is not None:
        return list(places_of(scope, Level(report.cover.level)))
    rows = Facility.objects.within(scope).filter(kind__in=report.cover.facility_kinds, valid_to=None)
    return [Unit(pk, name, place) for pk, name, place in rows.values_list("pk", "name", "place")]


def _nothing(report: Report) -> Cells:
    return {name: column.value([]) for name, column in report.columns.items()}


def _off(report: Report, cells: Cells) -> frozenset[str]:
    return frozenset(name for name, column in report.columns.items() if column.is_off(cells[name]))


def headings(definition: Definition, report: Report) -> list[str]:
    """Words above the columns that make the rows."""
    virtual = {
        "county": "县（市、区）",
        "township": "乡镇（街道）",
        "facility": "机构",
        "year": "年份",
        "month": "月份",
    }
    return [
        definition.fields[name].label if name in definition.fields else virtual.get(name, "状态")
        for name in report.by
    ]


def worded(
    definition: Definition, report: Report, lines_: list[Line]
) -> list[tuple[list[str], list[tuple[str, bool]]]]:
    """Rows as a page shows them: words of the key, numbers with whether they miss the mark."""
    kinds = [_kind(definition, name) for name in report.by]
    wanted: dict[str, set[str]] = {}
    for line in lines_:
        for kind, part in zip(kinds, line.key, strict=True):
            if kind is not None and part:
                wanted.setdefault(kind, set()).add(str(part))
    known = naming.names(wanted)
    return [
        (
            [_part(definition, n, k, p, known) for n, k, p in zip(report.by, kinds, line.key, strict=True)],
            [(number(line.cells[name]), name in line.off) for name in report.columns],
        )
        for line in lines_
    ]


def _kind(definition: Definition, name: str) -> str | None:
    if name in definition.fields:
        return naming.kind_of(definition.fields[name])
    return {"county": "place", "township": "place", "facility": "facility"}.get(name)


def _part(definition: Definition, name: str, kind: str | None, part: Any, known: naming.Names) -> str:
    if part is None or part == "":
        return "—"
    if kind is not None:
        return known.get((kind, str(part)), str(part))
    if name == "state" and part in definition.states:
        return definition.states[part].label
    return naming.words(definition, name, part, known) if name in definition.fields else str(part)


def number(value: Decimal | int | None) -> str:
    """A number of a report: whole, or to two places; a dash for none."""
    if value is None:
        return "—"
    if value == int(value):
        return f"{int(value):,}"
    return f"{Decimal(value).quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"
