"""Old fact files go, but never under a reader, never what a vintage rests on, never while somebody writes."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from xinglin.apps.indicators import pruning
from xinglin.apps.indicators.export import alone
from xinglin.apps.indicators.pruning import GRACE, Pruned, prune
from xinglin.base.errors import DataError
from xinglin.facts import DatasetInfo, open_dataset, write_dataset
from xinglin.facts.layout import MANIFEST

pytestmark = pytest.mark.any_database
NOW = datetime(2026, 3, 1, tzinfo=UTC)
A_LITTLE = timedelta(seconds=1)


def write(folder: Path, *names: str) -> set[str]:
    """A register with these facilities; the files that are listed then."""
    row = {
        "place": "441882101",
        "kind": "township_hospital",
        "sponsor_level": "county",
        "ownership": "public",
    }
    rows = pa.Table.from_pylist([{**row, "facility": name, "name": name} for name in names])
    manifest = write_dataset(folder, {"facility": rows}, DatasetInfo(title="试", demonstration=True))
    return {entry.path for entries in manifest.tables.values() for entry in entries}


def there(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in (folder / "facts").rglob("*") if path.is_file()}


def run(folder: Path, now: datetime) -> Pruned | None:
    return prune(folder, folder.parent / "vintages", now)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "facts"


def test_a_file_goes_when_its_grace_is_over(folder: Path) -> None:
    old, new = write(folder, "a"), write(folder, "b")
    assert run(folder, NOW) == Pruned(1, 1, 0, 0)
    assert run(folder, NOW + GRACE - A_LITTLE) == Pruned(1, 1, 0, 0)
    assert there(folder) == old | new
    done = run(folder, NOW + GRACE)
    assert done is not None
    assert (done.removed, done.waiting, done.freed > 0) == (1, 0, True)
    assert there(folder) == new


def test_a_reader_of_the_old_manifest_keeps_its_files_for_the_grace(folder: Path) -> None:
    """However old the files are: what counts is since when nothing lists them."""
    write(folder, "a")
    for path in there(folder):
        os.utime(folder / path, (0, 0))
    reader = open_dataset(folder)
    write(folder, "b")
    run(folder, NOW)
    assert [row["facility"] for row in reader.rows("facility")] == ["a"]


def test_a_file_that_is_listed_again_waits_anew(folder: Path) -> None:
    old = write(folder, "a")
    write(folder, "b")
    run(folder, NOW)
    assert write(folder, "a") == old
    run(folder, NOW + GRACE)
    assert old <= there(folder)
    write(folder, "b")
    run(folder, NOW + GRACE + A_LITTLE)
    assert old <= there(folder)


def test_what_a_vintage_rests_on_stays(folder: Path) -> None:
    old = write(folder, "a")
    vintage = folder.parent / "vintages" / "v1"
    vintage.mkdir(parents=True)
    (vintage / "facts.json").write_bytes((folder / MANIFEST).read_bytes())
    new = write(folder, "b")
    for later in (NOW, NOW + 2 * GRACE):
        assert run(folder, later) == Pruned(2, 0, 0, 0)
    assert there(folder) == old | new


@pytest.mark.parametrize("spoilt", ["facts.json", "receipt.json", "manifest.json"])
def test_nothing_goes_when_nobody_knows_what_is_needed(folder: Path, spoilt: str) -> None:
    write(folder, "a")
    write(folder, "b")
    vintage = folder.parent / "vintages" / "v1"
    vintage.mkdir(parents=True)
    run(folder, NOW)
    (folder / MANIFEST if spoilt == MANIFEST else vintage / spoilt).write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="从备份恢复"):
        run(folder, NOW + GRACE)
    assert len(there(folder)) == 2


def test_nothing_goes_while_somebody_writes(folder: Path) -> None:
    write(folder, "a")
    write(folder, "b")
    run(folder, NOW)
    with alone(folder):
        assert run(folder, NOW + GRACE) is None
    assert len(there(folder)) == 2


def test_left_over_pieces_and_empty_folders_go_and_strangers_stay(folder: Path) -> None:
    new = write(folder, "a")
    month = folder / "facts" / "visit" / "province=44" / "month=2020-01"
    month.mkdir(parents=True)
    (month / "writing.new").write_text("half")
    (folder / "facts" / "readme.txt").write_text("mine")
    (folder / "facts" / "away.parquet").symlink_to(folder / MANIFEST)
    run(folder, NOW)
    run(folder, NOW + GRACE)
    assert there(folder) == new | {"facts/readme.txt", "facts/away.parquet"}
    assert not (folder / "facts" / "visit").exists()


@pytest.mark.parametrize("content", ["{", "[]", '{"facts/facility/x.parquet": 3}'])
def test_a_spoilt_ledger_begins_the_grace_anew(folder: Path, content: str) -> None:
    write(folder, "a")
    write(folder, "b")
    run(folder, NOW)
    (folder / pruning.LEDGER).write_text(content, encoding="utf-8")
    assert run(folder, NOW + GRACE) == Pruned(1, 1, 0, 0)


def test_a_clock_put_back_does_not_keep_files_for_ever(folder: Path) -> None:
    write(folder, "a")
    write(folder, "b")
    run(folder, NOW + 400 * GRACE)
    run(folder, NOW)
    ledger = json.loads((folder / pruning.LEDGER).read_text(encoding="utf-8"))
    assert list(ledger.values()) == [NOW.isoformat()]
    done = run(folder, NOW + GRACE)
    assert done is not None
    assert done.removed == 1


def test_without_facts_there_is_nothing_to_do(folder: Path) -> None:
    assert run(folder, NOW) == Pruned(0, 0, 0, 0)
