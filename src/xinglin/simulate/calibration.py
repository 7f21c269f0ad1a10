"""Counties calibrated to published figures: one YAML file each, `calibrated/<place>-<year>.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from xinglin.base.errors import DefinitionError
from xinglin.base.yamlfile import faults_of, read_yaml
from xinglin.simulate.parameters import CountyParameters

FOLDER = Path(__file__).parent / "calibrated"


def lianzhou_2020() -> CountyParameters:
    """Lianzhou (441882) at the end of 2020, as section 一 of its plan (连卫〔2023〕46号) printed it."""
    found = calibrated("441882", 2020)
    assert found is not None
    return found


@cache
def calibrated(place_code: str, year: int) -> CountyParameters | None:
    """The calibrated county of a place and year, or None where there is none.

    Raises:
        DefinitionError: the file has faults; all are told.
    """
    path = FOLDER / f"{place_code}-{year}.yaml"
    return read_parameters(path) if path.exists() else None


def read_parameters(path: Path) -> CountyParameters:
    """Read one parameter file.

    Raises:
        DefinitionError: not YAML, an unknown or missing key, a wrong type.
    """
    try:
        return TypeAdapter(CountyParameters).validate_python(read_yaml(path))
    except ValidationError as error:
        raise DefinitionError(path.name, faults_of(error)) from error
