"""Moves: several approvals, many at once, withdrawal, escalation, values sent back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import forms_factories as make
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from xinglin.apps.accounts.models import Grant
from xinglin.apps.forms import history, permissions
from xinglin.apps.forms.actions import deadlines, moving, saving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.book import calendar, definition
from xinglin.apps.forms.models import Consent, Day, Deadline, Draft, Event, Record, Return, SavedView
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.records.workdays import months_after

COUNTY, SIBLING = "441882", "441881"
CASE, FUND, BASE = "trial_case", "trial_fund", "trial_base"


def go(row: Record, name: str, by: Any, **more: Any) -> Record:
    return moving.move(row, definition(row.definition), name, by=by, wish=Wish(**more))


def fresh(row: Record) -> Record:
    return Record.objects.get(pk=row.pk)


@pytest.fixture
def people(account: Callable[..., Any]) -> Callable[[str], Any]:
    """Another person of a role of the county."""
    numbers = iter(range(99))
    return lambda role: account(role, COUNTY, username=f"{role}-{next(numbers)}")


def head_of(row: Record, account: Callable[..., Any], name: str = "head") -> Any:
    return account("facility_head", facility=row.facility_id, username=f"{name}-{row.pk}")


def test_several_must_agree_each_another_person(people: Callable[[str], Any]) -> None:
    author, one, other = (people("county_officer") for _ in range(3))
    row = make.record(FUND, by=author)
    with pytest.raises(NotAllowed, match="要由别人"):
        go(row, "approve", author, approval="finance")
    with pytest.raises(NotAllowed, match="哪一方"):
        go(row, "approve", one)
    assert go(row, "approve", one, approval="finance").state == "asked"
    with pytest.raises(NotAllowed, match="不同的人"):
        go(row, "approve", one, approval="medical")
    with pytest.raises(NotAllowed, match="已经同意过"):
        go(row, "approve", other, approval="finance")
    with pytest.raises(NotAllowed, match="不能代表“财务”"):
        go(row, "approve", people("county_expert"), approval="finance")
    assert go(row, "approve", other, approval="medical").state == "agreed"
    assert [event.kind for event in row.events.all()] == ["create", "consent", "consent", "move"]
    assert not Consent.objects.exists()
    assert history.strays(Record.objects.all()) == []


def test_approvals_fall_with_another_move(people: Callable[[str], Any]) -> None:
    row = make.record(FUND, by=people("county_officer"))
    go(row, "approve", people("county_expert"), approval="medical")
    with pytest.raises(NotAllowed, match="理由"):
        go(row, "refuse", people("county_officer"))
    assert go(row, "refuse", people("county_officer"), reason="没有预算").state == "refused"
    assert not Consent.objects.exists()


def test_withdrawn_and_sent_again(account: Callable[..., Any], people: Callable[[str], Any]) -> None:
    row = make.record(CASE, by=people("county_officer"))
    head = head_of(row, account)
    for name in ("submit", "withdraw", "submit"):
        row = go(row, name, head)
    assert row.state == "submitted"
    assert go(row, "accept", people("inspector")).state == "closed"
    assert [event.move for event in row.events.all()][1:] == ["submit", "withdraw", "submit", "accept"]


def test_the_author_may_revoke_and_nobody_elsewhere(people: Callable[[str], Any], account: Any) -> None:
    inspector = people("inspector")
    row = make.record(CASE, by=inspector)
    with pytest.raises(NotAllowed):
        go(row, "revoke", account("county_officer", SIBLING), reason="不是我县的")
    with pytest.raises(NotAllowed):
        go(row, "revoke", people("inspector"), reason="不是我发起的")
    assert go(row, "revoke", inspector, reason="重复").state == "revoked"


def test_escalation_lets_another_role_act_only_once_it_is_late(people: Callable[[str], Any]) -> None:
    row, expert = make.record(CASE, by=people("inspector"), due_on="2049-01-01"), people("county_expert")
    assert not permissions.may_move(expert, definition(CASE), row, "submit")
    yesterday = timezone.localdate() - timedelta(days=1)
    Deadline.objects.filter(record=row).update(due=yesterday)
    assert go(row, "submit", expert).state == "submitted"


def test_many_are_moved_and_the_rest_is_told(
    signed_in: Callable[..., Client], people: Callable[[str], Any], account: Callable[..., Any]
) -> None:
    rows = [make.record(CASE, by=people("inspector"), problem=f"问题{n}") for n in range(3)]
    outside = make.record(CASE)
    client = signed_in("inspector", COUNTY, username="reviewer")
    for row in rows[:2]:
        go(row, "submit", head_of(row, account))
    Record.objects.filter(pk=outside.pk).update(place=SIBLING, county=SIBLING, state="submitted")
    sent = {"record": [row.pk for row in [*rows, outside]], "move": "accept"}
    answer = client.post(reverse("forms:bulk", args=[CASE]), sent, follow=True)
    text = answer.content.decode()
    assert "办了 2 条" in text
    assert "1 条没有办" in text
    assert [fresh(row).state for row in [*rows, outside]] == ["closed", "closed", "open", "submitted"]
    answer = client.post(reverse("forms:bulk", args=[CASE]), {"move": "accept"}, follow=True)
    assert "请勾选" in answer.content.decode()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"field": "nowhere"}, "没有这个字段"),
        ({"reason": " "}, "理由"),
        ({"due": date(2020, 1, 1)}, "不能早于今天"),
    ],
)
def test_what_cannot_be_sent_back(more: dict[str, Any], why: str, people: Callable[[str], Any]) -> None:
    row = make.record(BASE, by=people("county_officer"))
    sent = {"field": "area", "reason": "不符", "due": timezone.localdate(), **more}
    with pytest.raises(NotAllowed, match=why):
        moving.send_back(row, definition(BASE), by=people("county_officer"), **sent)
    assert not Return.objects.exists()


def test_ones_own_is_not_sent_back(people: Callable[[str], Any]) -> None:
    officer = people("county_officer")
    row = make.record(BASE, by=officer)
    with pytest.raises(NotAllowed, match="自己填的"):
        moving.send_back(row, definition(BASE), "area", by=officer, reason="x", due=timezone.localdate())


def test_drafts_are_ones_own_and_go_when_sent(signed_in: Callable[..., Client]) -> None:
    mine, other = signed_in("county_officer", COUNTY), signed_in("county_officer", COUNTY, username="other")
    address = reverse("forms:draft", args=[BASE])
    mine.post(address, {"name": "司马写了一半", "contact": "司马青囊"})
    assert "司马写了一半" in mine.get(reverse("forms:new", args=[BASE])).content.decode()
    assert "司马写了一半" not in other.get(reverse("forms:new", args=[BASE])).content.decode()
    mine.post(address, {"name": ""})
    assert not Draft.objects.exists()
    mine.post(address, {"name": "再写"})
    facility = make.organisations.facility()
    mine.post(reverse("forms:new", args=[BASE]), {**make.posted(BASE), "facility": facility.pk})
    assert Record.objects.count() == 1
    assert not Draft.objects.exists()


def test_views_of_a_list_are_kept(signed_in: Callable[..., Client]) -> None:
    mine, other = signed_in("county_officer", COUNTY), signed_in("county_officer", COUNTY, username="other")
    address = reverse("forms:save_view", args=[BASE])
    answer = mine.post(address, {"name": "县级的", "query": "level=county&sort=-lecturers"})
    assert answer["Location"].endswith("?level=county&sort=-lecturers")
    page = reverse("forms:records", args=[BASE])
    assert "县级的" in mine.get(page).content.decode()
    assert "县级的" not in other.get(page).content.decode()
    mine.post(address, {"name": "县级的", "query": "level=township"})
    assert SavedView.objects.get().query == "level=township"
    other.post(address, {"remove": SavedView.objects.get().pk})
    assert SavedView.objects.count() == 1
    mine.post(address, {"remove": SavedView.objects.get().pk})
    assert not SavedView.objects.exists()


def test_a_provisional_deadline_is_counted_anew(people: Callable[[str], Any], account: Any) -> None:
    row = make.record(CASE, by=people("inspector"))
    go(row, "submit", head_of(row, account))
    open_ = Deadline.objects.get(record=row, closed_on=None)
    due = calendar().after(open_.entered_on, 10)
    assert (open_.due, open_.provisional) == (due.day, due.provisional)
    if not due.provisional:
        Deadline.objects.update(provisional=True)
    year = open_.entered_on.year
    free = [open_.entered_on + timedelta(days=n) for n in range(1, 15)]
    days = [one for one in free if one.weekday() < 5 and one.year == year][:3]
    more = [
        d for d in (months_after(date(year, 1, 1), n) for n in range(12)) if d.weekday() < 5 and d not in days
    ]
    Day.objects.bulk_create(Day(day=one, works=False) for one in [*days, *more])
    assert deadlines.recompute() == 1
    again = Deadline.objects.get(record=row, closed_on=None)
    assert (again.due, again.provisional) == (calendar().after(again.entered_on, 10).day, again.provisional)
    assert again.due > due.day
    assert again.entered_on == open_.entered_on


def test_a_move_fills_only_what_it_needs(people: Callable[[str], Any], account: Any) -> None:
    row = make.record(CASE, by=people("inspector"), plan="")
    raw = {"plan": "已改", "problem": "改写问题", "due_on": "2030-01-01", "facility": "elsewhere"}
    row = go(row, "submit", head_of(row, account), raw=raw)
    assert row.document["plan"] == "已改"
    assert (row.document["problem"], row.document["due_on"]) == ("没有操作记录", "2024-06-20")


def test_a_grant_that_is_over_moves_nothing(people: Callable[[str], Any], account: Any) -> None:
    row = make.record(CASE, by=people("inspector"))
    head = head_of(row, account)
    day = timezone.localdate() - timedelta(days=1)
    Grant.objects.filter(user=head).update(valid_from=day, valid_to=day)
    with pytest.raises(NotAllowed):
        go(row, "submit", type(head).objects.get(pk=head.pk))
    assert saving.locked(row).state == "open"
    assert Event.objects.filter(record=row, kind="move").count() == 0
