"""The frozen model of a measure: what is counted, never how. Values and conditions are trees of these nodes.

Two interpreters read them and share nothing else: `reference` (plain Python) and `compile` (SQL). All conditions
are two-valued: a comparison with an empty cell does not hold, its negation does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from xinglin.base.period import PeriodKind

Scalar: TypeAlias = bool | int | Decimal | str | date


class Operator(StrEnum):
    """Comparison of a value with a constant."""

    EQUAL = "is"
    NOT_EQUAL = "is_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"


@dataclass(frozen=True, slots=True)
class All:
    """Every condition holds (an empty list holds)."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds (an empty list does not)."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Compare:
    """A value held against a constant of the same type."""

    value: Value
    operator: Operator
    constant: Scalar


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value is one of some codes. An empty choice never holds."""

    value: Value
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtLeastCode:
    """A code stands at or above another within one scheme of an ordered code list."""

    value: Value
    codelist: str
    code: str


@dataclass(frozen=True, slots=True)
class Present:
    """A value is there (not an empty cell)."""

    value: Value


@dataclass(frozen=True, slots=True)
class Recent:
    """A date lies within the last ``days`` days before the date of the data, that day included."""

    value: Value
    days: int

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("days 应至少为 1")


@dataclass(frozen=True, slots=True)
class Exists:
    """At least one related row."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class Proportion:
    """``part`` is at least ``percent`` per cent of ``whole``; does not hold when ``whole`` is empty or 0."""

    part: Value
    whole: Value
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    constant: Scalar


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the row at hand, or of the row a reference leads to (``practitioner.category``)."""

    path: str


@dataclass(frozen=True, slots=True)
class Count:
    """Number of related rows."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class CountDistinct:
    """Number of different non-empty values of a column over related rows.

    As the numerator of a measure over a person column, the value of an area is the number of different persons
    in it, not the sum over its units.
    """

    rows: Rows
    path: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Sum of a column over related rows, empty cells left out; 0 when there is none."""

    rows: Rows
    path: str


@dataclass(frozen=True, slots=True)
class Latest:
    """A column of the related row with the latest date (ties: the highest id), or the default when there is none.

    The last row replaces those before it for good: where its state has ended, there is none.
    """

    rows: Rows
    path: str
    default: Scalar | None = None


@dataclass(frozen=True, slots=True)
class When:
    """A value where a condition on the row at hand holds, 0 elsewhere."""

    condition: Condition
    value: Value


@dataclass(frozen=True, slots=True)
class Span:
    """Which events count: of the measure's period, or of the last ``months`` months, or since a date (both to date)."""

    months: int | None = None
    since: date | None = None

    def __post_init__(self) -> None:
        if self.months is not None and self.since is not None:
            raise ValueError("months 与 since 只能写一个")
        if self.months is not None and self.months < 1:
            raise ValueError("months 应至少为 1")


@dataclass(frozen=True, slots=True)
class Rows:
    """Related rows of a table.

    Attributes:
        table: the related table.
        by: its column (path) that carries the link; ``within`` areas: its path to a place code.
        matches: the column (path) of the row at hand that ``by`` must equal.
        within: the link is "lies in the area of" instead of equality.
        where: further condition on the related row.
        span: for event tables, None means the measure's period (flow) or everything to date (stock).
        total: the item of `facility_total` that may stand in for these events.
    """

    table: str
    by: str
    matches: str
    within: bool = False
    where: Condition | None = None
    span: Span | None = None
    total: str | None = None


Value: TypeAlias = Literal | Field | Count | CountDistinct | Sum | Latest | When
Condition: TypeAlias = (
    All | AnyOf | Not | Compare | OneOf | AtLeastCode | Present | Recent | Exists | Proportion
)
Node: TypeAlias = Value | Condition | Rows | Span

VALUE_NODES: tuple[type, ...] = (Literal, Field, Count, CountDistinct, Sum, Latest, When)
CONDITION_NODES: tuple[type, ...] = (
    All,
    AnyOf,
    Not,
    Compare,
    OneOf,
    AtLeastCode,
    Present,
    Recent,
    Exists,
    Proportion,
)


class Kind(StrEnum):
    """What sort of value a measure gives."""

    SHARE = "share"
    RATIO = "ratio"
    RATE = "rate"
    COUNT = "count"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Units:
    """What is looked at one by one: the rows of a table that meet a filter, valid at the date of the data.

    ``level`` (6 or 4) is given for the table `region` only: real counties or prefectures. A unit for which
    ``complete`` does not hold has not reported: what it sent is not enough to count it.
    """

    table: str
    where: Condition | None = None
    level: int | None = None
    complete: Condition | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A measure with every parameter given a value: ready to be counted.

    Attributes:
        measure: id of the definition. parameters: every parameter with its value, by name.
        units: the units counted. numerator: per-unit value added up. denominator: per-unit value added up,
        None where ``population`` (a column of the population table) divides instead, or for counts.
        condition: for shares and flags, numerator 1 where it holds.
        period: how the date of the data is turned into a window. cells: counted month by month per facility,
        with reported totals standing in for missing events.
        suppress_below: with fewer units counted than this, the value is not published.
    """

    measure: str
    kind: Kind
    units: Units
    period: PeriodKind
    parameters: tuple[tuple[str, object], ...] = ()
    condition: Condition | None = None
    numerator: Value | None = None
    denominator: Value | None = None
    population: str | None = None
    per: int = 100
    cells: bool = False
    suppress_below: int = 0

    def __post_init__(self) -> None:
        if self.kind in (Kind.SHARE, Kind.FLAG) and self.condition is None:
            raise ValueError("share 和 flag 要写 condition")
        if self.kind is Kind.RATIO and (self.numerator is None or self.denominator is None):
            raise ValueError("ratio 要写 numerator 和 denominator")
        if self.kind is Kind.RATE and (self.numerator is None or self.population is None):
            raise ValueError("rate 要写 numerator 和 population")
        if self.kind is Kind.COUNT and self.numerator is None:
            raise ValueError("count 要写 numerator")

    @property
    def distinct(self) -> CountDistinct | None:
        """The person count that must be distinct over whole areas, if the numerator is one."""
        return self.numerator if isinstance(self.numerator, CountDistinct) else None
