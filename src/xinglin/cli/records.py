"""`xinglin records …`: what may be recorded: listing, describing, and checking a county's own definitions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from rich.table import Column
from rich.table import Table as RichTable

from xinglin.apps.access.table import access_table
from xinglin.base.errors import DataError, DefinitionError
from xinglin.cli.chinese import ChineseGroup
from xinglin.cli.shared import FOUND, console, told
from xinglin.records import Book, load_definitions
from xinglin.records.describe import describe as in_words
from xinglin.records.loading import SHIPPED, load_folders
from xinglin.records.mission import load_mission
from xinglin.records.soundness import roles_of

OWN = click.option(
    "--folder",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="另加一个文件夹里的定义；可写多次",
)


@click.group(cls=ChineseGroup)
def records() -> None:
    """记录定义：列出、说明、检查本县自己的定义。"""


@records.command("list")
@OWN
@told
def list_(folders: tuple[Path, ...]) -> None:
    """按主题列出全部记录定义。"""
    book = load_definitions(*folders)
    table = RichTable(
        Column("编号", no_wrap=True), Column("种类", no_wrap=True), Column("名称", overflow="fold"), box=None
    )
    for topic, named in book.topics.items():
        own = book.of_topic(topic)
        if own:
            table.add_row("", "", f"〔{named.label}〕")
        for one in own:
            table.add_row(one.id, one.kind.label, one.label)
    console().print(table)
    click.echo(f"共 {len(book)} 个定义。")


@records.command()
@click.argument("name", metavar="编号")
@OWN
@told
def describe(name: str, folders: tuple[Path, ...]) -> None:
    """用中文说明一个记录定义：字段、核对、办理、报表、进入哪些事实表。"""
    book = load_definitions(*folders)
    if name not in book:
        near = "、".join(one.id for one in book if name in one.id or name in one.label)
        hint = f"；相近的有 {near}" if near else "；用 xinglin records list 列出全部"
        raise click.BadParameter(f"没有名为“{name}”的记录定义{hint}", param_hint="编号")
    roles = {role: content.label for role, content in access_table().roles.items()}
    click.echo(in_words(book[name], book, roles))


@records.command()
@click.argument("folder", metavar="文件夹", type=click.Path(path_type=Path))
@told
def check(folder: Path) -> None:
    """检查一个文件夹里本县自己的定义，连同随程序发布的一起看；一次指出全部错误。"""
    if not folder.is_dir():
        raise DataError(f"没有“{folder}”这个文件夹")
    try:
        book = load_folders(SHIPPED, folder)
    except DefinitionError as error:
        faults = list(error.faults)
    else:
        faults = list(_outside(book))
    for fault in faults:
        click.echo(fault)
    if faults:
        click.echo(f"共 {len(faults)} 处错误。")
        raise SystemExit(FOUND)
    click.echo(f"没有发现问题：{len(book) - len(load_definitions())} 个自己的定义都可以用。")


def _outside(book: Book) -> Iterator[str]:
    """What a definition names that stands in other files: roles of the site, rows of the mission."""
    roles, rows = access_table().roles, load_mission().rows
    for one in book:
        unknown = sorted(roles_of(one) - set(roles))
        yield from (f"{one.topic}/{one.id}：没有角色“{role}”" for role in unknown)
        yield from (
            f"{one.topic}/{one.id}：serves：没有“{row}”这一行" for row in one.serves if row not in rows
        )
