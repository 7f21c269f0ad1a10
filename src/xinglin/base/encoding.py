"""Bytes of a text file as text: the encodings in which Chinese offices save files, told apart by what they hold."""

from __future__ import annotations

_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LIKELY = 0.97
"""Share of signs that must be ordinary ones before bytes without a mark are taken for UTF-16."""
_PROBE = 8_000
_ORDINARY = (
    (0x20, 0x7E),
    (0x2010, 0x203B),
    (0x2460, 0x2473),
    (0x3000, 0x303F),
    (0x4E00, 0x9FFF),
    (0xFF00, 0xFFEF),
)
"""Signs of Chinese office texts; letters of other scripts are what misread bytes turn into."""


class UndecodableError(ValueError):
    """Bytes in no encoding known here.

    Attributes:
        byte: the first that fits nowhere. line: where it stands, from 1.
    """

    def __init__(self, byte: int, line: int) -> None:
        super().__init__(f"0x{byte:02X} in line {line}")
        self.byte, self.line = byte, line


def decode(content: bytes) -> str:
    """Text in UTF-8 (with or without mark), UTF-16 (with or without mark) or GB18030.

    Raises:
        UndecodableError: none of these.
    """
    if content.startswith(_MARKS):
        return content.decode("utf-16", errors="replace")
    # Without a mark UTF-16 shows by its zeros, or by being no UTF-8: letters two by two would also read as Chinese.
    unmarked = _unmarked_utf16(content) if b"\0" in content[:_PROBE] else ""
    if unmarked:
        return content.decode(unmarked, errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad = error
    unmarked = _unmarked_utf16(content)
    if unmarked:
        return content.decode(unmarked, errors="replace")
    # Chinese text that was good UTF-8 up to the bad byte is damaged UTF-8, not GB18030.
    if not any(ch >= "\u0800" for ch in content[: bad.start].decode("utf-8", errors="ignore")):
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError as error:
            bad = error
    raise UndecodableError(content[bad.start], content[: bad.start].count(b"\n") + 1)


def _unmarked_utf16(content: bytes) -> str:
    """“utf-16-le” or “utf-16-be” for bytes that read as ordinary text so, else nothing.

    GB18030 read as UTF-16 gives Hangul and private signs, UTF-8 gives rare ones: neither passes for ordinary.
    """
    if len(content) % 2:
        return ""
    probe = content[:_PROBE]
    for name in ("utf-16-le", "utf-16-be"):
        text = probe.decode(name, errors="replace")
        if text and sum(map(_ordinary, text)) >= _LIKELY * len(text):
            return name
    return ""


def _ordinary(sign: str) -> bool:
    code = ord(sign)
    return sign in "\t\r\n" or any(low <= code <= high for low, high in _ORDINARY)
