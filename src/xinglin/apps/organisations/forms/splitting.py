"""The form of splitting a facility: two or more successors, and where people, halls, departments and techniques go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from xinglin.apps.access.scope import Scope, below
from xinglin.apps.organisations.forms.fields import DateField
from xinglin.apps.organisations.forms.merging import MERGE
from xinglin.apps.organisations.models import Facility
from xinglin.apps.ui.picker import PlaceField

FEWEST, MOST = 2, 8
"""Successors that the page offers; those left without a name are none."""
STAY = "0"
LIKE_REST = ""
PART = ("name", "place", "kind")


@dataclass(frozen=True)
class Movable:
    """Something that may go to a successor: kind and id, the name of its register, words."""

    kind: str
    id: str
    register: str
    words: str

    @property
    def field(self) -> str:
        """Name of its field."""
        return f"go-{self.kind}-{self.id}"


class SplitForm(forms.Form):
    """What comes out of a facility: when, which new ones, what goes where.

    Attributes:
        size: number of successors that the page asks for.
    """

    template_name = "organisations/split_form.html"
    day = DateField(label="拆分日期", help_text="新机构的第一天；分出去的登记在原机构到前一天为止")
    close = forms.BooleanField(
        label="原机构不再保留",
        required=False,
        help_text="不再保留时，所有人员都要有去向；没有写明去向的中医馆、科室、技术随原机构停止",
    )
    rest = forms.ChoiceField(label="没有单独指定去向的人员", required=False)

    def __init__(
        self,
        data: Any,
        source: Facility,
        scope: Scope,
        movable: Sequence[Movable],
        *,
        size: int = FEWEST,
        **more: Any,
    ) -> None:
        super().__init__(data, label_suffix="", **more)
        self.source, self.movable = source, movable
        self.size = min(max(size, FEWEST), MOST)
        for number in self._numbers:
            self._add_part(number, scope)
        stay = (STAY, "留在原机构")
        parts = [(str(number), f"新机构 {number}") for number in self._numbers]
        rest: Any = self.fields["rest"]
        rest.choices = [stay, *parts]
        for one in movable:
            first = (LIKE_REST, "同上（没有单独指定）") if one.kind == "post" else stay
            field = forms.ChoiceField(label=one.words, required=False)
            field.choices = [first, stay, *parts] if one.kind == "post" else [stay, *parts]
            self.fields[one.field] = field

    def _add_part(self, number: int, scope: Scope) -> None:
        place = PlaceField(label="所在地", required=False)
        place.offer(scope.places or {self.source.place[:6]}, MERGE)
        name = forms.CharField(label="名称", max_length=100, required=False)
        kind = forms.ChoiceField(label="类别", required=False)
        kind.choices = [*Facility._meta.get_field("kind").flatchoices]
        for what, field in zip(PART, (name, place, kind), strict=True):
            self.fields[f"{what}-{number}"] = field

    @property
    def parts(self) -> list[tuple[int, list[forms.BoundField]]]:
        """Number and fields of each successor."""
        return [(number, [self[f"{what}-{number}"] for what in PART]) for number in self._numbers]

    @property
    def registers(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Fields of what may go somewhere, by register."""
        found: dict[str, list[forms.BoundField]] = {}
        for one in self.movable:
            found.setdefault(one.register, []).append(self[one.field])
        return list(found.items())

    @property
    def _numbers(self) -> range:
        return range(1, self.size + 1)

    def clean(self) -> dict[str, Any]:
        """Every successor whole and of a name of its own; everything goes to one that there is."""
        asked = self.cleaned_data
        named = [number for number in self._numbers if self._is_named(number)]
        if not named:
            self.add_error("name-1", "请写出至少一个新机构的名称")
        for number in named:
            self._check_part(number, named)
        for name in ("rest", *(one.field for one in self.movable)):
            where = asked.get(name)
            if where and where != STAY and int(where) not in named:
                self.add_error(name, f"新机构 {where} 没有写名称")
        return asked

    def _is_named(self, number: int) -> bool:
        return bool(str(self.cleaned_data.get(f"name-{number}", "")).strip())

    def _check_part(self, number: int, named: Sequence[int]) -> None:
        asked = self.cleaned_data
        name, place = asked[f"name-{number}"].strip(), asked.get(f"place-{number}", "")
        if not place and f"place-{number}" not in self.errors:
            self.add_error(f"place-{number}", "请选择所在地")
        if any(asked[f"name-{one}"].strip() == name for one in named if one < number):
            self.add_error(f"name-{number}", "这一页上有两个新机构叫这个名称")
        same = Facility.objects.filter(below("place", place[:6]), name=name, valid_to=None)
        if place and same.exclude(pk=self.source.pk).exists():
            self.add_error(f"name-{number}", "这个县已有同名机构：请核对名称")

    def new_facilities(self) -> list[Facility]:
        """The successors, like the old one in all that is not asked for; not saved."""
        asked, old = self.cleaned_data, self.source
        return [
            Facility(
                name=asked[f"name-{number}"].strip(),
                place=asked[f"place-{number}"],
                kind=asked[f"kind-{number}"] or old.kind,
                tcm_kind=old.tcm_kind,
                sponsor_level=old.sponsor_level,
                ownership=old.ownership,
                government_run=old.government_run,
            )
            for number in self._numbers
            if self._is_named(number)
        ]

    def moves(self) -> Mapping[tuple[str, str], int]:
        """Kind and id of what goes → index of the successor among `new_facilities`."""
        asked = self.cleaned_data
        named = [number for number in self._numbers if self._is_named(number)]
        found: dict[tuple[str, str], int] = {}
        for one in self.movable:
            where = asked[one.field] or (asked["rest"] if one.kind == "post" else STAY)
            if where and where != STAY:
                found[one.kind, one.id] = named.index(int(where))
        return found
