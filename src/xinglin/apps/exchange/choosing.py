"""What a template offers for columns that name places and rows of registers: “名称 编码”, in the area of an account.

The import understands what is offered (`code_of`): the name is there to be read, the code at the end counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.exchange.spec import PLACE, SPECS, Refers, TableSpec
from xinglin.apps.ui.places import LEVELS, divisions, place_name
from xinglin.facts.model import Column

MOST = 500
"""Lines of a list; nobody looks through a longer one."""
_NAMED = re.compile(r".*\S\s+([0-9A-Za-z][0-9A-Za-z_.:-]{0,39})", re.DOTALL)
_BARE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.:-]{0,39}")
_STRONG, _WEAK = re.compile(r"[；;\n]+"), re.compile(r"[、,，]+")
_JOINED = "；"


class Choices(NamedTuple):
    """What a column offers.

    Attributes:
        name: of the list; columns that offer the same share it. entries: texts of cells; none: no list, only words.
        words: how to fill the column in. several: a cell may hold several of them.
    """

    name: str
    entries: tuple[str, ...]
    words: str
    several: bool = False


def choices(spec: TableSpec, by: Any) -> dict[str, Choices]:
    """Column → what its cells may say, for columns that refer to something."""
    found = {
        name: Choices(f"{spec.name}.{name}", tuple(texts), "可填几项，用“；”隔开", several=True)
        for name, texts in spec.listed_choices().items()
    }
    for name, refers in spec.refers.items():
        if refers.target == PLACE:
            found[name] = _places(spec, spec.form.columns[name], by)
        elif refers.target in SPECS:
            found[name] = _rows(spec, refers, by)
    return found


def _places(spec: TableSpec, column: Column, by: Any) -> Choices:
    scope, levels = spec.edit_scope(by), tuple(column.levels or LEVELS)
    roots = tuple(sorted({*scope.places, *_homes(scope)}))
    codes = () if NATION in roots else _codes(roots, levels)
    name = f"place {','.join(map(str, levels))} {','.join(roots)}"
    words = "填统计用区划代码；登记页面的地区栏里输入地名可以查到"
    if not 0 < len(codes) <= MOST:
        return Choices(name, (), words)
    return Choices(name, tuple(_place_texts(codes, roots)), f"从列表中选；列表外的{words}")


def _homes(scope: Scope) -> set[str]:
    """Where single facilities of an area lie."""
    known = (
        SPECS["facility"].areas(scope.facilities, scope) if scope.facilities and "facility" in SPECS else {}
    )
    return {area.place for area in known.values()}


@lru_cache(maxsize=64)
def _codes(roots: tuple[str, ...], levels: tuple[int, ...]) -> tuple[str, ...]:
    """Codes of the levels inside the roots, in order; one more than `MOST` at most matters."""
    table = divisions().table
    wanted = table.filter(pc.is_in(table.column("level"), pa.array(levels, table.schema.field("level").type)))
    found: dict[str, None] = {}
    for root in roots:
        column = wanted.column("code")
        inside = column.filter(pc.starts_with(column, root))
        found |= dict.fromkeys(inside.slice(0, MOST + 1).to_pylist())
    return tuple(sorted(found))


def _place_texts(codes: Sequence[str], roots: Sequence[str]) -> Iterator[str]:
    """Names from below the county on; that of a root, and of what lies above counties, by itself."""
    for code in codes:
        above = next(
            (root for root in roots if code.startswith(root) and code != root), code[: len(code) - 2]
        )
        name = place_name(code, min(len(above), 6)) or place_name(code)
        yield f"{name} {code}"


def _rows(spec: TableSpec, refers: Refers, by: Any) -> Choices:
    target = SPECS[refers.target]
    scope, usual = spec.reach(by, target), target.refer_scope(by)
    rows = target.offered(scope, refers.only, MOST)
    name = f"{target.name} {sorted(refers.only.items())}" + ("" if scope == usual else f" {spec.name}")
    several = "可填几个，用“；”隔开；" if refers.several else ""
    words = f"{several}填“{target.label}”的编号，可从“{target.label}”的导出文件里复制"
    if not rows:
        return Choices(name, (), words, refers.several)
    entries = tuple(f"{' '.join(label.split())} {id_}".strip() for id_, label in rows.items())
    return Choices(name, entries, f"从列表中选；列表外的{words}", refers.several)


def code_of(text: str, *, several: bool = False) -> str:
    """The code in a cell: what stands behind the name; a text that names nothing so is left as it is."""
    if several:
        return _JOINED.join(code for piece in _STRONG.split(text) for code in _codes_in(piece))
    found = _NAMED.fullmatch(text.strip())
    return found[1] if found else text


def _codes_in(piece: str) -> Iterator[str]:
    """Codes of a piece whose parts may be parted by commas, which names may hold too."""
    begun = ""
    for part in filter(str.strip, _WEAK.split(piece)):
        whole = part.strip()
        if _BARE.fullmatch(whole):
            yield whole
        elif found := _NAMED.fullmatch(whole):
            yield found[1]
        else:
            begun = f"{begun}、{whole}" if begun else whole
            continue
        begun = ""
    if begun:
        yield begun


def bare(rows: Sequence[Sequence[Any]], columns: Mapping[int, bool]) -> Sequence[Sequence[Any]]:
    """Rows of cells with codes alone in some columns (index → whether a cell may hold several)."""
    known: dict[tuple[str, bool], str] = {}
    found: list[Sequence[Any]] = list(rows)
    for number, row in enumerate(rows):
        changed: list[Any] | None = None
        for at, several in columns.items():
            cell = row[at] if at < len(row) else None
            if not isinstance(cell, str) or len(cell.split(None, 1)) < 2:
                continue
            code = known.get((cell, several))
            if code is None:
                code = known[cell, several] = code_of(cell, several=several)
            if code != cell:
                changed = changed or list(row)
                changed[at] = code
        if changed is not None:
            found[number] = changed
    return found
