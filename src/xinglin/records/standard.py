"""A standard: items with points, self-score and verified score, rules by which a result follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field as Key
from pydantic import model_validator

from xinglin.base.yamlfile import Strict
from xinglin.records.written import Number

Side = Literal["self", "verified"]
Scores = Mapping[str, Mapping[str, Any]]
"""Item → ``self``, ``verified`` (points, Decimal), ``reason`` (why points were lost), ``note``."""


class Item(Strict):
    """One item of a standard.

    Attributes:
        label: what is demanded. points: the most there are. evidence: what is to be shown. method: how it is verified.
        steps: label → points where only certain scores exist; else any number from 0 to ``points`` in steps of
        ``unit``.
        must: the standard is missed if the item has not full points. clause: where it stands. sample: a score.
    """

    label: str
    points: Number
    evidence: str = ""
    method: str = ""
    steps: dict[str, Number] = Key(default_factory=dict)
    unit: Number = Decimal("0.5")
    must: bool = False
    clause: str = ""
    sample: Number | None = None

    @model_validator(mode="after")
    def _within(self) -> Item:
        if self.points <= 0 or self.unit <= 0:
            raise ValueError("points、unit 应是正数")
        wrong = [label for label, points in self.steps.items() if not 0 <= points <= self.points]
        if wrong:
            raise ValueError(f"steps 里“{wrong[0]}”的分值不在 0 至 {self.points} 之间")
        if self.steps and max(self.steps.values()) != self.points:
            raise ValueError(f"steps 里没有满分 {self.points}")
        if self.sample is not None and self.fault(Decimal(self.sample)):
            raise ValueError(f"sample：{self.fault(Decimal(self.sample))}")
        return self

    def fault(self, score: Decimal) -> str | None:
        """What is wrong with a score, or None."""
        if self.steps:
            known = "、".join(f"{label}（{points}）" for label, points in self.steps.items())
            return None if score in map(Decimal, self.steps.values()) else f"只能是：{known}"
        if not 0 <= score <= self.points:
            return f"应在 0 至 {self.points} 之间"
        return None if score % Decimal(self.unit) == 0 else f"应以 {self.unit} 分为一级"


class Group(Strict):
    """Items under one heading; ``share``: what part of evidence is looked at when the group is sampled (percent)."""

    label: str
    items: dict[str, Item]


class Needs(Strict):
    """What a result asks for; everything given must hold.

    ``points``: at least so many in all; ``percent``: of the points that apply; ``groups``: at least so many percent in
    each of these; ``full``: these items with full points; ``musts``: all items marked ``must``.
    """

    points: Number | None = None
    percent: Number | None = None
    groups: dict[str, Number] = Key(default_factory=dict)
    full: tuple[str, ...] = ()
    musts: bool = False


class Result(Strict):
    """A result, lowest first in the file; ``cumulative``: only if what the results before it ask for holds as well."""

    label: str
    needs: Needs = Needs()
    cumulative: bool = False


class Standard(Strict):
    """A standard of one edition.

    Attributes:
        name, edition, issued_by: of the source. code: standard of the fact contract that results feed, if there is one.
        groups: items under headings. results: lowest first; the highest whose needs are met is the result.
        sampling: percent of items whose evidence is drawn for verification (at least one a group); 100 for all.
    """

    name: str
    edition: str
    issued_by: str = ""
    code: str | None = None
    groups: dict[str, Group]
    results: dict[str, Result]
    sampling: int = 100

    @model_validator(mode="after")
    def _consistent(self) -> Standard:
        ids = [name for group in self.groups.values() for name in group.items]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        faults = [f"条目“{name}”写了两次" for name in twice]
        for name, result in self.results.items():
            faults += [f"results.{name}：没有条目“{i}”" for i in result.needs.full if i not in ids]
            faults += [f"results.{name}：没有部分“{g}”" for g in result.needs.groups if g not in self.groups]
        for name, result in list(self.results.items())[1:]:
            if result.needs == Needs():
                faults.append(f"results.{name}：没有写 needs，谁都达到了")
            if result.needs.points is not None and result.needs.points > self.points:
                faults.append(f"results.{name}：要 {result.needs.points} 分，全部条目只有 {self.points} 分")
            shares = [result.needs.percent, *result.needs.groups.values()]
            if any(share is not None and not 0 < share <= 100 for share in shares):
                faults.append(f"results.{name}：百分比应在 0 至 100 之间")
        if not 0 < self.sampling <= 100:
            faults.append("sampling 应在 1 至 100 之间")
        if not ids:
            faults.append("一个条目也没有")
        if not self.results:
            faults.append("results 是空的")
        if self.results and next(iter(self.results.values())).needs != Needs():
            faults.append("results 的第一个是最低的结果（如未达标），不写 needs")
        if faults:
            raise ValueError("；".join(faults))
        return self

    def items(self) -> Iterator[tuple[str, Item]]:
        """Every item with its id, in order."""
        for group in self.groups.values():
            yield from group.items.items()

    @property
    def points(self) -> Decimal:
        """The most points there are."""
        return sum((Decimal(item.points) for _, item in self.items()), Decimal(0))


@dataclass(frozen=True)
class Judged:
    """An assessment added up: points won and possible, per group too; items without a score; the result."""

    points: Decimal
    possible: Decimal
    groups: Mapping[str, tuple[Decimal, Decimal]]
    missing: tuple[str, ...]
    lost: Mapping[str, Decimal]
    result: str | None
    short: tuple[str, ...]
    """What keeps it from the next higher result, in words."""


def judge(standard: Standard, scores: Scores, side: Side) -> Judged:
    """Add up one side of an assessment. Without a score for every item there are points but no result; nor is there one
    when no item applies.

    An item marked ``na`` (not applicable) is left out of what is possible.
    """
    won = {name: _score(scores, name, side) for name, _ in standard.items()}
    counted = {name for name, _ in standard.items() if not scores.get(name, {}).get("na")}
    groups = {}
    for key, group in standard.groups.items():
        mine = [name for name in group.items if name in counted]
        points = sum((won[name] or Decimal(0) for name in mine), Decimal(0))
        groups[key] = (points, sum((Decimal(group.items[name].points) for name in mine), Decimal(0)))
    points = sum((p for p, _ in groups.values()), Decimal(0))
    possible = sum((p for _, p in groups.values()), Decimal(0))
    missing = tuple(name for name, _ in standard.items() if name in counted and won[name] is None)
    lost = {
        name: Decimal(item.points) - (won[name] or 0)
        for name, item in standard.items()
        if name in counted and won[name] is not None and won[name] != item.points
    }
    at_hand = Judged(points, possible, groups, missing, lost, None, ())
    result, short = (None, ()) if missing or not possible else _result(standard, at_hand)
    return Judged(points, possible, groups, missing, lost, result, short)


def _score(scores: Scores, item: str, side: Side) -> Decimal | None:
    found = scores.get(item, {}).get(side)
    return None if found is None else Decimal(str(found))


def _result(standard: Standard, judged: Judged) -> tuple[str | None, tuple[str, ...]]:
    """The highest result whose needs are met, and what the next one lacks."""
    reached: str | None = None
    below: list[str] = []
    lacks: tuple[str, ...] = ()
    for name, result in standard.results.items():
        own = tuple(_lacking(standard, result.needs, judged))
        missing = (*below, *own) if result.cumulative else own
        if missing:
            lacks = lacks or tuple(missing)
        else:
            reached, lacks = name, ()
        below += own
    return reached, lacks


def _lacking(standard: Standard, needs: Needs, judged: Judged) -> Iterator[str]:
    labels = {name: item.label for name, item in standard.items()}
    if needs.points is not None and judged.points < needs.points:
        yield f"总分 {judged.points}，要 {needs.points}"
    if needs.percent is not None and judged.points * 100 < needs.percent * judged.possible:
        yield f"总分 {judged.points}，要占 {judged.possible} 分的 {needs.percent}%"
    for key, percent in needs.groups.items():
        points, possible = judged.groups[key]
        if points * 100 < percent * possible:
            yield f"“{standard.groups[key].label}”{points} 分，要占 {possible} 分的 {percent}%"
    musts = {name for name, item in standard.items() if item.must} if needs.musts else set()
    for name, label in labels.items():
        if name in judged.lost and (name in needs.full or name in musts):
            yield f"“{label}”必须得满分"
