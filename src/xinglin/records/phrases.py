"""Conditions, people, deadlines and values of a definition as Chinese phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xinglin.facts.model import load_contract
from xinglin.records.conditions import Condition, Other
from xinglin.records.definition import Definition
from xinglin.records.flow import AUTHOR, Deadline, Move

_VIRTUAL = {
    "id": "编号",
    "state": "状态",
    "each": "其中每一个",
    "place": "地区",
    "facility": "机构",
    "county": "县",
    "township": "乡镇",
    "year": "年",
    "month": "月",
    "points_self": "自评总分",
    "points_verified": "核验总分",
    "result_self": "自评结果",
    "result": "结果",
    "score": "得分",
    "reached": "达到界值",
}
_TESTS = {
    "is_": "是",
    "is_not": "不是",
    "in_": "是其中之一：",
    "has": "含",
    "at_least": "不小于",
    "more_than": "大于",
    "at_most": "不大于",
    "less_than": "小于",
}
_DATED = {"at_least": "不早于", "more_than": "晚于", "at_most": "不晚于", "less_than": "早于"}
LEVELS = {2: "省", 4: "市", 6: "县", 9: "乡镇", 12: "村"}


def listed(labels: Iterable[str]) -> str:
    """Labels one after another; with commas where a label has the usual mark within itself."""
    found = list(labels)
    return ("，" if any("、" in label for label in found) and len(found) > 1 else "、").join(found)


class Words:
    """The words of one definition: labels for its fields, codes and states; roles by ``roles``.

    Args:
        roles: role → label; a role that is not there is shown as it is written.
    """

    def __init__(self, definition: Definition, roles: Mapping[str, str] | None = None) -> None:
        self.definition = definition
        self._roles = roles or {}

    def field(self, name: str) -> str:
        """The label of a field, or of what the engine adds."""
        known = self.definition.fields.get(name)
        if known is None and self.definition.survey is not None and name in self.definition.survey.questions:
            return self.definition.survey.questions[name].label
        return known.label if known is not None else _VIRTUAL.get(name, name)

    def fields(self, names: Iterable[str]) -> str:
        """Labels of several fields."""
        return listed(map(self.field, names))

    def who(self, roles: Iterable[str]) -> str:
        """Roles in words."""
        return listed("填写人" if role == AUTHOR else self._roles.get(role, role) for role in roles) or "无"

    def value(self, name: str, value: Any) -> str:
        """A value written for a field, in words."""
        if isinstance(value, Other):
            return f"“{self.field(value.field)}”"
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, date):
            return f"{value.year} 年 {value.month} 月 {value.day} 日"
        if isinstance(value, int | Decimal):
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        return f"“{self._labels(name).get(str(value), str(value))}”"

    def _labels(self, name: str) -> Mapping[str, str]:
        one = self.definition
        if name == "state":
            return {state: content.label for state, content in one.states.items()}
        if name in ("result", "result_self") and one.standard is not None:
            return {result: content.label for result, content in one.standard.results.items()}
        if one.survey is not None and name in one.survey.questions:
            return one.survey.questions[name].options
        field = one.fields.get(name)
        if field is None or field.codes is None:
            return (field.options if field is not None else None) or {}
        return {code: entry.label for code, entry in load_contract().codelists[field.codes].codes.items()}

    def condition(self, condition: Condition, *, inner: bool = False) -> str:
        """A condition as a phrase."""
        for parts, word in ((condition.all, "，且"), (condition.any, "，或")):
            if parts is not None:
                phrase = word.join(self.condition(part, inner=True) for part in parts)
                return f"（{phrase}）" if inner and len(parts) > 1 else phrase
        if condition.not_ is not None:
            return f"不符合：{self.condition(condition.not_, inner=True)}"
        ((name, test, right),) = condition.tests()
        if test == "given":
            return f"“{self.field(name)}”{'已填' if right else '没有填'}"
        dated = isinstance(right, date) or (isinstance(right, Other) and self._is_date(right.field))
        word = _DATED.get(test, _TESTS[test]) if dated else _TESTS[test]
        if isinstance(right, bool):
            word = {"is_": "为", "is_not": "不为"}[test]
        rights = right if isinstance(right, tuple) else (right,)
        return f"“{self.field(name)}”{word}{'、'.join(self.value(name, one) for one in rights)}"

    def _is_date(self, name: str) -> bool:
        field = self.definition.fields.get(name)
        return field is not None and field.type.value == "date"

    def deadline(self, deadline: Deadline) -> str:
        """By when a state must be left."""
        if deadline.field is not None:
            return f"限“{self.field(deadline.field)}”当日"
        start = f"“{self.field(deadline.after)}”起" if deadline.after is not None else "进入后"
        if deadline.working_days is not None:
            return f"{start} {deadline.working_days} 个工作日内"
        if deadline.days is not None:
            return f"{start} {deadline.days} 天内"
        return f"{start} {deadline.months} 个月内"

    def move(self, move: Move) -> str:
        """Who makes a move, what it needs and does."""
        parts = []
        if move.approvals:
            each = "、".join(f"{one.label}（{self.who(one.who)}）" for one in move.approvals.values())
            parts.append(f"须都同意：{each}，各由不同的人")
        else:
            parts.append(f"由{self.who(move.who)}")
        if move.needs:
            parts.append(f"先填好{self.fields(move.needs)}")
        if move.when is not None:
            parts.append(f"限于{self.condition(move.when)}")
        parts += [f"遇“{gate.says}”不能办" for gate in move.gates]
        if move.not_by:
            made = [
                "填写人" if one == AUTHOR else f"“{self.definition.moves[one].label}”的人"
                for one in move.not_by
            ]
            parts.append(f"不能是{'、'.join(made)}")
        if move.reason:
            parts.append("要写原因")
        for name, value in move.sets.items():
            words = "当日" if value == "today" else self.value(name, value)
            parts.append(f"“{self.field(name)}”记为{words}")
        return "；".join(parts)
