"""Residents, visits and prescriptions for other systems: read within the area and under audit; written through the
action that checks, never past it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import clinic_factories as clinic
import organisations_factories as make
import pytest
import residents_factories as people
from api_factories import Api, api
from clinic_factories import COLD, COUGH, Desk

from xinglin.apps.accounts.models import User
from xinglin.apps.api.site import operations
from xinglin.apps.audit.models import Entry
from xinglin.apps.clinic import checking
from xinglin.apps.clinic.models import Encounter, Prescription
from xinglin.apps.residents.models import Known, Resident
from xinglin.knowledge import safety

Account = Callable[..., User]


@pytest.fixture
def desk(account: Account) -> Desk:
    return clinic.desk(account)


@pytest.fixture
def asked(desk: Desk) -> Api:
    return api(desk.user)


def body(desk: Desk, resident: Resident, *herbs: str, **more: Any) -> dict[str, Any]:
    lines = [{"name": name, "grams": grams} for name, grams in (one.split() for one in herbs)]
    written = {"herbs": {"doses": 3, "lines": lines}} if lines else {}
    return {
        "resident": resident.pk,
        "facility": desk.facility.pk,
        "texts": {"complaint": "咳嗽 3 天"},
        "diagnoses": [{"disease": COUGH, "pattern": COLD}],
        **written,
        **more,
    }


def faults(answer: Any) -> list[str]:
    return [one["path"] for one in answer.json()["errors"]]


def test_residents_are_found_and_made(desk: Desk, asked: Api) -> None:
    row, other = people.resident(desk.facility, name="演示赵"), people.resident(name="演示赵")
    found = asked.post("residents/search", {"q": "演示赵"}).json()
    assert [one["id"] for one in found["items"]] == [row.pk]
    assert found["items"][0]["id_number"].count("*") == 12, "a list is shortened"
    assert asked.get("residents?q=x").status_code == 405
    one = asked.get(f"residents/{row.pk}").json()
    assert (one["id_number"], one["facilities"]) == (row.id_number, [desk.facility.pk])
    assert asked.get(f"residents/{other.pk}").status_code == 404
    read = Entry.objects.filter(action="resident.read").order_by("pk").values_list("object_id", "count")
    assert list(read) == [("", 1), (row.pk, 1)]
    new = {"name": "演示钱", "id_kind": "id_card", "id_number": people.card(), "place": make.TOWNSHIP}
    new |= {"facility": desk.facility.pk}
    first = asked.post("residents", new, key="one-and-the-same")
    again = asked.post("residents", new, key="one-and-the-same")
    assert (first.status_code, again.json()) == (201, first.json())
    assert Resident.objects.filter(pk=first.json()["id"], sex="female").count() == 1
    known = asked.post("residents", {**new, "name": other.name, "id_number": other.id_number}).json()
    assert known["id"] == other.pk, "who has a file elsewhere is let known here, never filed twice"
    assert Known.objects.filter(resident=other).count() == 2
    twin = {**new, "id_kind": "none", "id_number": "", "sex": "female", "birth_date": "1955-03-08"}
    assert asked.post("residents", twin).status_code == 422
    assert asked.post("residents", {**twin, "another": True}).status_code == 201


def test_a_visit_is_written_once_and_read(desk: Desk, asked: Api, account: Account) -> None:
    resident = people.resident(desk.facility)
    sent = body(desk, resident, "麻黄 6", "桂枝 6", vitals={"temperature": 36.8}, follow_days=7)
    sent |= {"techniques": [{"technique": "A01", "site": "合谷", "sessions": 2}]}
    first = asked.post("encounters", sent, key="a-key-of-this-visit")
    assert first.status_code == 201, first.content.decode()
    made = first.json()
    assert asked.post("encounters", sent, key="a-key-of-this-visit").json() == made
    row = Encounter.objects.get()
    assert (row.pk, row.state, row.practitioner, row.by_tcm) == (
        made["id"],
        "signed",
        desk.person,
        made["by_tcm"],
    )
    (slip,) = made["prescriptions"]
    assert [(one["herb"], one["grams"]) for one in slip["lines"]] == [("麻黄", "6.00"), ("桂枝", "6.00")]
    assert (made["record"]["vitals"], row.follow_up.encounter_id) == ({"temperature": "36.8"}, row.pk)
    listed = asked.get(f"encounters?facility={desk.facility.pk}&first=2000-01-01").json()
    assert [one["id"] for one in listed["items"]] == [row.pk]
    assert "record" not in listed["items"][0]
    assert asked.get(f"encounters?resident={resident.pk}&last=2000-01-01").json()["total"] == 0
    assert asked.get(f"encounters/{row.pk}").json()["record"] == made["record"]
    pharmacist = api(account("pharmacist", facility=desk.facility.pk))
    assert pharmacist.get(f"prescriptions/{slip['id']}").json() == slip
    assert [one["id"] for one in pharmacist.get("prescriptions").json()["items"]] == [slip["id"]]
    assert pharmacist.get("encounters").status_code == 403
    narrow = api(desk.user, ["prescription.view"])
    assert narrow.get(f"encounters/{row.pk}").status_code == 403
    waiting = clinic.visit(desk)
    assert asked.get(f"encounters/{waiting.pk}").status_code == 404, "what is not signed is nobody's yet"
    deeds = list(Entry.objects.filter(kind="encounter").order_by("pk").values_list("action", flat=True))
    assert deeds[:3] == ["encounter.create", "encounter.sign", "encounter.read"]
    assert Entry.objects.filter(action="prescription.read", object_id=slip["id"]).count() == 1


def test_what_the_check_finds_is_told_and_nothing_is_written(desk: Desk, asked: Api) -> None:
    """A stop, and what the prescriber would have to sign again: 422 with the findings, by line."""
    resident = people.resident(desk.facility)
    stop = asked.post("encounters", body(desk, resident, "桂枝 6", "朱砂 9"))
    assert stop.status_code == 422
    assert "body.herbs.lines.1" in faults(stop)
    sign = asked.post("encounters", body(desk, resident, "制川乌 3", "法半夏 9"))
    told = sign.json()
    assert sign.status_code == 422
    assert "接口不能代签" in told["detail"]
    assert any("十八反" in one["detail"] and one["path"].startswith("body.herbs") for one in told["errors"])
    wrong = asked.post(
        "encounters",
        body(
            desk, resident, "桂枝 6.001", texts={"complaint": "", "nonsense": "x"}, vitals={"temperature": 99}
        ),
    )
    assert faults(wrong) == ["body.texts"]
    wrong = asked.post("encounters", body(desk, resident, "桂枝 6.001", vitals={"temperature": 99}))
    assert set(faults(wrong)) == {"body.herbs.lines.0.grams", "body.vitals.temperature"}
    outside = people.resident()
    assert faults(asked.post("encounters", body(desk, outside, "桂枝 6"))) == ["body.resident"]
    assert not Encounter.objects.exists(), "the place in the queue is given back as well"
    assert not Prescription.objects.exists()


def test_who_has_no_seat_signs_nothing(desk: Desk, account: Account) -> None:
    other = account("physician", facility=desk.facility.pk, username="无执业身份")
    answer = api(other).post("encounters", body(desk, people.resident(desk.facility), "桂枝 6"))
    assert (answer.status_code, "执业身份" in answer.json()["detail"]) == (403, True)
    assert not Encounter.objects.exists()


def test_no_operation_writes_a_prescription_past_the_check(
    desk: Desk, asked: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every operation that writes is sent a forbidden prescription; and where one is written, the rules were asked."""
    resident = people.resident(desk.facility)
    hostile = body(desk, resident, "朱砂 9") | clinic.raw("朱砂 9")
    for method, path, access in operations().values():
        if not access.safe:
            send = asked.post if method == "POST" else asked.patch
            address = re.sub(r"{\w+}", resident.pk, path)
            for sent in (hostile, body(desk, resident, "朱砂 9")):
                assert send(address, sent, **{"If-Match": "*"}).status_code >= 400, address
    assert not Prescription.objects.exists()
    rules: list[Any] = []
    check = safety.check
    monkeypatch.setattr(checking.safety, "check", lambda *told: rules.append(told) or check(*told))
    assert asked.post("encounters", body(desk, resident, "桂枝 6")).status_code == 201
    assert (Prescription.objects.count(), len(rules)) == (1, 1)
