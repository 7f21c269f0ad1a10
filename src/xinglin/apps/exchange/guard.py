"""What an uploaded file must be before anything reads it: an xlsx or text of bearable size, by its content.

The name and the type that the browser tells are not believed. A workbook is unpacked once, piece by piece, and
counted, so that neither a bomb nor a lying directory reaches the reader, which would make room for every cell
between A1 and the last one.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from xinglin.facts.readers import Unreadable

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_PARTS = 500
MAX_ROWS = 200_000
MAX_CELLS = 8_000_000
MAX_MERGED = 1000
_PIECE = 1024 * 1024
_OVERLAP = 200

_CELL = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{1,8})[0-9]{1,12}\s*["']""")
_ROW = re.compile(rb"""\br\s*=\s*["']\s*[A-Za-z]{0,8}([0-9]{1,12})\s*["']""")
_COMPOUND = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_OTHER_FORMATS = (
    (_COMPOUND, "旧格式的 xls"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"\x1f\x8b", "压缩包"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"PAR1", "Parquet 文件"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
)
_MARKUP = re.compile(r"\s*<(?:!doctype|html|\?xml|script|svg)", re.IGNORECASE)


def kind_of(content: bytes) -> str:
    """``xlsx`` or ``csv``.

    Raises:
        Unreadable: it is neither, holds macros, or would not fit.
    """
    if not content.strip():
        raise Unreadable("empty_file", "文件是空的", "请选择填好的模板")
    if len(content) > MAX_BYTES:
        what = f"文件有 {len(content) / 1024 / 1024:.1f} MB，超过 {MAX_BYTES // 1024 // 1024} MB"
        raise Unreadable("too_large", what, "请按乡镇或类别分成几个文件")
    if content.startswith(_COMPOUND) and _LOCKED in content:
        raise Unreadable("password", "工作簿有打开密码", "请在 Excel 或 WPS 里取消密码，再存为 xlsx")
    for start, name in _OTHER_FORMATS:
        if content.startswith(start):
            raise Unreadable("wrong_format", f"这是{name}，不是 xlsx 或 CSV", "请用 Excel 或 WPS 另存为 xlsx")
    if content.startswith(b"PK"):
        _check_workbook(content)
        return "xlsx"
    _check_text(content)
    return "csv"


def _check_text(content: bytes) -> None:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not wide and b"\0" in content:
        raise Unreadable("wrong_format", "不是文本文件", "请用 Excel 或 WPS 另存为 xlsx 或“CSV UTF-8”")
    head = content[:1000].decode("utf-16" if wide else "utf-8", errors="ignore").lstrip("\ufeff")
    if _MARKUP.match(head):
        fix = "有些系统导出的 xls 其实是网页：请用 Excel 打开后另存为 xlsx"
        raise Unreadable("wrong_format", "这是网页或 XML，不是 CSV", fix)
    lines = content.count(b"\n") + 1
    if lines > MAX_ROWS + 20:
        raise _too_many(lines)


def _too_many(rows: int) -> Unreadable:
    what = f"有 {rows:,} 行，一次最多 {MAX_ROWS:,} 行"
    return Unreadable("too_many_rows", what, "请分成几个文件；空行里有格式也会算进去，请删去")


def _check_workbook(content: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            unpacked = 0
            for part in parts:
                unpacked += _check_part(archive, part, MAX_UNPACKED - unpacked)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        fix = "请用 Excel 或 WPS 打开，另存为 xlsx，不要加密码"
        raise Unreadable("unreadable_file", "不是完好的工作簿", fix) from error


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename.replace("\\", "/").lower() for part in parts}
    if len(names) != len(parts):
        raise Unreadable("unreadable_file", "工作簿里有重名的部件", "请用 Excel 或 WPS 打开，另存为 xlsx")
    if any("vbaproject" in name or "/macrosheets/" in name or "/activex/" in name for name in names):
        raise Unreadable("macros", "工作簿里有宏", "请另存为不带宏的 xlsx")
    if "xl/workbook.xml" not in names:
        raise Unreadable("wrong_format", "不是 xlsx 工作簿", "请用 Excel 或 WPS 另存为 xlsx")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _bomb()


def _bomb() -> Unreadable:
    return Unreadable("too_large", "解开后太大", "请只留数据，去掉图片、批注和多余的格式，或分成几个文件")


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> int:
    """Unpack one part and count; its size."""
    markup = part.filename.lower().endswith((".xml", ".rels"))
    sheet = _Bounds() if "worksheets/" in part.filename.replace("\\", "/").lower() else None
    size, tail = 0, b""
    with archive.open(part) as stream:
        for piece in _pieces(stream):
            size += len(piece)
            if size > room:
                raise _bomb()
            seen = tail + piece
            if markup and (b"<!DOCTYPE" in seen or b"<!ENTITY" in seen or b"macroEnabled" in seen):
                raise Unreadable("macros", "工作簿里有宏或外部定义", "请另存为不带宏的 xlsx")
            if sheet is not None:
                sheet.look(seen, len(tail))
            tail = seen[-_OVERLAP:]
    return size


def _pieces(stream: object) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):  # type: ignore[attr-defined]
        yield piece


class _Bounds:
    """The last row and column that a worksheet speaks of."""

    def __init__(self) -> None:
        self.columns: set[bytes] = set()
        self.row = 0
        self.merged = 0

    def look(self, xml: bytes, overlap: int) -> None:
        """Take in a piece of the worksheet's XML, of which the first bytes were seen before.

        Raises:
            Unreadable: it reaches too far.
        """
        self.columns.update(_CELL.findall(xml))
        self.row = max(self.row, max(map(int, _ROW.findall(xml)), default=0))
        self.merged += xml.count(b"<mergeCell ", overlap)
        if self.row > MAX_ROWS + 20:
            raise _too_many(self.row)
        width = max(map(_number, self.columns), default=0)
        if width * self.row > MAX_CELLS:
            what = f"表格伸到第 {self.row:,} 行、第 {width:,} 列"
            raise Unreadable("too_large", what, "请删去数据右边和下边的空列、空行（连同格式）")
        if self.merged > MAX_MERGED:
            raise Unreadable("merged_cells", f"合并单元格超过 {MAX_MERGED} 处", "请取消合并，并填满每一格")


def _number(letters: bytes) -> int:
    """Column letters as a number: A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
