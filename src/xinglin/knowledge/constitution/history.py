"""How a person's constitution moved between two assessments by the same instrument."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from xinglin.knowledge.constitution.instrument import load_instrument
from xinglin.knowledge.constitution.scoring import Assessment, MixedInstruments
from xinglin.knowledge.constitution.types import Constitution, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """One constitution then and now; ``by`` is the later value less the earlier."""

    constitution: Constitution
    before: Verdict
    after: Verdict
    by: Fraction


def changes(earlier: Assessment, later: Assessment) -> tuple[Change, ...]:
    """The nine changes in the form's order.

    Raises:
        MixedInstruments: the two were made with different instruments or judged by different lines.
    """
    if earlier.instrument != later.instrument:
        names = "与".join(f"“{load_instrument(one.instrument).name}”" for one in (earlier, later))
        raise MixedInstruments(f"{names}的题目和分界不同，结果不能前后比较；请选同一种量表的两次结果。")
    if earlier.thresholds != later.thresholds:
        raise MixedInstruments("两次结果用的判定标准不同，不能前后比较；请按同一标准重新判定其中一次。")
    return tuple(
        Change(new.constitution, old.verdict, new.verdict, new.score.difference(old.score))
        for old, new in zip(earlier.results, later.results, strict=True)
    )
