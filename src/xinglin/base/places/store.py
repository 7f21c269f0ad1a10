"""The committed table of places, loaded whole or in part, and how places are looked up in it.

The file ``data/divisions-<edition>.parquet`` is sorted by code text, so a place and everything in it are one
unbroken run of rows (11 < 1101 < 110101 < …), found by bisection. It has one row group per province, so a
county reads a thirtieth of it. Rows stay Arrow columns; ``Place`` objects are made when asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinglin.base.places import names, record
from xinglin.base.places.change import UnknownEdition
from xinglin.base.places.model import (
    NATION,
    NATION_CODE,
    AmbiguousPlace,
    Level,
    Place,
    PlaceKind,
    UnknownPlace,
    ancestor_code,
    level_of,
)

DATA = Path(__file__).parent / "data"
KINDS = tuple(PlaceKind)  # the file stores the position; append only
_SPELLED_TO = {True: int(Level.COUNTY), False: int(Level.VILLAGE)}  # large tables offer counties only
_AFTER_DIGITS = ":"  # sorts after every digit


class Divisions:
    """Places of one edition: all of them, or those within one place together with its ancestors.

    Attributes:
        edition: the edition's year, e.g. "2023".
        within: the place loaded ("0" for the nation). depth: the lowest level loaded.
    """

    def __init__(self, table: pa.Table, edition: str, within: str, depth: Level) -> None:
        self.edition = edition
        self.within = within
        self.depth = depth
        self._codes = table.column("code").combine_chunks()
        self._names = table.column("name").combine_chunks()
        self._kinds = table.column("kind").combine_chunks()
        self._digits = pc.binary_length(self._codes)

    def __len__(self) -> int:
        return len(self._codes)

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and self._row(code) is not None

    def __iter__(self) -> Iterator[Place]:
        return (self._place(row) for row in range(len(self)))

    @property
    def table(self) -> pa.Table:
        """Columns code, name, level (digits of the code), kind (``PlaceKind`` values) in code order."""
        words = pa.array([kind.value for kind in KINDS])
        level = pc.if_else(pc.equal(self._codes, NATION_CODE), 0, self._digits).cast(pa.int8())
        return pa.table(
            {"code": self._codes, "name": self._names, "level": level, "kind": words.take(self._kinds)}
        )

    def get(self, code: str) -> Place:
        """The place with this code.

        Raises:
            UnknownPlace: there is none; the message names the nearest place that exists.
        """
        row = self._row(code)
        if row is None:
            raise UnknownPlace(self._unknown_code(code))
        return self._place(row)

    def find(self, name: str, within: str | None = None, level: Level | None = None) -> tuple[Place, ...]:
        """All places that answer to a name, in code order; empty when there is none.

        In turn, the first that gives a result: the exact name (连州市); a path of names from any ancestor
        down (广东省清远市连州市, 清远市连州市); the name without its ending (连州, 内蒙古), where a village
        or township counts only if no county, prefecture or province fits.

        Args:
            name: name or path. within: code the places must lie in. level: level they must have.

        Raises:
            UnknownPlace: there is no place ``within``.
        """
        start, stop = self._span(self.get(within).code) if within else (0, len(self))
        wanted = name.replace(" ", "").replace("/", "")
        if not wanted:
            return ()
        rows = (
            self._rows_named(wanted, start, stop, level)
            or self._rows_on_path(wanted, start, stop, level)
            or self._rows_shortened(wanted, start, stop, level)
        )
        return tuple(self._place(row) for row in rows)

    def one(self, name_or_code: str, within: str | None = None, level: Level | None = None) -> Place:
        """The one place with this code or name.

        A city without districts and its stand-in at county level (东莞市 4419 and 441900) are one place: the
        city is returned unless ``level`` asks for the county.

        Raises:
            UnknownPlace: none. AmbiguousPlace: several; the message lists them with full names.
        """
        if name_or_code.isdigit():
            return self.get(name_or_code)
        found = self.find(name_or_code, within, level)
        codes = {place.code for place in found}
        distinct = tuple(place for place in found if not _stands_in(place, codes))
        if len(distinct) > 1:
            highest_first = sorted(distinct, key=lambda place: place.level)
            full_names = [self.full_name(place.code) for place in highest_first]
            raise AmbiguousPlace(name_or_code, highest_first, full_names)
        if not distinct:
            raise UnknownPlace(self._unknown_name(name_or_code, within, level))
        return distinct[0]

    def ancestors(self, code: str) -> tuple[Place, ...]:
        """The places this one lies in, nearest first, ending with the nation.

        Raises:
            UnknownPlace: no such place.
        """
        levels = [level for level in reversed(Level) if level < self.get(code).level]
        return tuple(self.get(ancestor_code(code, level)) for level in levels)

    def children(self, code: str) -> tuple[Place, ...]:
        """The places one level down, in code order; empty for a village and below the depth loaded.

        Raises:
            UnknownPlace: no such place.
        """
        below = self.get(code).level.below
        return () if below is None else self.descendants(code, below)

    def descendants(self, code: str, level: Level) -> tuple[Place, ...]:
        """All places of a level within this one, in code order.

        Raises:
            UnknownPlace: no such place.
        """
        start, stop = self._span(self.get(code).code)
        return tuple(self._place(row) for row in self._rows_of_level(start, stop, level))

    def counties(self, within: str = NATION_CODE, real_only: bool = True) -> tuple[Place, ...]:
        """Counties within a place (itself included if a county); real ones only unless told otherwise.

        Raises:
            UnknownPlace: no such place.
        """
        found = self.descendants(within, Level.COUNTY)
        return tuple(place for place in found if place.is_real or not real_only)

    def full_name(self, code: str) -> str:
        """Name with its ancestors' names: 广东省清远市连州市. Pseudo levels and stand-ins are left out.

        Raises:
            UnknownPlace: no such place.
        """
        place = self.get(code)
        if place.level is Level.NATION:
            return place.name
        above = [p.name for p in reversed(self.ancestors(code)[:-1]) if names.is_spoken(p)]
        return "".join(above) + place.name

    def count(self, level: Level, within: str = NATION_CODE, real_only: bool = False) -> int:
        """Number of places of a level within a place.

        Raises:
            UnknownPlace: no such place.
        """
        rows = self._rows_of_level(*self._span(self.get(within).code), level)
        return sum(self._kinds[row].as_py() == 0 for row in rows) if real_only else len(rows)

    def _place(self, row: int) -> Place:
        code: str = self._codes[row].as_py()
        if code == NATION_CODE:
            return NATION
        return Place(code, self._names[row].as_py(), Level(len(code)), KINDS[self._kinds[row].as_py()])

    def _row(self, code: str) -> int | None:
        row = self._first_row(code)
        return row if row < len(self) and self._codes[row].as_py() == code else None

    def _first_row(self, code: str) -> int:
        return bisect_left(range(len(self)), code, key=lambda row: self._codes[row].as_py())

    def _span(self, code: str) -> tuple[int, int]:
        """Rows of a place and everything in it, as start and stop."""
        if code == NATION_CODE:
            return 0, len(self)
        return self._first_row(code), self._first_row(code + _AFTER_DIGITS)

    def _rows_of_level(self, start: int, stop: int, level: Level) -> list[int]:
        if level is Level.NATION:
            return [0] if start == 0 else []
        mask = pc.equal(self._digits.slice(start, stop - start), int(level))
        return [start + row for row in pc.indices_nonzero(mask).to_pylist()]

    def _rows_named(self, name: str, start: int, stop: int, level: Level | None) -> list[int]:
        mask = pc.equal(self._names.slice(start, stop - start), name)
        return self._kept(mask, start, level)

    def _kept(self, mask: pa.Array, start: int, level: Level | None) -> list[int]:
        rows = [start + row for row in pc.indices_nonzero(mask).to_pylist()]
        return [row for row in rows if level is None or self._place(row).level is level]

    def _rows_on_path(self, path: str, start: int, stop: int, level: Level | None) -> list[int]:
        """Rows whose name ends the path and whose ancestors' names make up the rest of it."""
        found: list[int] = []
        for cut in range(1, len(path) - 1):
            rows = self._rows_named(path[cut:], start, stop, level)
            found += [row for row in rows if names.leads_to(path[:cut], self._above(row))]
        return sorted(set(found))

    def _above(self, row: int) -> list[str]:
        return [place.name for place in self.ancestors(self._codes[row].as_py())]

    def _rows_shortened(self, name: str, start: int, stop: int, level: Level | None) -> list[int]:
        mask = pc.starts_with(self._names.slice(start, stop - start), name)
        rows = [
            row
            for row in self._kept(mask, start, level)
            if names.is_ending(self._names[row].as_py()[len(name) :])
        ]
        upper = [row for row in rows if self._digits[row].as_py() <= Level.COUNTY]
        return upper or rows

    def _unknown_code(self, code: str) -> str:
        level_of(code)  # refuses what is not a code, saying what a code looks like
        shorter = [code[:level] for level in reversed(Level) if 0 < level < len(code)]
        nearest = next((self.get(c) for c in shorter if c in self), NATION)
        if not _overlap(code, self.within):
            return f"没有载入 {code}：当前只载入了 {self.within} 范围内的区划。"
        if level_of(code) > self.depth:
            return f"没有载入 {code}：当前只载入到{self.depth.label}。"
        was = record.former(code)
        if was:
            return f"{self.edition} 版区划中没有代码 {code}。沿革：{was}。"
        listed = names.enumerated(self.children(nearest.code))
        above = f"{nearest.name}（{nearest.code}）"
        return f"{self.edition} 版区划中没有代码 {code}。最近的上级是{above}，其下有：{listed}。"

    def _unknown_name(self, name: str, within: str | None, level: Level | None) -> str:
        where = f"{self.get(within).name}范围内" if within else f"{self.edition} 版区划中"
        kind = level.label if level else ""
        near = names.nearest(name, self._spellings(within))
        hint = f"相近的有：{'、'.join(near)}。" if near else "请核对名称，或改用代码。"
        was = record.former(name)
        hint = f"沿革：{was}。" if was else hint
        return f"{where}没有名为“{name}”的{kind}区划。{hint}"

    def _spellings(self, within: str | None) -> list[str]:
        start, stop = self._span(within) if within else (0, len(self))
        rows = stop - start
        mask = pc.less_equal(self._digits.slice(start, rows), _SPELLED_TO[rows > 5_000])
        spelled: list[str] = pc.unique(self._names.slice(start, rows).filter(mask)).to_pylist()
        return spelled


def _stands_in(place: Place, codes: set[str]) -> bool:
    return place.kind is PlaceKind.WITHOUT_DISTRICTS and place.parent_code in codes


def _overlap(code: str, within: str) -> bool:
    return within == NATION_CODE or code.startswith(within) or within.startswith(code)


def load_divisions(
    within: str | None = None, depth: Level = Level.VILLAGE, edition: str = "2023"
) -> Divisions:
    """Load the places of an edition.

    Args:
        within: code of the place to load with everything in it; None or "0" for the nation. Its ancestors
            are always there.
        depth: lowest level to load. edition: year of the edition; the package holds 2023.

    Raises:
        UnknownEdition: no such edition. UnknownPlace: no place has the code ``within``.
    """
    path = DATA / f"divisions-{edition}.parquet"
    if not path.exists():
        raise UnknownEdition(f"没有 {edition} 版的全部区划，只有 2023 版；历年变更请查沿革。")
    code = within or NATION_CODE
    level_of(code)
    with pq.ParquetFile(path) as file:
        table = _read(file, code)
    divisions = Divisions(_cut(table, code, depth), edition, code, depth)
    if code not in divisions:
        load_divisions(edition=edition).get(code)  # the whole table knows what to say
    return divisions


def _read(file: pq.ParquetFile, code: str) -> pa.Table:
    if code == NATION_CODE:
        return file.read(use_threads=False)
    groups = [group for group in range(file.num_row_groups) if _covers(file, group, code[:2])]
    return file.read_row_groups(groups, use_threads=False)


def _covers(file: pq.ParquetFile, group: int, province: str) -> bool:
    bounds = file.metadata.row_group(group).column(0).statistics
    return bool(bounds.min == NATION_CODE or bounds.min[:2] <= province <= bounds.max[:2])


def _cut(table: pa.Table, code: str, depth: Level) -> pa.Table:
    """The rows of a place down to a depth, its ancestors and itself always kept."""
    if code == NATION_CODE and depth is Level.VILLAGE:
        return table
    codes = table.column("code")
    keep = pc.less_equal(pc.binary_length(codes), max(int(depth), 1))
    if code != NATION_CODE:
        line = [NATION_CODE] + [code[:level] for level in Level if 0 < level <= len(code)]
        keep = pc.or_(pc.and_(pc.starts_with(codes, code), keep), pc.is_in(codes, pa.array(line)))
    return table.filter(keep)
