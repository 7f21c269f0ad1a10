"""Every operation of the API × every role, and × own, neighbouring and upper areas; two requests at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import organisations_factories as make
import pytest
from api_factories import Api, api, token
from django.test import Client
from django.urls import get_resolver
from examples import EXAMPLES, Here, address_of, facility_in, signed_visit
from together import at_once

from conftest import CHILD, COUNTY, PARENT, SIBLING
from xinglin.apps.access.matrix import Declared
from xinglin.apps.access.routes import Access, access_of
from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.accounts.models import User
from xinglin.apps.api import operations as declaring
from xinglin.apps.api.models import ApiToken
from xinglin.apps.api.site import operations
from xinglin.apps.audit.models import Entry
from xinglin.apps.organisations.models import Consortium, Facility

OPERATIONS = operations()
DAY = "2024-05-20"
BODIES: dict[str, dict[str, Any]] = {
    "create_part": {"valid_from": DAY},
    "create_post": {"facility": "x", "valid_from": DAY},
    "transfer": {"facility": "x", "day": DAY},
    "search_practitioners": {"q": "张"},
    "search_residents": {"q": "张"},
    "create_encounter": {"resident": "x", "facility": "x"},
    "create_membership": {"facility": "x", "valid_from": DAY},
    "create_catchment": {"place": CHILD, "valid_from": DAY},
    "change_record": {"values": {}},
    "return_value": {"field": "name", "reason": "x", "due": "2999-01-01"},
    "score_record": {"side": "self", "items": {}},
    "remove_record": {"reason": "x"},
}
"""What fits the schema of an operation; of those not named, ``{}`` or a last day does."""


def member_of(here: Here) -> str:
    return make.membership(Consortium.objects.get(pk=here.made["consortium"])).pk


def address(name: str, here: Here) -> str | None:
    """The address of an operation with examples filled in; None if there can be none there."""
    _, path, access = OPERATIONS[name]
    if name == "get_encounter":
        found = facility_in(here)
        return path.replace("{encounter}", signed_visit(found).pk) if found else None
    arguments = tuple(re.findall(r"{(\w+)}", path))
    declared = Declared(f"api:v1:{_name_of(path)}", path, arguments, print, access)
    with pytest.MonkeyPatch.context() as patch:
        if "/membership/" in path:
            patch.setitem(EXAMPLES, "line", member_of)
        return address_of(declared, here)


def _name_of(path: str) -> str:
    """The name under which Django knows an address: that of its first operation."""
    return next(name for name, (_, one, _) in OPERATIONS.items() if one == path)


def ask(asked: Api, name: str, path: str) -> Any:
    method = OPERATIONS[name][0]
    if method == "GET":
        query = {"q": "连州"} if name == "find_places" else None
        return asked.get(path, query)
    body = BODIES.get(name, {"day": DAY} if name.startswith("close_") else {})
    headers = {"If-Match": "*"}
    return (asked.post if method == "POST" else asked.patch)(path, body, **headers)


@pytest.mark.parametrize("role", access_table().roles)
def test_every_role_gets_what_the_table_allows(role: str, account: Callable[..., User]) -> None:
    at_facility = access_table().roles[role].level is RoleLevel.FACILITY
    owner = make.facility(CHILD)
    user = account(role, "" if at_facility else COUNTY, facility=owner.pk if at_facility else "")
    asked = api(user)
    for name, (_, path, access) in OPERATIONS.items():
        status = ask(asked, name, re.sub(r"{\w+}", "none", path)).status_code
        allowed = access_table().allows(role, access.permission)
        assert (status == 403) != allowed or (allowed and name == "create_record"), f"{name}: {status}"
        assert status < 500, f"{name}: {status}"
    refused = [one for one in OPERATIONS.values() if not access_table().allows(role, one[2].permission)]
    assert Entry.objects.filter(action="access.refused", actor=user.pk).count() == len(refused)


IN_AREAS = [name for name, (_, _, access) in OPERATIONS.items() if access.area]
TREATING = [
    one for one in IN_AREAS if not access_table().allows("county_officer", OPERATIONS[one][2].permission)
]
"""Operations for those who treat."""


@pytest.mark.parametrize("name", TREATING)
def test_what_doctors_read_lies_in_their_facility(name: str, account: Callable[..., User]) -> None:
    own = make.facility(CHILD)
    doctor = account("physician", facility=own.pk)
    asked, elsewhere = api(doctor), api(doctor, places=[SIBLING])
    for place, facility, may in ((CHILD, own.pk, True), (CHILD, "", False), (SIBLING, "", False)):
        path = address(name, Here(place, facility))
        assert path is not None
        assert ask(asked, name, path).status_code == (200 if may else 404), path
        assert ask(elsewhere, name, path).status_code == 403, "the token reaches nowhere"


@pytest.mark.parametrize("name", [name for name in IN_AREAS if name not in TREATING])
def test_every_operation_in_every_area(name: str, account: Callable[..., User]) -> None:
    officer = api(account("county_officer", COUNTY))
    own = make.facility(CHILD)
    head = api(account("facility_head", facility=own.pk))
    narrow = api(User.objects.get(username=f"county_officer-{COUNTY}"), places=[f"{COUNTY}102"])
    for place, facility, may in (
        (CHILD, own.pk, (officer, head)),
        (COUNTY, "", (officer,)),
        (SIBLING, "", ()),
        (PARENT, "", ()),
    ):
        path = address(name, Here(place, facility))
        for asked in (officer, head, narrow):
            if path is None or (asked is head and not _has(name, "facility_head")):
                continue
            if name == "return_value" and asked is head:
                continue  # whoever is overseen sends nothing back
            answer = ask(asked, name, path)
            status = answer.status_code
            who = "head" if asked is head else "narrow" if asked is narrow else "officer"
            told = f"{path} · {place} · {who}: {status} {answer.content.decode()[:300]}"
            if asked in may:
                assert status not in (401, 403, 404), told
            else:
                assert status == 404, told


def _has(name: str, role: str) -> bool:
    return access_table().allows(role, OPERATIONS[name][2].permission)


def test_without_a_token_nothing_opens(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    for name, (_, path, _) in OPERATIONS.items():
        status = ask(Api(client=client), name, re.sub(r"{\w+}", "none", path)).status_code
        assert status == 401, name


def test_every_operation_declares_its_permission() -> None:
    views = [one.callback for one in _patterns(get_resolver())]
    ours = [view for view in views if getattr(view, "operations", None)]
    found = [access for view in ours for access in view.operations.values()]
    assert len(found) == len(OPERATIONS) > 60
    for access in found:
        assert isinstance(access, Access)
        assert access.token
        assert access.permission in access_table().permissions
    assert all(access_of(view).token for view in ours)  # type: ignore[union-attr]
    with pytest.raises(KeyError):
        declaring.Section("x").read("/x", "moon.view", None)


def test_an_operation_that_declares_nothing_is_refused(
    account: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declaring, "access_of", lambda view: None)
    assert api(account("county_officer", COUNTY)).get("me").status_code == 403


def _patterns(resolver: Any) -> Any:
    for item in resolver.url_patterns:
        if hasattr(item, "url_patterns"):
            yield from _patterns(item)
        else:
            yield item


NEW = {
    "name": "样例卫生院（演示）",
    "place": CHILD,
    "kind": "township_hospital",
    "sponsor_level": "township",
    "ownership": "public",
    "valid_from": "2020-01-01",
}


@pytest.mark.django_db(transaction=True)
def test_same_key_at_the_same_moment_has_one_effect(account: Callable[..., User]) -> None:
    _, text = token(account("county_officer", COUNTY))
    deeds = [lambda: Api(text).post("facilities", NEW, key="the-same-key") for _ in range(4)]
    answers = at_once(*deeds, refused=())
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 3
    assert Facility.objects.count() == 1
    assert Entry.objects.filter(action="facility.create").count() == 1
    mixed = [
        lambda: Api(text).post("facilities", {**NEW, "name": "甲（演示）"}, key="another-key"),
        lambda: Api(text).post("facilities", {**NEW, "name": "乙（演示）"}, key="another-key"),
    ]
    assert sorted(answer.status_code for answer in at_once(*mixed, refused=())) == [201, 409]
    assert Facility.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_are_all_counted(account: Callable[..., User], settings: Any) -> None:
    settings.XINGLIN_API_RATE = 3
    row, text = token(account("county_officer", COUNTY))
    ApiToken.objects.filter(pk=row.pk).update(minute=2**40, used=0)  # a minute that does not end here
    settings_time = 2**40 * 60
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("xinglin.apps.api.throttle.time.time", lambda: settings_time)
        answers = at_once(*[lambda: Api(text).get("me") for _ in range(5)], refused=())
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 429, 429]
