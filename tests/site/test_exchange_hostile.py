"""Hostile and broken uploads: each is refused with words, quickly, and nothing of it is believed."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from exchange_factories import COUNTY, bring, csv_file, facilities, facility_row, faults

from xinglin.apps.exchange import actions, guard
from xinglin.apps.exchange.guard import kind_of
from xinglin.apps.exchange.models import Import
from xinglin.apps.organisations.models import Facility
from xinglin.facts.readers import Unreadable

SHEET = "xl/worksheets/sheet1.xml"


def changed(change: Callable[[dict[str, bytes]], None], **more: Any) -> bytes:
    """A good workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(facilities(facility_row()))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_sheet(old: bytes, new: bytes) -> bytes:
    """A good workbook with bytes of its worksheet replaced."""

    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[SHEET]
        parts[SHEET] = parts[SHEET].replace(old, new)

    return changed(change)


def bomb() -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        parts["xl/media/zeros.bin"] = b"\0" * (guard.MAX_UNPACKED + 1)

    return changed(change)


def part(name: str, content: bytes = b"x") -> bytes:
    return changed(lambda parts: parts.update({name: content}))


def lying_directory() -> bytes:
    """The directory says that a part is small."""
    content = bytearray(with_sheet(b"<sheetData>", b"<sheetData>" + b" " * 5_000_000))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        real = archive.getinfo(SHEET).file_size.to_bytes(4, "little")
    return bytes(content).replace(real, (100).to_bytes(4, "little"))


def merged() -> bytes:
    cells = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (row, row) for row in range(3, 3000))
    return with_sheet(b"</sheetData>", b"</sheetData><mergeCells>" + cells + b"</mergeCells>")


def far_corner() -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        parts[SHEET] = parts[SHEET].replace(b'r="B2"', b'r="ZZ100000"')

    return changed(change)


def part_only(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, b"x")
    return out.getvalue()


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty", lambda: b"", "empty_file"),
    ("blank", lambda: b" \n\n ", "empty_file"),
    ("too large", lambda: b"a" * (guard.MAX_BYTES + 1), "too_large"),
    ("pdf", lambda: b"%PDF-1.7\n", "wrong_format"),
    ("png", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "wrong_format"),
    ("program", lambda: b"MZ\x90\0" + b"\0" * 50, "wrong_format"),
    ("old xls or password", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "wrong_format"),
    ("gzip", lambda: b"\x1f\x8b\x08" + b"\0" * 50, "wrong_format"),
    ("web page named xls", "<html><table>机构</table>".encode, "wrong_format"),
    ("svg with script", lambda: b"<svg onload='alert(1)'>", "wrong_format"),
    (
        "xml with entity",
        lambda: b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
        "wrong_format",
    ),
    ("binary as csv", lambda: b"a,b\n\0\1\2,3\n", "wrong_format"),
    ("too many lines", lambda: b"1,2\n" * (guard.MAX_ROWS + 50), "too_many_rows"),
    ("cut short", lambda: facilities(facility_row())[:-200], "unreadable_file"),
    ("zip that is no workbook", lambda: part_only("readme.txt"), "wrong_format"),
    ("docx", lambda: part_only("word/document.xml"), "wrong_format"),
    ("macros", lambda: part("xl/vbaProject.bin"), "macros"),
    ("excel 4 macros", lambda: part("xl/macrosheets/sheet1.xml", b"<a/>"), "macros"),
    ("activex", lambda: part("xl/activeX/activeX1.xml", b"<a/>"), "macros"),
    ("macro content type", lambda: part("docProps/x.xml", b"<a>macroEnabled</a>"), "macros"),
    (
        "entities in a sheet",
        lambda: with_sheet(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
        "macros",
    ),
    ("bomb", bomb, "too_large"),
    ("many parts", lambda: changed(lambda p: p.update({f"a{i}": b"" for i in range(600)})), "too_large"),
    ("lying directory", lying_directory, "unreadable_file"),
    ("cell in the last corner", lambda: with_sheet(b'r="B2"', b'r="XFD1048576"'), "too_many_rows"),
    ("far right and down", far_corner, "too_large"),
    ("row number beyond", lambda: with_sheet(b'<row r="2"', b'<row r="999999999999"'), "too_many_rows"),
    ("thousands of merged cells", merged, "merged_cells"),
    ("spaced reference", lambda: with_sheet(b'r="B2"', b"r = 'XFD1048576'"), "too_many_rows"),
]


@pytest.mark.any_database
@pytest.mark.parametrize(("make", "kind"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused(make: Callable[[], bytes], kind: str) -> None:
    content = make()
    with pytest.raises(Unreadable) as caught:
        kind_of(content)
    assert caught.value.kind == kind
    assert caught.value.what
    assert caught.value.fix


@pytest.mark.any_database
def test_a_bomb_costs_no_memory() -> None:
    content = bomb()
    tracemalloc.start()
    with pytest.raises(Unreadable):
        kind_of(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000


@pytest.mark.any_database
def test_good_files_pass() -> None:
    assert kind_of(facilities(facility_row())) == "xlsx"
    assert kind_of(csv_file([facility_row()])) == "csv"
    assert kind_of("机构名称\n甲".encode("gb18030")) == "csv"
    assert kind_of("机构名称\n甲".encode("utf-16")) == "csv"


INJECTIONS = [
    "'; DROP TABLE organisations_facility; --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    '=HYPERLINK("http://x")',
    "../../etc/passwd",
    "%s%n",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_texts_are_only_texts(signed_in: Callable[..., Any], text: str) -> None:
    client = signed_in("county_officer", COUNTY)
    one = bring(
        client.user,
        facilities(facility_row(机构名称=text), facility_row(机构名称="x", 机构类别=text)),
        f"{text}.xlsx",
    )
    page = client.get(f"/exchange/imports/{one.pk}").content.decode()
    assert "<script>alert" not in page
    actions.apply(one=one, mode="good", by=client.user)
    assert Facility.objects.get().name == text


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "..\\..\\boot.ini", "a" * 300 + ".xlsx", "\x00x.xlsx", ""]
)
def test_names_are_never_paths(signed_in: Callable[..., Any], name: str) -> None:
    client = signed_in("county_officer", COUNTY)
    one = bring(client.user, facilities(facility_row()), name)
    assert "/" not in one.file_name
    assert "\\" not in one.file_name
    assert len(one.file_name) <= 100
    assert faults(one) == []


def test_upload_of_rubbish_shows_why(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    answer = client.post(
        "/exchange/upload", {"file": SimpleUploadedFile("机构.xlsx", b"%PDF-1.7"), "table": ""}, follow=True
    )
    text = answer.content.decode()
    assert "PDF" in text
    assert "另存为 xlsx" in text
    assert client.post("/exchange/upload", {"table": ""}).status_code == 422
    answer = client.post(
        "/exchange/upload", {"file": SimpleUploadedFile("a.csv", b"a"), "table": "accounts_user"}
    )
    assert answer.status_code == 422


def test_filters_of_an_export_are_no_lookups(signed_in: Callable[..., Client]) -> None:
    from exchange_factories import OTHER_TOWN, make_facility

    make_facility("F1", name="甲", kind="village_clinic", place="441882102201")
    make_facility("F2", name="乙")
    make_facility("S1", name="丙", place=OTHER_TOWN)
    client = signed_in("county_officer", COUNTY)

    def lines(query: str) -> int:
        answer = client.get(f"/exchange/export/facility?format=csv&{query}")
        assert answer.status_code == 200
        return len(b"".join(answer.streaming_content).decode().splitlines()) - 1  # type: ignore[arg-type]

    assert lines("") == 2
    assert lines("kind=village_clinic") == 1
    assert lines("place=441882102201") == 1
    assert lines("place=441881") == 0
    for query in (
        "place__startswith=44",
        "name__regex=.*",
        "pk=1",
        "kind=%27%20OR%201=1--",
        "pinyin=x",
        "sort=name",
    ):
        assert lines(query) in (0, 2), query
    assert client.get("/exchange/export/accounts_user").status_code == 404
    assert client.get("/exchange/export/..%2fetc").status_code in (403, 404)


def test_others_imports_are_not_there(signed_in: Callable[..., Client]) -> None:
    owner: Any = signed_in("county_officer", COUNTY)
    one = bring(owner.user, facilities(facility_row()))
    other = signed_in("county_officer", COUNTY, username="other")
    for path in ("", "/undo", "/report"):
        assert other.get(f"/exchange/imports/{one.pk}{path}").status_code == 404
    for path in ("/apply", "/undo", "/discard", "/read"):
        assert other.post(f"/exchange/imports/{one.pk}{path}", {"mode": "all"}).status_code == 404
    assert Import.objects.get().state == "checked"


def test_personal_columns_need_their_permission(signed_in: Callable[..., Client]) -> None:
    from exchange_factories import make_facility, make_person

    from xinglin.apps.organisations.models import Post

    make_facility("F1")
    make_person("P1", name="李四四", phone="13800138000")
    Post.objects.create(practitioner_id="P1", facility_id="F1", main=True, valid_from="2020-01-01")
    address = "/exchange/export/practitioner?format=csv"
    shown = b"".join(signed_in("county_officer", COUNTY).get(address).streaming_content).decode()  # type: ignore[arg-type]
    hidden = b"".join(signed_in("county_expert", COUNTY).get(address).streaming_content).decode()  # type: ignore[arg-type]
    assert "李四四" in shown
    assert "P1" in hidden
    assert "李四四" not in hidden
    assert "1380013" not in hidden
