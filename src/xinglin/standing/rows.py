"""What the oracle reads of a data set: the rows inside one place, each table when it is first asked for."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from functools import cached_property, reduce
from operator import or_
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads

from xinglin.base.errors import DataError
from xinglin.base.places import Divisions
from xinglin.facts import Contract, Dataset, Table
from xinglin.facts.arrow import arrow_schema
from xinglin.measures.sent import COUNTED_STATUS
from xinglin.standing.events import EventsAlike

ROWS_LIMIT = 2_000_000
"""Beyond so many rows of one table inside the place, a number is opened place by place below it."""

Rows = list[dict[str, Any]]


class PlaceRows(Mapping[str, Rows]):
    """Rows per table. What hangs on a facility is kept only where the facility lies in the place.

    Asking for a table of more than ``ROWS_LIMIT`` rows raises DataError.

    Args:
        whole: tables that are the same in every place, filled as they are read; places of one data set may share it.
        alike: events taken together for the measures that will look at the rows, in place of those in the files.
    """

    def __init__(
        self,
        contract: Contract,
        dataset: Dataset,
        divisions: Divisions,
        place: str,
        whole: dict[str, Rows] | None = None,
        alike: EventsAlike | None = None,
    ) -> None:
        self._whole = {} if whole is None else whole
        self._alike = alike
        self.contract = contract
        self.dataset = dataset
        self.divisions = divisions
        self.place = place
        self._read: dict[str, Rows] = {}

    def __getitem__(self, name: str) -> Rows:
        if name not in self._read:
            self._read[name] = self._rows(self.contract.tables[name])
        return self._read[name]

    def _rows(self, table: Table) -> Rows:
        alike = None if self._alike is None else self._alike.within(table.name, self.place)
        if alike is not None:
            self._limited(table, alike.num_rows)
            found: Rows = alike.to_pylist()
            return found
        wanted = None if table.name == "region" else self._inside(table)
        return self._everywhere(table) if wanted is None else self._filtered(table, wanted)

    def _everywhere(self, table: Table) -> Rows:
        if table.name not in self._whole:
            region = table.name == "region"
            self._whole[table.name] = (
                self.divisions.table.to_pylist() if region else self._filtered(table, None)
            )
        return self._whole[table.name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.contract.tables)

    def __len__(self) -> int:
        return len(self.contract.tables)

    def _inside(self, table: Table) -> pc.Expression | None:
        """Which rows are kept; None for all."""
        wanted = None
        if self.place != "0" and table.name == "facility":
            wanted = pc.starts_with(pc.field("place"), self.place)
            wanted |= pc.is_in(pc.field("facility"), self._named())
        elif self.place != "0" and table.place == "facility.place":
            wanted = self._naming(table, self._facilities())
            if "person" in table.columns and table.columns["person"].required:
                wanted |= pc.is_in(pc.field("person"), self._persons(table, wanted))
        return wanted

    def _naming(self, table: Table, facilities: pa.Array) -> pc.Expression:
        """Rows that name one of the facilities in any of their columns (the one that helps, the one helped)."""
        columns = [name for name, column in table.columns.items() if column.references == "facility"]
        named = [pc.is_in(pc.field(name), facilities) for name in columns]
        return reduce(or_, named)

    def _persons(self, table: Table, wanted: pc.Expression) -> pa.Array:
        """Persons seen in the place: what they were given elsewhere may complete what they were given here."""
        seen = self._scan(table).to_table(columns=["person"], filter=wanted)
        return seen["person"].unique()

    def _facilities(self) -> pa.Array:
        facility = self.dataset.arrow("facility")
        return facility.filter(pc.starts_with(facility["place"], self.place))["facility"].combine_chunks()

    def _named(self) -> pa.Array:
        """Facilities that a consortium names, wherever they lie."""
        columns = [
            self.dataset.arrow(table.name)[name].combine_chunks()
            for table in self.contract.tables.values()
            for name, column in table.columns.items()
            if column.references == "facility" and table.place != "facility.place"
        ]
        return pa.concat_arrays(columns)

    def _filtered(self, table: Table, wanted: pc.Expression | None) -> Rows:
        whole = self._scan(table)
        self._limited(table, whole.count_rows(filter=wanted))
        found: Rows = whole.to_table(filter=wanted).to_pylist()
        return found

    def _limited(self, table: Table, rows: int) -> None:
        if rows > ROWS_LIMIT:
            raise DataError(f"“{table.label}”在本地区有 {rows} 行，请到下级地区打开这个数")

    def _scan(self, table: Table) -> pads.Dataset:
        """Events are read through their files, so that those of other places never come into memory."""
        paths = self.dataset.parquet(table.name) if table.time.kind == "event" else None
        if paths is None:
            return pads.dataset(self.dataset.arrow(table.name))
        return pads.dataset(list(paths), schema=arrow_schema(table), format="parquet")


class FacilityRows(PlaceRows):
    """The rows of one facility; what does not hang on a facility as it is in the place."""

    def __init__(
        self, contract: Contract, dataset: Dataset, divisions: Divisions, place: str, facility: str
    ) -> None:
        super().__init__(contract, dataset, divisions, place)
        self.facility = facility

    def _facilities(self) -> pa.Array:
        return pa.array([self.facility])


class Reports(Container[tuple[Any, str, str]]):
    """Which reports have come in: (unit, table, period); those of a table and period are read when first asked for.

    They are kept as sets of plain texts: the memory of a province's tuples takes longer to manage than to read.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._units: dict[tuple[str, str], frozenset[Any]] = {}

    def __contains__(self, report: object) -> bool:
        assert isinstance(report, tuple)
        unit, *asked = report
        found = self._units.get((asked[0], asked[1]))
        return unit in (self._read(asked[0], asked[1]) if found is None else found)

    def _read(self, table: str, period: str) -> frozenset[Any]:
        rows = self._counted
        wanted = pc.and_(pc.equal(rows["table"], table), pc.equal(rows["period"], period))
        self._units[table, period] = frozenset(rows["unit"].filter(wanted).to_pylist())
        return self._units[table, period]

    @cached_property
    def _counted(self) -> pa.Table:
        rows = self.dataset.arrow("reporting")
        return rows.filter(pc.is_in(rows["status"], value_set=pa.array(COUNTED_STATUS)))
