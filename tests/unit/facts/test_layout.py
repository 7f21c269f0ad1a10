import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bad_tables import facility

from xinglin.base.errors import DataError
from xinglin.base.problems import Severity
from xinglin.facts import (
    DatasetInfo,
    InvalidData,
    arrow_schema,
    check_dataset,
    load_contract,
    open_dataset,
    write_dataset,
)

INFO = DatasetInfo("441882", "连州市", demonstration=True)


def facilities(*ids: str) -> pa.Table:
    rows = {
        "facility": list(ids),
        "name": [f"卫生院{id_}" for id_ in ids],
        "place": ["441882100"] * len(ids),
        "kind": ["township_hospital"] * len(ids),
        "sponsor_level": ["county"] * len(ids),
        "ownership": ["public"] * len(ids),
    }
    return pa.table(rows)


def visits(*rows: tuple[str, str, date]) -> pa.Table:
    ids, at, on = zip(*rows, strict=True)
    marks = [True] * len(rows)
    return pa.table({"visit": ids, "facility": at, "date": on, "tcm": marks, "non_drug": marks})


TABLES = {
    "facility": facilities("F2", "F1"),
    "visit": visits(
        ("V2", "F2", date(2020, 3, 1)), ("V1", "F1", date(2020, 3, 2)), ("V3", "F1", date(2020, 4, 1))
    ),
}


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def errors(folder: Path) -> list[str]:
    return [str(problem) for problem in check_dataset(folder) if problem.severity is Severity.ERROR]


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    write_dataset(tmp_path, TABLES, INFO)

    dataset = open_dataset(tmp_path)

    assert dataset.info == INFO
    assert set(dataset.names()) == {"facility", "visit"}
    assert [row["facility"] for row in dataset.rows("facility")] == ["F1", "F2"]
    assert [row["visit"] for row in dataset.rows("visit")] == ["V1", "V2", "V3"]
    assert dataset.arrow("visit").schema == arrow_schema(load_contract().table("visit"))
    assert dataset.arrow("post").num_rows == 0
    assert dataset.arrow("technique").num_rows == 95
    assert errors(tmp_path) == []


def test_events_lie_by_province_and_month(tmp_path: Path) -> None:
    write_dataset(tmp_path, TABLES, INFO)

    folders = [
        Path(path).parent.relative_to(tmp_path).as_posix() for path in open_dataset(tmp_path).parquet("visit")
    ]

    assert folders == ["facts/visit/province=44/month=2020-03", "facts/visit/province=44/month=2020-04"]
    assert open_dataset(tmp_path).parquet("post") is None


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    shuffled = {name: table.take(list(reversed(range(table.num_rows)))) for name, table in TABLES.items()}

    first = write_dataset(tmp_path / "a", TABLES, INFO)
    second = write_dataset(tmp_path / "b", shuffled, INFO)

    assert first == second
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert (
        open_dataset(tmp_path / "a").manifest_hash == open_dataset(tmp_path / "b").manifest_hash == first.hash
    )


def test_a_table_may_come_in_pieces(tmp_path: Path) -> None:
    months = [TABLES["visit"].slice(0, 2), TABLES["visit"].slice(2)]

    whole = write_dataset(tmp_path / "a", TABLES, INFO)
    pieces = write_dataset(tmp_path / "b", {**TABLES, "visit": iter(months)}, INFO)

    assert whole == pieces


def test_a_changed_value_changes_the_hash(tmp_path: Path) -> None:
    first = write_dataset(tmp_path / "a", TABLES, INFO)
    second = write_dataset(tmp_path / "b", {**TABLES, "facility": facilities("F1", "F2", "F3")}, INFO)

    assert first.hash != second.hash


def test_rewriting_replaces_the_state(tmp_path: Path) -> None:
    write_dataset(tmp_path, TABLES, INFO)
    write_dataset(tmp_path, {"facility": facilities("F9")}, INFO)

    assert open_dataset(tmp_path).names() == ("facility",)
    assert {p.kind for p in check_dataset(tmp_path)} == {"unknown_file", "missing_reporting"}


def test_spreadsheet_data_offers_no_parquet(tmp_path: Path) -> None:
    (tmp_path / "机构.csv").write_text(facility(), encoding="utf-8")

    assert open_dataset(tmp_path).parquet("facility") is None


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"facilities": TABLES["facility"]}, "没有这些事实表：facilities。"),
        ({"facility": TABLES["facility"].append_column("x", pa.array([1, 2]))}, "没有这些列：x"),
        ({"facility": TABLES["facility"].drop_columns(["kind"])}, "缺少必填列 kind"),
        ({"visit": TABLES["visit"]}, "有 3 行没有日期，或机构不在机构表中"),
    ],
)
def test_writing_refuses(tables: dict[str, pa.Table], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        write_dataset(tmp_path, tables, INFO)


def test_typed_rows_are_checked_column_by_column(tmp_path: Path) -> None:
    bad = facilities("F1", "F1", "F2", "F3")
    bad = bad.set_column(3, "kind", pa.array(["村卫生室", "x", None, "clinic"]))
    bad = bad.append_column("beds", pa.array([-1, 1, 1, 1], pa.int64()))
    write_dataset(tmp_path, {"facility": bad}, INFO)
    name = next((tmp_path / "facts/facility").iterdir()).relative_to(tmp_path).as_posix()

    assert errors(tmp_path) == [
        f"[错误] {name} 第 2 行 “kind”列：“村卫生室”不是规范的写法。类型化的 Parquet 里请写“village_clinic”。",
        f"[错误] {name} 第 2 行 “beds”列：“-1”超出范围。床位数应在 0 至 20000 之间（单位：张），请核对。",
        f"[错误] {name} 第 3 行 “kind”列：“x”不在代码表“机构类别”里。可填：中医类医院（tcm_hospital）、"
        "综合医院（general_hospital）、专科医院（specialised_hospital）、妇幼保健院（maternal_child_hospital）、"
        "社区卫生服务中心（community_centre）、乡镇卫生院（township_hospital）、街道卫生院（subdistrict_hospital）、"
        "社区卫生服务站（community_station）等 13 种。",
        f"[错误] {name} 第 3 行 “facility”列：机构编号“F1”与第 2 行重复。每机构只能有一行，请删去或改正一行。",
        f"[错误] {name} 第 4 行 “kind”列：“机构类别”没有填。这一列必填：按执业许可归入的类别。",
    ]


def test_damage_to_our_layout_is_told(tmp_path: Path) -> None:
    write_dataset(tmp_path, TABLES, INFO)
    april, march = sorted(
        (tmp_path / "facts/visit").rglob("*.parquet"), key=lambda p: "04" not in str(p.parent)
    )
    pq.write_table(pq.ParquetFile(march).read().slice(0, 1), march)
    april.unlink()

    assert {p.kind for p in check_dataset(tmp_path)} == {"changed_file", "missing_file", "missing_reporting"}
    with pytest.raises(InvalidData, match="清单里有这个文件，却找不到"):
        open_dataset(tmp_path)


@pytest.mark.parametrize("text", ["", "{}", '{"schema_version": 9}', "[1]"])
def test_a_bad_manifest_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")

    assert [p.kind for p in check_dataset(tmp_path)] == ["bad_manifest"]
    with pytest.raises(InvalidData):
        open_dataset(tmp_path)


def test_a_wrong_schema_is_told(tmp_path: Path) -> None:
    write_dataset(tmp_path, {"facility": facilities("F1")}, INFO)
    path = next((tmp_path / "facts/facility").iterdir())
    pq.write_table(facilities("F1"), path)

    assert "wrong_schema" in {p.kind for p in check_dataset(tmp_path)}


def test_the_manifest_is_plain_json(tmp_path: Path) -> None:
    manifest = write_dataset(tmp_path, TABLES, INFO)

    assert json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8")) == manifest.as_dict()


def test_thousands_of_typed_faults_are_counted_not_listed(tmp_path: Path) -> None:
    bad = facilities(*[f"F{number}" for number in range(5000)])
    bad = bad.set_column(3, "kind", pa.array(["x", None] * 2500)).set_column(
        0, "facility", pa.array(["F"] * 5000)
    )
    write_dataset(tmp_path, {"facility": bad}, INFO)

    told = errors(tmp_path)

    assert len(told) == 3 * 21
    assert [text.split("：")[1].split("。")[0] for text in told[:3]] == [
        "同类问题共 2500 处（empty_required），只列出前 20 处",
        "同类问题共 2500 处（unknown_code），只列出前 20 处",
        "同类问题共 4999 处（duplicate_key），只列出前 20 处",
    ]
