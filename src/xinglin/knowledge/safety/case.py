"""One prescription made ready for the rules: names resolved, amounts of each herb added up, findings worded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from xinglin.knowledge.herbs import Ambiguous, Answer, Found, Herb, Unknown
from xinglin.knowledge.herbs.names import find
from xinglin.knowledge.safety import footnotes
from xinglin.knowledge.safety.model import (
    Context,
    Finding,
    Kind,
    Line,
    Offer,
    Patient,
    Prescription,
    Route,
)
from xinglin.knowledge.safety.ruleset import Post, RuleSet

_BATCH = (
    Kind.PILL,
    Kind.PASTE,
    Kind.POWDER,
)  # their grams are those of a batch: per day only with days given


@dataclass(frozen=True, slots=True)
class Entry:
    """One line with what its name means. at: its index. possible: herbs it may mean while that is not settled."""

    at: int
    line: Line
    answer: Answer
    possible: tuple[Herb, ...]

    @property
    def herb(self) -> Herb | None:
        """The herb, None while the name is not settled."""
        return self.answer.herb if isinstance(self.answer, Found) else None

    @property
    def name(self) -> str:
        """Standard name, or what is written."""
        return self.answer.herb.name if isinstance(self.answer, Found) else self.answer.written

    @property
    def swallowed(self) -> bool:
        """The footnote says that it is taken as powder or dissolved, not decocted."""
        return footnotes.swallowed(self.line.decoction)


@dataclass(frozen=True, slots=True)
class Amount:
    """All lines of one herb. grams: in one dose together, None if a line has none."""

    herb: Herb
    entries: tuple[Entry, ...]
    grams: Decimal | None

    @property
    def raw(self) -> bool:
        """A line asks for the raw toxic form."""
        return any(isinstance(one.answer, Found) and one.answer.raw for one in self.entries)

    @property
    def fresh(self) -> bool:
        """Every line asks for the fresh herb."""
        return all(isinstance(one.answer, Found) and one.answer.fresh for one in self.entries)

    @property
    def at(self) -> tuple[int, ...]:
        """Indexes of its lines."""
        return tuple(one.at for one in self.entries)


class Case:
    """A prescription, the person and the place, with the rules they are held against."""

    def __init__(
        self, rules: RuleSet, prescription: Prescription, patient: Patient, context: Context
    ) -> None:
        self.rules = rules
        self.prescription = prescription
        self.patient = patient
        self.context = context
        self.post: Post = rules.post(context.post)
        self.entries = tuple(_entry(rules, at, line) for at, line in enumerate(prescription.lines))

    @property
    def oral(self) -> bool:
        """It is taken by mouth."""
        return self.prescription.route == Route.ORAL

    @property
    def decocted(self) -> bool:
        """It is boiled and drunk, so that footnotes matter."""
        return self.oral and self.prescription.kind == Kind.PIECES

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """The known herbs, each once."""
        groups: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if entry.herb is not None:
                groups.setdefault(entry.herb.name, []).append(entry)
        return tuple(_amount(group) for group in groups.values())

    @cached_property
    def usable(self) -> tuple[Amount, ...]:
        """The known herbs that may be prescribed at all: a banned one needs no word on its footnote."""
        return tuple(one for one in self.amounts if not one.herb.banned)

    @property
    def days_known(self) -> bool:
        """An amount per day can be told."""
        return self.prescription.kind not in _BATCH or self.prescription.days is not None

    def exceeds(self, amount: Amount, daily: Decimal) -> bool:
        """More a day than this; exact, without dividing. False where the amount per day cannot be told."""
        if amount.grams is None or not self.days_known:
            return False
        return amount.grams * self.prescription.doses > daily * self.prescription.lasts

    def daily(self, amount: Amount) -> str:
        """Grams a day, for reading."""
        grams = amount.grams or Decimal(0)
        return plain(round(grams * self.prescription.doses / self.prescription.lasts, 3))

    def finding(
        self,
        rule: str,
        entries: Iterable[Entry],
        what: str,
        fix: str,
        *,
        why: str = "",
        source: str = "",
        offers: tuple[Offer, ...] = (),
        beside: tuple[str, ...] = (),
    ) -> Finding:
        """One finding of a rule. why is put after the rule's own words; beside names herbs that stand in no line."""
        concerned = tuple(entries)
        known = self.rules.rules[rule]
        return Finding(
            rule=rule,
            level=known.level,
            lines=tuple(sorted(one.at for one in concerned)),
            herbs=tuple(sorted({one.name for one in concerned} | set(beside))),
            what=what,
            why="；".join(part for part in (known.why, why) if part),
            source=(source or known.source).replace("{book}", self.rules.book),
            edition=self.rules.edition,
            fix=fix,
            offers=offers,
        )


def plain(number: Decimal) -> str:
    """A number without trailing zeros or exponent."""
    return format(number.normalize(), "f")


def meaning(rules: RuleSet, text: str) -> tuple[Answer, tuple[Herb, ...]]:
    """What a name means, and the herbs it may mean while that is not settled."""
    answer = find(rules.table, text)
    names: tuple[str, ...] = ()
    if isinstance(answer, Ambiguous):
        names = answer.candidates
    elif isinstance(answer, Unknown):
        names = answer.processed_from
    return answer, tuple(rules.table.herbs[name] for name in names)


def _entry(rules: RuleSet, at: int, line: Line) -> Entry:
    return Entry(at, line, *meaning(rules, line.herb))


def _amount(group: list[Entry]) -> Amount:
    herb = group[0].herb
    assert herb is not None, "only known herbs are added up"
    grams = [one.line.grams for one in group]
    known = [one for one in grams if one is not None and one.is_finite() and one > 0]
    return Amount(herb, tuple(group), sum(known, Decimal(0)) if len(known) == len(grams) else None)
