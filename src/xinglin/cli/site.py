"""`xinglin site …`: creating, upgrading, running and checking an installation; the other commands are added here.

Django is imported only when one of these commands runs, so that the library works without it.
"""

from __future__ import annotations

from pathlib import Path

import click

from xinglin.base.errors import XinglinError
from xinglin.cli import site_backups, site_facts  # noqa: F401 - they add their commands to the group
from xinglin.cli.shared import FOUND, told
from xinglin.cli.site_base import HOME, settle, site, telling_state
from xinglin.cli.site_upkeep import audit

__all__ = ["audit", "settle", "site"]


@site.command()
@HOME
@click.option("--admin", default="admin", show_default=True, help="第一个安全管理员的登录名")
@told
def create(home: Path, admin: str) -> None:
    """建立一个装置：数据目录、密钥、数据库、第一个安全管理员。"""
    with telling_state(home):
        _create(home, admin)


def _create(home: Path, admin: str) -> None:
    from xinglin.apps.installation import unfinished
    from xinglin.apps.protection.home import new_keys, write_keys

    half = unfinished.found(home)
    broken_off = half is not None and half.what == unfinished.CREATE
    if not broken_off and home.exists() and any(home.iterdir()):
        raise XinglinError(f"“{home}”里已有内容；建立装置不覆盖，请换一个目录")
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    with unfinished.under_way(home, unfinished.CREATE) as reached:
        if broken_off:
            click.echo(f"“{home}”里有上次没有做完的建立，已清掉，从头建立。")
            unfinished.clear(home)
        reached("写密钥")
        write_keys(home, new_keys())
        settle(home, half=True)
        from xinglin.apps.installation import actions

        reached("建立数据库")
        actions.upgrade()
        reached("建立第一个账号")
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

    with lock.check_stopped(home) if connection.vendor == "sqlite" else nullcontext(), telling_state(home):
        done = actions.upgrade_site(home)
    click.echo(f"已升级；按新版定义重建了 {done:,} 条旧记录的检索。" if done else "已升级。")


@site.command()
@HOME
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址；0.0.0.0 为全部")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="端口")
@click.option("--no-worker", is_flag=True, help="不做后台任务，由 xinglin site work 的进程来做（PostgreSQL）")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="答复页面的进程数（PostgreSQL）；不写则每核一个，至多 4 个",
)
@told
def serve(home: Path, host: str, port: int, no_worker: bool, processes: int | None) -> None:
    """运行站点，直到 Ctrl-C。"""
    settle(home)
    from xinglin.apps.installation.server import serve as serve_site

    serve_site(home.absolute(), host, port, worker=not no_worker, processes=processes or 0)


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
    from xinglin.apps.installation import unfinished

    half = unfinished.found(home)
    if half is not None:
        click.echo(f"[错误] {half.words(home)}（xinglin.E016）")
        raise SystemExit(FOUND)
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
