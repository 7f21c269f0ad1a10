"""Rights by unit: a liaison sees and does only what names its own unit, wherever records are listed, counted, told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import forms_factories as make
import pytest
from api_factories import Api, token
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import COUNTY, PARENT, SIBLING
from xinglin.apps.access.scope import Named, Scope
from xinglin.apps.accounts import actions
from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.accounts.permissions import NotAllowed as GrantRefused
from xinglin.apps.exchange.exporting import _area, _told
from xinglin.apps.exchange.spec import SPECS
from xinglin.apps.forms import permissions, reminders, reporting
from xinglin.apps.forms.actions import moving, saving
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.finding import Found
from xinglin.apps.forms.models import Deadline, Record, Value
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.forms.tables import PREFIX

DUTY, RETURN, ISSUE = "department_duty", "department_return", "coordination_issue"
MINE, OTHER = "市财政局", "市医疗保障局"
SignIn = Callable[..., Client]


class Set:
    """Two duties of a county with a return each, past their day; one of the same bureau in the next county."""

    def __init__(self) -> None:
        late = timezone.localdate() - timedelta(days=3)
        self.mine, self.other = (
            make.record(DUTY, unit_name=name, duty=f"{name}办") for name in (MINE, OTHER)
        )
        self.beside = make.record(DUTY, place=SIBLING, unit_name=MINE)
        dates = {"date": late - timedelta(days=30), "due_on": late}
        self.my_return = make.record(RETURN, parent=self.mine.pk, **dates)
        self.other_return = make.record(RETURN, parent=self.other.pk, **dates)


@pytest.fixture
def there() -> Set:
    return Set()


def found(user: Any, name: str, **filters: str) -> set[str]:
    """What the list holds, by its own way and by the plain query; both the same."""
    one = definition(name)
    scope = permissions.readable(user, one)
    listed = Found(one, scope, filters)
    rows = {row.pk for row in listed[0 : listed.count()]}
    if not filters:
        assert rows == set(Record.objects.of(name).within(scope).values_list("pk", flat=True))
        assert listed.count() == len(rows)
    return rows


def test_lists_and_pages_hold_only_the_own_unit(there: Set, signed_in: SignIn) -> None:
    client = signed_in("liaison", COUNTY, unit="财政局")
    user: Any = client.user  # type: ignore[attr-defined]
    assert found(user, DUTY) == {there.mine.pk}
    assert found(user, RETURN) == {there.my_return.pk}
    for filters in (
        {"q": "局"},
        {"department": "finance"},
        {"role": "lead"},
        {"place": PARENT},
        {"q": there.other.pk},
    ):
        assert found(user, DUTY, **filters) <= {there.mine.pk}, filters
    assert found(user, RETURN, overdue="1") == {there.my_return.pk}
    for record, status in (
        (there.mine, 200),
        (there.my_return, 200),
        (there.other, 404),
        (there.other_return, 404),
    ):
        for page in ("record", "edit", "remove", "send_back"):
            path = reverse(f"forms:{page}", args=[record.pk])
            assert client.get(path, follow=True).status_code == status, path
    assert client.get(reverse("forms:move", args=[there.other_return.pk, "submit"])).status_code == 404
    text = client.get(reverse("forms:records", args=[DUTY])).content.decode()
    assert OTHER not in text
    assert MINE in text
    choices = client.get(reverse("forms:choose"), {"kind": f"record:{DUTY}", "q": "局"}).content.decode()
    assert OTHER not in choices
    assert MINE in choices


def test_counts_reports_deadlines_and_exports_leak_nothing(there: Set, signed_in: SignIn) -> None:
    client = signed_in("liaison", COUNTY, unit="连州市财政局")
    user: Any = client.user  # type: ignore[attr-defined]
    one, scope = definition(RETURN), permissions.readable(user, definition(RETURN))
    for name in one.reports:
        [line] = reporting.lines(one, one.reports[name], scope)
        assert line.cells["returns"] == 1, name
    today = timezone.localdate()
    assert {row.record_id for row in reminders.mine(user, today)} == {there.my_return.pk}
    later = today + timedelta(days=400)
    past = reminders.mine(user, later).filter(due__lt=later).order_by("due", "pk")
    assert [row.pk for row in reminders.first(user, later, later, 9)] == [row.pk for row in past] != []
    Deadline.objects.filter(pk__in=past.values("pk")).update(due=today - timedelta(days=1))
    assert reminders.overdue_words(user) == f"逾期 {len(past)}"
    for query in ("whose=all", "whose=mine", "view=calendar&whose=all"):
        text = client.get(f"{reverse('forms:due')}?{query}").content.decode()
        assert there.other_return.pk not in text, query
        assert there.my_return.pk in text, query
    spec: Any = SPECS[PREFIX + DUTY]
    rows = spec.rows(spec.view_scope(user), {}, spec.personal_area(user))
    assert [row["record"] for row in rows] == [there.mine.pk]
    entries = client.get(reverse("forms:index")).context["topics"]
    counts = {e.definition.id: e.records for topic in entries for e in topic.entries}
    assert (counts[DUTY], counts[RETURN]) == (1, 1)
    assert client.get(reverse("forms:calendar_file")).content.decode().count("BEGIN:VEVENT") == 1


def test_pages_ask_no_more_for_it(there: Set, signed_in: SignIn) -> None:
    client = signed_in("liaison", COUNTY, unit="市财政局")
    for year in range(2015, 2024):
        make.record(RETURN, parent=there.mine.pk, year=year)
    paths = {
        "list": reverse("forms:records", args=[RETURN]),
        "record": reverse("forms:record", args=[there.my_return.pk]),
        "due": reverse("forms:due"),
        "index": reverse("forms:index"),
    }
    for name, path in paths.items():
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        wanted = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(wanted) <= 15, (name, len(wanted), wanted)


def test_without_a_unit_nothing_and_with_another_role_its_area(
    there: Set, signed_in: SignIn, account: Callable[..., User]
) -> None:
    nobody = signed_in("liaison", COUNTY)
    assert not permissions.readable(nobody.user, definition(DUTY))  # type: ignore[attr-defined]
    assert nobody.get(reverse("forms:record", args=[there.mine.pk])).status_code == 404
    assert nobody.get(reverse("forms:records", args=[DUTY])).status_code == 404
    both = account("liaison", COUNTY, unit=OTHER, username="both")
    Grant.objects.create(user=both, role="inspector", place=SIBLING)
    Grant.objects.create(user=both, role="liaison", place=COUNTY, unit="国家税务局")
    assert found(both, DUTY) == {there.other.pk, there.beside.pk}
    seen = set(Record.objects.filter(permissions.visible(both, both.scope_for("record.view"))))
    assert seen == {there.other, there.other_return, there.beside}
    above = account("liaison", PARENT, unit=MINE, username="above")
    assert found(above, DUTY) == set()


def test_deeds_are_refused_and_the_own_unit_cannot_be_left_out(
    there: Set, account: Callable[..., User]
) -> None:
    user, officer = account("liaison", COUNTY, unit=MINE), account("county_officer", COUNTY)
    one = definition(RETURN)
    with pytest.raises(NotAllowed):
        moving.move(there.other_return, one, "submit", by=user)
    with pytest.raises(NotAllowed):
        saving.change(there.other_return, one, {}, by=user)
    moved, left = moving.move_many([there.my_return, there.other_return], one, "submit", by=user)
    assert ([row.pk for row in moved], [row.pk for row, _ in left]) == (
        [there.my_return.pk],
        [there.other_return.pk],
    )
    with pytest.raises(saving.Invalid, match="没有您的单位"):
        make.record(RETURN, parent=there.other.pk, year=2023, by=user)
    made = make.record(RETURN, parent=there.mine.pk, year=2023, by=user)
    saving.change(
        there.mine, definition(DUTY), {**make.raw(DUTY), "unit_name": OTHER, "duty": "改"}, by=officer
    )
    assert not permissions.sees(user, definition(DUTY), Record.objects.get(pk=there.mine.pk))
    assert found(user, RETURN) == set()
    again = Record.objects.get(pk=made.pk)
    assert not permissions.edit(user, one, again)  # made by the account, of another unit now
    assert set(reminders.mine(user, timezone.localdate())) == set()
    assert Deadline.objects.filter(record=made, closed_on=None).exists()


def test_names_are_indexed_anew_where_they_were_not(there: Set, account: Callable[..., User]) -> None:
    user = account("liaison", COUNTY, unit=MINE)
    Value.objects.filter(text__startswith=f"{COUNTY}:").delete()
    assert found(user, DUTY) == set()
    assert saving.reindex(definition(DUTY)) == 2
    assert found(user, DUTY) == {there.mine.pk}


def test_a_grant_says_whose_unit(account: Callable[..., User]) -> None:
    user, admin = account("inspector", COUNTY), account("security_admin")
    give = lambda role, unit: actions.give_grant(  # noqa: E731
        by=admin, user_id=user.pk, role=role, area=actions.Area(COUNTY, unit=unit)
    )
    given = give("liaison", " 市医保局 ")
    assert given.unit_key == given.part(place="441882101").unit_key == f"{COUNTY}:医保"
    city = Grant(role="liaison", place=PARENT, unit="市医保局")
    assert city.part(place=COUNTY).unit_key == f"{PARENT}:医保"  # of a part of its area, the same unit still
    assert not permissions.scope_of(city.part(facility="f"), definition(DUTY))
    give("liaison", "市财政局")
    for role, unit in (
        ("county_officer", MINE),
        ("liaison", "市财政局、市医保局"),
        ("liaison", "市财政局"),
        ("liaison", "、"),
    ):
        with pytest.raises(GrantRefused):
            give(role, unit)


def test_an_export_file_keeps_what_it_was_made_for() -> None:
    named = Scope(frozenset({COUNTY}), named=frozenset({Named(COUNTY, "441882:财政", 7, True)}))
    assert _area(_told(named)) == named
    assert _area([[COUNTY], [], []]) == Scope(frozenset({COUNTY}))


def test_the_interface_for_programs_holds_the_same(there: Set, account: Callable[..., User]) -> None:
    user = account("liaison", COUNTY, unit=MINE)
    for narrowed in ({}, {"places": ["441882"]}):
        api = Api(token(user, **narrowed)[1])
        listed = api.get(f"definitions/{DUTY}/records")
        assert listed.status_code == 200, listed.content
        assert {row["id"] for row in listed.json()["items"]} == {there.mine.pk}
        for record, status in ((there.my_return, 200), (there.other_return, 404)):
            assert api.get(f"records/{record.pk}").status_code == status
        for whose in ("mine", "all"):
            rows = api.get("deadlines", {"whose": whose}).json()["items"]
            assert {row["record"] for row in rows} == {there.my_return.pk}, whose
    assert api.move(there.other_return.pk, "submit", '"1"').status_code == 404
    elsewhere = Api(token(user, places=[SIBLING])[1])
    assert elsewhere.get(f"records/{there.mine.pk}").status_code in (403, 404)
