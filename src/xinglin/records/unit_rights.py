"""Whether the fields that name units can say who sees a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinglin.records.definition import UNIT_ROLES, Definition, Subject
from xinglin.records.fields import FieldType
from xinglin.records.units import PARENT

TYPES = (FieldType.TEXT, FieldType.LINES, FieldType.CODE, FieldType.CODES)


def faults_of(one: Definition, known: Mapping[str, Definition]) -> Iterator[str]:
    """What is wrong with ``who.units``, in Chinese."""
    if one.who.units and not one.who.all & set(UNIT_ROLES):
        yield f"who.units：read、write 里没有 {'、'.join(UNIT_ROLES)}，写了不起作用"
    for name in one.who.units:
        field = one.fields.get(name)
        if name == PARENT and one.subject is Subject.RECORD:
            yield from _of_parent(one, known)
        elif field is None:
            yield f"who.units：没有字段“{name}”"
        elif field.type not in TYPES:
            yield f"who.units：“{name}”不是单位名称，应是 {'、'.join(kind.value for kind in TYPES)}"
        elif field.is_personal:
            yield f"who.units：“{name}”是个人信息，不能写在这里"


def _of_parent(one: Definition, known: Mapping[str, Definition]) -> Iterator[str]:
    parent = known.get(str(one.of))
    if parent is not None and not set(parent.who.units) - {PARENT}:
        yield f"who.units：上级记录“{parent.id}”的 who.units 里没有它自己的字段，parent 不起作用"
