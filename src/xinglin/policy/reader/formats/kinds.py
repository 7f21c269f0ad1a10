"""Whether a file is what its name says: by its first bytes, before any reader touches it."""

from __future__ import annotations

from pathlib import PurePath

from xinglin.policy.reader.formats.refused import RefusedError

_PDF_WITHIN = 1024  # bytes of rubbish that PDF readers allow before the mark
_BEGINNINGS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "compound"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_WORDS = {
    "zip": "压缩包（或 Word、Excel 文件）",
    "compound": "旧版 Office 文件，或加了打开密码的 Office 文件",
    "rtf": "RTF 文件",
    "image": "图片",
    "archive": "压缩包",
    "program": "可执行程序",
    "pdf": "PDF 文件",
    "html": "网页",
    "text": "文字",
}
_WANTED = {".docx": "zip", ".pdf": "pdf", ".html": "text", ".htm": "text", ".txt": "text"}
_SAVE_AS_DOCX = "请用 Word 或 WPS 打开，另存为 .docx（不带宏、不带密码）"
_OTHERS = {
    ".doc": ("是旧版 Word 文件", _SAVE_AS_DOCX),
    ".wps": ("是 WPS 文字文件", _SAVE_AS_DOCX),
    ".rtf": ("是 RTF 文件", _SAVE_AS_DOCX),
    ".odt": ("是 OpenDocument 文件", _SAVE_AS_DOCX),
    ".docm": ("是带宏的 Word 文件，宏可能有害", _SAVE_AS_DOCX),
    ".dotm": ("是带宏的 Word 模板，宏可能有害", _SAVE_AS_DOCX),
    ".ofd": ("是 OFD 文件", "请用阅读器另存为 PDF"),
    ".xlsx": ("是表格文件", "请读取印发的文件本身（.docx、.pdf）"),
    ".png": ("是图片", "请先做文字识别（OCR），存为 .docx 或 .txt"),
    ".jpg": ("是图片", "请先做文字识别（OCR），存为 .docx 或 .txt"),
}


def check_kind(name: str, content: bytes) -> str:
    """The extension by which a file is read, in lower case. Raises RefusedError when the content is of another kind."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in _WANTED:
        what, fix = _OTHERS.get(suffix, ("不是能读的文件", "能读的是 .docx、.pdf、.html、.txt"))
        raise RefusedError("macros" if suffix in (".docm", ".dotm") else "unknown_kind", name, what, fix)
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise RefusedError("empty", name, "是空的", "请重新下载或另存这个文件")
    found = kind_of(content)
    if suffix == ".docx" and found == "compound":
        raise RefusedError("encrypted", name, "加了打开密码，或其实是旧版 Word 文件", _SAVE_AS_DOCX)
    if found != _WANTED[suffix]:
        fix = "请改正扩展名，或用原来的程序打开后另存为需要的格式"
        raise RefusedError("wrong_kind", name, f"的扩展名是 {suffix}，内容却是{_WORDS[found]}", fix)
    return suffix


def kind_of(content: bytes) -> str:
    """What some bytes are, by how they begin; “text” for all that is not known."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    return "pdf" if b"%PDF-" in content[:_PDF_WITHIN] else "text"
