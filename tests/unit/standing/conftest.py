from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from xinglin.facts import open_dataset
from xinglin.measures import load_measures
from xinglin.policy import load_documents
from xinglin.simulate import simulate
from xinglin.standing import Inputs, Standing, evaluate, open_inputs

LIANZHOU = "441882"
YEAR_END = date(2020, 12, 31)


@pytest.fixture(scope="session")
def lianzhou(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lianzhou")
    simulate(LIANZHOU, year=2020, seed=1, out=folder)
    return folder


@pytest.fixture(scope="session")
def linzi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("linzi")
    simulate("370305", year=2023, seed=1, out=folder)
    return folder


@pytest.fixture(scope="session")
def opened() -> Callable[..., Inputs]:
    """``opened(folder, place="441882", on=date(2020, 12, 31))``."""

    def opened_at(folder: Path, place: str = LIANZHOU, on: date = YEAR_END) -> Inputs:
        book = load_measures()
        return open_inputs(open_dataset(folder), book, load_documents(book), place, on)

    return opened_at


@pytest.fixture(scope="session")
def inputs(opened: Callable[..., Inputs], lianzhou: Path) -> Inputs:
    return opened(lianzhou)


@pytest.fixture(scope="session")
def standing(inputs: Inputs) -> Standing:
    return evaluate(inputs)
