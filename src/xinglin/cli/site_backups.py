"""`xinglin site backup`, `restore`, `verify`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from xinglin.base.errors import XinglinError
from xinglin.cli.shared import FOUND, told
from xinglin.cli.site_base import HOME, settle, site, telling_state

FILE = click.argument("file", metavar="备份", type=click.Path(path_type=Path))
PASSPHRASE = click.option(
    "--passphrase",
    envvar="XINGLIN_BACKUP_PASSPHRASE",
    default="",
    help="备份里密钥的口令；宜用环境变量 XINGLIN_BACKUP_PASSPHRASE，不在命令里写",
)
KEYS = click.option(
    "--keys", type=click.Path(path_type=Path), help="另外保存的 keys.json；备份里没有密钥时要给"
)


@site.command()
@FILE
@HOME
@PASSPHRASE
@told
def backup(file: Path, home: Path, passphrase: str) -> None:
    """把数据库和文件备份成一个文件；站点可以照常运行。"""
    settle(home)
    from xinglin.apps.installation import actions

    manifest = actions.backup(file, home, passphrase)
    size = file.stat().st_size / (1 << 20)
    counts = f"{len(manifest.tables)} 张表 {manifest.rows:,} 行、{len(manifest.files)} 个文件"
    click.echo(f"已备份 {counts} → {file}（{size:.1f} MB）")
    if not manifest.sealed:
        click.echo("备份里没有密钥：请另行保存 keys.json，没有它加密的内容读不出来。")


@site.command()
@FILE
@click.option("--into", required=True, type=click.Path(path_type=Path), help="恢复到哪个空目录")
@PASSPHRASE
@KEYS
@told
def restore(file: Path, into: Path, passphrase: str, keys: Path | None) -> None:
    """恢复到空目录和空数据库（设了 DATABASE_URL 则恢复到那里）；SQLite 和 PostgreSQL 可以互换。"""
    with telling_state(into):
        differences = _bring_back(file, into, passphrase, keys)
    for line in differences:
        click.echo(line, err=True)
    click.echo("已恢复，但与备份不一致。" if differences else "已恢复：行数、校验和与备份相同，审计链完整。")
    raise SystemExit(FOUND if differences else 0)


def _bring_back(file: Path, into: Path, passphrase: str, keys: Path | None) -> list[str]:
    """Restore into a folder that has no content; what differs. The number of rows is told."""
    from xinglin.apps.installation import lock, unfinished
    from xinglin.apps.installation.keyring import keys_for, make_home, place_keys

    again = unfinished.found(into)
    broken_off = again is not None and again.what == unfinished.RESTORE
    if not broken_off and into.exists() and any(into.iterdir()):
        raise XinglinError(f"“{into}”里已有内容；恢复不覆盖，请换一个目录")
    known = keys_for(file, passphrase, keys)
    make_home(into)
    with lock.take(into), unfinished.under_way(into, unfinished.RESTORE, str(file.absolute())) as reached:
        if broken_off:
            click.echo(f"“{into}”里有上次没有做完的恢复，已清掉，从头恢复。")
            unfinished.clear(into)
        place_keys(into, known)
        settle(into, half=True)
        from xinglin.apps.installation import actions

        manifest, differences = actions.load(file, into.absolute(), reached)
    _tell(manifest, into)
    return differences


def _tell(manifest: Any, into: Path) -> None:
    """What was restored, and what is to be set now."""
    from xinglin.apps.installation.backup.archive import DEFINITIONS

    click.echo(f"{manifest.written} 写成的备份：{len(manifest.tables)} 张表 {manifest.rows:,} 行")
    if manifest.definitions:
        where = into.absolute() / DEFINITIONS
        click.echo(f"本地登记表定义 {manifest.definitions} 个文件已放在 {where}：")
        click.echo(f"运行站点前请设置 XINGLIN_DEFINITIONS={where}")


@site.command()
@FILE
@HOME
@PASSPHRASE
@KEYS
@told
def verify(file: Path, home: Path, passphrase: str, keys: Path | None) -> None:
    """核对一个备份：在临时目录里真的恢复一次，对照行数和校验和，核对审计链。"""
    import shutil
    import tempfile

    known = keys if keys or passphrase else home / "keys.json"
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("XINGLIN_ANCHOR", None)
    scratch = Path(tempfile.mkdtemp(prefix="xinglin-verify-"))
    try:
        differences = _bring_back(file, scratch, passphrase, known)
    finally:
        shutil.rmtree(scratch)
    for line in differences:
        click.echo(line, err=True)
    click.echo("备份不可用。" if differences else "备份完好：行数、校验和相同，审计链完整。")
    raise SystemExit(FOUND if differences else 0)
