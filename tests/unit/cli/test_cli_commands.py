"""Each command once as it is meant, and what it says when it cannot: exit codes 0, 1, 2."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from xinglin.cli.shared import told
from xinglin.measures import load_measures

Run = Callable[..., Result]

AT = ("--place", "441882", "--on", "2020-12-31")
GULOU = "“鼓楼区”不止一处：江苏省南京市鼓楼区（320106，县级）"


# -- what cannot be done -----------------------------------------------------------------------------------

# words after the command (DATA stands for a good data set), the beginning of what is said
REFUSED = [
    ("evaluate DATA --place 桃花源 --on 2020-12-31", "2023 版区划中没有名为“桃花源”的区划。"),
    ("evaluate DATA --place 999999 --on 2020-12-31", "2023 版区划中没有代码 999999。"),
    ("evaluate DATA --place 鼓楼区 --on 2020-12-31", GULOU),
    ("evaluate DATA --place 44188 --on 2020-12-31", "“44188”不是区划代码。"),
    (
        "evaluate DATA --place 441881 --on 2020-12-31",
        "数据只覆盖广东省清远市连州市（441882），里面没有广东省清远市英德市（441881）；",
    ),
    ("evaluate MISSING --place 441882 --on 2020-12-31", "没有 MISSING 这个文件或文件夹"),
    (
        "explain MISSING --measure tcm_hall_coverage --place 0 --on 2020-12-31",
        "没有 MISSING 这个文件或文件夹",
    ),
    ("explain DATA --measure tcm_hall_coverage --place 鼓楼区 --on 2020-12-31", GULOU),
    ("check MISSING", "没有“MISSING”这个文件或文件夹"),
    ("publish MISSING --place 441882 --on 2020-12-31 -o OUT", "没有 MISSING 这个文件或文件夹"),
    ("reproduce MISSING DATA", "“MISSING”不是发布回执；请给出 publish 生成的文件夹或其中的 receipt.json"),
    ("simulate 清远市 --year 2020 -o OUT", "清远市（4418）是地级，只能模拟县级地区，请给 6 位县代码。"),
    ("simulate 鼓楼区 --year 2020 -o OUT", GULOU),
    ("simulate 441882 --year 2020 --seed -1 -o OUT", "随机种子 -1 是负数，请给 0 或正整数。"),
    ("places 999999", "2023 版区划中没有代码 999999。"),
    ("places 441882100999", "2023 版区划中没有代码 441882100999。"),
    ("places 连州市 --within 乌有乡", "2023 版区划中没有名为“乌有乡”的区划。"),
    ("evaluate DATA --place 441882 --on 2020-12-31 --format json -o DIR", "“DIR”是文件夹，请写明文件"),
    ("publish DATA --place 441882 --on 2020-12-31 -o FILE", "“FILE”不是文件夹，或它的上级是文件"),
]


@pytest.mark.parametrize(("typed", "words"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_cannot_be_done_is_said_in_chinese(
    run: Run, lianzhou: Path, tmp_path: Path, typed: str, words: str
) -> None:
    file = tmp_path / "file"
    file.touch()
    stands_for = {
        "DATA": lianzhou,
        "MISSING": tmp_path / "missing",
        "OUT": tmp_path / "out",
        "DIR": tmp_path,
        "FILE": file,
    }
    found = run(*(stands_for.get(word, word) for word in typed.split()))
    for name, path in stands_for.items():
        words = re.sub(rf"\b{name}\b", str(path), words)
    assert found.exit_code == 2
    assert found.stderr.startswith(f"不能完成：{words}")
    assert found.stdout == ""


def test_data_with_errors_is_not_counted(run: Run, bad: Path) -> None:
    found = run("evaluate", bad, *AT)
    assert found.exit_code == 2
    lines = found.stderr.splitlines()
    assert sum(line.startswith("[错误]") for line in lines) == 3
    assert lines[-1] == "数据有错误，没有计算。请先用 xinglin check 逐条改正。"


def test_a_reader_that_leaves_early_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    @told
    def command() -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        command()
    assert capsys.readouterr().err == ""


# -- check ---------------------------------------------------------------------------------------------------


def test_check_prints_every_problem(run: Run, bad: Path) -> None:
    found = run("check", bad)
    assert found.exit_code == 1
    warning, *errors, total = found.stdout.splitlines()
    assert warning.startswith("[提醒] ")
    assert [line.split("：")[0] for line in errors] == [
        "[错误] facility.csv 第 2 行 “kind”列",
        "[错误] facility.csv 第 3 行 “beds”列",
        "[错误] facility.csv 第 4 行 “place”列",
    ]
    assert "“20张”里带了“张”" in errors[1]
    assert total == "共 3 处错误，1 处提醒。"


def test_check_gives_the_same_problems_as_json(run: Run, bad: Path) -> None:
    found = run("check", bad, "--format", "json")
    assert found.exit_code == 1
    rows = [problem["row"] for problem in json.loads(found.stdout) if problem["severity"] == "error"]
    assert rows == [2, 3, 4]


def test_check_of_good_data(run: Run, lianzhou: Path) -> None:
    found = run("check", lianzhou)
    assert (found.exit_code, found.stdout) == (0, "没有发现问题。\n")


def test_check_against_another_place(run: Run, lianzhou: Path) -> None:
    assert run("check", lianzhou, "--place", "320106").exit_code == 1


# -- places, describe, wanted -------------------------------------------------------------------------------


def test_places_by_name_lists_all_of_that_name(run: Run) -> None:
    found = run("places", "鼓楼区")
    assert found.exit_code == 0
    assert [line.split("\t")[0] for line in found.stdout.splitlines()] == [
        "320106",
        "320302",
        "350102",
        "410204",
    ]


@pytest.mark.parametrize(
    "words", [("441882",), ("连州市",), ("连州市", "--within", "44"), ("连州", "--within", "清远市")]
)
def test_a_place_by_code_or_name(run: Run, words: tuple[str, ...]) -> None:
    assert run("places", *words).stdout == "441882\t县级\t行政区划\t广东省清远市连州市\n"


@pytest.mark.parametrize("words", [("441882100001",), ("燕喜社区居委会", "--within", "连州市")])
def test_a_village_by_code_or_by_name_within_an_area(run: Run, words: tuple[str, ...]) -> None:
    line = "441882100001\t村级\t行政区划\t广东省清远市连州市连州镇燕喜社区居委会\n"
    assert run("places", *words).stdout == line


def test_places_without_a_hit(run: Run) -> None:
    found = run("places", "没有这个地方")
    assert (found.exit_code, found.stdout, found.stderr) == (1, "", "没有叫“没有这个地方”的地区\n")


@pytest.mark.parametrize("name", sorted(load_measures().names()))
def test_every_measure_is_described(run: Run, name: str) -> None:
    found = run("describe", name)
    assert found.exit_code == 0
    definition = load_measures().definition(name)
    assert definition.label in found.stdout.splitlines()[0]
    assert definition.meaning.strip() in found.stdout


def test_describe_lists_every_name_whole(run: Run) -> None:
    listed = run("describe").stdout
    assert all(name in listed for name in load_measures().names())
    assert "…" not in listed


def test_wanted_counts_what_has_no_definition(run: Run) -> None:
    found = run("wanted")
    assert found.exit_code == 0
    *rows, total = found.stdout.splitlines()
    ids = [name for row in rows for name in row.split("\t")[2].split("、")]
    assert len(set(ids)) == len(ids)
    assert total == f"共 {len(rows)} 类、{len(ids)} 项目标暂无定义。"


# -- evaluate and explain -----------------------------------------------------------------------------------


def test_evaluate_as_a_table(run: Run, lianzhou: Path) -> None:
    found = run("evaluate", lianzhou, "--place", "连州市", "--on", "2020-12-31")
    assert found.exit_code == 0
    assert "广东省清远市连州市（441882）" in found.stdout
    assert "✔ 达标 20　✘ 未达标 26　！ 未达（非硬性） 2" in found.stdout
    assert found.stdout.startswith("演示数据：")


def test_evaluate_as_json(run: Run, lianzhou: Path, tmp_path: Path) -> None:
    printed = run("evaluate", lianzhou, *AT, "--format", "json")
    assert json.loads(printed.stdout)["place"] == "441882"
    path = tmp_path / "new" / "lianzhou.json"
    found = run("evaluate", lianzhou, *AT, "--format", "json", "-o", path)
    assert (found.exit_code, found.stdout) == (0, f"已写入 {path}\n")
    assert path.read_text(encoding="utf-8") == printed.stdout


def test_evaluate_what_is_in_force(run: Run, lianzhou: Path) -> None:
    found = run("evaluate", lianzhou, *AT, "--binding-only", "--format", "json")
    written = json.loads(found.stdout)
    assert written["results"] == []
    assert found.stderr == f"{written['empty_because']}\n"
    assert "请去掉 --binding-only" in found.stderr


def test_evaluate_after_every_document_says_so(run: Run, lianzhou: Path) -> None:
    found = run("evaluate", lianzhou, "--place", "441882", "--on", "2026-06-30")
    assert found.exit_code == 0
    text = found.stdout.replace("\n", "")
    assert "没有政策文件适用" in text
    assert "请把数据日期（--on）改到期限以内" in text
    assert "达标 0" not in text


def test_explain_as_text_and_json(run: Run, lianzhou: Path) -> None:
    words = ("explain", lianzhou, "--measure", "centre_technique_6x15_rate", *AT)
    text = run(*words).stdout.replace("\n", "")
    assert "连州市 2020-12-31：50.00（6 ÷ 12；12/12 个单位已报）" in text
    assert "口径参数：机构类别：社区卫生服务中心、乡镇卫生院；技术类数：6；技术项数：15；要求熟练：否" in text
    content = json.loads(run(*words, "--format", "json").stdout)
    assert content["parameters"]["techniques"] == 15
    assert ["技术项数", "15"] in content["parameter_words"]
    assert (content["numerator"], content["denominator"], len(content["units"])) == ("6", "12", 12)
    assert text.startswith("演示数据：")
    assert content["demonstration"] is True
    assert text.count("计入分子 ") == 6


def test_explain_where_nothing_was_reported_shows_no_nought(run: Run, lianzhou: Path, tmp_path: Path) -> None:
    anywhere = tmp_path / "anywhere"  # the same data without the area it covers
    shutil.copytree(lianzhou, anywhere)
    manifest = json.loads((anywhere / "manifest.json").read_text())
    manifest["info"]["area"] = None
    (anywhere / "manifest.json").write_text(json.dumps(manifest))
    words = ("--measure", "tcm_hall_coverage", "--place", "360502", "--on", "2020-12-31")
    text = run("explain", anywhere, *words).stdout.replace("\n", "")
    assert "渝水区 2020-12-31：未报（0/0 个单位已报）" in text


# -- simulate and demo --------------------------------------------------------------------------------------


def test_simulate(run: Run, tmp_path: Path) -> None:
    found = run("simulate", "连州市", "--year", "2020", "-o", tmp_path)
    assert found.exit_code == 0
    assert "演示数据：连州市 2020 年，种子 1" in found.stdout
    assert "假设：" in found.stdout
    assert (tmp_path / "manifest.json").is_file()


def test_demo_from_nothing_to_reports(run: Run, tmp_path: Path) -> None:
    found = run("demo", "-o", tmp_path)
    assert found.exit_code == 0
    assert "0 处问题" in found.stdout
    for name in ("html", "xlsx", "docx", "pdf", "json"):
        path = tmp_path / f"lianzhou-2020.{name}"
        assert path.stat().st_size > 10_000
        assert f"lianzhou-2020.{name}（" in found.stdout.replace("\n", "")
    assert "http" not in re.sub(
        r'xmlns(:\w+)?="[^"]+"', "", (tmp_path / "lianzhou-2020.html").read_text("utf-8")
    )
