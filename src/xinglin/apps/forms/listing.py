"""Lists of records: filters, order, totals, over the columns of the record and its index rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from xinglin.apps.forms.models import Deadline, Record, Value
from xinglin.apps.forms.rows import column_of, index_fields, slot
from xinglin.records import Definition, Field, FieldType
from xinglin.records.fields import NUMBERS

SEARCH, STATE, FROM, TO, OVERDUE = "q", "state", "from", "to", "overdue"
"""Filters that every list has: words of the title, state, first and last day, past their deadline."""


def narrowed(query: QuerySet[Record], definition: Definition, filters: Mapping[str, str]) -> QuerySet[Record]:
    """The records that meet filters (field → text); what is no filter or cannot be read narrows nothing."""
    for name, given in filters.items():
        if text := str(given).strip():
            condition = _common(name, text) or _of_field(definition, name, text)
            if condition is not None:
                query = query.filter(condition)
    return query


def _common(name: str, text: str) -> Q | None:
    if name == SEARCH:
        return Q(title__contains=text) | Q(pk=text)
    if name == STATE:
        return Q(state=text)
    if name in (FROM, TO):
        day = _day(text)
        return None if day is None else Q(**{"day__gte" if name == FROM else "day__lte": day})
    if name == OVERDUE:
        from django.utils import timezone

        late = Deadline.objects.filter(record=OuterRef("pk"), closed_on=None, due__lt=timezone.localdate())
        return Q(Exists(late))
    return None


def _of_field(definition: Definition, name: str, text: str) -> Q | None:
    base, _, end = name.partition("__")
    field = definition.fields.get(base)
    if field is None and base in ("result", "result_self"):
        return Q(**{base: text})
    if field is None or field.is_personal:
        return None
    column = column_of(definition, base)
    if column is not None:
        return Q(**{f"{column}__startswith": text}) if field.type is FieldType.PLACE else Q(**{column: text})
    if base not in index_fields(definition):
        return None
    condition = _value(field, text, end)
    if condition is None:
        return None
    found = Value.objects.filter(condition, slot=slot(definition.id, base))
    return Q(pk__in=found.values("record"))


def _value(field: Field, text: str, end: str) -> Q | None:
    """The condition on an index row."""
    if field.type is FieldType.DATE:
        day = _day(text)
        return None if day is None else Q(**{f"day{_END.get(end, '')}": day})
    if field.type in NUMBERS:
        try:
            return Q(**{f"number{_END.get(end, '')}": Decimal(text)})
        except InvalidOperation:
            return None
    if field.type is FieldType.BOOLEAN:
        return Q(text="1" if text in ("1", "true", "是") else "0")
    if field.type is FieldType.PLACE:
        return Q(text__startswith=text)
    return Q(text=text) if field.type is not FieldType.TEXT else Q(text__startswith=text)


_END = {"from": "__gte", "to": "__lte"}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def ordered(query: QuerySet[Record], definition: Definition, sort: str) -> QuerySet[Record]:
    """By a field of the list (``-`` before it for the other way round); newest first by default."""
    name, down = sort.lstrip("-"), sort.startswith("-")
    if name not in (*definition.list, "state", "changed_at"):
        return query.order_by("-day", "-id")
    column = name if name == "changed_at" else column_of(definition, name)
    if name in definition.title and column is None and len(definition.title) == 1:
        column = "title"
    if column is None:
        field = definition.fields[name]
        kept = "number" if field.type in NUMBERS else "day" if field.type is FieldType.DATE else "text"
        mine = Value.objects.filter(record=OuterRef("pk"), slot=slot(definition.id, name)).order_by("pk")
        query, column = query.annotate(sorting=Subquery(mine.values(kept)[:1])), "sorting"
    by = F(column)
    first = by.desc(nulls_last=True) if down else by.asc(nulls_last=True)
    return query.order_by(first, "-id")


def totals(query: QuerySet[Record], definition: Definition) -> dict[str, Decimal]:
    """The sums that the definition asks for, over all records of a list."""
    slots = {slot(definition.id, name): name for name in definition.totals}
    if not slots:
        return {}
    found = Value.objects.filter(record__in=query.order_by().values("pk"), slot__in=slots)
    sums = found.order_by().values("slot").annotate(total=Sum("number")).values_list("slot", "total")
    return {name: Decimal(0) for name in definition.totals} | {slots[key]: total for key, total in sums}


def values_for(records: Sequence[Record], definition: Definition) -> list[tuple[Record, dict[str, Any]]]:
    """Records of a page with their typed values, personal ones left out."""
    from xinglin.apps.forms.rows import facts_of

    return [(record, facts_of(record, definition)) for record in records]
