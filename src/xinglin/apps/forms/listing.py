"""Conditions and order of lists of records, over the columns of the record and its index rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from xinglin.apps.access.scope import below
from xinglin.apps.forms.models import Deadline, Record, Value
from xinglin.apps.forms.models.record import COUNTY
from xinglin.apps.forms.rows import column_of, index_fields, slot
from xinglin.apps.forms.versions import former_states
from xinglin.records import Definition, Field, FieldType
from xinglin.records.fields import MANY, NUMBERS

SEARCH, STATE, FROM, TO, OVERDUE, PLACE = "q", "state", "from", "to", "overdue", "place"
"""Filters that every list has: words of the title, state, first and last day, past their deadline, area."""
LAST_LETTER = "\U0010ffff"
"""After every text that begins alike; both databases compare texts by code point (migration 0002)."""


def narrowed(query: QuerySet[Record], definition: Definition, filters: Mapping[str, str]) -> QuerySet[Record]:
    """The records that meet filters (field → text); what is no filter or cannot be read narrows nothing."""
    for name, text in given(filters):
        condition = common(definition, name, text)
        if condition is None:
            condition = of_column(definition, name, text)
        if condition is None:
            found = of_values(definition, name, text)
            condition = None if found is None else Q(Exists(found.filter(record=OuterRef("pk"))))
        if condition is not None:
            query = query.filter(condition)
    return query


def given(filters: Mapping[str, str]) -> list[tuple[str, str]]:
    """Filters that are filled."""
    return [(name, text) for name, value in filters.items() if (text := str(value).strip())]


def common(definition: Definition, name: str, text: str) -> Q | None:
    """The condition of a filter that every list has; None: it is none of them."""
    if name == SEARCH:
        return Q(title__contains=text) | Q(pk=text)
    if name == STATE:
        names = former_states(definition, text)
        return Q(state=text) if len(names) == 1 else Q(state__in=sorted(names))
    if name == PLACE and text.isdigit():
        return within(text)
    if name in (FROM, TO):
        day = _day(text)
        return None if day is None else Q(**{"day__gte" if name == FROM else "day__lte": day})
    if name == OVERDUE:
        return Q(Exists(Deadline.objects.filter(is_late(), record=OuterRef("pk"))))
    return None


def within(place: str, to: str = "") -> Q:
    """Records of an area. Of a county and what is in it a column says it, so that an index is one stretch.

    Args:
        to: path to the record.
    """
    if len(place) == COUNTY:
        return Q(**{f"{to}county": place})
    county = Q(**{f"{to}county": place[:COUNTY]}) if len(place) > COUNTY else Q()
    return below(f"{to}place", place) & county


def is_late() -> Q:
    """Deadlines that are past today."""
    return Q(closed_on=None, due__lt=timezone.localdate())


def of_column(definition: Definition, name: str, text: str) -> Q | None:
    """The condition of a field that the record has a column for; None: it has not."""
    base = name.partition("__")[0]
    field = definition.fields.get(base)
    if field is None:
        return Q(**{base: text}) if base in ("result", "result_self") else None
    column = None if field.is_personal else column_of(definition, base)
    if column is None:
        return None
    return within(text) if column == "place" else Q(**{column: text})


def of_values(definition: Definition, name: str, text: str) -> QuerySet[Value] | None:
    """The index rows that meet the filter of a field; None: it has none, or the text cannot be read."""
    base, _, end = name.partition("__")
    field = definition.fields.get(base)
    if field is None or field.is_personal or base not in index_fields(definition):
        return None
    condition = _value(field, text, end)
    return (
        None
        if condition is None
        else Value.objects.filter(condition, slot=slot(definition.id, base)).order_by()
    )


def is_exact(definition: Definition, name: str) -> bool:
    """Whether a filter asks for one value, not for a span or a beginning."""
    return definition.fields[name.partition("__")[0]].type not in (*NUMBERS, FieldType.DATE, *_BEGUN)


def _value(field: Field, text: str, end: str) -> Q | None:
    """The condition on an index row."""
    if field.type is FieldType.DATE:
        day = _day(text)
        return None if day is None else Q(**{f"day{_END.get(end, '')}": day}, day__isnull=False)
    if field.type in NUMBERS:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        return (
            Q(**{f"number{_END.get(end, '')}": number}, number__isnull=False) if number.is_finite() else None
        )
    if field.type is FieldType.BOOLEAN:
        return Q(text="1" if text in ("1", "true", "是") else "0")
    if field.type in _BEGUN:
        return begins("text", text)
    return Q(text=text)


def begins(column: str, text: str) -> Q:
    """Texts that begin so: a range, which an index on the column answers."""
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + LAST_LETTER})


_BEGUN = (FieldType.PLACE, FieldType.TEXT, FieldType.LINES, FieldType.MONTH)
"""Types whose filter is how the text begins."""
_END = {"from": "__gte", "to": "__lte"}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


ALIKE = ("day", "id")
"""By what records are told apart that the order asked for does not."""
OWN_ORDERS = ("state", "changed_at", "day", "place", "facility_id")
"""Columns of the record that an index keeps in order."""
OF_AREAS = ("state", "changed_at", "day", "place")
"""Those whose index can also tell a county's records."""


class Order:
    """By what a list is sorted.

    Attributes:
        column: of the record, or ""; field: whose index rows hold it, or "". kept: column of these.
    """

    def __init__(self, definition: Definition, sort: str) -> None:
        name, self.down = sort.lstrip("-"), sort.startswith("-")
        self.column, self.field, self.kept, self.slot = "", "", "", 0
        field = definition.fields.get(name)
        if name not in (*definition.list, "state", "changed_at") or (
            field is not None and field.type in MANY
        ):
            self.column, self.down = "day", True
            return
        own = name if name == "changed_at" else column_of(definition, name)
        if own is not None:
            self.column = own
        elif field is not None:
            self.field, self.slot = name, slot(definition.id, name)
            self.kept = (
                "number" if field.type in NUMBERS else "day" if field.type is FieldType.DATE else "text"
            )

    @property
    def of_record(self) -> list[str]:
        """The order by columns of the record, as one index has them."""
        if self.column == "changed_at":
            names = ["changed_at", "id"]
        elif self.column == "day":
            return ["-day", "-id"] if self.down else ["day", "id"]
        else:
            # the index of a column has its records newest first; backwards, the oldest first
            return [f"-{self.column}", "day", "id"] if self.down else [self.column, "-day", "-id"]
        return [f"-{one}" if self.down else one for one in names]

    @property
    def of_values(self) -> list[str]:
        """The order of index rows, as their index has them."""
        if self.kept == "text":
            return ["-text", "record_day", "record"] if self.down else ["text", "-record_day", "-record"]
        return [f"-{self.kept}", "-record"] if self.down else [self.kept, "record"]

    def sort(self, query: QuerySet[Record]) -> QuerySet[Record]:
        """The records in order; those without a value come last. For some thousands."""
        if not self.field:
            return query.order_by(*self.of_record)
        # not put in order: fields that may have several values do not sort a list
        mine = Value.objects.filter(record=OuterRef("pk"), slot=self.slot).order_by()
        query, by = query.annotate(sorting=Subquery(mine.values(self.kept)[:1])), F("sorting")
        first = by.desc(nulls_last=True) if self.down else by.asc(nulls_last=True)
        if self.kept == "text":
            return query.order_by(first, *(("day", "id") if self.down else ("-day", "-id")))
        return query.order_by(first, "-id" if self.down else "id")


def ordered(query: QuerySet[Record], definition: Definition, sort: str) -> QuerySet[Record]:
    """By a field of the list (``-`` before it for the other way round); newest first by default."""
    return Order(definition, sort).sort(query)


def totals(query: QuerySet[Record], definition: Definition) -> dict[str, Decimal]:
    """The sums that the definition asks for, over all records of a list."""
    return sums(Value.objects.filter(record__in=query.order_by().values("pk")), definition)


def sums(values: QuerySet[Value], definition: Definition, *, few: bool = False) -> dict[str, Decimal]:
    """The sums that the definition asks for, over index rows.

    Args:
        few: they are those of records named one by one. Without the condition that they hold a number, SQLite cannot
            take the index of all numbers and goes by the records.
    """
    slots = {slot(definition.id, name): name for name in definition.totals}
    if not slots:
        return {}
    kept = values.filter(slot__in=slots) if few else values.filter(slot__in=slots, number__isnull=False)
    found = kept.order_by().values("slot").annotate(total=Sum("number")).values_list("slot", "total")
    added = {slots[key]: total for key, total in found if total is not None}
    return {name: Decimal(0) for name in definition.totals} | added


def values_for(records: Sequence[Record], definition: Definition) -> list[tuple[Record, dict[str, Any]]]:
    """Records of a page with their typed values, personal ones left out."""
    from xinglin.apps.forms.rows import facts_of

    return [(record, facts_of(record, definition)) for record in records]
