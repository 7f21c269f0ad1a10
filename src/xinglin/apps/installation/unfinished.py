"""A note in the home folder while a creation, upgrade or restore is under way: who starts next learns it broke off.

Imports no Django: a restore writes the note before there are keys and settings.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from xinglin.apps.installation import lock
from xinglin.base.errors import XinglinError

NAME = "unfinished.json"
CREATE, UPGRADE, RESTORE = "create", "upgrade", "restore"
FIRST = "开始"


class HalfDone(XinglinError):  # noqa: N818 - says what is the matter
    """A creation, an upgrade or a restore was broken off; the message says which command mends it."""


@dataclass(frozen=True)
class Unfinished:
    """What is under way, or was broken off.

    Attributes:
        what: `CREATE`, `UPGRADE` or `RESTORE`. step: words for where it stands. since: when it began.
        source: file that a restore reads.
    """

    what: str
    step: str
    since: str
    source: str = ""

    def words(self, home: Path) -> str:
        """The state of the installation and the command that mends it, in Chinese."""
        when = self.since[:16].replace("T", " ")
        if self.what == CREATE:
            return (
                f"{home} 里是一次没有做完的建立（{when} 开始，停在“{self.step}”）：还不能使用，里面没有数据。"
                f"请再运行 xinglin site create --home {home}，它会清掉没做完的部分，从头建立；"
                "用 PostgreSQL 的，先清空那个数据库（DROP SCHEMA public CASCADE; CREATE SCHEMA public;）"
            )
        if self.what == RESTORE:
            return (
                f"{home} 里是一次没有做完的恢复（{when} 开始，停在“{self.step}”）：内容不全，不能使用。"
                f"请再运行 xinglin site restore {self.source or '备份'} --into {home}，"
                "它会清掉没做完的部分，从头恢复；用 PostgreSQL 的，先清空那个数据库"
                "（DROP SCHEMA public CASCADE; CREATE SCHEMA public;）"
            )
        return (
            f"{home} 上次升级没有做完（{when} 开始，停在“{self.step}”）：原有数据都在，但与程序还不配套。"
            "请再运行 xinglin site upgrade，它接着做完；如果又停在同一步，"
            "请用原来版本的程序恢复升级前的备份（xinglin site restore）"
        )


def found(home: Path) -> Unfinished | None:
    """What was broken off in a home folder, or is under way there."""
    try:
        return Unfinished(**json.loads((home / NAME).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise HalfDone(f"{home / NAME} 读不出来：请从备份恢复到一个空目录") from error


def refuse(home: Path, *what: str) -> None:
    """Go no further where something was broken off.

    Args:
        what: which of them; all if none is named.

    Raises:
        HalfDone.
    """
    one = found(home)
    if one is not None and (not what or one.what in what):
        raise HalfDone(one.words(home))


@contextmanager
def under_way(home: Path, what: str, source: str = "") -> Iterator[Callable[[str], None]]:
    """Note that something is under way until it has ended well; what is called with words notes the step it is at.

    The note is on disk before anything is changed.
    """
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    one = Unfinished(what, FIRST, now, source)
    _write(home, one)

    def reached(step: str) -> None:
        _write(home, replace(one, step=step))

    yield reached
    (home / NAME).unlink()


def clear(home: Path) -> None:
    """Take away what a broken-off creation or restore put into its folder, which was empty before, but the note."""
    for path in home.iterdir():
        if path.name in (NAME, lock.NAME):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _write(home: Path, one: Unfinished) -> None:
    path = home / NAME
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        json.dump(asdict(one), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
