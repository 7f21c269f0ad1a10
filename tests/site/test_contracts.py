"""Contracts: signing, what counts by itself, deliveries by hand, renewal, corrections, packages, scope."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import clinic_factories as clinic
import contracts_factories as make
import forms_factories as forms
import organisations_factories as organisations
import pytest
import residents_factories as people
from clinic_factories import Desk
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from conftest import COUNTY
from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
from xinglin.apps.clinic.actions import follow_up
from xinglin.apps.clinic.retention import KEEPERS
from xinglin.apps.contracts import actions, library, retention, rules
from xinglin.apps.contracts.counting import Done, judged, part, shared_out, standings
from xinglin.apps.contracts.demo import lively_contracts
from xinglin.apps.contracts.evidence import Found
from xinglin.apps.contracts.models import Contract, Delivery, Line, Package
from xinglin.apps.contracts.owing import owed
from xinglin.apps.forms.models import Record
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.protection.ids import new_id
from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.once import new_key
from xinglin.apps.wellness.due import collect
from xinglin.apps.wellness.models import HealthService

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(account: Callable[..., User]) -> Desk:
    return clinic.desk(account)


def today() -> date:
    return timezone.localdate()


def faults(action: Callable[[], Any]) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as told:
        action()
    return dict(told.value.message_dict) if hasattr(told.value, "error_dict") else {"": told.value.messages}


def counts(row: Contract) -> dict[str, int]:
    """Code of an item → what counts."""
    return {one.line.code: len(one.done) for one in standings([row], today())[row.pk].items}


# -- rules without a database


@pytest.mark.any_database
def test_parts_of_a_year_fill_it_without_a_gap() -> None:
    first = date(2024, 1, 1)
    for times in (1, 2, 3, 4, 12, 365):
        parts = [part(first, date(2024, 12, 31), times, number) for number in range(times)]
        assert parts[0][0] == first
        assert parts[-1][1] == date(2024, 12, 31)
        assert all(after[0] == before[1] + timedelta(days=1) for before, after in itertools.pairwise(parts))


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("given", "on", "due", "late"),
    [
        (0, date(2024, 3, 31), date(2024, 3, 31), False),
        (0, date(2024, 4, 1), date(2024, 3, 31), True),
        (1, date(2024, 4, 1), date(2024, 6, 30), False),
        (3, date(2025, 1, 1), date(2024, 12, 30), True),
        (4, date(2025, 1, 1), None, False),
        (6, date(2025, 1, 1), None, False),
    ],
)
def test_the_next_is_due_at_the_end_of_its_part(given: int, on: date, due: date | None, late: bool) -> None:
    line = Line(times=4)
    done = [Done(date(2024, 1, 5), str(at), "f", "p") for at in range(given)]
    state = judged(line, done, date(2024, 1, 1), date(2024, 12, 30), on)
    assert (state.due is None, state.late) == (due is None, late)
    assert due is None or abs((due - (state.due or due)).days) <= 1


@pytest.mark.any_database
def test_a_record_counts_once_for_the_first_item_that_lacks_it() -> None:
    lines = [
        Line(pk=1, counts="technique:A03", times=1),
        Line(pk=2, counts="technique:A", times=1),
        Line(pk=3, counts="visit", times=1),
        Line(pk=4, counts="visit", times=2),
    ]

    def found(pk: str, detail: str = "") -> Found:
        return Found(date(2024, 1, int(pk)), pk, "r", "f", "p", detail)

    records = {"technique": [found("1", "A03"), found("2", "A03"), found("3", "A03"), found("4", "B03")]}
    shared = shared_out(lines, {**records, "visit": [found("5"), found("6")]}, {3: 1})
    assert {pk: [one.pk for one in rows] for pk, rows in shared.items()} == {
        1: ["1", "3"],
        2: ["2"],
        4: ["5", "6"],
    }


@pytest.mark.any_database
def test_the_starting_set_is_what_the_register_takes() -> None:
    known = library.starting()
    assert {one.group for one in known.packages.values()} == {
        "basic",
        "elderly",
        "child",
        "chronic",
        "preventive",
    }
    assert {code for one in known.packages.values() for code in one.items} <= set(known.items)


# -- signing


def test_signing_copies_what_was_agreed_and_lets_the_teams_facility_know(desk: Desk, account: Any) -> None:
    village = clinic.desk(account, kind="village_clinic", role="village_doctor", username="cunyi")
    make.item("EAR", "technique:A03", price="15.00", unit="次")
    bundle = make.package({"EAR": 6})
    own = make.team(desk, members=[desk.person.pk, village.person.pk])
    resident = people.resident(village.facility)
    row = make.sign(village, resident, make.terms(own, bundle))
    line = row.lines.get()
    assert (line.code, line.times, str(line.price), line.counts) == ("EAR", 6, "15.00", "technique:A03")
    assert (row.facility, row.team_facility, row.practitioner) == (
        village.facility,
        desk.facility,
        village.person,
    )
    assert Resident.objects.within(desk.user.scope_for("resident.view")).filter(pk=resident.pk).exists()
    assert Contract.objects.within(desk.user.scope_for("contract.view")).get() == row
    assert Entry.objects.filter(action="contract.sign", object_id=row.pk).count() == 1
    stranger = clinic.desk(account, username="stranger", name="旁人")
    with pytest.raises(NotAllowed, match="没有在您的机构建档"):
        make.sign(stranger, resident, make.terms(own, bundle))


def test_the_same_form_sent_twice_signs_once(desk: Desk) -> None:
    row = make.contract(desk, key="the-form")
    agreed = make.terms(row.team, *Package.objects.all(), first=row.valid_from)
    again = actions.sign(row.resident, desk.facility, agreed, by=desk.user, key="the-form")
    assert (again.id, again.now, Contract.objects.count()) == (row.pk, False, 1)


def test_one_contract_at_a_time_even_of_two_files_of_a_person(desk: Desk) -> None:
    row = make.contract(desk)
    bundle = Package.objects.get()
    told = faults(lambda: make.sign(desk, row.resident, make.terms(row.team, bundle)))
    assert "同一段时间只能有一份" in told["valid_from"][0]
    assert desk.facility.name in told["valid_from"][0]
    twin = people.resident(desk.facility, id_kind="none", id_number="")
    Resident.objects.filter(pk=twin.pk).update(merged_into=row.resident)
    twin.refresh_from_db()
    assert "valid_from" in faults(lambda: make.sign(desk, twin, make.terms(row.team, bundle)))
    make.sign(desk, row.resident, make.terms(row.team, bundle, first=row.valid_to + timedelta(days=1)))


def test_everything_that_is_wrong_is_told_at_once(desk: Desk) -> None:
    make.item("OLD", used_until=today() - timedelta(days=1))
    elderly = make.package({"GONE": 1}, least_age=65)
    stopped = make.package({"OLD": 1}, code="P2", valid_to=today() - timedelta(days=1))
    young = people.resident(desk.facility, birth_date=date(1990, 1, 1))
    wrong = make.terms(make.team(desk), elderly, stopped, consented_by="guardian")
    wrong = replace(wrong, valid_to=wrong.valid_from + timedelta(days=400))
    told = faults(lambda: make.sign(desk, young, wrong))
    assert set(told) == {"valid_to", "consenter", "packages"}
    assert "满 65 岁" in told["packages"][0]
    assert "GONE" in told["packages"][1]
    assert "不在用" in told["packages"][2]
    assert not Contract.objects.exists()


def test_a_dissolved_team_signs_nobody(desk: Desk) -> None:
    own = make.team(desk)
    make.item("HAND")
    bundle = make.package({"HAND": 1})
    Record.objects.filter(pk=own.pk).update(state="dissolved")
    own.refresh_from_db()
    assert (
        "已解散"
        in faults(lambda: make.sign(desk, people.resident(desk.facility), make.terms(own, bundle)))["team"][0]
    )


# -- what counts


def test_what_the_clinic_signed_counts_by_itself(desk: Desk) -> None:
    make.item("EAR", "technique:A")
    make.item("HERB", "herbs")
    make.item("ASKED", "follow_up")
    row = make.contract(desk)
    extra = make.package({"EAR": 2, "HERB": 1, "ASKED": 1}, code="P2")
    agreed = make.terms(row.team, *Package.objects.filter(code="P1"), extra, first=row.valid_from)
    actions.correct(row, agreed, reason="加一个包", seen=1, by=desk.user)
    assert counts(row) == {"HAND": 0, "SEEN": 0, "EAR": 0, "HERB": 0, "ASKED": 0}
    sheet = {"technique_0": "A01", "site_0": "合谷", "times_0": "3", "now_0": "on"}
    encounter = clinic.signed(desk, clinic.raw("桔梗 6", follow_days="3", **sheet), row.resident)
    found = counts(row)
    assert (found["SEEN"], found["HERB"], found["HAND"], found["ASKED"]) == (1, 1, 0, 0)
    answer: dict[str, Any] = {
        "way": "phone",
        "effect": "some",
        "note": "好转",
        "by": desk.user,
        "key": new_key(),
    }
    follow_up(encounter.follow_up, **answer)
    found = counts(row)
    assert found["ASKED"] == 1
    assert found["EAR"] == encounter.sessions.count() == 1
    clinic.visit(desk, people.resident(desk.facility))
    assert counts(row) == found


def test_only_the_facility_and_the_team_and_only_within_the_contract(desk: Desk, account: Any) -> None:
    row = make.contract(desk)
    other = clinic.desk(account, username="other", name="别处")
    clinic.signed(other, resident=people_known(row.resident, other))
    assert counts(row)["SEEN"] == 0
    Record.objects.filter(pk=row.team_id).update(
        document={**row.team.document, "members": [desk.person.pk, other.person.pk]}
    )
    assert counts(row)["SEEN"] == 1
    Contract.objects.filter(pk=row.pk).update(valid_from=today() + timedelta(days=1))
    row.refresh_from_db()
    assert counts(row)["SEEN"] == 0


def people_known(resident: Resident, at: Desk) -> Resident:
    from xinglin.apps.residents.models import Known

    Known.objects.get_or_create(resident=resident, facility=at.facility)
    return resident


def test_a_signed_service_of_wellness_counts_and_the_list_of_the_week_has_what_is_due(desk: Desk) -> None:
    make.item("BODY", "constitution_assessment")
    row = make.contract(desk, days_ago=200)
    extra = make.package({"BODY": 1}, code="P2")
    agreed = make.terms(row.team, *Package.objects.filter(code="P1"), extra, first=row.valid_from)
    actions.correct(row, agreed, reason="加一个包", seen=1, by=desk.user)
    HealthService.objects.create(
        resident=row.resident,
        facility=desk.facility,
        kind="assessment",
        instrument="elderly33",
        state="signed",
        practitioner=desk.person,
        signed_at=timezone.now(),
    )
    assert counts(row)["BODY"] == 1
    late = {one.what for one in owed(desk.user.scope_for("contract.view"), today(), today())}
    assert late == {"HAND（演示）", "SEEN（演示）"}
    listed = [one for one in collect(desk.user) if one.source.kind == "contract"]
    assert {one.item.what for one in listed} == {"签约：HAND（演示）", "签约：SEEN（演示）"}
    assert all(one.late and one.item.address == f"/contracts/{row.pk}" for one in listed)


def test_a_delivery_by_hand_is_refused_twice_and_taken_back_with_a_reason(desk: Desk) -> None:
    row = make.contract(desk)
    hand, seen = row.lines.order_by("position")

    def deliver(line: Line, day: date) -> Any:
        told: dict[str, Any] = {
            "facility": desk.facility,
            "practitioner": desk.person,
            "by": desk.user,
            "key": new_key(),
        }
        return actions.deliver(line, day=day, words="上门", **told)

    made = deliver(hand, today())
    assert counts(row)["HAND"] == 1
    assert "已经登记过" in faults(lambda: deliver(hand, today()))["day"][0]
    assert "晚于今天" in faults(lambda: deliver(hand, today() + timedelta(days=1)))["day"][0]
    assert "不在签约期内" in faults(lambda: deliver(hand, row.valid_from - timedelta(days=1)))["day"][0]
    clinic.signed(desk, resident=row.resident)
    assert "自动计入" in faults(lambda: deliver(seen, today()))["day"][0]
    found = Delivery.objects.get(pk=made.id)
    assert "reason" in faults(lambda: actions.undo(found, reason=" ", by=desk.user))
    actions.undo(found, reason="登记错人", by=desk.user)
    assert counts(row)["HAND"] == 0
    assert "已经撤销" in faults(lambda: actions.undo(found, reason="再撤", by=desk.user))[""][0]
    event = row.events.first()
    assert event is not None
    assert (event.deed, "登记错人" in event.reason) == ("undo", True)
    deliver(hand, today())


# -- keeping


def test_contracts_are_kept_for_their_time_and_go_whole(desk: Desk) -> None:
    """Fifteen years from the last day; what went on from one of them stays."""
    row = make.contract(desk)
    hand = row.lines.get(code="HAND")
    told = {"day": today(), "facility": desk.facility, "practitioner": desk.person}
    actions.deliver(hand, **told, by=desk.user, key=new_key())
    following = Contract.objects.get(pk=row.pk)
    following.pk, following.renews = new_id(), row
    following.save(force_insert=True)
    years = retention.kept().years
    last = retention.years_before(today(), years)
    Contract.objects.filter(pk=row.pk).update(valid_from=last - timedelta(days=364), valid_to=last)
    assert list(retention.contracts_over()) == [], "the day itself is kept"
    with pytest.raises(ValueError, match="保存期内"):
        retention.destroy([row.pk], by=None)
    assert Delivery.objects.count() == 1
    Contract.objects.filter(pk=row.pk).update(valid_to=last - timedelta(days=1))
    assert KEEPERS["contract"].by_facility([desk.facility.pk]) == {desk.facility.pk: 1}
    assert KEEPERS["contract"].by_year(desk.facility.pk) == [((last - timedelta(days=1)).year, 1)]
    assert retention.destroy([row.pk], by=None) == 1
    left = Contract.objects.get()
    assert (left.pk, left.renews) == (following.pk, None)
    assert not Delivery.objects.exists()
    assert Entry.objects.filter(action="contract.expire", object_id=row.pk).count() == 1


# -- renewal, correction, end


def test_renewal_takes_the_present_versions_and_only_near_the_end(desk: Desk, account: Any) -> None:
    row = make.contract(desk, days_ago=30)
    agreed = make.terms(row.team, *Package.objects.all())
    assert "90 天" in faults(lambda: actions.renew(row, agreed, by=desk.user, key=new_key()))[""][0]
    Contract.objects.filter(pk=row.pk).update(
        valid_from=today() - timedelta(days=350), valid_to=today() + timedelta(days=14)
    )
    row.refresh_from_db()
    officer = account("county_officer", COUNTY)
    old = Package.objects.get()
    values = {name: getattr(old, name) for name in actions.keeping.FIELDS} | {"valid_from": today()}
    newer = actions.keep(COUNTY, old.code, values, {"HAND": 5}, old=old, by=officer)
    first, last = rules.renewed_span(row, today())
    assert (first - row.valid_to).days == 1
    agreed = replace(agreed, packages=[newer], valid_from=first, valid_to=last)
    made = actions.renew(row, agreed, by=desk.user, key="again")
    following = Contract.objects.get(pk=made.id)
    assert (following.renews, following.lines.get().times) == (row, 5)
    assert set(row.lines.values_list("times", flat=True)) == {2, 4}
    assert actions.renew(row, agreed, by=desk.user, key="again").id == made.id
    assert Contract.objects.count() == 2


def test_a_correction_keeps_what_was_there_and_what_was_delivered(desk: Desk) -> None:
    row = make.contract(desk)
    hand = row.lines.get(code="HAND")
    actions.deliver(
        hand, day=today(), facility=desk.facility, practitioner=desk.person, by=desk.user, key=new_key()
    )
    other = make.package({"SEEN": 1}, code="P2")
    agreed = make.terms(row.team, other, first=row.valid_from)
    told = faults(lambda: actions.correct(row, agreed, reason="换包", seen=1, by=desk.user))
    assert "已有登记的履约" in told["packages"][0]
    both = replace(agreed, packages=[*Package.objects.order_by("code")], note="每周三来")
    actions.correct(row, both, reason="补登约定", seen=1, by=desk.user)
    event = row.events.first()
    assert event is not None
    assert set(event.fields) == {"package", "note"}
    assert "演示包" in event.before
    late = faults(lambda: actions.correct(row, both, reason="再改", seen=1, by=desk.user))
    assert "别人改过" in late[""][0]
    moved = replace(both, valid_from=today() + timedelta(days=1), valid_to=today() + timedelta(days=90))
    assert (
        "先撤销"
        in faults(lambda: actions.correct(row, moved, reason="改日期", seen=2, by=desk.user))["valid_from"][0]
    )


def test_an_ended_contract_counts_no_more_and_makes_room(desk: Desk) -> None:
    row = make.contract(desk)
    told = faults(lambda: actions.end(row, on=today() + timedelta(days=9), reason="other", by=desk.user))
    assert set(told) == {"on", "words"}
    actions.end(row, on=today() - timedelta(days=1), reason="moved", by=desk.user)
    row.refresh_from_db()
    clinic.signed(desk, resident=row.resident)
    assert counts(row)["SEEN"] == 0
    assert not list(owed(desk.user.scope_for("contract.view"), today(), today() + timedelta(days=400)))
    assert "已解约" in faults(lambda: actions.end(row, on=today(), reason="asked", by=desk.user))[""][0]
    make.sign(desk, row.resident, make.terms(row.team, *Package.objects.all()))


# -- library and packages


def test_items_come_from_above_and_the_nearest_newest_version_holds(desk: Desk) -> None:
    make.item("A", place="44", times=1)
    make.item("A", place=COUNTY, times=2)
    make.item("A", place=COUNTY, times=3, used_from=date(2024, 1, 1))
    make.item("B", place="44")
    make.item("C", place="441881")
    forms.record("contract_item", place=COUNTY, code="D", used_from=date(2020, 1, 1))
    found = library.items(desk.facility.place, today())
    assert {code: one.times for code, one in found.items()} == {"A": 3, "B": 12}
    assert library.items(desk.facility.place, date(2023, 5, 1))["A"].times == 2


def test_the_starting_set_is_proposed_reviewed_and_becomes_packages(account: Any) -> None:
    officer = account("county_officer", COUNTY)
    number = actions.propose_items(COUNTY, by=officer)
    assert number == len(library.starting().items)
    assert actions.propose_items(COUNTY, by=officer) == 0
    assert actions.start_packages(COUNTY, by=officer) == 0
    Record.objects.of("contract_item").filter(document__code__startswith="ZY-").update(state="listed")
    assert actions.start_packages(COUNTY, by=officer) == len(library.starting().packages)
    assert set(Package.objects.values_list("price", flat=True)) == {None}
    with pytest.raises(NotAllowed):
        actions.propose_items("441881", by=officer)


def test_a_version_that_contracts_use_is_not_changed(desk: Desk, account: Any) -> None:
    make.contract(desk)
    officer, old = account("county_officer", COUNTY), Package.objects.get()
    values = {name: getattr(old, name) for name in actions.keeping.FIELDS}
    told = faults(
        lambda: actions.keep(COUNTY, old.code, {**values, "price": 1}, {"HAND": 2}, old=old, by=officer)
    )
    assert "作为新版本保存" in told["valid_from"][0]
    later = {**values, "valid_from": today() + timedelta(days=10), "price": 120}
    newer = actions.keep(COUNTY, old.code, later, {"HAND": 3}, old=old, by=officer)
    old.refresh_from_db()
    assert old.valid_to == today() + timedelta(days=9)
    assert newer.price == 120
    assert faults(lambda: actions.keep(COUNTY, "P1", values, {"HAND": 1}, by=officer)).keys() == {"code"}


# -- pages


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_pages_show_what_counts_and_filter(desk: Desk) -> None:
    row = make.contract(desk, days_ago=200)
    fresh = people.resident(desk.facility, name="新来的人")
    make.sign(desk, fresh, make.terms(row.team, *Package.objects.all()))
    clinic.signed(desk, resident=row.resident)
    client = client_of(desk.user)

    def shown(query: str) -> list[str]:
        text = client.get(f"/contracts{query}").content.decode()
        return [name for name in ("演示居民", "新来的人") if name in text]

    assert shown("") == ["演示居民", "新来的人"]
    assert shown("?state=late") == ["演示居民"]
    assert shown("?state=ending") == shown("?state=over") == []
    assert shown(f"?team={row.team_id}&package=P1") == ["演示居民", "新来的人"]
    page = client.get(f"/contracts/{row.pk}").content.decode()
    assert "1/4 次" in page
    assert "自动计入（签名的就诊）" in page
    assert "已落后" in page
    paper = client.get(f"/contracts/{row.pk}/paper").content.decode()
    assert "服务协议" in paper
    assert "SEEN（演示）" in paper
    numbers = client.get("/contracts-overview").content.decode()
    assert "演示居民" not in numbers
    assert "8.3%" in numbers
    assert "履约 1/6" in client.get(f"/residents/{row.resident_id}").content.decode()
    assert Entry.objects.filter(action="contract.read", object_id=row.pk).exists()


def test_another_facility_and_officers_see_no_contract(desk: Desk, account: Any, signed_in: Any) -> None:
    row = make.contract(desk)
    other = clinic.desk(account, organisations.facility(kind="township_hospital"), username="other")
    assert client_of(other.user).get(f"/contracts/{row.pk}").status_code == 404
    officer = signed_in("county_officer", COUNTY)
    assert officer.get("/contracts").status_code == 403
    text = officer.get("/contracts-overview").content.decode()
    assert desk.facility.name in text
    assert row.resident.name not in text


def test_the_list_as_a_workbook_holds_what_the_page_holds(desk: Desk) -> None:
    from io import BytesIO

    from python_calamine import CalamineWorkbook

    make.contract(desk, days_ago=200)
    answer = client_of(desk.user).get("/contracts-export?state=late")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["居民", "演示居民"]
    assert rows[1][6:] == [0, 6, 2]
    assert Entry.objects.filter(action="contract.export", count=1).exists()


def test_the_demonstration_has_contracts_at_work(account: Any) -> None:
    centre = organisations.facility(kind="township_hospital")
    at = clinic.desk(account, centre, username="yishi")
    head = account("facility_head", facility=centre.pk, username="head")
    officer, expert = account("county_officer", COUNTY), account("county_expert", COUNTY)
    by = {"physician": at.user, "facility_head": head, "county_officer": officer, "county_expert": expert}
    rows = lively_contracts(COUNTY, by, today())
    assert {row.lines.first().package.code for row in rows} == {"JC", "LN", "ET", "MB", "ZWB"}  # type: ignore[union-attr]
    assert Contract.objects.ending(today(), rules.ENDING, 0).count() == 1
    assert Delivery.objects.count() == 2
    assert all("演示" in row.resident.name for row in rows)
