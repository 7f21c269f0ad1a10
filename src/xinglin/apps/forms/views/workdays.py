"""The calendar of working days: which years are known, and a further one from a file."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from xinglin.apps.access.routes import route
from xinglin.apps.forms.actions import workdays
from xinglin.apps.forms.book import calendar
from xinglin.apps.forms.models import Day, Deadline
from xinglin.apps.ui.messages import done
from xinglin.base.errors import DataError
from xinglin.records.workdays import shipped_calendar


class Year(NamedTuple):
    """A year: where it comes from, its working days, days off on weekdays and days worked at weekends."""

    year: int
    shipped: bool
    loaded: bool
    works: int
    off: list[date]
    on: list[date]


@route("calendar.edit")
def calendar_years(request: HttpRequest) -> HttpResponse:
    """The years that are known; a file with a further one."""
    wrong = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise DataError("请选择要上传的 CSV 文件")
            name = file.name or "工作日历"
            years, _ = workdays.load(file.read(), name, by=request.user, request=request)
        except DataError as error:
            wrong = str(error)
        else:
            words = "、".join(map(str, years))
            done(request, f"{words} 年的工作日已存入，暂定的期限正在后台重算。")
            return redirect("forms:workdays")
    this = timezone.localdate().year
    context = {
        "years": _years(),
        "wrong": wrong,
        "this": this,
        "missing": this not in calendar().years,
        "provisional": Deadline.objects.filter(closed_on=None, provisional=True).count(),
        "sample": this + 1,
    }
    return render(request, "forms/workdays.html", context, status=422 if wrong else 200)


def _years() -> list[Year]:
    """Newest first."""
    known, shipped = calendar(), shipped_calendar().years
    loaded = {day.year for day in Day.objects.values_list("day", flat=True)}
    return [_year(year, year in shipped, year in loaded) for year in sorted(known.years, reverse=True)]


def _year(year: int, shipped: bool, loaded: bool) -> Year:
    known = calendar()
    days = [
        date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    ]
    working = [day for day in days if known.works(day)]
    off = [day for day in days if day.weekday() < 5 and not known.works(day)]
    return Year(year, shipped, loaded, len(working), off, [day for day in working if day.weekday() >= 5])
