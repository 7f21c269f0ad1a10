"""Fields that forms of organisations share: place, facility, dates; words of the contract as help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.places import below, exists, place_name
from xinglin.base.places import Level
from xinglin.facts import load_contract

OFFERED = 50
"""Facilities offered at once; the search narrows them down."""


class DateField(forms.DateField):
    """A day, typed or picked."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more)


class PlaceSelect(forms.Widget):
    """One list per level, from the places one may choose in down to the village; each fills the next.

    Attributes:
        roots: codes of the places where the choice begins. deepest: digits of the lowest level offered.
    """

    template_name = "organisations/place_select.html"

    def __init__(self, roots: Iterable[str] = (), deepest: int = int(Level.VILLAGE)) -> None:
        super().__init__()
        self.roots, self.deepest = tuple(sorted(roots)), deepest

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Lists with the choice made in each."""
        context = super().get_context(name, value, attrs)
        context["widget"]["lists"] = place_lists(str(value or ""), self.roots, self.deepest)
        context["widget"]["roots"] = ",".join(self.roots)
        context["widget"]["deepest"] = self.deepest
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        """The lowest choice that lies in the choices above it."""
        del files
        if data.get(name):
            return str(data[name])
        return chosen([str(data.get(f"{name}-{step}") or "") for step in range(6)])

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether no list was sent at all."""
        del files
        return name not in data and f"{name}-0" not in data


def chosen(codes: Iterable[str]) -> str:
    """The last of a row of choices that each lie in the one before."""
    found = ""
    for code in codes:
        if not code or not code.startswith(found):
            break
        found = code
    return found


def place_lists(code: str, roots: tuple[str, ...], deepest: int) -> list[dict[str, Any]]:
    """The lists to show: options as (code, name), the choice, a label."""
    tops = [one for root in roots for one in ([p.code for p in below("0")] if root == NATION else [root])]
    root = next((one for one in tops if code.startswith(one)), tops[0] if len(tops) == 1 else "")
    lists = [_list([(one, place_name(one)) for one in tops], root)]
    while root and len(root) < deepest:
        children = below(root)
        if not children:
            break
        length = len(children[0].code)
        root = code[:length] if len(code) >= length else ""
        lists.append(_list([(place.code, place.name) for place in children], root))
    return lists


def _list(options: list[tuple[str, str]], selected: str) -> dict[str, Any]:
    label = Level(len(options[0][0])).label if options else "地区"
    return {"options": options, "selected": selected, "label": label}


class PlaceField(forms.CharField):
    """The code of a place.

    Attributes:
        digits: lengths that the code may have.
    """

    def __init__(self, *, digits: tuple[int, ...] = (6, 9, 12), **more: Any) -> None:
        super().__init__(widget=PlaceSelect(deepest=max(digits)), **more)
        self.digits = digits

    def offer(self, roots: Iterable[str]) -> None:
        """Where the choice begins."""
        self.widget.roots = tuple(sorted(roots))

    def validate(self, value: str) -> None:
        """A place that exists, of a level that is asked for."""
        super().validate(value)
        if value and not exists(value):
            raise ValidationError("区划中没有这个代码：请重新选择")
        if value and len(value) not in self.digits:
            words = "或".join(Level(one).label for one in self.digits)
            raise ValidationError(f"请选到{words}")


class FacilitySelect(forms.Select):
    """A facility, with a search that narrows the list down."""

    template_name = "organisations/facility_select.html"


class FacilityField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the facilities that one may choose from; asks the database for the chosen one and a handful."""

    def __init__(self, **more: Any) -> None:
        super().__init__(Facility.objects.none(), widget=FacilitySelect(), **more)

    def offer(self, facilities: Any, chosen: str = "") -> None:
        """Set what may be chosen; the list shows the chosen one and the first of the others."""
        self.queryset = facilities
        shown = list(facilities[:OFFERED])
        if chosen and all(one.pk != chosen for one in shown):
            shown += list(facilities.filter(pk=chosen))
        self.widget.choices = [("", "请选择"), *facility_options(shown)]


def facility_options(facilities: Iterable[Facility]) -> list[tuple[str, str]]:
    """Ids with names; where it lies is added, for many have the same name."""
    return [(one.pk, f"{one.name}（{place_name(one.place, 4)}）") for one in facilities]


class ContractForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of one register: meanings of the contract as help; mistakes of actions at their fields."""

    table = ""
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __init__(self, *args: Any, scope: Scope | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.scope = scope or Scope()
        self.label_suffix = ""
        columns = load_contract().tables[self.table].columns if self.table else {}
        for name, field in self.fields.items():
            if name in columns and not field.help_text:
                field.help_text = columns[name].meaning
            if isinstance(field, forms.TypedChoiceField):
                _say_empty(field)
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")

    def blame(self, error: ValidationError) -> None:
        """Show what an action refused at the fields it concerns."""
        for name, texts in _by_field(error).items():
            self.add_error(name if name in self.fields else None, texts)

    def _get_validation_exclusions(self) -> set[str]:
        """The action checks whole objects; here each field is looked at alone."""
        return {
            field.name for field in self._meta.model._meta.get_fields() if isinstance(field, models.Field)
        }

    def validate_unique(self) -> None:
        """Left to the action."""

    def validate_constraints(self) -> None:
        """Left to the action."""


def _say_empty(field: forms.TypedChoiceField) -> None:
    """Words instead of a row of dashes for no choice."""
    word = "请选择" if field.required else "未填"
    offered: Any = field.choices
    field.choices = [(code, label if code else word) for code, label in offered]


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    found: dict[str, list[str]] = error.message_dict if hasattr(error, "error_dict") else {}
    return found or {NON_FIELD_ERRORS: error.messages}
