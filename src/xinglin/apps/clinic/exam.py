"""Words of the four examinations: ids and what is printed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from pydantic import RootModel

from xinglin.base.yamlfile import Strict, build, read_yaml

SOURCE = Path(__file__).with_name("data") / "exam.yaml"
UNSEEN = "未查"


class Words(Strict):
    """One list: its label, and id → word."""

    label: str
    words: dict[str, str]


class _Lists(RootModel[dict[str, Words]]):
    """All lists."""


@lru_cache(maxsize=1)
def lists() -> dict[str, Words]:
    """The lists: tongue, coating, pulse. Raises DefinitionError: the file is faulty."""
    return build(_Lists, read_yaml(SOURCE), SOURCE.name).root


def said(name: str, ids: Iterable[str]) -> str:
    """Words of a list for ids, 未查 for none."""
    words = lists()[name].words
    return "、".join(words[one] for one in ids) or UNSEEN


def in_words(tongue: Iterable[str], coating: Iterable[str], left: Iterable[str], right: Iterable[str]) -> str:
    """Tongue and pulse as a record has them: 舌淡红，苔薄白，脉弦细（左弦，右细）."""
    lefts, rights = list(left), list(right)
    head = f"舌{said('tongue', tongue)}，苔{said('coating', coating)}"
    if lefts == rights:
        return f"{head}，脉{said('pulse', lefts)}"
    return f"{head}，左脉{said('pulse', lefts)}，右脉{said('pulse', rights)}"
