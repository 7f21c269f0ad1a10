"""加减: how a prescription differs from the classic formula it was begun from, and the name that follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xinglin.apps.clinic.chart import Herb
from xinglin.knowledge import herbs
from xinglin.knowledge.formulas import Formula

LONGEST = 40


@dataclass(frozen=True)
class Adjusted:
    """What was added, left out and weighed otherwise; standard names."""

    added: tuple[str, ...]
    left: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def same(self) -> bool:
        """As the book prints it."""
        return not (self.added or self.left or self.changed)

    @property
    def words(self) -> str:
        """For a list: 加陈皮、半夏，去甘草，改量 党参 9→15 g."""
        parts = [
            f"加{'、'.join(self.added)}" if self.added else "",
            f"去{'、'.join(self.left)}" if self.left else "",
            f"改量 {'、'.join(self.changed)}" if self.changed else "",
        ]
        return "，".join(filter(None, parts)) or "与原方相同"


def adjusted(formula: Formula, lines: Iterable[Herb]) -> Adjusted:
    """How lines differ from a formula."""
    written = {_standard(one.written): one.grams for one in lines}
    printed = {one.herb: one.grams for one in formula.ingredients}
    return Adjusted(
        tuple(name for name in written if name not in printed),
        tuple(name for name in printed if name not in written),
        tuple(
            f"{name} {printed[name].normalize():f}→{grams.normalize():f} g"
            for name, grams in written.items()
            if name in printed and grams is not None and grams != printed[name]
        ),
    )


def name_of(formula: Formula, lines: Iterable[Herb]) -> str:
    """A name for the adjusted formula that says where it comes from: 四君子汤加陈皮、半夏."""
    found = adjusted(formula, lines)
    more = f"加{'、'.join(found.added)}" if found.added else ""
    less = f"去{'、'.join(found.left)}" if found.left else ""
    full = f"{formula.name}{more}{less}"
    return full if (more or less) and len(full) <= LONGEST else f"{formula.name}加减"


def _standard(written: str) -> str:
    answer = herbs.find(written)
    return answer.herb.name if isinstance(answer, herbs.Found) else written
