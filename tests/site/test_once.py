"""A deed under a key: done once, refused without a trace, waited for, forgotten when it is old."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.residents import once as module
from xinglin.apps.residents.models import Once
from xinglin.apps.residents.once import KEPT_FOR, PRUNED_EVERY, Done, once

pytestmark = pytest.mark.django_db


def test_the_second_time_gives_what_came_of_the_first(account: Callable[..., User]) -> None:
    by = account("physician", facility="one")
    assert once("k", by=by, deed="a", act=lambda: "made") == Done("made", now=True)
    assert once("k", by=by, deed="a", act=lambda: "other") == Done("made", now=False)
    with pytest.raises(ValidationError, match="已经用来做过别的事"):
        once("k", by=by, deed="b", act=lambda: "other")
    assert once("k", by=account("physician", facility="two"), deed="a", act=lambda: "his") == Done(
        "his", now=True
    )


def test_what_is_refused_leaves_the_key_free(account: Callable[..., User]) -> None:
    by = account("physician", facility="one")

    def refuse() -> str:
        raise ValidationError("不行")

    with pytest.raises(ValidationError, match="不行"):
        once("k", by=by, deed="a", act=refuse)
    assert once("k", by=by, deed="a", act=lambda: "made") == Done("made", now=True)


@pytest.mark.parametrize("key", ["", "k" * 61])
def test_a_page_without_a_good_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="打开不完整"):
        once(key, by=None, deed="a", act=lambda: "made")


def test_old_keys_are_forgotten_from_time_to_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_deeds", itertools.count())
    now = timezone.now()
    Once.objects.create(by="x", key="old", deed="a", at=now - KEPT_FOR - timedelta(minutes=1))
    Once.objects.create(by="x", key="new", deed="a", at=now - KEPT_FOR + timedelta(minutes=1))
    once("k", by=None, deed="a", act=lambda: "made")
    assert set(Once.objects.values_list("key", flat=True)) == {"new", "k"}
    Once.objects.create(by="x", key="older", deed="a", at=now - KEPT_FOR * 2)
    for turn in range(PRUNED_EVERY):
        assert Once.objects.filter(key="older").exists()
        once(f"k{turn}", by=None, deed="a", act=lambda: "made")
    assert not Once.objects.filter(key="older").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first_is_done", [True, False])
def test_whoever_comes_meanwhile_waits_for_the_end(first_is_done: bool) -> None:
    begun, second, answers = threading.Event(), threading.Event(), list[Done]()

    def slow() -> str:
        begun.set()
        assert second.wait(30)
        if not first_is_done:
            raise ValidationError("不行")
        return "first"

    def run(act: Callable[[], str]) -> None:
        try:
            answers.append(once("k", by=None, deed="a", act=act))
        except ValidationError:
            pass
        finally:
            connections.close_all()

    def come() -> None:
        assert begun.wait(30)
        connection.ensure_connection()
        second.set()
        run(lambda: "second")

    threads = [threading.Thread(target=run, args=(slow,)), threading.Thread(target=come)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    if first_is_done:
        assert sorted(answers) == [Done("first", now=False), Done("first", now=True)]
    else:
        assert answers == [Done("second", now=True)]
    assert Once.objects.count() == 1
