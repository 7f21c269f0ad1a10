"""The history of facilities, people and consortia."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Query, Schema

from xinglin.apps.api.operations import Section
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.organisations.models import Change
from xinglin.apps.organisations.presenters import history
from xinglin.apps.organisations.views.common import (
    consortium_or_404,
    facility_or_404,
    practitioner_or_404,
)

section = Section("变更记录")


class FieldChange(Schema):
    """A field with its words before and after; of personal fields only that they changed."""

    field: str
    before: str
    after: str


class DeedOut(Schema):
    """One action."""

    number: str
    at: datetime
    by: str
    words: str
    reversible: bool
    changes: list[FieldChange]


@section.read("/facilities/{facility}/changes", "facility.view", Listed[DeedOut], area="facility")
def list_facility_changes(request: Any, facility: str, asked: Query[PageQuery]) -> Any:
    """机构的变更记录，新的在前"""
    return _told(request, facility_or_404(request, facility).pk, asked)


@section.read(
    "/practitioners/{practitioner}/changes", "practitioner.view", Listed[DeedOut], area="practitioner"
)
def list_practitioner_changes(request: Any, practitioner: str, asked: Query[PageQuery]) -> Any:
    """人员的变更记录，新的在前；个人信息只说改过"""
    return _told(request, practitioner_or_404(request, practitioner).pk, asked)


@section.read("/consortia/{consortium}/changes", "consortium.view", Listed[DeedOut], area="consortium")
def list_consortium_changes(request: Any, consortium: str, asked: Query[PageQuery]) -> Any:
    """医共体的变更记录，新的在前"""
    return _told(request, consortium_or_404(request, consortium).pk, asked)


def _told(request: Any, subject: str, asked: PageQuery) -> Any:
    rows = Change.objects.filter(subject=subject).order_by("-pk")

    def shown(found: Any) -> list[dict[str, Any]]:
        wanted = Change.objects.filter(pk__in=[row.pk for row in found])
        return [_shown(one, asked.page == 1) for one in history(wanted)]

    return page_of(request, rows, asked, shown)


def _shown(deed: Any, newest: bool) -> dict[str, Any]:
    changes = [
        {"field": name, "before": before, "after": after}
        for _, lines in deed.changes
        for name, before, after in lines
    ]
    told = {"number": deed.number, "at": deed.at, "by": deed.by, "words": deed.words}
    return {**told, "reversible": deed.reversible and newest, "changes": changes}
