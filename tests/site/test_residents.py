"""Residents: made once, found by what is known of them, merged and parted, read under audit."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import organisations_factories as make
import pytest
import residents_factories as people
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from test_searching import everything

from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
from xinglin.apps.organisations.identity import person_key
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents import actions, card, identity
from xinglin.apps.residents.actions.caring import allergies, consents
from xinglin.apps.residents.models import Event, Known, Merge, Once, Resident, files_of
from xinglin.apps.residents.once import new_key

BORN = date(1955, 3, 8)


@pytest.fixture
def clinic() -> Facility:
    return make.facility()


@pytest.fixture
def doctor(account: Callable[..., User], clinic: Facility) -> User:
    return account("physician", facility=clinic.pk)


def register(doctor: User, clinic: Facility, *, key: str = "", another: bool = False, **more: Any) -> Any:
    person = people.unsaved_resident(**more)
    return actions.register(person, clinic, by=doctor, key=key or new_key(), another=another)


def test_card_tells_birth_and_sex() -> None:
    number = people.card(date(2003, 2, 28), male=True)
    assert (card.born(number), card.sex(number)) == (date(2003, 2, 28), "male")
    assert card.sex(people.card(BORN)) == "female"
    for position in range(18):  # one sign misread is always noticed
        wrong = (
            number[:position]
            + str((int(number[position].replace("X", "0")) + 1) % 10)
            + number[position + 1 :]
        )
        assert wrong == number or (card.born(wrong), card.sex(wrong)) == (None, "")
    days = [(date(2026, 7, 30), "1 天"), (date(2027, 7, 28), "11 月"), (date(2028, 1, 31), "1 岁 6 月")]
    assert [card.age_words(date(2026, 7, 29), day) for day, _ in days] == [words for _, words in days]


def test_sex_and_birth_follow_from_the_card(doctor: User, clinic: Facility) -> None:
    number = people.card(BORN)
    made = register(doctor, clinic, id_number=f" {number.lower()} ", sex="", birth_date=None)
    row = Resident.objects.get(pk=made.id)
    assert (row.sex, row.birth_date, row.person_key) == ("female", BORN, person_key(number))
    with pytest.raises(ValidationError) as refused:
        register(
            doctor, clinic, id_number=people.card(BORN), sex="male", birth_date=date(1955, 8, 3), phone="12"
        )
    assert refused.value.message_dict.keys() == {"sex", "birth_date", "phone"}


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("id_number", {"id_number": "44188219550308002"}),
        ("id_number", {"id_number": ""}),
        ("id_number", {"id_number": people.card(BORN)[:17] + "?"}),
        ("id_kind", {"id_kind": "none"}),
        ("name", {"name": "不详"}),
        ("place", {"place": "999999999"}),
        ("birth_date", {"id_kind": "passport", "id_number": "E1", "birth_date": date(1799, 1, 1)}),
    ],
)
def test_mistakes_are_told(doctor: User, clinic: Facility, field: str, more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        register(doctor, clinic, **more)
    assert field in refused.value.message_dict
    assert not Resident.objects.exists()
    assert not Once.objects.exists(), "what was refused may be tried again under the same key"


def test_sent_twice_is_made_once(doctor: User, clinic: Facility) -> None:
    number = people.card(BORN)
    first = register(doctor, clinic, id_number=number, key="k1")
    again = register(doctor, clinic, id_number=number, key="k1")
    assert (first.now, again.now, again.id) == (True, False, first.id)
    assert Entry.objects.filter(action="resident.create").count() == 1


def test_a_number_has_one_file_wherever_it_is_seen(
    account: Callable[..., User], doctor: User, clinic: Facility
) -> None:
    number = people.card(BORN)
    here = register(doctor, clinic, id_number=number, name="演示甲")
    there = make.facility()
    other = account("village_doctor", facility=there.pk)
    with pytest.raises(ValidationError, match="姓名不是"):
        register(other, there, id_number=number, name="演示乙")
    assert not Resident.objects.within(other.scope_for("resident.view")).exists(), (
        "a number alone opens nothing"
    )
    found = register(other, there, id_number=number, name="演示甲", address="另一处")
    assert found.id == here.id
    assert Resident.objects.get(pk=here.id).address == "一组 3 号", "what is known is not overwritten"
    assert Resident.objects.within(other.scope_for("resident.view")).count() == 1
    assert Entry.objects.filter(action="resident.know", actor=other.pk).count() == 1
    with pytest.raises(NotAllowed):
        register(doctor, there)


def test_twins_are_asked_about(doctor: User, clinic: Facility) -> None:
    nobody = {"id_kind": "none", "id_number": ""}
    first = register(doctor, clinic, **nobody)
    with pytest.raises(actions.Twins) as asked:
        register(doctor, clinic)
    assert [row.pk for row in asked.value.rows] == [first.id]
    assert register(doctor, clinic, another=True).id != first.id
    assert register(doctor, make_other_day(clinic), birth_date=date(1955, 3, 9)).now


def make_other_day(clinic: Facility) -> Facility:
    return clinic


def test_merged_and_parted_again(account: Callable[..., User], doctor: User, clinic: Facility) -> None:
    there = make.facility()
    other = account("physician", facility=there.pk, username="other")
    kept = people.resident(clinic)
    gone = people.resident(clinic, id_kind="none", id_number="")
    older = people.resident(clinic, id_kind="none", id_number="")
    Known.objects.create(resident=gone, facility=there)
    actions.merge(gone, older, by=doctor)
    actions.note_allergy(older, kind="herb", substance="细辛", reaction="皮疹", by=doctor, key="a1")
    assert [one.substance for one in allergies(gone)] == ["细辛"]
    with pytest.raises(ValidationError, match="反过来"):
        actions.merge(gone, kept, by=doctor)
    with pytest.raises(ValidationError, match="不是同一个人"):
        actions.merge(kept, people.resident(clinic), by=doctor)
    with pytest.raises(NotAllowed):
        actions.merge(kept, gone, by=other)
    made = actions.merge(kept, gone, by=doctor)
    kept.refresh_from_db()
    assert {row["pk"] for row in files_of(kept)} == {kept.pk, gone.pk, older.pk}
    assert [one.substance for one in allergies(kept)] == ["细辛"]
    assert Resident.objects.within(other.scope_for("resident.view")).filter(pk=kept.pk).exists()
    actions.undo_merge(made, by=doctor)
    assert {row["pk"] for row in files_of(kept)} == {kept.pk}
    gone.refresh_from_db()
    assert {row["pk"] for row in files_of(gone)} == {gone.pk, older.pk}
    assert not Resident.objects.within(other.scope_for("resident.view")).filter(pk=kept.pk).exists()
    with pytest.raises(ValidationError, match="已经撤销"):
        actions.undo_merge(Merge.objects.get(pk=made.pk), by=doctor)


def test_changed_by_two_at_once(doctor: User, clinic: Facility) -> None:
    row = people.resident(clinic)
    actions.edit(row, {"phone": "13900001234"}, seen=1, by=doctor)
    with pytest.raises(actions.Outdated):
        actions.edit(row, {"address": "二组"}, seen=1, by=doctor)
    row.refresh_from_db()
    assert (row.phone, row.address, row.revision) == ("13900001234", "一组 3 号", 2)
    assert Event.objects.get(resident=row).fields == ["phone"]
    assert Resident.objects.get(identity.found_by("139-0000-1234")) == row, "found by the new phone"


def test_consent_may_be_taken_back(doctor: User, clinic: Facility) -> None:
    row = people.resident(clinic)
    for number, given in enumerate((True, False)):
        actions.answer(row, kind="sharing", given=given, by_guardian=False, by=doctor, key=f"c{number}")
    assert {kind: answer.given for kind, answer in consents(row).items()} == {"sharing": False}


WAYS = {
    "number": lambda row: row.id_number.lower(),
    "phone": lambda row: row.phone,
    "name": lambda row: "欧阳 青囊",
    "initials": lambda row: "oyqn",
    "pinyin": lambda row: "OuYangQingNang",
    "surname": lambda row: "欧阳qn",
}


@pytest.mark.parametrize("way", WAYS)
def test_found_by_what_is_known(way: str, clinic: Facility) -> None:
    row = people.resident(clinic, name="欧阳青囊")
    people.resident(clinic, name="欧阳青")
    people.resident(clinic, name="王青囊", id_kind="none", id_number="", phone="")
    assert list(Resident.objects.filter(identity.found_by(WAYS[way](row)))) == [row]


@pytest.mark.parametrize("text", ["", "1", "?", "-", "1234"])
def test_nothing_finds_nobody(text: str, clinic: Facility) -> None:
    people.resident(clinic, id_kind="none", id_number="", phone="")
    assert not Resident.objects.filter(identity.found_by(text)).exists()


def test_every_search_is_answered_from_an_index(doctor: User, clinic: Facility) -> None:
    """Whatever the number of residents: no look-up reads the table from end to end."""
    row = people.resident(clinic, name="欧阳青囊")
    if connection.vendor == "postgresql":  # of a handful it would read all, whatever the index
        for _ in range(150):
            people.resident(clinic)
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE residents_resident; ANALYZE residents_known; SET LOCAL enable_seqscan = off"
            )
    scope = doctor.scope_for("resident.view")
    for way in WAYS.values():
        found = Resident.objects.current().within(scope).filter(identity.found_by(way(row)))
        plan = found.order_by("sort_key", "pk").explain()
        assert re.search(r"resident_(person|phone|name|initials|pinyin|surname)", plan), plan
        assert not re.search(r"SCAN residents_resident|Seq Scan on residents_resident", plan), plan


@pytest.fixture
def client(signed_in: Callable[..., Client], clinic: Facility) -> Client:
    return signed_in("physician", facility=clinic.pk)


def test_page_by_page(client: Client, clinic: Facility) -> None:
    """Made, found, opened, changed; no name in an address; each reading is written down."""
    number = people.card(BORN)
    form = {"facility": clinic.pk, "key": "p1", "id_kind": "id_card", "id_number": number, "name": "欧阳青囊"}
    form |= {"place": make.TOWNSHIP, "phone": "13912345678"}
    answer = client.post("/residents/new", form, follow=True)
    row = Resident.objects.get()
    assert answer.redirect_chain == [(f"/residents/{row.pk}", 302)]
    assert Entry.objects.filter(action="resident.read", object_id=row.pk).count() == 1
    people.resident(clinic, name="欧阳青娘")
    found: Any = client.post("/residents/find", {"q": "oyqn"}, follow=True)
    assert [one.name for one in found.context["rows"]] == ["欧阳青囊", "欧阳青娘"]
    assert "欧阳" not in str(found.redirect_chain)
    assert number not in found.content.decode(), "a list shows the ends of a number only"
    alone: Any = client.post("/residents/find", {"q": number}, follow=True)
    assert alone.redirect_chain == [(f"/residents/{row.pk}", 302)]
    assert number in alone.content.decode()
    stored = everything()
    assert not [text for text in (number, "欧阳青囊", "13912345678", "一组 3 号") if text in stored]


def test_a_page_takes_few_queries(
    client: Client, clinic: Facility, django_assert_max_num_queries: Any
) -> None:
    row = people.resident(clinic)
    for _ in range(25):
        people.resident(clinic)
    with django_assert_max_num_queries(15):
        client.get("/residents")
    with django_assert_max_num_queries(26):
        client.get(f"/residents/{row.pk}")


@pytest.mark.soak
def test_a_million_residents_are_searched_in_time(doctor: User, clinic: Facility) -> None:
    """A person by name, number, phone and letters: ≤ 200 ms of CPU and waiting on SQLite, ≤ 100 ms on PostgreSQL."""
    million(clinic)
    row = people.resident(clinic, name="欧阳青囊")
    scope = doctor.scope_for("resident.view")
    limit = 0.1 if connection.vendor == "postgresql" else 0.2
    for way, text in WAYS.items():
        best = 9.0
        for _ in range(5):
            begun = time.perf_counter()
            found = Resident.objects.current().within(scope).filter(identity.found_by(text(row)))
            assert row in list(found.order_by("sort_key", "pk")[:51])
            best = min(best, time.perf_counter() - begun)
        assert best < limit, f"{way}: {best:.3f} s"


def million(clinic: Facility) -> None:
    """A million rows as the database makes them; 3,000 have the same initials as somebody who is looked for."""
    row = people.resident(clinic, name="欧阳青囊", id_kind="none", id_number="", phone="")
    numbers = (
        "SELECT generate_series(1, 1000000) AS n"
        if connection.vendor == "postgresql"
        else "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1000000) SELECT n FROM s"
    )
    own = {
        "id": "'R' || n",
        "person_key": "'p' || n",
        "name_hash": "'n' || (n %% 300000)",
        "phone_hash": "'t' || n",
        "pinyin_hash": "'y' || (n %% 200000)",
        "initials_hash": f"CASE WHEN n %% 333 = 0 THEN '{row.initials_hash}' ELSE 'i' || (n %% 5000) END",
        "surname_initials_hash": "'s' || (n %% 9000)",
    }
    columns = [one.column for one in Resident._meta.concrete_fields]
    taken = ", ".join(own.get(name, f'"{name}"') for name in columns)
    listed = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO residents_resident ({listed}) SELECT {taken} "
            f"FROM ({numbers}) AS numbers, residents_resident AS r WHERE r.id = %s",
            [row.pk],
        )
        cursor.execute(
            "INSERT INTO residents_known (id, resident_id, facility_id, since) "
            "SELECT id, id, %s, created_at FROM residents_resident WHERE id LIKE 'R%%' AND person_key LIKE 'p%%7'",
            [clinic.pk],
        )
        cursor.execute("ANALYZE")
