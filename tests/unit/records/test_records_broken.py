"""What the author of a broken definition is told: every fault at once, exact words, never a traceback."""

# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from broken_definitions import CASES
from record_making import BASES, content_of, faults, load, write

from xinglin.base.errors import DefinitionError
from xinglin.records import load_folders

Folder = Path


def name_of(case: tuple[str, dict[str, Any], tuple[str, ...]]) -> str:
    return f"{case[0]} {'，'.join(case[1])} {case[2][0][:20]}"


@pytest.mark.parametrize("base", BASES)
def test_the_unbroken_ones_are_good(tmp_path: Path, base: str) -> None:
    assert load(tmp_path, base).label


@pytest.mark.parametrize(("base", "changes", "expected"), CASES, ids=map(name_of, CASES))
def test_a_broken_definition(
    tmp_path: Path, base: str, changes: dict[str, Any], expected: tuple[str, ...]
) -> None:
    write(tmp_path, "thing", content_of(base, changes))
    told = [fault.split("：", 1) for fault in faults(tmp_path)]
    assert tuple(words for _, words in told) == expected
    assert {where.removesuffix(".yaml") for where, _ in told} == {"culture/thing"}


def test_there_are_many_kinds_of_fault() -> None:
    assert len({fault for _, _, told in CASES for fault in told}) >= 120


FILES = [
    ({"culture/thing.yaml": "a: [1"}, "culture/thing.yaml：不是有效的 YAML"),
    ({"culture/thing.yaml": ""}, "culture/thing.yaml：文件是空的"),
    ({"culture/thing.yaml": "- a"}, "culture/thing.yaml：应为键值表"),
    ({"culture/thing.yaml": "kind: case\nkind: case\n"}, "culture/thing.yaml：第 2 行：键“kind”在第 1 行已写过，请删去一个"),
    ({"thing.yaml": "kind: case"}, "thing.yaml：定义要放在主题的文件夹里，如 culture/thing.yaml"),
    ({"culture/thing.yml": "kind: case"}, "culture/thing.yml：文件名请以 .yaml 结尾"),
    ({"topics.yaml": "- culture"}, "topics.yaml：应为键值表"),
    ({"topics.yaml": "culture: {name: 文化}"}, "topics.yaml culture：label：缺少这个键"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), FILES, ids=[case[1] for case in FILES])
def test_files_that_are_none(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert faults(tmp_path)[0].startswith(expected)


def test_another_encoding_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "thing", "")
    path.write_bytes("label: 宣教基地".encode("gbk"))
    assert faults(tmp_path) == ("culture/thing.yaml：不是 UTF-8 编码，请另存为 UTF-8",)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    assert faults(tmp_path / "nowhere") == (f"没有“{tmp_path / 'nowhere'}”这个文件夹",)


def test_a_file_name_is_an_id(tmp_path: Path) -> None:
    write(tmp_path, "Bad-Name", content_of("register"))
    assert faults(tmp_path) == ("culture/Bad-Name：文件名“Bad-Name”只用小写字母、数字、下划线，以字母开头",)


def test_the_same_id_twice(tmp_path: Path) -> None:
    write(tmp_path, "thing", content_of("register"))
    write(tmp_path, "thing", content_of("case"), topic="oversight")
    assert faults(tmp_path) == ("oversight/thing：编号与 culture 里的重复",)


def test_faults_of_several_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, "one", content_of("register", {"list": ["nmae"]}))
    write(tmp_path, "two", content_of("case", {"moves.submit.to": "closed", "title": ["due_on", "plna"]}))
    told = faults(tmp_path)
    assert {fault.split("：")[0] for fault in told} == {"culture/one", "culture/two"}
    with pytest.raises(DefinitionError, match="记录定义 有"):
        load_folders(tmp_path)


def test_a_later_folder_adds_topics_and_definitions(tmp_path: Path) -> None:
    write(tmp_path / "a", "one", content_of("register"))
    write(tmp_path / "b", "two", content_of("case"), topic="ours")
    (tmp_path / "b" / "topics.yaml").write_text("ours: {label: 本县}", encoding="utf-8")
    book = load_folders(tmp_path / "a", tmp_path / "b")
    assert [one.id for one in book.of_topic("ours")] == ["two"]
    assert book.topics["ours"].label == "本县"
    assert book.topics["culture"].label == "culture"
    assert book.roles() == {"county_officer", "facility_head", "inspector"}
    assert {row: [one.id for one, _ in own] for row, own in book.serving().items()} == {
        "S232": ["one"],
        "S031": ["two"],
    }
