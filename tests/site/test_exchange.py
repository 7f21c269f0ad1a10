"""Import and export: the way of a file from upload to undo, and back out again."""

from __future__ import annotations

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
    csv_file,
    facilities,
    facility_row,
    faults,
    make_facility,
    make_person,
    workbook,
)

from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
from xinglin.apps.exchange import actions, sheets, store, undoing
from xinglin.apps.exchange.models import Batch, Import
from xinglin.apps.exchange.spec import SPECS, permitted
from xinglin.apps.exchange.template import template
from xinglin.apps.organisations.models import Change, Facility, Post, Practitioner

Account = Callable[..., User]


@pytest.fixture
def officer(account: Account) -> User:
    return account("county_officer", COUNTY)


def test_new_rows_go_in(officer: User) -> None:
    one = bring(officer, facilities(facility_row(), facility_row(机构名称="东陂镇卫生院")))
    assert (one.state, one.errors, one.counts) == (
        "checked",
        0,
        {"facility": {"new": 2, "changed": 0, "same": 0, "bad": 0}},
    )
    assert not Facility.objects.exists()
    actions.apply(one=one, mode="all", by=officer)
    one.refresh_from_db()
    assert one.state == "applied"
    row = Facility.objects.get(name="星子镇卫生院")
    assert (row.place, row.kind, row.beds, row.valid_from) == (
        TOWN,
        "township_hospital",
        60,
        date(2001, 5, 1),
    )
    assert row.government_run is True
    assert row.tcm_kind is None
    assert row.initials == "xzzwsy"


def test_every_deed_leaves_its_row(officer: User) -> None:
    one = bring_in(officer, facilities(facility_row()))
    actions.undo(one=one, by=officer)
    told = list(Entry.objects.order_by("pk").values_list("action", "kind", "object_id", "count"))
    assert told == [
        ("import.upload", "import", one.pk, 1),
        ("import.apply", "facility", one.pk, 1),
        ("import.undo", "facility", one.pk, 1),
    ]
    assert list(Change.objects.order_by("pk").values_list("deed", flat=True)) == ["import", "undo"]


def test_changed_and_same_rows(officer: User) -> None:
    make_facility("F1", name="甲", beds=10)
    make_facility("F2", name="乙", beds=10)
    rows = [
        {
            "机构编号": id,
            "机构名称": name,
            "所在地代码": TOWN,
            "机构类别": "乡镇卫生院",
            "举办层级": "县级",
            "所有制": "公立",
            "床位数": beds,
        }
        for id, name, beds in (("F1", "甲", 12), ("F2", "乙", 10))
    ]
    one = bring_in(officer, facilities(*rows))
    assert one.counts["facility"] == {"new": 0, "changed": 1, "same": 1, "bad": 0}
    changed = Facility.objects.get(pk="F1")
    assert changed.beds == 12
    assert changed.valid_from == date(2000, 1, 1), "a column that the file has not stays as it is"


def test_an_empty_cell_clears_a_value(officer: User) -> None:
    make_facility("F1", name="甲", beds=10)
    one = bring_in(
        officer, facilities(facility_row(机构编号="F1", 机构名称="甲", 床位数="", 开业日期=date(2000, 1, 1)))
    )
    assert one.counts["facility"]["changed"] == 1
    assert Facility.objects.get(pk="F1").beds is None


def test_good_rows_go_in_or_none(officer: User) -> None:
    content = facilities(facility_row(), facility_row(机构名称="坏", 机构类别="卫星院"))
    one = bring(officer, content)
    assert (one.errors, one.counts["facility"]["bad"]) == (1, 1)
    with pytest.raises(actions.NotPossible, match="1 处错误"):
        actions.apply(one=one, mode="all", by=officer)
    assert not Facility.objects.exists()
    actions.apply(one=one, mode="good", by=officer)
    assert list(Facility.objects.values_list("name", flat=True)) == ["星子镇卫生院"]


def test_data_that_changed_between_check_and_import(officer: User) -> None:
    one = bring(officer, facilities(facility_row()))
    make_facility("F9", name="星子镇卫生院")
    actions.apply(one=one, mode="all", by=officer)
    one.refresh_from_db()
    assert one.state == "checked"
    assert "没有导入任何一行" in one.note
    assert Facility.objects.count() == 1


def test_nothing_is_half_written(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    one = bring(officer, facilities(facility_row()))

    def fails(*args: Any, **more: Any) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr(undoing, "record", fails)
    with pytest.raises(RuntimeError):
        actions.apply(one=one, mode="all", by=officer)
    one.refresh_from_db()
    assert one.state == "checked"
    assert not Facility.objects.exists()
    assert not Batch.objects.exists()


def test_twice_the_same_import_is_refused(officer: User) -> None:
    one = bring_in(officer, facilities(facility_row()))
    with pytest.raises(actions.NotPossible):
        actions.apply(one=one, mode="all", by=officer)


def test_another_account_cannot_touch_it(officer: User, account: Account) -> None:
    other = account("county_officer", COUNTY, username="other")
    one = bring(officer, facilities(facility_row()))
    for deed in (
        lambda: actions.apply(one=one, mode="all", by=other),
        lambda: actions.discard(one=one, by=other),
        lambda: actions.undo(one=one, by=other),
    ):
        with pytest.raises(actions.NotPossible):
            deed()


def test_rows_outside_the_area_are_refused(officer: User) -> None:
    make_facility("S1", place=OTHER_TOWN, name="别处")
    one = bring(
        officer,
        facilities(
            facility_row(所在地代码=OTHER_TOWN),
            facility_row(机构编号="S1", 机构名称="抢来"),
            facility_row(机构名称="好"),
        ),
    )
    assert faults(one) == [
        ("outside_area", "机构", 2, "所在地代码"),
        ("outside_area", "机构", 3, "机构编号"),
    ]
    actions.apply(one=one, mode="good", by=officer)
    assert Facility.objects.get(pk="S1").name == "别处"


def test_a_facility_head_changes_only_the_own(account: Account) -> None:
    make_facility("F1", name="甲")
    make_facility("F2", name="乙")
    head = account("facility_head", facility="F1")
    one = bring(
        head,
        facilities(
            facility_row(机构编号="F1", 机构名称="甲院"),
            facility_row(机构编号="F2", 机构名称="乙院"),
            facility_row(机构名称="新"),
        ),
    )
    assert {(kind, row) for kind, _, row, _ in faults(one)} == {("outside_area", 3), ("outside_area", 4)}
    assert one.counts["facility"]["changed"] == 1


def test_registers_refer_to_each_other_within_one_file(officer: User) -> None:
    people = [
        {
            "人员编号": "P1",
            "执业资格": "physician",
            "执业类别": "tcm",
            "姓名": "王小明",
            "证件号码": "11010519491231002X",
        }
    ]
    posts = [{"人员编号": "P1", "机构编号": "F1", "主要执业": "是", "起始日期": date(2020, 1, 1)}]
    book = workbook({"任职": posts, "人员": people, "机构": [facility_row(机构编号="F1")]})
    one = bring_in(officer, book, "全部.xlsx")
    assert (one.total("new"), one.errors) == (3, 0)
    post = Post.objects.get()
    assert (post.practitioner_id, post.facility_id) == ("P1", "F1")
    person = Practitioner.objects.get()
    assert (person.name, person.registered_in) == ("王小明", COUNTY)
    assert person.person_key
    assert list(Practitioner.objects.values_list("id_number", flat=True)) == ["11010519491231002X"]


def test_what_refers_to_a_bad_row_is_told(officer: User) -> None:
    posts = [{"人员编号": "P1", "机构编号": "F1", "主要执业": "是", "起始日期": date(2020, 1, 1)}]
    make_person("P1")
    book = workbook({"机构": [facility_row(机构编号="F1", 机构类别="？")], "任职": posts})
    assert {kind for kind, *_ in faults(bring(officer, book, "x.xlsx"))} == {"unknown_code", "reference_bad"}


def test_undo_restores_what_was(officer: User) -> None:
    make_facility("F1", name="甲", beds=10)
    one = bring_in(
        officer, facilities(facility_row(机构编号="F1", 机构名称="甲二"), facility_row(机构名称="新"))
    )
    assert Facility.objects.count() == 2
    actions.undo(one=one, by=officer)
    row = Facility.objects.get()
    assert (row.name, row.beds, row.initials) == ("甲", 10, "j")
    one.refresh_from_db()
    assert one.state == "undone"
    with pytest.raises(actions.NotPossible):
        actions.undo(one=one, by=officer)


def test_undo_says_which_rows_block(officer: User) -> None:
    make_facility("F1", name="甲", beds=10)
    one = bring_in(
        officer, facilities(facility_row(机构编号="F1", 机构名称="甲二"), facility_row(机构编号="F2"))
    )
    Facility.objects.filter(pk="F1").update(beds=99)
    with pytest.raises(actions.NotPossible, match="F1"):
        actions.undo(one=one, by=officer)
    Facility.objects.filter(pk="F1").update(beds=60)
    make_person("P1")
    Post.objects.create(practitioner_id="P1", facility_id="F2", main=True, valid_from=date(2020, 1, 1))
    with pytest.raises(actions.NotPossible, match="F2"):
        actions.undo(one=one, by=officer)
    one.refresh_from_db()
    assert one.state == "applied"
    assert Facility.objects.get(pk="F1").name == "甲二"


def test_personal_content_is_nowhere_in_the_clear(officer: User) -> None:
    people = [
        {"执业资格": "physician", "执业类别": "tcm", "姓名": "王小明明", "证件号码": "110105194912310021"}
    ]
    one = bring(officer, workbook({"人员": people}), "人员.xlsx")
    assert [kind for kind, *_ in faults(one)] == ["bad_card"]
    people[0]["证件号码"] = "11010519491231002X"
    two = bring_in(officer, workbook({"人员": people}), "人员.xlsx")
    assert two.state == "applied"
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("exchange_import", "exchange_batch", "organisations_change", "audit_entry"):
            cursor.execute(f"SELECT * FROM {table}")
            text = str(cursor.fetchall())
            assert "王小明明" not in text, table
            assert "1101051949" not in text, table
    kept = (store._path(two.pk)).read_bytes()
    assert "王小明明".encode() not in kept


def test_files_are_gone_when_put_away(officer: User, django_capture_on_commit_callbacks: Any) -> None:
    one = bring(officer, facilities(facility_row()))
    assert store.fetch(one.pk)
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard(one=one, by=officer)
    assert store.fetch(one.pk) is None
    one.refresh_from_db()
    assert (one.state, one.report) == ("discarded", "")


AWKWARD = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2",
    "@SUM(A1)",
    "'=1",
    "'",
    "a,b",
    'say "hi"',
    "行一\n行二",
    "|x",
    "0012",
    "—",
    "是",
    "2020-01-01",
]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_own_export_goes_in_unchanged(officer: User, kind: str) -> None:
    for number, name in enumerate(AWKWARD):
        make_facility(
            f"F{number}", name=name, beds=number or None, herb_cabinet=(None, True, False)[number % 3]
        )
    spec = SPECS["facility"]
    rows = list(spec.rows(officer.scope_for("facility.view"), {}, True))
    content = sheets.workbook(spec, rows) if kind == "xlsx" else "".join(sheets.lines(spec, rows)).encode()
    one = bring(officer, content, f"机构.{kind}")
    assert faults(one) == []
    assert one.counts["facility"] == {"new": 0, "changed": 0, "same": len(AWKWARD), "bad": 0}


def test_csv_cells_are_no_formulas(officer: User) -> None:
    for number, name in enumerate(AWKWARD):
        make_facility(f"F{number}", name=name)
    rows = SPECS["facility"].rows(officer.scope_for("facility.view"), {}, True)
    import csv
    import io

    cells = [
        cell
        for row in csv.reader(io.StringIO("".join(sheets.lines(SPECS["facility"], rows))))
        for cell in row
    ]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "|", "\t", "\r"))]


def test_all_registers_round_trip(officer: User) -> None:
    book = workbook(
        {
            "机构": [
                facility_row(机构编号="F1"),
                facility_row(机构编号="F2", 机构名称="县中医院", 机构类别="中医医院", 所在地代码=COUNTY),
            ],
            "科室": [{"机构编号": "F2", "科室类别": "康复科", "床位数": 5, "设置日期": date(2010, 1, 1)}],
            "中医馆": [{"中医馆编号": "H1", "机构编号": "F1", "符合标准": "是"}],
            "中医阁": [{"中医阁编号": "C1", "机构编号": "F1"}],
            "平台接入": [{"中医馆编号": "H1", "接入日期": date(2021, 1, 1)}],
            "人员": [
                {
                    "人员编号": "P1",
                    "姓名": "李四",
                    "执业资格": "physician",
                    "执业类别": "tcm",
                    "联系电话": "13800138000",
                }
            ],
            "任职": [{"人员编号": "P1", "机构编号": "F1", "主要执业": "是", "起始日期": date(2020, 1, 1)}],
            "适宜技术开展": [{"机构编号": "F1", "技术": "毫针", "熟练程度": "熟练开展"}],
            "医共体": [{"医共体编号": "X1", "名称": "连州医共体", "牵头机构": "F2", "所在县代码": COUNTY}],
            "医共体成员": [{"医共体编号": "X1", "机构编号": "F1"}],
            "医共体服务区": [{"医共体编号": "X1", "地区代码": COUNTY}],
        }
    )
    first = bring_in(officer, book, "全部.xlsx")
    assert (first.errors, first.total("new")) == (0, 12), faults(first)
    for spec in (spec for spec in SPECS.values() if spec.name in first.counts):
        rows = list(spec.rows(officer.scope_for(spec.view), {}, True))
        assert rows, spec.name
        again = bring(officer, sheets.workbook(spec, rows), f"{spec.label}.xlsx")
        assert (faults(again), again.counts[spec.name]["same"]) == ([], len(rows)), spec.name
    actions.undo(one=first, by=officer)
    assert not Facility.objects.exists()


def test_hidden_names_stay_when_their_export_comes_back(officer: User) -> None:
    make_person("P1", name="李四", phone="13800138000")
    spec = SPECS["practitioner"]
    rows = list(spec.rows(officer.scope_for(spec.view), {}, False))
    assert rows[0]["name"] is None
    one = bring(officer, sheets.workbook(spec, rows), "人员.xlsx")
    assert one.counts["practitioner"]["same"] == 1


def test_csv_needs_a_table_when_its_name_says_none(officer: User) -> None:
    content = csv_file([facility_row()])
    assert [kind for kind, *_ in faults(bring(officer, content, "数据.csv"))] == ["unknown_sheet"]
    assert bring(officer, content, "数据.csv", table="facility").errors == 0
    assert bring(officer, content, "机构.csv").errors == 0


def test_template_goes_in_filled(officer: User) -> None:
    import io

    import openpyxl

    mine = [spec for spec in permitted(officer, "edit") if spec.listed]
    book = openpyxl.load_workbook(io.BytesIO(template(mine, officer)))
    sheet = book["机构"]
    heads = [cell.value for cell in sheet[1]]
    row = facility_row()
    for at, head in enumerate(heads, start=1):
        value = row.get(str(head).rstrip("*"))
        if value not in ("", None):
            sheet.cell(2, at, value)
    assert sheet.freeze_panes == "B2"
    assert sheet["A1"].comment is not None
    assert len(sheet.data_validations.dataValidation) >= 12
    out = io.BytesIO()
    book.save(out)
    one = bring(officer, out.getvalue(), "模板.xlsx")
    assert (faults(one), one.total("new")) == ([], 1)


def test_report_marks_the_faulty_cells(officer: User) -> None:
    import io

    import openpyxl

    from xinglin.apps.exchange.reading import read_upload

    content = facilities(facility_row(床位数="很多"))
    one = bring(officer, content)
    grids = read_upload(content, "机构.xlsx", "", dict(SPECS)).grids
    book = openpyxl.load_workbook(io.BytesIO(sheets.marked(grids, actions.report_of(one))))
    assert book["导入报告"]["C2"].value == "床位数"
    cell = book["机构"]["I2"]
    assert "不是数字" in cell.comment.text
    assert cell.fill.bgColor.rgb != cell.offset(0, 1).fill.bgColor.rgb or cell.fill.fgColor.rgb == "FFF8D7D4"


def test_large_files_go_to_the_background(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "IN_BACKGROUND", 10)
    one = bring(officer, facilities(facility_row()))
    assert (one.state, bool(one.job)) == ("waiting", True)
    from xinglin.apps.work.tasks import run_job

    run_job.func(one.job)
    one.refresh_from_db()
    assert (one.state, one.total("new")) == ("checked", 1)
    actions.apply(one=one, mode="all", by=officer)
    one.refresh_from_db()
    assert one.state == "applying"
    run_job.func(one.job)
    one.refresh_from_db()
    assert one.state == "applied"
    assert Facility.objects.count() == 1
    assert Import.objects.count() == 1


def test_a_cancelled_check_frees_the_import(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinglin.apps.work.actions import cancel
    from xinglin.apps.work.models import Job

    monkeypatch.setattr(actions, "IN_BACKGROUND", 10)
    one = bring(officer, facilities(facility_row()))
    actions.settle(one)
    assert one.state == "waiting"
    cancel(job=Job.objects.get(), by=officer)
    actions.settle(one)
    assert one.state == "unreadable"
    assert "已取消" in one.note
    actions.discard(one=one, by=officer)


def test_cancelling_while_it_is_written_leaves_nothing(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinglin.apps.work.progress import Cancelled

    one = bring(officer, facilities(facility_row()))

    class Impatient(actions.Quiet):
        def beat(self, message: str | None = None) -> None:
            if message and message.startswith("写入"):
                raise Cancelled("已取消")

    monkeypatch.setattr(actions, "Quiet", Impatient)
    with pytest.raises(Cancelled):
        actions.apply(one=one, mode="all", by=officer)
    one.refresh_from_db()
    assert (one.state, Facility.objects.count()) == ("checked", 0)
    assert "没有写入任何一行" in one.note
