"""Table declarations: what a fact table is, column by column (`tables/*.yaml`, `codelists.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import model_validator

from xinglin.base.errors import DefinitionError
from xinglin.base.places import Level
from xinglin.base.yamlfile import Strict, build, read_yaml
from xinglin.facts.text import normal
from xinglin.knowledge import techniques

HERE = Path(__file__).parent

AREAS = {"province": 2, "prefecture": 4, "county": 6}
"""Virtual endings of a path over a place column and the digits they keep: ``place.county``."""

LEVELS = tuple(int(level) for level in Level if level is not Level.NATION)
"""Digits of a place code: province, prefecture, county, township, village."""


class ColumnType(StrEnum):
    """What a cell holds. ``id``, ``ref``, ``thing``, ``place``, ``person``, ``code``, ``period`` are text in files."""

    ID = "id"
    REF = "ref"
    THING = "thing"
    PLACE = "place"
    PERSON = "person"
    CODE = "code"
    PERIOD = "period"
    TEXT = "text"
    INTEGER = "integer"
    YEAR = "year"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"


class Code(Strict):
    """One code: label, other names it is known by, and the scheme within which it can be compared."""

    label: str
    other: tuple[str, ...] = ()
    scheme: str | None = None


class CodeList(Strict):
    """A closed list of codes with labels; ordered ones run from lowest to highest within a scheme."""

    name: str
    label: str
    source: str
    ordered: bool = False
    codes: dict[str, Code]

    def code_of(self, text: str) -> str | None:
        """The code for a code, label or other name; None when it is none of them."""
        return self._names.get(text)

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Every normalised spelling → code: other names, labels, codes; what comes later wins."""
        others = {normal(other): code for code, entry in self.codes.items() for other in entry.other}
        labels = {normal(entry.label): code for code, entry in self.codes.items()}
        return {**others, **labels, **{code: code for code in self.codes}}

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {other: code for code, entry in self.codes.items() for other in entry.other}
        labels = {entry.label: code for code, entry in self.codes.items()}
        return {**names, **labels, **{code: code for code in self.codes}}

    def from_(self, code: str) -> tuple[str, ...]:
        """``code`` and every higher code of its scheme, lowest first. Raises KeyError for an unknown code."""
        scheme = self.codes[code].scheme
        order = list(self.codes)
        return tuple(c for c in order[order.index(code) :] if self.codes[c].scheme == scheme)

    def rank(self, code: str) -> int:
        """Position of ``code`` in the list (only meaningful within one scheme)."""
        return list(self.codes).index(code)


class Column(Strict):
    """One column: its Chinese label, type, unit, meaning and checks.

    ``codes`` names a code list of the contract, or ``options`` is one of the column's own (type code); ``references``
    names a table (type ref); ``levels`` are the digits that a code may have (type place; any when not given); ``min``
    and ``max`` are inclusive.
    """

    label: str
    type: ColumnType
    meaning: str
    required: bool = False
    codes: str | None = None
    options: CodeList | None = None
    references: str | None = None
    levels: tuple[int, ...] | None = None
    unit: str | None = None
    min: int | None = None
    max: int | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Column:
        if (self.type is ColumnType.CODE) != ((self.codes is None) != (self.options is None)):
            raise ValueError("类型 code 必须且只有它才写 codes 或 options（只写一个）")
        if (self.type is ColumnType.REF) != (self.references is not None):
            raise ValueError("类型 ref 必须且只有它才写 references")
        if self.levels is not None:
            self._check_levels(self.levels)
        return self

    def _check_levels(self, levels: tuple[int, ...]) -> None:
        if self.type is not ColumnType.PLACE:
            raise ValueError("只有类型 place 才写 levels")
        if not levels or list(levels) != [level for level in LEVELS if level in levels]:
            raise ValueError(f"levels 应从小到大取自 {'、'.join(map(str, LEVELS))}")


_AREA_COLUMN = Column(label="所在地区代码", type=ColumnType.TEXT, meaning="地区代码的前几位")


class Time(Strict):
    """How rows lie in time.

    ``validity``: from/to (``to`` is the last day, empty = still so); ``event``: a date, optionally ``until``;
    ``year``: a calendar year, optionally a month; ``none``: timeless.
    """

    kind: Literal["validity", "event", "year", "none"]
    from_: str | None = None
    to: str | None = None
    date: str | None = None
    until: str | None = None
    year: str | None = None
    month: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_keyword(cls, data: Any) -> Any:
        if isinstance(data, dict) and "from" in data:
            return {**{key: value for key, value in data.items() if key != "from"}, "from_": data["from"]}
        return data


class Reported(Strict):
    """Whose `reporting` rows vouch for this table, and how often."""

    by: Literal["facility", "place"]
    every: Literal["month", "year"]


class Table(Strict):
    """A fact table with a stated grain.

    ``place`` is the path from a row to the code of the area it lies in. ``stated``: rows hold at the level they
    state (population): a county's row counts for the county and all above, a township's for the township only.
    """

    name: str
    label: str
    grain: str
    key: tuple[str, ...]
    time: Time
    place: str | None = None
    stated: bool = False
    reported: Reported | None = None
    built_in: bool = False
    columns: dict[str, Column]

    @model_validator(mode="after")
    def _columns_exist(self) -> Table:
        time = self.time
        named = [*self.key, time.from_, time.to, time.date, time.until, time.year, time.month]
        for name in named:
            if name is not None and name not in self.columns:
                raise ValueError(f"没有“{name}”这一列")
        return self

    @property
    def id_column(self) -> str | None:
        """The single key column by which other tables refer to a row, if there is one."""
        return self.key[0] if len(self.key) == 1 else None

    def by_header(self, header: str) -> str | None:
        """Column name for a printed header (English name or Chinese label), or None."""
        return self._headers.get(header)

    @cached_property
    def _headers(self) -> dict[str, str]:
        names = {name: name for name in self.columns}
        return {**{column.label: name for name, column in self.columns.items()}, **names}


class Contract:
    """All fact tables and code lists: the data contract of Xinglin."""

    def __init__(self, tables: Mapping[str, Table], codelists: Mapping[str, CodeList]) -> None:
        self.tables = dict(tables)
        self.codelists = dict(codelists)
        faults = [fault for table in self.tables.values() for fault in self._faults(table)]
        if faults:
            raise DefinitionError("事实表声明", faults)

    def _faults(self, table: Table) -> list[str]:
        faults = []
        for name, column in table.columns.items():
            if column.codes and column.codes not in self.codelists:
                faults.append(f"{table.name}.{name}：没有代码表“{column.codes}”")
            if column.references and column.references not in self.tables:
                faults.append(f"{table.name}.{name}：没有被引用的表“{column.references}”")
        return faults

    def table(self, name: str) -> Table:
        """The declaration of one table. Raises KeyError."""
        return self.tables[name]

    def codes(self, table: str, column: str) -> CodeList | None:
        """The code list of a column, or None."""
        name = self.tables[table].columns[column].codes
        return self.codelists[name] if name else None

    def follow(self, table: str, path: str) -> tuple[Table, Column]:
        """The table and column a dotted path ends at, e.g. ``post``, ``practitioner.category``. Raises KeyError."""
        current = self.tables[table]
        *steps, last = path.split(".")
        for step in steps:
            column = current.columns[step]
            if column.type is ColumnType.PLACE and last in AREAS and step == steps[-1]:
                return current, _AREA_COLUMN
            if column.references is None:
                raise KeyError(path)
            current = self.tables[column.references]
        return current, current.columns[last]


def _region() -> Table:
    """The built-in table of places; its rows come from the divisions."""
    columns = {
        "code": {"label": "代码", "type": "place", "required": True, "meaning": "统计用区划代码"},
        "name": {"label": "名称", "type": "text", "required": True, "meaning": "区划名称"},
        "level": {
            "label": "层级",
            "type": "integer",
            "required": True,
            "meaning": "代码位数：2、4、6、9、12",
        },
        "kind": {"label": "性质", "type": "text", "required": True, "meaning": "real 为真实行政区"},
    }
    content = {"name": "region", "label": "区划", "grain": "地区", "key": ["code"], "time": {"kind": "none"}}
    return build(Table, {**content, "place": "code", "built_in": True, "columns": columns}, "region")


def _technique() -> Table:
    """The built-in catalogue of TCM techniques; its rows come from `knowledge.techniques`."""
    columns = {
        "technique": {"label": "技术代码", "type": "id", "required": True, "meaning": "类别字母加两位序号"},
        "category": {"label": "类别代码", "type": "text", "required": True, "meaning": "十类之一，A 至 J"},
        "name": {"label": "技术名称", "type": "text", "required": True, "meaning": "目录中的名称"},
        "category_name": {"label": "类别名称", "type": "text", "required": True, "meaning": "十类的名称"},
    }
    content = {"name": "technique", "label": "中医医疗技术目录", "grain": "技术", "key": ["technique"]}
    full = {**content, "time": {"kind": "none"}, "built_in": True, "columns": columns}
    return build(Table, full, "technique")


@cache
def technique_rows() -> tuple[dict[str, str], ...]:
    """The 95 techniques of the catalogue (annex 2 of the Lianzhou plan)."""
    return tuple(
        {
            "technique": one.code,
            "category": one.category,
            "name": one.name,
            "category_name": one.category_name,
        }
        for one in techniques.load().values()
    )


@cache
def load_contract() -> Contract:
    """Load every table and code list of the package. Raises DefinitionError with all faults."""
    tables = {"region": _region(), "technique": _technique()}
    for path in sorted((HERE / "tables").glob("*.yaml")):
        for name, content in read_yaml(path).items():
            tables[name] = build(Table, {"name": name, **content}, f"{path.name} {name}")
    raw = read_yaml(HERE / "codelists.yaml")
    codelists = {name: _codelist(name, content, tables) for name, content in raw.items()}
    return Contract(tables, codelists)


def _codelist(name: str, content: dict[str, Any], tables: Mapping[str, Table]) -> CodeList:
    if content.pop("tables", False):
        reportable = {key: {"label": table.label} for key, table in tables.items() if table.reported}
        content = {**content, "codes": reportable}
    return build(CodeList, {"name": name, **content}, f"codelists.yaml {name}")
