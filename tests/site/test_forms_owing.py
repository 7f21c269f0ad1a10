"""Who owes what, who was late; the word that a table is complete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import forms_factories as make
import organisations_factories as organisations
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.audit.models import Entry
from xinglin.apps.forms import completeness, permissions, sending
from xinglin.apps.forms.actions import moving
from xinglin.apps.forms.book import book, definition
from xinglin.apps.forms.models import Event, Record, Sent
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.records.definition import Due
from xinglin.records.periods import Owed, periods

COUNTY, MONTHLY, BASE = "441882", "trial_monthly", "trial_base"
HERE = Scope(frozenset({COUNTY}))
MARCH = date(2024, 3, 10)
AFTER = date(2024, 6, 1)


def march() -> Owed:
    due = definition(MONTHLY).due
    assert due is not None
    return periods(due, MARCH, MARCH)[0]


def states(today: date = AFTER) -> dict[str, tuple[bool, bool]]:
    found = completeness.states(definition(MONTHLY), march(), HERE, today)
    return {one.unit.id: (one.there, one.late) for one in found}


def report(facility: str, came: datetime, *, sent: bool = True) -> Record:
    row = make.record(MONTHLY, facility=facility, date=MARCH)
    Record.objects.filter(pk=row.pk).update(created_at=came)
    row.events.update(at=came)
    if sent:
        Record.objects.filter(pk=row.pk).update(state="sent")
        Event.objects.create(
            record=row, number=2, kind="move", move="send", before="draft", after="sent", at=came
        )
    return row


def test_there_in_time_late_and_missing() -> None:
    made = [organisations.facility(facility=f"f{n}") for n in range(5)]
    report("f0", datetime(2024, 4, 10, 3, tzinfo=UTC))
    report("f1", datetime(2024, 4, 11, 3, tzinfo=UTC))
    report("f2", datetime(2024, 4, 2, 3, tzinfo=UTC), sent=False)
    assert len(made) == 5
    assert states() == {
        "f0": (True, False),
        "f1": (True, True),
        "f2": (False, True),
        "f3": (False, True),
        "f4": (False, True),
    }
    assert states(date(2024, 4, 10))["f4"] == (False, False)


def test_the_last_day_is_a_day_here_and_not_in_greenwich() -> None:
    organisations.facility(facility="f0")
    organisations.facility(facility="f1")
    report("f0", datetime(2024, 4, 10, 15, 59, tzinfo=UTC))
    report("f1", datetime(2024, 4, 10, 16, 1, tzinfo=UTC))
    assert states() == {"f0": (True, False), "f1": (True, True)}


def test_only_facilities_that_worked_then_owe() -> None:
    organisations.facility(facility="before", valid_to=date(2024, 2, 1))
    organisations.facility(facility="then", valid_to=date(2024, 5, 1))
    organisations.facility(facility="new", valid_from=date(2024, 4, 1))
    organisations.facility(facility="other", kind="village_clinic", place="441882101001")
    organisations.facility("441881101", facility="beside")
    assert set(states()) == {"then"}


def test_it_came_when_it_was_sent_not_when_it_was_begun(account: Callable[..., Any]) -> None:
    organisations.facility(facility="f0")
    row = report("f0", datetime(2024, 4, 2, 3, tzinfo=UTC), sent=False)
    moving.move(row, definition(MONTHLY), "send", by=account("facility_head", facility="f0"))
    assert states() == {"f0": (True, True)}


def test_what_is_taken_out_did_not_come() -> None:
    organisations.facility(facility="f0")
    row = report("f0", datetime(2024, 4, 2, 3, tzinfo=UTC))
    Record.objects.filter(pk=row.pk).update(removed_at=timezone.now())
    assert states() == {"f0": (False, True)}


WARD, RETURN = "tcm_ward", "tcm_ward_return"
"""A register of wards, and what each open ward reports by quarter (``due.per: parent``)."""


def wards(today: date = date(2024, 8, 1), scope: Scope = HERE) -> dict[str, tuple[bool, bool]]:
    """Ward → there, late; of the second quarter of 2024."""
    one = definition(RETURN)
    period = next(p for p in completeness.owed(one, today) if p.name == "2024Q2")
    return {s.unit.id: (s.there, s.late) for s in completeness.states(one, period, scope, today)}


def ward(name: str, made: datetime, **more: Any) -> Record:
    row = make.record(WARD, **{"name": name, "valid_from": date(2024, 1, 1), **more})
    row.events.update(at=made)
    return row


def test_each_open_parent_owes_one(account: Callable[..., Any]) -> None:
    """Two wards of one hospital are two; what was closed in time, or not there yet, owes nothing."""
    house = organisations.facility(kind="tcm_hospital")
    early, mine = datetime(2024, 1, 5, tzinfo=UTC), {"facility": house.pk}
    told, silent, late = (ward(name, early, **mine) for name in ("甲", "乙", "丙"))
    closed, later = ward("丁", early, **mine), ward("戊", early, valid_from=date(2024, 7, 1), **mine)
    ended, gone = ward("己", early, **mine), ward("庚", early, **mine)
    moving.move(
        closed, definition(WARD), "close", by=account("county_officer", COUNTY), wish=moving.Wish("并入")
    )
    closed.events.filter(kind="move").update(at=datetime(2024, 6, 30, 15, tzinfo=UTC))
    Record.objects.filter(pk=closed.pk).update(until=None)
    Record.objects.filter(pk=ended.pk).update(until=date(2024, 6, 29))
    Record.objects.filter(pk=gone.pk).update(removed_at=timezone.now())
    for parent, came in (
        (told, datetime(2024, 7, 15, 15, tzinfo=UTC)),
        (late, datetime(2024, 7, 15, 17, tzinfo=UTC)),
    ):
        row = make.record(RETURN, parent=parent.pk, date=date(2024, 6, 30))
        Record.objects.filter(pk=row.pk).update(created_at=came)
    make.record(RETURN, parent=silent.pk, date=date(2024, 3, 31))
    assert wards() == {told.pk: (True, False), silent.pk: (False, True), late.pk: (True, True)}
    assert wards(date(2024, 7, 15))[silent.pk] == (False, False)
    assert wards(scope=Scope(frozenset({"441881"}))) == {}
    closed.events.filter(kind="move").update(at=datetime(2024, 6, 30, 16, 30, tzinfo=UTC))
    assert wards()[closed.pk] == (False, True)  # it was open until the last day was over here
    assert later.pk not in wards()
    silent.events.update(at=datetime(2025, 1, 1, tzinfo=UTC))
    assert wards()[silent.pk] == (False, True)  # entered late; it was there all the same
    [summary] = [
        one
        for one in completeness.summaries(account("facility_head", facility=house.pk), date(2024, 8, 1))
        if one.definition.id == RETURN
    ]
    assert (summary.units, summary.there, summary.late) == (4, 2, 3)


def test_the_page_names_parents_and_leads_to_the_form(signed_in: Callable[..., Client]) -> None:
    house = organisations.facility(kind="tcm_hospital")
    row = ward("康复病区", datetime(2024, 1, 5, tzinfo=UTC), facility=house.pk)
    page = (
        signed_in("facility_head", facility=house.pk)
        .get(reverse("forms:owing", args=[RETURN]))
        .content.decode()
    )
    assert f'href="{reverse("forms:record", args=[row.pk])}"' in page
    assert f"{reverse('forms:new', args=[RETURN])}?parent={row.pk}" in page
    assert "连州市" in page


def test_which_parents_owe_may_be_said(monkeypatch: pytest.MonkeyPatch, account: Callable[..., Any]) -> None:
    """A condition on the parent, its state as it was then among what it may ask for; a liaison sees its own unit's."""
    one = definition("department_return")
    due = Due.model_validate(
        {"every": "year", "per": "parent", "who": "liaison", "parents": {"field": "yearly", "is": True}}
    )
    monkeypatch.setitem(book().definitions, one.id, one.model_copy(update={"due": due}))
    rows = [
        make.record("department_duty", unit_name=name, yearly=yearly, valid_from=date(2024, 1, 1), duty=name)
        for name, yearly in (("市财政局", True), ("市医保局", True), ("市教育局", False))
    ]
    Event.objects.update(at=datetime(2024, 2, 1, tzinfo=UTC))
    asks = definition(one.id)
    period = next(p for p in completeness.owed(asks, date(2025, 1, 20)) if p.name == "2024")
    found = completeness.states(asks, period, HERE, date(2025, 1, 20))
    assert {state.unit.id for state in found} == {rows[0].pk, rows[1].pk}
    scope = permissions.readable(account("liaison", COUNTY, unit="财政局"), asks)
    mine = completeness.states(asks, period, scope, date(2025, 1, 20))
    assert [state.unit.id for state in mine] == [rows[0].pk]


def test_counties_owe_once(signed_in: Callable[..., Client]) -> None:
    one = definition(BASE)
    [once] = completeness.owed(one, AFTER)
    found = completeness.states(one, once, Scope(frozenset({"4418"})), AFTER)
    assert {state.unit.id for state in found} >= {"441881", "441882"}
    assert not any(state.there or state.late for state in found)
    row = make.record(BASE)
    again = completeness.states(one, once, Scope(frozenset({"4418"})), AFTER)
    assert [state.record for state in again if state.there] == [row.pk]
    client = signed_in("county_officer", COUNTY)
    text = client.get(reverse("forms:owing", args=[BASE])).content.decode()
    assert "连州市" in text
    assert "英德市" not in text


@pytest.fixture
def unit(account: Callable[..., Any]) -> tuple[Any, sending.Unit]:
    officer = account("county_officer", COUNTY)
    return officer, next(one for one in sending.units(officer) if one.id == COUNTY)


def first_cell(one: sending.Unit, year: int) -> str:
    line = sending.table(one, year)[0]
    return f"{line.table.name} {line.cells[0][0]}"


def test_the_word_is_given_changed_and_taken_back(unit: tuple[Any, sending.Unit]) -> None:
    officer, one = unit
    key = first_cell(one, 2024)
    assert sending.send(one, {key: "reported"}, 2024, by=officer) == 1
    assert sending.send(one, {key: "reported"}, 2024, by=officer) == 0
    sent = Sent.objects.get()
    assert (sent.unit, sent.status, sent.place, sent.by) == (COUNTY, "reported", COUNTY, officer.pk)
    assert f"{sent.table} {sent.period}" == key
    assert sending.send(one, {key: "reported_nothing"}, 2024, by=officer) == 1
    assert Sent.objects.get().status == "reported_nothing"
    assert sending.send(one, {key: ""}, 2024, by=officer) == 1
    assert not Sent.objects.exists()
    assert Entry.objects.filter(action="reporting.send", object_id=COUNTY).count() == 3


@pytest.mark.parametrize("status", ["done", "not_reported", "已报齐"])
def test_only_known_words_count(status: str, unit: tuple[Any, sending.Unit]) -> None:
    officer, one = unit
    with pytest.raises(NotAllowed, match="没有这种"):
        sending.send(one, {first_cell(one, 2024): status}, 2024, by=officer)
    assert not Sent.objects.exists()


def test_what_is_not_reported_there_is_not_taken(unit: tuple[Any, sending.Unit]) -> None:
    officer, one = unit
    later = timezone.localdate().year + 1
    for key in ("nowhere 2024", "facility 1998-77", f"{first_cell(one, 2024).split()[0]} 1999"):
        assert sending.send(one, {key: "reported"}, 2024, by=officer) == 0
    assert all(not line.cells for line in sending.table(one, later) if line.table.reported.every == "month")  # type: ignore[union-attr]
    assert not Sent.objects.exists()


def test_each_reports_for_its_own(account: Callable[..., Any], signed_in: Callable[..., Client]) -> None:
    organisations.facility(facility="mine")
    organisations.facility("441881101", facility="beside")
    head, officer, inspector = (
        account("facility_head", facility="mine"),
        account("county_officer", COUNTY),
        account("inspector", COUNTY),
    )
    assert [one.id for one in sending.units(head)] == ["mine"]
    assert {one.id for one in sending.units(officer)} == {COUNTY, "mine"}
    assert sending.units(inspector) == []
    client = signed_in("facility_head", facility="mine", username="head")
    address = reverse("forms:sending")
    unit = next(one for one in sending.units(head))
    key = first_cell(unit, 2024)
    client.post(f"{address}?unit=beside&year=2024", {key: "reported"})
    assert set(Sent.objects.values_list("unit", flat=True)) <= {"mine"}


def test_days_run_on(account: Callable[..., Any]) -> None:
    """The running month and the fourteen before it, newest first, without a gap."""
    found = completeness.owed(definition(MONTHLY), AFTER)
    assert (found[0].start, len(found)) == (date(2024, 6, 1), 15)
    assert all(a.start - b.end == timedelta(days=1) for a, b in pairwise(found))
