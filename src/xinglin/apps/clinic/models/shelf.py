"""What a facility has on its shelves: its own names, prices and insurance codes beside the standard names."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinglin.apps.organisations.models import Facility
from xinglin.apps.protection.ids import LENGTH, new_id


class ShelfItem(models.Model):
    """A herb or patent medicine of a facility (院内药 ↔ standard name).

    Attributes:
        name: as the facility calls it. herb: the standard name, by which it is checked; empty for patent medicines.
        ingredients: of a patent medicine, herbs by standard name with 、 between; what the check knows of it.
        price: of a gram or a unit. insurance: code of the medical insurance catalogue.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="+", db_index=False, verbose_name="机构"
    )
    name = models.CharField("院内药名", max_length=60)
    herb = models.CharField("标准名", max_length=60, blank=True)
    ingredients = models.CharField("成分", max_length=400, blank=True)
    unit = models.CharField("单位", max_length=10, default="g")
    price = models.DecimalField("单价", max_digits=10, decimal_places=4, null=True, blank=True)
    insurance = models.CharField("医保编码", max_length=40, blank=True)
    in_use = models.BooleanField("在用", default=True)

    class Meta:
        """By name; a name once for a facility."""

        verbose_name = "院内药"
        verbose_name_plural = "院内药"
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                name="shelf_name", fields=("facility", "name"), violation_error_message="已有同名的院内药"
            ),
            models.CheckConstraint(name="shelf_price", condition=Q(price__isnull=True) | Q(price__gte=0)),
        )

    def __str__(self) -> str:
        return self.name
