"""Which columns of which fact tables a measure looks at: what is worth sending back where a number seems wrong."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from xinglin.base.errors import XinglinError
from xinglin.measures import load_measures, walk
from xinglin.measures.nodes import Bound, Compare, CountDistinct, Field, Latest, OneOf, Rows, Sum
from xinglin.standing.areas_file import Measure
from xinglin.standing.keys import bound_of

TOTALS, RESIDENTS = "facility_total", "population"


def columns(measure: Measure) -> dict[str, list[str]]:
    """Table → columns, in the order in which the definition names them; {} where the measure is no more."""
    bound = _bound(measure)
    if bound is None:
        return {}
    found: dict[str, dict[str, None]] = {TOTALS: {"value": None}}
    if bound.population is not None:
        found[RESIDENTS] = {bound.population: None}
    _of(bound, found)
    return {table: list(names) for table, names in found.items()}


def constants(measure: Measure) -> frozenset[str]:
    """The codes and constants that a measure compares with: which kinds of rows it is about."""
    bound = _bound(measure)
    found: set[str] = set()
    for node in walk.nodes(bound) if bound is not None else ():
        if isinstance(node, Compare):
            found.add(str(node.constant))
        elif isinstance(node, OneOf):
            found.update(node.codes)
    return frozenset(found)


def _bound(measure: Measure) -> Bound | None:
    try:
        return bound_of(load_measures(), measure.measure, measure.parameters)
    except (XinglinError, KeyError):
        return None


def _of(bound: Bound, found: dict[str, dict[str, None]]) -> None:
    units = bound.units
    for part in (bound.numerator, bound.denominator, bound.condition, units.complete, units.where):
        _visit(part, units.table, found)


def _visit(item: object, table: str, found: dict[str, dict[str, None]]) -> None:
    """Columns below a node whose row at hand is of a table; behind a reference they are another table's."""
    if isinstance(item, Field):
        found.setdefault(table, {})[item.path.partition(".")[0]] = None
    elif isinstance(item, Rows):
        _visit(item.where, item.table, found)
    elif isinstance(item, tuple):
        for part in item:
            _visit(part, table, found)
    elif is_dataclass(item):
        if isinstance(item, Sum | CountDistinct | Latest):
            found.setdefault(item.rows.table, {})[item.path.partition(".")[0]] = None
        for one in fields(item):
            _visit(getattr(item, one.name), table, found)
