"""Bytes as text: the encodings Chinese offices save in are told apart, and what is none of them is told."""

import pytest

from xinglin.base.encoding import UndecodableError, decode

CHINESE = "一、到2025年，村卫生室（站）100%设置“中医阁”；\r\n二、其他——ABC\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]
)
@pytest.mark.parametrize("text", [CHINESE, "code,name\n1,ok\n", CHINESE * 2000])
def test_told_apart(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("text", ["bush hid the facts", "字", "村医馆", "abcd" * 3000])
def test_short_or_plain_text_is_not_taken_for_another_encoding(text: str) -> None:
    assert decode(text.encode()) == text


def test_rare_characters_of_gb18030() -> None:
    assert decode("䶮村㐱".encode("gb18030")) == "䶮村㐱"


@pytest.mark.parametrize(
    ("content", "byte", "line"),
    [
        pytest.param("甲\n乙".encode() + b"\xff" + "丙".encode(), 0xFF, 2, id="damaged utf-8"),
        pytest.param(b"a\nb\n\xff\xff", 0xFF, 3, id="no encoding"),
    ],
)
def test_what_cannot_be_read_is_told(content: bytes, byte: int, line: int) -> None:
    with pytest.raises(UndecodableError) as caught:
        decode(content)
    assert (caught.value.byte, caught.value.line) == (byte, line)
