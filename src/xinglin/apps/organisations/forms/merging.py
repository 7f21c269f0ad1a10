"""The form of merging facilities."""

from __future__ import annotations

from typing import Any

from django import forms

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.forms.fields import DateField, FacilityField
from xinglin.apps.organisations.forms.people import offer_facilities
from xinglin.apps.organisations.models import Facility

MERGE = "facility.merge"
SOURCES = 3
"""Facilities that one page merges at once."""


class MergeForm(forms.Form):
    """Which facilities go into the one of the page, and when."""

    day = DateField(label="合并日期", help_text="从这一天起只有本机构；原机构的最后一天是前一天")

    def __init__(self, data: Any, target: Facility, scope: Scope, **more: Any) -> None:
        super().__init__(data, label_suffix="", **more)
        for number in range(1, SOURCES + 1):
            name = f"source{number}"
            first = number == 1
            self.fields[name] = FacilityField(
                label=f"并入的机构{number}", required=first, help_text="" if first else "没有就不选"
            )
            offer_facilities(self, scope, MERGE, name=name, but=target.pk)
        self.order_fields([f"source{number}" for number in range(1, SOURCES + 1)])

    @property
    def sources(self) -> list[Facility]:
        """The chosen facilities, each once."""
        chosen = [self.cleaned_data.get(f"source{number}") for number in range(1, SOURCES + 1)]
        return list({one.pk: one for one in chosen if one is not None}.values())
