"""What tests of the site share: places, accounts with a role in an area, a signed-in client, Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.test import Client, TransactionTestCase
from django.utils import timezone

from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.accounts.middleware import VERIFIED
from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.audit import fence

COUNTY, SIBLING, PARENT, CHILD = "441882", "441881", "4418", "441882101"
"""The county that tests work in (连州市), one beside it (英德市), the city above, a township below."""
PASSWORD = "correct horse battery"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of the site may use the database, unless it says it needs none; pages are opened on one database."""
    here = Path(__file__).parent
    for item in items:
        if item.get_closest_marker("chromium") and not item.get_closest_marker("both"):
            item.add_marker(pytest.mark.once)
        plain = item.get_closest_marker("any_database") or item.get_closest_marker("django_db")
        if here in item.path.parents and not plain:
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(autouse=True)
def own_anchor(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The anchor of the audit chain, new for every test: each has a log of its own."""
    path = tmp_path_factory.getbasetemp() / "anchors" / f"{uuid4().hex}.log"
    settings.XINGLIN_ANCHORS = (path,)
    return path


@pytest.fixture(scope="session", autouse=True)
def emptying_lifts_the_fence() -> Iterator[None]:
    """Tests that commit empty all tables at their end; the log refuses that unless its triggers are down.

    A request of a page that was just closed may still be at work, and PostgreSQL breaks the knot at our expense.
    """
    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty(self: Any) -> None:
        with fence.lifted():
            original(self)

    def teardown(self: Any) -> None:
        for _ in range(3):
            with suppress(OperationalError, CommandError):
                return empty(self)
            connection.close()
        return empty(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture
def account() -> Callable[..., User]:
    """``account("county_officer", "441882")``: an account with one grant; facility ids go in ``facility``, a liaison's
    unit in ``unit``."""

    def make(role: str, place: str = "", *, facility: str = "", username: str = "", unit: str = "") -> User:
        user = User(username=username or f"{role}-{place or facility}", must_change_password=False)
        user.set_password(PASSWORD)
        user.save()
        level = access_table().roles[role].level
        where = "0" if level is RoleLevel.INSTALLATION else place
        Grant.objects.create(
            user=user, role=role, place=where, facility=facility, unit=unit, valid_from=timezone.localdate()
        )
        return user

    return make


@pytest.fixture
def signed_in(account: Callable[..., User]) -> Callable[..., Client]:
    """``signed_in("county_officer", "441882")``: a client past sign-in and second factor (``client.user``)."""

    def make(role: str, place: str = "", **more: Any) -> Client:
        client = Client()
        user = account(role, place, **more)
        client.force_login(user)
        session = client.session
        session[VERIFIED] = True
        session.save()
        client.user = user  # type: ignore[attr-defined]
        return client

    return make
