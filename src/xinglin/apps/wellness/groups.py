"""Priority groups (慢病和其他重点人群): interval, readings and advice as data (``data/groups.yaml``)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from xinglin.base.yamlfile import Strict, build, read_yaml

SOURCE = Path(__file__).with_name("data") / "groups.yaml"


class Reading(Strict):
    """Something measured at a follow-up; least and most catch slips of the hand."""

    label: str
    unit: str
    least: int
    most: int


class Group(Strict):
    """One group.

    Attributes:
        days: from one follow-up to the next. frequency: where that stands. doubtful: the advice rests on professional
            knowledge only.
    """

    label: str
    days: int = Field(ge=1, le=366)
    frequency: str
    readings: tuple[str, ...] = ()
    doubtful: bool = False
    advice: dict[str, str]


class Groups(Strict):
    """All groups with what they share."""

    edition: str
    aspects: dict[str, str]
    readings: dict[str, Reading]
    groups: dict[str, Group]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for name, group in self.groups.items():
            if set(group.advice) != set(self.aspects):
                raise ValueError(f"{name}：advice 应写全 {'、'.join(self.aspects)}")
            if not set(group.readings) <= set(self.readings):
                raise ValueError(f"{name}：readings 里有没有写明的测量")
        return self


@lru_cache(maxsize=1)
def load_groups() -> Groups:
    """The groups as shipped. Raises DefinitionError: the file is faulty."""
    return build(Groups, read_yaml(SOURCE), SOURCE.name)


def label_of(code: str) -> str:
    """The Chinese name; a code that is no longer in the file stands as it is."""
    found = load_groups().groups.get(code)
    return found.label if found else code


def choices() -> list[tuple[str, str]]:
    """Codes and names."""
    return [(code, group.label) for code, group in load_groups().groups.items()]
