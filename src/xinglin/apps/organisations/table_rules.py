"""The rules of `rules` asked of many rows of a file at once; what they say is said there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from django.db import models

from xinglin.apps.access.scope import Scope
from xinglin.apps.exchange.bulk import among
from xinglin.apps.exchange.modeltable import chunks
from xinglin.apps.exchange.spec import Key, Row, RowFault, Stored
from xinglin.apps.organisations import rules
from xinglin.apps.organisations.models import (
    FACT_MODELS,
    Catchment,
    Consortium,
    Facility,
    IdKind,
    PlatformConnection,
    Post,
    Practitioner,
)
from xinglin.facts import load_contract
from xinglin.facts.fault import Fault

_Span = tuple[date, date, int | None]


def broken_rules(
    model: type[models.Model], rows: Mapping[int, Row], stored: Mapping[Key, Stored], scope: Scope
) -> Iterator[RowFault]:
    """Rows that break a rule between rows, or between columns."""
    del scope
    if model in rules.ONE_AT_A_TIME:
        yield from _overlaps(model, rules.ONE_AT_A_TIME[model], rows, stored)
    if model in rules.OF_FACILITY:
        yield from _after_closing(rows)
    if model is Post:
        yield from _main_posts(rows, stored)
    if model is Facility:
        yield from _each(
            rows, "place", "place_level", lambda row: rules.coarse_fault(row["kind"], row["place"])
        )
        yield from _closing(rows, stored)
    if model is Consortium:
        yield from _led_by_closed(rows)
    if model in (Facility, Consortium, Practitioner):
        yield from _names(rows, stored)
    if model is Practitioner:
        yield from _people(rows, stored)
    if model is Catchment:
        yield from _each(rows, "place", "catchment_overlap", _catchment)


def _names(rows: Mapping[int, Row], stored: Mapping[Key, Stored]) -> Iterator[RowFault]:
    """Names that are none; one that is there already may stay."""
    known = {one.row["name"] for one in stored.values()}
    new = {number: row for number, row in rows.items() if row["name"] in rules.NO_NAMES - known}
    yield from _each(new, "name", "placeholder", lambda row: rules.name_fault(row["name"]))


def _catchment(row: Row) -> str:
    return rules.catchment_fault(row["place"], row["valid_from"], row["valid_to"])


def _each(rows: Mapping[int, Row], column: str, kind: str, rule: Callable[[Row], str]) -> Iterator[RowFault]:
    """Rows that a rule has something to say of, in a column."""
    for number, row in rows.items():
        if text := rule(row):
            yield RowFault(number, column, _fault(kind, text))


def _fault(kind: str, text: str) -> Fault:
    """Words of `rules`, which are “what：fix”, as a fault."""
    what, _, fix = text.partition("：")
    return Fault(kind, what, fix)


def _overlaps(
    model: type[models.Model], fields: tuple[str, ...], rows: Mapping[int, Row], stored: Mapping[Key, Stored]
) -> Iterator[RowFault]:
    """Rows that hold on a day on which another of the same fields does."""
    name = str(model._meta.verbose_name)
    for number, first, last in _clashes(_spans(model, fields, rows, stored, lambda row: True)):
        yield RowFault(number, "valid_from", _fault("overlap", rules.overlap_fault(name, first, last)))


def _main_posts(rows: Mapping[int, Row], stored: Mapping[Key, Stored]) -> Iterator[RowFault]:
    spans = _spans(Post, ("practitioner",), rows, stored, lambda row: bool(row["main"]))
    for number, first, last in _clashes(spans):
        text = rules.main_fault(f"另一处（{rules.days(first, last)}）")
        yield RowFault(number, "main", _fault("two_main_posts", text))


def _spans(
    model: type[models.Model],
    fields: tuple[str, ...],
    rows: Mapping[int, Row],
    stored: Mapping[Key, Stored],
    asked: Callable[[Row], bool],
) -> dict[Key, list[_Span]]:
    """First and last day of the rows by what they must agree in to clash; stored ones have no number."""
    key = load_contract().table(next(name for name, one in FACT_MODELS.items() if one is model)).key
    changed = {tuple(row[name] for name in key) for row in rows.values()}
    kept = [(None, one.row) for known, one in stored.items() if known not in changed]
    spans: dict[Key, list[_Span]] = {}
    for number, row in [*rows.items(), *kept]:
        if asked(row):
            span = (row["valid_from"] or date.min, row["valid_to"] or date.max, number)
            spans.setdefault(tuple(row[name] for name in fields), []).append(span)
    return spans


def _clashes(groups: Mapping[Key, list[_Span]]) -> Iterator[tuple[int, date | None, date | None]]:
    """Numbers of rows that clash with a stored or an earlier one, and the days of that one (None: open)."""
    for spans in groups.values():
        for first, last, number in spans if len(spans) > 1 else ():
            if number is None:
                continue
            others = (one for one in spans if one[2] is None or one[2] < number)
            clash = next((one for one in others if one[0] <= last and first <= one[1]), None)
            if clash is not None:
                yield (
                    number,
                    None if clash[0] == date.min else clash[0],
                    None if clash[1] == date.max else clash[1],
                )


def _after_closing(rows: Mapping[int, Row]) -> Iterator[RowFault]:
    ids = sorted({row["facility"] for row in rows.values()})
    closed = Facility.objects.filter(among("pk", ids), valid_to__isnull=False)
    ends = dict(closed.values_list("pk", "valid_to"))
    yield from _each(
        rows,
        "valid_to",
        "after_closing",
        lambda row: rules.closed_fault(ends.get(row["facility"]), row["valid_to"]),
    )


def _closing(rows: Mapping[int, Row], stored: Mapping[Key, Stored]) -> Iterator[RowFault]:
    """Facilities that a file closes while something of theirs goes on, or while they lead a consortium.

    On its page a facility is closed with all it has; a file says nothing of the rest, so nothing is ended unseen.
    """
    ends: dict[str, date] = {}
    for row in rows.values():
        old = stored.get((row["facility"],))
        last, before = row["valid_to"], old.row["valid_to"] if old else None
        if old is not None and last is not None and (before is None or last < before):
            ends[row["facility"]] = last
    going: dict[str, str] = {}
    for model, path in _parts() if ends else ():
        last_name = rules.span(model())[1]
        found = model._default_manager.filter(among(path, sorted(ends)))
        for facility, last in found.values_list(path, last_name):
            if last is None or last > ends[facility]:
                going.setdefault(facility, str(model._meta.verbose_name))
    leads = Consortium.objects.filter(among("lead", sorted(ends))) if ends else Consortium.objects.none()
    for facility, last in leads.values_list("lead", "valid_to"):
        if last is None or last > ends[facility]:
            going[facility] = rules.LED
    yield from _each(
        {number: row for number, row in rows.items() if row["facility"] in ends},
        "valid_to",
        "still_going",
        lambda row: rules.going_fault(going.get(row["facility"], "")),
    )


def _parts() -> Iterator[tuple[type[models.Model], str]]:
    from xinglin.apps.organisations.actions.facilities import PARTS

    for model in PARTS:
        yield model, "hall__facility" if model is PlatformConnection else "facility"


def _led_by_closed(rows: Mapping[int, Row]) -> Iterator[RowFault]:
    """Consortia that go on after the hospital that leads them has closed."""
    leads = sorted({row["lead"] for row in rows.values() if row["lead"]})
    closed = Facility.objects.filter(among("pk", leads), valid_to__isnull=False)
    ends = {key: (name, last) for key, name, last in closed.values_list("pk", "name", "valid_to")}
    yield from _each(
        rows,
        "lead",
        "lead_closed",
        lambda row: rules.lead_fault(*ends.get(row["lead"], ("", None)), row["valid_to"]),
    )


def _people(rows: Mapping[int, Row], stored: Mapping[Key, Stored]) -> Iterator[RowFault]:
    """Numbers that are none; a person who is there already, told by the number's keyed hash."""
    from xinglin.apps.organisations.identity import person_key

    fresh: dict[str, int] = {}
    kinds = _kinds(rows, stored)
    for number, row in rows.items():
        old = stored.get((row["practitioner"],))
        if row["phone"] and not (old and old.row["phone"] == row["phone"]):
            yield from _each({number: row}, "phone", "bad_phone", lambda row: rules.phone_fault(row["phone"]))
        if not row["id_number"] or (old and old.row["id_number"] == row["id_number"]):
            continue
        kind = kinds.get(row["practitioner"], IdKind.CARD)
        if text := rules.number_fault(row["id_number"], kind):
            yield RowFault(number, "id_number", _fault("bad_card", text))
            continue
        key = person_key(row["id_number"])
        if key in fresh:
            yield RowFault(number, "id_number", _twice("本文件前面的一行"))
        else:
            fresh[key] = number
    for chunk in chunks(sorted(fresh)):
        for key in Practitioner.objects.filter(person_key__in=chunk).values_list("person_key", flat=True):
            yield RowFault(fresh[key], "id_number", _twice("人员库里"))


def _kinds(rows: Mapping[int, Row], stored: Mapping[Key, Stored]) -> dict[str, str]:
    """Kind of the document of people who are there; of new ones it is the identity card."""
    ids = [row["practitioner"] for row in rows.values() if (row["practitioner"],) in stored]
    other = Practitioner.objects.filter(among("pk", ids)).exclude(id_kind=IdKind.CARD)
    return dict(other.values_list("pk", "id_kind")) if ids else {}


def _twice(where: str) -> Fault:
    fix = "是同一个人就填上他的人员编号，再登记任职；不是就核对号码"
    return Fault("same_person", f"这个证件号码已经登记过（{where}）", fix)
