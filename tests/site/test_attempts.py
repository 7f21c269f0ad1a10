"""Attempts to get at what is not one's own, and what comes of each: one row per attempt.

Every row is tried on a page or action as its attacker would; ``nothing`` is checked at the end of each: no grant, no
account and no password has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import COUNTY, PASSWORD, SIBLING
from xinglin.apps.accounts.middleware import VERIFIED
from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.audit.models import Entry

QUOTES = "' OR '1'='1"
UNION = "x' UNION SELECT password FROM accounts_user --"
DROP = "'; DROP TABLE accounts_user; --"
LATER = "username); SELECT pg_sleep(9); --"

# Values and identifiers: the query of the list, what the list then holds ("all", "none").
INJECTIONS = [
    ({"q": QUOTES}, "none"),
    ({"q": UNION}, "none"),
    ({"q": DROP}, "none"),
    ({"q": "%"}, "none"),
    ({"q": "_"}, "none"),
    ({"q": "\\"}, "none"),
    ({"q": "a" * 5000}, "none"),
    ({"q": "<script>alert(1)</script>"}, "none"),
    ({"role": QUOTES}, "none"),
    ({"role": "security_admin' --"}, "none"),
    ({"state": "active' OR 1=1"}, "none"),
    ({"place": QUOTES}, "none"),
    ({"place": "44%"}, "none"),
    ({"place": "4418' OR '1'='1"}, "none"),
    ({"sort": "password"}, "none"),
    ({"sort": "-totp_secret"}, "none"),
    ({"sort": "grants__user__password"}, "none"),
    ({"sort": LATER}, "none"),
    ({"sort": "--username"}, "none"),
    ({"sort": "?"}, "none"),
    ({"sort": 'username" DESC'}, "none"),
    ({"page": "1; DROP TABLE accounts_user"}, "all"),
    ({"page": "-1"}, "all"),
    ({"page": "9" * 400}, "all"),
    ({"password__startswith": "a"}, "all"),
    ({"user__password__startswith": "a"}, "all"),
]


@pytest.mark.parametrize(("query", "holds"), INJECTIONS)
def test_injection_into_the_list(signed_in: Callable[..., Any], query: dict[str, str], holds: str) -> None:
    client = signed_in("security_admin", username="boss")
    response = (
        client.get("/users", query) if "q" not in query else client.post("/users/find", query, follow=True)
    )
    assert response.status_code == (422 if len(query.get("q", "")) > 60 else 200)
    assert len(response.context["rows"]) == (1 if holds == "all" else 0)
    assert "<script>alert" not in response.content.decode()
    assert User.objects.count() == 1


@pytest.mark.parametrize("text", [QUOTES, UNION, DROP, "\x00", "admin'--", "a" * 5000, "{{7*7}}", "%s%s%n"])
@pytest.mark.parametrize("field", ["username", "password", "next"])
def test_injection_into_sign_in(account: Callable[..., User], field: str, text: str) -> None:
    account("village_doctor", facility="QAf", username="doctor")
    data = {"username": "doctor", "password": "wrong", **{field: text}}
    client = Client()
    assert client.post("/sign-in", data).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("text", [QUOTES, UNION, DROP, "..", "%2e%2e%2fpasswd", "0", "a" * 2000])
def test_injection_into_addresses(signed_in: Callable[..., Any], text: str) -> None:
    client = signed_in("security_admin")
    assert client.get(f"/users/{text}").status_code == 404
    assert client.post(f"/users/{text}/password").status_code == 404
    assert client.post(f"/users/{client.user.pk}/grants/{text}/end").status_code == 404


@pytest.mark.parametrize("address", ["/users/%00", "/users/x%00y", "/users?q=%00", "/users?page=1&x=a%00"])
def test_nul_is_refused(signed_in: Callable[..., Any], address: str) -> None:
    """PostgreSQL fails on it, SQLite does not: neither gets to see it."""
    assert signed_in("security_admin").get(address).status_code == 400


# Escalation: who, what is posted where ({me}, {other}: ids of accounts), what comes back.
ESCALATIONS = [
    ("county_officer", "/users/{me}/grants", {"role": "regional_officer", "place": "4418"}, 403),
    ("county_officer", "/users/{other}/grants", {"role": "county_officer", "place": SIBLING}, 403),
    ("county_officer", "/users/new", {"username": "x99", "role": "security_admin", "place": "0"}, 403),
    ("county_officer", "/users/{other}/password", {}, 403),
    ("county_officer", "/users/{other}/deactivate", {}, 403),
    ("system_admin", "/users/{me}/grants", {"role": "security_admin", "place": "0"}, 403),
    ("system_admin", "/users/{other}/second-factor", {}, 403),
    ("auditor", "/users/{other}/unlock", {}, 403),
    ("auditor", "/users/{me}/grants", {"role": "security_admin", "place": "0"}, 403),
    ("village_doctor", "/users/{me}/grants", {"role": "facility_head", "facility": "QAf"}, 403),
    ("resident", "/users/{me}/grants", {"role": "village_doctor", "facility": "QAf"}, 403),
    ("security_admin", "/users/{me}/grants", {"role": "county_officer", "place": COUNTY}, 200),
    ("security_admin", "/users/{me}/grants", {"role": "auditor", "place": "0"}, 200),
    ("security_admin", "/users/{me}/deactivate", {}, 302),
    ("security_admin", "/users/{me}/password", {}, 302),
    ("security_admin", "/users/{me}/second-factor", {}, 302),
    ("security_admin", "/users/{auditor}/grants", {"role": "security_admin", "place": "0"}, 200),
    ("security_admin", "/users/{other}/grants", {"role": "county_officer", "place": "0"}, 200),
    ("security_admin", "/users/{other}/grants", {"role": "village_doctor", "facility": "QA-unknown"}, 200),
    ("security_admin", "/users/{other}/grants", {"role": "auditor", "place": "0", "user": "{me}"}, 302),
]


@pytest.mark.parametrize(("role", "path", "data", "status"), ESCALATIONS)
def test_escalation(
    signed_in: Callable[..., Any],
    account: Callable[..., User],
    role: str,
    path: str,
    data: dict[str, str],
    status: int,
) -> None:
    at = {"facility": "QAf"} if role == "village_doctor" else {"place": COUNTY}
    client = signed_in(role, **at, username="attacker")
    names = {
        "me": client.user.pk,
        "other": account("county_expert", COUNTY, username="other").pk,
        "auditor": account("auditor", username="auditor").pk,
    }
    before = state(but="other" if status == 302 and "other" in path else "")
    response = client.post(path.format(**names), {key: text.format(**names) for key, text in data.items()})
    assert response.status_code == status
    assert state(but="other" if status == 302 and "other" in path else "") == before
    if status != 302 or "{me}" in path:
        assert Entry.objects.filter(outcome="refused", actor=client.user.pk).exists() or status == 200


def state(but: str = "") -> Any:
    """Everything an attacker may want to change."""
    users = User.objects.exclude(username=but).order_by("pk")
    grants = Grant.objects.exclude(user__username=but).order_by("pk")
    return (
        list(users.values_list("username", "password", "is_active", "totp_last")),
        list(grants.values_list("user", "role", "place", "facility", "ended_at")),
    )


def test_extra_fields_of_a_form_are_ignored(signed_in: Callable[..., Any]) -> None:
    client = signed_in("security_admin")
    client.post(
        "/users/new",
        {
            "username": "li.ming",
            "display_name": "李明",
            "role": "inspector",
            "place": COUNTY,
            "demo": "1",
            "must_change_password": "",
            "password": "chosen by me 123",
            "totp_secret": "JBSWY3DPEHPK3PXP",
            "granted_by": "x",
        },
    )
    user = User.objects.get(username="li.ming")
    assert (user.demo, user.must_change_password, user.totp_secret) == (False, True, "")
    assert not user.check_password("chosen by me 123")
    assert user.grants.get().granted_by == client.user


def test_grant_of_another_account_cannot_be_ended_through_this_one(
    signed_in: Callable[..., Any], account: Callable[..., User]
) -> None:
    client = signed_in("security_admin")
    one, two = account("inspector", COUNTY, username="one"), account("inspector", COUNTY, username="two")
    assert client.post(f"/users/{one.pk}/grants/{two.grants.get().pk}/end").status_code == 404
    assert two.grants.get().ended_at is None


# Around the second factor and the first password: the page asked for, by whom.
@pytest.mark.parametrize("path", ["/", "/me", "/users", "/users/new", "/permissions", "/me/password"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_before_the_second_factor(account: Callable[..., User], path: str, method: str) -> None:
    account("security_admin", username="boss")
    client = Client()
    client.post("/sign-in", {"username": "boss", "password": PASSWORD})
    assert getattr(client, method)(path).headers["Location"].startswith("/second-factor")


@pytest.mark.parametrize("path", ["/", "/me", "/users", "/second-factor/setup"])
def test_second_factor_of_one_account_is_not_anothers(account: Callable[..., User], path: str) -> None:
    """Signed in as one with a second factor, then as another: the proof is not carried over."""
    account("security_admin", username="boss")
    client = Client()
    client.force_login(account("county_officer", COUNTY, username="officer"))
    session = client.session
    session[VERIFIED] = True
    session.save()
    client.post("/sign-out")
    client.post("/sign-in", {"username": "boss", "password": PASSWORD})
    response = client.get(path)
    assert VERIFIED not in client.session
    assert response.status_code == 200 if path.endswith("setup") else response.status_code == 302


@pytest.mark.parametrize("cookie", ["", "x", "' OR 1=1 --", "a" * 4000, "../../etc/passwd"])
def test_made_up_session_keys(cookie: str) -> None:
    client = Client()
    client.cookies["sessionid"] = cookie
    assert client.get("/me").status_code == 302


def test_names_of_accounts_are_escaped(signed_in: Callable[..., Any]) -> None:
    client = signed_in("security_admin")
    evil = "<img src=x onerror=alert(1)>"
    client.post(
        "/users/new", {"username": "evil", "display_name": evil, "role": "inspector", "place": COUNTY}
    )
    pages = [client.get("/users").content.decode()]
    pages.append(client.get(f"/users/{User.objects.get(username='evil').pk}").content.decode())
    assert all(evil not in page for page in pages)
    assert all("&lt;img" in page for page in pages)
