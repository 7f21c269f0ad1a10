"""Surveys: who may hand them out, what a link takes, what is shown and what never is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import forms_factories as make
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from xinglin.apps.forms.actions import surveying
from xinglin.apps.forms.actions.surveying import BadAnswer
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Answer, Link, Record
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.records.questionnaire import sample_size, share

COUNTY, SURVEY = "441882", "trial_survey"
GOOD = {"used": "yes", "where": ["village"], "effect": "5"}
BAD = {**GOOD, "effect": "1"}
NEVER = {"used": "no"}
TODAY = timezone.localdate()


@pytest.fixture
def officer(account: Callable[..., Any]) -> Any:
    return account("county_officer", COUNTY)


@pytest.fixture
def row(officer: Any) -> Record:
    return make.record(SURVEY, by=officer, place=COUNTY)


@pytest.fixture
def links(row: Record, officer: Any) -> list[Link]:
    later = TODAY + timedelta(days=30)
    return surveying.open_round(row, definition(SURVEY), opens=TODAY, closes=later, by=officer)


def send(link: Link, raw: dict[str, Any] = GOOD, page: str = "") -> Answer:
    return surveying.answer(link, definition(SURVEY), raw, page=page or uuid4().hex)


def test_a_link_for_each_township(links: list[Link]) -> None:
    places = [link.place for link in links]
    assert len(places) == len(set(places)) > 5
    assert all(len(place) == 9 and place.startswith(COUNTY) for place in places)
    assert {link.wanted for link in links} == {sample_size(definition(SURVEY).survey.plan)}
    assert len({link.token for link in links}) == len(links)
    assert all(len(link.token) >= 20 for link in links)


def test_small_parts_need_fewer(row: Record, officer: Any) -> None:
    later = TODAY + timedelta(days=1)
    made = surveying.open_round(
        row, definition(SURVEY), opens=TODAY, closes=later, by=officer, population={"441882101": 40}
    )
    wanted = {link.place: link.wanted for link in made}
    assert wanted["441882101"] < wanted["441882102"]


@pytest.mark.parametrize(
    ("opens", "closes", "why"),
    [(1, 0, "早于"), (-9, -5, "早于")],
)
def test_days_must_make_sense(opens: int, closes: int, why: str, row: Record, officer: Any) -> None:
    with pytest.raises(NotAllowed, match=why):
        surveying.open_round(
            row,
            definition(SURVEY),
            opens=TODAY + timedelta(days=opens),
            closes=TODAY + timedelta(days=closes),
            by=officer,
        )
    assert not Link.objects.exists()


def test_who_may_hand_out(row: Record, links: list[Link], account: Callable[..., Any], officer: Any) -> None:
    later = TODAY + timedelta(days=3)
    for by in (account("inspector", COUNTY), account("county_officer", "441881")):
        with pytest.raises(NotAllowed, match="不能发放"):
            surveying.open_round(row, definition(SURVEY), opens=TODAY, closes=later, by=by)
        with pytest.raises(NotAllowed):
            surveying.extend(row, definition(SURVEY), closes=later, by=by)
    with pytest.raises(NotAllowed, match="已经发放"):
        surveying.open_round(row, definition(SURVEY), opens=TODAY, closes=later, by=officer)
    surveying.extend(row, definition(SURVEY), closes=later, by=officer)
    assert set(Link.objects.values_list("closes", flat=True)) == {later}
    with pytest.raises(NotAllowed):
        surveying.extend(row, definition(SURVEY), closes=TODAY - timedelta(days=1), by=officer)


def test_sent_twice_counts_once(links: list[Link]) -> None:
    assert send(links[0], page="one") == send(links[0], BAD, page="one")
    assert Answer.objects.get().reached is True


def test_a_link_takes_no_more_than_its_limit(links: list[Link]) -> None:
    Link.objects.filter(pk=links[0].pk).update(limit=2)
    for _ in range(2):
        send(links[0])
    with pytest.raises(NotAllowed, match="收满"):
        send(links[0])
    assert send(links[1])
    assert Answer.objects.count() == 3


@pytest.mark.parametrize(("opens", "closes"), [(1, 2), (-3, -1)])
def test_only_while_it_is_open(opens: int, closes: int, links: list[Link]) -> None:
    Link.objects.update(opens=TODAY + timedelta(days=opens), closes=TODAY + timedelta(days=closes))
    link = Link.objects.select_related("round").get(pk=links[0].pk)
    with pytest.raises(NotAllowed, match="不收答案"):
        send(link)
    page = Client().get(reverse("forms:answer", args=[link.pk]))
    assert page.status_code == 200
    assert "<button" not in page.content.decode()


def test_a_round_taken_out_takes_nothing(links: list[Link], row: Record) -> None:
    Record.objects.filter(pk=row.pk).update(removed_at=timezone.now())
    with pytest.raises(NotAllowed):
        send(Link.objects.select_related("round").get(pk=links[0].pk))


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        ({}, {"used"}),
        ({"used": "maybe"}, {"used"}),
        ({"used": "yes"}, {"where", "effect"}),
        ({**GOOD, "effect": "6"}, {"effect"}),
        ({**GOOD, "effect": "٣"}, {"effect"}),
        ({**GOOD, "where": ["village", "mars"]}, {"where"}),
    ],
)
def test_answers_that_cannot_be(raw: dict[str, Any], wrong: set[str], links: list[Link]) -> None:
    with pytest.raises(BadAnswer) as caught:
        send(links[0], raw)
    assert set(caught.value.faults) == wrong
    assert not Answer.objects.exists()


def test_an_answer_to_what_is_not_asked_is_dropped(links: list[Link]) -> None:
    made = send(links[0], {**NEVER, "effect": "5", "where": ["village"]})
    assert made.choices == {"used": "no"}
    assert (made.score, made.reached) == (None, None)


def test_words_are_encrypted(links: list[Link]) -> None:
    send(links[0], {**GOOD, "words": "张医生态度好"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT words, choices FROM forms_answer")
        assert "张医生" not in str(cursor.fetchall())


def test_results_with_interval_and_small_parts_hidden(row: Record, links: list[Link]) -> None:
    survey = definition(SURVEY).survey
    for number in range(20):
        send(links[0], GOOD if number % 4 else BAD)
    for _ in range(15):
        send(links[1])
    for _ in range(4):
        send(links[2], BAD)
    for _ in range(6):
        send(links[0], NEVER)
    whole, parts = surveying.results(row, survey)
    assert whole == share(30, 39, 10)
    assert whole.value == Decimal("76.92")
    assert whole.low < whole.value < whole.high
    by_place = {part.place: part for part in parts}
    assert by_place[links[0].place].shown == share(15, 20, 10)
    assert by_place[links[0].place].n == 26
    assert by_place[links[2].place].shown.is_suppressed
    assert by_place[links[1].place].shown.is_suppressed, "否则用合计减去其余，就知道只有 4 份的那个乡镇"
    assert by_place[links[3].place].shown.is_suppressed


def test_too_few_show_nothing(row: Record, links: list[Link], signed_in: Callable[..., Client]) -> None:
    for _ in range(9):
        send(links[0], {**GOOD, "words": "独特的话"})
    survey = definition(SURVEY).survey
    assert surveying.results(row, survey)[0].is_suppressed
    assert surveying.table(row, survey) == {}
    client = signed_in("county_officer", COUNTY, username="reader")
    text = client.get(reverse("forms:round", args=[row.pk])).content.decode()
    assert "独特的话" not in text
    send(links[0], {**GOOD, "words": "独特的话"})
    assert not surveying.results(row, survey)[0].is_suppressed
    assert surveying.table(row, survey)["used"] == {"yes": 10, "no": 0}
    assert "独特的话" in client.get(reverse("forms:round", args=[row.pk])).content.decode()


def test_nothing_of_who_answered_is_kept(links: list[Link], client: Client) -> None:
    from xinglin.apps.audit.models import Entry

    before = Entry.objects.count()
    answer = client.post(
        reverse("forms:answer", args=[links[0].pk]), {**GOOD, "page": "p"}, REMOTE_ADDR="203.0.113.9"
    )
    assert answer.status_code == 200
    assert Entry.objects.count() == before
    kept = {field.attname for field in Answer._meta.concrete_fields}
    assert not kept & {"address", "user_id", "by", "at", "created_at"}
    assert not client.cookies.get("sessionid")
    assert isinstance(Answer.objects.get().date, date)


def test_a_code_leads_to_the_questionnaire(links: list[Link], signed_in: Callable[..., Client]) -> None:
    reader = signed_in("inspector", COUNTY)
    picture = reader.get(reverse("forms:code", args=[links[0].pk]))
    assert picture["Content-Type"] == "image/svg+xml"
    outside = signed_in("county_officer", "441881")
    assert outside.get(reverse("forms:code", args=[links[0].pk])).status_code == 404
    assert Client().get(reverse("forms:answer", args=["nonsense"])).status_code == 404
