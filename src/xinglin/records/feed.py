"""Which fact table a record feeds, column by column; and reports that a definition makes of its own records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import model_validator

from xinglin.base.yamlfile import Strict
from xinglin.records.conditions import Condition, Values, is_given
from xinglin.records.written import Number, Plain

Row = Mapping[str, Any]


class Source(Strict):
    """Where a column's value comes from: a ``field`` (with ``map`` from its codes), or a fixed ``value``."""

    field: str | None = None
    map: dict[str, str] | None = None
    value: Plain | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"field": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one(self) -> Source:
        if (self.field is None) == (self.value is None) or (self.map is not None and self.field is None):
            raise ValueError("应写 field 或 value 之一；map 只与 field 同写")
        return self

    def of(self, values: Values) -> Any:
        """The value for a record; a code that ``map`` does not name gives nothing."""
        if self.field is None:
            return self.value
        found = values.get(self.field)
        return found if self.map is None else self.map.get(_key(found))


def _key(value: Any) -> str:
    """A value as the file writes it: yes and no as true and false."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Feed(Strict):
    """Rows of a fact table out of records.

    Attributes:
        table: of the contract. columns: column → source; ``id`` is the record's id. where: only records that meet it.
        states: only records in these states. each: a field of several references: one row for each of them, whose
        column
        reads it as ``each``.
    """

    table: str
    columns: dict[str, Source]
    where: Condition | None = None
    states: tuple[str, ...] = ()
    each: str | None = None

    def rows(self, values: Values) -> Iterator[dict[str, Any]]:
        """The rows of one record (its values with ``id`` and ``state``); none if it does not count."""
        if self.states and values.get("state") not in self.states:
            return
        if self.where is not None and not self.where.holds(values):
            return
        for one in [None] if self.each is None else list(values.get(self.each) or ()):
            more = values if one is None else {**values, "each": one, "id": f"{values['id']}.{one}"}
            yield {name: source.of(more) for name, source in self.columns.items()}


class Ratio(Strict):
    """The sum of one field over the sum of another, ``times`` 100 (a percentage), or 1, or 1000 and so on.

    Not the mean of the records' own ratios: a small record counts for little. What is empty adds nothing.
    """

    sum: str
    over: str
    times: Number = Decimal(100)

    def of(self, records: list[Values]) -> Decimal | None:
        """The value over records; None where nothing is divided by."""
        top, bottom = _sum(records, self.sum), _sum(records, self.over)
        return top * self.times / bottom if bottom else None


def _sum(records: list[Values], name: str) -> Decimal:
    return sum((Decimal(r[name]) for r in records if is_given(r.get(name))), Decimal(0))


class Column(Strict):
    """A column of a report: ``count`` of records, ``sum``, ``mean`` or ``distinct`` of a field, ``share`` meeting a
    condition, ``ratio`` of two sums.

    ``where`` restricts the records; ``least`` marks rows with less, ``most`` rows with more.
    """

    label: str
    count: bool = False
    sum: str | None = None
    mean: str | None = None
    distinct: str | None = None
    share: Condition | None = None
    ratio: Ratio | None = None
    where: Condition | None = None
    least: Number | None = None
    most: Number | None = None

    @model_validator(mode="after")
    def _one(self) -> Column:
        ways = [self.sum, self.mean, self.distinct, self.share, self.ratio, True if self.count else None]
        if sum_of(way is not None for way in ways) != 1:
            raise ValueError("应写 count、sum、mean、distinct、share、ratio 之一，只写一个")
        return self

    @property
    def fields(self) -> frozenset[str]:
        """Fields the column looks at."""
        named = {*self.numbers, *([self.distinct] if self.distinct else [])}
        conditions = [part.fields() for part in (self.share, self.where) if part is not None]
        return frozenset(named).union(*conditions)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Fields that it adds up."""
        ratio = (self.ratio.sum, self.ratio.over) if self.ratio is not None else ()
        return (*(name for name in (self.sum, self.mean) if name), *ratio)

    def value(self, records: list[Values]) -> Decimal | int | None:
        """The value over records; None for a mean, share or ratio of none."""
        kept = [r for r in records if self.where is None or self.where.holds(r)]
        if self.count:
            return len(kept)
        if self.share is not None:
            held = sum_of(self.share.holds(r) for r in kept)
            return Decimal(held * 100) / len(kept) if kept else None
        if self.ratio is not None:
            return self.ratio.of(kept)
        name = str(self.sum or self.mean or self.distinct)
        found = [r[name] for r in kept if is_given(r.get(name))]
        if self.distinct:
            return len({one for value in found for one in (value if isinstance(value, tuple) else (value,))})
        total = sum((Decimal(value) for value in found), Decimal(0))
        if self.sum:
            return total
        return total / len(found) if found else None

    def is_off(self, value: Decimal | int | None) -> bool:
        """Whether the value misses what is asked."""
        if value is None:
            return self.least is not None
        return (self.least is not None and value < self.least) or (
            self.most is not None and value > self.most
        )


sum_of = sum


class Cover(Strict):
    """Units that each must stand in the report, records or not: places of a level, or facilities of kinds."""

    level: Literal[2, 4, 6, 9, 12] | None = None
    facility_kinds: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> Cover:
        if (self.level is None) == (not self.facility_kinds):
            raise ValueError("应写 level 或 facility_kinds 之一")
        return self


class Report(Strict):
    """A table out of a definition's records.

    Attributes:
        by: fields (or ``county``, ``township``, ``facility``, ``year``, ``month``) that make rows. where: which
        records count.
        columns: by id. cover: units that must each stand there, with or without records, so that what is missing is
        seen.
    """

    label: str
    by: tuple[str, ...]
    columns: dict[str, Column]
    where: Condition | None = None
    cover: Cover | None = None


VIRTUAL = ("county", "township", "facility", "year", "month")
"""Groupings that are no fields: cut out of the place, the facility and the date."""


def tabulate(
    report: Report, records: Iterable[Values]
) -> dict[tuple[Any, ...], dict[str, Decimal | int | None]]:
    """Group → value per column, groups in order. Records carry ``place``, ``facility`` and ``date`` besides
    their fields.
    """
    groups: dict[tuple[Any, ...], list[Values]] = {}
    for record in records:
        if report.where is None or report.where.holds(record):
            groups.setdefault(tuple(_group(name, record) for name in report.by), []).append(record)
    ordered = sorted(groups, key=lambda key: tuple(map(_place_in_order, key)))
    return {
        key: {name: column.value(groups[key]) for name, column in report.columns.items()} for key in ordered
    }


def _place_in_order(part: Any) -> tuple[bool, Decimal, str]:
    """Numbers by size, the rest by its text, what is empty last."""
    number = Decimal(part) if isinstance(part, int | Decimal) else Decimal(0)
    return part is None, number, str(part)


def _group(name: str, record: Values) -> Any:
    place, day = str(record.get("place") or ""), record.get("date") or record.get("valid_from")
    if name == "county":
        return place[:6] if len(place) >= 6 else None
    if name == "township":
        return place[:9] if len(place) >= 9 else None
    if name in ("year", "month") and name not in record:
        return None if day is None else f"{day:%Y}" if name == "year" else f"{day:%Y-%m}"
    return record.get(name)
