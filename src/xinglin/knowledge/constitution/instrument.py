"""An instrument: its items, what each scores on, its thresholds with their source.

Three are shipped (``instruments/<id>/``) and never mixed: ``elderly33``, ``adult60``, ``gbt46939``.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from xinglin.base.errors import XinglinError
from xinglin.base.yamlfile import Strict, build, read_yaml
from xinglin.knowledge.constitution.types import Constitution, Sex
from xinglin.knowledge.edition import Edition, folder_of, read_edition

ROOT = Path(__file__).parent / "instruments"
LOWEST, HIGHEST = 1, 5


class UnknownInstrument(XinglinError):  # noqa: N818 - reads as what happened
    """No instrument of that id is shipped."""


class Scoring(StrEnum):
    """What is held against the thresholds: the sum of grades, or the sum converted to 0–100."""

    RAW = "raw"
    CONVERTED = "converted"


class Limit(Strict):
    """An upper limit, as printed: ``at_most`` (≤) or ``below`` (<), exactly one of them."""

    at_most: int | None = None
    below: int | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.at_most is None) == (self.below is None):
            raise ValueError("at_most 与 below 应恰好写一个")
        return self

    def holds(self, score: Fraction) -> bool:
        """Whether a score keeps within it."""
        return score <= self.at_most if self.at_most is not None else score < (self.below or 0)


class BiasedThresholds(Strict):
    """From which score a biased constitution is 是, and from which 倾向是."""

    yes: int
    leaning: int


class BalancedThresholds(Strict):
    """平和质: its own least score, and how far all eight others may go."""

    own: int
    yes_others: Limit
    basically_others: Limit


class Thresholds(Strict):
    """One cited set of thresholds.

    Attributes:
        id: its name in stored results. cite: where it is printed, in Chinese.
        doubtful: rests on a doubtful copy; never the default.
    """

    id: str
    cite: str
    doubtful: bool = False
    biased: BiasedThresholds
    balanced: BalancedThresholds


class Confirm(Strict):
    """A range of measured values whose grade is ours and must be confirmed by the person who measures."""

    least: int
    most: int
    say: str


class Measure(Strict):
    """How a measured value becomes a grade.

    Attributes:
        steps: (least value, grade), ascending. whole: round half up to a whole number first.
        confirm: ranges the printed table leaves open.
    """

    label: str
    cite: str
    steps: tuple[tuple[int, int], ...]
    whole: bool = False
    confirm: tuple[Confirm, ...] = ()


class Item(Strict):
    """One question.

    Attributes:
        text: short wording of ours. scales: the constitutions it counts for; reversed: those it counts for inversely.
        sex: asked of one sex only. measured: name of the measure that gives its grade.
        observed: the person who asks may fill it from what is seen. also: numbers of the same question elsewhere.
    """

    id: str
    text: str
    scales: tuple[Constitution, ...]
    reversed: tuple[Constitution, ...] = ()
    sex: Sex | None = None
    measured: str = ""
    observed: bool = False
    also: tuple[str, ...] = ()

    def counted(self, kind: Constitution, grade: int) -> int:
        """What a grade adds to a scale: itself, or 6 − grade where the item is reversed."""
        return LOWEST + HIGHEST - grade if kind in self.reversed else grade


class Instrument(Strict):
    """A questionnaire with everything needed to score it; data only.

    Attributes:
        edition: where it is printed, how far our copy was checked, what is missing. serves: whom it is meant for.
        look_back: the time the answers are about. measured: measures by name.
        contradictory_types: pairs that cannot both be 是. opposed_items: pairs that cannot both be often or always.
    """

    edition: Edition
    serves: str
    look_back: str
    scoring: Scoring
    thresholds: tuple[Thresholds, ...] = Field(min_length=1)
    contradictory_types: tuple[tuple[Constitution, Constitution], ...] = ()
    opposed_items: tuple[tuple[str, str], ...] = ()
    grades: dict[int, str]
    measured: dict[str, Measure] = Field(default_factory=dict)
    items: tuple[Item, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        faults = []
        names = [name for item in self.items for name in (item.id, *item.also)]
        if len(names) != len(set(names)):
            faults.append("题号重复")
        if not {item.measured for item in self.items if item.measured} <= set(self.measured):
            faults.append("题目用到没有写明的测量")
        if any(not set(item.reversed) <= set(item.scales) for item in self.items):
            faults.append("反向计分的量表不在所属量表之内")
        if self.thresholds[0].doubtful:
            faults.append("默认的判定标准不能是存疑的")
        if list(self.grades) != list(range(LOWEST, HIGHEST + 1)):
            faults.append("等级应为 1～5")
        if {kind for item in self.items for kind in item.scales} != set(Constitution):
            faults.append("九种体质应各有题目")
        if not {name for pair in self.opposed_items for name in pair} <= set(names):
            faults.append("互相矛盾的题目不存在")
        if faults:
            raise ValueError("；".join(faults))
        return self

    @property
    def id(self) -> str:
        """Stable name: elderly33, adult60 or gbt46939."""
        return self.edition.id

    @property
    def name(self) -> str:
        """Chinese title."""
        return self.edition.title

    @cached_property
    def by_number(self) -> dict[str, Item]:
        """Items by id and by the other numbers they carry."""
        return {number: item for item in self.items for number in (item.id, *item.also)}

    def asked(self, sex: Sex | None) -> tuple[Item, ...]:
        """The items a person answers; those of the other sex left out."""
        return tuple(item for item in self.items if item.sex is None or item.sex == sex)

    @property
    def asks_sex(self) -> bool:
        """Whether the sex must be known to choose the items."""
        return any(item.sex for item in self.items)

    def scale(self, kind: Constitution, sex: Sex | None) -> tuple[Item, ...]:
        """The items that count for one constitution."""
        return tuple(item for item in self.asked(sex) if kind in item.scales)

    def threshold_set(self, name: str = "") -> Thresholds:
        """A set of thresholds by id; the first one by default.

        Raises:
            UnknownInstrument: the instrument has no such set.
        """
        if not name:
            return self.thresholds[0]
        found = next((one for one in self.thresholds if one.id == name), None)
        if found is None:
            known = "、".join(one.id for one in self.thresholds)
            raise UnknownInstrument(f"“{self.name}”没有判定标准“{name}”，可用：{known}。")
        return found


INSTRUMENTS = ("elderly33", "adult60", "gbt46939")
"""Ids of the shipped instruments."""


@cache
def load_instrument(name: str) -> Instrument:
    """One shipped instrument.

    Raises:
        UnknownInstrument: no such id.
        DefinitionError: its file is broken.
    """
    if name not in INSTRUMENTS:
        raise UnknownInstrument(f"没有体质量表“{name}”，可用：{'、'.join(INSTRUMENTS)}。")
    folder = folder_of(ROOT, name)
    content = {"edition": read_edition(folder), **read_yaml(folder / "instrument.yaml")}
    return build(Instrument, content, f"{name}/instrument.yaml")
