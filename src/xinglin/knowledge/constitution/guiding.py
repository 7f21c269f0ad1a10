"""Guidance for each constitution, in our own words: emotion, diet, daily life, exercise, acupoints."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from xinglin.base.yamlfile import Strict, build, read_yaml
from xinglin.knowledge.constitution.scoring import Assessment
from xinglin.knowledge.constitution.types import Constitution
from xinglin.knowledge.edition import Edition, folder_of, read_edition

ROOT = Path(__file__).parent / "guidance"
DEFAULT = "norm2013"


class Acupoints(Strict):
    """Points to press at home; ``how`` where it is not the usual pressing, ``caution`` for whom it is not."""

    points: tuple[str, ...] = Field(min_length=1)
    how: str = ""
    caution: str = ""


class Advice(Strict):
    """What one constitution is advised.

    Attributes:
        checked: how far the choice of points was compared. doubtful: from knowledge only; show it as such.
    """

    checked: str
    doubtful: bool = False
    emotion: str
    diet: str
    daily_life: str
    exercise: str
    acupoints: Acupoints


class Guidance(Strict):
    """Advice for all nine constitutions.

    Attributes:
        aspects: Chinese heading of each kind of advice, in printed order. press: the usual way of pressing a point.
    """

    edition: Edition
    aspects: dict[str, str]
    press: str
    types: dict[Constitution, Advice]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if set(self.types) != set(Constitution):
            raise ValueError("九种体质应各有指导")
        return self

    def lines(self, kind: Constitution) -> tuple[tuple[str, str], ...]:
        """Heading and text of each kind of advice for one constitution, ready to print."""
        advice = self.types[kind]
        return tuple((label, self._text(advice, aspect)) for aspect, label in self.aspects.items())

    def _text(self, advice: Advice, aspect: str) -> str:
        if aspect != "acupoints":
            return str(getattr(advice, aspect))
        points = advice.acupoints
        caution = f"；{points.caution}" if points.caution else ""
        return f"{'、'.join(points.points)}：{points.how or self.press}{caution}。"


@cache
def load_guidance(edition: str = DEFAULT) -> Guidance:
    """One edition of the guidance.

    Raises:
        DefinitionError: no such edition, or its file is broken.
    """
    folder = folder_of(ROOT, edition)
    content = {"edition": read_edition(folder), **read_yaml(folder / "guidance.yaml")}
    return build(Guidance, content, f"{edition}/guidance.yaml")


def guidance_for(assessment: Assessment) -> tuple[tuple[Constitution, Advice], ...]:
    """The advice a person is due: every constitution that holds, highest score first; 平和质 when none does."""
    guidance = load_guidance()
    return tuple((kind, guidance.types[kind]) for kind in assessment.to_guide)
