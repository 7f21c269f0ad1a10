"""Files of records: what is refused and why, how they are kept, who gets them."""

from __future__ import annotations

import hashlib
import secrets
import stat
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import forms_factories as make
import organisations_factories as organisations
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from xinglin.apps.audit.models import Entry
from xinglin.apps.forms.actions import attaching, saving
from xinglin.apps.forms.actions.attaching import MOST, Refused, kind_of, take_in
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Attachment, Record

COUNTY, SIBLING = "441882", "441881"
BASE = "trial_base"


def office(*parts: str) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "x")
    return stream.getvalue()


GOOD = {
    "png": make.PNG,
    "jpg": b"\xff\xd8\xff\xe0" + b"\0" * 20,
    "pdf": b"%PDF-1.7\n",
    "webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "docx": office("word/document.xml"),
    "xlsx": office("xl/workbook.xml"),
}
BAD = {
    "a macro in a document": (office("word/document.xml", "word/vbaProject.bin"), "宏"),
    "a macro in a workbook": (office("xl/workbook.xml", "xl/vbaProject.bin"), "宏"),
    "an old macro sheet": (office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "宏"),
    "active content": (office("word/document.xml", "word/activeX/activeX1.xml"), "宏"),
    "a zip": (office("a.txt", "b.exe"), "压缩包"),
    "half a zip": (office("word/document.xml")[:40], "损坏"),
    "a program": (b"MZ\x90\0" + b"\0" * 60, "只收图片"),
    "a program for Linux": (b"\x7fELF" + b"\0" * 60, "只收图片"),
    "a drawing with script": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "只收图片"),
    "a page called a picture": (b"<!DOCTYPE html><script>alert(1)</script>", "只收图片"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "只收图片"),
    "an old document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 60, "只收图片"),
    "a gif": (b"GIF89a" + b"\0" * 20, "只收图片"),
    "nothing": (b"", "空的"),
    "too much": (make.PNG + b"\0" * MOST, "最多 10 MB"),
}


@pytest.mark.parametrize("kind", GOOD)
def test_what_is_taken_in_is_told_by_its_content(kind: str) -> None:
    assert kind_of(GOOD[kind]) == kind


@pytest.mark.parametrize("what", BAD)
def test_what_is_refused(what: str, account: Callable[..., Any]) -> None:
    content, why = BAD[what]
    with pytest.raises(Refused, match=why):
        take_in(
            content, name="照片.jpg", definition=BASE, field="photo", by=account("county_officer", COUNTY)
        )
    assert not Attachment.objects.exists()


def keep(user: Any, content: bytes = make.PNG, name: str = "照片.png", field: str = "photo") -> Attachment:
    return take_in(content, name=name, definition=BASE, field=field, by=user)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("false", "不安全"),
        ("/nowhere/scanner --flag", "没有应答"),
        ("true", None),
        ("grep -q virus", "不安全"),
    ],
)
def test_the_scanner_has_the_last_word(
    command: str, why: str | None, account: Callable[..., Any], settings: Any
) -> None:
    settings.XINGLIN_SCAN = command
    user = account("county_officer", COUNTY)
    if why is None:
        assert keep(user).kind == "png"
        return
    with pytest.raises(Refused, match=why):
        keep(user)
    assert not Attachment.objects.exists()


def test_a_scanner_that_does_not_answer(
    account: Callable[..., Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.XINGLIN_SCAN = "tail -f"
    monkeypatch.setattr(attaching, "SCAN_SECONDS", 0.05)
    with pytest.raises(Refused, match="没有应答"):
        keep(account("county_officer", COUNTY))


def test_a_file_is_kept_once_encrypted_and_for_our_eyes_only(account: Callable[..., Any]) -> None:
    user = account("county_officer", COUNTY)
    content = make.PNG + "司马青囊".encode() + secrets.token_bytes(4)
    first, second = keep(user, content), keep(user, content, name="另一张.png")
    assert first.digest == second.digest == hashlib.sha256(content).hexdigest()
    path = attaching._path(first.digest)
    kept = path.read_bytes()
    assert make.PNG not in kept
    assert "司马青囊".encode() not in kept
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == [first.digest]
    assert attaching.content_of(second) == content
    path.write_text(kept.decode()[:-8] + "AAAAAAAA", encoding="ascii")
    with pytest.raises(Refused, match=r"打不开|不同"):
        attaching.content_of(first)
    path.unlink()
    with pytest.raises(Refused, match="不见了"):
        attaching.content_of(first)


def test_its_name_is_not_in_the_database(account: Callable[..., Any]) -> None:
    made = keep(account("county_officer", COUNTY), name="C:\\文件\\司马青囊的身份证\n.png")
    assert made.name == "司马青囊的身份证.png"
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM forms_attachment")
        assert "司马" not in str(cursor.fetchall())


def test_the_form_keeps_files(signed_in: Callable[..., Client]) -> None:
    client, facility = signed_in("county_officer", COUNTY), organisations.facility()
    values = {**make.posted(BASE), "facility": facility.pk}
    picture = SimpleUploadedFile("照片.png", make.PNG)
    page = SimpleUploadedFile("照片2.jpg", b"<html>")
    answer = client.post(reverse("forms:new", args=[BASE]), {**values, "photo__file": [picture, page]})
    assert answer.status_code in (200, 422)
    text = answer.content.decode()
    assert "照片2.jpg" in text
    assert "只收图片" in text
    good = Attachment.objects.get()
    assert good.pk in text
    client.post(reverse("forms:new", args=[BASE]), {**values, "photo": [good.pk]})
    row = Record.objects.get()
    assert row.document["photo"] == [good.pk]
    good.refresh_from_db()
    assert good.record == row
    got = client.get(reverse("forms:file", args=[good.pk]))
    assert (got.content, got["Content-Type"]) == (make.PNG, "image/png")
    assert "sandbox" in got["Content-Security-Policy"]
    assert Entry.objects.filter(action="record.file", object_id=good.pk).count() == 1
    client.post(reverse("forms:edit", args=[row.pk]), {**values, "revision": "1"})
    good.refresh_from_db()
    assert good.removed_at is not None


@pytest.fixture
def bound(account: Callable[..., Any]) -> tuple[Record, Attachment, Attachment]:
    """A record with a photo and a personal scan."""
    officer = account("county_officer", COUNTY)
    photo, scan = keep(officer), keep(officer, make.PNG + b"scan", field="scan")
    row = make.record(BASE, by=officer, photo=[photo.pk], scan=[scan.pk])
    return row, photo, scan


def test_nobody_outside_the_area_gets_it(
    bound: tuple[Record, Attachment, Attachment], signed_in: Callable[..., Client]
) -> None:
    row, photo, scan = bound
    for role, where, seen in (
        ("inspector", COUNTY, (200, 302)),
        ("county_officer", SIBLING, (404, 404)),
        ("physician", "", (404, 404)),
    ):
        facility = {} if where else {"facility": row.facility_id}
        client = signed_in(role, where, username=f"x{role}{where}", **facility)
        found = tuple(client.get(reverse("forms:file", args=[one.pk])).status_code for one in (photo, scan))
        assert found == seen, role  # inside the area a page says why not, outside there is nothing


def test_loose_files_are_their_senders_alone(
    account: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    mine = keep(account("county_officer", COUNTY))
    other = signed_in("county_officer", COUNTY, username="other")
    assert other.get(reverse("forms:file", args=[mine.pk])).status_code == 404
    with pytest.raises(saving.Invalid, match="不属于"):
        make.record(BASE, by=other.user, photo=[mine.pk])  # type: ignore[attr-defined]
    mine.refresh_from_db()
    assert mine.record is None


def test_files_of_another_record_or_field_cannot_be_taken(
    bound: tuple[Record, Attachment, Attachment], account: Callable[..., Any]
) -> None:
    row, photo, scan = bound
    officer = account("county_officer", COUNTY, username="second")
    with pytest.raises(saving.Invalid, match="不属于"):
        make.record(BASE, by=officer, photo=[photo.pk], name="另一个")
    values = {**make.raw(BASE), "facility": row.facility_id}
    with pytest.raises(saving.Invalid, match="不属于"):  # a personal file would become anybody's
        saving.change(row, definition(BASE), {**values, "photo": [scan.pk], "scan": []}, by=officer)
