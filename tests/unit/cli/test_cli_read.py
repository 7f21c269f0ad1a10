"""`xinglin read`: what is written and told, and the exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from xinglin.base.yamlfile import read_yaml

Run = Callable[..., Result]

PLAN = """\
连州市中医药“十四五”行动计划
一、目标
到2025年，80%以上的村卫生室设置中医阁。截至2020年底，83.62%的村卫生室能够提供中医药服务。
二、其他
中心药圃不少于3个。
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "方案.txt"
    path.write_text(PLAN, encoding="gb18030")
    return path


def test_draft_page_and_what_was_read(run: Run, plan: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "new" / "lianzhou_next.yaml", tmp_path / "new" / "审核.html"
    found = run("read", plan, "-o", out, "--page", page)
    assert found.exit_code == 0, found.output
    assert "读出目标 2、任务 0、职责 0、趋势 0 条；过去的数 1 个，不作目标。" in found.output
    assert "需要新指标的 1 条。\n  需要新指标：LZB-t02 " in found.output
    assert f"已写入 {out}、{page}" in found.output
    assert "以后才能加载" in found.output
    content = read_yaml(out)
    assert (content["id"], len(content["targets"])) == ("lianzhou_next", 2)
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_work_of_a_reviewer_is_not_overwritten_unasked(run: Run, plan: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.yaml"
    assert run("read", plan, "-o", out, "--prefix", "LX").exit_code == 0
    first = out.read_bytes()
    assert run("read", plan, "-o", out, "--prefix", "LX").exit_code == 0
    out.write_bytes(first.replace(b"reviewer: null", "reviewer: 演示人".encode(), 1))
    found = run("read", plan, "-o", out, "--prefix", "LX")
    assert found.exit_code == 2
    assert found.output == "不能完成：“plan.yaml”已有，可能已有人改过。请换一个名称，或加 --replace 覆盖\n"
    assert run("read", plan, "-o", out, "--prefix", "LX", "--replace").exit_code == 0
    assert out.read_bytes() == first


def test_what_changed_against_a_draft_a_document_and_another_plan(
    run: Run, plan: Path, tmp_path: Path
) -> None:
    old, new, diff = tmp_path / "old.yaml", tmp_path / "new.yaml", tmp_path / "diff.json"
    assert run("read", plan, "-o", old).exit_code == 0
    later = tmp_path / "后.txt"
    later.write_text(PLAN.replace("80%", "90%").replace("到2025年", "到2024年"), encoding="utf-8")
    found = run("read", later, "-o", new, "--against", old, "--diff", diff)
    assert found.exit_code == 0, found.output
    assert "与“连州计划”相比：提高 1，期限提前 1；相同 1 条。" in found.output
    told = json.loads(diff.read_text(encoding="utf-8"))
    assert told["counts"] == {"raised": 1, "brought_forward": 1}
    assert told["differences"][0]["new"]["value"] == 90
    assert "提高 1，期限提前 1" in run("read", later, "-o", new, "--against", plan).output
    shipped = run("read", later, "-o", new, "--against", "lianzhou")
    assert "与“连州方案”相比：" in shipped.output


def test_a_refused_file_is_told_with_its_reason(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "方案.docx"
    bad.write_bytes(b"PK\x03\x04 no")
    found = run("read", bad, "-o", tmp_path / "a.yaml")
    assert found.exit_code == 2
    assert (
        found.output
        == "不能完成：“方案.docx”不是完好的 .docx 文件。请用 Word 或 WPS 打开看是否完好，另存为 .docx。\n"
    )
    assert not (tmp_path / "a.yaml").exists()
    assert "没有“" in run("read", tmp_path / "nowhere.pdf", "-o", tmp_path / "a.yaml").output


def test_nothing_found_is_a_finding(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "a.txt"
    empty.write_text("祝大家春节快乐。\n", encoding="utf-8")
    found = run("read", empty, "-o", tmp_path / "a.yaml")
    assert found.exit_code == 1
    assert "读出目标 0" in found.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--diff", "d.json"], "--diff 要与 --against 连用，写明与哪一份比较"),
        (["--prefix", "x1"], "前缀应为 2 至 6 个大写字母，如 LZ"),
        (["--against", "no_such"], "没有“no_such”这个文件，也没有这个编号的政策文件"),
    ],
)
def test_misuse(run: Run, plan: Path, tmp_path: Path, words: list[str], message: str) -> None:
    found = run("read", plan, "-o", tmp_path / "a.yaml", *words)
    assert found.exit_code == 2
    assert message in found.output
    assert not (tmp_path / "a.yaml").exists()


def test_the_draft_is_a_yaml_file(run: Run, plan: Path, tmp_path: Path) -> None:
    found = run("read", plan, "-o", tmp_path / "a.txt")
    assert (found.exit_code, "草稿文件的扩展名应为 .yaml" in found.output) == (2, True)
