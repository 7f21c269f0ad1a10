"""The published figures held against the tables produced, counted afresh from the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pyarrow.compute as pc

from xinglin.facts import technique_rows
from xinglin.simulate.parameters import CountyParameters, Published

_SCALE = {"%": 100, "人/万人": 10_000}  # a count in 间 or 人 has scale and denominator 1
_CENTRES = pa.array(["township_hospital", "community_centre"])
_GRASSROOTS = pa.array(["township_hospital", "community_centre", "community_station", "village_clinic"])
_DOCTORS = pa.array(["physician", "assistant_physician"])

Tables = Mapping[str, pa.Table]
Fraction = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published figure beside the one produced.

    ``value`` and ``difference`` (produced − published) are in ``unit``, to six decimals; ``within`` says
    whether the numerator is off by no more than half a person or facility, plus the rounding of the printed
    figure.
    """

    name: str
    published: Decimal
    unit: str
    numerator: int
    denominator: int
    value: Decimal
    difference: Decimal
    within: bool
    source: str
    assumption: str

    @property
    def display(self) -> str:
        """The produced value rounded like the printed one (half up)."""
        return str(self.value.quantize(_last_digit(self.published), ROUND_HALF_UP))


def compare(parameters: CountyParameters, tables: Tables, on: date) -> tuple[Comparison, ...]:
    """Every published figure of the county against the tables, in printed order."""
    return tuple(_compare(figure, *RULES[figure.counts](tables, on)) for figure in parameters.published)


def _compare(figure: Published, numerator: int, denominator: int) -> Comparison:
    scale = _SCALE.get(figure.unit, 1)
    base = denominator if figure.unit in _SCALE else 1
    value = (Decimal(numerator) * scale / base).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    wanted = figure.value * base / scale
    rounding = _last_digit(figure.value) / 2 * base / scale if figure.unit in _SCALE else Decimal(0)
    return Comparison(
        figure.name,
        figure.value,
        figure.unit,
        numerator,
        base,
        value,
        value - figure.value,
        abs(numerator - wanted) <= Decimal("0.5") + rounding,
        figure.source,
        figure.assumption,
    )


def _last_digit(printed: Decimal) -> Decimal:
    return Decimal(1).scaleb(int(printed.as_tuple().exponent))


def _valid(table: pa.Table, on: date, start: str = "valid_from", end: str = "valid_to") -> pa.Table:
    begun = pc.fill_null(pc.less_equal(table[start], on), True)
    unended = pc.fill_null(pc.greater_equal(table[end], on), True)
    return table.filter(pc.and_(begun, unended))


def _facilities(tables: Tables, on: date, kinds: pa.Array) -> pa.Table:
    """Facilities of these kinds in operation; branch rooms are not counted apart."""
    open_ = _valid(tables["facility"], on)
    branch = pc.fill_null(open_["branch_room"], False)
    return open_.filter(pc.and_(pc.is_in(open_["kind"], kinds), pc.invert(branch)))


def _ids(table: pa.Table, column: str = "facility") -> set[str]:
    return set(table[column].to_pylist())


def _centres_providing_tcm(tables: Tables, on: date) -> Fraction:
    """Centres with a TCM doctor, and with TCM drugs or a technique."""
    centres = _facilities(tables, on, _CENTRES)
    people = tables["practitioner"]
    doctors = _ids(
        people.filter(pc.and_(pc.equal(people["category"], "tcm"), pc.is_in(people["licence"], _DOCTORS))),
        "practitioner",
    )
    posts = _valid(tables["post"], on).to_pylist()
    staffed = {post["facility"] for post in posts if post["main"] and post["practitioner"] in doctors}
    means = _ids(centres.filter(centres["herb_cabinet"])) | _ids(_valid(tables["technique_capability"], on))
    return len(_ids(centres) & staffed & means), centres.num_rows


def _village_clinics_providing_tcm(tables: Tables, on: date) -> Fraction:
    """Village clinics with any of the four flags of the national statistics."""
    clinics = _facilities(tables, on, pa.array(["village_clinic"]))
    flags = [
        pc.fill_null(clinics[name], False) for name in ("mainly_tcm", "herb_cabinet", "health_management")
    ]
    flagged = _ids(clinics.filter(pc.or_(pc.or_(flags[0], flags[1]), flags[2])))
    techniques = _ids(_valid(tables["technique_capability"], on))
    return len(_ids(clinics) & (flagged | techniques)), clinics.num_rows


def _centres_with_hall(tables: Tables, on: date) -> Fraction:
    centres = _facilities(tables, on, _CENTRES)
    return len(_ids(centres) & _ids(_valid(tables["tcm_hall"], on))), centres.num_rows


def _centres_with_six_categories(tables: Tables, on: date) -> Fraction:
    """Centres that deliver techniques of six or more categories to standard."""
    category = {row["technique"]: row["category"] for row in technique_rows()}
    offered: dict[str, set[str]] = {}
    for row in _valid(tables["technique_capability"], on).to_pylist():
        if row["proficiency"] != "able":
            offered.setdefault(row["facility"], set()).add(category[row["technique"]])
    centres = _facilities(tables, on, _CENTRES)
    return sum(len(offered.get(unit, ())) >= 6 for unit in _ids(centres)), centres.num_rows


def _grassroots_tcm_visits(tables: Tables, on: date) -> Fraction:
    """Events and, where there are only totals, totals."""
    known = pa.array(sorted(_ids(_facilities(tables, on, _GRASSROOTS))))
    visits, totals = tables["visit"], tables["facility_total"]
    rows = visits.filter(pc.is_in(visits["facility"], known))
    totals = totals.filter(pc.is_in(totals["facility"], known))
    added = {item: _sum(totals.filter(pc.equal(totals["item"], item))) for item in ("tcm_visits", "visits")}
    tcm = int(pc.sum(rows["tcm"]).as_py() or 0)
    return tcm + added["tcm_visits"], rows.num_rows + added["visits"]


def _sum(totals: pa.Table) -> int:
    return int(pc.sum(totals["value"]).as_py() or 0)


def _tcm_gps(tables: Tables, on: date) -> Fraction:
    people = tables["practitioner"]
    able = pc.and_(pc.equal(people["category"], "tcm"), pc.is_in(people["licence"], _DOCTORS))
    gps = _ids(people.filter(pc.and_(able, pc.fill_null(people["gp"], False))), "practitioner")
    posts = _valid(tables["post"], on)
    return len(gps & _ids(posts.filter(posts["main"]), "practitioner")), _people(tables, on, "residents")


def _people(tables: Tables, on: date, column: str) -> int:
    rows = tables["population"]
    county = pc.and_(pc.equal(pc.utf8_length(rows["place"]), 6), pc.equal(rows["year"], on.year))
    return int(pc.sum(rows.filter(county)[column]).as_py() or 0)


def _managed(tables: Tables, on: date, service: str) -> int:
    """Distinct people with a service that counts."""
    rows = tables["health_management"]
    wanted = pc.and_(pc.equal(rows["service"], service), rows["guided"])
    if service == "elderly":
        wanted = pc.and_(wanted, pc.fill_null(rows["assessed"], False))
    this_year = pc.equal(pc.year(rows["date"]), on.year)
    return int(pc.count_distinct(rows.filter(pc.and_(wanted, this_year))["person"]).as_py())


def _elderly_managed(tables: Tables, on: date) -> Fraction:
    return _managed(tables, on, "elderly"), _people(tables, on, "aged_65_plus")


def _children_managed(tables: Tables, on: date) -> Fraction:
    return _managed(tables, on, "child"), _people(tables, on, "children_0_36")


RULES: dict[str, Callable[[Tables, date], Fraction]] = {
    "centres_providing_tcm": _centres_providing_tcm,
    "village_clinics_providing_tcm": _village_clinics_providing_tcm,
    "centres_with_hall": _centres_with_hall,
    "centres_with_six_categories": _centres_with_six_categories,
    "grassroots_tcm_visits": _grassroots_tcm_visits,
    "tcm_gps": _tcm_gps,
    "elderly_managed": _elderly_managed,
    "children_managed": _children_managed,
}
"""Counting rules that a published figure may name: numerator and denominator at a date."""
