"""Many threads at once, a killed process, a million rows: in processes with a database file or server of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

SCRIPT = Path(__file__).with_name("audit_load.py")
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """``run("load", 4, 25, 2)``: the script on a database of its own, of the kind that the tests run on."""
    name = f"audit_load_{uuid4().hex[:12]}"
    if "DATABASE_URL" in os.environ:
        server(f'CREATE DATABASE "{name}"')

    def start(mode: str, *numbers: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(SCRIPT), str(tmp_path), name, mode, *map(str, numbers)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=SCRIPT.parent)

    yield start
    if "DATABASE_URL" in os.environ:
        server(f'DROP DATABASE "{name}" WITH (FORCE)')


def server(statement: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def answer(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    print(found)
    return found


def whole(found: dict[str, Any]) -> bool:
    return bool(found["ok"] and not found["holes"] and not found["unsealed"])


def test_every_read_leaves_its_row(run: Run) -> None:
    for found in answer(run("each", 4, 25, 2)).values():
        assert found["counts"] == [100, 100]
        assert whole(found)


@pytest.mark.soak
def test_every_read_of_many_leaves_its_row(run: Run) -> None:
    found = answer(run("load", 16, 500, 20))
    assert found["counts"] == [8_000] * 20
    assert whole(found)


@pytest.mark.soak
def test_every_view_of_many_leaves_its_row(run: Run) -> None:
    found = answer(run("views", 16, 500, 1))
    assert found["counts"] == [8_000]
    assert whole(found)


@pytest.mark.soak
def test_sealing_goes_on_after_being_killed(run: Run) -> None:
    assert run("crash", 20).returncode == -9
    found = answer(run("check"))
    assert found["entries"] == 20
    assert whole(found)


@pytest.mark.soak
def test_a_million_rows(run: Run) -> None:
    found = answer(run("rate", 1_000_000))
    assert found["ok"]
    assert found["memory_mb"] - found["memory_before_mb"] < 100
    assert found["verified_per_second"] > 5_000
