"""What units are called: 家村卫生室, 个中医馆, 个县 … with their measure words."""

from __future__ import annotations

from xinglin.facts import Contract
from xinglin.measures import Bound, Kind
from xinglin.measures.nodes import All, Compare, Condition, Field, Literal, OneOf, Operator, When

_MEASURE_WORDS = {"facility": "家", "practitioner": "名", "survey_response": "份"}
_CALLED = {
    "post": "名任职人员",
    "trainer": "名师资",
    "training": "人次培训",
    "secondment": "名派驻人员",
    "education_activity": "次健康教育",
    "unit": "个建设单位",
}
"""Tables whose rows people call otherwise than the table; what is missing is then said by the definition."""
_OF_REGIONS = {4: "个市", 6: "个县"}
_NAMED_KINDS = 2  # more kinds than these are 机构 together


def unit_word(bound: Bound, contract: Contract) -> str:
    """What a measure counts one by one, with its measure word: ``家村卫生室``.

    Facilities are called by their kind where the measure looks at one or two kinds, else 机构.
    """
    table = contract.table(bound.units.table)
    if bound.cells:
        return "个机构月"
    if bound.units.level is not None:
        return _OF_REGIONS[bound.units.level]
    if table.name == "population":
        return "个地区"
    if table.name in _CALLED:
        return _CALLED[table.name]
    return _MEASURE_WORDS.get(table.name, "个") + (_kinds(bound, contract) or table.label)


def lacking_word(bound: Bound, contract: Contract, act_on: str) -> str:
    """What is missing where a target is missed: units of the measure, or what its definition acts on."""
    said = bound.units.table in _CALLED or not _counts_units(bound)
    return act_on if said else unit_word(bound, contract)


def _counts_units(bound: Bound) -> bool:
    """Whether the numerator is a number of units: those that meet a condition, or 1 for each."""
    if bound.kind is Kind.SHARE:
        return True
    value = bound.numerator
    while isinstance(value, When):
        value = value.value
    return isinstance(value, Literal)


def _kinds(bound: Bound, contract: Contract) -> str:
    """The kinds of facility a measure looks at, joined by 或; empty when they are many or not said."""
    codes = [code for part in _parts(bound.units.where) for code in _chosen(part)]
    if bound.units.table != "facility" or not 0 < len(codes) <= _NAMED_KINDS:
        return ""
    known = contract.codes("facility", "kind")
    assert known is not None
    return "或".join(known.codes[code].label for code in codes)


def _parts(condition: Condition | None) -> tuple[Condition, ...]:
    if isinstance(condition, All):
        return tuple(inner for part in condition.conditions for inner in _parts(part))
    return () if condition is None else (condition,)


def _chosen(condition: Condition) -> tuple[str, ...]:
    if not isinstance(condition, OneOf | Compare) or condition.value != Field("kind"):
        return ()
    if isinstance(condition, OneOf):
        return condition.codes
    return (str(condition.constant),) if condition.operator is Operator.EQUAL else ()
