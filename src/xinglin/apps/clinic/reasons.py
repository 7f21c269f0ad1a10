"""Reasons that are offered when a finding is signed once more (双签字)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import RootModel

from xinglin.base.yamlfile import build, read_yaml

SOURCE = Path(__file__).with_name("data") / "reasons.yaml"
OTHER = "other"


class _Reasons(RootModel[dict[str, tuple[str, ...]]]):
    """Rule → reasons."""


@lru_cache(maxsize=1)
def load() -> dict[str, tuple[str, ...]]:
    """Rule → reasons. Raises DefinitionError: the file is faulty."""
    return build(_Reasons, read_yaml(SOURCE), SOURCE.name).root


def offered(rule: str) -> tuple[str, ...]:
    """Reasons for a rule; those for any where it has none of its own."""
    return load().get(rule) or load()[OTHER]
