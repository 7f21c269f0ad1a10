"""The eleven registers for import and export: columns of the contract, people with name, number and phone besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import models

from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.exchange import bulk
from xinglin.apps.exchange.modeltable import ModelTable, chunks
from xinglin.apps.exchange.spec import Change as Written
from xinglin.apps.exchange.spec import Key, Row, RowFault, Stored, register
from xinglin.apps.exchange.values import plain
from xinglin.apps.organisations.actions.rows import derive
from xinglin.apps.organisations.checks import card_fault
from xinglin.apps.organisations.history import Deed, personal
from xinglin.apps.organisations.models import FACT_MODELS, Change, Facility, Practitioner
from xinglin.apps.organisations.models.facility import GRASSROOTS
from xinglin.apps.organisations.rules import OF_FACILITY, ONE_AT_A_TIME
from xinglin.facts import Column, ColumnType, Table, load_contract
from xinglin.facts.fault import Fault

PERSONAL = {
    "name": Column(label="姓名", type=ColumnType.TEXT, meaning="证件上的姓名"),
    "id_number": Column(label="证件号码", type=ColumnType.TEXT, meaning="居民身份证号码，18 位；加密保存"),
    "phone": Column(label="联系电话", type=ColumnType.TEXT, meaning="手机号码；加密保存"),
}
"""Columns of people that facts know nothing of; only those who may see names see and write them."""

_PERMISSIONS = {
    "practitioner": "practitioner",
    "post": "practitioner",
    "consortium": "consortium",
    "membership": "consortium",
    "catchment": "consortium",
}
_DERIVED = {
    "facility": ("pinyin", "initials", "sort_key"),
    "practitioner": (
        "person_key",
        "phone_hash",
        "name_hash",
        "pinyin_hash",
        "surname_initials_hash",
        "initials_hash",
        "sort_key",
    ),
    "consortium": ("sort_key",),
}
_FIRST, _LAST = date.min, date.max
_BATCH = 1000


def _table(name: str) -> Table:
    table = load_contract().table(name)
    if name != "practitioner":
        return table
    first, *rest = table.columns.items()
    return table.model_copy(update={"columns": dict([first, *PERSONAL.items(), *rest])})


def _spec(name: str, model: type[models.Model]) -> ModelTable:
    about = _PERMISSIONS.get(name, "facility")
    lengths = {field.name: field.max_length for field in model._meta.concrete_fields if field.max_length}
    more: dict[str, Any] = {"natural": ("name", "place")} if name == "facility" else {}
    if name == "practitioner":
        more = {"personal": tuple(PERSONAL), "personal_view": "practitioner.name"}
        lengths |= dict.fromkeys(PERSONAL, 60)
    return ModelTable(
        table=_table(name),
        view=f"{about}.view",
        edit=f"{about}.edit",
        lengths=lengths,
        model=model,
        within=model._default_manager.all().within,  # type: ignore[attr-defined]
        prepare=_prepare,
        wrote=partial(_wrote, name),
        rules=partial(_rules, model),
        derived=_DERIVED.get(name, ()),
        **more,
    )


def _prepare(row: Any, by: Any) -> None:
    """What follows from other fields; a new person belongs to the place of whoever registers, until there is a post."""
    derive(row)
    if isinstance(row, Practitioner):
        row.registered_in = _home(by)


def _home(by: Any) -> str:
    if not hasattr(by, "_imports_for"):
        scope: Scope = by.scope_for("practitioner.edit")
        places = sorted(place for place in scope.places if place != NATION)
        if not places and scope.facilities:
            places = list(Facility.objects.filter(pk__in=scope.facilities).values_list("place", flat=True))
        by._imports_for = places[0] if places else ""
    return str(by._imports_for)


def _wrote(name: str, changes: Sequence[Written], by: Any, deed_name: str) -> None:
    """History of an import or its undoing: one deed, one change per row, as `Deed.change` writes them."""
    model, deed = FACT_MODELS[name], Deed(by, deed_name)
    hidden = personal(model)
    halls = _halls(changes) if name == "platform_connection" else {}
    for chunk in chunks(changes, _BATCH):
        made = []
        for change in chunk:
            before, after = _told(change, hidden)
            subject = halls.get(change.id) or _subject(name, change)
            made.append(_change(deed, name, change.id, subject, before, after))
        bulk.write(made)


_SUBJECTS = {"post": "practitioner", "membership": "consortium", "catchment": "consortium"}


def _subject(name: str, change: Written) -> str:
    """As `history.subject_of`, without an object."""
    row = change.after or change.before or {}
    own = name in ("facility", "practitioner", "consortium")
    return change.id if own else str(row[_SUBJECTS.get(name, "facility")])


def _halls(changes: Sequence[Written]) -> dict[str, str]:
    """Hall → facility on whose page a connection is shown."""
    found: dict[str, str] = {}
    for chunk in chunks([change.id for change in changes]):
        found |= dict(
            FACT_MODELS["tcm_hall"]._default_manager.filter(pk__in=chunk).values_list("pk", "facility")
        )
    return found


def _told(change: Written, hidden: frozenset[str]) -> tuple[Row, Row]:
    """What was and what is, of the columns that differ; personal ones by name only."""
    before, after = change.before or {}, change.after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    old = plain({name: None if name in hidden else before[name] for name in names if name in before})
    new = plain({name: None if name in hidden else after[name] for name in names if name in after})
    return old or {}, new or {}


def _change(deed: Deed, kind: str, id: str, subject: str, before: Row, after: Row) -> Change:
    head = {"at": deed.at, "by": str(getattr(deed.by, "pk", None) or ""), "number": deed.number}
    return Change(
        **head, kind=kind, object_id=id, subject=subject, deed=deed.name, before=before, after=after
    )


def _rules(
    model: type[models.Model], rows: Mapping[int, Row], stored: Mapping[Key, Stored], scope: Scope
) -> Iterator[RowFault]:
    """What the pages check as well (`rules`), for many rows at once."""
    del scope
    if model in ONE_AT_A_TIME:
        yield from _overlaps(model, ONE_AT_A_TIME[model], rows, stored, lambda row: True)
    if model in OF_FACILITY:
        yield from _after_closing(rows)
    if model is FACT_MODELS["post"]:
        yield from _overlaps(model, ("practitioner",), rows, stored, lambda row: bool(row["main"]))
    if model is Facility:
        yield from _too_coarse(rows)
    if model is Practitioner:
        yield from _people(rows, stored)
    if model is FACT_MODELS["catchment"]:
        yield from _catchments(rows)


def _overlaps(
    model: type[models.Model],
    fields: tuple[str, ...],
    rows: Mapping[int, Row],
    stored: Mapping[Key, Stored],
    asked: Callable[[Row], bool],
) -> Iterator[RowFault]:
    """Rows that hold on a day on which another of the same fields does."""
    key = load_contract().table(next(name for name, one in FACT_MODELS.items() if one is model)).key
    changed = {tuple(row[name] for name in key) for row in rows.values()}
    spans: dict[Key, list[tuple[date, date, int | None]]] = {}
    all_rows = [(number, row) for number, row in rows.items()] + [
        (None, one.row) for known, one in stored.items() if known not in changed
    ]
    for number, row in all_rows:
        if asked(row):
            spans.setdefault(tuple(row[name] for name in fields), []).append(
                (row["valid_from"] or _FIRST, row["valid_to"] or _LAST, number)
            )
    for group in spans.values():
        if len(group) > 1:
            yield from _clashes(
                str(model._meta.verbose_name), group, main="main" in key or fields == ("practitioner",)
            )


def _clashes(name: str, spans: list[tuple[date, date, int | None]], *, main: bool) -> Iterator[RowFault]:
    for first, last, number in spans:
        others = [one for one in spans if one[2] != number or one[:2] != (first, last)]
        clash = next((one for one in others if one[0] <= last and first <= one[1]), None)
        if number is None or clash is None or (clash[2] is not None and clash[2] > number):
            continue
        days = (
            f"{clash[0] if clash[0] > _FIRST else '起始不详'} 至 {clash[1] if clash[1] < _LAST else '现在'}"
        )
        if main:
            what = f"此人同期已有主要执业机构（{days}）"
            fault = Fault("two_main_posts", what, "改为“否”，或先填上那里的终止日期")
            yield RowFault(number, "main", fault)
        else:
            what = f"与另一行{name}时间重叠（{days}）"
            fault = Fault("overlap", what, "请先停止旧的，或改日期")
            yield RowFault(number, "valid_from", fault)


def _after_closing(rows: Mapping[int, Row]) -> Iterator[RowFault]:
    """Nothing of a closed facility goes on."""
    ends: dict[str, date] = {}
    for chunk in chunks(sorted({row["facility"] for row in rows.values()})):
        closed = Facility.objects.filter(pk__in=chunk, valid_to__isnull=False)
        ends |= dict(closed.values_list("pk", "valid_to"))  # type: ignore[arg-type]
    for number, row in rows.items():
        end = ends.get(row["facility"])
        if end and (row["valid_to"] is None or row["valid_to"] > end):
            fault = Fault("after_closing", f"这个机构已于 {end} 停业", "终止日期请填不晚于那天的日期")
            yield RowFault(number, "valid_to", fault)


def _too_coarse(rows: Mapping[int, Row]) -> Iterator[RowFault]:
    for number, row in rows.items():
        if row["kind"] in GRASSROOTS and len(row["place"]) < 9:
            what = f"“{row['place']}”只到县"
            fault = Fault("place_level", what, "基层机构的所在地要填到乡镇（9 位）或村（12 位）")
            yield RowFault(number, "place", fault)


def _people(rows: Mapping[int, Row], stored: Mapping[Key, Stored]) -> Iterator[RowFault]:
    """Card numbers that are none; a person who is there already, told by the number's keyed hash."""
    from xinglin.apps.organisations.identity import person_key

    fresh: dict[str, int] = {}
    for number, row in rows.items():
        old = stored.get((row["practitioner"],))
        if not row["id_number"] or (old is not None and old.row["id_number"] == row["id_number"]):
            continue
        if fault := card_fault(row["id_number"]):
            what, _, fix = fault.partition("：")
            yield RowFault(number, "id_number", Fault("bad_card", what, fix))
            continue
        key = person_key(row["id_number"])
        if key in fresh:
            yield RowFault(number, "id_number", _twice("本文件前面的一行"))
        else:
            fresh[key] = number
    for chunk in chunks(sorted(fresh)):
        for key in Practitioner.objects.filter(person_key__in=chunk).values_list("person_key", flat=True):
            yield RowFault(fresh[key], "id_number", _twice("人员库里"))


def _twice(where: str) -> Fault:
    fix = "是同一个人就填上他的人员编号，再登记任职；不是就核对号码"
    return Fault("same_person", f"这个证件号码已经登记过（{where}）", fix)


def _catchments(rows: Mapping[int, Row]) -> Iterator[RowFault]:
    """A county or its townships, not both."""
    model: Any = FACT_MODELS["catchment"]
    for number, row in rows.items():
        place = row["place"]
        others = model.objects.touching(row["valid_from"], row["valid_to"])
        narrower = others.filter(place__startswith=place).exclude(place=place)
        found = narrower if len(place) == 6 else others.filter(place=place[:6])
        if found.exists():
            what = f"“{place}”所在的县已按另一种方式填了服务区"
            yield RowFault(number, "place", Fault("catchment_overlap", what, "整县和乡镇只留一种"))


for _name, _model in FACT_MODELS.items():
    register(_spec(_name, _model))
