"""Headers, cookies, forgery, error pages: what every answer of the site carries, whoever asks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.template import engines
from django.test import Client
from examples import Here, address_of

import xinglin.apps
from conftest import COUNTY
from xinglin.apps.access.matrix import declared_routes
from xinglin.apps.audit.models import Entry
from xinglin.config import settings as shipped

ROUTES = {route.name: route for route in declared_routes()}
PAGES = ["/sign-in", "/", "/me", "/nowhere", "/users", "/second-factor/setup", "/health"]


def policy(response: Any) -> dict[str, list[str]]:
    """The content security policy by directive."""
    parts = response.headers["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for words in (part.split() for part in parts) if words}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("known", [False, True])
def test_headers_of_every_answer(signed_in: Callable[..., Client], path: str, known: bool) -> None:
    client = signed_in("county_officer", COUNTY) if known else Client()
    response = client.get(path)
    found = policy(response)
    assert found["default-src"] == ["'none'"]
    assert found["script-src"] == found["style-src"] == found["form-action"] == ["'self'"]
    assert found["frame-ancestors"] == found["base-uri"] == ["'none'"]
    allowed = {"'none'", "'self'", "data:"}
    assert not {source for sources in found.values() for source in sources} - allowed, (
        "inline, eval or elsewhere"
    )
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Server" not in response.headers


@pytest.mark.any_database
def test_no_template_has_inline_script_or_style() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
    )
    folder = Path(xinglin.apps.__file__).parent
    tags = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
    texts = {path: tags.sub("", path.read_text()) for path in folder.rglob("templates/**/*.html")}
    assert [path for path, text in texts.items() if inline.search(text)] == []
    assert engines["django"].engine.autoescape


def test_cookies(signed_in: Callable[..., Client]) -> None:
    client = Client()
    client.get("/sign-in")
    assert client.cookies["csrftoken"]["samesite"] == "Lax"
    session = signed_in("county_officer", COUNTY)
    session.get("/")
    morsel = session.cookies["sessionid"]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"


@pytest.mark.parametrize("path", ["/sign-in", "/"])
def test_behind_tls(path: str, settings: Any) -> None:
    """What ``XINGLIN_HTTPS=1`` switches on."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.CSRF_COOKIE_SECURE = True
    plain = Client().get(path)
    assert plain.status_code == 301
    assert plain.headers["Location"] == f"https://testserver{path}"
    assert "max-age=31536000" in Client().get(path, secure=True).headers["Strict-Transport-Security"]


@pytest.mark.any_database
def test_shipped_settings() -> None:
    assert shipped.DEBUG is False
    assert [f"{Argon2PasswordHasher.__module__}.Argon2PasswordHasher"] == shipped.PASSWORD_HASHERS
    assert shipped.SESSION_COOKIE_HTTPONLY
    assert shipped.SESSION_ENGINE == site.SESSION_ENGINE
    secure = (shipped.SESSION_COOKIE_SECURE, shipped.CSRF_COOKIE_SECURE, shipped.SECURE_SSL_REDIRECT)
    assert set(secure) == {shipped.HTTPS}
    assert "*" not in shipped.ALLOWED_HOSTS


@pytest.mark.parametrize("name", ROUTES)
def test_no_route_takes_a_forged_post(name: str, signed_in: Callable[..., Client]) -> None:
    """Without the token every POST is refused before anything else happens."""
    declared = ROUTES[name]
    assert not getattr(declared.view, "csrf_exempt", False)
    client = signed_in("county_officer", COUNTY)
    client.handler.enforce_csrf_checks = True
    address = address_of(declared, Here(COUNTY))
    assert address is not None
    response = client.post(address)
    assert response.status_code == 403
    assert client.session.get("_auth_user_id"), "was signed out"


def test_forged_post_says_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in", {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "刷新" in response.content.decode() or "重新打开" in response.content.decode()


def test_unknown_host_is_refused() -> None:
    response = Client().get("/sign-in", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "杏林" in response.content.decode()


def test_unknown_address_is_told_in_chinese() -> None:
    response = Client().get("/nowhere")
    assert response.status_code == 404
    assert "杏林" in response.content.decode()


def test_broken_page_is_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xinglin.apps.ui.views.connection", None)
    response = Client(raise_request_exception=False).get("/health")
    assert response.status_code == 500
    text = response.content.decode()
    assert "杏林" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
@pytest.mark.parametrize("path", ["/sign-in", "/me", "/users", "/"])
def test_other_methods(signed_in: Callable[..., Any], method: str, path: str) -> None:
    client = signed_in("security_admin")
    assert getattr(client, method)(path).status_code in (302, 405)


def test_static_files_need_no_sign_in_and_lead_nowhere_else() -> None:
    for path in ("/static/../keys.json", "/static/%2e%2e/keys.json", "/static/..%2f..%2fkeys.json"):
        assert Client().get(path).status_code in (400, 404)


@pytest.mark.parametrize(
    ("proxies", "header", "seen"),
    [
        (0, "1.2.3.4", "127.0.0.1"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        (2, "10.0.0.2", "127.0.0.1"),
        (1, "nonsense", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_address_behind_proxies(settings: Any, proxies: int, header: str, seen: str) -> None:
    """What a visitor writes into the header does not get him past the lock-out of his address."""
    settings.XINGLIN_PROXIES = proxies
    Client().post("/sign-in", {"username": "a", "password": "b"}, headers={"X-Forwarded-For": header})
    assert Entry.objects.get().address == seen


def test_htmx_is_kept_short() -> None:
    """No eval, no scripts in fragments, and no copies of pages with names left in the browser's storage."""
    text = Client().get("/sign-in").content.decode()
    found = re.search(r"name=\"htmx-config\" content='([^']*)'", text)
    assert found
    wanted = {"allowEval": False, "allowScriptTags": False, "historyCacheSize": 0}
    assert wanted.items() <= json.loads(found[1]).items()
