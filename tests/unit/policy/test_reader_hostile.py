"""Files that are refused, each with its reason; none of them is unpacked, run or fetched."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from resaved import paragraph, word_file, zipped

from xinglin.policy.reader.formats import RefusedError, open_source, refused, source_of
from xinglin.policy.reader.formats.pdf import opening

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
GOOD = word_file(paragraph("到2025年。"))
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"
LOCKED = b"/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>/ID[<00><00>]" % (b"41" * 32, b"42" * 32)


def pdf(pages: int = 1, content: bytes = b"<</Length 0>>stream\n\nendstream", trailer: bytes = b"") -> bytes:
    """A PDF by hand; all its pages are one."""
    kids = b" ".join([b"3 0 R"] * pages)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids),
        PAGE,
        content,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        trailer,
        len(out),
    )
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def bomb(megabytes: int) -> bytes:
    """A PDF whose only page unpacks to very much drawing."""
    packer = zlib.compressobj(9)
    drawing = b"0 0 m 1 1 l S " * 75_000
    packed = b"".join(packer.compress(drawing) for _ in range(megabytes)) + packer.flush()
    return pdf(content=b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed))


def changed(**parts: str | bytes) -> bytes:
    """A good docx with some parts put in or replaced (``word__document`` is word/document.xml)."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        kept: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    for name, content in parts.items():
        path = name.replace("__", "/")
        kept[path if "." in path else f"{path}.xml"] = content
    return zipped(kept)


def related(kind: str, target: str, mode: str = "External") -> bytes:
    relation = f'<Relationship Id="x" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    text = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>'
    return changed(**{"word___rels__settings.xml.rels": text})


def big_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as part:
            for _ in range(201):
                part.write(bytes(1 << 20))
    return out.getvalue()


def lying_zip() -> bytes:
    """A part that unpacks to more than its header says."""
    content = bytearray(changed(word__document=bytes(40 << 20)))
    place = content.rindex(b"word/document.xml") - 46
    content[place + 24 : place + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


def scrambled() -> bytes:
    content = bytearray(GOOD)
    place = content.rindex(b"word/document.xml") - 46
    content[place + 8] |= 1
    return bytes(content)


LOL = b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 99 + b'">]><w:document xmlns:w="urn:w"><a>&b;</a></w:document>'
RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'

# name: (file name, its bytes, kind, words of the reason)
REFUSED: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "empty": ("a.txt", lambda: b"\xef\xbb\xbf \r\n", "empty", "是空的"),
    "no words": ("a.html", lambda: b"<html><body> </body></html>", "no_text", "没有读得出的文字"),
    "too much text": ("a.txt", lambda: b"a" * (refused.MOST_TEXT_BYTES + 1), "too_large", "10.0 MB"),
    "no encoding": ("a.txt", lambda: "甲\n".encode() + b"\xff\xfe\xff", "encoding", "第 2 行有既不是"),
    "a picture called text": ("a.txt", lambda: b"\x89PNG\r\n\x1a\n...", "wrong_kind", "扩展名是 .txt，内容却是图片"),
    "a program called page": ("a.html", lambda: b"MZ\x90\x00...", "wrong_kind", "内容却是可执行程序"),
    "Word called PDF": ("a.pdf", lambda: GOOD, "wrong_kind", "内容却是压缩包（或 Word、Excel 文件）"),
    "PDF called Word": ("a.docx", pdf, "wrong_kind", "内容却是PDF 文件"),
    "a zip called Word": ("a.docx", lambda: zipped({"a.txt": "甲"}), "wrong_kind", "内容却是普通压缩包"),
    "old Word": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unknown_kind", "是旧版 Word 文件"),
    "a sheet": ("a.xlsx", lambda: GOOD, "unknown_kind", "是表格文件"),
    "unknown": ("a.zip", lambda: GOOD, "unknown_kind", "能读的是 .docx、.pdf、.html、.txt"),
    "no extension": ("plan", lambda: GOOD, "unknown_kind", "不是能读的文件"),
    "Word with a password": ("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99, "encrypted", "加了打开密码"),
    "a zip with a password": ("a.docx", scrambled, "encrypted", "加了密码"),
    "macros by name": ("a.docm", lambda: GOOD, "macros", "带宏的 Word 文件，宏可能有害"),
    "macros inside": ("a.docx", lambda: changed(**{"word__vbaProject.bin": b"x"}), "macros", "带有宏"),
    "an OLE object": ("a.docx", lambda: changed(**{"word__embeddings__a.bin": b"x"}), "embedded_object", "OLE"),
    "a control": ("a.docx", lambda: changed(**{"word__activeX__activeX1.xml": b"<a/>"}), "embedded_object", "OLE"),
    "an object by relation": (
        "a.docx",
        lambda: related("oleObject", "../x.docx", "Internal"),
        "embedded_object",
        "OLE 对象或控件",
    ),
    "a template from the web": (
        "a.docx",
        lambda: related("attachedTemplate", "https://evil.example/t.dotm"),
        "external",
        "引用了文件以外的内容（https://evil.example/t.dotm）",
    ),
    "a template on a share": ("a.docx", lambda: related("attachedTemplate", r"\\host\t.dotm"), "external", "引用了"),
    "a picture from the web": ("a.docx", lambda: related("image", "http://evil.example/a.png"), "external", "引用了"),
    "entities": ("a.docx", lambda: changed(word__document=LOL), "entities", "声明了实体，可能有害"),
    "damaged XML": ("a.docx", lambda: changed(word__document=b"<w:document"), "damaged", "word/document.xml 不完好"),
    "no body": ("a.docx", lambda: changed(word__document=b"<a/>"), "wrong_kind", "没有 Word 正文"),
    "nested without end": (
        "a.docx",
        lambda: changed(word__document=b"<a>" * 100_000),
        "damaged",
        "不完好",
    ),
    "a damaged zip": ("a.docx", lambda: b"PK\x03\x04" + b"x" * 99, "damaged", "不是完好的 .docx"),
    "a zip cut off": ("a.docx", lambda: GOOD[:-40], "damaged", "不是完好的 .docx"),
    "a zip bomb": ("a.docx", big_zip, "zip_bomb", "解开后有 201.0 MB，最多 200.0 MB，可能是压缩炸弹"),
    "a lying zip": ("a.docx", lying_zip, "damaged", "word/document.xml 不完好"),
    "too many parts": (
        "a.docx",
        lambda: changed(**{f"x{at}": b"" for at in range(refused.MOST_PARTS)}),
        "too_large",
        "里面的文件有",
    ),
    "ten thousand pages": ("a.pdf", lambda: pdf(10_000), "too_large", "页数有 10000，最多读 500"),
    "PDF with a password": ("a.pdf", lambda: pdf(trailer=LOCKED), "encrypted", "加了密码"),
    "a damaged PDF": ("a.pdf", lambda: b"%PDF-1.7 nothing", "damaged", "不是完好的 PDF"),
    "a PDF without words": ("a.pdf", pdf, "no_text", "没有读得出的文字"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_reason(name: str) -> None:
    file, content, kind, words = REFUSED[name]
    with pytest.raises(RefusedError) as caught:
        source_of(file, content())
    assert caught.value.kind == kind
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"“{file}”")
    assert str(caught.value).endswith("。")


def test_a_pdf_that_costs_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(opening._LIMITS, "memory", 300 << 20)
    with pytest.raises(RefusedError, match="运算时间或过多的内存，可能有害") as caught:
        source_of("a.pdf", bomb(40))
    assert caught.value.kind == "too_costly"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(related("hyperlink", "https://example.org/"), id="a link"),
        pytest.param(
            related("attachedTemplate", "file:///C:/Users/a/Normal.dotm"), id="a template of one's own"
        ),
        pytest.param(related("image", "media/a.png", "Internal"), id="a picture inside"),
        pytest.param(changed(**{"word___rels__settings.xml.rels": RELATIONS}), id="no relations"),
    ],
)
def test_harmless_ones_are_read(content: bytes) -> None:
    assert source_of("a.docx", content).blocks[0].text == "到2025年。"


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with path.open("wb") as file:
        file.truncate(refused.MOST_BYTES + 1)
    with pytest.raises(RefusedError, match=r"有 50.0 MB，最多读 50.0 MB"):
        open_source(path)


def test_deep_and_wide_pages_end() -> None:
    deep = b"<html>" + b"<div>" * 50_000 + "到2025年。".encode()
    with pytest.raises(RefusedError, match="没有读得出的文字"):
        source_of("a.html", deep)
    wide = b"<table><tr><td rowspan=999999 colspan=999999>a<td>b</tr></table><p>" + "到2025年。".encode()
    assert source_of("a.html", wide).blocks[-1].text == "到2025年。"
