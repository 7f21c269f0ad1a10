"""`xinglin records`: listing, describing, checking a county's own folder: what is printed, and the exit codes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from xinglin.records.loading import SHIPPED

Run = Callable[..., Result]

OWN = """
kind: register
label: 本县药圃
meaning: 县里自己登记的一处药圃。
subject: place
levels: [6, 9]
serves: {S214: [fact, report]}
who: {read: [county_officer], write: [county_officer]}
retention: 10
fields:
  name: {label: 名称, type: text, required: true, sample: 星子药圃}
  beds: {label: 畦数, type: integer, min: 1, sample: 4}
title: [name]
list: [name, beds]
reports:
  all: {label: 各乡镇, by: [township], columns: {n: {label: 处数, count: true}}}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    (folder / "ours").mkdir(parents=True)
    (folder / "topics.yaml").write_text("ours: {label: 本县}\n", encoding="utf-8")
    (folder / "ours" / "herb_garden.yaml").write_text(
        OWN.replace("[fact, report]", "[report]"), encoding="utf-8"
    )
    return folder


def test_all_are_listed_by_topic(run: Run) -> None:
    found = run("records", "list")
    assert found.exit_code == 0
    names = sorted(path.stem for path in SHIPPED.glob("*/*.yaml"))
    assert all(name in found.output for name in names)
    assert "〔健康教育与文化〕" in found.output
    assert f"共 {len(names)} 个定义。" in found.output


def test_one_is_described(run: Run) -> None:
    found = run("records", "describe", "education_base")
    assert found.exit_code == 0
    assert "（education_base）" in found.output
    assert "机构负责人" in found.output


def test_an_unknown_one_is_told_with_what_comes_near(run: Run) -> None:
    found = run("records", "describe", "education")
    assert found.exit_code == 2
    assert "没有名为“education”的记录定义；相近的有" in found.output
    assert "education_base" in found.output
    found = run("records", "describe", "zzz")
    assert "没有名为“zzz”的记录定义；用 xinglin records list 列出全部" in found.output


def test_a_countys_own_are_listed_and_described_with_the_rest(run: Run, own: Path) -> None:
    assert "本县药圃" in run("records", "list", "--folder", own).output
    assert "本县药圃（herb_garden）" in run("records", "describe", "herb_garden", "--folder", own).output


def test_a_good_folder(run: Run, own: Path) -> None:
    found = run("records", "check", own)
    assert (found.exit_code, found.output) == (0, "没有发现问题：1 个自己的定义都可以用。\n")


# what is replaced by what, the lines printed before the count
WRONG = [
    ("serves: {S214: [report]}", "serves: {S999: [report]}", ["ours/herb_garden：serves：没有“S999”这一行"]),
    ("write: [county_officer]", "write: [gardener]", ["ours/herb_garden：没有角色“gardener”"]),
    ("list: [name, beds]", "list: [name, bed]", ["ours/herb_garden：list：没有字段“bed”"]),
    ("kind: register", "kind: garden", [
        "ours/herb_garden.yaml：kind：值不在允许的范围内：register、activity、case、assessment、survey"]),
    ("sample: 4", "sample: 0", ["ours/herb_garden：sample：beds：畦数 0 小于 1"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "lines"), WRONG, ids=[new for _, new, _ in WRONG])
def test_faults_are_told_with_exit_code_one(
    run: Run, own: Path, old: str, new: str, lines: list[str]
) -> None:
    path = own / "ours" / "herb_garden.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    found = run("records", "check", own)
    assert found.exit_code == 1
    assert found.output.splitlines() == [*lines, f"共 {len(lines)} 处错误。"]


def test_an_id_of_the_program_cannot_be_used_again(run: Run, own: Path) -> None:
    shutil.move(own / "ours" / "herb_garden.yaml", own / "ours" / "education_base.yaml")
    found = run("records", "check", own)
    assert found.exit_code == 1
    assert "ours/education_base：编号与 culture 里的重复" in found.output


def test_a_folder_that_is_none(run: Run, tmp_path: Path) -> None:
    found = run("records", "check", tmp_path / "nowhere")
    assert found.exit_code == 2
    assert f"不能完成：没有“{tmp_path / 'nowhere'}”这个文件夹" in found.output


def test_an_empty_folder_has_nothing_wrong(run: Run, tmp_path: Path) -> None:
    assert run("records", "check", tmp_path).output == "没有发现问题：0 个自己的定义都可以用。\n"
