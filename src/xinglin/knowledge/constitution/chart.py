"""The nine scores as data for a chart; who draws it (site, Word, print) decides how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from xinglin.knowledge.constitution.instrument import load_instrument
from xinglin.knowledge.constitution.scoring import Assessment, Result
from xinglin.knowledge.constitution.types import Constitution, Verdict

_FINE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Spoke:
    """One of the nine axes. Positions run from 0 (least score) to 1 (greatest), four decimals.

    Attributes:
        shown: score as read. least, most: the ends of its axis. position: where the score lies.
        leaning_at, yes_at: where the lines lie; for 平和质 only ``yes_at``, its own line (``leaning_at`` is None).
    """

    constitution: Constitution
    verdict: Verdict
    shown: Decimal
    least: int
    most: int
    position: Decimal
    yes_at: Decimal
    leaning_at: Decimal | None


def spokes(assessment: Assessment) -> tuple[Spoke, ...]:
    """The nine axes in the form's order; every axis has its own scale, so positions may be drawn together."""
    return tuple(_spoke(assessment, result) for result in assessment.results)


def _spoke(assessment: Assessment, result: Result) -> Spoke:
    lines = load_instrument(assessment.instrument).threshold_set(assessment.thresholds)
    least, most = result.score.bounds
    balanced = result.constitution is Constitution.BALANCED

    def at(value: Fraction | int) -> Decimal:
        share = (Fraction(value) - least) / (most - least)
        return (Decimal(share.numerator) / share.denominator).quantize(_FINE, ROUND_HALF_UP)

    return Spoke(
        constitution=result.constitution,
        verdict=result.verdict,
        shown=result.score.shown,
        least=least,
        most=most,
        position=at(result.score.value),
        yes_at=at(lines.balanced.own if balanced else lines.biased.yes),
        leaning_at=None if balanced else at(lines.biased.leaning),
    )
