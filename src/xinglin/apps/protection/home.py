"""The home folder of an installation: database, keys, facts, backups; everything that is not code."""

from __future__ import annotations

import json
import os
import secrets
import stat
from dataclasses import asdict, dataclass
from pathlib import Path

from xinglin.base.errors import XinglinError

ENV = "XINGLIN_HOME"
PREFIX_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class HomeError(XinglinError):
    """The home folder is missing, incomplete or readable by others."""


@dataclass(frozen=True)
class Keys:
    """The secrets of an installation.

    Attributes:
        prefix: two letters that every id of this installation starts with.
        django: signs sessions. audit: keyed hash chain of the audit log. lookup: keyed hashes for search.
        encryption: key id → 128-bit SM4 key (hex); ``current`` names the one that encrypts.
    """

    prefix: str
    django: str
    audit: str
    lookup: str
    encryption: dict[str, str]
    current: str


def home() -> Path:
    """The home folder: ``XINGLIN_HOME``, or ``xinglin-home`` in the working directory."""
    return Path(os.environ.get(ENV, "xinglin-home")).absolute()


def new_keys() -> Keys:
    """Fresh random secrets."""
    prefix = "".join(secrets.choice(PREFIX_LETTERS) for _ in range(2))
    encryption = {"k1": secrets.token_hex(16)}
    return Keys(prefix, secrets.token_hex(32), secrets.token_hex(32), secrets.token_hex(32), encryption, "k1")


def write_keys(folder: Path, keys: Keys) -> None:
    """Write the key file for its owner only; replaced whole."""
    path = folder / "keys.json"
    new = path.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(keys), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def read_keys(folder: Path) -> Keys:
    """The keys of an installation.

    Raises:
        HomeError: there is no key file, or it cannot be read.
    """
    path = folder / "keys.json"
    try:
        return Keys(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise HomeError(f"{folder} 里没有 keys.json：请先运行 `xinglin site create`") from None
    except (OSError, ValueError, TypeError) as error:
        raise HomeError(f"{path} 读不出来（{error}）：请从备份恢复这个文件") from error
