"""How a record moves: states, moves between them, who may make them, what each needs, by when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field as Key
from pydantic import model_validator

from xinglin.base.yamlfile import Strict
from xinglin.records.conditions import Condition, Values, is_given
from xinglin.records.written import SetTo

AUTHOR = "author"
"""Stands among ``who`` for whoever made the record."""


class Deadline(Strict):
    """By when a state must be left.

    Attributes:
        working_days, days, months: counted from the day the state was entered, or from the date in ``after``.
        field: or a date that the record holds. warn: days before, from which it is shown as near.
        escalate: role that is told, and may act, once it is past.
    """

    working_days: int | None = None
    days: int | None = None
    months: int | None = None
    field: str | None = None
    after: str | None = None
    warn: int = 3
    escalate: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Deadline:
        ways = [v for v in (self.working_days, self.days, self.months, self.field) if v is not None]
        if len(ways) != 1:
            raise ValueError("应写 working_days、days、months、field 之一，只写一个")
        if self.field is not None and self.after is not None:
            raise ValueError("写了 field 就不写 after")
        if any(isinstance(way, int) and way < 1 for way in ways) or self.warn < 0:
            raise ValueError("期限应是正数，warn 不小于 0")
        return self


class State(Strict):
    """A state: ``start`` where records begin (one), ``end`` where nothing is due any more."""

    label: str
    start: bool = False
    end: bool = False
    tone: Literal["plain", "wait", "good", "bad"] = "plain"
    deadline: Deadline | None = None


class Approval(Strict):
    """One of several who must all agree, in any order, each a different person."""

    label: str
    who: tuple[str, ...]


class Gate(Strict):
    """What other records must be like before a move may be made.

    Attributes:
        of: their definition. link: they belong to this record (``child``), or lie in its place or facility. where: only
        those that meet it (``state`` may be tested). least, most: how many there must or may be. says: shown when not.
    """

    of: str
    link: Literal["child", "place", "facility"] = "child"
    where: Condition | None = None
    least: int | None = None
    most: int | None = None
    says: str

    @model_validator(mode="after")
    def _some(self) -> Gate:
        if self.least is None and self.most is None:
            raise ValueError("应写 least 或 most")
        return self

    def is_open(self, count: int) -> bool:
        """Whether so many records let the move pass."""
        enough = self.least is None or count >= self.least
        return enough and (self.most is None or count <= self.most)


class Move(Strict):
    """A transition.

    Attributes:
        from_, to: states. who: roles, or ``author``. needs: fields that must be filled first. when: further condition.
        not_by: moves whose makers may not make this one, ``author`` for whoever made the record: nobody approves his
        own.
        approvals: all of these must agree before the state changes. reason: a reason is asked for.
        sets: fields set to fixed values by the move (``today`` for the day it is made). gates: what other records must
        be like.
    """

    label: str
    from_: tuple[str, ...] = Key(alias="from")
    to: str
    who: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    when: Condition | None = None
    not_by: tuple[str, ...] = ()
    approvals: dict[str, Approval] = Key(default_factory=dict)
    reason: bool = False
    sets: dict[str, SetTo] = Key(default_factory=dict)
    gates: tuple[Gate, ...] = ()

    @model_validator(mode="after")
    def _somebody(self) -> Move:
        if bool(self.who) == bool(self.approvals):
            raise ValueError("应写 who 或 approvals（只写一个）")
        if not self.from_:
            raise ValueError("from 是空的")
        if any(not one.who for one in self.approvals.values()):
            raise ValueError("approvals 里每一个都要写 who")
        return self

    def lacking(self, values: Values) -> tuple[str, ...]:
        """Fields that must be filled before the move and are not."""
        return tuple(name for name in self.needs if not is_given(values.get(name)))

    def is_open(self, state: str, values: Values) -> bool:
        """Whether the move starts from this state and its condition holds."""
        return state in self.from_ and (self.when is None or self.when.holds(values))


def faults_of(states: Mapping[str, State], moves: Mapping[str, Move]) -> list[str]:
    """What is wrong with a flow as a whole: unknown or unreachable states, dead ends, no or several starts."""
    faults = [] if len([1 for s in states.values() if s.start]) == 1 else ["应有且只有一个 start 状态"]
    for name, move in moves.items():
        unknown = [state for state in (*move.from_, move.to) if state not in states]
        faults += [f"moves.{name}：没有状态“{state}”" for state in unknown]
        others = {AUTHOR, *moves}
        faults += [f"moves.{name}.not_by：没有“{other}”" for other in move.not_by if other not in others]
        faults += [f"moves.{name}：从 end 状态“{s}”出发" for s in move.from_ if s in states and states[s].end]
    faults += [f"状态“{name}”是 end，不写 deadline" for name, s in states.items() if s.end and s.deadline]
    if not any(state.end for state in states.values()):
        faults.append("至少应有一个 end 状态")
    reached = {name for name, state in states.items() if state.start}
    while more := {m.to for m in moves.values() if set(m.from_) & reached} - reached:
        reached |= more
    faults += [f"状态“{name}”到不了" for name in states if name not in reached]
    ending = {name for name, state in states.items() if state.end}
    while more := {s for m in moves.values() if m.to in ending for s in m.from_} - ending:
        ending |= more
    leaving = {state for move in moves.values() for state in move.from_}
    faults += [
        f"状态“{name}”离不开，又不是 end" for name, s in states.items() if name not in leaving and not s.end
    ]
    faults += [f"从状态“{name}”走不到 end" for name in states if name in leaving and name not in ending]
    return faults
