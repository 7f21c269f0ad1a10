"""Schemas made from our models and forms: what a client reads and writes has the names and words of the pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from django import forms
from django.db import models
from django.http import Http404
from ninja import Field, Schema
from pydantic import BeforeValidator, ConfigDict, create_model
from pydantic_core import PydanticCustomError

from xinglin.apps.api.problems import Problem, refused_by_field

LONGEST = 1000


def _iso(value: Any) -> Any:
    """A day as it is written here; the parser would take 0 for 1970."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise PydanticCustomError("date_iso", "no day")
    return value


Day = Annotated[date, BeforeValidator(_iso)]
"""A day that a client sends."""


class Sent(Schema):
    """What a client sends: nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


def read_shape(name: str, model: type[models.Model], columns: Iterable[str], /, **more: Any) -> type[Schema]:
    """The schema of an object's columns as they are read; ``more``: further fields, (type, Field)."""
    fields = {column: _read(model._meta.get_field(column)) for column in columns}
    made: Any = create_model(
        name, __base__=Schema, __doc__=f"{model._meta.verbose_name}。", **{**fields, **more}
    )
    return made


def _read(column: Any) -> tuple[Any, Any]:
    kind: Any = str
    if isinstance(column, models.BooleanField):
        kind = bool
    elif isinstance(column, models.IntegerField):
        kind = int
    elif isinstance(column, models.DateField):
        kind = date
    words = str(column.verbose_name) + _choices(getattr(column, "flatchoices", ()))
    return (kind | None if column.null else kind), Field(description=words)


def plain(row: models.Model, columns: Iterable[str]) -> dict[str, Any]:
    """The columns of an object."""
    return {name: getattr(row, row._meta.get_field(name).attname) for name in columns}  # type: ignore[union-attr]


def write_shape(
    name: str, form: Any, *, but: Iterable[str] = (), partial: bool = False, words: str = ""
) -> type[Sent]:
    """The schema of what a form asks; every field may be left out if ``partial``."""
    fields = {one: _write(field, partial) for one, field in form.base_fields.items() if one not in set(but)}
    made: Any = create_model(  # type: ignore[call-overload] # names are known only now
        name, __base__=Sent, __doc__=words or "填写的内容。", **fields
    )
    return made


def _write(field: forms.Field, partial: bool) -> tuple[Any, Any]:
    words = str(field.label or "") + (f"；{field.help_text}" if field.help_text else "")
    kind: Any = str
    limits: dict[str, Any] = {}
    if isinstance(field, forms.NullBooleanField | forms.BooleanField):
        kind = bool
    elif isinstance(field, forms.IntegerField):
        kind = int
        limits = {"ge": field.min_value or 0, "le": 2_000_000_000}
    elif isinstance(field, forms.DateField):
        kind = Day
    else:
        limits = {"max_length": getattr(field, "max_length", None) or LONGEST}
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        words += _choices(field.choices)
    asked = field.required and not partial and not isinstance(field, forms.BooleanField)
    if asked:
        return kind, Field(..., description=words, **limits)
    return kind | None, Field(None, description=words, **limits)


def _choices(choices: Any) -> str:
    told = "、".join(f"{code} {label}" for code, label in choices if code)
    return f"（{told}）" if told and len(told) < LONGEST else ""


def filled(form: Callable[..., Any], body: Sent, **more: Any) -> Any:
    """A form as a page would have it filled, valid.

    Raises:
        Problem: 422 with every mistake.
    """
    values = {name: value for name, value in body.model_dump().items() if value is not None}
    return valid(form(values, **more))


def changed(form: Callable[..., Any], row: models.Model, body: Sent, **more: Any) -> Any:
    """The form of an object with what is sent over what the object has; what is left out stays, null empties.

    Raises:
        Problem: 422.
    """
    held = form(None, instance=row, **more)
    sent = body.model_dump(exclude_unset=True)
    values = {name: sent.get(name, held.initial.get(name)) for name in held.fields}
    unknown = [name for name in sent if name not in held.fields]
    if unknown:
        faults = [(f"body.{name}", "您的角色不能改这一项") for name in unknown]
        raise Problem(422, "有的内容不能改，逐条见 errors", faults)
    return valid(form({n: v for n, v in values.items() if v is not None}, instance=row, **more))


def valid(form: Any) -> Any:
    """The form, if it is. Raises Problem: 422."""
    if form.is_valid():
        return form
    faults = refused_by_field({name: list(texts) for name, texts in form.errors.items()})
    raise Problem(422, "填写的内容有错，逐条见 errors", faults)


def asked_for(filters: Any) -> Any:
    """Filters of a list, if they can be read: a client is told, where a page leaves them aside. Raises Problem: 422."""
    if not filters.errors:
        return filters
    faults = refused_by_field({name: list(texts) for name, texts in filters.errors.items()}, "query")
    raise Problem(422, "查找的条件有错，逐条见 errors", faults)


def one_of(kinds: Mapping[str, Any], kind: str) -> Any:
    """What stands for a kind named in the address. Raises Http404."""
    if kind not in kinds:
        raise Http404
    return kinds[kind]
