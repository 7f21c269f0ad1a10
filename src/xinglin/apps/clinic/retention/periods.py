"""How long each kind of record is kept: data with its source."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, RootModel

from xinglin.base.yamlfile import Strict, build, read_yaml

SOURCE = Path(__file__).parents[1] / "data" / "retention.yaml"
RECORD, RESIDENT = "outpatient_record", "resident_file"
PRESCRIPTIONS = ("prescription", "toxic_prescription", "narcotic_prescription")


class Kept(Strict):
    """One kind of record. years: at least so long. start: counted from when. source: the rule."""

    label: str
    years: int = Field(ge=1)
    start: Literal["last_visit", "last_use", "day"] = Field(alias="from")
    source: str


class _Kinds(RootModel[dict[str, Kept]]):
    """All kinds."""


@cache
def load(source: Path) -> dict[str, Kept]:
    """The kinds of a file of this form; each app that keeps records has one. Raises DefinitionError: it is faulty."""
    return build(_Kinds, read_yaml(source), source.name).root


def kinds() -> dict[str, Kept]:
    """Every kind of the clinic."""
    return load(SOURCE)


def years_before(day: date, years: int) -> date:
    """The same day some years before; of 29 February, the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
