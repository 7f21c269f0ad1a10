"""What a signed service holds, as JSON of its version: frozen, complete, with the edition it was made by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from xinglin.base.yamlfile import Strict
from xinglin.knowledge.constitution import (
    Assessment,
    Constitution,
    Flag,
    Result,
    Score,
    Sex,
    Verdict,
    load_instrument,
)

CONSTITUTIONS = {kind.code: kind for kind in Constitution}
TOLD = {"self": "本人", "family": "家属", "carer": "照护人员"}
WAYS = {"here": "来诊", "visit": "上门", "phone": "电话"}
ADHERENCE = {"good": "基本照做", "partly": "部分照做", "none": "没有照做", "first": "首次指导"}
EFFECT = {
    "controlled": "控制满意",
    "better": "有好转",
    "same": "无变化",
    "worse": "加重",
    "referred": "已转诊",
}


class Scored(Strict):
    """One constitution of an assessment: how many items, sum of grades, verdict."""

    items: int
    raw: int
    verdict: str


class Assessed(Strict):
    """A filled and judged constitution form.

    Attributes:
        edition: of the instrument and its lines. answers: number of the question → grade.
        main: the main biased constitution, by score or by the physician where several share the highest.
        noticed: what was shown before signing and confirmed.
    """

    kind: Literal["assessment"] = "assessment"
    day: date
    instrument: str
    thresholds: str
    edition: str
    sex: str = ""
    answers: dict[str, int]
    measured: dict[str, Decimal] = Field(default_factory=dict)
    results: dict[str, Scored]
    main: str = ""
    flags: tuple[str, ...] = ()
    noticed: tuple[str, ...] = ()

    def assessment(self) -> Assessment:
        """As it was judged; nothing is scored anew."""
        scoring = load_instrument(self.instrument).scoring
        results = tuple(
            Result(
                Score(self.instrument, scoring, CONSTITUTIONS[code], one.items, one.raw), Verdict(one.verdict)
            )
            for code, one in self.results.items()
        )
        return Assessment(
            instrument=self.instrument,
            thresholds=self.thresholds,
            sex=Sex(self.sex) if self.sex else None,
            grades=self.answers,
            results=results,
            main=CONSTITUTIONS[self.main] if self.main else None,
            flags=tuple(Flag(one) for one in self.flags),
        )


class Guided(Strict):
    """Guidance that was given.

    Attributes:
        aspects: code of a constitution → kinds of advice that were given. told: to whom. way: how.
    """

    kind: Literal["guidance"] = "guidance"
    day: date
    edition: str
    aspects: dict[str, tuple[str, ...]]
    other: str = ""
    told: str
    way: str


class ChildGuided(Strict):
    """A child's guidance: boxes of the form that were ticked, for the visit of an age."""

    kind: Literal["child"] = "child"
    day: date
    edition: str
    months: int
    boxes: tuple[int, ...]
    other: str = ""
    told: str
    next_day: date | None = None


class Followed(Strict):
    """A follow-up of somebody in a priority group."""

    kind: Literal["chronic"] = "chronic"
    day: date
    edition: str
    group: str
    way: str
    readings: dict[str, Decimal] = Field(default_factory=dict)
    adherence: str
    effect: str
    aspects: tuple[str, ...]
    other: str = ""
    next_day: date | None = None


Content = Annotated[Assessed | Guided | ChildGuided | Followed, Field(discriminator="kind")]
_ANY: TypeAdapter[Assessed | Guided | ChildGuided | Followed] = TypeAdapter(Content)


def read(text: str) -> Assessed | Guided | ChildGuided | Followed:
    """The content of a version."""
    return _ANY.validate_json(text)
