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
from xinglin.apps.forms import completeness, sending
from xinglin.apps.forms.actions import moving
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Event, Record, Sent
from xinglin.apps.forms.permissions import NotAllowed
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
