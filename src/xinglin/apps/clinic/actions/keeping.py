"""A doctor's own templates; what a facility has on its shelves."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic import typed
from xinglin.apps.clinic.actions.prescribing import standard
from xinglin.apps.clinic.chart import Herbs
from xinglin.apps.clinic.models import ShelfItem, Template
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.base.pinyin import of_name

MOST = 500
"""Templates that a doctor keeps."""
STOCK = "shelf.edit"


@transaction.atomic
def keep_template(name: str, herbs: Herbs, *, by: Any, request: Any = None) -> Template:
    """Keep a prescription as one's own template; one of the same name is replaced. It is no prescription.

    Raises:
        ValidationError: no name, or too many.
    """
    plain = name.strip()[:40]
    if not plain:
        raise ValidationError({"template": "请给模板起个名字"})
    if Template.objects.filter(user=by).exclude(name=plain).count() >= MOST:
        raise ValidationError({"template": f"最多存 {MOST} 个模板：请先删去不用的"})
    reading = of_name(plain)
    values = {
        "initials": reading.initials[:40],
        "sort_key": reading.sort_key[:480],
        "formula": herbs.formula,
        "content": typed.herbs_raw(herbs),
        "changed_at": timezone.now(),
    }
    row, _ = Template.objects.update_or_create(user=by, name=plain, defaults=values)
    record(by=by, action="template.edit", kind="template", id=row.pk, request=request)
    return row


@transaction.atomic
def drop_template(row: Template, *, by: Any, request: Any = None) -> None:
    """Delete one's own template. Raises NotAllowed."""
    if row.user_id != by.pk:
        raise NotAllowed("只能删自己的模板")
    record(by=by, action="template.delete", kind="template", id=row.pk, request=request)
    row.delete()


@transaction.atomic
def put_on_shelf(item: ShelfItem, facility: Facility, *, by: Any, request: Any = None) -> ShelfItem:
    """Write down, or change, what a facility has; its standard name follows from its own name where it can.

    Raises:
        NotAllowed. ValidationError: every mistake, by field.
    """
    if not by.scope_for(STOCK).covers(place=facility.place, facility=facility.pk):
        raise NotAllowed(f"您不能改“{facility.name}”的院内药")
    item.facility = facility
    item.herb = item.herb or standard(item.name)
    item.full_clean()
    item.save()
    record(by=by, action="shelfitem.edit", kind="shelfitem", id=item.pk, request=request)
    return item
