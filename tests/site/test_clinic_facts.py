"""Visits, prescriptions and treatments become facts: counted as they were written, beside what comes from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import clinic_factories as clinic
import organisations_factories as make
import pyarrow as pa
import pytest
import residents_factories as people
from clinic_factories import Desk, raw
from django.db import connection
from django.test import Client
from django.utils import timezone
from indicators_factories import committed, copying, export

from xinglin.apps.accounts.models import User
from xinglin.apps.clinic import actions
from xinglin.apps.clinic.models import Encounter, Note, Prescription, Session, Sheet
from xinglin.apps.forms.models import Sent
from xinglin.apps.indicators import outside
from xinglin.apps.indicators import owners as ownership
from xinglin.apps.indicators.owners import alone, owners
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents.actions import merge, undo_merge
from xinglin.apps.residents.once import new_key
from xinglin.facts import DatasetInfo, open_dataset, write_dataset
from xinglin.measures import load_measures
from xinglin.policy import load_documents
from xinglin.standing import open_inputs

INFO = DatasetInfo(title="外院", demonstration=True)
DAY = date(2026, 3, 9)


@pytest.fixture(autouse=True)
def readable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On SQLite the reader gets copies."""
    if connection.vendor == "sqlite":
        monkeypatch.setattr(ownership, "database", copying(tmp_path))


@pytest.fixture
def desk(account: Callable[..., User]) -> Desk:
    return clinic.desk(account)


def rows(folder: Path, table: str, **only: Any) -> list[dict[str, Any]]:
    found = open_dataset(folder).rows(table)
    return [row for row in found if all(row[name] == value for name, value in only.items())]


def on(encounter: Encounter, day: date) -> Encounter:
    """The visit, as if it had been on another day."""
    Encounter.objects.filter(pk=encounter.pk).update(day=day, number=encounter.number + 100)
    encounter.refresh_from_db()
    return encounter


@committed
def test_the_clinic_gives_three_tables(desk: Desk, tmp_path: Path, account: Callable[..., User]) -> None:
    mine = {name: one for name, one in owners().items() if one.app == "clinic"}
    assert {name: one.beside for name, one in mine.items()} == dict.fromkeys(
        ("visit", "prescription", "treatment"), True
    )
    assert not mine.keys() & set(alone())
    western = clinic.desk(account, desk.facility, username="w", category="clinical", tcm_able=False)
    herbs = clinic.signed(desk)
    needled = clinic.signed(desk, raw(technique_0="A01", site_0="合谷", sessions_0="2", doses=""))
    plain = clinic.signed(desk, raw(western_0="感冒", disease_0="", pattern_0="", doses=""))
    patent = clinic.signed(western, raw(patent_0="感冒清热颗粒", quantity_0="2", doses=""))
    actions.give(Sheet.objects.get(), by=desk.user, key="t")
    later = Encounter.objects.get(kind="treatment")
    clinic.visit(desk)
    folder = tmp_path / "facts"
    export(folder)
    found = {row["visit"]: (row["tcm"], row["non_drug"]) for row in rows(folder, "visit")}
    assert found == {
        herbs.pk: (True, False),
        needled.pk: (True, True),
        later.pk: (True, True),
        plain.pk: (False, False),
        patent.pk: (False, False),
    }, "a patent medicine of somebody without TCM training makes no TCM visit; who waits is no visit"
    kinds = sorted(str(row["kind"]) for row in rows(folder, "prescription"))
    assert kinds == ["herbal_pieces", "patent_medicine"]
    assert sorted((row["technique"], row["visit"]) for row in rows(folder, "treatment")) == sorted(
        [("A01", needled.pk), ("A01", later.pk)]
    )
    assert {row["person"] for row in rows(folder, "visit", visit=herbs.pk)} == {herbs.resident.person_key}
    said = Sent.objects.filter(unit=desk.facility.pk, status="reported").values_list("table", flat=True)
    assert sorted(said) == ["prescription", "visit"], "what is written here is reported"


@committed
def test_a_correction_and_a_merging_are_counted_anew(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    nameless = people.resident(desk.facility, id_kind="none", id_number="")
    kept = people.resident(desk.facility)
    encounter = clinic.signed(
        desk, raw("桔梗 6", "甘草 3", patent_0="三金片", quantity_0="1"), resident=nameless
    )
    export(folder)
    assert [row["person"] for row in rows(folder, "visit")] == [None]
    assert len(rows(folder, "prescription")) == 2
    only = raw("桔梗 6", "甘草 6")
    actions.correct(encounter, only, reason="中成药没有取药", seen=1, by=desk.user, key=new_key())
    done = merge(kept, nameless, by=desk.user)
    export(folder)
    assert len(rows(folder, "prescription")) == 1
    assert [row["person"] for row in rows(folder, "visit")] == [kept.person_key]
    undo_merge(done, by=desk.user)
    export(folder)
    assert [row["person"] for row in rows(folder, "visit")] == [None]
    assert (Note.objects.count(), Prescription.objects.count(), Session.objects.count()) == (2, 3, 0)


def his(folder: Path, tables: dict[str, list[Facility]]) -> Path:
    """A data set of another system: a visit on 9 March and one on 9 April for each facility."""
    days = (DAY, date(2026, 4, 9))
    listed = [
        {"visit": f"{one.pk}-{day}", "facility": one.pk, "date": day, "tcm": True, "non_drug": False}
        for one in tables["visit"]
        for day in days
    ]
    facility = pa.Table.from_pylist(
        [
            {"facility": one.pk, "name": "外", "place": one.place, "kind": one.kind, "ownership": "public"}
            | {"sponsor_level": "township"}
            for one in tables["visit"]
        ]
    )
    write_dataset(folder, {"facility": facility, "visit": pa.Table.from_pylist(listed)}, INFO)
    return folder


@committed
def test_rows_from_outside_count_where_the_app_has_none(
    desk: Desk, tmp_path: Path, account: Callable[..., User]
) -> None:
    """By facility and month the app is the source where it has rows; the files from outside stay as they came."""
    other = clinic.desk(account, username="o").facility
    folder = tmp_path / "facts"
    places = pa.table({"facility": [desk.facility.pk, other.pk], "place": [desk.facility.place, other.place]})
    dataset = open_dataset(his(tmp_path / "his", {"visit": [desk.facility, other]}))
    outside.add(folder, "外院HIS", dataset, alone(), places, INFO)
    export(folder)
    assert len(rows(folder, "visit")) == 4, "nothing of one's own: all of it counts"
    own = on(clinic.signed(desk), DAY)
    for _ in range(2):  # a second export, with nothing changed, gives the same
        export(folder)
        found = {row["visit"] for row in rows(folder, "visit")}
        assert found == {
            own.pk,
            f"{desk.facility.pk}-2026-04-09",
            f"{other.pk}-2026-03-09",
            f"{other.pk}-2026-04-09",
        }
    outside.add(folder, "外院HIS", dataset, alone(), places, INFO)
    export(folder)
    assert {row["visit"] for row in rows(folder, "visit")} == found, "sent again, it is the same"
    Encounter.objects.filter(pk=own.pk).update(state="open", signed_at=None)
    export(folder)
    assert len(rows(folder, "visit", facility=desk.facility.pk)) == 2, (
        "no row of one's own any more: theirs count again"
    )
    Encounter.objects.filter(pk=own.pk).update(state="signed", signed_at=own.signed_at)
    outside.remove(folder, "外院HIS", INFO)
    export(folder)
    assert [row["visit"] for row in rows(folder, "visit")] == [own.pk]


HERBS = ("桔梗 6", "甘草 3")
KINDS_OF_DAY: dict[str, dict[str, Any]] = {
    "herbs": raw(*HERBS),
    "granules": raw(*HERBS, form="granules"),
    "patent": raw(patent_0="感冒清热颗粒", quantity_0="2", doses=""),
    "needles": raw(technique_0="A01", site_0="合谷", sessions_0="1", doses=""),
    "both": raw(*HERBS, technique_0="C01", site_0="神阙", patent_0="三金片", quantity_0="1"),
    "western": raw(western_0="感冒", disease_0="", pattern_0="", doses=""),
}
"""A visit of each kind: it counts as a TCM visit unless it is the last."""


@committed
def test_a_day_moves_the_indicators_by_exactly_what_was_done(
    account: Callable[..., User], tmp_path: Path
) -> None:
    """Thirty mixed visits of a township doctor and ten of a village doctor, written on the pages."""
    township = clinic.desk(account)
    village = clinic.desk(
        account,
        make.facility("441882101201", kind="village_clinic"),
        role="village_doctor",
        username="v",
        licence="village_doctor",
        category="none",
        tcm_able=True,
    )
    year = (
        f"{timezone.localdate():%Y}"  # the county has said which facilities there are, as it does every year
    )
    Sent.objects.create(unit="441882", table="facility", period=year, place="441882", status="reported")
    folder = tmp_path / "facts"
    for desk, number in ((township, 30), (village, 10)):
        client = Client()
        client.force_login(desk.user)
        for at in range(number):
            _visit_on_pages(client, desk, list(KINDS_OF_DAY.values())[at % 6])
    export(folder)
    done = [list(KINDS_OF_DAY)[at % 6] for number in (30, 10) for at in range(number)]
    tcm = sum(kind != "western" for kind in done)
    found = open_dataset(folder)
    assert (len(found.rows("visit")), sum(bool(row["tcm"]) for row in found.rows("visit"))) == (40, tcm)
    assert sum(bool(row["non_drug"]) for row in found.rows("visit")) == done.count("needles") + done.count(
        "both"
    )
    assert len(found.rows("treatment")) == done.count("needles") + done.count("both")
    assert Counter(row["kind"] for row in found.rows("prescription")) == {
        "herbal_pieces": done.count("herbs") + done.count("both"),
        "granules": done.count("granules"),
        "patent_medicine": done.count("patent") + done.count("both"),
    }
    share = _share(found, "phc_tcm_visit_share")
    assert (share.numerator, share.denominator) == (tcm, 40), share


def _visit_on_pages(client: Client, desk: Desk, values: dict[str, Any]) -> None:
    """Registered, queued, signed: as the browser sends it."""
    person = people.unsaved_resident()
    form = {
        "facility": desk.facility.pk,
        "key": new_key(),
        "id_kind": "id_card",
        "id_number": person.id_number,
    }
    made: Any = client.post(
        "/residents/new", form | {"name": person.name, "place": person.place, "another": "1"}
    )
    queued: Any = client.post(f"{made.headers['Location']}/enqueue", {"key": new_key()})
    answer: Any = client.post(queued.headers["Location"], values | {"action": "sign", "key": new_key()})
    assert answer.status_code == 302, answer.context["form"].mistakes


def _share(dataset: Any, indicator: str) -> Any:
    book = load_measures()
    inputs = open_inputs(dataset, book, load_documents(book), "441882", timezone.localdate())
    return inputs.reference.count(book.bind(indicator), ["441882"])["441882"]
