"""Writers of a SQLite file queue: each has its turn, in order, and nobody starves."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F

from xinglin.apps.accounts.models import Attempts
from xinglin.config.sqlite.queue import Turns, turns_of

WRITERS, WRITES = 16, 20
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL 没有这个队列")


@pytest.mark.any_database
def test_turns_come_in_the_order_of_asking() -> None:
    turns, served, threads = Turns(), [], []
    assert turns.take(0)
    for number in range(5):
        asked = len(turns._waiting)

        def work(mine: int = number) -> None:
            assert turns.take(10)
            served.append(mine)
            turns.give()

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        while len(turns._waiting) == asked:
            pass
    turns.give()
    for thread in threads:
        thread.join()
    assert served == [0, 1, 2, 3, 4]
    assert turns.take(0)


@pytest.mark.any_database
def test_patience_ends_and_leaves_no_trace() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0.01)
    assert not turns._waiting
    turns.give()
    assert turns.take(0)


def count_up(_: int) -> None:
    try:
        for _ in range(WRITES):
            with transaction.atomic():
                row = Attempts.objects.select_for_update().get(kind="name", value="x")
                row.failed += 1
                row.save()
    finally:
        connection.close()


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_many_writers_lose_nothing_and_none_is_refused() -> None:
    Attempts.objects.create(kind="name", value="x", failed=0)
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(count_up, range(WRITERS)))
    assert Attempts.objects.get(kind="name", value="x").failed == WRITERS * WRITES


@transaction.atomic
def fail_after_writing() -> None:
    Attempts.objects.create(kind="name", value=f"{1 // 0}")


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_a_failed_deed_gives_its_turn_back() -> None:
    turns = turns_of(str(connection.settings_dict["NAME"]))
    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert turns.take(0)
    turns.give()


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_a_turn_that_does_not_come_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.01)
    turns = turns_of(str(connection.settings_dict["NAME"]))
    assert turns.take(0)
    try:
        with pytest.raises(OperationalError, match="no turn"), transaction.atomic():
            pass
    finally:
        turns.give()
    with transaction.atomic():
        assert not Attempts.objects.exists()


def write_without_a_transaction(number: int) -> None:
    """As sessions and signs of life are written: single statements, some of which give back what they wrote."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 0")
        for _ in range(WRITES):
            row = Attempts.objects.create(kind="name", value=f"{number}")
            Attempts.objects.filter(value="x").update(failed=F("failed") + 1)
            with connection.cursor() as cursor:
                given = "UPDATE accounts_attempts SET failed = failed + 1 WHERE value = 'x' RETURNING failed, value"
                cursor.execute(given)
                assert cursor.fetchone()[1] == "x"
                assert cursor.fetchmany() == cursor.fetchall() == list(cursor) == []
            with transaction.atomic():
                row.delete()
    finally:
        connection.close()


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_writes_outside_a_transaction_queue_too() -> None:
    """SQLite itself is told not to wait at all: whoever did not queue would be refused with `database is locked`."""
    Attempts.objects.create(kind="name", value="x")
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write_without_a_transaction, range(WRITERS)))
    (row,) = Attempts.objects.all()
    assert row.failed == 2 * WRITERS * WRITES


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_a_single_statement_waits_and_gives_its_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.01)
    turns = turns_of(str(connection.settings_dict["NAME"]))
    assert turns.take(0)
    try:
        assert not Attempts.objects.exists()
        with pytest.raises(OperationalError, match="no turn"):
            Attempts.objects.create(kind="name", value="x")
    finally:
        turns.give()
    Attempts.objects.create(kind="name", value="x")
    with pytest.raises(IntegrityError):
        Attempts.objects.create(kind="name", value="x")
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE accounts_attempts SET failed = %s", [(1,), (2,)])
        cursor.execute(
            "WITH few AS (SELECT 3 AS n) UPDATE accounts_attempts SET failed = (SELECT n FROM few)"
        )
    assert Attempts.objects.get().failed == 3
    assert turns.take(0)
    turns.give()
