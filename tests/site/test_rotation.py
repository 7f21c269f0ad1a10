"""A new encryption key: old texts stay readable, everything is encrypted anew, a broken run goes on."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import audit_factories as make
import forms_factories as make_forms
import pytest
from django.core.management import call_command
from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
from xinglin.apps.exchange import exporting, sealing, store
from xinglin.apps.forms.actions import attaching
from xinglin.apps.protection import files, rotation
from xinglin.apps.protection.crypto import CryptoError, decrypt, encrypt, key_of
from xinglin.apps.protection.home import Keys, read_keys, write_keys
from xinglin.apps.protection.keys import keys
from xinglin.apps.protection.rotation import Column, columns, new_key, remaining, rotate
from xinglin.apps.work.files import folder
from xinglin.apps.work.models import Job

NAME = "accounts.user.display_name"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    """A home folder with a key file of its own."""
    write_keys(tmp_path, Keys("QA", "d" * 64, "a" * 64, "1" * 64, {"k1": "0" * 32}, "k1"))
    settings.XINGLIN_HOME = tmp_path
    return tmp_path


def people(count: int) -> None:
    User.objects.bulk_create(User(username=f"u{n:03}", display_name=f"张{n}") for n in range(count))


def names() -> list[str]:
    return list(User.objects.values_list("display_name", flat=True))


def key_ids() -> set[str]:
    return {key_of(raw) for raw in stored()}


def stored() -> list[str]:
    (column,) = [one for one in columns() if one.label == NAME]
    raw = rotation.Cast("display_name", rotation.models.TextField())
    return list(column.model._base_manager.annotate(raw=raw).values_list("raw", flat=True))


def test_a_new_key_is_taken_up_without_a_restart(home: Path) -> None:
    old = encrypt("张三", NAME)
    assert new_key(home) == "k2"
    assert key_of(encrypt("张三", NAME)) == "k2"
    assert decrypt(old, NAME) == "张三"
    assert keys() is keys()


def test_keys_are_numbered_on(home: Path) -> None:
    assert [new_key(home), new_key(home)] == ["k2", "k3"]
    assert set(read_keys(home).encryption) == {"k1", "k2", "k3"}
    assert (home / "keys.json").stat().st_mode & 0o077 == 0


def test_everything_is_encrypted_anew(home: Path) -> None:
    people(7)
    before = names()
    new_key(home)
    assert remaining() == {NAME: 7}
    told: list[tuple[int, int]] = []
    rotate(batch=3, tell=lambda one: told.append((one.done, one.total)))
    assert told == [(3, 7), (6, 7), (7, 7)]
    assert remaining() == {}
    assert key_ids() == {"k2"}
    assert names() == before


def test_a_broken_run_goes_on(home: Path) -> None:
    people(7)
    new_key(home)

    def break_off(progress: rotation.Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(batch=3, tell=break_off)
    assert remaining() == {NAME: 4}
    assert sum(one.done for one in rotate(batch=3)) == 4
    assert remaining() == {}


def test_a_row_changed_meanwhile_keeps_its_change(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people(1)
    new_key(home)

    def somebody_is_faster(raw: str, purpose: str) -> str:
        User.objects.update(display_name="李四")
        return decrypt(raw, purpose)

    monkeypatch.setattr(rotation, "decrypt", somebody_is_faster)
    rotate()
    assert names() == ["李四"]


def test_what_cannot_be_read_is_named_and_left(home: Path, capsys: Any) -> None:
    people(3)
    spoilt = User.objects.get(username="u001")
    make.sql("UPDATE accounts_user SET display_name = 'k1:AAAA' WHERE id = %s", spoilt.pk)
    with pytest.raises(SystemExit):
        call_command("rotate_keys")
    out = capsys.readouterr().out
    assert f"解不开：{NAME} {spoilt.pk}" in out
    assert "改用新密钥 2 处，未改 1 处" in out


def test_empty_texts_stay_empty(home: Path) -> None:
    User.objects.create(username="nobody")
    new_key(home)
    rotate()
    assert remaining() == {}
    assert stored() == [""]


def test_the_command(home: Path, capsys: Any) -> None:
    people(2)
    call_command("rotate_keys")
    assert "新密钥 k2" in capsys.readouterr().out
    call_command("rotate_keys", "--continue")
    assert keys().current == "k2"
    first, _ = Entry.objects.filter(action="keys.rotate").order_by("pk")
    assert (first.object_id, first.count, first.outcome) == ("k2", 2, "done")


def test_every_encrypted_column_is_found() -> None:
    labels = {column.label for column in columns()}
    assert {NAME, "accounts.user.totp_secret"} <= labels
    assert all(isinstance(column, Column) for column in columns())


def test_a_text_of_another_column_is_not_taken_over(home: Path) -> None:
    with pytest.raises(CryptoError):
        decrypt(encrypt("张三", NAME), "accounts.user.totp_secret")


def test_kept_files_open_after_a_rotation_without_the_old_key(home: Path, capsys: Any) -> None:
    officer = User.objects.create(username="u")
    picture = make_forms.PNG + b"1"
    taken = attaching.take_in(picture, name="a.png", definition="lecture", field="photo", by=officer)
    store.keep("imp1", b"upload")
    store.keep_rows("imp1", b"rows")
    job, path = an_export(officer)
    (path.parent / "of another kind").write_text("plain", encoding="ascii")
    raw = {one: one.read_bytes() for one in (home / "files").rglob("*") if one.is_file()}
    new_key(home)
    counts = {"files.attachments": 1, "files.imports": 2, "files.exports": 1, "work.job.arguments": 1}
    assert remaining() == {"forms.attachment.name": 1, **counts}
    call_command("rotate_keys", "--continue")
    assert "files.attachments：1 / 1" in capsys.readouterr().out
    assert remaining() == {}
    known = read_keys(home)
    write_keys(home, replace(known, encryption={"k2": known.encryption["k2"]}))
    assert attaching.content_of(taken) == picture
    assert (store.fetch("imp1"), store.fetch_rows("imp1")) == (b"upload", b"rows")
    opened = sealing.unseal(path, job.pk, lambda head: head == {"of": 1})
    assert opened is not None
    assert opened.read() == EXPORT
    opened.close()
    job.refresh_from_db()
    assert decrypt(job.arguments["filters"], exporting.PURPOSE) == "{}"
    now = {one: one.read_bytes() for one in (home / "files").rglob("*") if one.is_file()}
    assert now.keys() == raw.keys()
    assert [one.name for one in now if now[one] == raw[one]] == ["of another kind"]
    assert not any(one.stat().st_mode & 0o077 for one in now if one.name != "of another kind")


EXPORT = b"x" * (sealing.PIECE + 5)


def an_export(by: User) -> tuple[Job, Path]:
    """An ended export of two pieces."""
    arguments = {"table": "facility", "format": "csv", "filters": encrypt("{}", exporting.PURPOSE)}
    job = Job.objects.create(
        kind=exporting.KIND,
        asked_by=by.pk,
        state="done",
        ended_at=timezone.now(),
        file="a",
        arguments=arguments,
    )
    path = folder(job.pk) / "a"
    path.parent.mkdir(parents=True)
    sealing.seal(io.BytesIO(EXPORT), path, {"of": 1}, job.pk, lambda: None)
    return job, path


@pytest.mark.parametrize("meanwhile", ["deleted", "written anew", "broken off"])
def test_a_file_touched_during_its_renewal_is_left_to_whoever_touched_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    store.keep("imp1", b"before")
    new_key(home)
    real, deeds = files.encrypt, {"deleted": lambda: store.forget("imp1")}
    deeds["written anew"] = lambda: store.keep("imp1", b"after")
    deeds["broken off"] = lambda: 1 // 0

    def somebody_is_faster(text: str, purpose: str) -> str:
        monkeypatch.setattr(files, "encrypt", real)
        deeds[meanwhile]()
        return encrypt(text, purpose)

    monkeypatch.setattr(files, "encrypt", somebody_is_faster)
    if meanwhile == "broken off":
        with pytest.raises(ZeroDivisionError):
            rotate()
    else:
        rotate()
    left = {"deleted": None, "written anew": b"after", "broken off": b"before"}
    assert store.fetch("imp1") == left[meanwhile]
    assert len(list((home / "files" / "imports").iterdir())) == (meanwhile != "deleted")
    rotate()
    assert remaining() == {}


def test_a_file_that_cannot_be_read_is_named_and_left(home: Path) -> None:
    store.keep("imp1", b"upload")
    path = home / "files" / "imports" / "imp1"
    path.write_text("k1:AAAA", encoding="ascii")
    new_key(home)
    (bad,) = [one for one in rotate() if one.unreadable]
    assert (bad.column, bad.unreadable) == ("files.imports", [str(path)])
    assert remaining() == {"files.imports": 1}
    assert path.read_text(encoding="ascii") == "k1:AAAA"
