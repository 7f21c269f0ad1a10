"""Personal strings sent to every address of the site stay out of the log of deeds and of the program's log."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from examples import Here, NoExample, address_of
from test_logs import written  # noqa: F401
from test_matrix import like, taken_back
from test_pages import role_for

from xinglin.apps.access.matrix import declared_routes
from xinglin.apps.access.routes import PUBLIC
from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry

COUNTY = "441882"
DECLARED = {route.name: route for route in declared_routes()}
NAME, NUMBER, PHONE = "司马青囊", "441882199001011234", "13800971234"
SEEDS = (NAME, NUMBER, PHONE)
LATIN = "simaqingnang"
"""What stands for a name where a sign-in name is asked for."""


class Fields(HTMLParser):
    """Names of the fields of all forms of a page, each with a seed, or with what the page had put in."""

    def __init__(self, seed: str) -> None:
        super().__init__()
        self.seed, self.found = seed, {}  # type: ignore[var-annotated]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = dict(attributes)
        name = known.get("name")
        if tag in ("input", "textarea", "select") and name:
            kept = known.get("type") in ("hidden", "date", "number", "radio", "checkbox") and known.get(
                "value"
            )
            self.found[name] = kept or self.seed


def ask(client: Client, path: str, seed: str) -> None:
    """Read, search and write at an address with a seed in everything that can be filled."""
    answer = client.get(path, {"q": seed, "name": seed, "actor": seed, "sort": seed, "page": seed})
    fields = Fields(seed)
    if not answer.streaming:
        fields.feed(answer.content.decode(errors="ignore"))
    client.get(path, fields.found)
    client.post(path, {**fields.found, "name": seed, "q": seed, "next": f"/{seed}"})
    client.post(f"{path}?name={seed}", seed, content_type="application/json")


def visitor(name: str, signed_in: Callable[..., Client]) -> Client:
    """Somebody who may open a route."""
    access = DECLARED[name].access
    if access is None or access.permission == PUBLIC:
        return Client()
    role = role_for(access.permission)
    facility = access_table().roles[role].level is RoleLevel.FACILITY
    return signed_in(role, facility="QA1") if facility else signed_in(role, COUNTY)


@pytest.mark.once
@pytest.mark.parametrize("name", DECLARED)
def test_no_route_leaks(name: str, signed_in: Callable[..., Client], written: io.StringIO) -> None:  # noqa: F811
    try:
        path = address_of(DECLARED[name], Here(COUNTY))
    except NoExample:
        pytest.skip(f"{name} 还没有样例（tests/site/examples.py）")
    visit = visitor(name, signed_in)
    for seed in SEEDS:
        client = like(visit)
        client.raise_request_exception = False
        User.objects.filter(pk=getattr(client.user, "pk", "")).update(display_name=seed)
        with taken_back():
            ask(client, path or "/", seed)
            assert leaked(seed) == []
        assert seed not in written.getvalue()


def leaked(seed: str) -> list[str]:
    """Values of rows of the log that hold a seed."""
    return [
        f"{row.action}.{column}"
        for row in Entry.objects.all()
        for column in ("actor", "action", "kind", "object_id", "outcome", "address", "request_id", "fields")
        if seed in json.dumps(getattr(row, column), ensure_ascii=False)
    ]


@pytest.mark.parametrize("seed", [*SEEDS, LATIN])
def test_signing_in_with_a_name_in_the_wrong_field(seed: str, written: io.StringIO) -> None:  # noqa: F811
    """People type their name, number or password where the sign-in name belongs."""
    client: Any = Client(raise_request_exception=False)
    for _ in range(12):
        client.post("/sign-in", {"username": seed, "password": seed})
    assert leaked(seed) == []
    assert seed not in written.getvalue()


def test_a_missing_page_with_a_name_in_its_address(written: io.StringIO) -> None:  # noqa: F811
    Client().get(f"/{NAME}/{NUMBER}?phone={PHONE}")
    assert not any(seed in written.getvalue() or leaked(seed) for seed in SEEDS)
