"""Packages and their versions; the starting set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.contracts import library, permissions
from xinglin.apps.contracts.models import Line, Package, PackageItem
from xinglin.apps.contracts.models.package import places_above
from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import definition

FIELDS = (
    "name",
    "group",
    "content",
    "least_age",
    "most_age",
    "price",
    "basis",
    "valid_from",
    "valid_to",
)
USED = "已有签约用这一版，内容不能再改：请填一个更晚的启用日期，作为新版本保存"


@transaction.atomic
def keep(
    place: str,
    code: str,
    values: Mapping[str, Any],
    items: Mapping[str, int],
    *,
    old: Package | None = None,
    by: Any,
    request: Any = None,
) -> Package:
    """Make a package; or change one, which makes a new version when it begins later than the old one.

    Args:
        values: by `FIELDS`. items: code of the library → times in a contract year.

    Raises:
        NotAllowed. ValidationError: every mistake, by field; a version that contracts use is not changed.
    """
    permissions.check_keep(by, place)
    if not items:
        raise ValidationError("请至少给一个项目填次数")
    new = old is None or values["valid_from"] > old.valid_from
    known = set(library.items(place, values["valid_from"]))
    known |= set() if new or old is None else set(old.items.values_list("code", flat=True))
    if unknown := sorted(set(items) - known):
        raise ValidationError(f"项目库里这一天没有：{'、'.join(unknown)}。请先审定入库")
    row = _version(place, code, values, old) if new or old is None else _same(old, values, items)
    row.made_by = row.made_by or str(getattr(by, "pk", None) or "")
    row.full_clean()
    row.save(force_insert=new)
    _put_items(row, items)
    action = "package.create" if new else "package.edit"
    record(by=by, action=action, kind="package", id=row.pk, fields=FIELDS, request=request)
    return row


def _version(place: str, code: str, values: Mapping[str, Any], old: Package | None) -> Package:
    """A new version; the old one ends the day before."""
    if old is None and Package.objects.filter(place=place, code=code).exists():
        raise ValidationError({"code": "本地区已有这个编码的服务包：请换一个编码，或打开它出新版本"})
    if old is not None:
        last = values["valid_from"] - timedelta(days=1)
        if old.valid_to is None or old.valid_to > last:
            Package.objects.filter(pk=old.pk).update(valid_to=last)
    return Package(place=place, code=code, **{name: values.get(name) for name in FIELDS})


def _same(old: Package, values: Mapping[str, Any], items: Mapping[str, int]) -> Package:
    """The same version changed; of one that contracts use, only its last day."""
    if values["valid_from"] < old.valid_from:
        raise ValidationError({"valid_from": f"不能早于这一版原来的启用日期 {old.valid_from}"})
    row = Package.objects.select_for_update(no_key=True).get(pk=old.pk)
    changed = [name for name in FIELDS if getattr(row, name) != values.get(name)]
    there = dict(row.items.values_list("code", "times"))
    used = Line.objects.filter(package=row).exists()
    if used and (set(changed) - {"valid_to"} or there != dict(items)):
        raise ValidationError({"valid_from": USED})
    for name in changed:
        setattr(row, name, values.get(name))
    return row


def _put_items(row: Package, items: Mapping[str, int]) -> None:
    if dict(row.items.values_list("code", "times")) == dict(items):
        return
    row.items.all().delete()
    PackageItem.objects.bulk_create(
        PackageItem(package=row, position=at, code=code, times=times)
        for at, (code, times) in enumerate(items.items(), 1)
    )


@transaction.atomic
def propose_items(place: str, *, by: Any, request: Any = None) -> int:
    """Put the starting items that a place has not got into its library, to be reviewed. How many.

    Raises:
        NotAllowed. Invalid: the register refuses one.
    """
    permissions.check_keep(by, place)
    one, today = definition(library.REGISTER), timezone.localdate()
    made = [saving.create(one, values, by=by, request=request) for values in library.proposals(place, today)]
    return len(made)


@transaction.atomic
def start_packages(place: str, *, by: Any, day: date | None = None, request: Any = None) -> int:
    """Make the starting packages of which all items are in the library, and none has the code. How many.

    Raises:
        NotAllowed.
    """
    permissions.check_keep(by, place)
    begins = day or timezone.localdate()
    known = library.items(place, begins)
    taken = set(Package.objects.filter(place__in=places_above(place)).values_list("code", flat=True))
    made = 0
    for code, one in library.starting().packages.items():
        if code in taken or set(one.items) - set(known):
            continue
        values = {
            **one.model_dump(exclude={"items"}),
            "basis": library.starting().basis,
            "valid_from": begins,
        }
        keep(place, code, values, one.items, by=by, request=request)
        made += 1
    return made
