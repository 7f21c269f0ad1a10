"""What a single constraint cannot say: rules between rows, and fields together. All mistakes at once, by field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from xinglin.apps.organisations.checks import card_fault, credit_fault
from xinglin.apps.organisations.models import (
    Catchment,
    CodeKind,
    Consortium,
    Department,
    Facility,
    IdKind,
    Membership,
    OfficialCode,
    PlatformConnection,
    Post,
    Practitioner,
    Succession,
    TcmCorner,
    TcmHall,
    TechniqueCapability,
)
from xinglin.apps.organisations.places import exists

Faults = dict[str, list[str]]

ONE_AT_A_TIME: dict[type[models.Model], tuple[str, ...]] = {
    Department: ("facility", "kind"),
    TcmHall: ("facility",),
    TechniqueCapability: ("facility", "technique"),
    Membership: ("consortium", "facility"),
    Catchment: ("consortium", "place"),
    OfficialCode: ("facility", "kind"),
    Post: ("practitioner", "facility"),
}
"""Rows of these that agree in the named fields may not hold on the same day."""

OF_FACILITY = (Department, TcmHall, TcmCorner, TechniqueCapability, OfficialCode, Post, Membership)


def span(row: models.Model) -> tuple[str, str]:
    """Names of the fields with the first and the last day."""
    return (
        ("connected_on", "disconnected_on")
        if isinstance(row, PlatformConnection)
        else ("valid_from", "valid_to")
    )


def check(row: models.Model) -> None:
    """Check an object whole, before it is saved: its fields, constraints and the rules here.

    Raises:
        ValidationError: with every mistake, by field.
    """
    faults: Faults = {}
    skipped = [field.name for field in row._meta.concrete_fields if not field.editable]
    try:
        row.full_clean(exclude=skipped, validate_constraints=False)
    except ValidationError as error:
        faults = {name: list(texts) for name, texts in error.message_dict.items()}
    if not faults:
        _between(row, faults)
    if not faults:
        row.validate_constraints()
    if faults:
        raise ValidationError(faults)


def _between(row: models.Model, faults: Faults) -> None:
    _dates(row, faults)
    if isinstance(row, OF_FACILITY):
        _inside_facility(row, faults)
    if not faults and type(row) in ONE_AT_A_TIME:
        _one_at_a_time(row, faults)
    for model, rule in _RULES.items():
        if isinstance(row, model) and not faults:
            rule(row, faults)


def _say(faults: Faults, field: str, text: str) -> None:
    faults.setdefault(field, []).append(text)


def _dates(row: models.Model, faults: Faults) -> None:
    if isinstance(row, (Practitioner, Succession)):
        return  # neither lasts from a day to a day
    first_name, last_name = span(row)
    first, last = getattr(row, first_name), getattr(row, last_name)
    if first and last and last < first:
        label = row._meta.get_field(first_name).verbose_name  # type: ignore[union-attr]
        _say(faults, last_name, f"早于{label} {first}：请核对两个日期，是不是填反了")


def _inside_facility(row: Any, faults: Faults) -> None:
    """Nothing of a closed facility goes on."""
    end: date | None = row.facility.valid_to
    if end and (row.valid_to is None or row.valid_to > end):
        _say(faults, "valid_to", f"这个机构已于 {end} 停业：请填不晚于那天的日期")


def _one_at_a_time(row: Any, faults: Faults) -> None:
    fields = ONE_AT_A_TIME[type(row)]
    same = {name: getattr(row, name) for name in fields}
    others = type(row)._default_manager.filter(**same).exclude(pk=row.pk)
    other = others.touching(row.valid_from, row.valid_to).first()
    if other is not None:
        name = row._meta.verbose_name
        _say(faults, NON_FIELD_ERRORS, f"与已有的{name}时间重叠（{_days(other)}）：请先停止旧的，或改日期")


def _days(row: Any) -> str:
    return f"{row.valid_from or '起始不详'} 至 {row.valid_to or '现在'}"


def _facility(row: Facility, faults: Faults) -> None:
    if not exists(row.place):
        _say(faults, "place", f"区划中没有代码 {row.place}：请重新选择所在地")


def _consortium(row: Consortium, faults: Faults) -> None:
    if not exists(row.place):
        _say(faults, "place", f"区划中没有代码 {row.place}：请重新选择县")
    if row.lead.valid_to and (row.valid_to is None or row.valid_to > row.lead.valid_to):
        _say(faults, "lead", f"“{row.lead.name}”已于 {row.lead.valid_to} 停业：请换一个牵头机构")


def _post(row: Post, faults: Faults) -> None:
    """One main post at a time."""
    if not row.main:
        return
    others = Post.objects.filter(practitioner=row.practitioner_id, main=True).exclude(pk=row.pk)
    other = others.touching(row.valid_from, row.valid_to).select_related("facility").first()
    if other is not None:
        where = f"“{other.facility.name}”（{_days(other)}）"
        _say(faults, "main", f"此人同期的主要执业机构是{where}：改为“否”，或先填上那里的终止日期")


def _catchment(row: Catchment, faults: Faults) -> None:
    """A county or its townships, not both; whichever consortium serves them."""
    if not exists(row.place):
        _say(faults, "place", f"区划中没有代码 {row.place}：请重新选择地区")
    others = Catchment.objects.exclude(pk=row.pk).touching(row.valid_from, row.valid_to)
    if len(row.place) == 6:
        found = others.filter(place__startswith=row.place).exclude(place=row.place)
        text = "这个县已按乡镇填了服务区：整县和乡镇只留一种"
    else:
        found = others.filter(place=row.place[:6])
        text = "所在的县已整县填了服务区：整县和乡镇只留一种"
    if found.exists():
        _say(faults, "place", text)


def _practitioner(row: Practitioner, faults: Faults) -> None:
    if row.id_number and row.id_kind == IdKind.CARD:
        fault = card_fault(row.id_number)
        if fault:
            _say(faults, "id_number", fault)
    if row.person_key and Practitioner.objects.filter(person_key=row.person_key).exclude(pk=row.pk).exists():
        _say(faults, "id_number", "这个证件号码已经登记过：请在原有人员上增加任职")


def _official_code(row: OfficialCode, faults: Faults) -> None:
    fault = credit_fault(row.code) if row.kind == CodeKind.CREDIT else ""
    if fault:
        _say(faults, "code", fault)


def _connection(row: PlatformConnection, faults: Faults) -> None:
    if row.last_data and row.connected_on and row.last_data < row.connected_on:
        _say(faults, "last_data", f"早于接入日期 {row.connected_on}：请核对")


_RULES: dict[type[models.Model], Callable[[Any, Faults], None]] = {
    Facility: _facility,
    Consortium: _consortium,
    Post: _post,
    Catchment: _catchment,
    Practitioner: _practitioner,
    OfficialCode: _official_code,
    PlatformConnection: _connection,
}
