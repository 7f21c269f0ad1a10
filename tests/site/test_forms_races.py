"""Two people at once: one wins, the other is told, nothing is half done (both databases)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import forms_factories as make
import pytest
import together
from django.db import OperationalError

from xinglin.apps.forms import history
from xinglin.apps.forms.actions import attaching, moving, saving, surveying
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Answer, Consent, Link, Record, UniqueKey
from xinglin.apps.forms.permissions import NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)
COUNTY, CASE, FUND, BASE = "441882", "trial_case", "trial_fund", "trial_base"
REFUSED = (NotAllowed, saving.Invalid, saving.Outdated)


at_once = partial(together.at_once, refused=REFUSED)


def split(results: list[Any]) -> tuple[int, list[Exception]]:
    refused = [one for one in results if isinstance(one, Exception)]
    assert not any(isinstance(one, OperationalError) for one in refused)
    return len(results) - len(refused), refused


def test_two_accept_one_case(account: Callable[..., Any]) -> None:
    row = make.record(CASE)
    moving.move(row, definition(CASE), "submit", by=account("facility_head", facility=row.facility_id))
    people = [account("inspector", COUNTY, username=f"i{n}") for n in range(4)]
    wins, refused = split(
        at_once(*[lambda by=by: moving.move(row, definition(CASE), "accept", by=by) for by in people])
    )
    assert wins == 1
    assert all("状态" in str(one) for one in refused)
    assert list(row.events.values_list("move", flat=True)) == ["", "submit", "accept"]
    assert history.strays(Record.objects.all()) == []


def test_two_change_one_record(account: Callable[..., Any]) -> None:
    officer, row = account("county_officer", COUNTY), make.record(BASE)
    raw = {**make.raw(BASE), "facility": row.facility_id}
    deeds = [
        lambda n=n: saving.change(row, definition(BASE), {**raw, "lecturers": n}, by=officer, revision=1)
        for n in range(10, 14)
    ]
    wins, refused = split(at_once(*deeds))
    assert wins == 1
    assert all(isinstance(one, saving.Outdated) for one in refused)
    assert Record.objects.get().revision == 2
    assert history.strays(Record.objects.all()) == []


def test_changes_without_a_revision_all_count(account: Callable[..., Any]) -> None:
    officer, row = account("county_officer", COUNTY), make.record(BASE)
    raw = {**make.raw(BASE), "facility": row.facility_id}
    deeds = [
        lambda n=n: saving.change(row, definition(BASE), {**raw, "lecturers": n}, by=officer)
        for n in range(10, 16)
    ]
    assert split(at_once(*deeds))[0] == 6
    assert list(row.events.values_list("number", flat=True)) == list(range(1, 8))
    assert history.strays(Record.objects.all()) == []


def test_one_of_many_gets_what_is_unique(account: Callable[..., Any]) -> None:
    officer, facility = account("county_officer", COUNTY), make.organisations.facility()
    raw = {**make.raw(BASE), "facility": facility.pk}
    wins, refused = split(
        at_once(*[lambda: saving.create(definition(BASE), raw, by=officer) for _ in range(5)])
    )
    assert wins == 1
    assert all("都相同的试验基地" in str(one) for one in refused)
    assert (Record.objects.count(), UniqueKey.objects.count()) == (1, 1)


def test_the_last_approval_is_one(account: Callable[..., Any]) -> None:
    row = make.record(FUND, by=account("county_officer", COUNTY, username="author"))
    people = [account("county_officer", COUNTY, username=f"o{n}") for n in range(4)]
    deeds = [
        lambda by=by, side=side: moving.move(
            row, definition(FUND), "approve", by=by, wish=Wish(approval=side)
        )
        for by, side in zip(people, ("finance", "medical", "finance", "medical"), strict=True)
    ]
    wins, refused = split(at_once(*deeds))
    assert wins == 2
    assert len(refused) == 2
    assert Record.objects.get(pk=row.pk).state == "agreed"
    assert not Consent.objects.exists()
    assert history.strays(Record.objects.all()) == []


def test_one_person_cannot_be_two_at_once(account: Callable[..., Any]) -> None:
    row = make.record(FUND, by=account("county_officer", COUNTY, username="author"))
    both = account("county_officer", COUNTY)
    deeds = [
        lambda side=side: moving.move(row, definition(FUND), "approve", by=both, wish=Wish(approval=side))
        for side in ("finance", "medical")
    ]
    assert split(at_once(*deeds))[0] == 1
    assert Record.objects.get(pk=row.pk).state == "asked"


def test_removing_and_changing(account: Callable[..., Any]) -> None:
    officer, row = account("county_officer", COUNTY), make.record(BASE)
    raw = {**make.raw(BASE), "facility": row.facility_id, "lecturers": 77}
    split(
        at_once(
            lambda: saving.remove(row, definition(BASE), by=officer, reason="填错"),
            lambda: saving.change(row, definition(BASE), raw, by=officer),
        )
    )
    now = Record.objects.get()
    assert now.removed_at is not None
    assert not UniqueKey.objects.exists()
    assert history.strays([now]) == []


def test_links_are_made_once_and_a_full_one_stays_full(account: Callable[..., Any]) -> None:
    from django.utils import timezone

    officer, today = account("county_officer", COUNTY), timezone.localdate()
    row, one = make.record("trial_survey", by=officer, place=COUNTY), definition("trial_survey")
    deeds = [lambda: surveying.open_round(row, one, opens=today, closes=today, by=officer) for _ in range(3)]
    assert split(at_once(*deeds))[0] == 1
    links = list(Link.objects.select_related("round"))
    assert len({link.place for link in links}) == len(links)
    Link.objects.update(limit=3)
    raw = {"used": "no"}
    answers = [lambda n=n: surveying.answer(links[0], one, raw, page=f"p{n}") for n in range(6)]
    assert split(at_once(*answers))[0] == 3
    same = [lambda: surveying.answer(links[1], one, raw, page="same") for _ in range(4)]
    assert split(at_once(*same))[0] == 4
    assert Answer.objects.count() == 4


def test_the_same_file_at_once(account: Callable[..., Any]) -> None:
    import secrets

    officer, content = account("county_officer", COUNTY), make.PNG + secrets.token_bytes(50_000)
    deeds = [
        lambda: attaching.take_in(content, name="a.png", definition=BASE, field="photo", by=officer)
        for _ in range(6)
    ]
    made = at_once(*deeds)
    assert all(attaching.content_of(one) == content for one in made)
    assert [path.suffix for path in attaching._path(made[0].digest).parent.iterdir()] == [""]
