"""Prescriptions made from the rules and from their negations, each with what the oracle expects of it.

Every family is deterministic: it walks the whole table, so a new row is a new case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

import safety_oracle as oracle

from xinglin.knowledge.safety import Context, Line, Patient, Prescription, Route

FILLER = (Line("白术", Decimal(9)), Line("茯苓", Decimal(10)), Line("陈皮", Decimal(6)))
"""Herbs about which no rule has anything to say."""
ALLOWED = Context(narcotic_right=True)
ANYONE = Patient()
A_LITTLE = Decimal("0.01")


@dataclass(frozen=True)
class Case:
    """One prescription. family: which rule it was made from, and whether for or against it."""

    family: str
    prescription: Prescription
    patient: Patient = ANYONE
    context: Context = ALLOWED

    @property
    def expected(self) -> oracle.Expected:
        return oracle.expected(self.prescription, self.patient, self.context)


def all_cases() -> list[Case]:
    families = (
        doses,
        many_names,
        opposed,
        not_opposed,
        pregnancy,
        pots,
        external,
        control,
        poppy,
        posts,
        ages,
        twice,
    )
    return [case for family in families for case in family()]


def _with(
    name: str, grams: Decimal | None = None, footnote: str | None = None, doses: int = 2
) -> Prescription:
    """A herb as it should be written, beside the fillers (left out where it is one of them)."""
    row = oracle.herbs()[oracle.standard(name)]
    first = Line(name, grams or usual(row), _footnote(row) if footnote is None else footnote)
    fillers = tuple(line for line in FILLER if line.herb != row["name"])
    return Prescription((first, *fillers), doses)


def usual(row: dict[str, str]) -> Decimal:
    """A dose within the range; a gram where there is none."""
    return Decimal(row["dose_min"] or row["dose_max"] or 1)


def _footnote(row: dict[str, str]) -> str:
    return row["decoction"].split("/")[0] or ("冲服" if row["decoctable"] == "no" else "")


def doses() -> Iterator[Case]:
    """Each herb at the limit, a little above, and far below; and the amount per day by doses and days."""
    for name, row in oracle.herbs().items():
        if not row["dose_max"]:
            yield Case("no dose", _with(name))
            continue
        most = Decimal(row["dose_max"])
        for grams, family in ((most, "at the limit"), (most + A_LITTLE, "above"), (most / 100, "far below")):
            yield Case(family, _with(name, grams))
        slow = replace(_with(name, most * 2, doses=3), days=6)
        yield Case("two days a dose", slow)


def many_names() -> Iterator[Case]:
    """Each alias, at a dose that would be found."""
    for alias in oracle.aliases():
        if alias not in oracle.names() and not alias.startswith("生") and not alias.startswith("鲜"):
            row = oracle.herbs()[oracle.standard(alias)]
            yield Case("alias", _with(alias, Decimal(row["dose_max"] or 1) + A_LITTLE))


def opposed() -> Iterator[Case]:
    """Each pair in every processed form that comes from its herbs."""
    forms: dict[str, list[str]] = {}
    for name, row in oracle.herbs().items():
        for whole in {name, row["base"]} - {""}:
            forms.setdefault(whole, []).append(name)
    for pair in oracle.pairs():
        for first, second in product(forms[pair["herb_a"]], forms[pair["herb_b"]]):
            yield Case("opposed", _two(first, second))


def not_opposed() -> Iterator[Case]:
    """Each herb of a pair beside the next herb of the other's category that no pair names with it."""
    ordered = list(oracle.herbs())
    for pair in oracle.pairs():
        for mine, other in ((pair["herb_a"], pair["herb_b"]), (pair["herb_b"], pair["herb_a"])):
            category = oracle.herbs()[other]["category"]
            start = ordered.index(other)
            follows = (ordered[start + 1 :] + ordered[:start])[:200]
            harmless = [
                name for name in follows if oracle.herbs()[name]["category"] == category and name != mine
            ]
            for name in harmless[:2]:
                yield Case("not opposed", _two(mine, name))


def _two(first: str, second: str) -> Prescription:
    lines = (_with(first).lines[0], *_with(second).lines[:1])
    return Prescription((*lines, *(line for line in FILLER if line.herb not in (first, second))), 2)


def pregnancy() -> Iterator[Case]:
    """Each herb for a pregnant woman, and for one who is not."""
    for name, row in oracle.herbs().items():
        yield Case("pregnant", _with(name), Patient(age=30, pregnant=True))
        if row["pregnancy"]:
            yield Case("not pregnant", _with(name), Patient(age=30, pregnant=False))


def pots() -> Iterator[Case]:
    """Each herb with a footnote, or not to be boiled: without it, with a wrong one, as granules."""
    for name, row in oracle.herbs().items():
        if row["decoction"] or row["decoctable"] == "no":
            yield Case("no footnote", _with(name, footnote=""))
            yield Case("another footnote", _with(name, footnote="打碎"))
            yield Case("as powder", _with(name, footnote="研末冲服"))
            yield Case("granules", replace(_with(name, footnote=""), kind="granules"))


def external() -> Iterator[Case]:
    """Each herb applied: no dose, no footnote, nothing about the mouth."""
    for name in oracle.herbs():
        yield Case("external", replace(_with(name, Decimal(200), ""), route=Route.EXTERNAL))


def control() -> Iterator[Case]:
    """The items of the toxic list at two days' amount and above it."""
    for name, row in oracle.toxic().items():
        if row["daily_max"] and oracle.herbs()[name]["control"] == "toxic28":
            daily = Decimal(row["daily_max"])
            yield Case("two days", _with(name, daily, doses=2))
            yield Case("three days", _with(name, daily, doses=3))


def poppy() -> Iterator[Case]:
    """罂粟壳 with every rule kept or broken, alone and together."""
    for grams, days, before, right, post in product(
        ("2", "6", "6.01"), (3, 4), (4, 5), (True, False), ("township", "filed_clinic")
    ):
        context = Context(post=post, narcotic_right=right, poppy_days=before)
        yield Case("poppy husk", _with("罂粟壳", Decimal(grams), doses=days), context=context)
    yield Case("poppy husk alone", Prescription((Line("米壳", Decimal(3)),), 2))


def posts() -> Iterator[Case]:
    """Toxic herbs, and some that are not, written by a village doctor."""
    for name, row in oracle.herbs().items():
        if row["toxicity"]:
            yield Case(
                "village doctor", _with(name), context=Context(post="village_doctor", narcotic_right=True)
            )


def ages() -> Iterator[Case]:
    """A child and a very old person with each toxic herb and with usual ones."""
    for place, (name, row) in enumerate(oracle.herbs().items()):
        if row["toxicity"] or place % 9 == 0:
            yield Case("child", _with(name), Patient(age=(Decimal("0.5"), 2, 5, 11, 12)[place % 5]))
            yield Case("old", _with(name), Patient(age=(74, 75)[place % 2]))


def twice() -> Iterator[Case]:
    """The same herb under two names: doses add up."""
    for alias, name in oracle.aliases().items():
        row = oracle.herbs()[name]
        if alias in oracle.names() or alias.startswith(("生", "鲜")) or not row["dose_max"]:
            continue
        half = Decimal(row["dose_max"]) / 2
        for grams in (half, half + A_LITTLE):
            first, *rest = _with(name, grams).lines
            yield Case("two names", Prescription((first, replace(first, herb=alias), *rest), 2))
