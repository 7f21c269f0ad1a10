"""Signing in: lock-out, passwords, sessions, and their rows in the log."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from accounts_factories import SECRET, log, post_name, with_factor
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.utils import timezone

from conftest import COUNTY, PASSWORD
from xinglin.apps.accounts import attempts, factor, sessions
from xinglin.apps.accounts.models import Attempts, Session, User
from xinglin.apps.audit.models import Entry


def test_sign_in_and_out(account: Callable[..., User]) -> None:
    user, client = account("village_doctor", facility="QAf", username="doctor"), Client()
    response = post_name(client, " Ｄoctor ", PASSWORD)
    assert response.headers["Location"] == "/"
    assert client.get("/me").status_code == 200
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/me").status_code == 302
    assert log() == [("account.sign_in", "done"), ("account.sign_out", "done")]
    assert set(Entry.objects.values_list("actor", flat=True)) == {user.pk}


@pytest.mark.parametrize("name", ["doctor", "nobody", "retired"])
def test_wrong_is_told_alike(account: Callable[..., User], name: str) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    account("village_doctor", facility="QAf", username="retired")
    User.objects.filter(username="retired").update(is_active=False)
    response = post_name(Client(), name, PASSWORD if name == "retired" else "wrong")
    text = response.content.decode()
    assert response.status_code == 200
    assert "登录名或密码不对，或者账号已停用" in text
    assert log() == [("account.sign_in", "failed")]


@pytest.mark.parametrize("name", ["doctor", "nobody"])
def test_unknown_names_cost_one_hash_too(
    account: Callable[..., User], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    hasher, made = hashers.Argon2PasswordHasher, []
    verify, encode = hasher.verify, hasher.encode
    monkeypatch.setattr(hasher, "verify", lambda self, *a: (made.append("verify"), verify(self, *a))[1])
    monkeypatch.setattr(hasher, "encode", lambda self, *a: (made.append("encode"), encode(self, *a))[1])
    post_name(Client(), name, "wrong")
    assert len(made) == 1


def test_name_is_locked_and_the_wait_grows(
    account: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    client, now = Client(), timezone.now()
    monkeypatch.setattr(attempts.timezone, "now", lambda: now)
    for _ in range(5):
        assert "登录名或密码不对" in post_name(client, "doctor", "wrong").content.decode()
    locked = post_name(client, "doctor", PASSWORD).content.decode()
    assert "这个账号连续登录失败次数太多，已暂时锁定，请 1 分钟后再试" in locked
    now += timedelta(seconds=61)
    assert "登录名或密码不对" in post_name(client, "doctor", "wrong").content.decode()
    now += timedelta(seconds=61)
    assert "请 59 秒后再试" in post_name(client, "doctor", PASSWORD).content.decode()
    now += timedelta(seconds=61)
    assert post_name(client, "doctor", PASSWORD).status_code == 302
    assert not Attempts.objects.filter(kind="name").exists()
    assert log().count(("account.locked", "refused")) == 2


def test_unknown_name_is_locked_alike() -> None:
    for _ in range(5):
        post_name(Client(), "nobody", "wrong")
    assert "暂时锁定" in post_name(Client(), "nobody", "wrong").content.decode()


def test_address_is_locked_and_a_success_does_not_clear_it(account: Callable[..., User]) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    for number in range(19):
        post_name(Client(), f"guess-{number}", "wrong")
    assert post_name(Client(), "doctor", PASSWORD).status_code == 302
    post_name(Client(), "guess-20", "wrong")
    assert "这个网络地址" in post_name(Client(), "doctor", PASSWORD).content.decode()
    assert post_name(Client(), "doctor", PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_old_failures_are_forgotten(account: Callable[..., User], monkeypatch: pytest.MonkeyPatch) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    now = timezone.now()
    monkeypatch.setattr(attempts.timezone, "now", lambda: now)
    for _ in range(4):
        post_name(Client(), "doctor", "wrong")
    now += timedelta(hours=25)
    post_name(Client(), "doctor", "wrong")
    assert Attempts.objects.get(kind="name").failed == 1
    assert attempts.prune(now + timedelta(hours=26)) == 2


@pytest.mark.parametrize(
    ("failed", "minutes"), [(4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (500, 60)]
)
def test_wait_after(failed: int, minutes: int) -> None:
    assert attempts.wait_after("name", failed) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("", "unix", False),
    ],
)
def test_addresses(first: str, second: str, alike: bool) -> None:
    assert (attempts.address_key(first) == attempts.address_key(second)) is alike


@pytest.mark.django_db(transaction=True)
def test_forty_guesses_at_once_are_five() -> None:
    """Threads race for one name: no more than the limit gets as far as a password."""
    let_through, start = [], threading.Barrier(8)

    def guess(number: int) -> None:
        start.wait()
        for _ in range(5):
            try:
                attempts.reserve(attempts.name_key("doctor"), attempts.address_key(f"10.0.0.{number}"))
                let_through.append(number)
            except attempts.Locked:
                pass
        connection.close()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_through) == attempts.RULES["name"].limit


def test_log_holds_no_password_and_no_typed_name(account: Callable[..., User]) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    post_name(Client(), "my-secret-as-name", "my-secret")
    post_name(Client(), "doctor", PASSWORD)
    rows = str(list(Entry.objects.values())) + str(list(Attempts.objects.values()))
    assert "secret" not in rows
    assert PASSWORD not in rows


# Passwords -------------------------------------------------------------------------------------------------------


def change(client: Client, old: str, new: str, again: str = "") -> Any:
    return client.post("/me/password", {"old": old, "new": new, "again": again or new})


def test_first_password_must_be_changed(account: Callable[..., User]) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    User.objects.update(must_change_password=True)
    client = Client()
    post_name(client, "doctor", PASSWORD)
    assert client.get("/").headers["Location"] == "/me/password"
    assert client.get("/me").headers["Location"] == "/me/password?next=%2Fme"
    assert change(client, PASSWORD, "seven green teapots").headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert post_name(Client(), "doctor", "seven green teapots").status_code == 302
    assert ("account.password", "done") in log()


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", "seven green teapots", "", "原密码不对"),
        (PASSWORD, "short", "", "密码太短：至少要 10 个字符"),
        (PASSWORD, "8264019375264", "", "密码只包含数字"),
        (PASSWORD, "password1234", "", "这个密码太常见了"),
        (PASSWORD, "doctor-li-2026", "", "密码跟 登录名 太相似了"),
        (PASSWORD, "seven green teapots", "seven green cups", "两次输入的新密码不一样"),
        (PASSWORD, PASSWORD, "", "新密码不能和原密码一样"),
    ],
)
def test_password_refused(signed_in: Callable[..., Any], old: str, new: str, again: str, words: str) -> None:
    client = signed_in("village_doctor", facility="QAf", username="doctor-li")
    assert words in change(client, old, new, again).content.decode()
    assert client.user.check_password(PASSWORD)


def test_guessing_the_old_password_is_counted(signed_in: Callable[..., Any]) -> None:
    client = signed_in("village_doctor", facility="QAf")
    for _ in range(5):
        change(client, "wrong", "seven green teapots")
    assert "暂时锁定" in change(client, PASSWORD, "seven green teapots").content.decode()


def test_new_password_ends_other_sessions(account: Callable[..., User]) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    here, there = Client(), Client()
    for client in (here, there):
        post_name(client, "doctor", PASSWORD)
    change(here, PASSWORD, "seven green teapots")
    assert Session.objects.exclude(account="").count() == 1
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 302


# Sessions --------------------------------------------------------------------------------------------------------


def test_session_key_changes_at_every_step(account: Callable[..., User]) -> None:
    """Session fixation: a key known before signing in, or before the second factor, is worth nothing after."""
    with_factor(account("county_officer", COUNTY, username="officer"))
    client = Client()
    client.cookies["sessionid"] = "x" * 32
    keys = ["x" * 32]
    post_name(client, "officer", PASSWORD)
    keys.append(client.session.session_key)
    client.post("/second-factor", {"code": factor.current_code(SECRET)})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    for old in keys[:2]:
        thief = Client()
        thief.cookies["sessionid"] = old
        assert thief.get("/").status_code == 302


def test_session_ends_when_idle_and_at_the_latest(
    account: Callable[..., User], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client = Client()
    post_name(client, "doctor", PASSWORD)
    for _ in range(14):
        now += timedelta(minutes=50)
        assert client.get("/me").status_code == 200
    now += timedelta(minutes=50)
    assert client.get("/me").status_code == 302, "12 hours"
    post_name(client, "doctor", PASSWORD)
    now += timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)
    assert client.get("/me").status_code == 302, "idle"


def test_a_page_soon_after_another_writes_no_session(account: Callable[..., User]) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    client = Client()
    post_name(client, "doctor", PASSWORD)
    before = Session.objects.get().session_data
    client.get("/me")
    assert Session.objects.get().session_data == before


def test_own_sessions_are_shown_and_ended(account: Callable[..., User]) -> None:
    user = account("village_doctor", facility="QAf", username="doctor")
    here, there, stranger = Client(), Client(), Client()
    post_name(here, "doctor", PASSWORD)
    post_name(there, "doctor", PASSWORD, REMOTE_ADDR="10.0.0.7")
    account("village_doctor", facility="QAf", username="other")
    post_name(stranger, "other", PASSWORD)
    assert "10.0.0.7" in here.get("/me").content.decode()
    assert here.post("/me/sessions").headers["Location"] == "/me"
    assert there.get("/me").status_code == 302
    assert here.get("/me").status_code == stranger.get("/me").status_code == 200
    assert sessions.sessions_of(user.pk).count() == 1
    assert ("account.sessions_ended", "done") in log()


def test_expired_sessions_are_swept_at_sign_in(account: Callable[..., User]) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    post_name(Client(), "doctor", PASSWORD)
    assert not Session.objects.filter(session_key="old").exists()


@pytest.mark.parametrize(
    ("asked", "lands"),
    [
        ("/me", "/me"),
        ("/users?q=a&page=2", "/users?q=a&page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("http:evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_stays_on_the_site(account: Callable[..., User], asked: str, lands: str) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    data = {"username": "doctor", "password": PASSWORD, "next": asked}
    assert Client().post("/sign-in", data).headers["Location"] == lands
    assert Client().post("/sign-in?next=" + asked, {**data, "next": ""}).status_code == 302


def test_fragments_send_the_whole_page_to_sign_in() -> None:
    response = Client().get("/me", headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == "/sign-in"


def test_pages_behind_sign_in_stay_in_no_cache(signed_in: Callable[..., Client]) -> None:
    assert "no-store" in signed_in("village_doctor", facility="QAf").get("/me").headers["Cache-Control"]
    assert "no-store" in Client().get("/sign-in").headers["Cache-Control"]
