"""From the text of a definition to nodes. Every fault is found in one reading and told in Chinese with its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xinglin.facts import CodeList, Column, ColumnType, Contract, Table
from xinglin.measures.nodes import (
    All,
    AnyOf,
    AtLeastCode,
    Compare,
    Condition,
    Count,
    CountDistinct,
    Exists,
    Field,
    Latest,
    Literal,
    Not,
    OneOf,
    Operator,
    Present,
    Proportion,
    Recent,
    Rows,
    Scalar,
    Span,
    Sum,
    Units,
    Value,
    When,
)

_OPERATORS = {operator.value for operator in Operator}
_TESTS = _OPERATORS | {"in", "present", "recent_days"}
_NUMBERS = (ColumnType.INTEGER, ColumnType.YEAR, ColumnType.DECIMAL)


def _sort(column: Column) -> str:
    """Whether a column holds numbers, booleans, dates or words: what can be equal."""
    if column.type in _NUMBERS:
        return "number"
    return column.type.value if column.type in (ColumnType.BOOLEAN, ColumnType.DATE) else "text"


class Fault(Exception):  # noqa: N818 - a finding collected and told, not an error of the program
    """One fault at one place of a definition."""

    def __init__(self, place: str, words: str) -> None:
        super().__init__(f"{place}：{words}")


class Parser:
    """Reads conditions and values against the contract; ``$name`` stands for a parameter's value.

    Args:
        contract: the fact tables and code lists names are checked against.
        values: the value of every parameter.
    """

    def __init__(self, contract: Contract, values: Mapping[str, Any]) -> None:
        self.contract = contract
        self.values = values
        self.used: set[str] = set()
        self._depth = 0

    def units(self, raw: Any, place: str) -> Units:
        """Read ``units``: a table with a filter. Raises Fault."""
        raw = self._keys(raw, place, {"table", "where", "level", "complete"}, {"table"})
        table = self._table(raw["table"], f"{place}.table")
        if (table.name == "region") != ("level" in raw):
            raise Fault(place, "单位是 region 时，且只有这时，要写 level（4 或 6）")
        if "level" in raw and raw["level"] not in (4, 6):
            raise Fault(f"{place}.level", "应为 4 或 6")
        if table.place is None:
            raise Fault(f"{place}.table", f"“{table.name}”不带地区，不能作单位")
        where, complete = (
            self.condition(raw[key], table, f"{place}.{key}") if key in raw else None
            for key in ("where", "complete")
        )
        return Units(table.name, where, raw.get("level"), complete)

    def condition(self, raw: Any, table: Table, place: str) -> Condition:
        """Read one condition on a row of ``table``. Raises Fault."""
        if not isinstance(raw, dict):
            raise Fault(place, "条件应为键值表")
        for key, reader in self._combining().items():
            if key in raw:
                self._keys(
                    raw, place, {key} | ({"of", "at_least_percent"} if key == "part" else set()), {key}
                )
                found: Condition = reader(raw, table, place)
                return found
        return self._test(raw, table, place)

    def _combining(self) -> dict[str, Any]:
        return {
            "all": lambda raw, table, place: All(self._list(raw["all"], table, f"{place}.all")),
            "any": lambda raw, table, place: AnyOf(self._list(raw["any"], table, f"{place}.any")),
            "not": lambda raw, table, place: Not(self.condition(raw["not"], table, f"{place}.not")),
            "exists": lambda raw, table, place: Exists(self.rows(raw["exists"], table, f"{place}.exists")),
            "part": self._proportion,
        }

    def _list(self, raw: Any, table: Table, place: str) -> tuple[Condition, ...]:
        if not isinstance(raw, list) or not raw:
            raise Fault(place, "应为不空的条件列表")
        return tuple(self.condition(item, table, f"{place}[{i}]") for i, item in enumerate(raw))

    def _proportion(self, raw: dict[str, Any], table: Table, place: str) -> Condition:
        self._keys(raw, place, {"part", "of", "at_least_percent"}, {"part", "of", "at_least_percent"})
        part = self.number(raw["part"], table, f"{place}.part")
        whole = self.number(raw["of"], table, f"{place}.of")
        percent = self._scalar(raw["at_least_percent"], f"{place}.at_least_percent")
        if isinstance(percent, bool) or not isinstance(percent, int | Decimal):
            raise Fault(f"{place}.at_least_percent", "应为数字")
        return Proportion(part, whole, Decimal(percent))

    def _test(self, raw: dict[str, Any], table: Table, place: str) -> Condition:
        tests = [key for key in raw if key in _TESTS]
        if len(tests) != 1:
            raise Fault(place, f"应有且只有一个判断（{'、'.join(sorted(_TESTS))}）")
        test = tests[0]
        value, column = self._value({key: item for key, item in raw.items() if key != test}, table, place)
        return self._tested(test, raw[test], value, column, f"{place}.{test}")

    def _tested(self, test: str, raw: Any, value: Value, column: Column | None, place: str) -> Condition:
        if test == "present":
            if raw not in (True, False):
                raise Fault(place, "应为 true 或 false")
            return Present(value) if raw else Not(Present(value))
        if test == "recent_days":
            return self._recent(raw, value, column, place)
        if test == "in":
            return OneOf(value, self._codes(raw, column, place))
        return self._compare(Operator(test), raw, value, column, place)

    def _recent(self, raw: Any, value: Value, column: Column | None, place: str) -> Condition:
        if column is None or column.type is not ColumnType.DATE:
            raise Fault(place, "只能用于日期列")
        days = self._scalar(raw, place)
        if isinstance(days, bool) or not isinstance(days, int):
            raise Fault(place, "应为整数天数")
        return Recent(value, days)

    def _compare(
        self, operator: Operator, raw: Any, value: Value, column: Column | None, place: str
    ) -> Condition:
        constant = self._scalar(raw, place)
        if isinstance(value, Literal):
            if type(value.constant) is not type(constant) or operator is not Operator.EQUAL:
                raise Fault(place, "常数只能与同类的常数用 is 比较")
            return Compare(value, operator, constant)
        codes = self._codelist(column)
        if codes is not None:
            return self._compare_code(operator, constant, value, codes, place)
        self._same_type(constant, column, place)
        if isinstance(constant, bool | str) and operator not in (Operator.EQUAL, Operator.NOT_EQUAL):
            raise Fault(place, "文字和是否只能用 is 或 is_not 比较")
        return Compare(value, operator, constant)

    def _compare_code(
        self, operator: Operator, constant: Scalar, value: Value, codes: CodeList, place: str
    ) -> Condition:
        if not isinstance(constant, str) or constant not in codes.codes:
            raise Fault(place, f"代码表“{codes.label}”里没有“{constant}”")
        if operator is Operator.AT_LEAST and codes.ordered:
            return AtLeastCode(value, codes.name, constant)
        if operator not in (Operator.EQUAL, Operator.NOT_EQUAL):
            raise Fault(place, f"代码表“{codes.label}”不能这样比较，请用 is、is_not 或 in")
        return Compare(value, operator, constant)

    def _same_type(self, constant: Scalar, column: Column | None, place: str) -> None:
        kind = ColumnType.INTEGER if column is None else column.type
        wanted: tuple[type, ...] = (str,)
        if kind in _NUMBERS:
            wanted = (int, Decimal)
        elif kind is ColumnType.BOOLEAN:
            wanted = (bool,)
        elif kind is ColumnType.DATE:
            wanted = (date,)
        if not isinstance(constant, wanted) or (isinstance(constant, bool) and bool not in wanted):
            raise Fault(place, f"“{constant}”与要比较的值类型不同")

    def _codes(self, raw: Any, column: Column | None, place: str) -> tuple[str, ...]:
        codes = self._codelist(column)
        if codes is None:
            raise Fault(place, "in 只能用于有代码表的列")
        chosen = self._parameter(raw, place)
        if not isinstance(chosen, list | tuple):
            raise Fault(place, "应为代码列表")
        for code in chosen:
            if code not in codes.codes:
                raise Fault(place, f"代码表“{codes.label}”里没有“{code}”")
        return tuple(chosen)

    def _codelist(self, column: Column | None) -> CodeList | None:
        return self.contract.codelists[column.codes] if column is not None and column.codes else None

    def value(self, raw: Any, table: Table, place: str) -> Value:
        """Read a value of a row of ``table``. Raises Fault."""
        return self._value(raw, table, place)[0]

    def number(self, raw: Any, table: Table, place: str) -> Value:
        """Read a value that must be a number. Raises Fault."""
        value, column = self._value(raw, table, place)
        if column is not None and column.type not in _NUMBERS:
            raise Fault(place, "这里要数字")
        if isinstance(value, Literal) and (
            isinstance(value.constant, bool) or not isinstance(value.constant, int | Decimal)
        ):
            raise Fault(place, "这里要数字")
        return value

    def _value(self, raw: Any, table: Table, place: str) -> tuple[Value, Column | None]:
        """A value and the column that gives its type (None: a whole number)."""
        if not isinstance(raw, dict):
            raise Fault(place, "应为键值表，如 {column: kind} 或 {count: 表}")
        readers = {
            "column": self._field,
            "literal": self._literal,
            "count": self._count,
            "count_distinct": self._count_distinct,
            "sum": self._sum,
            "latest": self._latest,
            "when": self._when,
        }
        found = [key for key in readers if key in raw]
        if len(found) != 1:
            raise Fault(
                place,
                f"应有且只有一个取值（{'、'.join(readers)}），或有不认识的键：{'、'.join(map(str, raw))}",
            )
        return readers[found[0]](raw, table, place)

    def _field(self, raw: dict[str, Any], table: Table, place: str) -> tuple[Value, Column]:
        self._keys(raw, place, {"column"}, {"column"})
        return Field(raw["column"]), self._follow(table, raw["column"], f"{place}.column")

    def _literal(self, raw: dict[str, Any], table: Table, place: str) -> tuple[Value, None]:
        self._keys(raw, place, {"literal"}, {"literal"})
        return Literal(self._scalar(raw["literal"], f"{place}.literal")), None

    def _count(self, raw: dict[str, Any], table: Table, place: str) -> tuple[Value, None]:
        self._keys(raw, place, {"count"}, {"count"})
        return Count(self.rows(raw["count"], table, f"{place}.count")), None

    def _over(self, raw: dict[str, Any], key: str, table: Table, place: str) -> tuple[Rows, Column]:
        rows = self.rows(raw["rows"], table, f"{place}.rows")
        return rows, self._follow(self.contract.table(rows.table), raw[key], f"{place}.{key}")

    def _count_distinct(self, raw: dict[str, Any], table: Table, place: str) -> tuple[Value, None]:
        self._keys(raw, place, {"count_distinct", "rows"}, {"count_distinct", "rows"})
        rows, _ = self._over(raw, "count_distinct", table, place)
        return CountDistinct(rows, raw["count_distinct"]), None

    def _sum(self, raw: dict[str, Any], table: Table, place: str) -> tuple[Value, Column]:
        self._keys(raw, place, {"sum", "rows"}, {"sum", "rows"})
        rows, column = self._over(raw, "sum", table, place)
        if column.type not in _NUMBERS:
            raise Fault(f"{place}.sum", "只能加总数字列")
        return Sum(rows, raw["sum"]), column

    def _latest(self, raw: dict[str, Any], table: Table, place: str) -> tuple[Value, Column]:
        self._keys(raw, place, {"latest", "rows", "default"}, {"latest", "rows"})
        rows, column = self._over(raw, "latest", table, place)
        if self.contract.table(rows.table).time.kind != "event":
            raise Fault(f"{place}.rows", "latest 只能用于有日期的事件表")
        default = self._default(raw["default"], column, f"{place}.default") if "default" in raw else None
        return Latest(rows, raw["latest"], default), column

    def _default(self, raw: Any, column: Column, place: str) -> Scalar:
        default = self._scalar(raw, place)
        codes = self._codelist(column)
        if codes is not None and default not in codes.codes:
            raise Fault(place, f"代码表“{codes.label}”里没有“{default}”")
        self._same_type(default, column, place)
        return default

    def _when(self, raw: dict[str, Any], table: Table, place: str) -> tuple[Value, Column | None]:
        self._keys(raw, place, {"when", "value"}, {"when", "value"})
        condition = self.condition(raw["when"], table, f"{place}.when")
        value, column = self._value(raw["value"], table, f"{place}.value")
        if column is not None and column.type not in _NUMBERS:
            raise Fault(f"{place}.value", "这里要数字")
        return When(condition, value), column

    def rows(self, raw: Any, table: Table, place: str) -> Rows:
        """Read related rows: a table name, or a mapping with link, filter and window. Raises Fault."""
        raw = {"table": raw} if isinstance(raw, str) else raw
        raw = self._keys(raw, place, {"table", "by", "matches", "where", "window", "total"}, {"table"})
        target = self._table(raw["table"], f"{place}.table")
        by, matches, within = self._link(raw, table, target, place)
        self._depth += 1
        where = self.condition(raw["where"], target, f"{place}.where") if "where" in raw else None
        self._depth -= 1
        span = self._span(raw["window"], target, f"{place}.window") if "window" in raw else None
        total = raw.get("total")
        if total is not None and total not in self.contract.codelists["total_item"].codes:
            raise Fault(f"{place}.total", f"汇总项目里没有“{total}”")
        return Rows(target.name, by, matches, within, where, span, total)

    def _link(self, raw: dict[str, Any], table: Table, target: Table, place: str) -> tuple[str, str, bool]:
        if table.name == "region" and "by" not in raw:
            if self._depth:
                raise Fault(place, "只有单位是 region 时，相关的行才按所在地区联系；这里请写 by 和 matches")
            if "matches" in raw:
                raise Fault(place, "写了 matches 就要写 by")
            if target.place is None:
                raise Fault(place, f"“{target.name}”不带地区")
            return target.place, "code", True
        if "by" in raw:
            by = self._follow(target, raw["by"], f"{place}.by")
            matches = raw.get("matches", table.id_column)
            if matches is None:
                raise Fault(place, "请写 matches：本行的哪一列与 by 相等")
            if _sort(by) != _sort(self._follow(table, matches, f"{place}.matches")):
                raise Fault(place, f"“{raw['by']}”与“{matches}”类型不同，不能相等")
            return raw["by"], matches, False
        links = [name for name, column in target.columns.items() if column.references == table.name]
        things = [name for name, column in target.columns.items() if column.type is ColumnType.THING]
        found = links or things
        if len(found) != 1 or table.id_column is None or "matches" in raw:
            raise Fault(place, f"“{target.name}”与“{table.name}”的联系不唯一，请写 by 和 matches")
        return found[0], table.id_column, False

    def _span(self, raw: Any, target: Table, place: str) -> Span:
        raw = self._keys(raw, place, {"months", "since"}, set())
        if target.time.kind != "event":
            raise Fault(place, "window 只能用于有日期的事件表")
        if not raw:
            raise Fault(place, "请写 months 或 since")
        wanted = {"months": int, "since": date}
        values = {key: self._scalar(item, f"{place}.{key}") for key, item in raw.items()}
        for key, item in values.items():
            if not isinstance(item, wanted[key]) or isinstance(item, bool):
                raise Fault(f"{place}.{key}", f"“{item}”类型不对，months 要整数，since 要日期")
        try:
            return Span(**values)  # type: ignore[arg-type]
        except ValueError as error:
            raise Fault(place, str(error)) from error

    def _table(self, name: Any, place: str) -> Table:
        if name not in self.contract.tables:
            raise Fault(place, f"没有“{name}”这张表")
        return self.contract.table(name)

    def _follow(self, table: Table, path: Any, place: str) -> Column:
        try:
            return self.contract.follow(table.name, path)[1]
        except (KeyError, AttributeError):
            raise Fault(place, f"表“{table.name}”没有“{path}”这一列") from None

    def _parameter(self, raw: Any, place: str) -> Any:
        if not (isinstance(raw, str) and raw.startswith("$")):
            return raw
        name = raw[1:]
        if name not in self.values:
            raise Fault(place, f"没有声明参数“{name}”")
        self.used.add(name)
        return self.values[name]

    def _scalar(self, raw: Any, place: str) -> Scalar:
        value = self._parameter(raw, place)
        if not isinstance(value, bool | int | Decimal | str | date):
            raise Fault(place, f"“{value}”不是单个的值")
        return value

    def _keys(self, raw: Any, place: str, allowed: set[str], required: set[str]) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise Fault(place, "应为键值表")
        unknown = [str(key) for key in raw if key not in allowed]
        if unknown:
            raise Fault(place, f"不认识的键：{'、'.join(unknown)}；可用：{'、'.join(sorted(allowed))}")
        missing = sorted(required - raw.keys())
        if missing:
            raise Fault(place, f"缺少键：{'、'.join(missing)}")
        return raw
