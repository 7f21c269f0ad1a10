"""Addresses of insight: every page has a part of its own below."""

from __future__ import annotations

from django.urls import URLPattern, path

from xinglin.apps.insight.views import (
    facilities,
    indicators,
    making,
    opening,
    overview,
    policy,
    progress,
    reissues,
    reports,
    silent,
    stocktaking,
    tasks,
)

app_name = "insight"

OVERVIEW: list[URLPattern] = [path("overview", overview.overview, name="overview")]
INDICATORS: list[URLPattern] = [
    path("indicators", indicators.indicators, name="indicators"),
    path("indicators/<str:key>", indicators.indicator, name="indicator"),
    path("indicators/<str:key>/units", indicators.units, name="units"),
    path("indicators/<str:key>/silent", silent.silent_, name="silent"),
    path("indicators/<str:key>/silent/file", silent.silent_file, name="silent_file"),
    path("indicators/<str:key>/residents", opening.residents, name="residents"),
    path("indicators/<str:key>/units/<str:unit>", opening.unit, name="unit"),
    path("vintages/compare", reissues.compare_vintages, name="compare_vintages"),
]
POLICY: list[URLPattern] = [
    path("policies", policy.policies, name="policies"),
    path("policies/compare", policy.compare, name="compare"),
    path("policies/<slug:document>", policy.policy, name="policy"),
]
FACILITIES: list[URLPattern] = [
    path("standing", facilities.facilities, name="facilities"),
    path("standing/<str:facility>", facilities.facility, name="facility"),
]
TASKS: list[URLPattern] = [
    path("tasks", tasks.tasks, name="tasks"),
    path("tasks/generate", tasks.generate, name="tasks_generate"),
    path("tasks/assign", tasks.assign, name="tasks_assign"),
    path("tasks/take-back", tasks.take_back, name="tasks_take_back"),
    path("tasks/from-target", making.task_from_target, name="task_from_target"),
    path("tasks/progress", progress.progress, name="tasks_progress"),
    path("tasks/stocktaking", stocktaking.stocktakings, name="stocktakings"),
    path("tasks/stocktaking/take", stocktaking.take, name="stocktaking_take"),
    path("tasks/stocktaking/<slug:sheet>", stocktaking.stocktaking, name="stocktaking"),
    path("tasks/stocktaking/<slug:sheet>/file", stocktaking.stocktaking_file, name="stocktaking_file"),
]
REPORTS: list[URLPattern] = [
    path("reports", reports.reports, name="reports"),
    path("reports/make", reports.make, name="report_make"),
    path("reports/reproduce", reports.reproduce, name="report_reproduce"),
]

urlpatterns = [*OVERVIEW, *INDICATORS, *POLICY, *FACILITIES, *TASKS, *REPORTS]
