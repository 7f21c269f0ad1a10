"""Miss rate and over-warning rate of the safety check.

PYTHONPATH=tests/unit/knowledge python tests/unit/knowledge/safety_rates.py
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

import safety_cases
import safety_traps

from xinglin.knowledge import formulas, herbs
from xinglin.knowledge.safety import Finding, Level, Line, Prescription, check, from_formula


@dataclass
class Rates:
    """Counts over a set of prescriptions with what is expected of each.

    A miss is an expected finding that is not there; an over-warning is a finding that is not expected.
    """

    cases: int = 0
    expected: int = 0
    found: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    over: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)

    def add(self, family: str, wanted: set[tuple[str, tuple[str, ...]]], findings: Iterable[Finding]) -> None:
        seen = {(one.rule, one.herbs) for one in findings}
        self.cases += 1
        self.expected += len(wanted)
        self.found += len(seen)
        self.rules.update(rule for rule, _ in wanted)
        self.missed.update(f"{family}: {rule} {names}" for rule, names in wanted - seen)
        self.over.update(f"{family}: {rule} {names}" for rule, names in seen - wanted)

    def __str__(self) -> str:
        missed, over = self.missed.total(), self.over.total()
        return (
            f"{self.cases} prescriptions, {self.expected} findings expected: "
            f"missed {missed} ({missed / max(self.expected, 1):.2%}), "
            f"over-warned {over} ({over / max(self.found, 1):.2%} of {self.found} findings)"
        )


@lru_cache(maxsize=1)
def of_table() -> Rates:
    """Generated cases against the oracle."""
    rates = Rates()
    for case in safety_cases.all_cases():
        rates.add(case.family, case.expected, check(case.prescription, case.patient, case.context))
    return rates


@lru_cache(maxsize=1)
def of_traps() -> Rates:
    """Hand-made cases, each with its own answer."""
    rates = Rates()
    for trap in safety_traps.TRAPS:
        rates.add(trap.name, set(trap.expected), check(trap.prescription, trap.patient, trap.context))
    return rates


def interrupting(prescriptions: Iterable[Prescription]) -> tuple[int, int]:
    """How many prescriptions there are, and how many the check interrupts (anything above information)."""
    findings = [check(one) for one in prescriptions]
    return len(findings), sum(any(one.level is not Level.INFO for one in found) for found in findings)


def printed() -> list[Prescription]:
    """The classic formulas as printed, seven doses."""
    return [from_formula(one, 7) for one in formulas.load().values()]


def within_range() -> list[Prescription]:
    """The same with every herb brought down to the pharmacopoeia's upper dose."""
    return [replace(one, lines=tuple(_down(line) for line in one.lines)) for one in printed()]


def _down(line: Line) -> Line:
    most = herbs.load().herbs[line.herb].dose_max
    return line if most is None or line.grams is None or line.grams <= most else replace(line, grams=most)


def main() -> None:
    for title, rates in (("generated", of_table()), ("hand-made", of_traps())):
        print(f"{title}: {rates}")
        for worst in (*rates.missed.most_common(20), *rates.over.most_common(20)):
            print("   ", *worst)
    for title, those in (
        ("classic formulas as printed", printed()),
        ("classic formulas within range", within_range()),
    ):
        total, stopped = interrupting(those)
        print(f"{title}: {stopped} of {total} interrupted ({stopped / total:.1%})")


if __name__ == "__main__":
    main()
