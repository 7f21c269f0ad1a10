"""What a single constraint cannot say: rules between rows, and fields together. All mistakes at once, by field.

Each rule and its words (“what：fix”) stand here once; `table_rules` asks the same of many rows of a file.
"""

from __future__ import annotations

import re
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
from xinglin.apps.organisations.models.facility import GRASSROOTS
from xinglin.apps.organisations.places import exists

Faults = dict[str, list[str]]
NO_NAMES = frozenset(
    {"无", "暂无", "没有", "不详", "未知", "空", "无名", "-", "--", "/", "\\", "N/A", "NULL", "null"}
)
_ROUNDED = re.compile(r"\d{15}000")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,16}|[48]00\d{7}|(?:852|853|886)\d{8,9}|\d{3,8}")
"""Mobile; fixed with area code and extension; 400 and 800; Hong Kong, Macao, Taiwan; local and short numbers."""

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


def days(first: date | None, last: date | None) -> str:
    """A span in words."""
    return f"{first or '起始不详'} 至 {last or '现在'}"


def closed_fault(end: date | None, last: date | None) -> str:
    """Nothing of a facility that is closed goes on."""
    if end is None or (last is not None and last <= end):
        return ""
    return f"这个机构已于 {end} 停业：请填不晚于那天的日期"


LED = "牵头的医共体"


def going_fault(what: str) -> str:
    """A facility that is closed by a file has nothing that goes on."""
    if not what:
        return ""
    if what == LED:
        return f"停业日期之后它还有{what}：请先换牵头机构，或终止医共体"
    return f"停业日期之后它还有{what}：请先在机构页办理停业（会一并终止），或先填上那些行的终止日期再导入"


def lead_fault(name: str, end: date | None, last: date | None) -> str:
    """Nobody leads a consortium after closing."""
    if end is None or (last is not None and last <= end):
        return ""
    return f"“{name}”已于 {end} 停业：请换一个牵头机构"


def overlap_fault(name: str, first: date | None, last: date | None) -> str:
    """Another of the same (`ONE_AT_A_TIME`) holds in these days."""
    return f"与另一行{name}时间重叠（{days(first, last)}）：请先停止旧的，或改日期"


def main_fault(where: str) -> str:
    """A person has one main post at a time."""
    return f"此人同期的主要执业机构是{where}：改为“否”，或先填上那里的终止日期"


def coarse_fault(kind: str, place: str) -> str:
    """Grass-roots facilities lie in a township or a village."""
    if kind not in GRASSROOTS or len(place) >= 9:
        return ""
    return f"“{place}”只到县：基层机构的所在地要填到乡镇（9 位）或村（12 位）"


def catchment_fault(place: str, first: date | None, last: date | None, but: Any = None) -> str:
    """A county or its townships, not both; whichever consortium serves them."""
    others = Catchment.objects.exclude(pk=but).touching(first, last)
    if len(place) == 6:
        found = others.filter(place__startswith=place).exclude(place=place)
        text = f"“{place}”这个县已按乡镇填了服务区：整县和乡镇只留一种"
    else:
        found = others.filter(place=place[:6])
        text = f"“{place}”所在的县已整县填了服务区：整县和乡镇只留一种"
    return text if found.exists() else ""


def name_fault(name: str) -> str:
    """Words that say that there is no name."""
    if name not in NO_NAMES:
        return ""
    return f"“{name}”不是名称：请照执业证书或有关文件填写全称"


def number_fault(number: str, kind: str) -> str:
    """A document number that cannot be one."""
    fault = card_fault(number) if kind == IdKind.CARD else ""
    if fault and _ROUNDED.fullmatch(number):
        return f"“{number}”的后三位成了 0，Excel 只记得住 15 位数字：请把这一列设为文本，再照证件重填"
    return fault


def phone_fault(phone: str) -> str:
    """A telephone number that cannot be one; mobile, fixed and service numbers are."""
    plain = re.sub(r"[\s()（）—–-]", "", phone).removeprefix("+")
    plain = plain.removeprefix("86") if len(plain) > 12 else plain
    if _PHONE.fullmatch(plain):
        return ""
    return f"“{phone}”不像电话号码：手机 11 位，以 1 开头；固定电话带区号，如 0763-1234567"


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
    if text := closed_fault(row.facility.valid_to, row.valid_to):
        _say(faults, "valid_to", text)


def _one_at_a_time(row: Any, faults: Faults) -> None:
    fields = ONE_AT_A_TIME[type(row)]
    same = {name: getattr(row, name) for name in fields}
    others = type(row)._default_manager.filter(**same).exclude(pk=row.pk)
    other = others.touching(row.valid_from, row.valid_to).first()
    if other is not None:
        text = overlap_fault(row._meta.verbose_name, other.valid_from, other.valid_to)
        _say(faults, NON_FIELD_ERRORS, text)


def _facility(row: Facility, faults: Faults) -> None:
    if text := name_fault(row.name):
        _say(faults, "name", text)
    if not exists(row.place):
        _say(faults, "place", f"区划中没有代码 {row.place}：请重新选择所在地")


def _consortium(row: Consortium, faults: Faults) -> None:
    if text := name_fault(row.name):
        _say(faults, "name", text)
    if not exists(row.place):
        _say(faults, "place", f"区划中没有代码 {row.place}：请重新选择县")
    if text := lead_fault(row.lead.name, row.lead.valid_to, row.valid_to):
        _say(faults, "lead", text)


def _post(row: Post, faults: Faults) -> None:
    if not row.main:
        return
    others = Post.objects.filter(practitioner=row.practitioner_id, main=True).exclude(pk=row.pk)
    other = others.touching(row.valid_from, row.valid_to).select_related("facility").first()
    if other is not None:
        where = f"“{other.facility.name}”（{days(other.valid_from, other.valid_to)}）"
        _say(faults, "main", main_fault(where))


def _catchment(row: Catchment, faults: Faults) -> None:
    if not exists(row.place):
        _say(faults, "place", f"区划中没有代码 {row.place}：请重新选择地区")
    if text := catchment_fault(row.place, row.valid_from, row.valid_to, row.pk):
        _say(faults, "place", text)


def _practitioner(row: Practitioner, faults: Faults) -> None:
    if text := name_fault(row.name):
        _say(faults, "name", text)
    if row.id_number and (text := number_fault(row.id_number, row.id_kind)):
        _say(faults, "id_number", text)
    if row.phone and (text := phone_fault(row.phone)):
        _say(faults, "phone", text)
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
