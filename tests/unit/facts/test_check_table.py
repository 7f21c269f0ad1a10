from datetime import date
from pathlib import Path

import pytest
from bad_tables import CASES, Case

from xinglin.facts import InvalidData, check_dataset, open_dataset

TODAY = date(2026, 1, 1)


def lay_out(folder: Path, case: Case) -> Path:
    folder.mkdir()
    for name, content in case.files.items():
        if callable(content):
            content(folder / name)
        else:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.name}".strip())
def test_bad_input_is_told_in_these_words_and_nothing_else(case: Case, tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "data", case)

    problems = check_dataset(folder, place=case.place, today=TODAY)

    told = [p for p in problems if p.kind != "missing_reporting" or case.kind == p.kind]
    assert [str(problem) for problem in told] == list(case.told)
    assert case.kind in {problem.kind for problem in told}


def test_at_least_forty_five_kinds_are_tabled() -> None:
    assert len({case.kind for case in CASES}) >= 45


@pytest.mark.parametrize("case", [CASES[0], CASES[-8]], ids=lambda case: case.kind)
def test_opening_refuses_data_with_errors(case: Case, tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "data", case)

    with pytest.raises(InvalidData) as refused:
        open_dataset(folder)

    assert case.kind in {problem.kind for problem in refused.value.problems}
    assert case.told[0].split("] ")[1] in str(refused.value)
