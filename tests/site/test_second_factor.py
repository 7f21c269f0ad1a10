"""One-time codes: set up, asked, counted, taken once; and demonstration accounts, which show theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from accounts_factories import SECRET, log, post_name, with_factor
from django.db import connection
from django.test import Client

from conftest import COUNTY, PASSWORD
from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.accounts import factor, signing
from xinglin.apps.accounts.demo import demo_accounts
from xinglin.apps.accounts.models import Attempts, User
from xinglin.base.errors import XinglinError


def test_second_factor_is_set_up_then_asked(account: Callable[..., User]) -> None:
    user, client = account("county_officer", COUNTY, username="officer"), Client()
    response = post_name(client, "officer", PASSWORD)
    assert response.headers["Location"].startswith("/second-factor")
    assert client.get("/").headers["Location"].startswith("/second-factor")
    page = client.get("/second-factor/setup")
    assert "data:image/svg+xml" in page.content.decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factor.time, "time", lambda: 3_000_000_000.0)
        secret = page.context["secret"].replace(" ", "")
        assert "动态口令不对" in client.post("/second-factor/setup", {"code": "000000"}).content.decode()
        code = pyotp.TOTP(secret).at(3_000_000_000)
        assert client.post("/second-factor/setup", {"code": code}).headers["Location"] == "/"
        assert client.get("/").status_code == 200
        user.refresh_from_db()
        assert user.totp_secret == secret
        again = Client()
        post_name(again, "officer", PASSWORD)
        assert "不对或已用过" in again.post("/second-factor", {"code": code}).content.decode()
        patch.setattr(factor.time, "time", lambda: 3_000_000_030.0)
        next_code = pyotp.TOTP(secret).at(3_000_000_030)
        assert again.post("/second-factor", {"code": next_code}).headers["Location"] == "/"
        assert again.get("/").status_code == 200
    assert ("account.second_factor_set", "done") in log()
    assert ("account.second_factor", "failed") in log()


def test_secret_is_not_readable_in_the_database(account: Callable[..., User]) -> None:
    with_factor(account("county_officer", COUNTY, username="officer"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT totp_secret FROM accounts_user")
        assert SECRET not in cursor.fetchone()[0]
    client = Client()
    user = User.objects.get()
    User.objects.update(totp_secret="")
    client.force_login(user)
    secret = client.get("/second-factor/setup").context["secret"].replace(" ", "")
    assert secret not in str(dict(client.session))


def test_codes_are_counted(account: Callable[..., User]) -> None:
    with_factor(account("county_officer", COUNTY, username="officer"))
    client = Client()
    post_name(client, "officer", PASSWORD)
    for _ in range(5):
        client.post("/second-factor", {"code": "000000"})
    answer = client.post("/second-factor", {"code": factor.current_code(SECRET)})
    assert "暂时锁定" in answer.content.decode()
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(("offset", "good"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_clock_may_be_a_little_off(offset: int, good: bool) -> None:
    now = 3_000_000_015
    found = factor.matching_step(SECRET, pyotp.TOTP(SECRET).at(now + offset), now)
    assert (found is not None) is good


def test_a_code_is_taken_once(account: Callable[..., User]) -> None:
    user = with_factor(account("county_officer", COUNTY))
    code = factor.current_code(SECRET)
    assert [factor.take(user, code) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize("code", ["", "abc", "１２３４５６", "0" * 12, "' OR 1=1 --"])
def test_nonsense_is_no_code(code: str) -> None:
    assert factor.matching_step(SECRET, code, 3_000_000_000) is None


def test_voluntary_second_factor_is_asked(account: Callable[..., User]) -> None:
    with_factor(account("village_doctor", facility="QAf", username="doctor"))
    client = Client()
    assert post_name(client, "doctor", PASSWORD).headers["Location"].startswith("/second-factor")
    assert client.get("/me").headers["Location"].startswith("/second-factor")


def test_who_has_one_cannot_replace_it_with_the_password_alone(account: Callable[..., User]) -> None:
    with_factor(account("county_officer", COUNTY, username="officer"))
    client = Client()
    post_name(client, "officer", PASSWORD)
    assert client.get("/second-factor/setup").headers["Location"].startswith("/second-factor?")
    assert client.post("/second-factor/setup", {"code": "123456"}).status_code == 302
    assert User.objects.get().totp_secret == SECRET


def test_next_survives_the_second_factor(account: Callable[..., User]) -> None:
    with_factor(account("county_officer", COUNTY, username="officer"))
    client = Client()
    data = {"username": "officer", "password": PASSWORD, "next": "/me"}
    address = client.post("/sign-in", data).headers["Location"]
    page = client.get(address)
    assert page.context["next"] == "/me"
    code = factor.current_code(SECRET)
    assert client.post("/second-factor", {"code": code, "next": "/me"}).headers["Location"] == "/me"


def test_pending_secret_needs_a_session_of_its_own(account: Callable[..., User]) -> None:
    """Two sessions that set up at the same time: the second to confirm is refused."""
    account("county_officer", COUNTY, username="officer")
    first, second = Client(), Client()
    codes = []
    for client in (first, second):
        post_name(client, "officer", PASSWORD)
        secret = client.get("/second-factor/setup").context["secret"].replace(" ", "")
        codes.append(factor.current_code(secret))
    assert first.post("/second-factor/setup", {"code": codes[0]}).status_code == 302
    assert second.post("/second-factor/setup", {"code": codes[1]}).status_code == 302
    assert second.get("/").status_code == 302
    assert signing.PENDING not in first.session


def test_second_factor_set_up_at_the_same_moment(
    account: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account gets one in another session after this one's page has looked: that one stays."""
    account("county_officer", COUNTY, username="officer")
    client = Client()
    post_name(client, "officer", PASSWORD)
    client.get("/second-factor/setup")
    match = lambda *_: User.objects.update(totp_secret=SECRET)  # noqa: E731
    monkeypatch.setattr(factor, "matching_step", match)
    assert "已经设置了动态口令" in client.post("/second-factor/setup", {"code": "1"}).content.decode()
    assert User.objects.get().totp_secret == SECRET


# Demonstration ---------------------------------------------------------------------------------------------------

FACILITIES = {
    name: f"QA{name}" for name, role in access_table().roles.items() if role.level is RoleLevel.FACILITY
}


def test_demo_accounts_sign_in_only_in_demo_mode(settings: Any) -> None:
    settings.XINGLIN_DEMO = True
    made = demo_accounts(COUNTY, FACILITIES)
    assert [one.role for one in made] == list(access_table().roles)
    for one in made:
        client = Client()
        post_name(client, one.username, one.password)
        if one.code:
            assert one.code in client.get("/second-factor").content.decode()
            assert client.post("/second-factor", {"code": one.code}).status_code == 302
        assert client.get("/").status_code == 200, one.username
        settings.XINGLIN_DEMO = False
        assert client.get("/").status_code == 302, "a session of a demonstration account outlived the mode"
        assert "不对" in post_name(Client(), one.username, one.password).content.decode()
        settings.XINGLIN_DEMO = True
        Attempts.objects.all().delete()


def test_demo_accounts_again_are_the_same_accounts(settings: Any) -> None:
    settings.XINGLIN_DEMO = True
    first, second = demo_accounts(COUNTY, FACILITIES), demo_accounts(COUNTY, FACILITIES)
    assert User.objects.count() == len(first) == len(second)
    assert all(old.password != new.password for old, new in zip(first, second, strict=True))


def test_no_demo_accounts_outside_demo_mode(settings: Any) -> None:
    settings.XINGLIN_DEMO = False
    with pytest.raises(XinglinError, match="演示模式"):
        demo_accounts(COUNTY, FACILITIES)


def test_code_is_shown_to_nobody_else(account: Callable[..., User], settings: Any) -> None:
    settings.XINGLIN_DEMO = True
    with_factor(account("county_officer", COUNTY, username="officer"))
    client = Client()
    post_name(client, "officer", PASSWORD)
    assert factor.current_code(SECRET) not in client.get("/second-factor").content.decode()
