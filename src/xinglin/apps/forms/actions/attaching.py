"""Files of records: taken in by content, scanned, kept once under their digest and encrypted, given out again."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms.models import Attachment
from xinglin.apps.protection import files, rotation
from xinglin.apps.protection.crypto import CryptoError
from xinglin.base.errors import XinglinError

MOST = 10 * 1024 * 1024
"""Bytes of one file."""
PURPOSE = "forms.attachment"
SCAN_SECONDS = 60
TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What may be attached, and the type it is given out as."""
SHOWN = ("jpg", "png", "webp", "pdf")
"""What a browser shows by itself; the rest is downloaded."""
_STARTS = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"%PDF-", "pdf"))
_OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}


class Refused(XinglinError):  # noqa: N818 - says what is the matter
    """A file that is not taken in; the message says why and what to do."""


def kind_of(content: bytes) -> str:
    """What a file is, by its content. Raises Refused."""
    if not content:
        raise Refused("文件是空的，请重新选择")
    if len(content) > MOST:
        size = f"{len(content) / 1024 / 1024:.1f}"
        raise Refused(f"文件有 {size} MB，最多 {MOST // 1024 // 1024} MB：请压缩图片或分开上传")
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"PK"):
        return _office(content)
    raise Refused("只收图片（jpg、png、webp）、PDF、Word（docx）和 Excel（xlsx）：请转换后再上传")


def _office(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Refused("文件已损坏，请重新导出后上传") from None
    if any("vbaproject" in name or "/activex/" in name or "/macrosheets/" in name for name in names):
        raise Refused("文件里有宏，请另存为不带宏的 docx 或 xlsx")
    for part, kind in _OFFICE.items():
        if part in names:
            return kind
    raise Refused("压缩包不能作附件：请上传里面的图片、PDF 或文档")


def _scan(content: bytes) -> None:
    """Ask the scanner of this installation (``XINGLIN_SCAN``, a command that gets a path; 0 is clean). Raises
    Refused.
    """
    command = settings.XINGLIN_SCAN
    if not command:
        return
    with tempfile.NamedTemporaryFile(prefix="xinglin-scan-") as file:
        file.write(content)
        file.flush()
        try:
            done = subprocess.run(  # noqa: S603 - the administrator's command
                [*shlex.split(command), file.name], capture_output=True, timeout=SCAN_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            raise Refused("查毒程序没有应答，文件没有收下：请稍后再试，或请系统管理员查看") from None
    if done.returncode:
        raise Refused("查毒程序认为这个文件不安全，没有收下")


def take_in(
    content: bytes, *, name: str, definition: str, field: str, by: Any, item: str = "", request: Any = None
) -> Attachment:
    """Keep a file that belongs to no record yet; the form that names it binds it.

    Raises:
        Refused.
    """
    kind = kind_of(content)
    _scan(content)
    digest = hashlib.sha256(content).hexdigest()
    _keep(digest, content)
    short = "".join(filter(str.isprintable, name.replace("\\", "/").rsplit("/", 1)[-1]))[-100:] or "未命名"
    with transaction.atomic():
        made = Attachment.objects.create(
            definition=definition,
            field=field,
            item=item,
            name=short,
            size=len(content),
            digest=digest,
            kind=kind,
            by=by.pk,
        )
        audit(by=by, action="record.attach", kind=definition, id=made.pk, fields=[field], request=request)
    return made


def content_of(one: Attachment) -> bytes:
    """What a file holds.

    Raises:
        Refused: it is gone, or is not what was taken in.
    """
    try:
        found = files.read(_path(one.digest), PURPOSE)
    except FileNotFoundError:
        raise Refused("附件的文件不见了：请系统管理员从备份恢复") from None
    except (CryptoError, ValueError):
        raise Refused("附件打不开，内容可能被改动：请系统管理员从备份恢复") from None
    if hashlib.sha256(found).hexdigest() != one.digest:
        raise Refused("附件的内容与上传时不同，没有打开：请系统管理员查看")
    return found


def _folder() -> Path:
    return Path(settings.XINGLIN_HOME) / "files" / "attachments"


def _path(digest: str) -> Path:
    return _folder() / digest[:2] / digest


def _keep(digest: str, content: bytes) -> None:
    """Whole or not at all; the same content lies there once."""
    path = _path(digest)
    if not path.exists():
        files.write(path, content, PURPOSE)


def _all() -> Iterator[files.Kept]:
    """Every file, for a change of the key."""
    for path in sorted(_folder().glob("*/*")):
        if path.suffix != files.PART:
            yield files.Kept(path, files.lone(PURPOSE))


rotation.register(rotation.Files("files.attachments", _all))
