"""Fields that forms of organisations share: place, facility, dates; words of the contract as help."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.places import place_name
from xinglin.apps.ui.picker import Picker
from xinglin.facts import load_contract


class DateField(forms.DateField):
    """A day, typed or picked."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more)


class FacilityField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the facilities that one may choose from: chosen in the list, or typed as an id or a whole name."""

    widget: Picker

    def __init__(self, **more: Any) -> None:
        super().__init__(Facility.objects.none(), widget=Picker("ui:choose_facilities", "机构"), **more)

    def offer(self, facilities: Any, permission: str) -> None:
        """Set what may be chosen, and the permission that suggestions are for."""
        self.queryset = facilities
        self.widget.ask(for_=permission)
        self.widget.label_of = self._label

    def to_python(self, value: Any) -> Any:
        """The facility; a whole name will do where only one of those offered has it."""
        if value in self.empty_values:
            return None
        text = str(getattr(value, "pk", value)).strip()
        rows: Any = self.queryset
        found = list(rows.filter(pk=text)) or list(rows.filter(name=text)[:2])
        if len(found) == 1:
            return found[0]
        raise ValidationError(
            f"有几个机构叫“{text}”：请从列表中选，或填机构编号"
            if found
            else f"您可选的机构里没有“{text}”：请从列表中选，或填机构全称、机构编号"
        )

    def _label(self, value: str) -> str:
        """Name and place of the chosen one: many have the same name."""
        rows: Any = self.queryset
        row = rows.filter(pk=value).first()
        return f"{row.name}（{place_name(row.place, 4)}）" if row else ""


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
        for name, texts in by_field(error).items():
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


def by_field(error: ValidationError) -> dict[str, list[str]]:
    """Mistakes of an action by field; those of the whole under `NON_FIELD_ERRORS`."""
    found: dict[str, list[str]] = error.message_dict if hasattr(error, "error_dict") else {}
    return found or {NON_FIELD_ERRORS: error.messages}
