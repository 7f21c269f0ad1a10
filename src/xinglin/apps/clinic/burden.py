"""The burden meter: how many fields a doctor is asked for, and how many of them exist only for a report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import RootModel

from xinglin.base.yamlfile import build, read_yaml

SOURCE = Path(__file__).with_name("data") / "burden.yaml"
_SOURCES = [SOURCE]
Purpose = Literal["identity", "care", "law", "payment", "reporting"]
LABELS = {
    "identity": "身份",
    "care": "诊疗",
    "law": "病历、处方规定",
    "payment": "结算",
    "reporting": "只为报表",
}


class _Forms(RootModel[dict[str, dict[str, Purpose]]]):
    """Form → field → what it is for."""


@dataclass(frozen=True)
class Meter:
    """Fields in all, by purpose in words, and those for reports only."""

    fields: int
    by_purpose: tuple[tuple[str, int], ...]
    reporting: tuple[str, ...]


def register(source: Path) -> None:
    """Count the forms of another app too, by a file like ours; called from its ``ready()``."""
    if source not in _SOURCES:
        _SOURCES.append(source)
        purposes.cache_clear()


@lru_cache(maxsize=1)
def purposes() -> dict[str, dict[str, Purpose]]:
    """Form → field → purpose. Raises DefinitionError: a file is faulty."""
    found: dict[str, dict[str, Purpose]] = {}
    for source in _SOURCES:
        found |= build(_Forms, read_yaml(source), str(source)).root
    return found


def meter() -> Meter:
    """The meter of the forms that a doctor fills in."""
    all_ = [
        (f"{form}.{name}", purpose) for form, fields in purposes().items() for name, purpose in fields.items()
    ]
    counted: Counter[str] = Counter(purpose for _, purpose in all_)
    return Meter(
        len(all_),
        tuple((LABELS[purpose], counted[purpose]) for purpose in LABELS),
        tuple(name for name, purpose in all_ if purpose == "reporting"),
    )
