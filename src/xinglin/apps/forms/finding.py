"""A page of a list however long the list is (ADR 0016).

How many records a list has is counted up to a limit only; what lies beyond cannot be reached by turning pages. Each
kind of list is read in the order of one index, so that a page costs a page: without conditions that of the record's
day, with one that of its condition. Which way is taken follows from the counts and is not left to a planner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from xinglin.apps.access.scope import NATION, Named, Scope, below
from xinglin.apps.exchange.bulk import among
from xinglin.apps.forms import listing
from xinglin.apps.forms.listing import Order
from xinglin.apps.forms.models import Deadline, Record, Value
from xinglin.apps.forms.models.record import COUNTY, naming
from xinglin.apps.organisations.models import Facility
from xinglin.records import Definition

MOST, LOOKED_AT, ADDED_UP = 10_000, 2000, 1000
"""Records counted and reached; looked at one by one for conditions that no index has; added up unasked."""
NAMED = 50
"""Facilities whose name has the words that are searched for."""


class _Unsought(Func):
    """A column that SQLite shall not look up in an index: it would sort a million rows rather than walk in order."""

    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """A plus sign says so."""
        return super().as_sql(compiler, connection, template="+%(expressions)s", **context)


class _Set(NamedTuple):
    """Rows of another table that name the records that meet a condition.

    Attributes:
        order: how its index has them; the newest records first where the condition is one value. label: of the field.
        few: so few that they are found once for all, and not for each record anew.
    """

    rows: QuerySet[Any]
    order: tuple[str, ...]
    label: str
    few: bool = False

    @property
    def newest_first(self) -> bool:
        """Whether the order is that of a list nobody sorted."""
        return self.order == _NEWEST

    @property
    def met(self) -> Q:
        """The condition on a record."""
        if self.few:
            return Q(pk__in=self.rows.values("record"))
        return Q(Exists(self.rows.filter(record=OuterRef("pk"))))


_NEWEST = ("-record_day", "-record")


class Found:
    """The records of a definition in an area that meet filters, in an order; sliced as a list is.

    Attributes:
        capped: there are more than `MOST`, or than were looked at. notes: what the page must say.
    """

    def __init__(
        self, definition: Definition, scope: Scope, filters: Mapping[str, str], sort: str = ""
    ) -> None:
        self.definition, self.scope, self.sorted = definition, scope, bool(sort)
        self.order, self.notes, self.capped = Order(definition, sort), list[str](), False
        self._words, self._own, self._sets = "", list[Q](), list[_Set]()
        place = str(filters.get(listing.PLACE) or "").strip()
        self._place = (
            place if place.isdigit() else ""
        )  # first of all: what the others ask depends on the area
        if scope.named:
            self.notes.append("写明单位的记录，只列出写有您单位的。")
        unit = self._alone()
        for name, text in listing.given(filters):
            self._take(name, text)
        if unit is not None:
            rows = Value.objects.filter(slot=unit.names, text=unit.unit).order_by()
            self._sets.append(_Set(self._here(rows), _NEWEST, "本单位"))

    def _alone(self) -> Named | None:
        """The unit, of an area that is nothing but the records that name it; these are looked for like a filter's."""
        one = next(iter(self.scope.named), None)
        if one is None or one.parent or self.scope != Scope(named=frozenset({one})):
            return None
        self.scope = Scope(frozenset({one.place}))
        return one

    def _take(self, name: str, text: str) -> None:
        if name == listing.SEARCH:
            self._words = text
        elif name == listing.PLACE and self._place:
            return
        elif name == listing.OVERDUE:
            self._sets.append(_Set(self._late(), ("due", "record"), "期限", self._by_facility))
        elif (
            own := listing.common(self.definition, name, text)
            or listing.of_column(self.definition, name, text)
        ) is not None:
            self._own.append(own)
        elif (values := listing.of_values(self.definition, name, text)) is not None:
            label = self.definition.fields[name.partition("__")[0]].label
            self._sets.append(_Set(self._here(values), self._index_of(name, text), label))

    def _index_of(self, name: str, text: str) -> tuple[str, ...]:
        """The order in which the index of a condition has its rows."""
        order = Order(self.definition, name.partition("__")[0])
        known = order.kept if order.field else "text"
        exact = known == "text" and listing.is_exact(self.definition, name)
        return _NEWEST if exact else (f"{known}", "record")

    # -- the area

    @cached_property
    def _codes(self) -> list[str]:
        """The places of the area; those of the filter where it lies inside."""
        if self._place and (NATION in self.scope.places or self.scope.covers(place=self._place)):
            return [self._place]
        return [] if NATION in self.scope.places else sorted(self.scope.places)

    @cached_property
    def _by_facility(self) -> bool:
        """Whether single facilities, or places without what lies below them, belong to the area."""
        whole = NATION in self.scope.places or (self._place and self.scope.covers(place=self._place))
        return bool(self.scope.facilities or self.scope.above or self.scope.named) and not whole

    def _here(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Index rows of the area."""
        if self._by_facility:
            return rows  # so few that each is asked
        inside = Q()
        for code in self._codes:
            inside |= below("place", code)
        return rows.filter(inside)

    def _late(self) -> QuerySet[Deadline]:
        rows = Deadline.objects.filter(listing.is_late(), definition=self.definition.id).order_by()
        if self._by_facility:
            return rows.within(self.scope)
        return rows.filter(self._walked(F("place"))) if self._codes else rows

    def _walked(self, column: F) -> Q:
        """The area by a column that is no place to begin: the index that is walked has it at its end."""
        found, place = Q(), _Unsought(column)
        for code in self._codes:
            found |= Q(GreaterThanOrEqual(place, code)) & Q(LessThan(place, f"{code}a"))
        return found

    @cached_property
    def _area(self) -> Q:
        """The area by the columns of the record; a county is one stretch of an index."""
        if self._by_facility:
            area = self.scope.q(place="place", facility="facility") | naming(self.scope, "pk", "subject")
            return area & (listing.within(self._place) if self._place else Q())
        found = Q()
        for code in self._codes:
            found |= self._walked_place(code)
        return found

    @cached_property
    def _area_by_place(self) -> Q:
        """The same without the county, for an order whose index does not know it."""
        return self._walked(F("place"))

    def _walked_place(self, code: str) -> Q:
        if len(code) == COUNTY:
            return Q(county=code)
        place = _Unsought(F("place"))
        inside = Q(GreaterThanOrEqual(place, code)) & Q(LessThan(place, f"{code}a"))
        return inside & Q(county=code[:COUNTY]) if len(code) > COUNTY else inside

    def _base(self) -> QuerySet[Record]:
        return Record.objects.of(self.definition.id).order_by()

    @cached_property
    def _met(self) -> list[Q]:
        return [one.met for one in self._sets]

    def _all(self) -> QuerySet[Record]:
        """All conditions but the words, asked of the record."""
        return self._base().filter(self._area, *self._own, *self._met)

    # -- which records

    def count(self) -> int:
        """How many there are, or the limit."""
        return self._kept[0]

    def __getitem__(self, part: slice) -> list[Record]:
        """Some of them."""
        first, end = part.start or 0, self.count() if part.stop is None else part.stop
        return _with(self._kept[1](first, max(first, end)))

    @cached_property
    def _kept(self) -> tuple[int, Any]:
        """How many, and what gives the ids of some of them."""
        if self._words:
            return self._by_words()
        if not self._sets or self._by_facility:
            return self._by_record()
        return self._by_set()

    def _counted(self, query: QuerySet[Any]) -> int:
        found = query.order_by()[: MOST + 1].count()
        self.capped = self.capped or found > MOST
        return min(found, MOST)

    def _by_record(self) -> tuple[int, Any]:
        """By conditions of the record alone."""
        query = self._all()
        count = self._counted(query)
        if self.order.field and not self.capped:
            return self._few(query, count)
        if self.order.field:
            return count, self._by_value
        if not self._is_kept_in_order and not self.capped:
            return self._few(query, count)
        if not self._is_kept_in_order:
            self.notes.append(f"超过 {MOST:,} 条时不能按这一列排，先按日期列出；请再加条件。")
        order = self.order if self._is_kept_in_order else Order(self.definition, "")
        if order.column != "day" and not self._by_facility:
            query = self._base().filter(self._area_by_place, *self._own)
        return count, lambda first, end: _ids(query.order_by(*order.of_record), first, end)

    @property
    def _is_kept_in_order(self) -> bool:
        """Whether an index of records is in the order asked for: of an area's records only by day."""
        if self._own or self._sets:
            return self.order.column == "day"
        whole = self._by_facility or not self._codes
        return self.order.column in (listing.OWN_ORDERS if whole else listing.OF_AREAS)

    def _few(self, query: QuerySet[Record], count: int) -> tuple[int, Any]:
        """Looked up, then sorted; for no more than the limit."""
        inside = Record.objects.filter(pk__in=query.order_by().values("pk")[:MOST]) if self.capped else query
        return count, lambda first, end: _ids(self.order.sort(inside.order_by()), first, end)

    def _by_set(self) -> tuple[int, Any]:
        """By the condition that the fewest meet; the others are asked of each record."""
        sizes = [one.rows.order_by()[: MOST + 1].count() for one in self._sets]
        one = self._sets[sizes.index(least := min(sizes))]
        alone = len(self._sets) == 1 and not self._own
        if alone:
            self.capped = least > MOST
            if self.sorted and not self.capped:
                return self._few(Record.objects.filter(pk__in=one.rows.values("record")), least)
            if not one.newest_first and not self.capped:
                return self._few(Record.objects.filter(pk__in=one.rows.values("record")), least)
            if not one.newest_first or self.sorted:
                self._say_order(one)
            return min(least, MOST), lambda first, end: _ids(
                one.rows.order_by(*one.order), first, end, "record"
            )
        return self._by_several(one, least)

    def _by_several(self, one: _Set, least: int) -> tuple[int, Any]:
        """Those that one condition names, as many as can be looked at, asked the rest."""
        rest = [other.met for other in self._sets if other is not one]
        named = one.rows.order_by(*one.order).values("record")[:LOOKED_AT]
        query = self._base().filter(Q(pk__in=named), *self._own, *rest)
        if least > LOOKED_AT:
            self.capped = True
            self.notes.append(
                f"符合“{one.label}”这一条件的很多，只在{'最近' if one.newest_first else '最先'} {LOOKED_AT:,} 条里"
                "按其余条件找；请用地区、日期缩小范围（导出的是全部）。"
            )
        ids = list(self.order.sort(query).values_list("pk", flat=True))
        return len(ids), lambda first, end: ids[first:end]

    def _say_order(self, one: _Set) -> None:
        how = "先列最近的" if one.newest_first else f"按“{one.label}”从先到后列出"
        self.notes.append(f"符合的超过 {MOST:,} 条，{how}；请再加条件。")

    def _by_words(self) -> tuple[int, Any]:
        """By the beginning of the title, by facility, by id, and anywhere in the title of the newest."""
        query = self._all()
        by_title = (
            query if self._by_facility else self._base().filter(self._area_by_place, *self._own, *self._met)
        )
        titled = by_title.filter(listing.begins("title", self._words))
        ids = _ids(titled, 0, LOOKED_AT + 1)
        if len(ids) > LOOKED_AT:
            self.capped = True
            self.notes.append(
                f"名称以“{self._words}”开头的超过 {LOOKED_AT:,} 条，按名称列出其中一部分；请再加条件。"
            )
            first = _ids(titled.order_by("title", "id"), 0, LOOKED_AT)
            return len(first), lambda start, end: first[start:end]
        ids += _ids(query.filter(facility__in=self._named()), 0, MOST)
        newest = list(query.order_by("-day", "-id").values_list("pk", "title")[: LOOKED_AT + 1])
        ids += [pk for pk, title in newest[:LOOKED_AT] if self._words in title]
        ids += _ids(query.filter(pk=self._words), 0, 1)
        if len(newest) > LOOKED_AT:
            self.notes.append(
                f"“{self._words}”：全部记录按名称开头和机构名称找，最近 {LOOKED_AT:,} 条还按名称中间的字找；"
                "选地区、日期可以找得更全。"
            )
        found = Record.objects.filter(among("id", dict.fromkeys(ids)))
        return self._counted(found), lambda first, end: _ids(self.order.sort(found), first, end)

    def _named(self) -> list[str]:
        """Facilities of the area whose name has the words."""
        mine = Facility.objects.filter(self.scope.q(place="place", facility="pk"), name__contains=self._words)
        return list(mine.order_by().values_list("pk", flat=True)[:NAMED])

    def _by_value(self, first: int, end: int) -> list[str]:
        """In the order of index rows; then those that have none, newest first."""
        kept = {f"{self.order.kept}__isnull": False}
        rows = self._here(Value.objects.filter(slot=self.order.slot, **kept))
        if self._own or self._by_facility:
            rows = rows.filter(Exists(self._all().filter(pk=OuterRef("record"))))
        ids = _ids(rows.order_by(*self.order.of_values), first, end, "record")
        if len(ids) < end - first:
            mine = Value.objects.filter(slot=self.order.slot, record=OuterRef("pk"))
            without = self._all().filter(~Exists(mine)).order_by("-day", "-id")
            past = 0 if ids else max(0, first - rows.order_by()[: MOST + 1].count())
            ids += _ids(without, past, past + end - first - len(ids))
        return ids

    # -- sums

    def totals(self, *, asked: bool = False) -> dict[str, Decimal] | None:
        """The sums of the definition over all of them; of many (None) only when they are asked for."""
        if not self.definition.totals:
            return {}
        if self.count() <= ADDED_UP and not self.capped:
            ids = self._kept[1](0, ADDED_UP)
            return listing.sums(Value.objects.filter(among("record_id", ids)), self.definition, few=True)
        if not asked:
            return None
        if self._own or self._sets or self._by_facility:
            return listing.totals(self._all(), self.definition)
        return listing.sums(self._here(Value.objects.all()), self.definition)


def _ids(query: QuerySet[Any], first: int, end: int, name: str = "pk") -> list[str]:
    """Ids from an index alone."""
    return list(query.values_list(name, flat=True)[first:end])


def _with(ids: Sequence[str]) -> list[Record]:
    """The records of ids, in their order; one of several values may be named twice."""
    known = Record.objects.in_bulk(ids)
    return [known[one] for one in dict.fromkeys(ids) if one in known]


class Pages(Paginator[Record]):
    """Pages of what was found; those past the limit do not exist."""

    def __init__(self, found: Found, size: int) -> None:
        super().__init__(found, size)  # type: ignore[arg-type]
        self.found = found

    @property
    def capped(self) -> bool:
        """Whether there are more records than pages reach."""
        return self.found.count() >= 0 and self.found.capped

    @property
    def notes(self) -> Iterable[str]:
        """What the page must say of how it was found."""
        self.found.count()
        return self.found.notes
