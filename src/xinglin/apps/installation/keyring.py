"""The keys that a backup needs, found before settings are loaded. Imports no Django."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from xinglin.apps.installation.backup.sealed import fingerprint, unseal
from xinglin.apps.protection.home import Keys, read_keys, write_keys
from xinglin.base.errors import XinglinError


class KeysError(XinglinError):
    """The keys of a backup are missing or are others."""


def keys_for(backup: Path, passphrase: str, path: Path | None) -> Keys:
    """The keys that the rows of a backup were encrypted with.

    Args:
        passphrase: of the keys inside. path: a key file kept elsewhere (or the folder it lies in).

    Raises:
        KeysError: neither leads to them.
    """
    try:
        with zipfile.ZipFile(backup) as archive:
            wanted = str(json.loads(archive.read("manifest.json"))["keys"])
            sealed = archive.read("keys.sealed") if "keys.sealed" in archive.namelist() else b""
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise KeysError(f"“{backup}”不是杏林的备份，或没有写完整") from None
    if sealed and passphrase:
        found = unseal(sealed, passphrase)
    elif path is not None:
        found = read_keys(path.parent if path.name == "keys.json" else path)
    else:
        hint = "用 --passphrase 给出口令" if sealed else "备份里没有密钥，用 --keys 给出另外保存的 keys.json"
        raise KeysError(f"没有密钥就读不出加密的内容：{hint}")
    if wanted not in map(fingerprint, _as_they_were(found)):
        raise KeysError("这不是写备份时的密钥，恢复后加密的内容会读不出来")
    return found


def _as_they_were(found: Keys) -> Iterator[Keys]:
    """The keys now, and as they were before each rotation: it only adds keys, so later ones open earlier backups."""
    yield found
    known = list(found.encryption.items())
    for number, (name, _) in enumerate(known, start=1):
        yield replace(found, encryption=dict(known[:number]), current=name)


def make_home(home: Path) -> None:
    """Make a home folder, for its owner only."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)


def place_keys(home: Path, keys: Keys) -> None:
    """Make a home folder with these keys, for its owner only."""
    make_home(home)
    write_keys(home, keys)
