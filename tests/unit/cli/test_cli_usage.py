"""How a command was called wrongly, told in Chinese whatever the locale; exit code 2."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from rich.cells import cell_len

from xinglin import __version__
from xinglin.cli import main
from xinglin.cli.chinese import in_chinese, wrapped
from xinglin.cli.records import records
from xinglin.cli.site import site

Run = Callable[..., Result]

# the words typed, the last line on standard error
CASES = [
    ("evaluate", "错误：缺少参数“数据”"),
    ("check", "错误：缺少参数“数据”"),
    ("evaluate x", "错误：缺少选项 --place"),
    ("evaluate x --place 441882", "错误：缺少选项 --on"),
    ("simulate 441882 --year 2020", "错误：缺少选项 -o"),
    ("explain x --place 0 --on 2020-12-31", "错误：缺少选项 --measure"),
    ("evaluate x --place", "错误：选项 --place 后面要写值"),
    ("evaluate x --binding-only=1", "错误：选项 --binding-only 后面不写值"),
    ("evaluate x --plac 0", "错误：没有 --plac 这个选项，是不是 --place"),
    ("evaluate x -q", "错误：没有 -q 这个选项"),
    ("--nope", "错误：没有 --nope 这个选项"),
    ("nope", "错误：没有 nope 这个命令"),
    ("evaluat x", "错误：没有 evaluat 这个命令，是不是 evaluate"),
    ("demo more", "错误：多出了参数 more"),
    ("describe a b c", "错误：多出了参数 b c"),
    ("check x --format yaml", "错误：--format 的值不对：“yaml”不在可选之列，可选：text、json"),
    ("simulate 441882 --year 二零 -o x", "错误：--year 的值不对：“二零”不是整数"),
    ("simulate 441882 --year 20200 -o x", "错误：--year 的值不对：20200 不在 1950 至 2099 之间"),
    ("simulate 441882 --year 0 -o x", "错误：--year 的值不对：0 不在 1950 至 2099 之间"),
    (
        "evaluate x --place 0 --on 2020-02-30",
        "错误：--on 的值不对：“2020-02-30”不是日期，请写成 2020-12-31",
    ),
    ("evaluate x --place 0 --on 2020年底", "错误：--on 的值不对：“2020年底”不是日期，请写成 2020-12-31"),
    (
        "explain x --measure nope --place 0 --on 2020-12-31",
        "错误：--measure 的值不对：没有名为“nope”的指标；用 xinglin describe 列出全部",
    ),
    ("describe nope", "错误：指标 的值不对：没有名为“nope”的指标"),
]


@pytest.mark.parametrize(("typed", "words"), CASES, ids=[case[0] for case in CASES])
def test_misuse_is_told_in_chinese(run: Run, typed: str, words: str) -> None:
    found = run(*typed.split())
    assert found.exit_code == 2
    assert found.stdout == ""
    assert found.stderr.splitlines()[-1] == words


def test_misuse_shows_how_the_command_is_used(run: Run) -> None:
    assert run("evaluate").stderr == (
        "用法：xinglin evaluate [选项] 数据\n用 xinglin evaluate --help 查看说明。\n\n错误：缺少参数“数据”\n"
    )


@pytest.mark.parametrize("form", ["html", "docx"])
def test_a_page_or_workbook_needs_a_file(run: Run, lianzhou: Path, form: str) -> None:
    found = run("evaluate", lianzhou, "--place", "441882", "--on", "2020-12-31", "--format", form)
    assert found.exit_code == 2
    assert found.stderr.splitlines()[-1] == f"错误：--format {form} 要用 -o 写明文件"


NAMES = re.compile(
    r"--?[a-z-]+|\b(?:xinglin|text|table|json|JSON|html|xlsx|docx|pdf|txt|yaml|digest|check|add|list|remove|https"
    r"|centre_technique_6x15_rate|demo|admin|xinglin-home"
    r"|keys\.json|SQLite|PostgreSQL|Ctrl-C|DATABASE_URL|XINGLIN_HOME|XINGLIN_BACKUP_PASSPHRASE)\b"
)
"""What may stand in Latin letters: options, choices, commands, a measure, folders and files, products, variables."""
COMMANDS = [
    "",
    *main.commands,
    *(f"site {name}" for name in site.commands),
    "site audit verify",
    "site audit seal",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_chinese(run: Run, command: str) -> None:
    found = run(*command.split(), "--help")
    assert found.exit_code == 0
    assert found.stdout.startswith("用法：xinglin")
    assert "显示本说明。" in found.stdout
    commands = re.compile(rf"\b(?:{'|'.join([*main.commands, *site.commands, *records.commands, 'seal'])})\b")
    assert re.findall(r"[A-Za-z]+", NAMES.sub("", commands.sub("", found.stdout))) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_terminal(run: Run, command: str) -> None:
    lines = run(*command.split(), "--help", width=80).stdout.splitlines()

    assert max(map(cell_len, lines)) <= 80


def test_options_stand_in_two_columns(run: Run) -> None:
    assert run("publish", "--help").stdout.partition("选项：\n")[2].splitlines() == [
        "  --place 文字  地区代码或名称，如 441882 或 连州市；全国为 0 [必填]",
        "  --on 日期     数据日期，如 2020-12-31 [必填]",
        "  -o 路径       新的文件夹 [必填]",
        "  -h, --help    显示本说明。",
    ]


def test_a_range_is_told_in_words(run: Run) -> None:
    assert "  --year 整数  年份 [1950 至 2099；必填]\n" in run("simulate", "--help").stdout


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("一二三四五六", 8, ["一二三四", "五六"]),
        ("一二三，四", 6, ["一二", "三，四"]),
        ("一（二三）四", 7, ["一（二", "三）四"]),
        ("用 --help 看", 9, ["用 --help", "看"]),
        ("一行\n  两行", 20, ["一行 两行"]),
        ("toolongaword 一", 6, ["toolongaword", "一"]),
    ],
)
def test_lines_break_between_characters_not_before_marks(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    found = run()
    assert found.exit_code == 2
    assert all(name in found.stderr for name in main.commands)


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"xinglin {__version__}\n"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Missing command.", "缺少命令"),
        (
            "No such option '--o'. (Did you mean one of: '--on', '--out'?)",
            "没有 --o 这个选项，是不是 --on、--out",
        ),
        ("Missing option '--format'. Choose from:\n\ttext,\n\tjson", "缺少选项 --format"),
        ("Got unexpected extra argument (y)", "多出了参数 y"),
        ("Something new in click.", "Something new in click."),
        ("已经是中文", "已经是中文"),
    ],
)
def test_messages_by_pattern(message: str, words: str) -> None:
    assert in_chinese(message) == words
