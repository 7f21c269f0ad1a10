"""Every page of records opens and does what its button says."""

from __future__ import annotations

from collections.abc import Callable

import forms_factories as make
import organisations_factories as organisations
from django.test import Client
from django.urls import reverse

from xinglin.apps.forms.models import Answer, Draft, Link, Record

COUNTY = "441882"


def test_pages_open(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    base, case, hall, survey = (
        make.record(name) for name in ("trial_base", "trial_case", "open_assessment", "trial_survey")
    )
    for name in ("index", "due", "completeness", "sending"):
        assert client.get(reverse(f"forms:{name}")).status_code == 200, name
    for row in (base, case, hall, survey):
        assert client.get(reverse("forms:record", args=[row.pk])).status_code == 200, row.definition
    for row in (base, case):
        for name in ("edit", "remove"):
            assert client.get(reverse(f"forms:{name}", args=[row.pk])).status_code == 200, name
    for row in (base, case, hall, survey):
        assert client.get(reverse("forms:records", args=[row.definition])).status_code == 200
    assert client.get(reverse("forms:new", args=["trial_base"])).status_code == 200
    assert client.get(reverse("forms:owing", args=["trial_base"])).status_code == 200
    assert client.get(reverse("forms:report", args=["trial_base", "counties"])).status_code == 200
    assert client.get(reverse("forms:score", args=[hall.pk])).status_code == 200
    assert client.get(reverse("forms:round", args=[survey.pk])).status_code == 200


def test_a_record_is_filled_in_on_the_page(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    facility = organisations.facility()
    address = reverse("forms:new", args=["trial_base"])
    sent = {
        "facility": facility.pk,
        "name": "基地（演示）",
        "level": "county",
        "valid_from": "2024-03-01",
        "rooms": ["hall", "screen"],
    }
    answer = client.post(address, {**sent, "verified": "true"})
    assert answer.status_code == 200
    assert "核验日期没有填" in answer.content.decode()
    assert "基地（演示）" in answer.content.decode()
    answer = client.post(address, {**sent, "verified": "false"})
    row = Record.objects.get()
    assert answer["Location"] == reverse("forms:record", args=[row.pk])
    assert row.document["rooms"] == ["hall", "screen"]


def test_a_draft_comes_back(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    answer = client.post(reverse("forms:draft", args=["trial_base"]), {"name": "写了一半"})
    assert answer.json()["saved"]
    assert "写了一半" in client.get(reverse("forms:new", args=["trial_base"])).content.decode()
    assert Draft.objects.count() == 1


def test_a_survey_is_handed_out_and_answered(signed_in: Callable[..., Client]) -> None:
    client, row = signed_in("county_officer", COUNTY), make.record("trial_survey")
    answer = client.post(
        reverse("forms:round", args=[row.pk]), {"opens": "2024-01-01", "closes": "2099-01-01"}
    )
    assert answer.status_code == 302
    link = Link.objects.first()
    assert link is not None
    anybody = Client()
    address = reverse("forms:answer", args=[link.pk])
    assert anybody.get(address).status_code == 200
    assert anybody.post(address, {"page": "a"}).status_code == 422
    good = {
        "used": "yes",
        "where": ["centre"],
        "attitude": "5",
        "effect": "5",
        "cost": "5",
        "overall": "very",
        "page": "b",
    }
    for _ in range(2):
        assert "已收到" in anybody.post(address, good).content.decode()
    assert Answer.objects.get().reached is True
    assert "答卷太少" in client.get(reverse("forms:round", args=[row.pk])).content.decode()
