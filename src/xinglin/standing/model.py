"""What standing says: one result per target, with everything a reader needs to open the number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from xinglin.base.states import Comparator, Due, Scope, Strength, ValueState, Verdict

SCHEMA_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Gap:
    """How far a target is missed, in the unit people act on.

    Attributes:
        amount: whole units still needed (``3``), None when it cannot be said in units.
        unit: the unit people act on, e.g. 家村卫生室, 名, 人次, 个县. words: the sentence shown.
        nearest: units to act on, nearest first (at most 20): (id, name, what it lacks).
    """

    amount: int | None
    unit: str
    words: str
    nearest: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One slice of a value (a disaggregation by one code, or one place below)."""

    code: str
    label: str
    state: ValueState
    numerator: str | None
    denominator: str | None
    value: float | None
    display: str
    n_reported: int
    n_units: int
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One target of one document, held against the facts of a place at a date.

    ``numerator`` and ``denominator`` are exact decimals written as text; ``value`` is for the eye and for
    machines that want a float; comparisons use ``exact``. ``parameter_words`` says the parameters in Chinese,
    (label, value) each; ``judged_note`` says why another number is judged than the printed one.
    ``responsible`` begins with those that lead, named again in ``lead``; where they come from the tasks the
    target belongs to, ``responsible_tasks`` has (id, clause) of these.
    """

    document: str
    document_title: str
    document_short: str
    clauses: tuple[str, ...]
    target: str
    summary: str
    measure: str
    measure_label: str
    parameters: dict[str, object]
    parameter_words: tuple[tuple[str, str], ...]
    state: ValueState
    numerator: str | None
    denominator: str | None
    exact: Fraction | None
    value: float | None
    display: str
    comparator: Comparator
    threshold: float | None
    upper: float | None
    threshold_words: str
    judged_note: str
    unit: str | None
    verdict: Verdict
    verdict_words: str
    due: Due
    gap: Gap | None
    level: str
    scope: Scope
    strength: Strength
    deadline: date
    responsible: tuple[str, ...]
    lead: tuple[str, ...]
    responsible_tasks: tuple[tuple[str, str], ...]
    n_reported: int
    n_units: int
    units_word: str
    own: bool
    stricter: bool
    wanted: bool
    baseline: float | None
    meaning: str
    sources: tuple[str, ...]
    reason: str
    by_code: tuple[tuple[str, tuple[Part, ...]], ...] = ()
    below: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One condition of a unit: what was asked (Chinese), the value found, whether it holds, how deep it is nested."""

    words: str
    value: str
    holds: bool | None
    depth: int


@dataclass(frozen=True, slots=True)
class UnitExplained:
    """One unit in or out of a number, with the reason.

    ``numerator`` and ``denominator`` are what it adds; ``denominator`` is empty where units add nothing to it
    (counts, and rates over the residents of an area).
    """

    unit: str
    name: str
    place: str
    place_name: str
    included: str
    reason: str
    numerator: str
    denominator: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A number opened: its definition in words, its parameters and every unit it rests on."""

    measure: str
    label: str
    parameters: dict[str, object]
    parameter_words: tuple[tuple[str, str], ...]
    place: str
    place_name: str
    on: date
    description: str
    state: ValueState
    numerator: str | None
    denominator: str | None
    display: str
    n_reported: int
    n_units: int
    units: tuple[UnitExplained, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A place at a date: every target that is held against it.

    ``results``: those of the place's own documents first, then level by level upwards. Where there are none,
    ``empty_because`` says why and what to do.
    """

    place: str
    place_name: str
    place_full_name: str
    on: date
    demonstration: bool
    data_title: str
    divisions_edition: str
    facts_manifest: str
    definitions_hash: str
    engine: str
    results: tuple[Result, ...]
    explanations: tuple[Explanation, ...] = ()
    children: tuple[tuple[str, str], ...] = ()
    empty_because: str = ""

    def count(self, verdict: Verdict) -> int:
        """How many results carry a verdict."""
        return sum(result.verdict is verdict for result in self.results)
