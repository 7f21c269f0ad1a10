from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xinglin.cli import main
from xinglin.simulate import simulate

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def lianzhou(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lianzhou")
    simulate("441882", year=2020, seed=1, out=folder)
    return folder


@pytest.fixture
def run() -> Run:
    """``run("evaluate", data, …)``: what `xinglin evaluate data …` does; a traceback is a failure of the test."""

    def run_command(*words: object, width: int = 100) -> Result:
        found = CliRunner().invoke(
            main, [str(word) for word in words], prog_name="xinglin", terminal_width=width
        )
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found

    return run_command


@pytest.fixture(scope="session")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A facility register with three errors: an unknown code, a number with its unit, a place that is none."""
    folder = tmp_path_factory.mktemp("bad")
    text = (
        "facility,name,place,kind,sponsor_level,ownership,beds\n"
        "f1,星子镇卫生院,441882101,乡镇医院,township,public,20\n"
        "f2,东陂镇卫生院,441882107,township_hospital,township,public,20张\n"
        "f3,某某卫生院,449999101,township_hospital,township,public,20\n"
    )
    (folder / "facility.csv").write_text(text, encoding="utf-8")
    return folder
