"""Numbers of the review, with what each rests on."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from pydantic import RootModel

from xinglin.base.yamlfile import Strict, build, read_yaml

DATA = Path(__file__).parent / "data"


class Parameter(Strict):
    """A number with what it rests on."""

    value: Decimal
    basis: str


class _Parameters(RootModel[dict[str, Parameter]]):
    pass


@lru_cache(maxsize=1)
def parameters() -> dict[str, Parameter]:
    """All numbers by name."""
    return build(_Parameters, read_yaml(DATA / "parameters.yaml"), "parameters.yaml").root


def number(name: str) -> Decimal:
    """The value of one."""
    return parameters()[name].value
