"""Who looks for a person leaves neither name nor number in an address, the log, the audit log or a session's row."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import organisations_factories as make
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from test_logs import written  # noqa: F401

from conftest import COUNTY
from xinglin.apps.audit.models import Entry
from xinglin.apps.organisations.models import Facility
from xinglin.apps.ui import searching

FIND, LIST = "/practitioners/find", "/practitioners"
PHONE, NAME = "13900001111", "司马青囊"


@pytest.fixture
def owner() -> Facility:
    found = make.facility()
    make.practitioner(found, name="李四光")
    return found


def everything() -> str:
    """All tables as the database has them."""
    found = []
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            found.append(str(cursor.fetchall()))
    return "\n".join(found)


def addresses(answer: Any) -> list[str]:
    """Where the browser was sent, and where the page may send it."""
    page = answer.content.decode()
    return [
        *(to for to, _ in answer.redirect_chain),
        *re.findall(r'(?:href|action|hx-get|hx-post)="([^"]*)"', page),
    ]


def test_a_number_stands_in_no_address_log_or_row(
    owner: Facility,
    signed_in: Callable[..., Client],
    written: io.StringIO,  # noqa: F811
) -> None:
    number = make.id_number(77)
    person = make.practitioner(owner, name=NAME, id_number=number, phone=PHONE)
    client = signed_in("county_officer", COUNTY)
    for asked in (number, PHONE, NAME, f" {number.lower()} "):
        answer = client.post(FIND, {"q": asked, "licence": "", "size": "50"}, follow=True)
        page = answer.content.decode()
        assert person.name in page
        assert "李四光" not in page
        assert f'value="{asked.strip()}"' in page, "shown again where it was typed"
        sent = addresses(answer)
        assert any(f"{LIST}?" in one and searching.PARAMETER in one for one in sent)
        places = "\n".join([*sent, written.getvalue(), everything()])
        assert not [text for text in (number, number.lower(), PHONE, NAME) if text in places]
    assert quote(NAME) not in "\n".join(sent)


def test_pages_and_orders_of_what_was_found(owner: Facility, signed_in: Callable[..., Client]) -> None:
    ids = [make.practitioner(owner, name=NAME).pk for _ in range(53)]
    client = signed_in("county_officer", COUNTY)
    first = client.post(FIND, {"q": NAME, "licence": "physician", "sort": "-surname"}, follow=True)
    assert "共 53 条，第 1 / 2 页" in first.content.decode()
    ((address, _),) = first.redirect_chain
    assert "licence=physician" in address
    assert "sort=-surname" in address
    (after,) = re.findall(r'href="([^"]*)" rel="next"', first.content.decode())
    (order,) = re.findall(r'<a href="([^"]*)">执业资格</a>', first.content.decode())
    second = client.get(LIST + after.replace("&amp;", "&"))
    pages = first.content.decode() + second.content.decode()
    assert all(pages.count(f"/practitioners/{one}") == 1 for one in ids)
    sorted_ = client.get(LIST + order.replace("&amp;", "&")).content.decode()
    assert 'aria-sort="ascending"><a' in sorted_
    assert "共 53 条" in sorted_


def test_a_token_is_of_one_session_and_for_a_while(
    owner: Facility, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    make.practitioner(owner, name=NAME)
    client = signed_in("county_officer", COUNTY)
    ((address, _),) = client.post(FIND, {"q": NAME}, follow=True).redirect_chain
    now = searching.time.time()
    others = [
        (signed_in("county_officer", COUNTY, username="other"), now),
        (client, now + 60 * searching.MINUTES + 1),
    ]
    for asker, moment in others:
        monkeypatch.setattr(searching.time, "time", lambda moment=moment: moment)
        page = asker.get(address).content.decode()
        assert "这次查找已过期" in page
        assert NAME not in page
        assert "李四光" not in page, "nobody at all, rather than everybody"
    monkeypatch.setattr(searching.time, "time", lambda: now)
    assert NAME in client.get(address).content.decode()
    for _ in range(searching.MOST):
        client.post(FIND, {"q": "x"})
    assert "这次查找已过期" in client.get(address).content.decode()
    assert len(client.session["searches"]) == searching.MOST


def test_what_an_address_asks_for_is_left_aside(owner: Facility, signed_in: Callable[..., Client]) -> None:
    make.practitioner(owner, name=NAME)
    client = signed_in("county_officer", COUNTY)
    page = client.get(LIST, {"q": NAME}).content.decode()
    assert "李四光" in page
    assert f'value="{NAME}"' not in page
    masked = signed_in("inspector", COUNTY)
    ((address, _),) = masked.post(FIND, {"q": NAME, "tcm": "yes"}, follow=True).redirect_chain
    assert address == f"{LIST}?tcm=yes", "who may not read names finds nobody by them"


def test_choosing_a_person_sends_what_is_typed_in_the_body(
    owner: Facility, signed_in: Callable[..., Client]
) -> None:
    number = make.id_number(78)
    person = make.practitioner(owner, name=NAME, id_number=number)
    client = signed_in("county_officer", COUNTY)
    choose = reverse("forms:choose") + "?kind=practitioner"
    chosen = client.post(choose, {"q": number}).content.decode()
    assert person.pk in chosen
    assert "李四光" not in chosen
    assert "李四光" in client.get(choose, {"kind": "practitioner", "q": number}).content.decode()
    form = client.get(reverse("forms:new", args=["lecture"])).content.decode()
    field = next(one for one in re.findall(r"<input[^>]*>", form) if 'name="lecturer"' in one)
    assert f'hx-post="{choose}" hx-params="none"' in field
    assert "hx-get" not in field


def test_who_reads_no_numbers_learns_none_by_choosing(
    owner: Facility, signed_in: Callable[..., Client]
) -> None:
    number = make.id_number(79)
    person = make.practitioner(owner, name=NAME, id_number=number, phone=PHONE)
    choose = reverse("forms:choose") + "?kind=practitioner"
    officer, masked = signed_in("county_officer", COUNTY), signed_in("inspector", COUNTY)
    for text in (number, PHONE):
        assert person.pk in officer.post(choose, {"q": text}).content.decode()
        assert person.pk not in masked.post(choose, {"q": text}).content.decode()
    assert Entry.objects.filter(action="practitioner.read", kind="practitioner").count() == 2
    for text in (person.pk, NAME, "smqn"):
        answer = masked.post(choose, {"q": text}).content.decode()
        assert person.pk in answer
        assert f">{NAME}" not in answer
        assert f"{NAME}（" not in answer


def test_a_number_typed_into_the_wrong_field_stays_in_the_body(
    owner: Facility, signed_in: Callable[..., Client]
) -> None:
    number = make.id_number(80)
    answer = signed_in("county_officer", COUNTY).post(FIND, {"q": "", "place": number})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "这次查找已过期" not in page
    assert "李四光" not in page
    assert f'value="{number}"' in page
    assert not [one for one in re.findall(r'(?:href|action|hx-get)="([^"]*)"', page) if number in one]
