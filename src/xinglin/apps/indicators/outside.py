"""Fact tables from outside: of tables that no app of this version owns, files that another program's data came in.

They lie among the site's own facts, named by their content, and a ledger beside the manifest says which source gave
which. A source is replaced or taken away as a whole; what a vintage lists stays. Imports no Django.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinglin.apps.indicators.export import alone, forget
from xinglin.apps.indicators.ledger import LEDGER, Entries, Source, sources, write
from xinglin.base.errors import DataError
from xinglin.facts import Dataset, DatasetInfo, load_contract, write_dataset
from xinglin.facts.layout import MANIFEST, read_manifest

__all__ = ["LEDGER", "Source", "add", "remove", "sources", "taken"]

NEVER = ("reporting",)
"""Who has reported is always the site's own word; that of a source is written down there."""


def taken(dataset: Dataset, owned: Iterable[str]) -> list[str]:
    """The tables of a data set that the site takes from outside: with rows, and not given by one of its apps alone."""
    mine = {*owned, *NEVER}
    return [name for name in dataset.names() if name not in mine and dataset.arrow(name).num_rows]


def add(
    facts: Path, name: str, dataset: Dataset, owned: Iterable[str], places: pa.Table, info: DatasetInfo
) -> Source:
    """Put the tables of a source among the facts, in place of what it gave before.

    Args:
        facts: the site's data set. name: of the source. owned: tables that apps own. places: columns ``facility`` and
            ``place`` of all facilities the site knows. info: what the site's data set says of itself.

    Raises:
        DataError: nothing to take, an unknown facility, or a row that another source has given.
    """
    tables = {table: dataset.arrow(table) for table in taken(dataset, owned)}
    if not tables:
        raise DataError("里面没有要从外面取的表：其余的表由本程序的登记与填报给出")
    facts.mkdir(parents=True, exist_ok=True)
    with alone(facts):
        known = {one.name: one for one in sources(facts)}
        known.pop(name, None)
        for table, rows in tables.items():
            _check_facilities(table, rows, places)
            _check_rows(facts, table, rows, known.values())
        kept = _kept(facts, known.values(), tables)
        manifest = write_dataset(facts, tables, info, kept, places)
        others = {table: set(kept.get(table, ())) for table in tables}
        files = {
            table: tuple(entry for entry in manifest.tables[table] if entry not in others[table])
            for table in tables
        }
        source = Source(name, dataset.info.title, datetime.now(UTC).isoformat(timespec="seconds"), files)
        write(facts, [*known.values(), source])
        forget(facts, tables)
    return source


def remove(facts: Path, name: str, info: DatasetInfo) -> Source:
    """Take a source's tables away. Raises DataError when there is none of that name."""
    with alone(facts):
        known = {one.name: one for one in sources(facts)}
        if name not in known:
            raise DataError(f"没有名为“{name}”的外来事实表；现有：{'、'.join(known) or '无'}")
        gone = known.pop(name)
        write_dataset(facts, {}, info, _kept(facts, known.values(), gone.files))
        write(facts, known.values())
        forget(facts, gone.files)
    return gone


def _kept(facts: Path, others: Iterable[Source], changing: Iterable[str]) -> Entries:
    """What stays listed: tables that do not change as they are, of the others what the other sources gave."""
    old = read_manifest(facts).tables if (facts / MANIFEST).exists() else {}
    change = set(changing)
    kept: Entries = {table: tuple(entries) for table, entries in old.items() if table not in change}
    for source in others:
        for table, entries in source.files.items():
            if table in change:
                kept[table] = (*kept.get(table, ()), *entries)
    return kept


def _check_facilities(table: str, rows: pa.Table, places: pa.Table) -> None:
    """Facilities are the site's own: who names another one would count for nobody."""
    declared = load_contract().table(table)
    for column, one in declared.columns.items():
        if one.references == "facility":
            given = rows.column(column).drop_null().unique()
            unknown = given.filter(pc.invert(pc.is_in(given, value_set=places["facility"].combine_chunks())))
            if len(unknown):
                shown = "、".join(unknown.slice(0, 3).to_pylist())
                raise DataError(
                    f"“{declared.label}”里有 {len(unknown)} 家机构没有登记，如 {shown}；请先登记机构，编号要一致"
                )


def _check_rows(facts: Path, table: str, rows: pa.Table, others: Iterable[Source]) -> None:
    """No row may come from two sources: it would count twice."""
    declared = load_contract().table(table)
    key = declared.key[0]
    for source in others:
        for entry in source.files.get(table, ()):
            there = pq.read_table(facts / entry.path, columns=[key])[key].combine_chunks()
            same = pc.sum(pc.is_in(rows[key], value_set=there)).as_py() or 0
            if same and len(declared.key) == 1:
                raise DataError(
                    f"“{declared.label}”里有 {same} 行与来源“{source.name}”重复；请先撤下那一份（xinglin site facts "
                    f"remove {source.name}），或用同一个来源名替换"
                )
