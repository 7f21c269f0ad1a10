"""The parts of a docx, after the archive has been searched for what must not be in it."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass

from lxml import etree

from xinglin.policy.reader.formats.refused import (
    MOST_PART,
    MOST_PARTS,
    MOST_UNPACKED,
    RefusedError,
    megabytes,
    too_large,
)

_SAVE = "请用 Word 或 WPS 打开，另存为不带宏、不带密码的 .docx"
_DAMAGED = "请用 Word 或 WPS 打开看是否完好，另存为 .docx"
_EMBEDDED = re.compile(r"(^|/)(embeddings/.*\.(bin|ole)|activex/.*)$", re.IGNORECASE)
_OBJECTS = ("/oleObject", "/control", "/attachedToolbars", "/vbaProject")
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_REMOTE = re.compile(r"^(?!file:)[a-z][a-z0-9+.-]+://|^file:/{2,5}[^/\\]*[/\\]{2}|^(\\\\|//)", re.IGNORECASE)


@dataclass(frozen=True)
class Archive:
    """A docx whose parts may be read."""

    name: str
    parts: zipfile.ZipFile

    def xml(self, path: str) -> etree._Element | None:
        """The root of a part, or None when there is no such part. Raises RefusedError: not XML, or with entities."""
        known = {name.lower(): name for name in self.parts.namelist()}
        found = known.get(path.lower())
        return None if found is None else self._parsed(found)

    def _parsed(self, path: str) -> etree._Element:
        content = _content(self.name, self.parts, path)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise RefusedError("damaged", self.name, f"里的 {path} 不完好", _DAMAGED) from error
        if root.getroottree().docinfo.doctype:
            raise RefusedError("entities", self.name, f"里的 {path} 声明了实体，可能有害", _SAVE)
        return root

    def related(self, path: str, kind: str) -> str | None:
        """The part of a kind (``numbering``, ``styles`` …) that another part names; "" is the package itself."""
        for relation in self._relations(path):
            if relation.get("Type", "").endswith(f"/{kind}") and relation.get("TargetMode") != "External":
                folder = posixpath.dirname(path)
                return posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        return None

    def _relations(self, path: str) -> list[etree._Element]:
        folder, name = posixpath.split(path)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        return [] if root is None else list(root.iter(_RELATIONS))

    def check(self) -> None:
        """Look through all relations. Raises RefusedError: something from outside, or an embedded object."""
        for name in self.parts.namelist():
            if name.lower().endswith(".rels"):
                for relation in self._parsed(name).iter(_RELATIONS):
                    self._check_relation(relation)

    def _check_relation(self, relation: etree._Element) -> None:
        kind, target = relation.get("Type", ""), relation.get("Target", "")
        if kind.endswith(_OBJECTS):
            raise RefusedError("embedded_object", self.name, "嵌有 OLE 对象或控件，可能有害", _SAVE)
        if relation.get("TargetMode") != "External" or kind.endswith("/hyperlink"):
            return
        # A template on the author's own disk is named in many office files; nothing of it is opened.
        if kind.endswith("/attachedTemplate") and not _REMOTE.search(target):
            return
        fix = "请用 Word 或 WPS 打开，把链接的图片、模板改为嵌入或删去后另存"
        raise RefusedError("external", self.name, f"引用了文件以外的内容（{target[:80]}）", fix)


def open_archive(name: str, content: bytes) -> Archive:
    """A docx, searched.

    Raises:
        RefusedError: damaged, encrypted, too large when unpacked, with macros, objects or references outside.
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise RefusedError("damaged", name, "不是完好的 .docx 文件", _DAMAGED) from error
    _check_parts(name, parts.infolist())
    archive = Archive(name, parts)
    archive.check()
    return archive


def _check_parts(name: str, parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise too_large(name, len(parts), MOST_PARTS, "里面的文件")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED:
        what = f"解开后有 {megabytes(unpacked)}，最多 {megabytes(MOST_UNPACKED)}，可能是压缩炸弹"
        raise RefusedError("zip_bomb", name, what, "请确认文件的来源；不要打开它")
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise RefusedError("encrypted", name, "加了密码", _SAVE)
    if any(path.endswith("vbaproject.bin") for path in names):
        raise RefusedError("macros", name, "带有宏，宏可能有害", _SAVE)
    if any(_EMBEDDED.search(path) for path in names):
        raise RefusedError("embedded_object", name, "嵌有 OLE 对象或控件，可能有害", _SAVE)
    if "[content_types].xml" not in names:
        raise RefusedError(
            "wrong_kind", name, "的扩展名是 .docx，内容却是普通压缩包", "请解开后读取里面的文件"
        )


def _content(name: str, parts: zipfile.ZipFile, path: str) -> bytes:
    """A part unpacked no further than allowed, whatever its header says."""
    try:
        with parts.open(path) as part:
            content = part.read(MOST_PART + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise RefusedError("damaged", name, f"里的 {path} 不完好", _DAMAGED) from error
    if len(content) > MOST_PART:
        what = f"里的 {path} 解开后超过 {megabytes(MOST_PART)}，可能是压缩炸弹"
        raise RefusedError("zip_bomb", name, what, "请确认文件的来源；不要打开它")
    return content
