"""Residents and the shelf by file: out, in again, updates known by their number, doubles told, and all of it undone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import organisations_factories as make
import pytest
import residents_factories as people
from django.db import connection
from django.test import Client
from exchange_factories import bring, bring_in, faults, workbook
from openpyxl import load_workbook

from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
from xinglin.apps.clinic.models import ShelfItem
from xinglin.apps.exchange import actions, sheets
from xinglin.apps.exchange.spec import SPECS
from xinglin.apps.exchange.template import template
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents import actions as deeds
from xinglin.apps.residents.models import Allergy, Event, Known, Resident

BORN = date(1950, 2, 3)
Account = Callable[..., User]


@pytest.fixture
def clinic() -> Facility:
    return make.facility()


@pytest.fixture
def doctor(account: Account, clinic: Facility) -> User:
    return account("physician", facility=clinic.pk)


def line(clinic: Facility, name: str, **more: Any) -> dict[str, Any]:
    row = {"居民编号": "", "建档机构": clinic.pk, "姓名": name, "证件类别": "", "证件号码": ""}
    return {
        **row,
        "性别": "",
        "出生日期": None,
        "联系电话": "",
        "居住地区代码": make.TOWNSHIP,
        "住址": "",
        **more,
    }


def residents(*rows: dict[str, Any]) -> bytes:
    return workbook({"居民": rows})


def out(doctor: User, name: str) -> bytes:
    spec = SPECS[name]
    return sheets.workbook(spec, spec.rows(spec.view_scope(doctor), {}, spec.personal_area(doctor)))


def kinds(one: Any) -> list[tuple[str, int | None, str]]:
    return [(kind, row, column) for kind, _, row, column in faults(one)]


def test_residents_go_in_and_out_and_back(doctor: User, clinic: Facility) -> None:
    known, elsewhere = people.resident(clinic, name="演示甲"), people.resident(name="演示乙")
    card = people.card(BORN, male=True)
    rows = (
        line(clinic, "演示丙", 证件号码=card, 联系电话="13900001111"),
        line(clinic, "演示丁", 性别="女", 出生日期=date(2020, 5, 1)),
        line(clinic, "演示甲", 证件号码=known.id_number, 住址="九组"),
        line(clinic, "演示乙", 证件号码=elsewhere.id_number, 住址="八组"),
    )
    one = bring_in(doctor, residents(*rows), "居民.xlsx")
    assert one.counts["resident"] == {"new": 2, "changed": 2, "same": 0, "bad": 0}
    assert Resident.objects.count() == 4, "a known number is an update, never a second file"
    made = Resident.objects.exclude(pk__in=[known.pk, elsewhere.pk]).get(birth_date=BORN)
    assert (made.name, made.sex, made.id_kind) == ("演示丙", "male", "id_card")
    known.refresh_from_db()
    assert (known.address, known.phone[:3], known.revision) == ("九组", "139", 2)
    assert Known.objects.filter(resident=elsewhere, facility=clinic).exists()
    assert list(Event.objects.filter(resident=made).values_list("deed", flat=True)) == ["import"]
    with connection.cursor() as cursor:
        for table in ("residents_resident", "exchange_import", "exchange_batch", "audit_entry"):
            cursor.execute(f"SELECT * FROM {table}")
            assert not {"演示丙", card, "13900001111"} & set(str(cursor.fetchall()).split("'")), table

    again = bring(doctor, out(doctor, "resident"), "居民.xlsx")
    assert (faults(again), again.counts["resident"]) == ([], {"new": 0, "changed": 0, "same": 4, "bad": 0})

    actions.undo(one=one, by=doctor)
    assert set(Resident.objects.values_list("pk", flat=True)) == {known.pk, elsewhere.pk}
    known.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (known.address, elsewhere.address) == ("一组 3 号", "一组 3 号")
    assert not Known.objects.filter(resident=elsewhere, facility=clinic).exists()
    told = Entry.objects.filter(kind="resident").order_by("pk").values_list("action", "count")
    assert list(told) == [("import.apply", 4), ("import.undo", 4)]


def test_faults_of_residents_are_told_by_row(doctor: User, clinic: Facility) -> None:
    numberless = people.resident(clinic, name="演示子", id_kind="none", id_number="")
    other, third = people.resident(name="演示丑"), people.resident(name="演示未")
    mine, merged = (
        people.resident(clinic, name="演示寅"),
        people.resident(clinic, id_kind="none", id_number=""),
    )
    deeds.merge(mine, merged, by=doctor)
    card, second = people.card(BORN), people.card(BORN)
    found = bring(
        doctor,
        residents(
            line(clinic, "演示一", 证件号码=card),
            line(clinic, "演示一", 证件号码=card),
            line(clinic, "演示二", 证件号码=card[:-1] + ("1" if card[-1] != "1" else "2")),
            line(clinic, "演示三", 证件号码=other.id_number),
            line(clinic, "演示子", 性别="女", 出生日期=numberless.birth_date),
            line(clinic, "演示五", 居民编号=mine.pk, 证件号码=third.id_number),
            line(make.facility(), "演示六", 证件号码=second),
            line(clinic, "演示七", 居民编号=other.pk, 性别="女", 出生日期=BORN),
            line(clinic, "演示八", 居民编号=merged.pk, 性别="女", 出生日期=BORN),
            line(clinic, "演示九", 性别="女", 出生日期=date(2020, 1, 1), 联系电话="12"),
            line(clinic, "演示十", 性别="女", 出生日期=BORN),
            line(clinic, "演示十", 性别="女", 出生日期=BORN),
        ),
        "居民.xlsx",
    )
    assert kinds(found) == [
        ("same_person", 3, "证件号码"),
        ("bad_value", 4, "证件号码"),
        ("other_name", 5, "证件号码"),
        ("twin", 6, "姓名"),
        ("number_taken", 7, "证件号码"),
        ("outside_area", 8, "建档机构"),
        ("outside_area", 9, "居民编号"),
        ("merged", 10, "居民编号"),
        ("bad_value", 11, "联系电话"),
        ("twin", 13, "姓名"),
    ]
    assert "演示丑" not in str(actions.report_of(found)), (
        "a report tells nothing of a file that is not one's own"
    )
    with pytest.raises(actions.NotPossible):
        actions.apply(one=found, mode="all", by=doctor)
    actions.apply(one=found, mode="good", by=doctor)
    found.refresh_from_db()
    assert (found.state, found.total("new")) == ("applied", 2)
    Allergy.objects.create(
        resident=Resident.objects.exclude(person_key=None).latest("pk"), kind="herb", substance="x"
    )
    with pytest.raises(actions.NotPossible, match="已被引用"):
        actions.undo(one=found, by=doctor)


def test_names_are_masked_for_who_may_not_open_files(
    signed_in: Callable[..., Client], doctor: User, clinic: Facility
) -> None:
    person = people.resident(clinic, name="演示卯")
    people.resident(name="演示辰")
    client = signed_in("facility_head", facility=clinic.pk)
    answer = client.get("/exchange/export/resident")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["居民"]
    (row,) = list(sheet.iter_rows(min_row=2, values_only=True))
    assert row == (person.pk, clinic.pk, None, "居民身份证", None, "女", None, None, make.TOWNSHIP, None)
    entry = Entry.objects.filter(action="export", kind="resident").latest("pk")
    assert (entry.count, {"name", "id_number"} & set(entry.fields)) == (1, set())
    assert client.get("/exchange/template/resident").status_code == 404
    book = load_workbook(io.BytesIO(template([SPECS["resident"]], doctor)))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert f"{clinic.name} {clinic.pk}" in cells, "one's own facility is offered"
    assert {"居民身份证", "女"} <= set(cells)


def shelf(clinic: Facility, name: str, **more: Any) -> dict[str, Any]:
    return {
        "机构": clinic.pk,
        "院内药名": name,
        "标准名": "",
        "成分": "",
        "单价": None,
        "医保编码": "",
        "在用": "",
        **more,
    }


def test_the_shelf_goes_in_and_out(account: Account, clinic: Facility) -> None:
    pharmacist = account("pharmacist", facility=clinic.pk)
    ShelfItem.objects.create(facility=clinic, name="生黄芪", herb="黄芪", price=Decimal("0.1"))
    rows = (
        shelf(clinic, "生黄芪", 标准名="黄芪", 单价="0.1250", 医保编码="T001"),
        shelf(clinic, "双花", 单价=0.3),
        shelf(clinic, "某某颗粒", 单价=12, 成分="黄芪，白术"),
    )
    one = bring_in(pharmacist, workbook({"院内药": rows}), "院内药.xlsx")
    assert one.counts["shelfitem"] == {"new": 2, "changed": 1, "same": 0, "bad": 0}
    there = {row.name: (row.herb, row.price, row.unit, row.in_use) for row in ShelfItem.objects.all()}
    assert there == {
        "生黄芪": ("黄芪", Decimal("0.1250"), "g", True),
        "双花": ("金银花", Decimal("0.3"), "g", True),
        "某某颗粒": ("", Decimal(12), "g", True),
    }
    assert ShelfItem.objects.get(name="某某颗粒").ingredients == "黄芪、白术"
    again = bring(pharmacist, out(pharmacist, "shelfitem"), "院内药.xlsx")
    assert (faults(again), again.total("same")) == ([], 3)
    actions.undo(one=one, by=pharmacist)
    assert ShelfItem.objects.get().price == Decimal("0.1")


def test_faults_of_the_shelf(account: Account, clinic: Facility) -> None:
    pharmacist = account("pharmacist", facility=clinic.pk)
    rows = (
        shelf(clinic, "贝母"),
        shelf(clinic, "本院贝母", 标准名="贝母"),
        shelf(clinic, "本院川贝", 标准名="川贝母"),
        shelf(clinic, "好药", 标准名="没有的药"),
        shelf(clinic, "黄芪", 单价="0.12345"),
        shelf(clinic, "黄芩", 单价="-1"),
        shelf(make.facility(), "黄芩"),
        shelf(clinic, "白术"),
        shelf(clinic, "白术"),
        shelf(clinic, "某某丸", 成分="贝母、白术"),
    )
    one = bring(pharmacist, workbook({"院内药": rows}), "院内药.xlsx")
    assert kinds(one) == [
        ("ambiguous_herb", 2, "标准名"),
        ("ambiguous_herb", 3, "标准名"),
        ("unknown_herb", 5, "标准名"),
        ("too_fine", 6, "单价"),
        ("out_of_range", 7, "单价"),
        ("outside_area", 8, "机构"),
        ("conflict", 10, "机构"),
        ("strange_ingredient", 11, "成分"),
    ]
    assert "川贝母、浙贝母" in str(actions.report_of(one)), "the herbs it may be are named, none is taken"


def test_a_search_is_exported_as_it_was_shown(signed_in: Callable[..., Client], clinic: Facility) -> None:
    """Whoever was found stands in the file, in the order of the list; the log says of each that the name was read."""
    found = [make.practitioner(clinic, name="司马演示") for _ in range(3)]
    make.practitioner(clinic, name="李演示")
    hidden = make.practitioner(make.facility("440106001"), name="司马演示")
    client = signed_in("facility_head", facility=clinic.pk)
    shown = client.post("/practitioners/find", {"q": "司马演示", "sort": "-surname"}, follow=True)
    (link,) = re.findall(r'href="(/exchange/export/practitioner[^"]*)"', shown.content.decode())
    listed = re.findall(r'<th scope="row"><a href="/practitioners/([^"]*)"', shown.content.decode())
    before = Entry.objects.latest("pk").pk
    answer = client.get(link.replace("&amp;", "&"))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["人员"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == listed
    assert {row[0] for row in rows} == {one.pk for one in found} != {hidden.pk}
    read = Entry.objects.filter(action="practitioner.read", pk__gt=before).values_list("object_id", flat=True)
    assert set(read) == set(listed)
    assert Entry.objects.filter(action="export", kind="practitioner", count=3).count() == 1
    everybody = client.get("/exchange/export/practitioner?q=李演示&sought=李演示")
    names = load_workbook(io.BytesIO(b"".join(everybody.streaming_content)))["人员"]
    assert names.max_row == 5, "an address looks for nobody"
    assert client.get("/exchange/export/practitioner?find=nothing").status_code == 302
    masked = signed_in("county_expert", clinic.place[:6])
    session = masked.session
    session["searches"] = client.session["searches"]
    session.save()
    answer = masked.get(link.replace("&amp;", "&"))
    assert load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["人员"].max_row == 1


def test_residents_that_were_found_are_exported(signed_in: Callable[..., Client], clinic: Facility) -> None:
    found = [people.resident(clinic, name="演示巳") for _ in range(2)]
    people.resident(clinic, name="演示午")
    client = signed_in("physician", facility=clinic.pk)
    page = client.post("/residents/find", {"q": "演示巳"}, follow=True).content.decode()
    (link,) = re.findall(r'href="(/exchange/export/resident[^"]*)"', page)
    answer = client.get(link.replace("&amp;", "&"))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["居民"]
    assert {row[0] for row in sheet.iter_rows(min_row=2, values_only=True)} == {one.pk for one in found}
    read = Entry.objects.filter(action="resident.read").exclude(object_id="")
    assert set(read.values_list("object_id", flat=True)) == {one.pk for one in found}
