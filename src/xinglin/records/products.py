"""Whether a product can be worked out exactly and kept: its factors have limits, its field says how many decimals."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import prod

from xinglin.records.definition import Definition
from xinglin.records.fields import Field, FieldType

MOST = Decimal(10) ** 15
"""What a product may come to: index rows keep 18 digits before the point."""
_LEAST = 2


def faults_of(one: Definition) -> Iterator[str]:
    """What is wrong with computed products, in Chinese."""
    for name, field in one.declared.items():
        if field.computed is not None and field.computed.product is not None:
            yield from (f"fields.{name}.computed：{fault}" for fault in _faults(one, field))


def _faults(one: Definition, field: Field) -> Iterator[str]:
    assert field.computed is not None
    names = field.computed.fields
    factors = [one.fields[name] for name in names if name in one.fields]
    if len(names) < _LEAST:
        yield "product 至少写两个字段"
    whole = all(factor.type in (FieldType.INTEGER, FieldType.YEAR) for factor in factors)
    if field.type is FieldType.INTEGER and not whole:
        yield "乘数里有小数，本字段请写 decimal 和 places"
    if field.type is FieldType.DECIMAL and field.places is None:
        yield "积四舍五入到几位小数，请写 places"
    open_ = [name for name in names if name in one.fields and one.fields[name].max is None]
    yield from (f"乘数“{name}”没有 max，积没有上限，请写上" for name in open_)
    most = prod(max(abs(Decimal(f.max or 0)), abs(Decimal(f.min or 0))) for f in factors)
    if not open_ and most > MOST:
        yield f"积可能超过 {MOST:,f}，请把乘数的 max 改小"
