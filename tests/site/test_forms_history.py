"""Random lives of records: the history tells what they are, and what was overdue on any day."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import forms_factories as make
import pytest
from django.utils import timezone

from xinglin.apps.forms import history
from xinglin.apps.forms.actions import moving, saving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.book import calendar, definition
from xinglin.apps.forms.checks import histories
from xinglin.apps.forms.models import Deadline, Event, Record
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.records.workdays import due_by

COUNTY, CASE = "441882", "trial_case"
FIRST = date(2024, 5, 20)
SHANGHAI = ZoneInfo("Asia/Shanghai")
REFUSED = (NotAllowed, saving.Invalid, saving.Outdated)


class Clock:
    """The day it is."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.day = FIRST
        patch.setattr(timezone, "now", lambda: datetime.combine(self.day, time(10), SHANGHAI))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


class Life:
    """Does random things to a few records, a day or so apart."""

    def __init__(self, seed: int, clock: Clock, account: Callable[..., Any]) -> None:
        self.chance, self.clock = random.Random(seed), clock
        facility = make.organisations.facility()
        self.raw = {**make.raw(CASE, facility=facility.pk), "date": FIRST.isoformat()}
        self.people = [
            account(role, COUNTY, username=f"{role}{n}")
            for role in ("county_officer", "inspector")
            for n in (1, 2)
        ]
        self.people.append(account("facility_head", facility=facility.pk))
        self.rows = [
            saving.create(definition(CASE), {**self.raw, "due_on": self.later()}, by=self.people[0])
            for _ in range(2)
        ]

    def later(self) -> str:
        return (self.clock.day + timedelta(days=self.chance.randrange(0, 20))).isoformat()

    def step(self) -> None:
        self.clock.day += timedelta(days=self.chance.choice((0, 0, 1, 1, 2, 5)))
        row = saving.locked(self.chance.choice(self.rows))
        by, one = self.chance.choice(self.people), definition(CASE)
        with suppress(*REFUSED):
            self.chance.choice((self.moves, self.moves, self.changes, self.removes))(row, one, by)

    def moves(self, row: Record, one: Any, by: Any) -> None:
        names = [name for name, move in one.moves.items() if row.state in move.from_ and move.to != "revoked"]
        if names:
            moving.move(row, one, self.chance.choice(names), by=by, wish=Wish("理由"))

    def changes(self, row: Record, one: Any, by: Any) -> None:
        more = {
            "due_on": self.later(),
            "problem": f"问题{self.chance.randrange(3)}",
            "reporter": self.chance.choice(("", "司马", "欧阳")),
        }
        saving.change(row, one, {**self.raw, **more}, by=by)

    def removes(self, row: Record, one: Any, by: Any) -> None:
        if row.removed_at is None:
            saving.remove(row, one, by=by, reason="试")
        else:
            saving.restore(row, one, by=by)


def overdue(record: Record, day: date) -> bool:
    """Whether a record was past its deadline at the end of a day, counted from its events alone."""
    one, state, entered, there = definition(CASE), "", day, True
    document: dict[str, Any] = {}
    for event in record.events.order_by("number"):
        on = timezone.localdate(event.at)
        if on > day:
            break
        for name, (_, after) in event.changes.items():
            document[name] = after
        if event.kind in ("create", "move"):
            entered = on
        there = {"remove": False, "restore": True}.get(event.kind, there)
        state = event.after
    known = one.states.get(state)
    if known is None or known.deadline is None or not there:
        return False
    values = {"due_on": date.fromisoformat(document["due_on"])}
    by = due_by(known.deadline, entered, values, calendar())
    return by is not None and by.day < day


@pytest.mark.parametrize("seed", range(12))
def test_history_and_deadlines_of_random_lives(seed: int, clock: Clock, account: Callable[..., Any]) -> None:
    life = Life(seed, clock, account)
    for _ in range(25):
        life.step()
    rows = list(Record.objects.all())
    assert history.strays(rows) == []
    for n in range((clock.day - FIRST).days + 40):
        day = FIRST + timedelta(days=n)
        wanted = {row.pk for row in rows if overdue(row, day)} if day <= clock.day else None
        found = list(Deadline.objects.overdue_on(day).values_list("record", flat=True))
        assert len(found) == len(set(found)), day
        assert wanted is None or set(found) == wanted, day


def test_lives_go_through_everything(clock: Clock, account: Callable[..., Any]) -> None:
    """What the test above does is worth it: every kind of event happens, and some things are late."""
    kinds, late = set(), 0
    for seed in range(4):
        life = Life(
            seed,
            clock,
            lambda role, *a, s=seed, **k: account(
                role, *a, **{**k, "username": f"{role}{s}{k.get('username', '')}"}
            ),
        )
        for _ in range(25):
            life.step()
        late += Deadline.objects.overdue_on(clock.day).count()
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"create", "change", "move", "remove", "restore"} <= kinds
    assert late


def test_what_was_written_past_the_program_is_found(account: Callable[..., Any]) -> None:
    good, *bad = (make.record(CASE) for _ in range(6))
    assert histories() == []
    Record.objects.filter(pk=bad[0].pk).update(document={**bad[0].document, "problem": "改"})
    Record.objects.filter(pk=bad[1].pk).update(state="closed")
    Record.objects.filter(pk=bad[2].pk).update(personal="")
    Event.objects.filter(record=bad[3]).delete()
    Event.objects.filter(record=bad[4]).update(number=2)
    found = histories()
    assert {one.pk for one in bad} == {
        pk for pk in [good.pk, *(r.pk for r in bad)] if any(pk in str(m.msg) for m in found)
    }
    assert {(one.id, bool(one.hint)) for one in found} == {("xinglin.E304", True)}


def test_personal_values_stay_out_of_what_is_told(account: Callable[..., Any]) -> None:
    row = make.record(CASE, reporter="司马青囊")
    saving.change(
        row,
        definition(CASE),
        {**make.raw(CASE), "facility": row.facility_id, "reporter": "欧阳青囊"},
        by=None,
    )
    assert history.strays([saving.locked(row)]) == []
    for event in row.events.all():
        assert "青囊" not in str(event.changes)
        assert "reporter" not in event.changes
    assert "欧阳青囊" in row.events.last().personal
