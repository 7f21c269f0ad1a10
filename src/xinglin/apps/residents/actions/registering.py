"""Making a file, letting a second facility know its resident, changing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents import finding, identity, permissions, rules
from xinglin.apps.residents.history import note
from xinglin.apps.residents.models import Known, Resident
from xinglin.apps.residents.once import Done, once

CHANGED = "您打开这一页之后，别人改过这份档案：请返回查看新的内容再改"
OTHER_NAME = "这个证件号码已经建过档，姓名不是“{}”：请核对姓名和号码，号码登记错的请找原建档机构改正"


class Outdated(ValidationError):  # noqa: N818 – says what is the matter
    """Somebody else changed the file since it was shown."""


class Twins(ValidationError):  # noqa: N818 – says what is the matter
    """Files that may be of the same person; ``rows`` says which. Saying that it is another person lets it pass."""

    def __init__(self, rows: Sequence[Resident]) -> None:
        self.rows = list(rows)
        super().__init__("已有同名同出生日期的档案：请先看是不是同一个人；不是，勾选“是另一个人”再保存")


def register(
    person: Resident, facility: Facility, *, by: Any, key: str, another: bool = False, request: Any = None
) -> Done:
    """Make the file of a resident, or let this facility know one who has a file elsewhere.

    Who has the card in hand may open the file: number and name together find it, nothing else does.

    Args:
        key: of the form; sent twice, the file is made once. another: the doctor has said that it is not one of the
            files with the same name and birthday.

    Returns:
        The file's id; whether it was made, or known, now.

    Raises:
        NotAllowed. Twins. ValidationError: every mistake, by field.
    """
    permissions.check_register(by, facility)
    rules.complete(person)
    identity.derive(person)

    def act() -> str:
        rules.check(person)
        known = _same_number(person)
        if known is not None:
            _let_know(known, facility, by, request)
            return known.pk
        return _make(person, facility, by, another, request)

    return once(key, by=by, deed="resident.create", act=act)


def _same_number(person: Resident) -> Resident | None:
    """The file with the same document number, if the name agrees."""
    if not person.person_key:
        return None
    found = Resident.objects.filter(person_key=person.person_key).select_related("merged_into").first()
    if found is not None and found.name_hash != person.name_hash:
        raise ValidationError({"name": OTHER_NAME.format(person.name)})
    return found.root if found is not None else None


def _let_know(resident: Resident, facility: Facility, by: Any, request: Any) -> None:
    _, new = Known.objects.get_or_create(resident=resident, facility=facility)
    if new:
        note(resident, "know", by=by, request=request)


def _make(person: Resident, facility: Facility, by: Any, another: bool, request: Any) -> str:
    similar = [] if another else list(finding.twins(person, by.scope_for(permissions.VIEW))[:5])
    if similar:
        raise Twins(similar)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:  # made by somebody else a moment ago
        text = "这个证件号码刚刚由别人建了档：请查找打开"
        raise ValidationError({"id_number": text}) from None
    Known.objects.create(resident=person, facility=facility)
    filled = [name for name, value in identity.personal_values(person).items() if value]
    note(person, "create", by=by, fields=filled, request=request)
    return person.pk


@transaction.atomic
def edit(
    resident: Resident, values: Mapping[str, Any], *, seen: int, by: Any, request: Any = None
) -> Resident:
    """Change fields of a file.

    Args:
        seen: its revision when it was shown.

    Raises:
        NotAllowed. Outdated. ValidationError: every mistake, by field.
    """
    row = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
    permissions.check_edit(by, row)
    if row.merged_into_id:
        raise ValidationError("这份档案已并入另一份：请修改保留的那一份")
    if row.revision != seen:
        raise Outdated(CHANGED)
    before = identity.personal_values(row)
    for name, value in values.items():
        setattr(row, name, value)
    rules.complete(row)
    identity.derive(row)
    rules.check(row)
    _check_number_free(row)
    changed = [name for name, value in identity.personal_values(row).items() if value != before[name]]
    if changed:
        row.revision += 1
        row.save()
        note(row, "edit", by=by, fields=changed, request=request)
    return row


def _check_number_free(row: Resident) -> None:
    if row.person_key and Resident.objects.filter(person_key=row.person_key).exclude(pk=row.pk).exists():
        text = "这个证件号码属于另一份档案：是同一个人的，请合并两份档案"
        raise ValidationError({"id_number": text})
