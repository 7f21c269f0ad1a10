"""Events of a whole data set taken together once (see `xinglin.measures.alike`), handed out place by place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads

from xinglin.base.places import Level
from xinglin.base.places.model import NATION_CODE
from xinglin.facts import Contract, Dataset, Table
from xinglin.facts.arrow import arrow_schema
from xinglin.measures import Bound
from xinglin.measures.alike import TIMES, asked_of_events

COUNTY = "#county"
"""A column of our own beside those of the table, sorted by."""


class EventsAlike:
    """The events that some measures ask for, alike ones as one row dated the first of their month.

    Args:
        bounds: every measure that will look at the rows. on: the date of the data; later events are left out.
    """

    def __init__(self, contract: Contract, dataset: Dataset, bounds: Iterable[Bound], on: date) -> None:
        self.contract, self.dataset, self.on = contract, dataset, on
        self._asked = asked_of_events(bounds, contract)
        self._found: dict[str, _Sorted] = {}

    def within(self, name: str, place: str) -> pa.Table | None:
        """Rows of a table whose facility lies in a county or a larger place; None where they are read one by one."""
        if name not in self._asked or (place != NATION_CODE and len(place) > Level.COUNTY):
            return None
        if name not in self._found:
            self._found[name] = self._sorted(self.contract.table(name))
        return self._found[name].within(place)

    def _sorted(self, table: Table) -> _Sorted:
        pieces = [self._alike(table, rows) for rows in self._read(table)]
        rows = pa.concat_tables(pieces).combine_chunks()
        facility = self.dataset.arrow("facility")
        position = pc.index_in(rows["facility"], value_set=facility["facility"].combine_chunks())
        county = pc.utf8_slice_codeunits(facility["place"], 0, int(Level.COUNTY)).take(position)
        rows = rows.append_column(COUNTY, pc.fill_null(county, "")).sort_by(COUNTY)
        runs = pc.run_end_encode(rows[COUNTY].combine_chunks())
        ends = runs.run_ends.to_pylist()
        return _Sorted(rows.drop_columns([COUNTY]), runs.values.to_pylist(), [0, *ends])

    def _read(self, table: Table) -> Iterator[pa.Table]:
        """The columns asked for, file by file: all of a province's events are never in memory at once."""
        paths, name = self.dataset.parquet(table.name), str(table.time.date)
        columns, until = [*self._asked[table.name], name], pc.field(name) <= pa.scalar(self.on)
        if paths is None:
            yield pads.dataset(self.dataset.arrow(table.name)).to_table(columns=columns, filter=until)
            return
        for path in paths:
            file = pads.dataset(path, schema=arrow_schema(table), format="parquet")
            yield file.to_table(columns=columns, filter=until)

    def _alike(self, table: Table, rows: pa.Table) -> pa.Table:
        name = str(table.time.date)
        month = pc.floor_temporal(rows[name], unit="month").cast(pa.date32())
        rows = rows.set_column(rows.schema.get_field_index(name), name, month)
        keys = rows.column_names
        return rows.group_by(keys).aggregate([([], "count_all")]).rename_columns([*keys, TIMES])


@dataclass(frozen=True)
class _Sorted:
    """Rows by the county of their facility; ``starts`` has the position of each county's first row, and the end."""

    rows: pa.Table
    counties: list[Any]
    starts: list[int]

    def within(self, place: str) -> pa.Table:
        low, high = ("", ":") if place == NATION_CODE else (place, f"{place}:")
        first, last = (self.starts[bisect_left(self.counties, code)] for code in (low, high))
        return self.rows.slice(first, last - first)
