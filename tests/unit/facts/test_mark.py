"""Made-up rows carry 演示数据 in every Parquet file, and nothing read from them can lose it."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xinglin.facts import (
    MARK,
    DatasetInfo,
    arrow_schema,
    check_dataset,
    load_contract,
    open_dataset,
    write_dataset,
)
from xinglin.facts.arrow import is_marked, marked

REAL, DEMONSTRATION = DatasetInfo("441882"), DatasetInfo("441882", demonstration=True)
WARNING = "带有“演示数据”的标记，数据集却没有写明。整套数据按演示数据处理；要用真实数据，请换掉带标记的文件。"


def facilities() -> pa.Table:
    row = {
        "facility": "F1",
        "name": "卫生院",
        "place": "441882100",
        "kind": "township_hospital",
        "sponsor_level": "county",
        "ownership": "public",
    }
    return pa.Table.from_pylist([row], schema=arrow_schema(load_contract().table("facility")))


def populations() -> pa.Table:
    row = {"place": "441882", "year": 2020, "residents": 377220}
    return pa.Table.from_pylist([row], schema=arrow_schema(load_contract().table("population")))


def tables() -> dict[str, pa.Table]:
    return {"facility": facilities(), "population": populations()}


def marks(folder: Path) -> dict[str, bytes | None]:
    """What stands in the metadata of each table's file."""
    files = (folder / "facts").rglob("*.parquet")
    return {path.parent.name: pq.read_metadata(path).metadata.get(b"xinglin.mark") for path in files}


def unsaid(folder: Path) -> list[str]:
    return [str(problem) for problem in check_dataset(folder) if problem.kind == "unsaid_mark"]


def test_every_file_of_a_demonstration_is_marked(tmp_path: Path) -> None:
    write_dataset(tmp_path, tables(), DEMONSTRATION)

    assert marks(tmp_path) == dict.fromkeys(tables(), MARK.encode())
    assert unsaid(tmp_path) == []


def test_no_file_of_real_data_is_marked(tmp_path: Path) -> None:
    write_dataset(tmp_path, tables(), REAL)

    assert marks(tmp_path) == dict.fromkeys(tables())
    assert not open_dataset(tmp_path).info.demonstration
    assert not is_marked(open_dataset(tmp_path).arrow("facility").schema)


@pytest.mark.parametrize("in_pieces", [False, True])
def test_one_marked_table_makes_the_data_set_a_demonstration(tmp_path: Path, in_pieces: bool) -> None:
    mixed = marked(populations())

    manifest = write_dataset(
        tmp_path, {**tables(), "population": iter([mixed]) if in_pieces else mixed}, REAL
    )

    assert marks(tmp_path) == {"facility": None, "population": MARK.encode()}
    assert manifest.info.demonstration
    assert open_dataset(tmp_path).info.demonstration


def test_the_mark_survives_reading_and_writing_under_another_name(tmp_path: Path) -> None:
    write_dataset(tmp_path / "a", tables(), DEMONSTRATION)
    read = open_dataset(tmp_path / "a")

    write_dataset(tmp_path / "b", {name: read.arrow(name) for name in read.names()}, REAL)

    assert marks(tmp_path / "b") == marks(tmp_path / "a")
    assert open_dataset(tmp_path / "b").info.demonstration


def test_a_manifest_that_is_silent_about_it_does_not_hide_it(tmp_path: Path) -> None:
    write_dataset(tmp_path, tables(), DEMONSTRATION)
    manifest = tmp_path / "manifest.json"
    text = manifest.read_text(encoding="utf-8").replace('"demonstration": true', '"demonstration": false')
    manifest.write_text(text, encoding="utf-8")

    name = next((tmp_path / "facts/facility").iterdir()).relative_to(tmp_path).as_posix()

    assert open_dataset(tmp_path).info == DEMONSTRATION
    assert unsaid(tmp_path) == [f"[提醒] {name}：{WARNING}"]


def test_a_marked_file_among_others_is_noticed(tmp_path: Path) -> None:
    pq.write_table(marked(facilities()), tmp_path / "facility.parquet")
    pq.write_table(populations(), tmp_path / "population.parquet")

    dataset = open_dataset(tmp_path)

    assert dataset.info.demonstration
    assert is_marked(dataset.arrow("population").schema)
    assert unsaid(tmp_path) == [f"[提醒] facility.parquet：{WARNING}"]


def test_dataset_yaml_that_says_so_leaves_nothing_to_tell(tmp_path: Path) -> None:
    pq.write_table(marked(facilities()), tmp_path / "facility.parquet")
    (tmp_path / "dataset.yaml").write_text("demonstration: true\n", encoding="utf-8")

    assert unsaid(tmp_path) == []


def test_other_metadata_is_dropped(tmp_path: Path) -> None:
    noisy = facilities().replace_schema_metadata({"when": "now", "xinglin.mark": MARK})

    first = write_dataset(tmp_path / "a", {"facility": noisy}, REAL)
    second = write_dataset(tmp_path / "b", {"facility": marked(facilities())}, REAL)

    assert first == second
