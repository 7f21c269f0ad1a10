"""What the review of import and export found: lost updates, names of other areas, files that outlive a right."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from exchange_factories import (
    COUNTY,
    OTHER_TOWN,
    SIBLING,
    TOWN,
    bring,
    bring_in,
    csv_file,
    facilities,
    facility_row,
    faults,
    make_facility,
    make_person,
)

from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.audit.models import Entry
from xinglin.apps.exchange import actions, exporting
from xinglin.apps.exchange.models import Batch, Import
from xinglin.apps.exchange.models import State as Stand
from xinglin.apps.exchange.spec import SPECS
from xinglin.apps.organisations.models import Facility, Post, Practitioner
from xinglin.apps.work import actions as work
from xinglin.apps.work import files, runner
from xinglin.apps.work.models import Job, State

Account = Callable[..., User]
ELSEWHERE = "110101"


@pytest.fixture
def officer(account: Account) -> User:
    return account("county_officer", COUNTY)


@pytest.fixture
def in_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "IN_BACKGROUND", 1)


def anew(user: User) -> User:
    """The account as the next request finds it."""
    return User.objects.get(pk=user.pk)


def changed_row(**more: Any) -> dict[str, Any]:
    return facility_row(机构编号="a", 机构名称="新名字", **more)


def after_the_check(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], Any]) -> None:
    """Let somebody do something between the last check and the writing."""
    real = actions._checked

    def then(*told: Any, **more: Any) -> Any:
        found = real(*told, **more)
        deed()
        return found

    monkeypatch.setattr(actions, "_checked", then)


# B1


@pytest.mark.parametrize("gone", [False, True])
def test_what_somebody_changed_meanwhile_is_not_overwritten(
    officer: User, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    mine = make_facility("a", beds=10)
    one = bring(officer, facilities(changed_row(), facility_row(机构名称="另一家")))
    rows = Facility.objects.filter(pk=mine.pk)
    after_the_check(monkeypatch, rows.delete if gone else lambda: rows.update(beds=99))
    with pytest.raises(actions.NotPossible, match=r"核对之后有人改过“机构”.*a.*请重新核对"):
        actions.apply(one=one, mode="all", by=officer)
    one.refresh_from_db()
    assert (one.state, one.applied_at, one.batches.count()) == (Stand.CHECKED, None, 0)
    assert "请重新核对" in one.note
    assert list(Facility.objects.values_list("name", "beds")) == ([] if gone else [("卫生院 a", 99)])


def test_rows_are_held_while_they_are_written(officer: User) -> None:
    make_facility("a", beds=10)
    one = bring(officer, facilities(changed_row()))
    with CaptureQueriesContext(
        connection,
    ) as seen:
        actions.apply(one=one, mode="all", by=officer)
    held = [
        q["sql"] for q in seen if "organisations_facility" in q["sql"] and "FOR NO KEY UPDATE" in q["sql"]
    ]
    assert bool(held) is (connection.vendor == "postgresql")
    assert Facility.objects.get().name == "新名字"


# B2


@pytest.fixture
def two_areas(account: Account) -> tuple[User, dict[str, Practitioner]]:
    """An expert of one county who heads a facility in another: sees people in both, names only in the second."""
    people = {}
    for name, place, id_ in (("张三丰", TOWN, "f1"), ("李四光", OTHER_TOWN, "f2")):
        one = make_person(f"p-{id_}", name=name, phone="13800000000")
        Post.objects.create(
            practitioner=one, facility=make_facility(id_, place), main=True, valid_from=timezone.localdate()
        )
        people[id_] = one
    user = account("county_expert", COUNTY)
    Grant.objects.create(user=user, role="facility_head", facility="f2", valid_from=timezone.localdate())
    return user, people


def test_names_are_exported_only_where_they_may_be_seen(
    two_areas: tuple[User, dict[str, Practitioner]],
) -> None:
    wanted = exporting.Wanted(SPECS["practitioner"], {}, two_areas[0], "csv")
    rows = {row["practitioner"]: (row["name"], row["phone"]) for row in wanted.rows()}
    assert rows == {"p-f1": (None, None), "p-f2": ("李四光", "13800000000")}
    with exporting.at_once(wanted, None) as file:
        text = file.read().decode("utf-8-sig")
    assert "李四光" in text
    assert "张三丰" not in text
    assert "name" in Entry.objects.get(action="export").fields


def test_the_log_names_personal_columns_only_where_some_were_shown(
    two_areas: tuple[User, dict[str, Practitioner]],
) -> None:
    Post.objects.filter(facility="f2").update(facility="f1")  # nobody is left where names are seen
    with exporting.at_once(exporting.Wanted(SPECS["practitioner"], {}, two_areas[0], "csv"), None) as file:
        assert len(list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))) == 3
    told = Entry.objects.get(action="export").fields
    assert "licence" in told
    assert "name" not in told


def test_who_sees_names_everywhere_sees_them_all(officer: User, two_areas: Any) -> None:
    del two_areas
    rows = exporting.Wanted(SPECS["practitioner"], {}, officer, "csv").rows()
    assert [row["name"] for row in rows] == ["张三丰"]


def people(**values: str) -> bytes:
    """A sheet of one person."""
    row = {"人员编号": "", "姓名": "", "执业资格": "执业医师", "执业类别": "中医", **values}
    columns = {column.label: name for name, column in SPECS["practitioner"].form.columns.items()}
    assert set(row) <= set(columns), columns
    return csv_file([row])


def test_names_are_imported_only_where_they_may_be_seen(
    account: Account, two_areas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del two_areas
    user = account("county_officer", COUNTY, username="two")
    Grant.objects.create(user=user, role="county_officer", place=SIBLING, valid_from=timezone.localdate())
    spec = SPECS["practitioner"]
    narrow = account("county_officer", SIBLING).scope_for(spec.personal_view)
    monkeypatch.setattr(type(spec), "personal_area", lambda self, by: narrow)

    def tried(**values: str) -> list[str]:
        one = bring(user, people(**values), "人员.csv", "practitioner")
        return [f"{kind} {column}" for kind, _, _, column in faults(one)]

    assert tried(人员编号="p-f1", 姓名="改了") == ["personal 姓名"]
    assert tried(人员编号="p-f1", 姓名="张三丰") == [], "what is there already is no change"
    assert tried(人员编号="p-f1") == []
    assert tried(人员编号="p-f2", 姓名="改了") == []
    assert tried(姓名="新来的") == ["personal 姓名"], "nobody knows yet where a new person will be"


# B3


@pytest.mark.parametrize("changed", [False, True])
def test_an_import_is_taken_back_only_where_one_may_still_write(officer: User, changed: bool) -> None:
    if changed:
        make_facility("a", beds=10)
    one = bring_in(officer, facilities(changed_row() if changed else facility_row()))
    name = Facility.objects.get().name
    Grant.objects.update(place=ELSEWHERE)
    with pytest.raises(actions.NotPossible, match="1 行不在您现在可以登记的范围"):
        actions.undo(one=one, by=anew(officer))
    one.refresh_from_db()
    assert (one.state, Facility.objects.get().name) == (Stand.APPLIED, name)
    Grant.objects.update(place=COUNTY)
    actions.undo(one=one, by=anew(officer))
    assert [row.name for row in Facility.objects.all()] == (["卫生院 a"] if changed else [])


def test_a_row_is_not_put_back_where_one_may_not_write(officer: User) -> None:
    Grant.objects.create(user=officer, role="county_officer", place=SIBLING, valid_from=timezone.localdate())
    make_facility("a", OTHER_TOWN)
    one = bring_in(anew(officer), facilities(changed_row()))
    assert Facility.objects.get().place == TOWN
    Grant.objects.filter(place=SIBLING).delete()
    with pytest.raises(actions.NotPossible, match="不在您现在可以登记的范围"):
        actions.undo(one=one, by=anew(officer))
    assert Facility.objects.get().place == TOWN


# B4


@pytest.fixture
def exported(two_areas: Any, signed_in: Callable[..., Client]) -> tuple[Client, Job, Path]:
    """A finished export of people, whose client is ``county_officer`` of the sibling county."""
    del two_areas
    client = signed_in("county_officer", SIBLING)
    job = exporting.later(exporting.Wanted(SPECS["practitioner"], {}, client.user, "csv"), None)  # type: ignore[attr-defined]
    runner.work_off()
    job.refresh_from_db()
    assert (job.state, job.result, job.error) == (State.DONE, {"行": 1}, "")
    return client, job, files.folder(job.pk) / job.file


def fetched(client: Client, job: Job) -> str | None:
    answer: Any = client.get(f"/jobs/{job.pk}/file")
    return b"".join(answer.streaming_content).decode("utf-8-sig") if answer.status_code == 200 else None


@pytest.mark.django_db(transaction=True)
def test_an_export_lies_encrypted_and_is_handed_out_in_the_clear(exported: tuple[Client, Job, Path]) -> None:
    client, job, path = exported
    raw = path.read_bytes()
    assert "李四光".encode() not in raw
    assert b"p-f2" not in raw
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == [job.file]
    assert "李四光" in (fetched(client, job) or "")
    lines = raw.splitlines(keepends=True)
    for spoilt in (
        b"".join(lines[:-1]),
        b"".join([lines[0], *lines[2:]]),
        b"",
        raw.replace(raw[40:41], b"*", 1),
    ):
        path.write_bytes(spoilt)
        assert fetched(client, job) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("role", "place", "still"),
    [
        ("county_officer", SIBLING, True),
        ("regional_officer", "4418", True),
        ("county_officer", COUNTY, False),
        ("county_officer", OTHER_TOWN, False),
        ("county_expert", SIBLING, False),  # sees the people, not the names
        ("county_expert", ELSEWHERE, False),
    ],
)
def test_an_export_is_handed_out_while_areas_cover_it(
    exported: tuple[Client, Job, Path], role: str, place: str, still: bool
) -> None:
    client, job, _ = exported
    Grant.objects.filter(user=client.user).update(role=role, place=place)  # type: ignore[attr-defined]
    assert (fetched(client, job) is not None) is still


@pytest.mark.django_db(transaction=True)
def test_an_export_of_a_facility_is_covered_by_its_county(
    two_areas: Any, signed_in: Callable[..., Client]
) -> None:
    del two_areas
    client: Any = signed_in("facility_head", facility="f2")
    job = exporting.later(exporting.Wanted(SPECS["practitioner"], {}, client.user, "csv"), None)
    runner.work_off()
    grant = Grant.objects.filter(user=client.user)
    grant.update(role="county_officer", facility="", place=SIBLING)
    job.refresh_from_db()
    assert "李四光" in (fetched(client, job) or "")
    grant.update(place=COUNTY)
    assert fetched(client, job) is None


@pytest.mark.django_db(transaction=True)
def test_an_export_put_away_is_deleted(exported: tuple[Client, Job, Path]) -> None:
    client, job, path = exported
    client.post(f"/jobs/{job.pk}/dismiss")
    assert not path.parent.exists()
    assert fetched(client, job) is None


@pytest.mark.django_db(transaction=True)
def test_an_export_is_deleted_after_a_week(exported: tuple[Client, Job, Path]) -> None:
    client, job, path = exported
    assert files.sweep() == 0
    assert path.exists()
    Job.objects.update(ended_at=timezone.now() - files.KEPT - timedelta(minutes=1))
    assert files.sweep() == 1
    assert not path.parent.exists()
    assert fetched(client, job) is None
    assert files.sweep() == 0


@pytest.mark.django_db(transaction=True)
def test_an_export_that_was_not_logged_leaves_no_file(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**told: Any) -> None:
        raise ValueError(told)

    job = exporting.later(exporting.Wanted(SPECS["facility"], {}, officer, "csv"), None)
    monkeypatch.setattr(exporting, "record", fails)
    runner.work_off()
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert not list(files.folder(job.pk).iterdir())


# B5


def test_a_job_begun_anew_too_late_changes_nothing(officer: User, in_background: None) -> None:
    del in_background
    one = bring(officer, facilities(facility_row()))
    runner.work_off()
    one.refresh_from_db()
    checked = Job.objects.get(pk=one.job)
    actions.apply(one=one, mode="all", by=officer)
    one.refresh_from_db()
    first = Job.objects.get(pk=one.job)
    work.cancel(job=first, by=officer)
    actions.settle(one)
    assert one.state == Stand.CHECKED
    actions.apply(one=one, mode="all", by=officer)
    runner.work_off()
    one.refresh_from_db()
    assert one.state == Stand.APPLIED
    Job.objects.filter(pk=checked.pk).update(state=State.FAILED)
    for late in (first, checked):
        work.retry(job=late, by=officer)
        runner.work_off()
        late.refresh_from_db()
        assert (late.state, "已导入" in late.error) == (State.FAILED, True)
    one.refresh_from_db()
    assert (one.state, Facility.objects.count(), one.counts["facility"]["new"]) == (Stand.APPLIED, 1, 1)


def test_a_check_that_ends_too_late_does_not_reopen_what_was_imported(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = bring(officer, facilities(facility_row()))
    Import.objects.update(state=Stand.WAITING)
    after_the_check(
        monkeypatch, lambda: Import.objects.update(state=Stand.APPLIED, applied_at=timezone.now())
    )
    with pytest.raises(actions.NotPossible, match="已经处理过"):
        actions.check_import(one.pk, actions.Quiet())
    one.refresh_from_db()
    assert one.state == Stand.APPLIED


# B6


@pytest.mark.parametrize(
    ("state", "then"), [(Stand.WAITING, Stand.UNREADABLE), (Stand.APPLYING, Stand.CHECKED)]
)
@pytest.mark.parametrize("job", ["", "gone"])
def test_an_import_whose_process_died_is_freed(
    signed_in: Callable[..., Client], state: Stand, then: Stand, job: str
) -> None:
    client: Any = signed_in("county_officer", COUNTY)
    one = bring(client.user, facilities(facility_row()))
    Import.objects.update(state=state, job=job, opened_at=timezone.now() - timedelta(minutes=9))
    client.get("/exchange")
    one.refresh_from_db()
    assert one.state == state, "it may still be at work"
    Import.objects.update(opened_at=timezone.now() - timedelta(minutes=11))
    client.get("/exchange")
    one.refresh_from_db()
    assert (one.state, "处理中断" in one.note) == (then, True)
    actions.discard(one=one, by=client.user)


def test_an_import_whose_job_lives_is_left_alone(officer: User, in_background: None) -> None:
    del in_background
    one = bring(officer, facilities(facility_row()))
    Import.objects.update(opened_at=timezone.now() - timedelta(days=1))
    one.refresh_from_db()
    actions.settle(one)
    assert one.state == Stand.WAITING
    runner.work_off()
    one.refresh_from_db()
    assert one.state == Stand.CHECKED


def test_the_clock_of_an_import_starts_anew_when_it_is_applied(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = bring(officer, facilities(facility_row()))
    Import.objects.update(opened_at=timezone.now() - timedelta(days=1))

    def look() -> None:
        other = Import.objects.get()
        actions.settle(other)
        assert other.state == Stand.APPLYING

    after_the_check(monkeypatch, look)
    actions.apply(one=one, mode="all", by=officer)
    one.refresh_from_db()
    assert one.state == Stand.APPLIED


# C14


def test_the_undo_of_a_register_that_is_no_more_says_so(officer: User) -> None:
    one = bring_in(officer, facilities(facility_row()))
    Batch.objects.update(table="records.gone")
    with pytest.raises(actions.NotPossible, match=r"records\.gone.*停用"):
        actions.undo(one=one, by=officer)
    one.refresh_from_db()
    assert one.state == Stand.APPLIED


def test_the_undo_of_a_register_with_more_columns_says_so(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = bring_in(officer, facilities(facility_row()))
    spec = SPECS["facility"]
    more = spec.table.columns["name"].model_copy(update={"label": "新栏目"})
    table = spec.table.model_copy(update={"columns": {**spec.table.columns, "added": more}})
    monkeypatch.setitem(SPECS, "facility", dataclasses.replace(spec, table=table))
    with pytest.raises(actions.NotPossible, match="“机构”在导入之后增加了列（新栏目）"):
        actions.undo(one=one, by=officer)
    one.refresh_from_db()
    assert (one.state, Facility.objects.count()) == (Stand.APPLIED, 1)
