"""What need not be kept any longer is listed, and deleted only when asked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import forms_factories as make

from xinglin.apps.audit.models import Entry
from xinglin.apps.forms import retention
from xinglin.apps.forms.models import Event, Record

TODAY = date(2040, 3, 1)


def listed() -> dict[str, int]:
    return {one.definition.id: len(one.ids) for one in retention.over(TODAY)}


def test_an_activity_counts_from_its_day() -> None:
    make.record("lecture", date="2029-12-31")
    make.record("lecture", date="2030-03-01")
    assert listed() == {"lecture": 1}


def test_a_register_counts_from_its_last_day_and_an_open_one_never() -> None:
    make.record("education_base", valid_from="2000-01-01")
    assert listed() == {}


def test_a_case_counts_from_the_day_it_ended() -> None:
    row = make.record("rectification", date="2020-05-20", due_on="2020-06-20", done_on="2020-06-10")
    assert listed() == {}
    Record.objects.filter(pk=row.pk).update(state="closed")
    Event.objects.filter(record=row).update(at=datetime(2029, 1, 1, tzinfo=UTC))
    assert listed() == {"rectification": 1}


def test_deleting_leaves_a_row_in_the_log() -> None:
    row = make.record("lecture", date="2020-01-01")
    (found,) = retention.over(TODAY)
    assert retention.delete(found) == 1
    assert not Record.objects.filter(pk=row.pk).exists()
    assert Entry.objects.get(action="record.expire").kind == "lecture"
