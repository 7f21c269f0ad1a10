"""A definition file: one YAML per measure, loaded strictly, bound to parameter values on demand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field as ModelField

from xinglin.base.errors import DefinitionError
from xinglin.base.period import PeriodKind
from xinglin.base.yamlfile import Strict, build, read_yaml
from xinglin.facts import Contract, load_contract
from xinglin.measures import walk
from xinglin.measures.fold import TRUE, fold, fold_value
from xinglin.measures.nodes import All, Bound, Condition, Kind, OneOf, Units
from xinglin.measures.nodes import Field as FieldNode
from xinglin.measures.parse import Fault, Parser

DEFINITIONS = Path(__file__).parent / "definitions"


class Parameter(Strict):
    """What a target may bind: label, type and default. ``codes`` is a list of codes, ``code`` one of them."""

    label: str
    type: Literal["integer", "decimal", "boolean", "date", "code", "codes"]
    default: Any
    codes: str | None = None


class Named(Strict):
    """A named indicator: the measure with some parameters set, under the id the field knows it by."""

    label: str
    parameters: dict[str, Any] = ModelField(default_factory=dict)


class Source(Strict):
    """Where the way of counting comes from: a document and clause, or 本项目."""

    document: str
    clause: str | None = None
    says: str


class Example(Strict):
    """A worked example: small tables, parameters and the expected exact result of an area."""

    name: str
    on: date
    place: str
    parameters: dict[str, Any] = ModelField(default_factory=dict)
    facts: dict[str, list[dict[str, Any]]]
    expect: dict[str, Any]


class Definition(Strict):
    """One measure as its file states it (see `docs/reference/measure-file.md`)."""

    id: str
    label: str
    meaning: str
    kind: Kind
    unit: str
    direction: Literal["up", "down"]
    period: PeriodKind
    parameters: dict[str, Parameter] = ModelField(default_factory=dict)
    units: Any
    condition: Any = None
    numerator: Any = None
    denominator: Any = None
    population: str | None = None
    per: int = 100
    cells: bool = False
    suppress_below: int = 0
    disaggregate: tuple[str, ...] = ()
    indicators: dict[str, Named] = ModelField(default_factory=dict)
    act_on: str = "家"
    sources: tuple[Source, ...] = ModelField(min_length=1)
    author: str
    checker: str | None = None
    reviewed: date | None = None
    examples: tuple[Example, ...] = ()


class Book:
    """All definitions and their named indicators."""

    def __init__(self, definitions: Mapping[str, Definition], contract: Contract) -> None:
        self.definitions = dict(definitions)
        self.contract = contract
        self.indicators = {
            name: (definition.id, named)
            for definition in self.definitions.values()
            for name, named in definition.indicators.items()
        }

    def names(self) -> Collection[str]:
        """Every name a target may use: definition ids and named indicators."""
        return {*self.definitions, *self.indicators}

    def covers(self, row: str) -> bool:
        """Whether a definition serves this row of the cross-walk."""
        return row in self.names()

    def definition(self, name: str) -> Definition:
        """The definition behind a name. Raises KeyError."""
        return self.definitions[self.indicators[name][0] if name in self.indicators else name]

    def label(self, name: str) -> str:
        """The Chinese label of a definition or named indicator."""
        return self.indicators[name][1].label if name in self.indicators else self.definitions[name].label

    def parameters(self, name: str, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Every parameter with its value: defaults, then the named indicator's, then ``overrides``."""
        definition = self.definition(name)
        values = {key: parameter.default for key, parameter in definition.parameters.items()}
        if name in self.indicators:
            values.update(self.indicators[name][1].parameters)
        return {**values, **(overrides or {})}

    def check(self, name: str, parameters: Mapping[str, Any]) -> list[str]:
        """Faults (Chinese) of binding these parameters to this name; [] when it can be bound."""
        if name not in self.names():
            return [f"没有名为“{name}”的指标"]
        definition = self.definition(name)
        faults = [f"指标“{name}”没有参数“{key}”" for key in parameters if key not in definition.parameters]
        if faults:
            return faults
        try:
            self.bind(name, parameters)
        except DefinitionError as error:
            return list(error.faults)
        return []

    def bind(
        self, name: str, overrides: Mapping[str, Any] | None = None, *, only: tuple[str, str] | None = None
    ) -> Bound:
        """A measure ready to be counted.

        Args:
            name: definition id or named indicator.
            overrides: parameter values that differ from the defaults.
            only: (column of the unit table, code): count the units of that code only (disaggregation).

        Raises:
            DefinitionError: a parameter is unknown or its value does not fit.
        """
        return bind(self.definition(name), self.parameters(name, overrides), self.contract, only=only)


def _checked(name: str, parameter: Parameter, value: Any, contract: Contract) -> list[str]:
    fits = {
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "decimal": isinstance(value, int | Decimal) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
        "date": isinstance(value, date),
        "code": isinstance(value, str),
        "codes": isinstance(value, list | tuple) and all(isinstance(item, str) for item in value),
    }[parameter.type]
    if not fits:
        return [f"参数“{name}”（{parameter.label}）的值“{value}”类型不对，应为 {parameter.type}"]
    if parameter.codes is None:
        return []
    if parameter.codes not in contract.codelists:
        return [f"参数“{name}”的代码表“{parameter.codes}”不存在"]
    known = contract.codelists[parameter.codes].codes
    chosen = [value] if isinstance(value, str) else list(value)
    return [
        f"参数“{name}”的代码“{code}”不在代码表“{parameter.codes}”中" for code in chosen if code not in known
    ]


def bind(
    definition: Definition,
    values: Mapping[str, Any],
    contract: Contract,
    *,
    only: tuple[str, str] | None = None,
) -> Bound:
    """Give every parameter its value and build the frozen model. Raises DefinitionError with all faults."""
    unknown = [f"没有参数“{name}”" for name in values if name not in definition.parameters]
    wrong = [
        fault
        for name, parameter in definition.parameters.items()
        for fault in _checked(name, parameter, values.get(name), contract)
    ]
    if unknown or wrong:
        raise DefinitionError(definition.id, unknown + wrong)
    parser = Parser(contract, values)
    try:
        bound = _build(definition, parser, values, only)
    except (Fault, ValueError) as error:
        raise DefinitionError(definition.id, [str(error)]) from error
    unused = sorted(definition.parameters.keys() - parser.used)
    if unused:
        raise DefinitionError(definition.id, [f"参数“{name}”声明了却没有用到" for name in unused])
    return bound


def _build(
    definition: Definition, parser: Parser, values: Mapping[str, Any], only: tuple[str, str] | None
) -> Bound:
    units = parser.units(definition.units, "units")
    table = parser.contract.table(units.table)
    condition, numerator, denominator = (
        definition.condition and parser.condition(definition.condition, table, "condition"),
        definition.numerator and parser.number(definition.numerator, table, "numerator"),
        definition.denominator and parser.number(definition.denominator, table, "denominator"),
    )
    _no_spare(definition)
    if definition.population and definition.population not in parser.contract.table("population").columns:
        raise Fault("population", f"人口表没有“{definition.population}”这一列")
    for column in definition.disaggregate:
        declared = table.columns.get(column)
        if declared is None or declared.codes is None:
            raise Fault("disaggregate", f"“{column}”不是有代码表的列")
    bound = Bound(
        measure=definition.id,
        kind=definition.kind,
        units=_only(_folded(units), only),
        period=definition.period,
        parameters=tuple((name, _frozen(values[name])) for name in definition.parameters),
        condition=fold(condition) if condition else None,
        numerator=fold_value(numerator) if numerator else None,
        denominator=fold_value(denominator) if denominator else None,
        population=definition.population,
        per=definition.per,
        cells=definition.cells,
        suppress_below=definition.suppress_below,
    )
    if bound.cells:
        _check_cells(bound, parser.contract)
    return bound


def _check_cells(bound: Bound, contract: Contract) -> None:
    """Refuse ``cells`` where counting by facility and month has no meaning."""
    if bound.units.table != "facility":
        raise Fault("cells", "逐机构逐月计数的单位应为 facility")
    if bound.kind not in (Kind.RATIO, Kind.COUNT):
        raise Fault("cells", "逐机构逐月计数只用于 ratio 和 count")
    if bound.period is PeriodKind.STOCK:
        raise Fault("cells", "逐机构逐月计数的 period 应为 year 或 month")
    for key, value in (("numerator", bound.numerator), ("denominator", bound.denominator)):
        if value is not None and not walk.countable_by_month(value, contract):
            raise Fault(
                key,
                "逐机构逐月计数只能由 count、sum、when 组成，所数的表须由机构按月填报、直接联系到机构、不写 window",
            )


def _no_spare(definition: Definition) -> None:
    """Refuse keys that the kind does not use: an unused key is an error, never silence."""
    allowed = {
        Kind.SHARE: {"condition"},
        Kind.FLAG: {"condition"},
        Kind.RATIO: {"numerator", "denominator"},
        Kind.RATE: {"numerator", "population"},
        Kind.COUNT: {"numerator"},
    }[definition.kind]
    for key in ("condition", "numerator", "denominator", "population"):
        if getattr(definition, key) is not None and key not in allowed:
            raise Fault(key, f"{definition.kind.value} 不用这个键，请删去")
    if "per" in definition.model_fields_set and definition.kind is not Kind.RATE:
        raise Fault("per", f"{definition.kind.value} 不用这个键，请删去")


def _frozen(value: Any) -> object:
    return tuple(value) if isinstance(value, list) else value


def _folded(units: Units) -> Units:
    return replace(units, where=_folded_condition(units.where), complete=_folded_condition(units.complete))


def _folded_condition(condition: Condition | None) -> Condition | None:
    folded = None if condition is None else fold(condition)
    return None if folded == TRUE else folded


def _only(units: Units, only: tuple[str, str] | None) -> Units:
    if only is None:
        return units
    column, code = only
    chosen: Condition = OneOf(FieldNode(column), (code,))
    where = chosen if units.where is None else All((units.where, chosen))
    return replace(units, where=where)


def read_definition(path: Path, contract: Contract) -> Definition:
    """Load one file and try it with its defaults and every named indicator. Raises DefinitionError."""
    definition = build(Definition, read_yaml(path), path.name)
    if definition.id != path.stem:
        raise DefinitionError(path.name, [f"id“{definition.id}”与文件名不同"])
    defaults = {name: parameter.default for name, parameter in definition.parameters.items()}
    for named in ({}, *(named.parameters for named in definition.indicators.values())):
        bind(definition, {**defaults, **named}, contract)
    return definition


def load_book(folder: Path) -> Book:
    """Load every definition of a folder; names must be unique. Raises DefinitionError."""
    contract = load_contract()
    definitions = {path.stem: read_definition(path, contract) for path in sorted(folder.glob("*.yaml"))}
    seen: dict[str, str] = dict.fromkeys(definitions, "定义")
    for definition in definitions.values():
        for name in definition.indicators:
            if name in seen and name != definition.id:
                raise DefinitionError(definition.id, [f"指标名“{name}”已被{seen[name]}使用"])
            seen[name] = f"“{definition.id}”"
    return Book(definitions, contract)


@cache
def load_measures() -> Book:
    """The definitions shipped with Xinglin."""
    return load_book(DEFINITIONS)
