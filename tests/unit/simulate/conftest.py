import pyarrow as pa
import pytest

from xinglin.base.places import load_divisions
from xinglin.simulate import CountyParameters, default_parameters, lianzhou_2020, simulate_county

LIYANG = "320481"


@pytest.fixture(scope="session")
def lianzhou() -> dict[str, pa.Table]:
    return simulate_county(lianzhou_2020(), year=2020, seed=1)


@pytest.fixture(scope="session")
def liyang_parameters() -> CountyParameters:
    divisions = load_divisions(LIYANG)
    return default_parameters(divisions.get(LIYANG), divisions, 2021, 7)


@pytest.fixture(scope="session")
def liyang(liyang_parameters: CountyParameters) -> dict[str, pa.Table]:
    return simulate_county(liyang_parameters, year=2021, seed=7)
