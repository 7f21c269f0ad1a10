"""`xinglin site …`: creating, serving, checking, backing up and restoring an installation.

Django is imported only when one of these commands runs, so that the library works without it.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from xinglin.base.errors import XinglinError
from xinglin.cli.chinese import ChineseGroup
from xinglin.cli.shared import FOUND, told

NEEDED = ("django", "granian", "django_tasks_db", "cryptography")
HOME = click.option(
    "--home",
    type=click.Path(path_type=Path),
    envvar="XINGLIN_HOME",
    default=Path("xinglin-home"),
    show_default=True,
    help="数据目录；也可用环境变量 XINGLIN_HOME",
)
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


@click.group(cls=ChineseGroup)
def site() -> None:
    """站点：建立、运行、检查、备份、恢复。"""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        click.echo(f"不能完成：站点需要另外的组件（缺 {'、'.join(missing)}）。", err=True)
        click.echo('请运行 pip install "xinglin[site]"。', err=True)
        raise SystemExit(2)


def settle(home: Path) -> None:
    """Point settings at a home folder, and start Django.

    Raises:
        XinglinError: there is no installation in it.
    """
    os.environ["XINGLIN_HOME"] = str(home.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.config.settings")
    import django

    django.setup()


@site.command()
@HOME
@click.option("--admin", default="admin", show_default=True, help="第一个安全管理员的登录名")
@told
def create(home: Path, admin: str) -> None:
    """建立一个装置：数据目录、密钥、数据库、第一个安全管理员。"""
    from xinglin.apps.protection.home import new_keys, write_keys

    if home.exists() and any(home.iterdir()):
        raise XinglinError(f"“{home}”里已有内容；建立装置不覆盖，请换一个目录")
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    write_keys(home, new_keys())
    settle(home)
    from xinglin.apps.installation import actions

    actions.upgrade()
    first = actions.first_security_administrator(admin)
    click.echo(f"装置已建立在 {home.absolute()}。\n")
    click.echo(f"安全管理员　登录名 {first.username}")
    click.echo(f"一次性密码　{first.password}")
    click.echo(f"动态口令密钥　{first.secret}（录入手机上的身份验证器）\n")
    click.echo("以上只显示这一次；首次登录须改密码。keys.json 丢失则加密的内容无法恢复，请另行保存。")
    click.echo("运行：xinglin site serve")


@site.command()
@HOME
@told
def upgrade(home: Path) -> None:
    """换了程序版本之后：升级数据库，更新静态文件。先备份。"""
    settle(home)
    from contextlib import nullcontext

    from django.db import connection

    from xinglin.apps.installation import actions, lock

    with lock.check_stopped(home) if connection.vendor == "sqlite" else nullcontext():
        actions.upgrade()
        from xinglin.apps.forms.actions.saving import reindex
        from xinglin.apps.forms.book import book

        done = sum(reindex(one) for one in book() if one.version > 1)
    click.echo(f"已升级；按新版定义重建了 {done:,} 条旧记录的检索。" if done else "已升级。")


@site.command()
@HOME
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址；0.0.0.0 为全部")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="端口")
@click.option("--no-worker", is_flag=True, help="不做后台任务，由 xinglin site work 的进程来做（PostgreSQL）")
@told
def serve(home: Path, host: str, port: int, no_worker: bool) -> None:
    """运行站点，直到 Ctrl-C。"""
    settle(home)
    from xinglin.apps.installation.server import serve as serve_site

    serve_site(home.absolute(), host, port, worker=not no_worker)


@site.command()
@HOME
@told
def work(home: Path) -> None:
    """只做后台任务的进程，可以有几个（PostgreSQL）。"""
    settle(home)
    from xinglin.apps.installation.server import work as work_here

    work_here()


@site.command()
@HOME
@click.option(
    "--records", "deep", is_flag=True, help="连同全部登记与填报，逐条核对内容与办理记录是否一致（较慢）"
)
@told
def check(home: Path, deep: bool) -> None:
    """检查装置：每个问题有说明、处理办法和编号。有错误则退出码为 1。"""
    settle(home)
    from django.core.checks import ERROR

    from xinglin.apps.installation.checks import found

    messages = found()
    if deep:
        from xinglin.apps.forms.checks import histories

        messages += histories()
    errors = sum(one.level >= ERROR for one in messages)
    for one in messages:
        click.echo(f"[{'错误' if one.level >= ERROR else '提醒'}] {one.msg}（{one.id}）")
        if one.hint:
            click.echo(f"       {one.hint}")
    click.echo(f"共 {errors} 处错误，{len(messages) - errors} 处提醒。" if messages else "没有发现问题。")
    raise SystemExit(FOUND if errors else 0)


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
    differences = _bring_back(file, into, passphrase, keys)
    for line in differences:
        click.echo(line, err=True)
    click.echo("已恢复，但与备份不一致。" if differences else "已恢复：行数、校验和与备份相同，审计链完整。")
    raise SystemExit(FOUND if differences else 0)


def _bring_back(file: Path, into: Path, passphrase: str, keys: Path | None) -> list[str]:
    """Restore into a folder that has no content; what differs. The number of rows is told."""
    if into.exists() and any(into.iterdir()):
        raise XinglinError(f"“{into}”里已有内容；恢复不覆盖，请换一个目录")
    from xinglin.apps.installation.keyring import keys_for, place_keys

    place_keys(into, keys_for(file, passphrase, keys))
    settle(into)
    from xinglin.apps.installation import actions
    from xinglin.apps.installation.backup.archive import DEFINITIONS

    manifest, differences = actions.load(file, into.absolute())
    click.echo(f"{manifest.written} 写成的备份：{len(manifest.tables)} 张表 {manifest.rows:,} 行")
    if manifest.definitions:
        where = into.absolute() / DEFINITIONS
        click.echo(f"本地登记表定义 {manifest.definitions} 个文件已放在 {where}：")
        click.echo(f"运行站点前请设置 XINGLIN_DEFINITIONS={where}")
    return differences


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


@site.command()
@HOME
@told
def codes(home: Path) -> None:
    """演示账号当前的动态口令；只有演示站点有。"""
    from xinglin.cli.demo_site import MARK

    if not (home / MARK).exists():
        raise XinglinError(f"“{home}”不是演示站点")
    settle(home)
    from xinglin.apps.accounts import factor
    from xinglin.apps.accounts.models import User

    for user in User.objects.filter(demo=True):
        if user.totp_secret:
            click.echo(f"{user.username}\t{factor.current_code(user.totp_secret)}")


@site.command()
@HOME
@told
def prune(home: Path) -> None:
    """清理旧事实文件：现行清单和各期次都不再列出、已满宽限期的。重新统计时也会自动清理。"""
    settle(home)
    from xinglin.apps.indicators.pruning import GRACE
    from xinglin.apps.indicators.pruning import prune as prune_files

    done = prune_files(home / "facts", home / "vintages")
    if done is None:
        raise XinglinError("正在写事实数据，请过几分钟再运行")
    click.echo(f"删去 {done.removed} 个文件，腾出 {done.freed / (1 << 20):.1f} MB；在用 {done.listed} 个。")
    if done.waiting:
        click.echo(f"另有 {done.waiting} 个不再列出，满 {GRACE.days} 天宽限期后删去。")


@site.command()
@HOME
@click.option("--delete", "really", is_flag=True, help="真的删除；不写只列出")
@told
def retention(home: Path, really: bool) -> None:
    """列出已过保存年限的记录；加 --delete 才删除，删除写入审计日志，不能恢复。"""
    settle(home)
    from xinglin.apps.forms import retention as keeping

    found = list(keeping.over())
    for one in found:
        click.echo(f"{one.definition.label}（保存 {one.definition.retention} 年）：{len(one.ids)} 条")
        if really:
            keeping.delete(one)
    words = "已删除。" if really else "只列出，没有删除；要删除请加 --delete。"
    click.echo(words if found else "没有过了保存年限的记录。")


@site.command()
@HOME
@click.option("--continue", "go_on", is_flag=True, help="不换新密钥，接着上次没做完的")
@told
def rotate_keys(home: Path, go_on: bool) -> None:
    """更换加密密钥，并把已加密的栏目逐批改用新密钥；站点可以照常运行。"""
    settle(home)
    from django.core.management import call_command

    call_command("rotate_keys", go_on=go_on)


@site.group(cls=ChineseGroup)
def audit() -> None:
    """审计日志：核对、封存。"""


@audit.command("verify")
@HOME
@told
def audit_verify(home: Path) -> None:
    """核对审计链：有没有改动、删除、调换、截断。"""
    settle(home)
    from xinglin.apps.audit.verify import verify as verify_chain

    report: Any = verify_chain()
    faults = list(getattr(report, "faults", report))
    for fault in faults:
        click.echo(str(fault), err=True)
    click.echo(f"发现 {len(faults)} 处问题。" if faults else "审计链完整。")
    raise SystemExit(FOUND if faults else 0)


@audit.command("seal")
@HOME
@told
def audit_seal(home: Path) -> None:
    """封存还没有封存的日志。"""
    settle(home)
    from xinglin.apps.audit.sealing import seal_pending

    click.echo(f"封存 {seal_pending()} 条。")
