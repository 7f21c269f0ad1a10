"""The API: tokens, keys, rates, states, masking; what each answer says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import forms_factories as forms
import organisations_factories as make
import pytest
from api_factories import FACTOR, Api, api, token
from django.test import Client
from django.utils import timezone
from insight_factories import insight_site, published  # noqa: F401

from conftest import CHILD, COUNTY, PASSWORD, SIBLING
from xinglin.apps.accounts import factor
from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.api import bearing, once, throttle
from xinglin.apps.api.models import ApiToken, KeptAnswer
from xinglin.apps.api.problems import Problem
from xinglin.apps.audit.models import Entry
from xinglin.apps.forms.models import Record
from xinglin.apps.organisations.models import Facility

NEW = {
    "name": "样例卫生院（演示）",
    "place": CHILD,
    "kind": "township_hospital",
    "sponsor_level": "township",
    "ownership": "public",
    "valid_from": "2020-01-01",
}


@pytest.fixture
def officer(account: Callable[..., User]) -> User:
    return account("county_officer", COUNTY)


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem of a refusal, which is whole and in Chinese."""
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert set(found) == {"type", "title", "status", "detail", "instance", "errors"}
    assert found["status"] == status
    assert any("\u4e00" <= sign <= "\u9fff" for sign in found["detail"])
    assert found["instance"].rpartition(":")[2] == answer["X-Request-Id"]
    return found


def actions_of(user: User) -> list[str]:
    return list(Entry.objects.filter(actor=user.pk).order_by("pk").values_list("action", flat=True))


# Tokens


def test_who_asks_is_known_by_the_token_alone(officer: User, signed_in: Callable[..., Client]) -> None:
    asked = api(officer)
    me = asked.get("me").json()
    assert (me["username"], me["grants"]) == (
        officer.username,
        [{"role": "county_officer", "place": COUNTY, "facility": ""}],
    )
    session = signed_in("regional_officer", "44")
    answer = session.get("/api/v1/me")
    assert "Bearer" in problem(answer, 401)["detail"]
    assert answer["WWW-Authenticate"].startswith("Bearer")
    answer = Api(asked.text, session).get("me")
    assert answer.json()["username"] == officer.username, "the session must not count"
    assert not answer.cookies


@pytest.mark.parametrize("text", ["", "xl_", "xl_a_b", "xl_a_b\0", "nothing", "xl_ä_ö"])
def test_wrong_tokens(text: str, officer: User) -> None:
    problem(Api(text.encode("utf-8").decode("latin-1")).get("me"), 401)


def test_secret_is_stored_nowhere_and_compared_whole(officer: User) -> None:
    row, text = token(officer)
    secret = text.split("_", 2)[2]
    assert len(row.secret) == 64
    assert secret not in str(ApiToken.objects.values().get())
    problem(Api(text[:-1]).get("me"), 401)
    problem(Api(f"{text}a").get("me"), 401)
    problem(Api(text.upper()).get("me"), 401)


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("token", {"revoked_at": timezone.now()}),
        ("token", {"expires_on": timezone.localdate() - timedelta(days=1)}),
        ("owner", {"is_active": False}),
        ("owner", {"must_change_password": True}),
        ("owner", {"totp_secret": ""}),
        ("owner", {"demo": True}),
    ],
)
def test_token_ends_with_what_it_rests_on(what: str, values: dict[str, Any], officer: User) -> None:
    row, text = token(officer)
    assert Api(text).get("me").status_code == 200
    chosen: Any = (
        ApiToken.objects.filter(pk=row.pk) if what == "token" else User.objects.filter(pk=officer.pk)
    )
    for name, value in values.items():
        found = chosen.get()
        setattr(found, name, value)
        found.save()
    problem(Api(text).get("me"), 401)


def test_token_shrinks_with_its_owner(officer: User) -> None:
    mine, other = make.facility(CHILD), make.facility(f"{SIBLING}101")
    grant = Grant.objects.create(user=officer, role="regional_officer", place=SIBLING)
    asked = api(officer, ["facility.view", "facility.edit"])
    for row in (mine, other):
        assert asked.get(f"facilities/{row.pk}").status_code == 200
    grant.ended_at = timezone.now()
    grant.save()
    assert asked.get(f"facilities/{mine.pk}").status_code == 200
    problem(asked.get(f"facilities/{other.pk}"), 404)
    Grant.objects.filter(user=officer).update(role="liaison")
    assert asked.get(f"facilities/{mine.pk}").status_code == 200
    problem(asked.post("facilities", NEW), 403)
    assert asked.get("me").json()["permissions"] == ["facility.view"]
    assert Entry.objects.filter(action="access.refused", object_id="facility.edit").exists()


def test_token_reaches_no_further_than_it_says(officer: User) -> None:
    own, beside = make.facility(CHILD), make.facility(f"{COUNTY}102")
    asked = api(officer, ["facility.view"], places=[CHILD])
    assert [one["facility"] for one in asked.get("facilities").json()["items"]] == [own.pk]
    problem(asked.get(f"facilities/{beside.pk}"), 404)
    problem(asked.get("practitioners"), 403)
    problem(asked.post("facilities", NEW), 403)
    single = api(officer, ["facility.view"], facilities=[beside.pk])
    assert [one["facility"] for one in single.get("facilities").json()["items"]] == [beside.pk]
    outside = api(officer, ["facility.view"], places=[SIBLING])
    problem(outside.get("facilities"), 403)


@pytest.mark.parametrize(
    ("grant", "area", "left"),
    [
        (("0", ""), (["44"], []), [("44", "")]),
        (("44", ""), ([COUNTY], []), [(COUNTY, "")]),
        ((COUNTY, ""), (["44"], []), [(COUNTY, "")]),
        ((COUNTY, ""), ([SIBLING], []), []),
        ((COUNTY, ""), (["0"], []), [(COUNTY, "")]),
        ((COUNTY, ""), ([], ["here"]), [("", "here")]),
        ((SIBLING, ""), ([], ["here"]), []),
        (("", "here"), ([COUNTY], []), [("", "here")]),
        (("", "here"), ([SIBLING], []), []),
        (("", "here"), ([], ["there"]), []),
    ],
)
def test_area_of_a_token_cuts_grants(grant: Any, area: Any, left: Any) -> None:
    make.facility(CHILD, facility="here")
    make.facility(f"{SIBLING}101", facility="there")
    held = Grant(role="county_officer", place=grant[0], facility=grant[1])
    found = bearing.within([held], *area)
    assert [(one.place, one.facility) for one in found] == left


# What an answer says


def test_create_read_change_close(officer: User) -> None:
    asked = api(officer)
    made = asked.post("facilities", NEW)
    assert made.status_code == 201, made.content.decode()
    pk, tag = made.json()["facility"], made["ETag"]
    assert made.json()["place_name"].endswith("星子镇")
    assert asked.get(f"facilities/{pk}")["ETag"] == tag
    problem(asked.patch(f"facilities/{pk}", {"beds": 20}), 428)
    done = asked.patch(f"facilities/{pk}", {"beds": 20}, match=tag)
    assert (done.json()["beds"], done.json()["name"]) == (20, NEW["name"])
    assert done["ETag"] != tag
    problem(asked.patch(f"facilities/{pk}", {"beds": 30}, match=tag), 412)
    assert asked.patch(f"facilities/{pk}", {"beds": None}, match="*").json()["beds"] is None
    hall = asked.post(f"facilities/{pk}/parts/tcm_hall", {"valid_from": "2021-01-01"})
    assert hall.status_code == 201, hall.content.decode()
    row = hall.json()["id"]
    other = asked.patch(f"facilities/{pk}/parts/tcm_hall/{row}", {"standardised": True}, match=hall["ETag"])
    assert other.json()["values"]["standardised"] is True
    assert asked.post(f"facilities/{pk}/close", {"day": "2024-01-01"}).json()["valid_to"] == "2024-01-01"
    changes = asked.get(f"facilities/{pk}/changes").json()["items"]
    assert changes[0]["words"] == "停止"
    assert asked.post(f"changes/{changes[0]['number']}/undo").status_code == 200
    assert Facility.objects.get(pk=pk).valid_to is None
    assert actions_of(officer).count("api_token.use") == 7


def test_mistakes_are_told_by_their_place(officer: User) -> None:
    asked = api(officer)
    found = problem(asked.post("facilities", {**NEW, "place": f"{SIBLING}101", "kind": "moon"}), 422)
    assert {one["path"] for one in found["errors"]} == {"body.kind"}
    found = problem(asked.post("facilities", {**NEW, "beds": "many", "color": "red"}), 422)
    assert {one["path"] for one in found["errors"]} == {"body.beds", "body.color"}
    problem(asked.post("facilities", {**NEW, "place": f"{SIBLING}101"}), 403)
    problem(asked.get("facilities", {"size": 201}), 422)
    problem(asked.get("facilities", {"place": "999"}), 422)
    problem(asked.get("facilities/none"), 404)
    problem(asked.post("me"), 405)
    assert not Facility.objects.exists()
    assert not KeptAnswer.objects.exists(), "what was refused leaves nothing"
    assert "api_token.use" not in actions_of(officer)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"beds": NaN}', "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b'{"name": "a\\u0000b"}', "application/json", 400),
        (b'{"beds": 1e999999999}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        ("名称".encode("gb18030"), "application/json", 400),
        (b"[]", "application/json", 422),
        (b"name=x", "application/x-www-form-urlencoded", 415),
        (b" " * (1024 * 1024 + 1), "application/json", 413),
    ],
)
def test_bodies_that_nobody_can_read(body: bytes, kind: str, status: int, officer: User) -> None:
    _, text = token(officer)
    headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": "a-new-key"}
    answer = Client().post("/api/v1/facilities", body, content_type=kind, headers=headers)
    problem(answer, status)


def test_pages_of_a_list(officer: User) -> None:
    rows = [make.facility(CHILD) for _ in range(5)]
    asked = api(officer)
    seen: list[str] = []
    address: str | None = "facilities?size=2&sort=-valid_from"
    while address:
        found = asked.get(address).json()
        assert (found["total"], found["size"]) == (5, 2)
        seen += [one["facility"] for one in found["items"]]
        address = found["next"]
    assert sorted(seen) == sorted(row.pk for row in rows)
    assert asked.get("facilities", {"page": 9}).json()["items"] == []


# People


def test_names_are_masked_as_on_pages(officer: User, account: Callable[..., User]) -> None:
    person = make.practitioner(make.facility(CHILD))
    whole = api(officer)
    found = whole.get(f"practitioners/{person.pk}").json()
    assert (found["name"], found["masked"]) == (person.name, False)
    assert whole.post("practitioners/search", {"q": person.name}).json()["total"] == 1
    assert whole.post("practitioners/search", {"q": "没有这个人"}).json()["items"] == []
    assert actions_of(officer).count("practitioner.read") == 2
    masked = api(officer, ["practitioner.view"])
    inspector = api(account("inspector", COUNTY))
    for asked in (masked, inspector):
        found = asked.get(f"practitioners/{person.pk}")
        assert found.json()["masked"]
        listed = asked.get("practitioners")
        for secret in (person.name, person.id_number, person.phone):
            assert secret not in found.content.decode() + listed.content.decode()
        problem(asked.post("practitioners/search", {"q": person.name}), 422)
    assert actions_of(officer).count("practitioner.read") == 2
    tag = masked.get(f"practitioners/{person.pk}")["ETag"]
    writer = api(officer, ["practitioner.view", "practitioner.edit"])
    problem(writer.patch(f"practitioners/{person.pk}", {"name": "李四"}, match=tag), 422)
    assert writer.patch(f"practitioners/{person.pk}", {"gp": True}, match=tag).json()["gp"] is True
    person.refresh_from_db()
    assert person.name == "张三丰"


def test_people_and_posts(officer: User) -> None:
    first, second = make.facility(CHILD), make.facility(CHILD)
    asked = api(officer)
    new = {
        "name": "欧阳演示",
        "id_kind": "id_card",
        "id_number": make.id_number(),
        "licence": "physician",
        "category": "tcm",
        "facility": first.pk,
        "main": True,
        "valid_from": "2020-01-01",
    }
    made = asked.post("practitioners", new)
    assert made.status_code == 201, made.content.decode()
    pk = made.json()["practitioner"]
    moved = asked.post(f"practitioners/{pk}/transfer", {"facility": second.pk, "day": "2022-01-01"})
    posts = {one["facility"]: one["valid_to"] for one in moved.json()["posts"]}
    assert posts == {first.pk: "2021-12-31", second.pk: None}
    post = next(one["id"] for one in moved.json()["posts"] if one["valid_to"] is None)
    assert asked.post(f"practitioners/{pk}/posts/{post}/close", {"day": "2023-01-01"}).status_code == 200
    stored = KeptAnswer.objects.filter(status=201).values_list("pk", flat=True)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM api_keptanswer WHERE id = %s", [stored[0]])
        assert "欧阳" not in cursor.fetchone()[0], "kept answers are encrypted"


def test_consortia(officer: User) -> None:
    lead, member = make.facility(COUNTY), make.facility(CHILD)
    asked = api(officer)
    body = {"name": "样例医共体（演示）", "place": COUNTY, "lead": lead.pk, "valid_from": "2020-01-01"}
    made = asked.post("consortia", body)
    assert made.status_code == 201, made.content.decode()
    pk = made.json()["consortium"]
    line = asked.post(f"consortia/{pk}/membership", {"facility": member.pk, "valid_from": "2021-01-01"})
    served = asked.post(f"consortia/{pk}/catchment", {"place": CHILD, "valid_from": "2021-01-01"})
    assert (line.status_code, served.status_code) == (201, 201)
    row = line.json()["values"]["id"]
    done = asked.patch(f"consortia/{pk}/membership/{row}", {"shared_management": True}, match=line["ETag"])
    assert done.json()["values"]["shared_management"] is True
    whole = asked.get(f"consortia/{pk}").json()
    assert [one["facility"] for one in whole["members"]] == [member.pk]
    assert asked.post(f"consortia/{pk}/close", {"day": "2024-01-01"}).json()["valid_to"] == "2024-01-01"


# Records


def test_records(officer: User) -> None:
    owner = make.facility(CHILD)
    asked = api(officer)
    schema = asked.get("definitions/open_case/schema").json()
    values = {"facility": owner.pk, "date": "2024-05-20", "name": "来电（演示）", "caller": "司马青囊"}
    assert set(schema["required"]) <= set(values) <= set(schema["properties"])
    made = asked.post("definitions/open_case/records", {"values": values})
    assert made.status_code == 201, made.content.decode()
    pk = made.json()["id"]
    assert made["Location"] == f"/api/v1/records/{pk}"
    assert made.json()["values"]["caller"] == "司马青囊"
    listed = asked.get("definitions/open_case/records", {"where": "level=county"})
    assert listed.json()["total"] == 0
    listed = asked.get("definitions/open_case/records", {"place": COUNTY, "first": "2024-01-01"})
    assert [one["id"] for one in listed.json()["items"]] == [pk]
    assert "司马青囊" not in listed.content.decode()
    problem(asked.get("definitions/open_case/records", {"where": "moon=1"}), 422)
    changed = asked.patch(f"records/{pk}", {"values": {"level": "county"}}, match='"1"')
    assert (changed.json()["values"]["level"], changed["ETag"]) == ("county", '"2"')
    problem(asked.patch(f"records/{pk}", {"values": {"level": "county"}}, match='"1"'), 412)
    found = problem(asked.patch(f"records/{pk}", {"values": {"level": "moon", "x": 1}}, match='"2"'), 422)
    assert {one["path"] for one in found["errors"]} == {"body.values.level", "body.values.x"}
    assert changed.json()["moves"] == ["go"]
    assert asked.move(pk, "go", '"2"').json()["state"] == "closed"
    problem(asked.move(pk, "go", '"3"'), 409)
    problem(asked.move(pk, "nowhere", '"3"'), 404)
    history = asked.get(f"records/{pk}/history").json()
    assert [one["words"].split(" →")[0] for one in history] == ["办结", "修改", "填报"]
    assert asked.get("completeness").status_code == 200
    owing = asked.get("completeness/open_case", {"period": "2999-01"})
    problem(owing, 422)
    assert asked.get("completeness/open_case").json()["total"] == 1


def test_a_value_is_sent_back_and_put_right(officer: User, account: Callable[..., User]) -> None:
    owner = make.facility(CHILD)
    head = account("facility_head", facility=owner.pk)
    row = forms.record("open_case", by=head, facility=owner.pk)
    asked, keeper = api(officer), api(head)
    due = (timezone.localdate() + timedelta(days=5)).isoformat()
    body = {"field": "name", "reason": "名称不全", "due": due}
    assert asked.post(f"records/{row.pk}/returns", body).status_code == 201
    problem(asked.post(f"records/{row.pk}/returns", body), 409)
    problem(keeper.post(f"records/{row.pk}/returns", body), 403)
    assert keeper.get("deadlines").json()["total"] == 1
    assert keeper.patch(f"records/{row.pk}", {"values": {"name": "全名"}}, match="*").status_code == 200
    assert asked.get(f"records/{row.pk}/returns").json()[0]["settled_at"]
    removed = keeper.post(f"records/{row.pk}/remove", {"reason": "误填"})
    assert removed.json()["removed"]
    assert not keeper.post(f"records/{row.pk}/restore").json()["removed"]


def test_a_token_that_only_reads_sees_no_personal_fields(officer: User) -> None:
    row = forms.record("open_case", facility=make.facility(CHILD).pk, caller="司马青囊")
    reader = api(officer, ["record.view"])
    found = reader.get(f"records/{row.pk}")
    assert found.json()["hidden"] == ["caller"]
    text = found.content.decode() + reader.get(f"records/{row.pk}/history").content.decode()
    assert "司马" not in text
    assert "record.read" not in actions_of(officer)
    assert api(officer).get(f"records/{row.pk}").json()["values"]["caller"] == "司马青囊"
    assert "record.read" in actions_of(officer)


def test_recount_is_asked_and_cancelled(officer: User) -> None:
    asked = api(officer)
    problem(asked.post("recounts", {"place": SIBLING, "on": "2024-01-01"}), 422)
    job = asked.post("recounts", {"place": COUNTY, "on": "2024-01-01"})
    assert (job.status_code, job.json()["state"]) == (202, "waiting")
    path = f"jobs/{job.json()['id']}"
    assert asked.get(path).json()["kind"] == "facts.recount"
    assert asked.post(f"{path}/cancel").json()["state"] == "cancelled"
    problem(asked.post(f"{path}/cancel"), 409)


def test_numbers_open_down_to_rows(
    officer: User,
    insight_site: Any,  # noqa: F811
    account: Callable[..., User],
) -> None:
    asked = api(officer)
    standing = asked.get(f"areas/{COUNTY}/standing")
    assert standing.status_code == 200, standing.content.decode()
    found = standing.json()
    assert found["published"] == {
        "vintage": insight_site.december.pk,
        "place": COUNTY,
        "on": "2020-12-31",
        "published_at": found["published"]["published_at"],
        "demonstration": True,
    }
    assert sum(found["counts"][one] for one in ("met", "not_met", "warn", "not_judged")) == len(
        found["results"]
    )
    key = next(one["measure_key"] for one in found["results"] if one["state"] == "number")
    number = asked.get(f"measures/{key}/areas/{COUNTY}").json()
    units = asked.get(f"measures/{key}/areas/{COUNTY}/units", {"size": 200}).json()
    assert units["numerator"] == number["number"]["numerator"]
    assert units["total"] >= len(units["items"]) > 0
    rows = asked.get(f"measures/{key}/units/{units['items'][0]['unit']}")
    assert rows.json()["numerator"] == units["items"][0]["numerator"]
    assert len(asked.get(f"measures/{key}/areas/{COUNTY}/history").json()) == 2
    june = asked.get(f"areas/{COUNTY}/standing", {"vintage": insight_site.june.pk}).json()
    assert june["published"]["on"] == "2020-06-30"
    assert asked.get(f"vintages/{insight_site.december.pk}/receipt").status_code == 200
    assert "results" in asked.get(f"vintages/{insight_site.december.pk}/results").json()
    assert asked.get("measures").json()["total"] > 10
    problem(asked.get(f"areas/{SIBLING}/standing"), 404)
    problem(asked.get(f"measures/moon.1/areas/{COUNTY}"), 404)
    problem(api(account("county_officer", SIBLING)).get(f"areas/{COUNTY}/standing"), 404)


# Keys and rates


def test_same_key_has_one_effect(officer: User) -> None:
    asked = api(officer)
    first = asked.post("facilities", NEW, key="the-same-key")
    again = asked.post("facilities", NEW, key="the-same-key")
    assert (again.status_code, again.content) == (201, first.content)
    assert again["ETag"] == first["ETag"]
    assert again["Idempotent-Replayed"] == "true"
    assert Facility.objects.count() == 1
    problem(asked.post("facilities", {**NEW, "name": "另一家"}, key="the-same-key"), 409)
    problem(asked.post("practitioners", NEW, key="the-same-key"), 409)
    assert api(officer).post("facilities", {**NEW, "name": "另一家"}, key="the-same-key").status_code == 201
    problem(asked.post("facilities", NEW, **{"Idempotency-Key": "short"}), 422)


def test_keys_are_kept_for_a_day(officer: User) -> None:
    asked = api(officer)
    asked.post("facilities", NEW, key="the-same-key")
    KeptAnswer.objects.update(at=timezone.now() - once.KEPT_FOR - timedelta(minutes=1))
    assert asked.post("facilities", {**NEW, "name": "另一家"}, key="the-same-key").status_code == 201
    assert (Facility.objects.count(), KeptAnswer.objects.count()) == (2, 1)


def test_what_was_refused_may_be_tried_again_with_its_key(officer: User) -> None:
    asked = api(officer)
    problem(asked.post("facilities", {**NEW, "kind": "moon"}, key="the-same-key"), 422)
    assert asked.post("facilities", NEW, key="the-same-key").status_code == 201


def test_requests_in_a_minute(officer: User, settings: Any) -> None:
    settings.XINGLIN_API_RATE = 3
    row, text = token(officer)
    left = [throttle.spend(row, at) for at in (600, 601, 659) if row.refresh_from_db() is None]
    assert left == [2, 1, 0]
    with pytest.raises(Problem) as caught:
        throttle.spend(row, 630)
    assert (caught.value.status, caught.value.headers["Retry-After"]) == (429, "30")
    row.refresh_from_db()
    assert throttle.spend(row, 660) == 2
    asked = Api(text)
    answers = [asked.get("me") for _ in range(5)]
    assert {one.status_code for one in answers[:3]} == {200}
    late = [one for one in answers if one.status_code == 429]
    assert late, "five at once within at most two minutes of three each"
    problem(late[0], 429)
    assert 0 < int(late[0]["Retry-After"]) <= 60


# Pages


def test_a_token_is_made_once_shown_used_and_revoked(signed_in: Callable[..., Client]) -> None:
    client: Any = signed_in("county_officer", COUNTY)
    client.user.totp_secret = FACTOR
    client.user.save()
    page = client.get("/me/tokens/new").content.decode()
    assert "动态口令" in page
    assert "user.manage" not in page
    sent = {"label": "HIS（演示）", "permissions": ["facility.view"], "days": "90", "place": CHILD}
    wrong = client.post("/me/tokens/new", {**sent, "answer": "000000"})
    assert not ApiToken.objects.exists()
    assert "口令不对" in wrong.content.decode()
    code = factor.current_code(FACTOR)
    made = client.post("/me/tokens/new", {**sent, "answer": code})
    row = ApiToken.objects.get()
    text = next(part for part in made.content.decode().split("<") if f"xl_{row.pk}" in part).split(">")[1]
    assert (row.places, row.permissions) == ([CHILD], ["facility.view"])
    assert Api(text).get("facilities").status_code == 200
    assert text not in client.get("/me/tokens").content.decode()
    again = client.post("/me/tokens/new", {**sent, "answer": code})
    assert "用过" in again.content.decode()
    assert ApiToken.objects.count() == 1, "a code counts once"
    client.post(f"/me/tokens/{row.pk}/revoke")
    problem(Api(text).get("facilities"), 401)
    assert {"api_token.create", "api_token.revoke"} <= set(actions_of(client.user))


def test_who_has_no_second_factor_gives_the_password(signed_in: Callable[..., Client]) -> None:
    owner = make.facility(CHILD)
    client: Any = signed_in("facility_head", facility=owner.pk)
    sent = {"label": "HIS（演示）", "permissions": ["facility.view"], "days": "30"}
    client.post("/me/tokens/new", {**sent, "answer": "wrong"})
    assert not ApiToken.objects.exists()
    beyond = client.post("/me/tokens/new", {**sent, "permissions": ["facts.recount"], "answer": PASSWORD})
    assert beyond.status_code == 200
    assert not ApiToken.objects.exists()
    client.post("/me/tokens/new", {**sent, "answer": PASSWORD})
    assert ApiToken.objects.get().permissions == ["facility.view"]


def test_security_admin_sees_and_revokes(officer: User, signed_in: Callable[..., Client]) -> None:
    row, text = token(officer)
    client = signed_in("security_admin")
    page = client.get("/tokens").content.decode()
    assert row.pk in page
    assert officer.username in page
    client.post(f"/tokens/{row.pk}/revoke")
    problem(Api(text).get("me"), 401)
    assert ApiToken.objects.get().revoked_by == client.user.pk  # type: ignore[attr-defined]


def test_reference_tells_every_operation() -> None:
    from xinglin.apps.api.site import operations

    page = Client().get("/api/v1/").content.decode()
    assert [name for name in operations() if f'id="{name}"' not in page] == []
    assert Client().get("/api/v1/openapi.json").json()["openapi"] == "3.1.0"
    assert Record.objects.count() == 0
