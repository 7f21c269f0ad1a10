"""What changed from one policy document to another: two drafts, two years' plans, a draft and a file that loads.

Entries are paired by what they measure and by their words, never by their numbers: ids begin anew in every document.
What has no partner was added or removed; of a pair every difference is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from xinglin.base.states import Comparator, Strength
from xinglin.policy.reader.diff_pairs import MARKS, Entry, is_number, is_same, pairs_of, ratio, said
from xinglin.policy.reader.diff_words import thresholds_words


class Change(StrEnum):
    """One way in which an entry differs."""

    ADDED = "added"
    REMOVED = "removed"
    RAISED = "raised"
    LOWERED = "lowered"
    POSTPONED = "postponed"
    BROUGHT_FORWARD = "brought_forward"
    STRENGTHENED = "strengthened"
    WEAKENED = "weakened"
    REASSIGNED = "reassigned"
    REDEFINED = "redefined"
    REWORDED = "reworded"

    @property
    def label(self) -> str:
        """Chinese word shown to users."""
        return _LABELS[self]


_LABELS = {
    Change.ADDED: "新增",
    Change.REMOVED: "取消",
    Change.RAISED: "提高",
    Change.LOWERED: "降低",
    Change.POSTPONED: "期限延后",
    Change.BROUGHT_FORWARD: "期限提前",
    Change.STRENGTHENED: "要求变硬",
    Change.WEAKENED: "要求变软",
    Change.REASSIGNED: "责任单位变动",
    Change.REDEFINED: "口径变动",
    Change.REWORDED: "措辞变动",
}
_STRICTEST = (Strength.MUST, Strength.EXPECTED, Strength.IN_PRINCIPLE, Strength.STRIVE, Strength.ENCOURAGE)
_KINDS = ("targets", "tasks", "duties", "trends")
_SURELY = 0.93


@dataclass(frozen=True)
class Difference:
    """An entry that differs.

    Attributes:
        kind: ``targets``, ``tasks``, ``duties`` or ``trends``. changes: in what ways.
        words: the difference in one Chinese sentence. old, new: the entries, None where there is none.
    """

    kind: str
    changes: tuple[Change, ...]
    words: str
    old: Entry | None
    new: Entry | None


@dataclass(frozen=True)
class Comparison:
    """Two documents held against each other; ``same`` counts the entries that did not change, by kind."""

    old: Entry
    new: Entry
    differences: tuple[Difference, ...]
    same: Mapping[str, int] = field(default_factory=dict)

    def counts(self) -> dict[Change, int]:
        """How often each change happened, in the order of `Change`."""
        counted = Counter(change for one in self.differences for change in one.changes)
        return {change: counted[change] for change in Change if counted[change]}

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; its keys are part of the interface."""
        return {
            "old": _named(self.old),
            "new": _named(self.new),
            "counts": {change.value: count for change, count in self.counts().items()},
            "same": dict(self.same),
            "differences": [_plain(asdict(one)) for one in self.differences],
        }


def compare(old: Entry, new: Entry) -> Comparison:
    """What changed from one document to another; both as plain data of our file format, reviewed or not."""
    differences: list[Difference] = []
    same: dict[str, int] = {}
    for kind in _KINDS:
        before, after = list(old.get(kind) or []), list(new.get(kind) or [])
        pairs = pairs_of(kind, before, after, is_same(old, new))
        partner = {right: left for left, right in pairs}
        found = [_changed(kind, before[partner[at]], one) for at, one in enumerate(after) if at in partner]
        same[kind] = found.count(None)
        found += [_lone(kind, Change.ADDED, one) for at, one in enumerate(after) if at not in partner]
        gone = set(range(len(before))) - set(partner.values())
        found += [_lone(kind, Change.REMOVED, before[at]) for at in sorted(gone)]
        differences += [one for one in found if one]
    return Comparison(old, new, tuple(differences), same)


# Changes


def _lone(kind: str, change: Change, entry: Entry) -> Difference:
    words = f"{change.label}：{_title(kind, entry)}"
    return Difference(kind, (change,), words, *((entry, None) if change is Change.REMOVED else (None, entry)))


def _changed(kind: str, old: Entry, new: Entry) -> Difference | None:
    told = list(_target_changes(old, new)) if kind == "targets" else []
    told += list(_unit_changes(old, new))
    if not told and _reworded(kind, old, new):
        told.append((Change.REWORDED, f"原为“{_title(kind, old)}”"))
    if not told:
        return None
    changes = tuple(dict.fromkeys(change for change, _ in told))
    words = "；".join(f"{change.label}，{how}" for change, how in told)
    return Difference(kind, changes, f"{_title(kind, new)}：{words}", old, new)


def _target_changes(old: Entry, new: Entry) -> Iterator[tuple[Change, str]]:
    before, after = thresholds_words(old), thresholds_words(new)
    step = _step(old, new)
    if step:
        yield (Change.RAISED if step > 0 else Change.LOWERED), f"由{before}到{after}"
    elif before != after:
        yield Change.REDEFINED, f"由{before}改为{after}"
    if old.get("measure") != new.get("measure") and "wanted" not in (old.get("measure"), new.get("measure")):
        yield Change.REDEFINED, f"指标由 {old.get('measure')} 改为 {new.get('measure')}"
    first, second = old.get("deadline"), new.get("deadline")
    if isinstance(first, date) and isinstance(second, date) and first != second:
        yield (
            Change.POSTPONED if second > first else Change.BROUGHT_FORWARD,
            f"由 {first} 到 {second}",
        )
    firm, firmer = _firmness(old), _firmness(new)
    if firm is not None and firmer is not None and firm != firmer:
        words = f"由“{_STRICTEST[firm].label}”到“{_STRICTEST[firmer].label}”"
        yield (Change.STRENGTHENED if firmer < firm else Change.WEAKENED), words


def _step(old: Entry, new: Entry) -> int:
    """1 when more is asked than before, -1 when less, 0 when the same or not to be compared."""
    if old.get("unit") != new.get("unit"):
        return 0
    steps = [
        _sign(*pair) for pair in ((old.get("value"), new.get("value")), (old.get("upper"), new.get("upper")))
    ]
    before, after = old.get("parameters") or {}, new.get("parameters") or {}
    steps += [_sign(before.get(name), after.get(name)) for name in sorted({*before, *after})]
    if not any(steps):
        steps.append(_sign(_over(old), _over(new)))
    return max(steps) if min(steps) >= 0 else min(steps) if max(steps) <= 0 else 0


def _over(entry: Entry) -> int:
    return int(entry.get("comparator") == Comparator.MORE_THAN.value)


def _sign(before: object, after: object) -> int:
    if not (is_number(before) and is_number(after)):
        return 0
    first, second = Decimal(str(before)), Decimal(str(after))
    return (second > first) - (second < first)


def _firmness(entry: Entry) -> int | None:
    names = [strength.value for strength in _STRICTEST]
    return names.index(str(entry.get("strength"))) if entry.get("strength") in names else None


def _unit_changes(old: Entry, new: Entry) -> Iterator[tuple[Change, str]]:
    before = list(old.get("units") or old.get("responsible") or [])
    after = list(new.get("units") or new.get("responsible") or [])
    if before and after and before != after:
        came = [unit for unit in after if unit not in before]
        went = [unit for unit in before if unit not in after]
        parts = [f"{word}{'、'.join(units)}" for word, units in (("增加", came), ("减少", went)) if units]
        yield Change.REASSIGNED, "，".join(parts) or f"次序改为{'、'.join(after)}"


def _reworded(kind: str, old: Entry, new: Entry) -> bool:
    """Whether the words differ; quotations are held against quotations only."""
    quoted = [bool((entry.get("review") or {}).get("quotations")) for entry in (old, new)]
    if all(quoted):
        return MARKS.sub("", said(kind, old)) != MARKS.sub("", said(kind, new))
    own = [
        str(entry.get("summary") or entry.get("heading") or entry.get("duty") or "") for entry in (old, new)
    ]
    return not any(quoted) and own[0] != own[1] and ratio(*own) < _SURELY


def _title(kind: str, entry: Entry) -> str:
    words = entry.get({"tasks": "heading", "duties": "duty"}.get(kind, "summary")) or ""
    name = entry.get("id") or entry.get("clause") or ""
    return f"{name} {words}".strip()


def _named(document: Entry) -> dict[str, Any]:
    return {key: _plain(document.get(key)) for key in ("id", "title", "number", "issued", "period")}


def _plain(value: Any) -> Any:
    """Values as JSON knows them: days as text; a decimal of a few places survives the way through a float."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
