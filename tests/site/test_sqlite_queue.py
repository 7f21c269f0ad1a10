"""Writers of a SQLite file queue: each has its turn, in order, and nobody starves."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

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
