"""What all commands of `xinglin site` share: the group, the option for the home folder, starting Django.

Django is imported only when one of the commands runs, so that the library works without it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import click

from xinglin.cli.chinese import ChineseGroup

NEEDED = ("django", "granian", "django_tasks_db", "cryptography")
HOME = click.option(
    "--home",
    type=click.Path(path_type=Path),
    envvar="XINGLIN_HOME",
    default=Path("xinglin-home"),
    show_default=True,
    help="数据目录；也可用环境变量 XINGLIN_HOME",
)


@click.group(cls=ChineseGroup)
def site() -> None:
    """站点：建立、运行、检查、备份、恢复。"""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        click.echo(f"不能完成：站点需要另外的组件（缺 {'、'.join(missing)}）。", err=True)
        click.echo('请运行 pip install "xinglin[site]"。', err=True)
        raise SystemExit(2)


def settle(home: Path, *, half: bool = False) -> None:
    """Point settings at a home folder, and start Django.

    Args:
        half: also where a creation or a restore was broken off.

    Raises:
        XinglinError: there is no installation in it, or half of one.
    """
    from xinglin.apps.installation import unfinished

    if not half:
        unfinished.refuse(home, unfinished.CREATE, unfinished.RESTORE)
    os.environ["XINGLIN_HOME"] = str(home.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.config.settings")
    import django

    django.setup()


@contextmanager
def telling_state(home: Path) -> Iterator[None]:
    """When something breaks off, say first how it leaves the installation and what mends it."""
    from xinglin.apps.installation import unfinished

    try:
        yield
    except BaseException:
        half = unfinished.found(home)
        if half is not None:
            click.echo(half.words(home), err=True)
        raise
