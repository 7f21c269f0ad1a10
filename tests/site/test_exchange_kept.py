"""What is kept of a file between dry run and import: used when it still holds, safe, and gone afterwards."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from exchange_factories import (
    COUNTY,
    OTHER_TOWN,
    TOWN,
    bring,
    bring_in,
    facilities,
    facility_row,
    faults,
    make_facility,
    workbook,
)

from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.exchange import actions, bulk, kept, store
from xinglin.apps.exchange.models import Import
from xinglin.apps.exchange.spec import SPECS, permitted
from xinglin.apps.organisations.models import Change, Department, Facility, Practitioner
from xinglin.apps.protection.ids import ALPHABET, LENGTH


@pytest.fixture
def officer(account: Callable[..., User]) -> User:
    return account("county_officer", COUNTY)


def apply(one: Import, by: User, mode: str = "all") -> Import:
    actions.apply(one=one, mode=mode, by=by)
    one.refresh_from_db()
    return one


def department(**more: Any) -> dict[str, Any]:
    return {"机构编号": "F1", "科室类别": "康复科", "床位数": 5, "设置日期": date(2010, 1, 1), **more}


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on no file can be read."""

    def fails(*args: Any) -> None:
        raise AssertionError("read again")

    return lambda: monkeypatch.setattr(actions, "read_upload", fails)


def test_a_file_is_read_once(officer: User, unreadable: Callable[[], None]) -> None:
    rows = [
        facility_row(机构名称="甲"),
        facility_row(机构名称="坏", 床位数="很多"),
        facility_row(机构名称="乙", 床位数=""),
    ]
    one = bring(officer, facilities(*rows))
    unreadable()
    apply(one, officer, "good")
    assert (one.state, one.errors, one.counts["facility"]) == (
        "applied",
        1,
        {"new": 2, "changed": 0, "same": 0, "bad": 1},
    )
    assert faults(one) == [("bad_number", "机构", 3, "床位数")]
    found = {row.name: row for row in Facility.objects.all()}
    assert (found["甲"].beds, found["乙"].beds, found["甲"].valid_from) == (60, None, date(2001, 5, 1))


def test_headers_and_rows_are_kept_with_their_places(officer: User) -> None:
    specs = permitted(officer, "edit")
    content = workbook(
        {"机构": [facility_row(), {"机构编号": "合计"}, facility_row(机构名称="乙")], "科室": [department()]}
    )
    one = bring(officer, content, "全部.xlsx")
    sifted = kept.fetch(one, specs)
    assert sifted is not None
    assert [(part.table.name, part.row_numbers) for part in sifted.parts] == [
        ("facility", [2, 4]),
        ("department", [2]),
    ]
    assert sifted.parts[0].headers["beds"] == "床位数"
    assert [problem.kind for problem in sifted.problems] == ["total_row"]


MEANWHILE: list[tuple[Callable[[Any], object], str, str]] = [
    (lambda found: found.delete(), "dangling_reference", "机构编号"),
    (lambda found: found.update(place=OTHER_TOWN), "dangling_reference", "机构编号"),
    (lambda found: found.update(valid_to=date(2019, 1, 1)), "after_closing", "撤销日期"),
    (
        lambda found: Department.objects.create(
            facility=found.get(), kind="rehabilitation", valid_from=date(2005, 1, 1)
        ),
        "conflict",
        "机构编号",
    ),
]


@pytest.mark.parametrize(("change", "kind", "column"), MEANWHILE)
def test_what_the_database_says_is_asked_again(
    officer: User, unreadable: Callable[[], None], change: Callable[[Any], object], kind: str, column: str
) -> None:
    make_facility("F1")
    one = bring(officer, workbook({"科室": [department(撤销日期=None)]}), "科室.xlsx")
    assert one.errors == 0
    unreadable()
    change(Facility.objects.filter(pk="F1"))
    before = Department.objects.count()
    apply(one, officer)
    assert (one.state, faults(one)) == ("checked", [(kind, "科室", 2, column)])
    assert "没有导入任何一行" in one.note
    assert Department.objects.count() == before


def test_a_row_that_changed_meanwhile_is_written_over_what_is_there_now(officer: User) -> None:
    make_facility("F1", name="甲", beds=1)
    rows = facilities({**facility_row(机构编号="F1", 机构名称="甲", 床位数=9), "开业日期": date(2000, 1, 1)})
    one = bring(officer, rows)
    Facility.objects.filter(pk="F1").update(beds=5)
    apply(one, officer)
    change = Change.objects.get(object_id="F1")
    assert (change.before["beds"], change.after["beds"]) == (5, 9)


def test_a_permission_lost_meanwhile_stops_the_import(officer: User) -> None:
    one = bring(officer, facilities(facility_row()))
    Grant.objects.filter(user=officer).update(place="441881")
    apply(one, User.objects.get(pk=officer.pk))
    assert (one.state, faults(one)) == ("checked", [("outside_area", "机构", 2, "所在地代码")])
    assert not Facility.objects.exists()


@pytest.mark.parametrize("spoil", ["changed", "other", "gone", "half"])
def test_rows_that_are_not_to_be_trusted_are_read_anew(officer: User, spoil: str) -> None:
    one, other = (
        bring(officer, facilities(facility_row())),
        bring(officer, facilities(facility_row(机构名称="别的"))),
    )
    path = store._rows(one.pk)
    text = path.read_text(encoding="ascii")
    if spoil == "gone":
        path.unlink()
    else:
        flipped = text[:60] + ("A" if text[60] != "A" else "B") + text[61:]
        content = {"changed": flipped, "other": store._rows(other.pk).read_text("ascii"), "half": text[:50]}
        path.write_text(content[spoil], encoding="ascii")
    apply(one, officer)
    assert one.state == "applied"
    assert Facility.objects.get().name == "星子镇卫生院"


def test_kept_rows_are_for_the_program_only(officer: User) -> None:
    people = [
        {"执业资格": "physician", "执业类别": "tcm", "姓名": "王小明明", "证件号码": "11010519491231002X"}
    ]
    one = bring(officer, workbook({"人员": people}), "人员.xlsx")
    path = store._rows(one.pk)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "王小明明".encode() not in path.read_bytes()
    assert not list(path.parent.glob("*.part"))
    apply(one, officer)
    assert Practitioner.objects.get().name == "王小明明"


def test_kept_rows_go_with_the_import(officer: User, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        one = bring_in(officer, facilities(facility_row()))
    assert store.fetch_rows(one.pk) is None
    assert store.fetch(one.pk) is not None, "the report marks the upload itself"
    two = bring(officer, facilities(facility_row(机构名称="乙")))
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard(one=two, by=officer)
    assert store.fetch_rows(two.pk) is None


def test_many_values_are_one_question(officer: User, django_assert_max_num_queries: Any) -> None:
    count = 2500
    content = facilities(*(facility_row(机构名称=f"卫生院{at}") for at in range(count)))
    one = bring_in(officer, content)
    spec = SPECS["facility"]
    rows = [
        {**row, "facility": row["facility"]}
        for row in spec.rows(officer.scope_for("facility.view"), {}, True)
    ]
    with django_assert_max_num_queries(3):
        assert len(spec.stored(rows, officer.scope_for("facility.edit"))) == count
    assert len({row["facility"] for row in rows}) == count
    with django_assert_max_num_queries(60):
        actions.undo(one=one, by=officer)
    assert not Facility.objects.filter(place=TOWN).exists()


def test_whoever_is_faster_wins_and_nothing_is_half_written(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = bring(officer, facilities(facility_row(机构编号="N1"), facility_row(机构名称="乙")))
    real = actions.check

    def slowly(*args: Any) -> Any:
        found = real(*args)
        make_facility("N1")
        return found

    monkeypatch.setattr(actions, "check", slowly)
    with pytest.raises(actions.NotPossible, match="有人同时改了同样的数据"):
        actions.apply(one=one, mode="all", by=officer)
    one.refresh_from_db()
    assert (one.state, one.note) == ("checked", "有人同时改了同样的数据：没有导入任何一行，请再试一次")
    assert list(Facility.objects.values_list("name", flat=True)) == ["卫生院 N1"]
    assert not Change.objects.exists()


def test_what_refers_to_a_row_keeps_it_from_being_undone(officer: User) -> None:
    one = bring_in(officer, facilities(facility_row(机构编号="N1")))
    Department.objects.create(facility_id="N1", kind="rehabilitation")
    with pytest.raises(actions.NotPossible, match="N1"):
        actions.undo(one=one, by=officer)
    one.refresh_from_db()
    assert (one.state, Facility.objects.count()) == ("applied", 1)


@pytest.mark.any_database
def test_many_ids_are_ids() -> None:
    ids = bulk.new_ids(20_000)
    assert len(set(ids)) == 20_000
    assert {len(one) for one in ids} == {LENGTH}
    assert {sign for one in ids for sign in one[2:]} <= set(ALPHABET)
    assert bulk.new_ids(0) == []
