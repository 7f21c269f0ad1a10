"""Words for the pages of organisations: sections, people as one may see them, history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.organisations.actions.undoing import REVERSIBLE
from xinglin.apps.organisations.history import KINDS, kind_of
from xinglin.apps.organisations.masking import mask_name, mask_number, mask_phone
from xinglin.apps.organisations.models import (
    Change,
    Consortium,
    Facility,
    Membership,
    PlatformConnection,
    Post,
    Practitioner,
)
from xinglin.apps.organisations.places import place_name
from xinglin.apps.organisations.rules import span

DEEDS = {
    "create": "登记",
    "edit": "修改",
    "close": "停止",
    "undo": "撤销",
    "merge": "合并",
    "split": "拆分",
    "transfer": "调动",
    "load": "载入",
    "import": "导入",
}
STATES: dict[type[models.Model], tuple[str, str]] = {
    Facility: ("在业", "已停业"),
    Post: ("在任", "已离任"),
    Consortium: ("运行中", "已终止"),
    Membership: ("在内", "已退出"),
}
"""Words for holding and for being over, where they are not 在用 and 已停止."""
NONE = "—"
HIDDEN = "（已加密，不显示）"


@dataclass(frozen=True)
class Line:
    """One row of a section: its key, words per column, whether it holds today."""

    pk: str
    cells: tuple[str, ...]
    state: tuple[str, str]
    open: bool


@dataclass(frozen=True)
class Section:
    """One register of an object, as its page shows it."""

    kind: str
    title: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    editable: bool
    hint: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody as the reader may see them."""

    pk: str
    name: str
    id_number: str
    phone: str
    shown: bool


@dataclass
class Deed:
    """One action in the history: when, by whom, what; the address of taking it back goes by its number."""

    number: str
    at: Any
    by: str
    words: str
    reversible: bool
    changes: list[tuple[str, list[tuple[str, str, str]]]] = field(default_factory=list)


def words(row: models.Model, name: str) -> str:
    """The value of a field as a user reads it."""
    column = row._meta.get_field(name)
    value = getattr(row, name)
    if value is None or value == "":
        return NONE
    if isinstance(column, models.ForeignKey):
        return str(value)
    return _plain(column, value)


def _plain(column: Any, value: Any) -> str:
    if value is None or value == "":
        return NONE
    if isinstance(value, bool):
        return "是" if value else "否"
    if column.name == "place":
        return place_name(value)
    return str(dict(column.flatchoices).get(value, value))


def state(row: models.Model, day: date) -> tuple[str, str]:
    """Tone and word: holds, not yet, no more."""
    first, last = (getattr(row, name) for name in span(row))
    works, over = STATES.get(type(row), ("在用", "已停止"))
    if last is not None and last < day:
        return "none", over
    if first is not None and first > day:
        return "info", "未开始"
    return "good", works if last is None else f"到 {last}"


def section(
    model: type[models.Model],
    rows: Iterable[Any],
    *,
    editable: bool,
    hint: str = "",
    columns: Sequence[str] = (),
) -> Section:
    """A register of an object."""
    names = tuple(columns) or tuple(
        one.name
        for one in model._meta.concrete_fields
        if one.editable and one.name not in ("facility", "consortium")
    )
    today = timezone.localdate()
    lines = tuple(
        Line(str(row.pk), tuple(words(row, name) for name in names), state(row, today), _open(row))
        for row in rows
    )
    labels = tuple(str(model._meta.get_field(name).verbose_name) for name in names)  # type: ignore[union-attr]
    labels = tuple(label.removesuffix("编号") or label for label in labels)
    return Section(_kind(model), str(model._meta.verbose_name), labels, lines, editable, hint)


def _open(row: models.Model) -> bool:
    return getattr(row, span(row)[1]) is None


def _kind(model: type[models.Model]) -> str:
    return "platform_connection" if model is PlatformConnection else kind_of(model())


def person(row: Practitioner, readable: bool) -> Person:
    """Somebody as the reader may see them."""
    name = known_name(row, readable)
    if readable:
        return Person(row.pk, name, row.id_number, row.phone, True)
    return Person(row.pk, name, mask_number(row.id_number), mask_phone(row.phone), False)


def known_name(row: Practitioner, readable: bool) -> str:
    """The name, or the surname for who may not read names; nothing else of the person is read."""
    return (row.name if readable else mask_name(row.name)) or "（未填姓名）"


def history(changes: QuerySet[Change] | Sequence[Change], known: Sequence[Facility] = ()) -> list[Deed]:
    """Changes by action, newest first. Only the newest action of all offers to be taken back.

    Args:
        known: facilities whose names need not be asked for.
    """
    found: dict[str, Deed] = {}
    rows: list[Any] = list(_with_names(changes) if isinstance(changes, QuerySet) else changes)
    places = _facility_names(rows, {one.pk: one.name for one in known})
    for row in rows:
        newest = not found and row.deed in REVERSIBLE
        deed = found.get(row.number) or Deed(
            row.number, row.at, getattr(row, "username", "") or "系统", DEEDS.get(row.deed, row.deed), newest
        )
        found[row.number] = deed
        deed.changes.append((_title(row), _lines(row, places)))
    return list(found.values())


def _with_names(changes: QuerySet[Change]) -> QuerySet[Change]:
    """Each change with the name of the account."""
    own = User.objects.filter(pk=OuterRef("by")).values("username")[:1]
    return changes.annotate(username=Subquery(own))


def _title(row: Change) -> str:
    return str(KINDS[row.kind]._meta.verbose_name)


def _lines(row: Change, facilities: dict[str, str]) -> list[tuple[str, str, str]]:
    model = KINDS[row.kind]
    names = dict.fromkeys([*row.before, *row.after])
    return [_line(model._meta.get_field(name), row, facilities) for name in names]


def _line(column: Any, row: Change, facilities: dict[str, str]) -> tuple[str, str, str]:
    def said(values: dict[str, Any]) -> str:
        if column.name not in values:
            return NONE
        value = values[column.name]
        if column.__class__.__name__ == "EncryptedText":
            return HIDDEN
        return (
            facilities.get(value, "") or _plain(column, value)
            if isinstance(value, str)
            else _plain(column, value)
        )

    return str(column.verbose_name).removesuffix("编号"), said(row.before), said(row.after)


def _facility_names(rows: Sequence[Change], known: dict[str, str]) -> dict[str, str]:
    """Names of the facilities that changes speak of, in one query at most."""
    keys = ("facility", "predecessor", "successor", "lead")
    ids = {
        values[key] for row in rows for values in (row.before, row.after) for key in keys if values.get(key)
    } - set(known)
    return {**known, **dict(Facility.objects.filter(pk__in=ids).values_list("pk", "name") if ids else ())}
