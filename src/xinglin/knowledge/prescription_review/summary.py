"""What a round of review comes to: counts and exact shares, by item and by prescriber.

Shares are fractions, rounded only where they are shown. The software counts and informs; it acts on nobody's rights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from xinglin.knowledge.prescription_review.model import Class, Reviewed, Verdict

REPEATS = 3
"""The same item so often in a month by one prescriber is pointed out; practice, no national number."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One prescription with its verdict, as decided by machine and people."""

    record: Reviewed
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Summary:
    """One round.

    Attributes:
        reviewed: prescriptions. by_class: how many of each class. items: prescriptions by item hit and decided.
        reasonable: share of reasonable ones, None without any. herbs: mean number of herbs.
        dose_price: mean price of a dose where known. diagnosed: share with TCM disease and pattern.
        repeated: prescriber and item hit at least three times, with how often.
    """

    reviewed: int
    by_class: dict[Class, int]
    items: dict[str, int]
    reasonable: Fraction | None
    herbs: Fraction | None
    dose_price: Fraction | None
    diagnosed: Fraction | None
    repeated: dict[tuple[str, str], int]


def summarise(outcomes: Iterable[Outcome]) -> Summary:
    """Counts and shares of one round."""
    round_ = list(outcomes)
    classes = Counter(one.verdict.by_class for one in round_)
    hits = [(one.record.prescriber, item) for one in round_ for item in _decided(one)]
    items = Counter(item for _, item in hits)
    prices = [one.record.dose_price for one in round_ if one.record.dose_price is not None]
    return Summary(
        reviewed=len(round_),
        by_class={kind: classes[kind] for kind in Class},
        items=dict(sorted(items.items())),
        reasonable=_share(classes[Class.REASONABLE], len(round_)),
        herbs=_share(sum(len(one.record.prescription.lines) for one in round_), len(round_)),
        dose_price=_mean(prices),
        diagnosed=_share(
            sum(bool(one.record.diseases and one.record.syndromes) for one in round_), len(round_)
        ),
        repeated={key: count for key, count in sorted(Counter(hits).items()) if count >= REPEATS},
    )


def _decided(one: Outcome) -> list[str]:
    """Items hit and decided, each once a prescription."""
    return sorted({hit.item for hit in one.verdict.hits if not hit.suggested})


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def _mean(values: Sequence[Decimal]) -> Fraction | None:
    return Fraction(sum(values, Decimal(0))) / len(values) if values else None
