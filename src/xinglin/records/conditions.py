"""Conditions over the fields of a record: when a field is asked for, what a check demands, when a move is open.

A condition is data: the server and the form in the browser read the same mapping. A test of an empty field fails,
except ``given: false``; so nothing is demanded of what has not been filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field as Key
from pydantic import model_validator

from xinglin.base.yamlfile import Strict
from xinglin.records.written import RIGHT, Plain

Values = Mapping[str, Any]
_FORMS = ("all", "any", "not_", "field")
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": lambda left, right: left >= right,
    "more_than": lambda left, right: left > right,
    "at_most": lambda left, right: left <= right,
    "less_than": lambda left, right: left < right,
}


class Other(Strict):
    """Another field of the record, as the right side of a comparison."""

    field: str


Right = Annotated[bool | int | Decimal | date | str | Other, RIGHT]


class Condition(Strict):
    """One of: ``all``, ``any``, ``not``; or a ``field`` with exactly one test.

    Tests: ``is``, ``is_not``, ``in``, ``has`` (several choices: one of them is chosen), ``at_least``, ``more_than``,
    ``at_most``, ``less_than`` (a value or ``{field: other}``), ``given``.
    """

    all: tuple[Condition, ...] | None = None
    any: tuple[Condition, ...] | None = None
    not_: Condition | None = Key(None, alias="not")
    field: str | None = None
    is_: Plain | None = Key(None, alias="is")
    is_not: Plain | None = None
    in_: tuple[Plain, ...] | None = Key(None, alias="in")
    has: str | None = None
    at_least: Right | None = None
    more_than: Right | None = None
    at_most: Right | None = None
    less_than: Right | None = None
    given: bool | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Condition:
        forms = [name for name in _FORMS if getattr(self, name) is not None]
        tests = [name for name in _TESTS if getattr(self, name) is not None]
        if len(forms) != 1:
            raise ValueError("条件应写 all、any、not、field 之一，只写一个")
        if () in (self.all, self.any):
            raise ValueError("all、any 里至少写一个条件")
        if len(tests) != (1 if self.field is not None else 0):
            raise ValueError(f"field 后面应写一个判断：{'、'.join(map(_written, _TESTS))}；别处不写")
        return self

    def holds(self, values: Values) -> bool:
        """Whether the condition holds for a record's values (missing and None alike are empty)."""
        if self.all is not None:
            return all(part.holds(values) for part in self.all)
        if self.any is not None:
            return any(part.holds(values) for part in self.any)
        if self.not_ is not None:
            return not self.not_.holds(values)
        return self._test(values.get(str(self.field)), values)

    def _test(self, found: Any, values: Values) -> bool:
        if self.given is not None:
            return is_given(found) is self.given
        if not is_given(found):
            return False
        if self.is_ is not None:
            return bool(found == self.is_)
        if self.is_not is not None:
            return bool(found != self.is_not)
        if self.in_ is not None:
            return found in self.in_
        if self.has is not None:
            return self.has in found
        name = next(name for name in _ORDERS if getattr(self, name) is not None)
        right = getattr(self, name)
        other = values.get(right.field) if isinstance(right, Other) else right
        return is_given(other) and _ORDERS[name](found, other)

    def fields(self) -> frozenset[str]:
        """Every field the condition looks at."""
        parts = [*(self.all or ()), *(self.any or ()), *((self.not_,) if self.not_ else ())]
        found = frozenset().union(*(part.fields() for part in parts))
        rights = (getattr(self, name) for name in _ORDERS)
        others = {right.field for right in rights if isinstance(right, Other)}
        return found | others | ({self.field} if self.field else set())

    def compared(self) -> frozenset[str]:
        """The fields whose values it looks at: all but those of which it only asks whether they are filled."""
        tested = {name for name, test, _ in self.tests() if test != "given"}
        others = {right.field for _, _, right in self.tests() if isinstance(right, Other)}
        return frozenset(tested | others)

    def tests(self) -> list[tuple[str, str, Any]]:
        """Every test of a field: field, name of the test, right side; for the loader to check."""
        parts = [*(self.all or ()), *(self.any or ()), *((self.not_,) if self.not_ else ())]
        own = [
            (self.field, name, getattr(self, name))
            for name in _TESTS
            if self.field is not None and getattr(self, name) is not None
        ]
        return [*own, *(test for part in parts for test in part.tests())]

    def as_data(self) -> dict[str, Any]:
        """The mapping it was written as, for the browser (dates and decimals as text)."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


_TESTS = ("is_", "is_not", "in_", "has", *_ORDERS, "given")


def _written(name: str) -> str:
    return name.rstrip("_")


def is_given(value: Any) -> bool:
    """Whether a field holds something: nought and no are something, an empty text or list is not."""
    return value is not None and value not in ("", (), [])
