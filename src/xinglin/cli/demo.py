"""The demonstration: a real county against the real plans that bind it, on simulated records."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rich.console import Console

from xinglin.cli.output import print_published, write_report
from xinglin.cli.shared import inputs
from xinglin.facts import check_dataset
from xinglin.report import FORMS, Asked, print_table
from xinglin.report.fonts import MissingFontError
from xinglin.report.origin import counted
from xinglin.simulate import simulate
from xinglin.standing import evaluate

PLACE, YEAR, SEED = "441882", 2020, 1
_REPORTS = (
    ("html", "用浏览器打开"),
    ("xlsx", "用表格软件打开"),
    ("docx", "用文字处理软件打开"),
    ("pdf", "一页 A4"),
    ("json", "供程序读取"),
)


def run_demo(out: Path, screen: Console) -> None:
    """Simulate Lianzhou 2020, check it, evaluate it, write the reports and say where they are."""
    data = out / "lianzhou-2020"
    screen.rule("一、模拟连州市 2020 年（演示数据，没有真实的个人信息）")
    report = simulate(PLACE, year=YEAR, seed=SEED, out=data)
    print_published(report, screen)
    screen.rule("二、检查数据")
    problems = check_dataset(data)
    for problem in problems:
        screen.print(str(problem))
    screen.print(f"{sum(report.rows.values())} 行，{len(problems)} 处问题")
    screen.rule("三、对照连州方案和国家计划")
    opened = inputs(data, PLACE, date(YEAR, 12, 31))
    standing = evaluate(opened)
    print_table(standing, screen)
    screen.rule("四、报告")
    for form, words in _REPORTS:
        file = out / f"lianzhou-2020.{form}"
        try:
            write_report(form, Asked(standing, counted(standing)), file, opened)
        except MissingFontError as error:
            screen.print(f"没有写出{FORMS[form].label}：{error}", markup=False)
        else:
            screen.print(f"{file.resolve()}（{FORMS[form].label}，{words}）")


def run_demo_site(out: Path, screen: Console, *, serve: bool) -> None:
    """Make a site with the simulated county in it, print its accounts, and serve it until Ctrl-C if asked."""
    from xinglin.cli.demo_site import make_demo_site, serve_demo

    home = out / "site-home"
    make_demo_site(home, out / "lianzhou-2020", PLACE, date(YEAR, 12, 31), screen)
    if serve:
        serve_demo(home)
    else:
        screen.print(f"运行：XINGLIN_DEMO=1 xinglin site serve --home {home}", soft_wrap=True)
