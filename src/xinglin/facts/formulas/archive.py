"""What Excel's two zip formats, xlsx and xlsb, share: parts found by name and by relation."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile

_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def attributes(tag: str) -> dict[str, str]:
    """Attributes of an XML tag, without the prefix of their namespace."""
    return {
        name.rpartition(":")[2]: html.unescape(double or single)
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def read_part(archive: zipfile.ZipFile, path: str) -> bytes:
    """A part by its path, whatever its case or the slant of its slashes. Raises KeyError."""
    known = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    return archive.read(known[path.lower()])


def related(archive: zipfile.ZipFile, main: str) -> dict[str, str]:
    """Id → path of the parts that a part refers to. Raises KeyError."""
    folder, name = posixpath.split(main)
    text = read_part(archive, f"{folder}/_rels/{name}.rels").decode("utf-8-sig")
    tags = [attributes(tag) for tag in _RELATION.findall(text)]
    return {tag["Id"]: posixpath.join("/", folder, tag["Target"]).lstrip("/") for tag in tags}
