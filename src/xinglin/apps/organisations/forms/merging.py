"""Forms of merging and splitting facilities."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.forms.fields import DateField, FacilityField, PlaceField
from xinglin.apps.organisations.forms.people import offer_facilities
from xinglin.apps.organisations.models import Facility

SOURCES = 3
"""Facilities that one page merges at once."""
STAY = ""


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
            offer_facilities(self, scope, name, but=target.pk)
        self.order_fields([f"source{number}" for number in range(1, SOURCES + 1)])

    @property
    def sources(self) -> list[Facility]:
        """The chosen facilities, each once."""
        chosen = [self.cleaned_data.get(f"source{number}") for number in range(1, SOURCES + 1)]
        return list({one.pk: one for one in chosen if one is not None}.values())


class SplitForm(forms.Form):
    """A facility that comes out of the one of the page: when, what, who goes there."""

    groups = (
        ("新机构", ("day", "name", "place", "kind")),
        ("人员去向", ("people",)),
        ("原机构", ("close",)),
    )
    day = DateField(label="拆分日期", help_text="新机构的第一天")
    name = forms.CharField(label="新机构名称", max_length=100)
    place = PlaceField(label="新机构所在地")
    kind = forms.ChoiceField(label="新机构类别")
    people = forms.MultipleChoiceField(
        label="到新机构的人员",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="没有勾选的留在原机构",
    )
    close = forms.BooleanField(
        label="原机构不再保留", required=False, help_text="不再保留时，所有人员都要到新机构"
    )

    def __init__(
        self, data: Any, source: Facility, scope: Scope, people: list[tuple[str, str]], **more: Any
    ) -> None:
        super().__init__(data, label_suffix="", **more)
        kind: Any = self.fields["kind"]
        kind.choices = Facility._meta.get_field("kind").choices
        chooser: Any = self.fields["people"]
        chooser.choices = people
        place: Any = self.fields["place"]
        place.offer(scope.places or {source.place[:6]})

    def clean_name(self) -> str:
        """A new facility has a name of its own."""
        name: str = self.cleaned_data["name"].strip()
        if Facility.objects.filter(
            name=name, place__startswith=self.data.get("place", "")[:6] or "-"
        ).exists():
            raise ValidationError("这个县已有同名机构：请核对名称")
        return name

    def part(self, source: Facility) -> Facility:
        """The new facility, like the old one in all that is not asked for."""
        asked = self.cleaned_data
        return Facility(
            name=asked["name"],
            place=asked["place"],
            kind=asked["kind"],
            tcm_kind=source.tcm_kind,
            sponsor_level=source.sponsor_level,
            ownership=source.ownership,
            government_run=source.government_run,
        )
