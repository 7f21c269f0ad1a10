"""A form out of a definition: it asks and shows; what is right or wrong is for `xinglin.records` to say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse

from xinglin.apps.forms import naming
from xinglin.apps.forms.models import Attachment
from xinglin.apps.ui.picker import Picker
from xinglin.apps.ui.places import place_name
from xinglin.records import Definition, Field, FieldFault, FieldType
from xinglin.records.cells import JOINED, code_list, to_json
from xinglin.records.fields import MANY, REFERENCES

FILE = "__file"
"""Ending of the input that brings new files for a field; the field itself holds the ids of those there."""


class ManyPicker(Picker):
    """A picker of several: what is chosen stands below as chips; without a script ids are typed, separated by ；."""

    template_name = "forms/many.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the words for each chosen one."""
        context = super().get_context(name, "", attrs)
        chosen = [one for one in str(value or "").split(JOINED) if one]
        context["widget"]["chosen"] = [(one, self.label_of(one) or one) for one in chosen]
        context["widget"]["joined"] = JOINED.join(chosen)
        context["widget"]["typed"] = ""
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """What was chosen, and what was typed without a script."""
        del files
        texts = (data.get(name) or "", data.get(f"{name}__more") or "")
        parts = [one.strip() for text in texts for one in text.replace(";", JOINED).split(JOINED)]
        return JOINED.join(dict.fromkeys(one for one in parts if one))


class Files(forms.Widget):
    """Files there, each with a box to take it off, and an input for more."""

    template_name = "forms/files.html"
    needs_multipart_form = True

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the files by id."""
        context = super().get_context(name, value, attrs)
        ids = [one for one in str(value or "").split(JOINED) if one]
        rows = {row.pk: row for row in Attachment.objects.filter(pk__in=ids)}
        context["widget"]["files"] = [rows[one] for one in ids if one in rows]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """The ids that stay."""
        del files
        listed = data.getlist(name) if hasattr(data, "getlist") else [data.get(name) or ""]
        return JOINED.join(one for one in listed if one)


class Asked(forms.Field):
    """A field of the form; ``when`` is the condition under which it is asked for, as the script reads it."""

    when = ""


class RecordForm(forms.Form):
    """The fields of a definition.

    Args:
        values: field → typed values to begin with. data: what was sent.
    """

    def __init__(
        self,
        definition: Definition,
        values: Mapping[str, Any] | None = None,
        data: Any = None,
        *,
        only: tuple[str, ...] | None = None,
        permission: str = "record.edit",
    ) -> None:
        super().__init__(data, label_suffix="", initial=plain(values or {}))
        self.definition = definition
        self.asked = [
            name
            for name, field in definition.fields.items()
            if field.computed is None and (only is None or name in only)
        ]
        for name in self.asked:
            self.fields[name] = _field(definition, name, definition.fields[name], permission)
        self.groups = _sections(definition, self.asked)

    def raw(self) -> dict[str, Any]:
        """What was typed, field by field."""
        return {
            name: self.fields[name].widget.value_from_datadict(self.data, {}, name) for name in self.asked
        }

    def again(self, raw: Mapping[str, Any], faults: tuple[FieldFault, ...]) -> RecordForm:
        """The form once more, with what was typed and what is wrong; files that were taken in stay named."""
        sent = QueryDict(mutable=True)
        for name in self.asked:
            value = raw.get(name)
            if isinstance(self.fields[name].widget, _Boxes) and isinstance(value, str):
                value = [one for one in value.split(JOINED) if one]
            if isinstance(value, list | tuple):
                sent.setlist(name, [str(one) for one in value])
            else:
                sent[name] = "" if value is None else str(value)
        form = RecordForm(self.definition, raw, sent, only=tuple(self.asked))
        form.blame(faults)
        return form

    def blame(self, faults: tuple[FieldFault, ...]) -> None:
        """Show what is wrong at its field; what concerns none of those shown stands above."""
        self.full_clean()
        for field, fault, _ in faults:
            target = field if field in self.fields else None
            words = f"{fault.what}。{fault.fix}。"
            if target is None and field in self.definition.fields:
                words = f"{self.definition.fields[field].label}：{words}"
            self.add_error(target, words)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values as inputs hold them."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return JOINED.join(map(str, value))
    return "true" if value is True else "false" if value is False else to_json(value)


def _sections(definition: Definition, names: list[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Headings in the order in which they first come, each with its fields; nothing where there are none."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(definition.fields[name].section_or, []).append(name)
    if list(found) == [""]:
        return ()
    return tuple((heading or "基本情况", tuple(fields)) for heading, fields in found.items())


def _field(definition: Definition, name: str, field: Field, permission: str) -> forms.Field:
    """The field of the form: it takes every text, so that nothing typed is lost."""
    widget = _widget(definition, name, field, permission)
    made = Asked(required=False, label=_label(field), help_text=field.help, widget=widget)
    if field.when is not None:
        made.when = json.dumps(field.when.as_data(), ensure_ascii=False)
    if field.required and field.when is None and not isinstance(widget, _GROUPS):
        widget.attrs["aria-required"] = "true"
    return made


def _label(field: Field) -> str:
    unit = f"（{field.unit}）" if field.unit else ""
    return f"{field.label}{unit}{' *' if field.required else ''}"


def _widget(definition: Definition, name: str, field: Field, permission: str) -> forms.Widget:
    if field.type in REFERENCES or field.type in (FieldType.PLACE, FieldType.RECORD):
        return _picker(definition, name, field, permission)
    if field.type is FieldType.CODES:
        return _Boxes(choices=_options(definition, name, field))
    if field.type is FieldType.BOOLEAN:
        empty_ = [] if field.required else [("", "未填")]
        return forms.RadioSelect(choices=[*_options(definition, name, field), *empty_])
    if field.type is FieldType.CODE:
        empty = ("", "请选择" if field.required else "未填")
        return forms.Select(choices=[empty, *_options(definition, name, field)])
    made = _PLAIN.get(field.type)
    return made() if made else forms.TextInput({"maxlength": str(field.longest_text), "autocomplete": "off"})


def _options(definition: Definition, name: str, field: Field) -> list[tuple[str, str]]:
    if field.type is FieldType.BOOLEAN:
        return [("true", "是"), ("false", "否")]
    return [(code, entry.label) for code, entry in code_list(field, definition.id, name).codes.items()]


def _number() -> forms.Widget:
    return forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})


_PLAIN: dict[FieldType, Callable[[], forms.Widget]] = {
    FieldType.LINES: lambda: forms.Textarea({"rows": 3}),
    FieldType.DATE: lambda: forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    FieldType.MONTH: lambda: forms.TextInput({"type": "month", "placeholder": "2024-05"}),
    FieldType.FILE: Files,
    FieldType.INTEGER: _number,
    FieldType.DECIMAL: _number,
    FieldType.YEAR: _number,
}


class _Boxes(forms.CheckboxSelectMultiple):
    """Several choices, sent and kept as one text."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        found = super().value_from_datadict(data, files, name)
        return JOINED.join(found) if isinstance(found, list | tuple) else str(found or "")

    def format_value(self, value: Any) -> list[str]:
        return (
            [one for one in str(value or "").split(JOINED) if one] if isinstance(value, str) else value or []
        )


_GROUPS = (forms.RadioSelect, _Boxes, Files)
"""Widgets of several inputs; none of them alone is required."""


def _picker(definition: Definition, name: str, field: Field, permission: str) -> forms.Widget:
    many = field.type in MANY
    kind = ManyPicker if many else Picker
    subject = name == definition.subject_field
    if field.type is FieldType.PLACE:
        made = kind("ui:choose_places", field.label)
        digits = ",".join(map(str, field.levels or ()))
        made.ask(for_=permission if subject else "", digits=digits)
        made.label_of = lambda code: place_name(code) if code.isdigit() else ""
        return made
    if field.type in (FieldType.FACILITY, FieldType.FACILITIES):
        made = kind("ui:choose_facilities", field.label)
        made.ask(for_=permission)
    else:
        made = kind("forms:choose", field.label)
        made.private = not field.of and REFERENCES[field.type] == "practitioner"
        asked = {"kind": f"record:{field.of}" if field.of else REFERENCES[field.type]}
        made.ask(**asked)
    reference = f"record:{field.of}" if field.of else REFERENCES[field.type]
    made.label_of = lambda one: naming.names({reference: [one]}).get((reference, one), "")
    return made


def draft_address(definition: Definition, record: str = "") -> str:
    """Where the browser keeps what is typed."""
    return reverse("forms:draft", args=[definition.id]) + (f"?record={record}" if record else "")
