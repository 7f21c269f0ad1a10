# ruff: noqa: S608 - names in the SQL are the contract's own, never a user's text
"""Checks that look at several rows or tables at once, as SQL so that ten million visits are no burden.

Every table is a view of its typed columns, with ``_part`` and ``_row`` that lead a finding back to its
file and row. Names in the SQL are the contract's own, never a user's text.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from xinglin.base.problems import Problem
from xinglin.facts.arrow import empty_table
from xinglin.facts.fault import Fault
from xinglin.facts.findings import Findings, More
from xinglin.facts.model import Table, load_contract
from xinglin.facts.parts import Part
from xinglin.facts.source import Source

_FOREVER = "DATE '9999-12-31'"
_BEFORE = "DATE '0001-01-01'"


class Relations:
    """The data set as DuckDB views. Use as a context manager."""

    def __init__(self, source: Source) -> None:
        self.parts = source.parts
        self.present = {part.table.name for part in source.parts}
        self._con = duckdb.connect(config={"memory_limit": "700MB", "preserve_insertion_order": "false"})
        self._con.execute("SET threads = 2")
        for table in load_contract().tables.values():
            if not table.built_in:
                self._view(table)

    def __enter__(self) -> Relations:
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """All rows of a query (its results are findings: few)."""
        rows: list[tuple[object, ...]] = self._con.execute(sql).fetchall()
        return rows

    def _view(self, table: Table) -> None:
        own = [(number, part) for number, part in enumerate(self.parts) if part.table.name == table.name]
        selects = [self._memory(number, part) for number, part in own if part.data is not None]
        files = {str(part.path): number for number, part in own if part.path is not None}
        if files:
            selects.append(self._files(table, files))
        if not selects:
            self._con.register(f"none_{table.name}", empty_table(table))
            selects = [f'SELECT *, 0 AS _part, 0 AS _row FROM "none_{table.name}"']
        self._con.execute(f'CREATE VIEW "{table.name}" AS {" UNION ALL ".join(selects)}')

    def _memory(self, number: int, part: Part) -> str:
        assert part.data is not None
        index = pa.array(range(part.num_rows), pa.int64())
        self._con.register(f"part_{number}", part.data.append_column("_row", index))
        return f"SELECT {_names(part.table)}, {number} AS _part, _row FROM part_{number}"

    def _files(self, table: Table, files: dict[str, int]) -> str:
        listed = ", ".join(_text(path) for path in files)
        numbers = pa.table({"_file": list(files), "_part": list(files.values())})
        self._con.register(f"files_{table.name}", numbers)
        return (
            f"SELECT {_names(table)}, f._part, p.file_row_number AS _row FROM read_parquet([{listed}],"
            " filename = true, file_row_number = true, hive_partitioning = false) p"
            f" JOIN files_{table.name} f ON p.filename = f._file"
        )


def _names(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.columns)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def duplicate_problems(relations: Relations, findings: Findings) -> None:
    """Rows whose key another row has. Keys are compared by hash first, so that memory stays small."""
    for name in sorted(relations.present):
        table = load_contract().table(name)
        key = ", ".join(f'"{column}"' for column in table.key)
        whole = " AND ".join(
            f'"{column}" IS NOT NULL' for column in table.key if table.columns[column].required
        )
        found = relations.rows(
            f'WITH twice AS (SELECT hash({key}) AS h FROM "{name}" WHERE {whole} GROUP BY h'
            " HAVING count(*) > 1),"
            f' candidates AS (SELECT {key}, _part, _row FROM "{name}" WHERE {whole} AND hash({key}) IN'
            " (SELECT h FROM twice)), ranked AS (SELECT *, row_number() OVER same AS nth,"
            " first_value(_part) OVER same AS part1, first_value(_row) OVER same AS row1 FROM candidates"
            f" WINDOW same AS (PARTITION BY {key} ORDER BY _part, _row))"
            " SELECT _part, _row, part1, row1, count(*) OVER () FROM ranked WHERE nth > 1"
            f" ORDER BY _part, _row LIMIT {findings.limit}"
        )
        problems = [_duplicate(relations, table, *map(_int, row[:4])) for row in found]
        findings.add(problems)
        if found:
            findings.add([More(problems[-1], _int(found[0][4]) - len(found))])


def _duplicate(relations: Relations, table: Table, part: int, row: int, part1: int, row1: int) -> Problem:
    here, first = relations.parts[part], relations.parts[part1]
    value = here.read(list(table.key)).slice(row, 1).to_pylist()[0]
    shown = " + ".join(str(value[name]) for name in table.key if value[name] is not None)
    where = f"第 {first.row(row1)} 行"
    if first is not here:
        where = " ".join(word for word in (first.spot.file, first.spot.sheet, where) if word)
    labels = " + ".join(table.columns[name].label for name in table.key)
    fault = Fault(
        "duplicate_key", f"{labels}“{shown}”与{where}重复", f"每{table.grain}只能有一行，请删去或改正一行"
    )
    return here.problem(fault, row, table.key[0])


def reversed_problems(relations: Relations, findings: Findings) -> None:
    """Rows that end before they begin."""
    for name in sorted(relations.present):
        time = load_contract().table(name).time
        start, end = (time.from_, time.to) if time.kind == "validity" else (time.date, time.until)
        if not start or not end:
            continue
        sql = f'SELECT _part, _row, "{start}", "{end}" FROM "{name}" WHERE "{end}" < "{start}" ORDER BY 1, 2'
        for part_number, row, first, last in relations.rows(sql):
            part = relations.parts[_int(part_number)]
            fault = Fault(
                "dates_reversed",
                f"“{part.header(end)}”{last} 早于“{part.header(start)}”{first}",
                "请核对两个日期，是不是填反了",
            )
            findings.add([part.problem(fault, _int(row), end)])


def main_post_problems(relations: Relations, findings: Findings) -> None:
    """A practitioner with two main posts on one day."""
    order = "PARTITION BY practitioner ORDER BY valid_from, _part, _row"
    sql = (
        f"WITH posts AS (SELECT *, max(coalesce(valid_to, {_FOREVER})) OVER"
        f" ({order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until,"
        f" lag(facility) OVER ({order}) AS other"
        " FROM post WHERE main AND practitioner IS NOT NULL AND valid_from IS NOT NULL)"
        " SELECT _part, _row, practitioner, other FROM posts WHERE valid_from <= until ORDER BY 1, 2"
    )
    for part, row, person, other in relations.rows(sql):
        what = f"人员“{person}”同时有两个主要执业，另一个在机构“{other}”"
        fault = Fault(
            "two_main_posts", what, "每人同一时间只有一个主要执业：改为“否”，或填上前一个的终止日期"
        )
        findings.add([relations.parts[_int(part)].problem(fault, _int(row), "main")])


def catchment_problems(relations: Relations, findings: Findings) -> None:
    """A township named although its whole county is."""
    sql = (
        "SELECT t._part, t._row, t.place, c.place FROM catchment t JOIN catchment c ON length(c.place) = 6"
        " AND length(t.place) > 6 AND left(t.place, 6) = c.place"
        f" AND coalesce(t.valid_from, {_BEFORE}) <= coalesce(c.valid_to, {_FOREVER})"
        f" AND coalesce(c.valid_from, {_BEFORE}) <= coalesce(t.valid_to, {_FOREVER}) ORDER BY 1, 2"
    )
    for part, row, place, county in relations.rows(sql):
        fault = Fault("catchment_overlap", f"“{place}”所在的县“{county}”已整县填了", "整县和乡镇只留一种")
        findings.add([relations.parts[_int(part)].problem(fault, _int(row), "place")])


def period_problems(relations: Relations, findings: Findings) -> None:
    """A reporting row for a month of a yearly table, or the other way round."""
    for table in load_contract().tables.values():
        if table.reported:
            length, wanted = (
                (7, "月报，如 2020-03") if table.reported.every == "month" else (4, "年报，如 2020")
            )
            sql = (
                f'SELECT _part, _row, period FROM reporting WHERE "table" = {_text(table.name)}'
                f" AND length(period) <> {length} ORDER BY 1, 2"
            )
            for part, row, period in relations.rows(sql):
                fault = Fault("period_mismatch", f"“{table.label}”的期填了“{period}”", f"这张表是{wanted}")
                findings.add([relations.parts[_int(part)].problem(fault, _int(row), "period")])
