"""Sealing: order, numbers without holes, one sealer, a crash, late rows, the fence."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import audit_factories as make
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from xinglin.apps.audit import anchor, fence, runner, sealing
from xinglin.apps.audit.actions import record
from xinglin.apps.audit.chain import COLUMNS, START, canonical, link
from xinglin.apps.audit.models import Entry, Seal
from xinglin.apps.audit.sealing import Sealer, pending, seal_pending, unsealed
from xinglin.apps.audit.verify import verify


def test_rows_are_sealed_in_order_without_holes() -> None:
    rows = make.entries(7)
    assert unsealed() == 7
    assert seal_pending(batch=3) == 7
    assert unsealed() == 0
    seals = list(Seal.objects.order_by("sequence"))
    assert [seal.sequence for seal in seals] == list(range(1, 8))
    assert [seal.entry for seal in seals] == [row.pk for row in rows]


def test_a_link_hangs_on_the_one_before() -> None:
    seals = make.sealed(3)
    mac = START
    for seal in seals:
        row = Entry.objects.filter(pk=seal.entry).values_list(*COLUMNS).get()
        mac = link(seal.sequence, mac, canonical(row))
        assert seal.mac == mac


def test_every_column_is_sealed() -> None:
    assert {field.attname for field in Entry._meta.concrete_fields} == set(COLUMNS)


def test_nothing_to_seal() -> None:
    assert seal_pending() == 0
    assert anchor.highest() == 0
    assert verify(log=False).ok


def test_a_row_in_a_rolled_back_deed_is_never_sealed() -> None:
    with transaction.atomic():
        record(by=None, action="facility.edit", kind="facility")
        transaction.set_rollback(True)
    assert unsealed() == 0


def test_sealing_goes_on_after_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    make.entries(10)
    real, calls = sealing.link, []

    def fails_once(sequence: int, previous: str, body: bytes) -> str:
        calls.append(sequence)
        if len(calls) == 7:
            raise OSError
        return real(sequence, previous, body)

    monkeypatch.setattr(sealing, "link", fails_once)
    with pytest.raises(OSError):  # noqa: PT011
        seal_pending(batch=4)
    assert Seal.objects.count() == 4
    assert seal_pending(batch=4) == 6
    assert verify(log=False).lines() == ["核对封存 10 条，最新序号 10，未封存 0 条：完整，没有发现改动。"]


def test_a_new_sealer_finds_what_an_old_one_left() -> None:
    make.entries(3)
    old = Sealer()
    old.seal()
    make.entries(2)
    assert Sealer().seal() == 2
    assert old.seal() == 0
    assert old.unsealed() == 0


def test_the_floor_is_forgotten_when_the_database_is_another_one() -> None:
    sealer = Sealer()
    with transaction.atomic():
        make.entries(5)
        assert sealer.seal() == 5
        transaction.set_rollback(True)
    make.entries(5)
    assert sealer.unsealed() == 5
    assert sealer.seal() == 5


def test_numbers_that_the_anchor_has_seen_are_not_used_again() -> None:
    make.sealed(4)
    fence.remove()
    make.sql("DELETE FROM audit_seal WHERE sequence > 2")
    make.sql("DELETE FROM audit_entry WHERE id NOT IN (SELECT entry FROM audit_seal)")
    make.entries(1)
    seal_pending()
    assert list(Seal.objects.values_list("sequence", flat=True)) == [1, 2, 5]


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_the_database_refuses_changes(table: str, statement: str) -> None:
    make.sealed(2)
    change = "action = 'x'" if table == "audit_entry" else "mac = 'x'"
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        make.sql(statement.format(table, change))
    assert Entry.objects.count() == Seal.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_truncation_is_refused() -> None:
    make.sealed(2)
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="never changed or deleted"):
            make.sql("TRUNCATE audit_entry, audit_seal")
    assert Entry.objects.count() == 2


def test_the_fence_stands_again_after_being_lifted() -> None:
    make.sealed(1)
    with pytest.raises(RuntimeError), fence.lifted():
        raise RuntimeError
    with pytest.raises(DatabaseError), transaction.atomic():
        make.sql("DELETE FROM audit_entry")


@pytest.mark.django_db(transaction=True)
def test_a_row_committed_late_is_sealed_later() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite 只有一个写者，编号小的不会后提交")
    sealer, inserted, go = Sealer(), threading.Event(), threading.Event()
    late = threading.Thread(target=_slow, args=(inserted, go))
    late.start()
    assert inserted.wait(10)
    make.entries(2)
    assert (sealer.seal(), sealer.seal()) == (2, 0)
    floor = sealer.floor
    go.set()
    late.join()
    assert sealer.unsealed() == 1
    assert sealer.seal() == 1
    sealing.anchor_head()
    order = list(Seal.objects.order_by("sequence").values_list("entry", flat=True))
    assert order[2] == min(order)
    assert floor < min(order)
    assert verify(log=False).ok
    sealer.seal()
    assert sealer.floor == max(order)


def _slow(inserted: threading.Event, go: threading.Event) -> None:
    """A deed that takes its time: its row has a lower id than those committed meanwhile."""
    try:
        with transaction.atomic():
            record(by=None, action="facility.edit", kind="facility")
            inserted.set()
            assert go.wait(10)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_only_one_sealer_at_a_time() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite 由写锁保证")
    make.entries(3)
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                assert sealing._alone()
                held.set()
                assert go.wait(10)
        finally:
            connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(10)
    assert Sealer().seal() == 0
    go.set()
    other.join()
    assert Sealer().seal() == 3


def test_the_runner_survives_errors(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> int:
        raise DatabaseError("name 张三丰 violates")

    monkeypatch.setattr(runner, "close_old_connections", lambda: None)
    monkeypatch.setattr(runner.connection, "close", lambda: None)
    monkeypatch.setattr(runner.SEALER, "seal", broken)
    runner.Runner().once()
    assert "DatabaseError" in caplog.text
    assert "张三丰" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_runner_seals_and_anchors(own_anchor: Path) -> None:
    make.entries(5)
    thread = runner.Runner(seconds=0.01)
    thread.start()
    thread.end()
    assert not pending().exists()
    assert anchor.last(own_anchor).sequence == 5


def test_start_and_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []
    monkeypatch.setattr(runner.Runner, "once", lambda self: rounds.append(1))
    runner.start()
    runner.start()
    assert runner.running()
    runner.stop()
    assert not runner.running()
    assert rounds == [1]


def test_commands(capsys: Any) -> None:
    make.entries(2)
    call_command("audit_seal")
    call_command("audit_verify")
    out = capsys.readouterr().out
    assert "封存 2 条" in out
    assert "完整" in out
    fence.remove()
    make.sql("UPDATE audit_entry SET actor = 'x'")
    with pytest.raises(SystemExit):
        call_command("audit_verify")
    assert "日志被改" in capsys.readouterr().out
    outcomes = Entry.objects.filter(action="audit.verify").order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["done", "failed"]
