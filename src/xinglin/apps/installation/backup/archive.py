"""Writing a backup, and reading one that was written."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection

from xinglin import __version__
from xinglin.apps.indicators import ledger
from xinglin.apps.installation.backup.sealed import fingerprint, seal
from xinglin.apps.installation.backup.tables import (
    Sum,
    TableShape,
    applied_migrations,
    lines,
    shapes,
    snapshot,
)
from xinglin.apps.protection.home import read_keys
from xinglin.base.errors import XinglinError

log = logging.getLogger(__name__)
FORMAT = 1
MANIFEST, SEALED = "manifest.json", "keys.sealed"
FOLDERS = ("files", "vintages")
"""Folders of the home that belong to a backup. Of facts only those that a vintage lists: others are read anew."""
FACTS, FROZEN, DEFINITIONS = "facts", "facts.json", "definitions"
"""The data set, the manifest of it that a vintage keeps, and where a county's own record definitions go."""
ANCHOR = "anchor"
"""Where the audit log's anchor lies: taken before the tables, so that it never knows more than they do."""
CHUNK = 1 << 20


class BackupError(XinglinError):
    """A backup cannot be written, read or restored."""


@dataclass(frozen=True)
class StoredTable:
    """A table in a backup."""

    shape: TableShape
    rows: int
    sha256: str


@dataclass(frozen=True)
class StoredFile:
    """A file of the home folder in a backup."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class BackupManifest:
    """What a backup holds.

    Attributes:
        written: moment in UTC. database: sqlite or postgresql. keys: fingerprint of the keys its rows need.
        sealed: whether the keys are inside. migrations: (app, name) the tables have had.
    """

    version: str
    written: str
    database: str
    keys: str
    sealed: bool
    migrations: tuple[tuple[str, str], ...]
    tables: tuple[StoredTable, ...]
    files: tuple[StoredFile, ...]

    @property
    def definitions(self) -> int:
        """Files of the county's own record definitions."""
        return sum(file.path.startswith(f"{DEFINITIONS}/") for file in self.files)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)


def write_backup(path: Path, home: Path, passphrase: str = "") -> BackupManifest:
    """Write everything into one file; the site may be at work meanwhile.

    The tables are those of one moment. Files of the home folder are taken after it: every file a row speaks of has
    been there by then, and files are never changed once written, only replaced whole by a rotation of the key.

    Args:
        passphrase: seals the keys into the backup; without one they are left out and must be kept elsewhere.

    Raises:
        BackupError: the file exists.
    """
    if path.exists():
        raise BackupError(f"“{path}”已经存在；备份不覆盖别的文件，请换一个名称")
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    handle = os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w+b") as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
            manifest = _write(archive, home, passphrase)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)
    return manifest


def _write(archive: zipfile.ZipFile, home: Path, passphrase: str) -> BackupManifest:
    anchors = _write_files(archive, home, ANCHOR)
    with snapshot():
        tables = tuple(_write_table(archive, shape) for shape in shapes())
        migrations = tuple(applied_migrations())
    others = [file for name in FOLDERS for file in _write_files(archive, home, name)]
    keys = read_keys(home)  # after rows and files: a rotation meanwhile only adds to those that they need
    if passphrase:
        archive.writestr(SEALED, seal(keys, passphrase))
    facts = _write_each(archive, _frozen_facts(home))
    files = (*anchors, *others, *facts, *_write_each(archive, _own_definitions()))
    written = datetime.now(UTC).isoformat(timespec="seconds")
    vendor, print_ = connection.vendor, fingerprint(keys)
    manifest = BackupManifest(
        __version__, written, vendor, print_, bool(passphrase), migrations, tables, files
    )
    archive.writestr(
        MANIFEST, json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1)
    )
    return manifest


def _write_table(archive: zipfile.ZipFile, shape: TableShape) -> StoredTable:
    total = Sum()
    with archive.open(member(shape.name), "w", force_zip64=True) as stream:
        for content in lines(shape):
            total.add(content)
            stream.write(content)
    return StoredTable(shape, total.rows, total.sha256)


def member(table: str) -> str:
    """Where a table lies in the archive."""
    return f"tables/{table}.jsonl"


def _inside(home: Path, folder: str) -> list[Path]:
    """Whole files below a folder; what is being written and what points elsewhere is left out."""
    found = sorted((home / folder).rglob("*"))
    whole = (path for path in found if path.suffix not in (".new", ".part"))
    return [path for path in whole if path.is_file() and not path.is_symlink()]


def _write_files(archive: zipfile.ZipFile, home: Path, folder: str) -> list[StoredFile]:
    """The files below a folder; one deleted since it was listed (an upload put away, say) is left out."""
    return _write_each(archive, [(path.relative_to(home).as_posix(), path) for path in _inside(home, folder)])


def _frozen_facts(home: Path) -> list[tuple[str, Path]]:
    """Fact files that a vintage lists: without them nobody could count it again.

    What cannot be told or found is logged: a backup without it is better than none.
    """
    names: set[str] = set()
    for manifest in sorted((home / "vintages").glob(f"*/{FROZEN}")):
        try:
            tables = json.loads(manifest.read_text(encoding="utf-8"))["tables"]
            names |= {str(entry["path"]) for entries in tables.values() for entry in entries}
        except (ValueError, KeyError, TypeError, AttributeError):
            log.warning("%s 读不出来，备份里没有这个期次的事实文件：请从以前的备份恢复它", manifest)
    names |= _from_outside(home / FACTS)
    found = [(f"{FACTS}/{name}", home / FACTS / name) for name in sorted(names)]
    inside = [(name, path) for name, path in found if (home / FACTS).resolve() in path.resolve().parents]
    missing = [name for name, path in inside if not path.is_file()]
    if missing:
        log.warning("期次列出的 %d 个事实文件不在数据目录里（如 %s），备份里没有", len(missing), missing[0])
    return inside


def _from_outside(facts: Path) -> set[str]:
    """Fact files that came from outside, and the ledger of them: nobody could read them anew."""
    if not (facts / ledger.LEDGER).exists():
        return set()
    try:
        listed = {entry.path for entries in ledger.entries(facts).values() for entry in entries}
    except XinglinError as error:
        log.warning("备份里没有外来事实表：%s", error)
        return set()
    return {ledger.LEDGER, *listed}


def _own_definitions() -> list[tuple[str, Path]]:
    """Files of the county's own record definitions; hidden ones (a version control's, say) are left out."""
    return [
        (f"{DEFINITIONS}/{path.relative_to(folder).as_posix()}", path)
        for folder in settings.XINGLIN_DEFINITIONS
        for path in _inside(folder, ".")
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def _write_each(archive: zipfile.ZipFile, members: Iterable[tuple[str, Path]]) -> list[StoredFile]:
    found = []
    for name, path in members:
        with suppress(FileNotFoundError), path.open("rb") as source:
            with archive.open(name, "w", force_zip64=True) as stream:
                size, digest = _copy(source, stream)
            found.append(StoredFile(name, size, digest))
    return found


def _copy(source: IO[bytes], target: IO[bytes] | None) -> tuple[int, str]:
    """Copy (or only read) a stream; its length and sha256."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
    return size, digest.hexdigest()


def read_backup_manifest(archive: zipfile.ZipFile) -> BackupManifest:
    """The manifest of a backup.

    Raises:
        BackupError: this is no backup, or one of a later version.
    """
    try:
        content: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if content.pop("format") != FORMAT:
            raise BackupError("备份由更新的版本写成，请升级程序后再恢复")
        tables = tuple(
            StoredTable(_shape_again(one["shape"]), one["rows"], one["sha256"])
            for one in content.pop("tables")
        )
        files = tuple(StoredFile(**one) for one in content.pop("files"))
        migrations = tuple((app, name) for app, name in content.pop("migrations"))
        return BackupManifest(tables=tables, files=files, migrations=migrations, **content)
    except (KeyError, TypeError, ValueError) as error:
        raise BackupError(f"清单读不出来（{type(error).__name__}）：这不是杏林的备份，或已损坏") from error


def _shape_again(content: dict[str, Any]) -> TableShape:
    return TableShape(
        content["name"], tuple((name, kind) for name, kind in content["columns"]), content["key"]
    )


def open_backup(path: Path) -> zipfile.ZipFile:
    """Open a backup. Raises BackupError when the file is no zip file."""
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise BackupError(f"“{path}”不是杏林的备份，或没有写完整") from None


def faults_of(archive: zipfile.ZipFile, manifest: BackupManifest) -> list[str]:
    """Tables and files whose content is not what the manifest says, in Chinese ([]: whole)."""
    found = []
    for table in manifest.tables:
        if _table_sum(archive, table) != (table.rows, table.sha256):
            found.append(f"表 {table.shape.name} 的行数或校验和与清单不符")
    for file in manifest.files:
        if _file_sum(archive, file.path) != (file.size, file.sha256):
            found.append(f"文件 {file.path} 的大小或校验和与清单不符")
    known = {MANIFEST, SEALED, *(member(one.shape.name) for one in manifest.tables)}
    known |= {file.path for file in manifest.files}
    return found + [f"多出了清单里没有的 {name}" for name in sorted(set(archive.namelist()) - known)]


def _table_sum(archive: zipfile.ZipFile, table: StoredTable) -> tuple[int, str] | None:
    total = Sum()
    try:
        with archive.open(member(table.shape.name)) as stream:
            for content in stream:
                total.add(content)
    except (KeyError, zipfile.BadZipFile):
        return None
    return total.rows, total.sha256


def _file_sum(archive: zipfile.ZipFile, path: str) -> tuple[int, str] | None:
    try:
        with archive.open(path) as stream:
            return _copy(stream, None)
    except (KeyError, zipfile.BadZipFile):
        return None


def extract_files(archive: zipfile.ZipFile, manifest: BackupManifest, home: Path) -> None:
    """Put the files back into a home folder.

    Raises:
        BackupError: a name leads out of the folder.
    """
    root = home.resolve()
    for file in manifest.files:
        target = (root / file.path).resolve()
        if root not in target.parents:
            raise BackupError(f"备份里的文件名“{file.path}”指向别处，不能恢复")
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(file.path) as source, target.open("wb") as stream:
            _copy(source, stream)
