import pytest

from xinglin.base.places import Divisions, load_divisions


@pytest.fixture(scope="session")
def nation() -> Divisions:
    return load_divisions()
