"""Patent medicines (中成药): held against allergies, pregnancy and what is taken beside them.

Our sources have no composition of patent medicines. They are known by name, and by the ingredients that a facility
wrote down on its shelf; what is not written down is not checked, and that is said. Rules: ``data/patents.yaml``.

Example:
    >>> medicine = Medicine("附子理中丸", ("附子", "党参", "干姜", "甘草", "白术"))
    >>> beside = Prescription((Line("法半夏", None),))
    >>> [(one.rule, one.level.label) for one in check_patents((medicine,), beside)]
    [('patent_opposed', '提醒')]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from xinglin.knowledge.herbs import Found, Herb
from xinglin.knowledge.incompatibility import Strength
from xinglin.knowledge.safety.about_persons import substances
from xinglin.knowledge.safety.case import meaning
from xinglin.knowledge.safety.model import Context, Finding, Line, Patient, Prescription
from xinglin.knowledge.safety.ruleset import RuleSet, load, patent_rules

__all__ = ["Line", "Medicine", "check_patents"]

_ANYONE, _HERE = Patient(), Context()
_LEAFLET = "请看说明书【禁忌】【注意事项】后再定"
_SHORTEST = 2
"""A word of one character (酒, 虾) is not looked for inside names."""


@dataclass(frozen=True, slots=True)
class Medicine:
    """A patent medicine. written: its name; ingredients: herbs as a facility wrote them down, empty where unknown."""

    written: str
    ingredients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A herb that is taken: in the medicine with this index, or on the prescription beside (-1)."""

    at: int
    owner: str
    herb: Herb


class _Tray:
    """All that is taken together, names resolved."""

    def __init__(
        self, rules: RuleSet, medicines: tuple[Medicine, ...], beside: Prescription | None, patient: Patient
    ) -> None:
        self.rules, self.medicines, self.patient = rules, medicines, patient
        self.unknown: list[str] = []
        self.inside = [
            part for at, one in enumerate(medicines) for part in self._parts(at, one.written, one.ingredients)
        ]
        written = tuple(line.herb for line in beside.lines) if beside is not None else ()
        self.outside = list(self._parts(-1, "中药处方", written))

    def _parts(self, at: int, owner: str, names: tuple[str, ...]) -> Iterator[_Part]:
        for name in dict.fromkeys(names):
            answer, _ = meaning(self.rules, name)
            if isinstance(answer, Found):
                yield _Part(at, owner, answer.herb)
            elif at >= 0:
                self.unknown.append(f"{owner}的“{name}”")

    def together(self) -> Iterator[tuple[_Part, _Part]]:
        """Two herbs of which at least one is in a medicine, not both in the same: that was licensed so."""
        for first, second in combinations([*self.inside, *self.outside], 2):
            if first.at != second.at:
                yield first, second

    def finding(self, rule: str, parts: tuple[_Part, ...], what: str, fix: str) -> Finding:
        """One finding of a rule."""
        return self.plain(
            rule,
            {part.at for part in parts if part.at >= 0},
            tuple(part.herb.name for part in parts),
            what,
            fix,
        )

    def plain(self, rule: str, at: set[int], names: tuple[str, ...], what: str, fix: str) -> Finding:
        """One finding about whole medicines."""
        known = patent_rules()[rule]
        return Finding(
            rule=rule,
            level=known.level,
            lines=tuple(sorted(at)),
            herbs=tuple(sorted(set(names))),
            what=what,
            why=known.why,
            source=known.source.replace("{book}", self.rules.book),
            edition=self.rules.edition,
            fix=fix,
        )


def check_patents(
    medicines: tuple[Medicine, ...],
    beside: Prescription | None = None,
    patient: Patient = _ANYONE,
    context: Context = _HERE,
) -> tuple[Finding, ...]:
    """Everything the rules find in patent medicines, the most serious first.

    Args:
        beside: the prescription of herbs of the same visit.

    Raises:
        DefinitionError: the edition in the context is not known.
    """
    tray = _Tray(load(context.edition), medicines, beside, patient)
    order = {name: place for place, name in enumerate(patent_rules())}
    found = {
        one.key: one for look in (_allergy, _opposed, _toxic, _pregnancy, _unchecked) for one in look(tray)
    }
    return tuple(sorted(found.values(), key=lambda one: (-one.level.rank, order[one.rule], one.what)))


def _allergy(tray: _Tray) -> Iterator[Finding]:
    for text in (word for record in tray.patient.allergies for word in substances(record)):
        for at, one in enumerate(tray.medicines):
            if text == one.written or (
                min(len(text), len(one.written)) >= _SHORTEST and (text in one.written or one.written in text)
            ):
                what = f"登记有“{text}”过敏，所开“{one.written}”与它同名或含它"
                fix = "请换一种药；过敏史登记错的，先在居民档案里撤除"
                yield tray.plain("patent_allergy", {at}, (one.written,), what, fix)
        answer, possible = meaning(tray.rules, text)
        meant = (answer.herb,) if isinstance(answer, Found) else possible
        families = frozenset[str]().union(*(herb.family for herb in meant))
        for part in tray.inside:
            if part.herb.family & families:
                what = f"登记有“{text}”过敏，{part.owner}含{part.herb.name}"
                fix = "请换一种药；成分或过敏史登记错的，请先更正"
                yield tray.finding("patent_allergy_ingredient", (part,), what, fix)


def _opposed(tray: _Tray) -> Iterator[Finding]:
    for first, second in tray.together():
        pair = tray.rules.pairs.between(first.herb, second.herb)
        if pair is not None and pair.strength is Strength.OPPOSED:
            what = f"{first.owner}的{first.herb.name}与{second.owner}的{second.herb.name}不宜同用（{pair.family}）"
            yield tray.finding("patent_opposed", (first, second), what, "请去掉其中一种，或嘱病人分开服用")


def _toxic(tray: _Tray) -> Iterator[Finding]:
    for first, second in tray.together():
        if first.herb.toxic and second.herb.toxic and first.herb.family & second.herb.family:
            what = f"{first.owner}和{second.owner}都含{first.herb.name}（{first.herb.toxicity.value}）"
            yield tray.finding("patent_toxic_twice", (first, second), what, "请只留一种，或确认总量")


def _pregnancy(tray: _Tray) -> Iterator[Finding]:
    for part in tray.inside if tray.patient.pregnant else ():
        settled = part.herb.pregnancy if "pregnancy" not in part.herb.doubt else ""
        if settled in ("禁用", "慎用"):
            rule = "patent_pregnancy" if settled == "禁用" else "patent_pregnancy_caution"
            what = f"{part.owner}含{part.herb.name}（孕妇{settled}）"
            yield tray.finding(rule, (part,), what, _LEAFLET)


def _unchecked(tray: _Tray) -> Iterator[Finding]:
    bare = {at: one.written for at, one in enumerate(tray.medicines) if not one.ingredients}
    if bare or tray.unknown:
        told = [f"{'、'.join(bare.values())}没有登记成分"] if bare else []
        told += [f"{'、'.join(tray.unknown)}不是药典药名"] if tray.unknown else []
        what = f"未校验的内容：{'；'.join(told)}"
        fix = "请看说明书；在“院内药”里登记成分后就能核对"
        yield tray.plain("patent_unchecked", set(bare), tuple(bare.values()), what, fix)
