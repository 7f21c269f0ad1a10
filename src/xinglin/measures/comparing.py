"""How two values that are both there compare: the oracle's own, which shares nothing with SQL."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from xinglin.measures.nodes import Operator

_TESTS: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQUAL: operator.eq,
    Operator.NOT_EQUAL: operator.ne,
    Operator.AT_LEAST: operator.ge,
    Operator.AT_MOST: operator.le,
    Operator.MORE_THAN: operator.gt,
    Operator.LESS_THAN: operator.lt,
}


def compare(operation: Operator, left: Any, right: Any) -> bool:
    """A comparison of two values that are both there."""
    return bool(_TESTS[operation](left, right))
