"""A register that a county adds by a file alone goes through everything; a changed version reads what was written
before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import forms_factories as make
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from exchange_factories import workbook

from xinglin.apps.exchange.models import Import
from xinglin.apps.exchange.spec import SPECS
from xinglin.apps.forms import facts, history, rows, tables
from xinglin.apps.forms.actions import moving, saving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.book import book, definition
from xinglin.apps.forms.models import Deadline, Record
from xinglin.apps.indicators import records as counted
from xinglin.facts import load_contract

COUNTY, NAME = "441882", "herb_shelf"
FILE = """
kind: register
label: 药架登记
meaning: 县里自己加的一张表：一个药架。
subject: facility
who: {read: [county_officer, facility_head], write: [county_officer, facility_head]}
retention: 3
fields:
  name: {label: 架名, type: text, required: true, longest: 30, sample: 甲架（演示）}
  shelves: {label: 层数, type: integer, min: 1, max: 99, required: true, sample: 4}
  check_on: {label: 下次检查, type: date, required: true, sample: 2024-09-01}
  keeper: {label: 保管人, type: text, personal: name, sample: 司马演示}
unique: [[facility, name]]
title: [name]
list: [name, facility, shelves, check_on]
filters: [shelves]
totals: [shelves]
due: {every: year, within: 30, facility_kinds: [township_hospital], who: facility_head}
states:
  used: {label: 在用, start: true, tone: good, deadline: {field: check_on, warn: 10, escalate: county_officer}}
  gone: {label: 停用, end: true}
moves:
  stop: {label: 停用, from: [used], to: gone, who: [county_officer], needs: [valid_to], reason: true}
facts:
  - table: unit
    columns:
      {unit: id, kind: {value: education_base}, place: place, facility: facility, level: {value: county},
       standard_met: {value: true}, people: shelves, valid_from: valid_from, valid_to: valid_to}
reports:
  towns:
    label: 各机构药架
    by: [facility]
    columns: {n: {label: 架数, count: true}, shelves: {label: 层数, sum: shelves}}
"""
CHANGED = (
    FILE.replace(
        "retention: 3\n",
        "retention: 3\nversion: 2\nmigrations:\n  2:\n    - {rename: {shelves: levels}}\n"
        "    - {fill: {room: 一楼}}\n    - {states: {used: working}}\n",
    )
    .replace(
        "  shelves: {label",
        "  room: {label: 房间, type: text, required: true, longest: 20, sample: 二楼}\n  levels: {label",
    )
    .replace("  used: {", "  working: {")
    .replace("from: [used]", "from: [working]")
    .replace("people: shelves", "people: levels")
    .replace("sum: shelves", "sum: levels")
    .replace("facility, shelves, check_on", "facility, levels, check_on")
    .replace("[shelves]", "[levels]")
)


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Iterator[Callable[[str], None]]:
    """Puts a file into the county's folder, as it stands when the site is started."""
    before = dict(SPECS)
    numbers = iter(range(9))

    def put(text: str) -> None:
        own = tmp_path / str(next(numbers))
        (own / "county").mkdir(parents=True)
        (own / "county" / f"{NAME}.yaml").write_text(text, encoding="utf-8")
        settings.XINGLIN_DEFINITIONS = (own,)
        tables.register_all()

    yield put
    SPECS.clear()
    SPECS.update(before)


def sent(**more: Any) -> dict[str, Any]:
    return {**make.posted(NAME), **more}


def bring(client: Client, content: bytes) -> Import:
    file = SimpleUploadedFile("药架.xlsx", content)
    answer = client.post(reverse("exchange:upload"), {"file": file, "table": f"records.{NAME}"})
    assert answer.status_code == 302
    one = Import.objects.latest("created_at")
    assert (one.state, one.errors) == ("checked", 0), one.note
    return one


def exported(client: Client) -> bytes:
    """The register as a workbook."""
    answer: Any = client.get(reverse("exchange:export", args=[f"records.{NAME}"]))
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_register_by_a_file_alone(
    folder: Callable[[str], None], signed_in: Callable[..., Client], account: Callable[..., Any]
) -> None:
    assert NAME not in book()
    folder(FILE)
    client, facility = signed_in("county_officer", COUNTY), make.organisations.facility()
    assert "药架登记" in client.get(reverse("forms:index")).content.decode()
    # form
    address = reverse("forms:new", args=[NAME])
    assert "下次检查" in client.get(address).content.decode()
    wrong = client.post(address, sent(facility=facility.pk, shelves="100"))
    assert "99" in wrong.content.decode()
    answer = client.post(address, sent(facility=facility.pk))
    row = Record.objects.get(definition=NAME)
    assert answer["Location"] == reverse("forms:record", args=[row.pk])
    client.post(address, sent(facility=facility.pk, name="乙架", shelves="9"))
    # list, filter, total
    page = reverse("forms:records", args=[NAME])
    text = client.get(page).content.decode()
    assert "甲架" in text
    assert "13" in text
    only = client.get(page, {"shelves": "9"}).content.decode()
    assert "乙架" in only
    assert "甲架" not in only
    # edit, history
    client.post(reverse("forms:edit", args=[row.pk]), sent(facility=facility.pk, shelves="5", revision="1"))
    row.refresh_from_db()
    assert row.document["shelves"] == 5
    shown = client.get(reverse("forms:record", args=[row.pk])).content.decode()
    assert "司马演示" in shown
    assert row.events.get(number=2).changes == {"shelves": [4, 5]}
    # export and import
    assert bring(client, exported(client)).counts[f"records.{NAME}"]["same"] == 2
    new = {
        "记录编号": None,
        "机构": facility.pk,
        "开始日期": date(2024, 3, 1),
        "架名": "丙架",
        "层数": 3,
        "下次检查": date(2024, 9, 1),
    }
    one = bring(client, workbook({"药架登记": [new]}))
    client.post(reverse("exchange:apply", args=[one.pk]), {"mode": "all"})
    third = Record.objects.get(title="丙架")
    assert (third.state, third.facility_id, third.document["shelves"]) == ("used", facility.pk, 3)
    assert client.get(reverse("exchange:template", args=[f"records.{NAME}"])).status_code == 200
    # deadline
    assert Deadline.objects.get(record=third, closed_on=None).due == date(2024, 9, 1)
    assert "丙架" in client.get(reverse("forms:due")).content.decode()
    # fact and report
    assert fact_rows() == {5, 9, 3}
    report = client.get(reverse("forms:report", args=[NAME, "towns"])).content.decode()
    assert "17" in report
    # owed
    assert client.get(reverse("forms:owing", args=[NAME])).status_code == 200
    # move
    last = timezone.localdate()
    client.post(
        reverse("forms:move", args=[third.pk, "stop"]), {"valid_to": last.isoformat(), "reason": "坏了"}
    )
    third.refresh_from_db()
    assert (third.state, third.until) == ("gone", last)
    assert history.strays(Record.objects.all()) == []


def fact_rows() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(facts.selects()["unit"])
        names = [column[0] for column in cursor.description]
        raw = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    made = counted.made(raw, load_contract().table("unit"), facts.through()["unit"])
    return set(made.table.column("people").to_pylist())


def test_a_changed_version_reads_what_was_written_before(
    folder: Callable[[str], None], signed_in: Callable[..., Client]
) -> None:
    folder(FILE)
    client, facility = signed_in("county_officer", COUNTY), make.organisations.facility()
    address = reverse("forms:new", args=[NAME])
    for name, shelves in (("甲架", "4"), ("乙架", "9")):
        client.post(address, sent(facility=facility.pk, name=name, shelves=shelves))
    old, other = Record.objects.get(title="甲架"), Record.objects.get(title="乙架")
    opened = Deadline.objects.get(record=old)
    folder(CHANGED)
    one = definition(NAME)
    assert (one.version, old.version) == (2, 1)
    values = rows.values_in(old, one)
    assert (values["levels"], values["room"]) == (4, "一楼")
    shown = client.get(reverse("forms:record", args=[old.pk])).content.decode()
    assert "一楼" in shown
    assert "在用" in shown
    assert Record.objects.get(pk=old.pk).document == old.document, "读不等于写"
    assert fact_rows() == {4, 9}
    # the deadline goes on; an edit writes the new version
    values = {
        **make.posted(NAME),
        "facility": facility.pk,
        "name": "甲架",
        "levels": "6",
        "room": "三楼",
        "revision": "1",
    }
    assert client.post(reverse("forms:edit", args=[old.pk]), values).status_code == 302
    old.refresh_from_db()
    assert (old.version, old.state, old.document["levels"], old.document["room"]) == (2, "working", 6, "三楼")
    assert "shelves" not in old.document
    assert [d.pk for d in Deadline.objects.filter(record=old, closed_on=None)] == [opened.pk]
    # a move brings up what nobody edited
    last = timezone.localdate() - timedelta(days=1)
    moving.move(other, one, "stop", by=client.user, wish=Wish("坏了", raw={"valid_to": last}))  # type: ignore[attr-defined]
    other.refresh_from_db()
    assert (other.version, other.state, other.document["levels"]) == (2, "gone", 9)
    assert history.strays(Record.objects.all()) == []
    assert bring(client, exported(client)).counts[f"records.{NAME}"]["same"] == 2


def test_what_nobody_edited_is_found_and_moved_in_its_old_version(
    folder: Callable[[str], None], signed_in: Callable[..., Client]
) -> None:
    folder(FILE)
    client, facility = signed_in("county_officer", COUNTY), make.organisations.facility()
    client.post(reverse("forms:new", args=[NAME]), sent(facility=facility.pk))
    row = Record.objects.get()
    folder(CHANGED)
    page = reverse("forms:records", args=[NAME])
    assert row.pk in client.get(page, {"state": "working"}).content.decode()
    saving.remove(row, definition(NAME), by=client.user, reason="填错")  # type: ignore[attr-defined]
    saving.restore(row, definition(NAME), by=client.user)  # type: ignore[attr-defined]
    assert Deadline.objects.get(record=row, closed_on=None).due == date(2024, 9, 1)
    assert history.strays(Record.objects.all()) == []
    assert row.pk in client.get(page, {"levels": "4"}).content.decode()
    row.refresh_from_db()
    assert row.version == 1


def test_index_rows_follow_a_new_version(
    folder: Callable[[str], None], signed_in: Callable[..., Client]
) -> None:
    folder(FILE)
    client, facility = signed_in("county_officer", COUNTY), make.organisations.facility()
    client.post(reverse("forms:new", args=[NAME]), sent(facility=facility.pk))
    row = Record.objects.get()
    folder(CHANGED)
    page = reverse("forms:records", args=[NAME])
    assert saving.reindex(definition(NAME)) == 1
    assert row.pk in client.get(page, {"levels": "4"}).content.decode()
    assert row.pk not in client.get(page, {"levels": "5"}).content.decode()
    now = Record.objects.get()
    assert (now.version, now.document) == (1, row.document)
