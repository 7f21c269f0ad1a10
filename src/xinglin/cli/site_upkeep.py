"""`xinglin site codes`, `prune`, `retention`, `rotate-keys`, `audit …`: what is looked after now and then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from xinglin.base.errors import XinglinError
from xinglin.cli.chinese import ChineseGroup
from xinglin.cli.shared import FOUND, told
from xinglin.cli.site_base import HOME, settle, site


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
