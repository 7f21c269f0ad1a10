"""The table of permissions holds: every route × every role × own, neighbouring, upper and lower areas.

Generated from the table (``access.yaml``) and the addresses; objects come from `examples`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import path
from examples import EXAMPLES, Here, NoExample, address_of

from conftest import CHILD, COUNTY, PARENT, SIBLING
from xinglin.apps.access.matrix import Declared, declared_routes
from xinglin.apps.access.routes import access_of, route
from xinglin.apps.access.table import RoleLevel, access_table

pytestmark = pytest.mark.once
ROUTES = {route.name: route for route in declared_routes()}
SPACES = {
    space: list(inside)
    for space, inside in groupby(
        sorted(ROUTES.values(), key=lambda one: one.name), lambda one: one.name.rpartition(":")[0]
    )
}
"""App → its routes."""
ROLES = tuple(access_table().roles)
OWN = "own"
AREAS = {OWN: COUNTY, "beside": COUNTY, "sibling": SIBLING, "parent": PARENT, "child": CHILD}
"""``own`` is the facility itself for roles of a facility, and ``beside`` another one in its county."""
NO_SUCH_METHOD = 405
"""Answered to whoever asks, before anything is looked up: it says nothing."""
BEFORE = ("/sign-in", "/second-factor", "/me/password")
SIGNING = {"accounts:sign_out", "accounts:second_factor", "accounts:second_factor_setup"}
"""Steps of signing in and out: they lead to each other, so being sent to one says nothing."""


def at_facility(role: str) -> bool:
    """Whether a role is held in a facility."""
    return access_table().roles[role].level is RoleLevel.FACILITY


def own_facility() -> str:
    """A facility in the county; any id will do while nobody makes facilities."""
    maker = EXAMPLES.get("facility")
    return (maker(Here(COUNTY)) if maker else None) or "QAfacility"


def client_of(signed_in: Callable[..., Client], role: str) -> tuple[Any, str]:
    """A signed-in client with a role in its county or facility, and that facility."""
    facility = own_facility() if at_facility(role) else ""
    return signed_in(role, "" if facility else COUNTY, facility=facility), facility


def answers(client: Client, declared: Declared, address: str) -> Iterator[tuple[str, Any]]:
    """Answers of a route: GET, or POST and GET where it changes something."""
    assert declared.access is not None
    if not declared.access.safe:
        yield "POST", client.post(address)
    yield "GET", client.get(address)


def outcome(response: Any) -> str:
    """``allowed``, ``refused`` (403), ``hidden`` (404), ``stopped`` (something must be done first), ``broken``."""
    if response.status_code >= 500:
        return "broken"
    if response.status_code == 302 and response.headers["Location"].split("?")[0] in BEFORE:
        return "stopped"
    return {403: "refused", 404: "hidden"}.get(response.status_code, "allowed")


def expected(declared: Declared, role: str, user: Any, here: Here) -> set[str]:
    """What may come out, by the table alone."""
    access = declared.access
    assert access is not None
    if declared.is_public:
        return {"allowed"}
    if not access_table().allows(role, access.permission):
        return {"refused"}
    if access.area:
        inside = user.scope_for(access.permission).covers(place=here.place, facility=here.facility)
        return {"allowed"} if inside else {"hidden"}
    if declared.name in SIGNING:
        return {"allowed", "stopped"}
    return {"allowed", "hidden"} if declared.arguments else {"allowed"}


@contextmanager
def taken_back() -> Iterator[None]:
    """What a route does is undone before the next one is asked."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def like(client: Any) -> Any:
    """Another client of the same session: an answer may take the cookies of the one that asked."""
    copy: Any = Client()
    copy.cookies.load(client.cookies.output(header=""))
    copy.user = getattr(client, "user", None)
    return copy


def wrong_answers(declared: Declared, role: str, client: Any, facility: str) -> Iterator[str]:
    """The answers of a route that the table does not give a role."""
    for area, place in AREAS.items():
        here = Here(place, facility if area == OWN else "")
        address = address_of(declared, here)
        if address is None:
            continue
        wanted = expected(declared, role, client.user, here)
        for method, response in answers(client, declared, address):
            if response.status_code != NO_SUCH_METHOD and outcome(response) not in wanted:
                yield f"{method} {address} · {role} · {area}：{response.status_code}"
        if not declared.arguments:
            return


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("space", SPACES)
def test_routes(space: str, role: str, signed_in: Callable[..., Client]) -> None:
    """One test for the routes of an app and a role: the accounts are made once."""
    client, facility = client_of(signed_in, role)
    wrong = []
    for declared in SPACES[space]:
        with taken_back():
            wrong += wrong_answers(declared, role, like(client), facility)
    assert wrong == []


LISTS = [
    name
    for name, declared in ROUTES.items()
    if declared.access and declared.access.safe and not declared.arguments and not declared.is_public
]
KINDS = tuple(dict.fromkeys(one.access.area for one in ROUTES.values() if one.access and one.access.area))
"""Arguments that decide an area: kinds of objects that lie somewhere."""

TREATED = ("resident", "encounter", "prescription", "followup", "service", "managed", "contract")
"""Kinds that only those see who treat: an officer sees numbers."""


def shown(client: Client, name: str) -> str:
    """What a list shows, as text; nothing for files that are not text."""
    response: Any = client.get(address_of(ROUTES[name], Here(COUNTY)) or "/")
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode(errors="replace"))


@pytest.mark.parametrize(
    "role", [role for role in ROLES if access_table().roles[role].level != "installation"]
)
def test_lists_hold_nothing_from_outside(role: str, signed_in: Callable[..., Client]) -> None:
    """No filter chosen: a list holds what the area holds."""
    client, _ = client_of(signed_in, role)
    outside = [EXAMPLES[kind](Here(SIBLING)) for kind in KINDS]
    outside += [EXAMPLES[kind](Here(COUNTY)) for kind in KINDS if at_facility(role) and kind != "consortium"]
    texts = {name: shown(client, name) for name in LISTS}
    assert [(name, id) for name, text in texts.items() for id in outside if id and id in text] == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("user", "file", "token")])
def test_some_list_holds_what_is_inside(kind: str, signed_in: Callable[..., Client]) -> None:
    """The test above would see an object if it were there (files and links stand on the pages of their records)."""
    client, facility = client_of(signed_in, "physician" if kind in TREATED else "county_officer")
    inside = EXAMPLES[kind](Here(COUNTY, facility))
    assert any(inside in shown(client, name) for name in LISTS if inside)


@pytest.mark.parametrize("space", SPACES)
def test_routes_need_sign_in(space: str) -> None:
    wrong = []
    for declared in SPACES[space]:
        address = address_of(declared, Here(COUNTY))
        for method, response in answers(Client(), declared, address or "/"):
            if outcome(response) != ("allowed" if declared.is_public else "stopped"):
                wrong.append(f"{method} {address}：{response.status_code}")
    assert wrong == []


def test_every_area_has_an_example() -> None:
    missing = [
        f"{name}: {declared.access.area}"
        for name, declared in ROUTES.items()
        if declared.access and declared.access.area and declared.access.area not in EXAMPLES
    ]
    assert not missing, f"examples.py 里缺：{missing}"


def test_every_area_is_an_argument() -> None:
    wrong = [
        name
        for name, declared in ROUTES.items()
        if declared.access and declared.access.area and declared.access.area not in declared.arguments
    ]
    assert not wrong


def test_an_area_without_example_fails_by_name() -> None:
    view = route("user.manage", area="moon")(lambda request: None)
    declared = Declared("x:moon", "/x/<str:moon>", ("moon",), view, access_of(view))
    with pytest.raises(NoExample, match=r"x:moon.*moon"):
        address_of(declared, Here(COUNTY))


def test_every_permission_has_a_holder() -> None:
    table = access_table()
    assert [name for name in table.permissions if not any(table.allows(role, name) for role in ROLES)] == []


def undeclared(request: Any) -> None:
    """A view that says nothing about who may use it."""
    raise AssertionError("was run")


urlpatterns = [path("undeclared", undeclared, name="undeclared")]


@pytest.fixture
def with_undeclared(settings: Any) -> None:
    """The site with one more route, which declares nothing."""
    from xinglin.config import urls

    settings.ROOT_URLCONF = type(
        "urlconf", (), {"urlpatterns": [*urlpatterns, *urls.urlpatterns], "handler500": urls.handler500}
    )


@pytest.mark.usefixtures("with_undeclared")
@pytest.mark.parametrize("role", ["security_admin", "county_officer", "system_admin"])
def test_undeclared_route_is_refused(role: str, signed_in: Callable[..., Client]) -> None:
    client, _ = client_of(signed_in, role)
    assert client.get("/undeclared").status_code == 403
    assert client.post("/undeclared").status_code == 403


@pytest.mark.usefixtures("with_undeclared")
def test_undeclared_route_is_refused_before_sign_in() -> None:
    assert Client().get("/undeclared").status_code == 403
