"""`xinglin site facts …`: fact tables that come from another program."""

from __future__ import annotations

from pathlib import Path

import click

from xinglin.cli.chinese import ChineseGroup
from xinglin.cli.shared import told
from xinglin.cli.site_base import HOME, settle, site


@site.group(cls=ChineseGroup)
def facts() -> None:
    """外来事实表：就诊、处方等还没有由本程序登记的表，从别的系统导出后并入统计。"""


@facts.command("add")
@click.argument("folder", metavar="数据", type=click.Path(path_type=Path, exists=True))
@click.option("--source", required=True, help="来源，如 县人民医院HIS；同一来源再并入一次就是替换")
@HOME
@told
def facts_add(folder: Path, source: str, home: Path) -> None:
    """并入一套数据里本程序没有登记的表（先用 xinglin check 检查），下次统计时计入。"""
    settle(home)
    from xinglin.apps.indicators.actions import add_facts
    from xinglin.facts import load_contract

    found = add_facts(folder, source, by=None)
    for table, rows in found.rows().items():
        click.echo(f"{load_contract().table(table).label}：{rows:,} 行")
    click.echo(f"已并入，来源“{source}”；重新统计后计入。其余的表由本程序的登记与填报给出，没有取。")


@facts.command("list")
@HOME
@told
def facts_list(home: Path) -> None:
    """列出外来事实表和它们的来源。"""
    settle(home)
    from xinglin.apps.indicators.actions import site_facts
    from xinglin.apps.indicators.outside import sources
    from xinglin.facts import load_contract

    known = sources(site_facts())
    for one in known:
        for table, rows in one.rows().items():
            click.echo(f"{one.name}\t{load_contract().table(table).label}\t{rows:,} 行\t{one.added}")
    if not known:
        click.echo("没有外来事实表。")


@facts.command("remove")
@click.argument("source", metavar="来源")
@HOME
@told
def facts_remove(source: str, home: Path) -> None:
    """撤下一个来源的外来事实表；已发布的期次不变。"""
    settle(home)
    from xinglin.apps.indicators.actions import remove_facts

    gone = remove_facts(source, by=None)
    click.echo(f"已撤下 {sum(gone.rows().values()):,} 行；重新统计后不再计入。")
