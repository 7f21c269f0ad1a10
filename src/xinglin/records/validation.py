"""The one place where a record is checked: page, API, import and template all come here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from xinglin.facts.fault import Fault
from xinglin.facts.text import normal
from xinglin.records.cells import Cells, from_json, to_json
from xinglin.records.computing import settled
from xinglin.records.conditions import is_given
from xinglin.records.definition import Definition
from xinglin.records.fields import REFERENCES, Field, FieldType, Value
from xinglin.records.standard import Standard


class FieldFault(NamedTuple):
    """What is wrong with a field (or an item: ``items.A1``); ``warning``: it may be saved all the same."""

    field: str
    fault: Fault
    warning: bool = False


class Lookup(Protocol):
    """What a record may refer to, as the database has it."""

    def faults(self, kind: str, ids: Collection[str]) -> Mapping[str, Fault]:
        """Ids (or place codes, ``kind`` ``place``) that do not exist or may not be referred to here, and why."""


class Anything:
    """A lookup that believes everything: for samples and tests of the library."""

    def faults(self, kind: str, ids: Collection[str]) -> Mapping[str, Fault]:
        """Nothing is wrong."""
        del kind, ids
        return {}


@dataclass(frozen=True)
class Checked:
    """Typed values, and every fault found (errors and warnings)."""

    values: dict[str, Value]
    faults: tuple[FieldFault, ...] = ()
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[FieldFault, ...]:
        """Faults that keep the record from being saved."""
        return tuple(fault for fault in self.faults if not fault.warning)


class _Readers:
    """Readers per definition, by identity: definitions are frozen but cannot be hashed."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Definition, dict[str, Cells]]] = {}

    def of(self, definition: Definition) -> dict[str, Cells]:
        """One reader per field."""
        if id(definition) not in self._kept:
            made = {name: Cells(one, definition.id, name) for name, one in definition.fields.items()}
            self._kept[id(definition)] = (definition, made)  # keeps the id taken
        return self._kept[id(definition)][1]


_READERS = _Readers()


def check(definition: Definition, raw: Mapping[str, Any], lookup: Lookup, *, draft: bool = False) -> Checked:
    """Read and check a record.

    Args:
        raw: field → what was typed, or typed values. lookup: what may be referred to. draft: what is missing is no
        fault.
    """
    faults = [_unknown(name) for name in raw if name not in definition.fields]
    values: dict[str, Value] = {}
    for name, reader in _READERS.of(definition).items():
        if definition.fields[name].computed is None:
            found = reader.read(raw.get(name))
            if isinstance(found, Fault):
                faults.append(FieldFault(name, found))
                found = None
            values[name] = found
    bad = {fault.field for fault in faults}
    values = settled(definition.fields, definition.settling, values)
    faults = [fault for fault in faults if _counts(definition.fields.get(fault.field), bad, values)]
    if not draft:
        faults += [f for f in _missing(definition.fields, values) if f.field not in bad]
    faults += _between(definition, values, draft=draft)
    faults += _references(definition.fields, values, lookup)
    return Checked(values, tuple(faults))


def _unknown(name: str) -> FieldFault:
    return FieldFault(name, Fault("unknown_field", f"没有字段“{name}”", "请检查拼写或删去"))


def _counts(field: Field | None, bad: Collection[str], values: Mapping[str, Value]) -> bool:
    """Whether a fault matters: not that of a field which is not asked for, as far as one can tell."""
    if field is None or field.when is None or field.when.fields() & set(bad):
        return True
    return field.when.holds(values)


def _missing(fields: Mapping[str, Field], values: Mapping[str, Value]) -> Iterable[FieldFault]:
    for name, one in fields.items():
        asked = one.when is None or one.when.holds(values)
        if one.required and asked and not is_given(values.get(name)):
            why = "" if one.when is None else "（在这种情况下要填）"
            yield FieldFault(name, Fault("missing", f"{one.label}没有填{why}", f"请填写{one.label}"))


def _between(definition: Definition, values: Mapping[str, Value], *, draft: bool) -> Iterable[FieldFault]:
    """Checks between fields; of a draft only those that do not ask whether something is filled."""
    first, last = values.get("valid_from"), values.get("valid_to")
    if first is not None and last is not None and last < first:  # type: ignore[operator]
        label = definition.fields["valid_to"].label
        yield FieldFault("valid_to", Fault("wrong_order", f"{label} {last} 早于 {first}", "请核对两个日期"))
    for one in definition.checks:
        compared = one.that.compared()
        if draft and compared != one.that.fields():
            continue
        if all(is_given(values.get(name)) for name in compared) and not one.that.holds(values):
            fix = f"请核对{definition.fields[one.at].label}"
            yield FieldFault(one.at, Fault("check", one.says, fix), one.warning)


def _references(
    fields: Mapping[str, Field], values: Mapping[str, Value], lookup: Lookup
) -> Iterable[FieldFault]:
    for name, one in fields.items():
        value = values.get(name)
        kind = REFERENCES.get(one.type)
        if one.type is FieldType.PLACE:
            kind = "place"
        elif one.type is FieldType.RECORD:
            kind = f"record:{one.of}"
        if kind is None or not is_given(value):
            continue
        ids = (value,) if isinstance(value, str) else value
        for fault in lookup.faults(kind, ids).values():  # type: ignore[arg-type]
            yield FieldFault(name, fault)
        if one.type is FieldType.PLACE and one.levels and len(str(value)) not in one.levels:
            wanted = "、".join(
                {2: "省", 4: "市", 6: "县", 9: "乡镇", 12: "村"}[level] for level in one.levels
            )
            yield FieldFault(name, Fault("place_level", f"{one.label}应是{wanted}一级的地区", "请重新选择"))


def check_scores(standard: Standard, raw: Mapping[str, Any]) -> Checked:
    """Read and check the scores of an assessment: item → self, verified, reason, note, na.

    Points lost on the verified side need a reason; an item not applicable has no scores.
    """
    items, faults, scores = dict(standard.items()), [], {}
    for name, entry in raw.items():
        if name not in items:
            faults.append(_unknown(f"items.{name}"))
            continue
        if not isinstance(entry, Mapping):
            what = Fault("bad_score", f"“{items[name].label}”的分值写法不对", "请分别填写自评、核验的分值")
            faults.append(FieldFault(f"items.{name}", what))
            continue
        kept: dict[str, Any] = {key: text for key in ("reason", "note") if (text := _words(entry.get(key)))}
        if entry.get("na") is True or str(entry.get("na")).lower() in _YES:
            scores[name] = {"na": True, **kept}
            continue
        for side in ("self", "verified"):
            if is_given(entry.get(side)):
                score = _decimal(entry[side])
                fault = "不是数字" if score is None else items[name].fault(score)
                if fault or score is None:
                    what = Fault(
                        "bad_score", f"“{items[name].label}”的分值“{entry[side]}”{fault}", "请改正分值"
                    )
                    faults.append(FieldFault(f"items.{name}", what))
                else:
                    kept[side] = score
        lost = kept.get("verified") is not None and kept["verified"] < items[name].points
        if lost and "reason" not in kept:
            what = Fault("no_reason", f"“{items[name].label}”扣了分，没有写原因", "请写明扣分原因")
            faults.append(FieldFault(f"items.{name}", what))
        if kept:
            scores[name] = kept
    return Checked({}, tuple(faults), scores)


_YES = ("true", "1", "on", "是", "yes")
_SCORE = re.compile(r"-?\d{1,9}(\.\d{1,6})?")


def _decimal(raw: Any) -> Decimal | None:
    text = normal(str(raw))
    return Decimal(text) if _SCORE.fullmatch(text) else None


def _words(raw: Any) -> str:
    return "" if raw is None else str(raw).strip()


def document(definition: Definition, values: Mapping[str, Value]) -> dict[str, Any]:
    """The values as they are kept: only what is filled."""
    return {name: to_json(values[name]) for name in definition.fields if is_given(values.get(name))}


def values_of(definition: Definition, kept: Mapping[str, Any]) -> dict[str, Value]:
    """The typed values of a kept document; fields it does not know are left out."""
    return {name: from_json(one, kept.get(name)) for name, one in definition.fields.items()}
