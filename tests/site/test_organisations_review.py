"""Two people at the same registers at once: one writes, the other is told; nothing is lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any

import organisations_factories as make
import pytest
import together
import work_kinds
from django.core.exceptions import ValidationError
from django.test import Client

from conftest import CHILD, COUNTY
from xinglin.apps.accounts.models import User
from xinglin.apps.organisations import actions, rules
from xinglin.apps.organisations.actions import holding
from xinglin.apps.organisations.models import (
    Catchment,
    Consortium,
    Department,
    Facility,
    Membership,
    Post,
    Succession,
    TcmHall,
)
from xinglin.apps.work import runner
from xinglin.apps.work.actions import ask
from xinglin.apps.work.models import Job, State
from xinglin.base.errors import XinglinError
from xinglin.cli.demo_site import facilities_of_roles

committed = pytest.mark.django_db(transaction=True)
DAY, LATER = date(2024, 6, 30), date(2024, 7, 1)


@pytest.fixture
def officer(account: Callable[..., User]) -> User:
    return account("county_officer", COUNTY)


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has been found right waits a moment for another who is found right too, before it is written."""
    check, both = rules.check, Barrier(2)

    def slow(row: Any) -> None:
        check(row)
        with suppress(BrokenBarrierError):
            both.wait(0.5)

    monkeypatch.setattr(rules, "check", slow)


at_once = partial(together.at_once, refused=(ValidationError,))


def words(results: list[Any]) -> list[str]:
    return [text for one in results if isinstance(one, ValidationError) for text in one.messages]


@committed
@pytest.mark.usefixtures("meeting")
def test_two_add_what_may_hold_once(officer: User) -> None:
    owner = make.facility()
    rows = [
        Department(facility=Facility.objects.get(), kind="rehabilitation", valid_from=day)
        for day in (date(2020, 1, 1), date(2021, 1, 1))
    ]
    told = words(at_once(*[lambda row=row: actions.create(row, by=officer) for row in rows]))
    assert len(told) == 1
    assert "时间重叠" in told[0]
    assert owner.departments.count() == 1


@committed
@pytest.mark.usefixtures("meeting")
def test_two_give_somebody_a_main_post(officer: User) -> None:
    person, first, second = make.practitioner(), make.facility(), make.facility()
    Post.objects.update(main=False)
    rows = [Post(practitioner=person, facility=one, main=True, valid_from=LATER) for one in (first, second)]
    told = words(at_once(*[lambda row=row: actions.create(row, by=officer) for row in rows]))
    assert len(told) == 1
    assert "主要执业机构" in told[0]
    assert Post.objects.filter(main=True).count() == 1


@committed
@pytest.mark.usefixtures("meeting")
def test_two_transfer_somebody(officer: User) -> None:
    person, targets = make.practitioner(), [make.facility(), make.facility()]
    told = words(
        at_once(*[lambda to=to: actions.transfer(person, to, day=LATER, by=officer) for to in targets])
    )
    assert len(told) == 1
    assert Post.objects.filter(main=True).not_over(LATER).count() == 1


@committed
@pytest.mark.usefixtures("meeting")
def test_what_is_added_while_its_facility_closes_ends_with_it_or_is_refused(officer: User) -> None:
    for number in range(4):
        owner = make.facility()
        row = TcmHall(facility=Facility.objects.get(pk=owner.pk), valid_from=date(2020, 1, 1))
        deeds = [
            lambda row=row: actions.create(row, by=officer),
            lambda owner=owner: actions.close_facility(owner, day=DAY, by=officer),
        ]
        results = at_once(*(deeds if number % 2 else reversed(deeds)))
        assert not any(text for text in words(results) if "停业" not in text)
        owner.refresh_from_db()
        assert owner.valid_to == DAY
        assert not TcmHall.objects.filter(facility=owner, valid_to=None).exists()


@committed
@pytest.mark.usefixtures("meeting")
def test_somebody_leads_or_the_facility_closes(officer: User) -> None:
    lead = make.facility(COUNTY)
    row = Consortium(name="连州医共体", place=COUNTY, lead=lead, valid_from=date(2020, 1, 1))
    told = words(
        at_once(
            lambda: actions.create(row, by=officer),
            lambda: actions.close_facility(Facility.objects.get(pk=lead.pk), day=DAY, by=officer),
        )
    )
    assert len(told) == 1
    assert Consortium.objects.exists() != Facility.objects.filter(valid_to=DAY).exists()


@committed
@pytest.mark.usefixtures("meeting")
def test_a_county_and_its_township_through_two_consortia(officer: User) -> None:
    rows = [
        Catchment(consortium=make.consortium(), place=place, valid_from=date(2020, 1, 1))
        for place in (COUNTY, CHILD)
    ]
    told = words(at_once(*[lambda row=row: actions.create(row, by=officer) for row in rows]))
    assert len(told) == 1
    assert "整县和乡镇只留一种" in told[0]
    assert Catchment.objects.count() == 1


@committed
def test_two_take_the_same_action_back(officer: User) -> None:
    owner = make.facility()
    make.tcm_hall(owner)
    deed = actions.close_facility(owner, day=DAY, by=officer)
    results = at_once(*[lambda: actions.undo(deed.number, by=officer)] * 2)
    assert [text for text in words(results) if "之后又改过" in text] == words(results)
    assert len(words(results)) == 1
    owner.refresh_from_db()
    assert owner.valid_to is None


@committed
def test_two_take_a_split_back(account: Callable[..., User]) -> None:
    officer, source = account("county_officer", COUNTY), make.facility()
    parts = [make.unsaved_facility(CHILD) for _ in range(2)]
    deed = actions.split(source, parts, day=LATER, moves={}, close=True, by=officer)
    results = at_once(*[lambda: actions.undo(deed.number, by=officer)] * 3)
    assert len(words(results)) == 2
    assert list(Facility.objects.all()) == [source]
    assert not Succession.objects.exists()


@committed
def test_two_mergers_of_the_same_facilities_wait_for_each_other(officer: User) -> None:
    """Named in either order, facilities are held in one: PostgreSQL finds no deadlock."""
    one, two, *targets = sorted((make.facility() for _ in range(4)), key=lambda row: row.pk)
    for owner in (one, two):
        make.practitioner(owner)
    orders = ([one, two], [two, one])
    deeds = [
        lambda olds=olds, to=to: actions.merge(olds, to, day=LATER, by=officer)
        for olds, to in zip(orders, targets, strict=True)
    ]
    told = words(at_once(*deeds))
    assert len(told) == 1
    assert "停业" in told[0]
    assert Post.objects.filter(main=True).not_over(LATER).count() == 2


@pytest.mark.django_db
def test_owners_are_held_by_kind_and_id(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [make.membership() for _ in range(3)]
    person = make.practitioner()
    held = holding.hold(*reversed(rows), person, person.posts.get())
    kinds = [holding.ORDER.index(kind) for kind, _ in held]
    assert kinds == sorted(kinds)
    for kind in holding.ORDER:
        ids = [pk for one, pk in held if one is kind]
        assert ids == sorted(ids)
    assert {(Facility, row.facility_id) for row in rows} < held.keys()


@pytest.fixture
def stale(signed_in: Callable[..., Client]) -> Callable[..., str]:
    """``stale(address, shown, first, second)``: what the second of two who opened the same form is told."""
    client = signed_in("county_officer", COUNTY)

    def post(address: str, first: dict[str, str], second: dict[str, str]) -> str:
        opened = client.get(address)
        seen = str(opened.context["seen"])
        assert f'name="seen" value="{seen}"' in opened.content.decode()
        assert client.post(address, {**first, "seen": seen}).status_code == 302
        answer = client.post(address, {**second, "seen": seen})
        assert answer.status_code == 200
        again = answer.content.decode()
        assert f'name="seen" value="{seen}"' in again
        return again

    return post


@pytest.mark.django_db
def test_a_stale_part_is_refused(stale: Callable[..., str]) -> None:
    row = make.department()
    form = {"department-kind": row.kind, "department-valid_from": "2015-01-01"}
    address = f"/facilities/{row.facility_id}/department/{row.pk}/edit"
    said = stale(address, {**form, "department-valid_from": "2016-01-01"}, form)
    assert "别人改过" in said
    row.refresh_from_db()
    assert row.valid_from == date(2016, 1, 1)


@pytest.mark.django_db
def test_a_stale_consortium_and_its_lines_are_refused(stale: Callable[..., str]) -> None:
    row = make.consortium()
    form = {"place": COUNTY, "lead": row.lead_id, "valid_from": "2015-01-01"}
    said = stale(f"/consortia/{row.pk}/edit", {**form, "name": "甲医共体"}, {**form, "name": "乙医共体"})
    assert "别人改过" in said
    assert Consortium.objects.get().name == "甲医共体"
    line = make.membership(row)
    form = {"membership-facility": line.facility_id, "membership-valid_from": "2015-01-01"}
    address = f"/consortia/{row.pk}/membership/{line.pk}/edit"
    assert "别人改过" in stale(address, {**form, "membership-valid_from": "2016-01-01"}, form)
    assert Membership.objects.get().valid_from == date(2016, 1, 1)


@pytest.mark.django_db
def test_a_form_with_a_mistake_keeps_what_was_seen(signed_in: Callable[..., Client]) -> None:
    owner, client = make.facility(beds=1), signed_in("county_officer", COUNTY)
    form = {"name": owner.name, "place": CHILD, "kind": owner.kind, "sponsor_level": "township"}
    form |= {"ownership": "public", "seen": "0"}
    assert client.post(f"/facilities/{owner.pk}/edit", {**form, "beds": "11"}).status_code == 302
    answer = client.post(f"/facilities/{owner.pk}/edit", {**form, "beds": "much"})
    assert answer.context["seen"] == 0


@pytest.mark.django_db
def test_jobs_of_a_deactivated_account_are_not_done(officer: User) -> None:
    assert work_kinds  # declares the kinds
    job = ask("test.count", by=officer, to=3)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    runner.work_off()
    job.refresh_from_db()
    assert (job.state, job.result, job.done) == (State.FAILED, None, 0)
    assert "已停用" in job.error
    assert job.ended_at
    program = Job.objects.create(kind="test.count", label="数数", arguments={"to": 2})
    assert runner.recover(alone=True) == 1
    runner.work_off()
    program.refresh_from_db()
    assert program.state == State.DONE


@pytest.mark.django_db
def test_a_demonstration_without_a_village_clinic_says_so() -> None:
    with pytest.raises(XinglinError, match=r"没有在用的村卫生室.*请换一个县"):
        facilities_of_roles()
