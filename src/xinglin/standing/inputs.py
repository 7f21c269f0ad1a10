"""What an evaluation rests on: facts, divisions, definitions, documents, a date, a place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xinglin.base.errors import DataError
from xinglin.base.places import Divisions, Level, Place, load_divisions
from xinglin.facts import Dataset
from xinglin.measures import Book, Bound
from xinglin.measures.engine import DuckDB, Engine, Source
from xinglin.measures.reference import Reference
from xinglin.policy import PolicyLibrary
from xinglin.standing.events import EventsAlike
from xinglin.standing.rows import PlaceRows, Reports
from xinglin.standing.vintage import definitions_hash

if TYPE_CHECKING:
    from xinglin.standing.explain import UnitCounted


@dataclass(frozen=True)
class Common:
    """Which reports have come in, the tables that are read whole whatever the place, events taken together."""

    reports: Reports
    whole: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    alike: EventsAlike | None = None
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Inputs:
    """What an evaluation rests on, opened once."""

    dataset: Dataset
    divisions: Divisions
    book: Book
    library: PolicyLibrary
    on: date
    place: Place
    engine: Engine

    @cached_property
    def reference(self) -> Reference:
        """The oracle over the rows inside the place; one for all explanations, so that rows are read once."""
        common = self.common
        place, contract = self.place.code, self.book.contract
        rows = PlaceRows(contract, self.dataset, self.divisions, place, common.whole, common.alike)
        return Reference(contract, rows, self.on, common.reports)

    @cached_property
    def common(self) -> Common:
        """What the oracle reads for every place of the data set."""
        return Common(Reports(self.dataset))

    @cached_property
    def units(self) -> dict[Bound, list[UnitCounted]]:
        """The units of the place that were counted already (see `explain.units_of`)."""
        return {}

    @cached_property
    def nearest(self) -> dict[Bound, tuple[tuple[str, str, str], ...]]:
        """The units nearest to meeting a condition that were looked for already (see `gap`)."""
        return {}

    @cached_property
    def definitions_hash(self) -> str:
        """Hash of everything a number's meaning rests on."""
        return definitions_hash(self.book, self.library)

    def name_of(self, code: str) -> str:
        """The name of a place, "" where the divisions know none."""
        names = self.common.names
        if code not in names:
            names[code] = self.divisions.get(code).name if code in self.divisions else ""
        return names[code]

    def sources(self) -> dict[str, Source]:
        """Every fact table as the engine wants it; `region` from the divisions."""
        found: dict[str, Source] = {}
        for name in self.book.contract.tables:
            if name == "region":
                found[name] = self.divisions.table
            else:
                found[name] = self.dataset.parquet(name) or self.dataset.arrow(name)
        return found


def open_inputs(
    dataset: Dataset, book: Book, library: PolicyLibrary, place: str, on: date, engine: Engine | None = None
) -> Inputs:
    """Load the divisions of a place (down to townships) and put everything together.

    Raises UnknownPlace, and DataError for a place beside the area the data says it covers.
    """
    known = load_divisions(place if place.isdigit() else None, Level.COUNTY)
    code = known.one(place).code
    _refuse_beside(dataset.info.area, code, known.full_name(code))
    divisions = load_divisions(None if code == "0" else code, Level.TOWNSHIP)
    return Inputs(dataset, divisions, book, library, on, divisions.get(code), engine or DuckDB())


def _refuse_beside(area: str | None, code: str, name: str) -> None:
    """A place that the data neither lies in nor reaches into would show as not having reported, which is untrue."""
    if area is None or "0" in (area, code) or code.startswith(area) or area.startswith(code):
        return
    covered = load_divisions(area, Level.COUNTY).full_name(area)
    raise DataError(
        f"数据只覆盖{covered}（{area}），里面没有{name}（{code}）；请改地区（--place），或换成那里的数据"
    )
