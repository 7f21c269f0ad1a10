"""Word documents (.docx): headings, automatic numbers, tables, text boxes, notes; tracked changes taken as accepted.

Read from the XML of the archive (ISO/IEC 29500-1), for what is asked here, numbers above all, is not printed text.
"""

from __future__ import annotations

from lxml import etree

from xinglin.policy.reader.formats.refused import RefusedError
from xinglin.policy.reader.formats.word.archive import open_archive
from xinglin.policy.reader.formats.word.body import Body
from xinglin.policy.reader.formats.word.names import to_transitional, w
from xinglin.policy.reader.formats.word.numbering import read_numbering
from xinglin.policy.reader.formats.word.styles import read_styles
from xinglin.policy.reader.model import Source


def read_docx(name: str, content: bytes) -> Source:
    """The blocks of a Word document. Raises RefusedError (see `archive.open_archive`)."""
    archive = open_archive(name, content)
    path = archive.related("", "officeDocument") or "word/document.xml"
    parts = {kind: _part(archive.xml(archive.related(path, kind) or "")) for kind in _KINDS}
    root = _part(archive.xml(path))
    body = None if root is None else root.find(w("body"))
    if body is None:
        raise RefusedError("wrong_kind", name, "里没有 Word 正文", "请用 Word 或 WPS 打开，另存为 .docx")
    reader = Body(name, read_styles(parts["styles"]), read_numbering(parts["numbering"]))
    reader.read(body)
    reader.read_notes(parts["footnotes"], parts["endnotes"])
    return Source(name, tuple(reader.blocks), tuple(reader.problems))


_KINDS = ("styles", "numbering", "footnotes", "endnotes")


def _part(root: etree._Element | None) -> etree._Element | None:
    return None if root is None else to_transitional(root)
