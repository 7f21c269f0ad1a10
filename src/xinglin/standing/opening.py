"""From a published vintage down to rows: its frozen definitions, its manifest, and only the rows of one unit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from xinglin.base.errors import DataError
from xinglin.base.places import Divisions, Level, load_divisions
from xinglin.facts import Dataset, load_contract
from xinglin.facts.layout import read_manifest
from xinglin.measures import Book, Bound, Definition, Kind, load_measures, walk
from xinglin.measures.reference import Reference
from xinglin.standing.areas_file import Measure, UnitRow
from xinglin.standing.keys import bound_of, unit_id
from xinglin.standing.opened import Opened, Opening, Residents, page_of
from xinglin.standing.rows import FacilityRows, PlaceRows, Reports
from xinglin.standing.vintage import plain_definition

DEFINITIONS, FACTS = "definitions.json", "facts.json"


class FrozenFacts:
    """The facts and definitions a vintage rests on.

    Args:
        vintage: its folder. facts: the data set whose files its manifest lists. on: the day it stands for.

    Raises:
        DataError: definitions or manifest cannot be read.
    """

    def __init__(self, vintage: Path, facts: Path, on: date) -> None:
        self.vintage, self.on = vintage, on
        self.dataset = Dataset(facts, read_manifest(vintage, FACTS))
        self.contract = load_contract()

    def bound(self, measure: str, parameters: Mapping[str, Any]) -> Bound:
        """A measure as it was defined when the vintage was published."""
        try:
            frozen = json.loads((self.vintage / DEFINITIONS).read_text(encoding="utf-8"))["measures"][measure]
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{self.vintage / DEFINITIONS} 里读不出“{measure}”：{error}") from error
        book = load_measures()
        present = book.definitions.get(measure)
        if present is None or plain_definition(present) != frozen:
            book = Book({measure: _thawed(frozen)}, self.contract)
        return bound_of(book, measure, parameters)

    def reference(self, place: str, facility: str = "") -> Reference:
        """The oracle over the rows of a place, or of one facility in it."""
        divisions = _divisions(place)
        if facility:
            rows: PlaceRows = FacilityRows(self.contract, self.dataset, divisions, place, facility)
        else:
            rows = PlaceRows(self.contract, self.dataset, divisions, place)
        return Reference(self.contract, rows, self.on, Reports(self.dataset))


def _thawed(frozen: Mapping[str, Any]) -> Definition:
    """A definition out of its JSON, which states every key, also those that its kind does not use."""
    left_out = {"per"} if frozen["kind"] != Kind.RATE else set()
    return Definition.model_validate({name: value for name, value in frozen.items() if name not in left_out})


def _divisions(place: str) -> Divisions:
    return load_divisions(None if place == "0" else place, Level.TOWNSHIP)


def open_unit(
    frozen: FrozenFacts, measure: Measure, unit: UnitRow, page: int = 1, per_page: int = 100
) -> Opened:
    """One page of the rows behind a unit, with the sums of all of them.

    Raises:
        DataError: the rows are not there any more, or do not add up to what was published.
    """
    bound = frozen.bound(measure.measure, measure.parameters)
    around = unit.county or unit.place or "0"
    narrow = [unit.facility] if unit.facility and _hangs_on_facility(bound) else []
    for facility in [*narrow, ""]:
        opening = _collected(frozen, bound, around, facility, unit.unit)
        if opening is not None:
            found = page_of(opening, unit.unit, page, per_page)
            if (found.numerator, found.denominator) == (unit.numerator, unit.denominator):
                return found
    raise DataError(f"“{unit.name}”的事实记录与发布的数对不上；请核对数据目录里的 facts，或从备份恢复")


def _collected(frozen: FrozenFacts, bound: Bound, place: str, facility: str, unit: str) -> Opening | None:
    reference, table = frozen.reference(place, facility), frozen.contract.table(bound.units.table)
    row = next((row for row in reference.facts[table.name] if unit_id(table, row) == unit), None)
    return None if row is None else Opening(reference, bound, row).collect()


def _hangs_on_facility(bound: Bound) -> bool:
    """Whether all rows a unit rests on, of those that lie with facilities, name the unit's own facility."""
    contract = load_contract()
    own = walk.facility_path(contract.table(bound.units.table))
    return all(
        rows.by == "facility" and rows.matches == own and not rows.within
        for rows in walk.related(bound)
        if contract.table(rows.table).place == "facility.place"
    )


def open_residents(frozen: FrozenFacts, measure: Measure, area: str) -> Opened:
    """The rows of residents that a rate divides by in an area; none where the measure divides by something else."""
    reference = frozen.reference(area if len(area) <= Level.COUNTY else area[: Level.COUNTY])
    return Residents(reference, measure.population, area).opened()
