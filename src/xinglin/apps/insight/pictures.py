"""A published vintage as an account sees it: areas, results, numbers, units, rows, history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404

from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight import choosing
from xinglin.apps.insight.choosing import Nothing, newest, vintages_of
from xinglin.apps.insight.files import opened
from xinglin.apps.insight.history import Point, points
from xinglin.apps.insight.rows import residents_of, rows_of
from xinglin.base.states import ValueState, Verdict
from xinglin.report.from_json import read
from xinglin.standing import Result, Standing
from xinglin.standing.areas_file import Area, Measure, Number, ResultRow, Selection, UnitRow
from xinglin.standing.keys import measure_key as key_of
from xinglin.standing.opened import Opened

__all__ = ["Nothing", "Outside", "Picture", "newest", "nothing", "of", "vintages_of"]

PER_PAGE = 50


class Outside(Http404):
    """There is no such thing in the account's area; whether it exists elsewhere is not told."""


@dataclass(frozen=True)
class Counts:
    """How many targets of a place stand how. ``no_data``: judged ones without a number; ``wanted``: not defined yet;
    ``silent``: some units did not report.
    """

    met: int
    not_met: int
    warn: int
    not_judged: int
    no_data: int
    wanted: int
    silent: int = 0

    @property
    def total(self) -> int:
        """All targets."""
        return self.met + self.not_met + self.warn + self.not_judged


@dataclass(frozen=True)
class UnitPage:
    """One page of units of a measure, and what the whole selection adds up to.

    Attributes:
        included: units by `UnitRow.included` in the area, whatever is chosen of them. opened: false where a county has
            too many rows to tell its units. withheld: a small sample, whose answers are not shown.
    """

    units: list[UnitRow]
    total: int
    page: int
    pages: int
    included: dict[str, int]
    numerator: str
    denominator: str
    opened: bool = True
    withheld: bool = False


@dataclass(frozen=True)
class FacilityLine:
    """A facility and in how many measures it counts: with what is asked, without it, not at all."""

    facility: str
    name: str
    place: str
    place_name: str
    met: int
    missed: int
    not_counted: int


@dataclass(frozen=True)
class FacilityPage:
    """One page of facilities."""

    lines: list[FacilityLine]
    total: int
    page: int
    pages: int


def of(request: Any) -> Picture | None:
    """The picture a page shows: of the vintage its address names (``?vintage=``), else of the newest one.

    None where there is no vintage yet. Raises Outside for a vintage of another area.
    """
    asked = request.GET.get("vintage", "")
    if asked:
        return picture_of(request.scope, asked)
    found = newest(request.scope)
    return None if found is None else Picture(request.scope, found)


def picture_of(scope: Scope, vintage: str) -> Picture:
    """The picture of a vintage by its id. Raises Outside."""
    found = next((one for one in vintages_of(scope) if one.pk == vintage), None)
    if found is None:
        raise Outside("没有这一期")
    return Picture(scope, found)


def nothing(request: Any) -> Nothing:
    """What a page says when there is no vintage (template ``insight/nothing.html``)."""
    return choosing.nothing(request.user)


def measure_key(result: Result) -> str:
    """The key under which a result's number is opened; "" for a target without definition."""
    return "" if result.wanted else key_of(result.measure, result.parameters)


class Picture:
    """One vintage, as one account sees it. Made anew for each request."""

    def __init__(self, scope: Scope, vintage: Vintage) -> None:
        self.scope = scope
        self.vintage = vintage
        self.tops = choosing.tops(scope, vintage)
        self.facilities_seen = tuple(sorted(scope.facilities))
        self._file = opened(vintage.pk)
        self._rows: dict[str, tuple[ResultRow, ...]] = {}

    # -- areas -------------------------------------------------------------------------------------------------

    def covers(self, code: str) -> bool:
        """Whether a place lies in the account's area."""
        return any(top == NATION or code.startswith(top) for top in self.tops)

    @cached_property
    def home(self) -> Area | None:
        """The first of the account's own areas; None for accounts of a facility."""
        return self._file.area(self.tops[0]) if self.tops else None

    @cached_property
    def info(self) -> Standing:
        """What the vintage as a whole says of itself: date, demonstration, editions, hashes; its results left out."""
        whole = self._file.heading(self.vintage.place)
        return read({**whole, "results": []})

    def area(self, code: str) -> Area:
        """A place. Raises Outside."""
        found = self._file.area(code) if self.covers(code) else None
        if found is None:
            raise Outside("没有这个地区")
        return found

    def children(self, code: str) -> list[Area]:
        """The places one level down, in code order. Raises Outside."""
        return self._file.children(self.area(code).code)

    def path(self, code: str) -> list[Area]:
        """From the account's own area down to a place, both included. Raises Outside."""
        self.area(code)
        codes = [code[:digits] for digits in (2, 4, 6, 9, 12) if code != NATION and digits < len(code)]
        around = [self._file.area(one) for one in [NATION, *codes, code] if self.covers(one)]
        return list(dict.fromkeys(one for one in around if one is not None))

    def areas(self, level: int = 6) -> list[Area]:
        """All places of a level (digits of the code) in the account's area."""
        return [area for top in self.tops for area in self._file.areas(level, top)]

    # -- results -----------------------------------------------------------------------------------------------

    def has_results(self, code: str) -> bool:
        """Whether results exist for a place: for real ones down to counties. Raises Outside."""
        return self.area(code).judged

    def standing(self, code: str) -> Standing:
        """Every result of a place, as `xinglin evaluate` gives it. Raises Outside."""
        found = self._file.standing(self.area(code).code)
        if found is None:
            raise Outside("这一级没有对照文件的结果")
        return read(found)

    def results(self, code: str, document: str = "", verdict: str = "", measure: str = "") -> list[Result]:
        """Results of a place in display order, some of them only. Raises Outside."""
        return [
            one
            for one in self.standing(code).results
            if document in ("", one.document)
            and verdict in ("", one.verdict.value)
            and measure in ("", measure_key(one))
        ]

    def result(self, code: str, document: str, target: str) -> Result:
        """One result. Raises Outside."""
        for one in self.results(code, document):
            if one.target == target:
                return one
        raise Outside("没有这项目标")

    def rows_of_results(self, code: str) -> Sequence[ResultRow]:
        """Key columns of a place's results, in display order; read once. Raises Outside."""
        if code not in self._rows:
            self._rows[code] = tuple(self._file.results({"place": self.area(code).code}))
        return self._rows[code]

    def across(self, document: str, target: str, parent: str) -> list[ResultRow]:
        """One target in the places one level down. Raises Outside."""
        return self._file.results({"document": document, "target": target}, self.area(parent).code)

    def targets(self, key: str, code: str) -> list[ResultRow]:
        """Every document's targets that rest on a measure, in a place. Raises Outside."""
        return self._file.results({"measure_key": key, "place": self.area(code).code})

    def counts(self, code: str) -> Counts:
        """How the targets of a place stand. Raises Outside."""
        return counts_of(self.rows_of_results(code))

    def ranking(self, parent: str) -> list[tuple[Area, Counts]]:
        """The places one level down that have results, in code order. Raises Outside."""
        rows: dict[str, list[ResultRow]] = {}
        for row in self._file.results({}, self.area(parent).code):
            rows.setdefault(row.place, []).append(row)
        return [(area, counts_of(rows[area.code])) for area in self.children(parent) if area.code in rows]

    # -- numbers -----------------------------------------------------------------------------------------------

    def measures(self) -> list[Measure]:
        """Every measure that a target rests on, in display order."""
        return self._file.measures()

    def measure(self, key: str) -> Measure:
        """A measure with its parameters. Raises Outside."""
        found = self._file.measure(key)
        if found is None:
            raise Outside("没有这个指标")
        return found

    def number(self, key: str, code: str) -> Number:
        """A measure in a place. Raises Outside."""
        found = self._file.number(key, self.area(code).code)
        if found is None:
            raise Outside("没有这个指标")
        return found

    def numbers(self, key: str, parent: str) -> list[Number]:
        """A measure in the places one level down. Raises Outside."""
        return self._file.numbers(self.measure(key).key, self.area(parent).code)

    def history(self, key: str, code: str) -> list[Point]:
        """A measure in a place over all vintages, oldest first. Raises Outside."""
        self.area(code)
        return points(vintages_of(self.scope, code), key, code)

    def residents(self, key: str, code: str) -> Opened:
        """The rows of residents that a rate divides by in a place. Raises Outside."""
        measure = self.measure(key)
        self.number(key, code)
        return residents_of(self.vintage, measure, code)

    # -- units and rows ----------------------------------------------------------------------------------------

    def units(
        self,
        key: str,
        code: str = "",
        included: str = "",
        search: str = "",
        code_of: tuple[str, str] | None = None,
        page: int = 1,
        per_page: int = PER_PAGE,
        silent: bool = False,
    ) -> UnitPage:
        """Units of a measure in a place; without a place those of the account's own area or facilities.

        Args:
            included: one of 计入分子, 只在分母, 计入, 未计. search: part of a name or place, or a whole id.
            code_of: (column, code) of `Measure.slices`: units of one kind only.
            silent: only those that did not report, or not in all of their months.

        Raises:
            Outside.
        """
        self.measure(key)
        area = self._in(code)
        if area and self._withheld(key, area):
            return UnitPage([], 0, 1, 1, {}, "", "", withheld=True)
        mine = self.facilities_seen if not area else None
        whole = Selection(key, area or NATION, mine, search=search, slice_of=code_of, silent=silent)
        chosen = Selection(key, area or NATION, mine, included, search, code_of, silent)
        all_sums, sums = self._file.sums(whole), self._file.sums(chosen)
        page, pages = _page(page, sums.units, per_page)
        units = self._file.units(chosen, per_page, (page - 1) * per_page)
        is_open = not area or self._file.is_opened(key, area)
        counted = dict(all_sums.included)
        return UnitPage(units, sums.units, page, pages, counted, sums.numerator, sums.denominator, is_open)

    def unit(self, key: str, unit: str) -> UnitRow:
        """One unit of a measure. Raises Outside."""
        found = self._file.unit(key, unit)
        if found is None or not self._sees(found) or self._withheld(key, found.county):
            raise Outside("没有这个单位")
        return found

    def rows(self, key: str, unit: str, page: int = 1, per_page: int = 100) -> Opened:
        """One unit of a measure opened down to the rows it rests on. Raises Outside."""
        return rows_of(self.vintage, self.measure(key), self.unit(key, unit), page, per_page)

    def facility(self, facility: str) -> list[UnitRow]:
        """Every measure that a facility, or what belongs to it, counts in, in display order. Raises Outside."""
        found = [one for one in self._file.of_facilities([facility]) if self._sees(one)]
        if not found and facility not in self.facilities_seen:
            raise Outside("没有这家机构")
        return found

    def facilities(
        self, code: str = "", search: str = "", page: int = 1, per_page: int = PER_PAGE
    ) -> FacilityPage:
        """Facilities of a place, by place and name; without a place those the account sees. Raises Outside."""
        area = self._in(code)
        mine = self.facilities_seen if not area else None
        total = self._file.count_facilities(area or NATION, search, mine)
        page, pages = _page(page, total, per_page)
        rows = self._file.facilities(area or NATION, search, mine, per_page, (page - 1) * per_page)
        return FacilityPage([FacilityLine(*row) for row in rows], total, page, pages)

    def _in(self, code: str) -> str:
        """The code of a place of the account, its own where none is asked for; "" for who has facilities only."""
        if code:
            return self.area(code).code
        return self.home.code if self.home is not None else ""

    def _sees(self, unit: UnitRow) -> bool:
        return self.covers(unit.place) or (bool(unit.facility) and unit.facility in self.facilities_seen)

    def _withheld(self, key: str, area: str) -> bool:
        number = self._file.number(key, area)
        return number is not None and number.state is ValueState.SUPPRESSED


def counts_of(rows: Iterable[ResultRow]) -> Counts:
    """How results stand."""
    known: Sequence[ResultRow] = list(rows)
    verdicts = [row.verdict for row in known]
    return Counts(
        met=verdicts.count(Verdict.MET),
        not_met=verdicts.count(Verdict.NOT_MET),
        warn=verdicts.count(Verdict.WARN),
        not_judged=verdicts.count(Verdict.NOT_JUDGED),
        no_data=sum(row.state is not ValueState.NUMBER and not row.wanted for row in known),
        wanted=sum(row.wanted for row in known),
        silent=sum(row.n_reported < row.n_units for row in known),
    )


def _page(page: int, total: int, per_page: int) -> tuple[int, int]:
    """A page that exists, and how many there are."""
    pages = max(1, -(-total // per_page))
    return min(max(page, 1), pages), pages
