"""What the file of a resident must meet. All mistakes at once, by field."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from xinglin.apps.organisations.checks import card_fault
from xinglin.apps.organisations.places import exists
from xinglin.apps.organisations.rules import NO_NAMES, phone_fault
from xinglin.apps.residents import card
from xinglin.apps.residents.models import DocumentKind, Resident, Sex

OLDEST = 130
Faults = dict[str, list[str]]


def complete(row: Resident) -> None:
    """Derive sex and birth from an identity card; what was typed beside it is compared in `check`."""
    row.id_number = "".join(row.id_number.split()).upper()
    row.phone = row.phone.strip()
    if row.id_kind == DocumentKind.CARD and not card_fault(row.id_number):
        row.sex = row.sex or card.sex(row.id_number)
        row.birth_date = row.birth_date or card.born(row.id_number)  # type: ignore[assignment]


def check(row: Resident) -> None:
    """Check a file whole, before it is saved.

    Raises:
        ValidationError: with every mistake, by field.
    """
    faults: Faults = {}
    try:
        skipped = [field.name for field in row._meta.concrete_fields if not field.editable]
        row.full_clean(exclude=[*skipped, "merged_into"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        faults = {name: list(texts) for name, texts in error.message_dict.items()}
    if row.name in NO_NAMES:
        _say(faults, "name", f"“{row.name}”不是姓名：请照证件填写；新生儿没有起名的填“某某之子（女）”")
    if row.place and not exists(row.place):
        _say(faults, "place", f"区划中没有代码 {row.place}：请重新选择居住地区")
    if row.phone and (text := phone_fault(row.phone)):
        _say(faults, "phone", text)
    _document(row, faults)
    _birth(row, faults)
    if faults:
        raise ValidationError(faults)


def _document(row: Resident, faults: Faults) -> None:
    if row.id_kind == DocumentKind.NONE:
        if row.id_number:
            _say(faults, "id_kind", "填了证件号码，类别却是“暂无证件”：请选证件类别")
        return
    if not row.id_number:
        _say(faults, "id_number", "请填证件号码；没有证件的，类别选“暂无证件”")
    elif row.id_kind == DocumentKind.CARD:
        if text := card_fault(row.id_number):
            _say(faults, "id_number", text)
        else:
            _as_on_card(row, faults)


def _as_on_card(row: Resident, faults: Faults) -> None:
    born, sex = card.born(row.id_number), card.sex(row.id_number)
    if row.birth_date and row.birth_date != born:
        _say(faults, "birth_date", f"与身份证号码不一致（证上是 {born}）：请核对号码，或去掉这一栏由号码推出")
    if row.sex and row.sex != sex:
        words = Sex(sex).label
        _say(faults, "sex", f"与身份证号码不一致（证上是{words}）：请核对号码，或改成“{words}”")


def _birth(row: Resident, faults: Faults) -> None:
    birth: Any = row.birth_date
    if not isinstance(birth, date):
        return
    today = timezone.localdate()
    if birth > today:
        _say(faults, "birth_date", "出生日期晚于今天：请核对")
    elif card.age_on(birth, today) > OLDEST:
        _say(faults, "birth_date", f"按出生日期已超过 {OLDEST} 岁：请核对年份")


def _say(faults: Faults, field: str, text: str) -> None:
    faults.setdefault(field, []).append(text)
