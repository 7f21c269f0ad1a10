"""Records that stand for several fact rows: returns of several items, courses of several people, schemes for several
facilities.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from xinglin.apps.forms.loading.adapting import MARK, parts
from xinglin.apps.forms.loading.finding import Finder
from xinglin.apps.forms.loading.writing import Wanted
from xinglin.facts import load_contract
from xinglin.records.samples import sample_of

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]
CENTRES = ("township_hospital", "community_centre", "subdistrict_hospital", "tcm_hospital")
"""Facilities that hold courses."""


def returns(finder: Finder, rows: Rows) -> Rows:
    """Totals of a facility and a month or year: one return of all items. Rows that are left, none."""
    groups: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        groups.setdefault((row["facility"], row["year"], row["month"]), []).append(row)
    definition = finder.book["statistics_return"]
    for (facility, year, month), mine in groups.items():
        last = date(year, month or 12, monthrange(year, month or 12)[1])
        raw = {
            "facility": facility,
            "date": last.isoformat(),
            "form": "monthly" if month else "annual",
            "year": year,
            "month": month,
            "due_on": (last + timedelta(days=10)).isoformat(),
            "reported_on": (last + timedelta(days=6)).isoformat(),
            "receipt": f"演示-{year}{month or 0:02d}",
            **{row["item"]: row["value"] for row in mine},
        }
        finder.writer.add(definition, Wanted({n: v for n, v in raw.items() if v is not None}, "reported"))
    return []


def courses(finder: Finder, rows: Rows) -> Rows:
    """Short trainings: a course for a township, a programme and a month. Rows that are left: other programmes."""
    definition, trainee = finder.book["training_course"], finder.book["trainee"]
    long = trainee.fields["programme"].options or {}
    groups: dict[tuple[Any, ...], Rows] = {}
    rest = []
    for row in rows:
        if row["programme"] in long:
            rest.append(row)
        else:
            key = (row["programme"], row["place"][:9], f"{row['date']:%Y-%m}")
            groups.setdefault(key, []).append(row)
    labels = load_contract().codelists["training_programme"].codes
    for (programme, township, month), mine in sorted(groups.items()):
        host = _host(finder, township)
        passed = [row["practitioner"] for row in mine if row["completed"]]
        failed = [row["practitioner"] for row in mine if not row["completed"]]
        first, last = min(row["date"] for row in mine), max(row["date"] for row in mine)
        raw = {
            **sample_of(definition, {"facility": host}),
            "facility": host,
            "name": f"{labels[programme].label} {month}{MARK}",
            "programme": programme,
            "date": first.isoformat(),
            "ends_on": last.isoformat(),
            "asked": len(mine),
            "passed": passed or None,
            "failed": failed or None,
            "makeup_on": None,
        }
        once = len(set(passed)) == len(passed) and len(set(failed)) == len(failed)
        if host is None or not once:
            rest += mine
        else:
            finder.writer.add(definition, Wanted(_filled(raw), "closed"))
    return rest


def _host(finder: Finder, township: str) -> str | None:
    """Who holds a course in a township: its own centre, or another facility there."""
    there = [one for one in finder.facilities.values() if one.place.startswith(township)]
    there.sort(key=lambda one: (one.kind not in CENTRES, one.pk))
    return next((one.pk for one in there), None)


def schemes(finder: Finder, rows: Rows) -> Rows:
    """Schemes with the same points, one for all their facilities. Rows that are left, those of unknown facilities."""
    definition = finder.book["performance_scheme"]
    headings = ("management", "staff", "service", "health", "culture")
    groups: dict[tuple[Any, ...], Rows] = {}
    rest = []
    for row in rows:
        facility = finder.facilities.get(row["facility"])
        if facility is None:
            rest.append(row)
        else:
            key = (facility.place[:6], row["date"].year, row["tcm_points"], row["points"])
            groups.setdefault(key, []).append(row)
    for number, ((county, year, tcm, points), mine) in enumerate(sorted(groups.items()), start=1):
        raw = {
            **sample_of(definition, {}),
            "place": county,
            "year": year,
            "date": min(row["date"] for row in mine).isoformat(),
            "name": f"基层机构绩效考核方案之{number}{MARK}",
            "number": f"演示〔{year}〕{number}号",
            "facilities": [row["facility"] for row in mine],
            "points": points.normalize(),
            **dict(zip(headings, parts(tcm, len(headings)), strict=True)),
        }
        finder.writer.add(definition, Wanted(_filled(raw), "issued"))
    return rest


def _filled(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if value is not None}


GROUPED: dict[str, tuple[Callable[[Finder, Rows], Rows], ...]] = {
    "facility_total": (returns,),
    "training": (courses,),
    "scheme_weight": (schemes,),
}
"""Fact table → what takes its rows together; each gives back those it did not take."""
