"""The eleven registers for import and export: columns of the contract, people with name, number and phone besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db import models
from django.utils import timezone

from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.exchange.modeltable import ModelTable
from xinglin.apps.exchange.spec import SOUGHT, Row, register
from xinglin.apps.organisations.actions.holding import hold_counties
from xinglin.apps.organisations.actions.rows import derive
from xinglin.apps.organisations.models import FACT_MODELS, Consortium, Facility, Practitioner, TcmHall
from xinglin.apps.organisations.table_history import write_history
from xinglin.apps.organisations.table_rules import broken_rules
from xinglin.facts import Column, ColumnType, Table, load_contract

PERSONAL = {
    "name": Column(label="姓名", type=ColumnType.TEXT, meaning="证件上的姓名"),
    "id_number": Column(label="证件号码", type=ColumnType.TEXT, meaning="居民身份证号码，18 位；加密保存"),
    "phone": Column(label="联系电话", type=ColumnType.TEXT, meaning="手机号码；加密保存"),
}
"""Columns of people that facts know nothing of; only those who may see names see and write them."""

_PERMISSIONS = {
    "practitioner": "practitioner",
    "post": "practitioner",
    "consortium": "consortium",
    "membership": "consortium",
    "catchment": "consortium",
}
_DERIVED = {
    "facility": ("pinyin", "initials", "sort_key"),
    "practitioner": (
        "person_key",
        "phone_hash",
        "name_hash",
        "pinyin_hash",
        "surname_initials_hash",
        "initials_hash",
        "sort_key",
    ),
    "consortium": ("sort_key",),
}


def _table(name: str) -> Table:
    table = load_contract().table(name)
    if name != "practitioner":
        return table
    first, *rest = table.columns.items()
    return table.model_copy(update={"columns": dict([first, *PERSONAL.items(), *rest])})


def _spec(name: str, model: type[models.Model]) -> ModelTable:
    about = _PERMISSIONS.get(name, "facility")
    lengths = {field.name: field.max_length for field in model._meta.concrete_fields if field.max_length}
    more: dict[str, Any] = {"natural": ("name", "place")} if name == "facility" else {}
    if name == "practitioner":
        more = {"personal": tuple(PERSONAL), "personal_view": "practitioner.name"}
        lengths |= dict.fromkeys(PERSONAL, 60)
        more["narrow"] = _people
    return ModelTable(
        table=_table(name),
        view=f"{about}.view",
        edit=f"{about}.edit",
        lengths=lengths,
        model=model,
        within=model._default_manager.all().within,  # type: ignore[attr-defined]
        prepare=_prepare,
        wrote=partial(write_history, name),
        rules=partial(broken_rules, model),
        derived=_DERIVED.get(name, ()),
        called=_CALLED.get(name),
        holding=_hold_counties if name == "catchment" else None,
        **more,
    )


def _people(rows: Any, scope: Scope, filters: Mapping[str, str], names: Scope) -> Any:
    """People as their list shows them, whoever is looked for included."""
    from xinglin.apps.organisations.forms.filters import PractitionerFilters

    asked = PractitionerFilters({**filters, "q": filters.get(SOUGHT, "")}, scope, names)
    if filters.get(SOUGHT) and not asked.by_name:
        return rows.none()  # names that may not be read find nobody
    return asked.narrowed(rows).order_by(*asked.order())


def _facilities(scope: Scope, only: Mapping[str, tuple[str, ...]], most: int) -> Sequence[tuple[str, str]]:
    """Working facilities and their names."""
    rows = _chosen(Facility.objects.within(scope), only, "kind")
    return list(rows.order_by("sort_key", "pk").values_list("pk", "name")[:most])


def _halls(scope: Scope, only: Mapping[str, tuple[str, ...]], most: int) -> Sequence[tuple[str, str]]:
    """Working halls, named for their facilities."""
    rows = _chosen(TcmHall.objects.within(scope), only, "facility__kind").order_by("facility__sort_key", "pk")
    return [(pk, f"{name}中医馆") for pk, name in rows.values_list("pk", "facility__name")[:most]]


def _consortia(scope: Scope, only: Mapping[str, tuple[str, ...]], most: int) -> Sequence[tuple[str, str]]:
    """Consortia that work today."""
    rows = _chosen(Consortium.objects.within(scope), only, "")
    return list(rows.order_by("sort_key", "pk").values_list("pk", "name")[:most])


def _chosen(rows: Any, only: Mapping[str, tuple[str, ...]], kind: str) -> Any:
    """Rows that hold today, of certain kinds."""
    wanted = {f"{kind}__in": only["kind"]} if only.get("kind") else {}
    return rows.not_over(timezone.localdate()).filter(**wanted)


def _hold_counties(rows: Sequence[Row]) -> None:
    hold_counties(row["place"] for row in rows)


_CALLED = {"facility": _facilities, "tcm_hall": _halls, "consortium": _consortia}
"""People are not offered by name: a template is passed from hand to hand."""


def _prepare(row: Any, by: Any) -> None:
    """What follows from other fields; a new person belongs to the place of whoever registers, until there is a post."""
    derive(row)
    if isinstance(row, Practitioner):
        row.registered_in = _home(by)


def _home(by: Any) -> str:
    if not hasattr(by, "_imports_for"):
        scope: Scope = by.scope_for("practitioner.edit")
        places = sorted(place for place in scope.places if place != NATION)
        if not places and scope.facilities:
            places = list(Facility.objects.filter(pk__in=scope.facilities).values_list("place", flat=True))
        by._imports_for = places[0] if places else ""
    return str(by._imports_for)


for _name, _model in FACT_MODELS.items():
    register(_spec(_name, _model))
