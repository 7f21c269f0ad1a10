"""How a reading is held against the hand-made gold: strictly, entry by entry, aligned by clause.

A target counts as found when subject, comparison, value (with its second part), unit, share and deadline agree and
the words quoted in at least one clause are the same (one quotation holds the other). Subjects are compared without
blanks, brackets and punctuation, and with 和/及 read as a list mark; a bracket of the gold may be left out whole
(县级（政府办）中医医院), nothing else may differ.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from xinglin.base.states import Comparator
from xinglin.policy.reader import Quotation, Reading, ReadTarget

Gold = dict[str, Any]

OPS = {
    Comparator.ALL: "==",
    Comparator.AT_LEAST: ">=",
    Comparator.MORE_THAN: ">",
    Comparator.BETWEEN: "range",
    Comparator.EXISTS: "exists",
    Comparator.ENCOURAGED: "encourage",
}


@dataclass
class Score:
    """Found, wanted and given, with what is missing and what is too much."""

    found: int = 0
    wanted: int = 0
    given: int = 0
    missing: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.found / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.wanted if self.wanted else 1.0

    def __str__(self) -> str:
        lines = [
            f"precision {self.precision:.3f} recall {self.recall:.3f} ({self.found}/{self.given}/{self.wanted})"
        ]
        return "\n".join(
            [*lines, *(f"  - {line}" for line in self.missing), *(f"  + {line}" for line in self.surplus)]
        )


def plain(text: str) -> str:
    """A text without blanks, brackets and punctuation."""
    return re.sub(r"[\s、，。；：“”\"'《》（）()·]", "", re.sub(r"(?<=.)(?:和|及)(?=.)", "、", text))


def spellings(subject: str) -> set[str]:
    return {plain(subject), plain(re.sub(r"（[^）]*）", "", subject))} - {""}


def same_subject(gold: Gold, subject: str) -> bool:
    return plain(subject) in spellings(gold["subject"])


def facts(target: ReadTarget) -> tuple[object, ...]:
    value: object = None if target.value is None else float(target.value)
    if target.comparator is Comparator.BETWEEN:
        value = [float(target.value or 0), float(target.upper or 0)]
    second = [{"value": float(part.value), "unit": part.unit} for part in target.second] or None
    share = None if target.share is None else float(target.share)
    day = target.deadline.day.isoformat() if target.deadline else None
    return OPS[target.comparator], value, target.unit, second, share, day


def gold_facts(gold: Gold) -> tuple[object, ...]:
    deadline = gold["deadline"]
    day = f"{deadline}-12-31" if isinstance(deadline, int) else deadline
    return gold["op"], gold["value"], gold["unit"], gold["second"], gold["share"], day


def places(target: ReadTarget) -> set[str]:
    return {str(quotation.place) for quotation in target.quotations}


def agrees(gold: Gold, target: ReadTarget) -> bool:
    if gold_facts(gold) != facts(target) or not same_subject(gold, target.subject):
        return False
    quotes = zip(gold["places"], gold["place_quotes"], strict=True)
    return any(
        str(q.place) == place and _overlap(quote, q) for place, quote in quotes for q in target.quotations
    )


def score_targets(gold: list[Gold], reading: Reading) -> Score:
    """Pairs found one to one; an entry that pairs with nothing is missing or surplus."""
    left = list(reading.targets)
    score = Score(wanted=len(gold), given=len(left))
    for entry in gold:
        match = next((target for target in left if agrees(entry, target)), None)
        if match:
            left.remove(match)
            score.found += 1
        else:
            score.missing.append(
                f"{entry['id']} {entry['places']} {entry['subject']} {gold_facts(entry)} {entry['quote']}"
            )
    score.surplus = [f"{t.id} {sorted(places(t))} {t.subject} {facts(t)} {t.quotation.text}" for t in left]
    return score


def score_quotations(gold: list[Gold], reading: Reading) -> Score:
    """Each place of each gold entry against the quotations of the entries that agree with it."""
    score = Score(given=sum(len(target.quotations) for target in reading.targets))
    for entry in gold:
        for place, quote in zip(entry["places"], entry["place_quotes"], strict=True):
            score.wanted += 1
            if any(_quoted(place, quote, target, entry) for target in reading.targets):
                score.found += 1
            else:
                score.missing.append(f"{entry['id']} {place} {quote}")
    return score


def _quoted(place: str, quote: str, target: ReadTarget, entry: Gold) -> bool:
    agreed = gold_facts(entry)[:5] == facts(target)[:5] and same_subject(entry, target.subject)
    return agreed and any(str(q.place) == place and _overlap(quote, q) for q in target.quotations)


def _overlap(quote: str, given: Quotation) -> bool:
    a, b = plain(quote), plain(given.text)
    return a in b or b in a


def score_tasks(gold: list[Gold], reading: Reading) -> Score:
    """Clause, kind and the first 20 letters agree."""
    given = [(str(t.quotation.place), t.kind.value, _start(t.quotation.text)) for t in reading.tasks]
    wanted = [(t["clause"], t["kind"], _start(t["quote_start"])) for t in gold]
    return _sets(wanted, given)


def score_units(gold: list[Gold], reading: Reading) -> Score:
    """Each responsible unit of each task, in printed order."""
    given = [
        (str(t.quotation.place), place, unit) for t in reading.tasks for place, unit in enumerate(t.units)
    ]
    wanted = [(t["clause"], place, unit) for t in gold for place, unit in enumerate(t["responsible"])]
    return _sets(wanted, given)


def score_duties(gold: list[Gold], reading: Reading) -> Score:
    given = [(str(d.quotation.place), d.units, _start(d.quotation.text)) for d in reading.duties]
    return _sets([(d["clause"], tuple(d["units"]), _start(d["quote_start"])) for d in gold], given)


def _start(text: str) -> str:
    return re.sub(r"\s|^#+|\*\*", "", text)[:12]


def _sets(wanted: list[Any], given: list[Any]) -> Score:
    common = set(wanted) & set(given)
    return Score(
        len(common), len(wanted), len(given),
        [str(one) for one in wanted if one not in common], [str(one) for one in given if one not in common],
    )  # fmt: skip


def baselines_as_targets(gold: list[Gold], reading: Reading) -> Iterator[str]:
    """Targets whose quotation is that of a number about the past."""
    for fact in gold:
        for target in reading.targets:
            for quotation in target.quotations:
                if str(quotation.place) == fact["place"] and _overlap(fact["quote"], quotation):
                    yield f"{fact['id']} {target.id} {quotation.text}"
