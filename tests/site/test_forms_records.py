"""Records: made, changed, moved, sent back, taken out; their history tells what they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import forms_factories as make
import organisations_factories as organisations
import pytest
from django.utils import timezone

from xinglin.apps.audit.models import Entry
from xinglin.apps.forms import history, listing
from xinglin.apps.forms.actions import moving, saving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Deadline, Event, Record, Return, Value
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.forms.rows import slot

COUNTY, SIBLING = "441882", "441881"
BASE, CASE = "trial_base", "trial_case"


def faults(error: saving.Invalid) -> dict[str, str]:
    return {fault.field: fault.fault.what for fault in error.faults}


def test_a_record_lies_where_its_facility_lies(account: Callable[..., Any]) -> None:
    officer = account("county_officer", COUNTY)
    facility = organisations.facility()
    row = make.record(BASE, by=officer, facility=facility.pk)
    assert (row.place, row.facility_id, row.author) == (facility.place, facility.pk, officer.pk)
    assert row.title == definition(BASE).fields["name"].sample
    entry = Entry.objects.get(object_id=row.pk)
    assert (entry.action, entry.kind) == ("record.create", BASE)
    assert "name" in entry.fields


def test_index_rows_are_what_the_definition_lists() -> None:
    row = make.record(BASE)
    found = {value.slot: value for value in Value.objects.filter(record=row)}
    names = {name: slot(BASE, name) for name in ("name", "level", "lecturers", "verified")}
    assert set(found) == set(names.values())
    assert found[names["lecturers"]].number == 5
    assert found[names["verified"]].text == "1"


def test_all_faults_at_once(account: Callable[..., Any]) -> None:
    officer = account("county_officer", COUNTY)
    values = make.raw(
        BASE, name="", level="galaxy", area="1.234", valid_to="2020-01-01", verified_on="2020-02-01"
    )
    with pytest.raises(saving.Invalid) as caught:
        saving.create(definition(BASE), values, by=officer)
    assert set(faults(caught.value)) == {"name", "level", "area", "valid_to", "verified_on"}
    assert not Record.objects.exists()


@pytest.mark.parametrize("place", [SIBLING, "4419"])
def test_nobody_writes_outside_his_area(account: Callable[..., Any], place: str) -> None:
    officer = account("county_officer", place if len(place) == 6 else SIBLING)
    with pytest.raises(saving.Invalid) as caught:
        make.record(BASE, by=officer)
    assert faults(caught.value) == {"facility": "所选机构不在您可以填报的范围"}


def test_no_two_records_share_what_is_unique() -> None:
    row = make.record(BASE)
    with pytest.raises(saving.Invalid) as caught:
        make.record(BASE, facility=row.facility_id)
    assert faults(caught.value) == {"name": "已有一条机构、基地名称都相同的试验基地"}
    assert Record.objects.count() == 1


def test_somebody_was_faster(account: Callable[..., Any]) -> None:
    officer, row = account("county_officer", COUNTY), make.record(BASE)
    values = {**make.raw(BASE), "facility": row.facility_id, "lecturers": 7}
    saving.change(row, definition(BASE), values, by=officer, revision=1)
    with pytest.raises(saving.Outdated):
        saving.change(row, definition(BASE), {**values, "lecturers": 8}, by=officer, revision=1)


def test_history_tells_what_the_record_is(account: Callable[..., Any]) -> None:
    officer, row = account("county_officer", COUNTY), make.record(BASE)
    values = {**make.raw(BASE), "facility": row.facility_id}
    for lecturers in (7, 8, 8):
        row = saving.change(row, definition(BASE), {**values, "lecturers": lecturers}, by=officer)
    assert [event.kind for event in row.events.all()] == ["create", "change", "change"]
    assert row.events.last().changes == {"lecturers": [7, 8]}
    assert history.strays(Record.objects.all()) == []
    Record.objects.filter(pk=row.pk).update(document={**row.document, "lecturers": 9})
    assert history.strays(Record.objects.all()) == [row.pk]


def head_of(row: Record, account: Callable[..., Any]) -> Any:
    return account("facility_head", facility=row.facility_id)


def test_a_case_moves_by_two_people(account: Callable[..., Any]) -> None:
    inspector = account("inspector", COUNTY)
    row = make.record(CASE, by=inspector, due_on=date(2024, 6, 20))
    head = head_of(row, account)
    assert Deadline.objects.get(record=row).due == date(2024, 6, 20)
    row = moving.move(row, definition(CASE), "submit", by=head)
    assert row.state == "submitted"
    with pytest.raises(NotAllowed, match="您的角色"):
        moving.move(row, definition(CASE), "accept", by=head)
    row = moving.move(row, definition(CASE), "accept", by=inspector)
    assert row.state == "closed"
    assert not Deadline.objects.filter(record=row, closed_on=None).exists()
    with pytest.raises(NotAllowed, match="已经办结"):
        saving.change(row, definition(CASE), make.raw(CASE), by=inspector)
    assert history.strays([row]) == []


def test_nobody_approves_his_own(account: Callable[..., Any]) -> None:
    row = make.record(CASE)
    head = head_of(row, account)
    moving.move(row, definition(CASE), "submit", by=head)
    both = account("inspector", COUNTY)
    Event.objects.filter(record=row, move="submit").update(by=both.pk)
    with pytest.raises(NotAllowed, match="要由别人来办"):
        moving.move(row, definition(CASE), "accept", by=both)


def test_what_a_move_needs_is_asked_for(account: Callable[..., Any]) -> None:
    row = make.record(CASE, plan="", done_on="")
    head = head_of(row, account)
    with pytest.raises(saving.Invalid) as caught:
        moving.move(row, definition(CASE), "submit", by=head)
    assert set(faults(caught.value)) == {"plan", "done_on"}
    filled = Wish(raw={"plan": "建立记录本", "done_on": "2024-06-01"})
    assert moving.move(row, definition(CASE), "submit", by=head, wish=filled).state == "submitted"


def test_sending_back_asks_for_a_reason(account: Callable[..., Any]) -> None:
    row = make.record(CASE)
    moving.move(row, definition(CASE), "submit", by=head_of(row, account))
    inspector = account("inspector", COUNTY)
    with pytest.raises(NotAllowed, match="理由"):
        moving.move(row, definition(CASE), "reject", by=inspector)
    row = moving.move(row, definition(CASE), "reject", by=inspector, wish=Wish("照片看不清"))
    assert (row.state, row.events.last().reason) == ("open", "照片看不清")
    assert [one.state for one in Deadline.objects.filter(record=row)] == ["open"]


def test_a_value_is_sent_back_and_put_right(account: Callable[..., Any]) -> None:
    head, officer = (
        account("facility_head", facility=organisations.facility(facility="x1").pk),
        account("county_officer", COUNTY),
    )
    row = make.record(BASE, by=head, facility="x1")
    tomorrow = timezone.localdate() + timedelta(days=1)
    moving.send_back(row, definition(BASE), "area", by=officer, reason="面积与照片不符", due=tomorrow)
    with pytest.raises(NotAllowed, match="已经退回"):
        moving.send_back(row, definition(BASE), "area", by=officer, reason="再次", due=tomorrow)
    values = {**make.raw(BASE), "facility": "x1", "area": 90}
    saving.change(row, definition(BASE), values, by=head)
    assert Return.objects.get().settled_by == head.pk
    assert [event.kind for event in row.events.all()] == ["create", "return", "change", "settle"]


def test_taken_out_and_put_back(account: Callable[..., Any]) -> None:
    officer, row = account("county_officer", COUNTY), make.record(BASE)
    saving.remove(row, definition(BASE), by=officer, reason="填错了机构")
    assert not Record.objects.of(BASE).exists()
    other = make.record(BASE, facility=row.facility_id)
    with pytest.raises(saving.Invalid):
        saving.restore(row, definition(BASE), by=officer)
    saving.remove(other, definition(BASE), by=officer, reason="重复")
    saving.restore(row, definition(BASE), by=officer)
    assert list(Record.objects.of(BASE)) == [row]
    assert history.strays(Record.objects.all()) == []


def test_overdue_as_it_stood_on_a_day(account: Callable[..., Any]) -> None:
    row = make.record(CASE, due_on="2024-06-20", date="2024-05-20")
    Deadline.objects.filter(record=row).update(opened_on=date(2024, 5, 20))
    assert list(Deadline.objects.overdue_on(date(2024, 6, 20))) == []
    assert [one.record_id for one in Deadline.objects.overdue_on(date(2024, 6, 21))] == [row.pk]
    Deadline.objects.filter(record=row).update(closed_on=date(2024, 7, 1))
    assert Deadline.objects.overdue_on(date(2024, 6, 30)).count() == 1
    assert Deadline.objects.overdue_on(date(2024, 7, 1)).count() == 0


def test_lists_filter_sort_and_add_up() -> None:
    for number in (3, 9, 6):
        make.record(BASE, lecturers=number, name=f"基地{number}（演示）")
    one, query = definition(BASE), Record.objects.of(BASE)
    assert {r.title for r in listing.narrowed(query, one, {"lecturers__from": "5"})} == {
        "基地9（演示）",
        "基地6（演示）",
    }
    assert listing.narrowed(query, one, {"level": "county", "verified": "是"}).count() == 3
    assert listing.narrowed(query, one, {"level": "nonsense"}).count() == 0
    assert [r.title[2] for r in listing.ordered(query, one, "-lecturers")] == ["9", "6", "3"]
    assert listing.totals(query, one) == {"lecturers": 18}
