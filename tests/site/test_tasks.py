"""Tasks: made of every clause that binds a place, read by those they concern, assigned, reported, settled."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import docx
import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
from xinglin.apps.forms.actions import moving, saving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Event, Record
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.insight.jobs import GENERATE
from xinglin.apps.insight.models import Sheet
from xinglin.apps.insight.tasks import TASK, actions, generating, listing, progress, reading, stocktaking
from xinglin.apps.insight.tasks.units import OTHER, department
from xinglin.apps.insight.tasks.word import task_lines
from xinglin.apps.work import runner
from xinglin.apps.work.actions import ask
from xinglin.policy.library import PolicyLibrary
from xinglin.records import check
from xinglin.records.validation import Anything

COUNTY, SIBLING, CITY = "441882", "441881", "4418"
Account = Callable[..., User]
SignIn = Callable[..., Client]


@pytest.fixture
def officer(account: Account) -> User:
    return account("county_officer", COUNTY)


def made(by: Any, place: str = COUNTY) -> dict[str, Record]:
    """The tasks of a place, by item of the library."""
    generating.make(generating.plan(generating.library(), place), by=by)
    return {row.document["source"]: row for row in Record.objects.of(TASK).filter(place=place)}


def assigned(record: Record, by: Any, **more: Any) -> Record:
    given = {"lead_unit": "health", "person": "李卫", "due_on": date(2030, 1, 1), **more}
    _, left = actions.assign_many([record], given, by=by)
    assert left == []
    record.refresh_from_db()
    return record


def submitted(record: Record, by: Any, **more: Any) -> Record:
    values = {
        "measure": "核验合格",
        "progress": 100,
        "result": "已办",
        "done_on": timezone.localdate(),
        **more,
    }
    return moving.move(record, definition(TASK), "submit", by=by, wish=Wish(raw=values))


# made of the documents


@pytest.mark.parametrize("place", [COUNTY, "370305", "320102", "150102"])
def test_every_task_duty_target_and_clause_gets_one_record(place: str, officer: User) -> None:
    """Counted against the library itself, document by document."""
    rows = made(officer, place)
    known = generating.library()
    tasks = [reading.Task(row.pk, row.state, row.document) for row in rows.values()]
    for document in known.covering(place):
        mine = [task for task in tasks if task.document == document.short]
        named = {task.source for task in mine}
        assert named >= {one.id for one in (*document.tasks, *document.duties)}
        bound = [one for one in known.binding(place, document.period.start) if one.document is document]
        targets = Counter(name for task in mine for name in task.target_ids)
        assert targets == Counter(one.target.id for one in bound), document.id
        clauses = {clause for one in bound for clause in one.target.clauses}
        clauses |= {one.clause for one in (*document.tasks, *document.duties)}
        assert {clause for task in mine for clause in task.all_clauses} >= clauses
    assert all(row.state == "unassigned" for row in rows.values())


def test_what_is_written_meets_the_checks_of_its_definition(officer: User) -> None:
    """The records are written as an import writes them: without the page's checks."""
    for place in (COUNTY, "220221"):
        for item in generating.plan(generating.library(), place).new:
            assert check(definition(TASK), generating.raw_of(item, place), Anything()).errors == (), item.id


def test_making_again_makes_nothing_and_touches_nothing(officer: User) -> None:
    rows = made(officer)
    assigned(rows["LZ-k02"], officer)
    before = dict(Record.objects.of(TASK).values_list("pk", "revision"))
    plan = generating.plan(generating.library(), COUNTY)
    assert (plan.is_empty, plan.there) == (True, len(rows))
    generating.make(plan, by=officer)
    assert dict(Record.objects.of(TASK).values_list("pk", "revision")) == before


def test_a_new_edition_adds_and_marks_and_leaves_work_alone(officer: User) -> None:
    rows = made(officer)
    assigned(rows["LZ-k02"], officer)
    assigned(rows["LZ-k03"], officer, person="王清")
    saving.remove(rows["LZ-k05"], definition(TASK), by=officer, reason="不归本县")
    known = generating.library()
    old = known.document("lianzhou")
    tasks = [replace_heading(one) if one.id == "LZ-k02" else one for one in old.tasks if one.id != "LZ-k03"]
    more = old.tasks[0].model_copy(update={"id": "LZ-k99", "clause": "四(八)18", "heading": "新的一条"})
    new = old.model_copy(update={"tasks": (*tasks, more)})
    edition = PolicyLibrary(tuple(new if one is old else one for one in known.documents))
    plan = generating.plan(edition, COUNTY)
    assert [item.id for item in plan.new] == ["LZ-k99"]
    assert ([row.pk for row, _ in plan.changed], plan.gone) == ([rows["LZ-k02"].pk], (rows["LZ-k03"],))
    assert plan.removed == 1
    assert generating.make(plan, by=officer) == {"new": 1, "changed": 1, "gone": 1}
    changed, gone = (Record.objects.get(pk=rows[name].pk) for name in ("LZ-k02", "LZ-k03"))
    assert (changed.document["edition_state"], gone.document["edition_state"]) == ("changed", "gone")
    assert "改过的标题" in changed.document["edition_note"]
    assert (changed.state, gone.state) == ("running", "running")
    assert changed.document["task"] == rows["LZ-k02"].document["task"]
    assert generating.plan(edition, COUNTY).is_empty


def replace_heading(task: Any) -> Any:
    return task.model_copy(update={"heading": "改过的标题"})


def test_the_job_makes_them_once_and_tells_how_many(officer: User) -> None:
    for expected in (58, 0):
        job = ask(GENERATE, by=officer, place=COUNTY)
        runner.work_off()
        job.refresh_from_db()
        assert (job.state, job.result["新立"]) == ("done", expected)
    assert Record.objects.of(TASK).count() == 58
    assert set(Record.objects.of(TASK).values_list("author", flat=True)) == {officer.pk}
    assert Entry.objects.filter(action="task.generate", actor=officer.pk).count() == 2


def test_printed_units_find_their_department() -> None:
    printed = {
        unit
        for one in generating.library().documents
        for work in (*one.tasks, *one.duties)
        for unit in work.units
    }
    unknown = {unit for unit in printed if department(unit) == OTHER}
    assert unknown == {
        "各相关部门",
        "区促进中医药发展工作领导小组成员单位",
        "市残联",
        "市工信局",
        "市外办",
        "市商务局",
    }
    found = {
        unit: department(unit)
        for unit in ("区教体局", "临淄医保分局", "吉林省药监局吉林检查分局", "中医药主管部门")
    }
    assert list(found.values()) == ["education", "insurance", "market", "health"]


def test_clauses_stand_in_printed_order() -> None:
    clauses = ["附件1 表 10", "四(十一)2", "四(二)10", "三 一是", "附件1 表 9", "四(二)9", "五(一)"]
    found = sorted(clauses, key=listing.clause_key)
    assert found == ["三 一是", "四(二)9", "四(二)10", "四(十一)2", "五(一)", "附件1 表 9", "附件1 表 10"]
    assert [listing.branch_of(one) for one in ("四(二)9", "三 一是", "附件1 表 9")] == [
        "四(二)",
        "三",
        "附件1",
    ]


# assigned


def test_assigning_many_and_taking_it_back(officer: User) -> None:
    rows = made(officer)
    chosen = [rows["LZ-k01"], rows["LZ-k02"]]
    before = {row.pk: (row.document, row.personal) for row in chosen}
    done, left = actions.assign_many(
        chosen, {"lead_unit": "health", "person": "李卫", "due_on": date(2030, 1, 1)}, by=officer
    )
    assert (len(done), left) == (2, [])
    assert {Record.objects.get(pk=row.pk).state for row in chosen} == {"running"}
    assert not any("李卫" in str(event.changes) for event in Event.objects.all()), (
        "names stand encrypted only"
    )
    saving.change(
        row := Record.objects.get(pk=chosen[1].pk),
        definition(TASK),
        values(row, situation="动了"),
        by=officer,
    )
    assert actions.take_back(done, by=officer) == (1, 1)
    back = Record.objects.get(pk=chosen[0].pk)
    assert (back.state, back.document, back.personal) == ("unassigned", *before[back.pk])
    assert Record.objects.get(pk=chosen[1].pk).state == "running"
    assert [event.move for event in back.events.all() if event.move] == ["assign", "reassign"]


def values(row: Record, **more: Any) -> dict[str, Any]:
    from xinglin.apps.forms.rows import values_in

    return {**values_in(row, definition(TASK)), **more}


def test_only_a_unit_is_not_yet_assigned(officer: User) -> None:
    row = made(officer)["LZ-k01"]
    actions.assign_many([row], {"lead_unit": "finance"}, by=officer)
    row.refresh_from_db()
    assert (row.state, row.document["lead_unit"]) == ("unassigned", "finance")


def test_nobody_verifies_his_own(officer: User, account: Account) -> None:
    row = submitted(assigned(made(officer)["LZ-k01"], officer), officer)
    wish = Wish(raw={"verified_progress": 100})
    with pytest.raises(NotAllowed, match="要由别人来办"):
        moving.move(row, definition(TASK), "accept", by=officer, wish=wish)
    other = account("county_officer", COUNTY, username="another")
    moving.move(row, definition(TASK), "accept", by=other, wish=wish)
    mine = {task.id: task for task in reading.now(officer, COUNTY)}[row.pk]
    assert (mine.state, mine.claimed, mine.verified, mine.difference) == ("closed", 100, 100, 0)


def test_a_task_of_a_missed_target(signed_in: SignIn) -> None:
    client = signed_in("county_officer", COUNTY)
    asked = {
        "place": COUNTY,
        "document": "lianzhou",
        "target": "LZ-t03",
        "gap": "还差 3 家",
        "nearest": "冲口村卫生室、水口村卫生室",
    }
    page = client.get("/tasks/from-target", asked).content.decode()
    assert "还差 3 家" in page
    assert "冲口村卫生室" in page
    form = {
        **asked,
        "task": "村卫生室建中医阁\n差距：还差 3 家",
        "measure": "至少 10%",
        "lead_unit": "health",
    }
    answer = client.post("/tasks/from-target", form)
    row = Record.objects.of(TASK).get()
    assert answer.headers["Location"] == f"/records/{row.pk}/"
    assert (row.state, row.document["origin"], row.document["targets"]) == ("unassigned", "gap", "LZ-t03")
    again = client.get("/tasks/from-target", asked).content.decode()
    assert "已有 1 项任务落实这个指标" in again
    assert client.post("/tasks/from-target", form).status_code == 200, "the same task is not made twice"
    assert Record.objects.of(TASK).count() == 1
    assert client.get("/tasks/from-target", {**asked, "place": SIBLING}).status_code == 404


# whose they are


def test_a_unit_sees_its_own_clauses_and_nothing_else(
    officer: User, account: Account, signed_in: SignIn
) -> None:
    rows = made(officer)
    actions.assign_many([rows["LZ-k01"]], {"lead_unit": "finance"}, by=officer)
    client = signed_in("liaison", COUNTY, unit="财政局")
    user: Any = client.user  # type: ignore[attr-defined]
    mine = {task.source for task in reading.now(user, COUNTY)}
    assert mine == {"LZ-k01", "LZ-d04"}
    assert {task.source for task in reading.at(user, COUNTY, timezone.localdate())} == mine
    page = client.get("/tasks", {"place": COUNTY}).content.decode()
    others = [row for name, row in rows.items() if name not in mine]
    assert rows["LZ-k01"].pk in page
    assert not [row for row in others if row.pk in page or row.document["task"] in page]
    told = client.get("/tasks/progress", {"place": COUNTY}).content.decode()
    assert not [row for row in others if row.document["task"] in told]
    record = stocktaking.take(COUNTY, "", timezone.localdate(), by=officer)
    sheet = client.get(f"/tasks/stocktaking/{record.pk}").content.decode()
    assert rows["LZ-k01"].document["task"] in sheet
    assert not [row for row in others if row.document["task"] in sheet]
    draft = client.get("/tasks/stocktaking", {"place": COUNTY}).content.decode()
    assert not [row for row in others if row.document["task"] in draft]
    assert client.post("/tasks/assign", {"place": COUNTY, "task": rows["LZ-k01"].pk}).status_code == 403
    assert reading.now(account("liaison", COUNTY, username="nobody"), COUNTY) == []


def test_another_county_is_not_there(officer: User, signed_in: SignIn) -> None:
    made(officer)
    client = signed_in("county_officer", SIBLING)
    for path in ("/tasks", "/tasks/progress", "/tasks/stocktaking", "/tasks/generate"):
        assert client.get(path, {"place": COUNTY}).status_code == 404, path
    assert client.post("/tasks/stocktaking/take", {"place": COUNTY, "on": "2024-01-01"}).status_code == 404


# shown


def test_unassigned_come_first_and_are_counted(officer: User, signed_in: SignIn) -> None:
    rows = made(officer)
    assigned(rows["LZ-k01"], officer, due_on=date(2024, 1, 1))
    client = signed_in("county_officer", COUNTY, username="reader")
    page = client.get("/tasks").content.decode()
    assert "57 项任务没有落实责任人" in page
    assert page.index(rows["national:附件 表 国家 1"].pk) < page.index(rows["LZ-k01"].pk)
    assert all(row.pk in page for row in rows.values()), "nothing is hidden"
    assert page.count("李**") == 1
    assert "李卫" not in page
    late = client.get(
        "/tasks", {"place": COUNTY, "late": "on", "unit": "health", "state": "running"}
    ).content.decode()
    assert [name for name, row in rows.items() if row.pk in late] == ["LZ-k01"]
    before = client.get("/tasks", {"place": COUNTY, "on": "2020-01-01"}).content.decode()
    assert "那一天还没有任务" in before


def test_queries_do_not_grow(officer: User, signed_in: SignIn) -> None:
    client = signed_in("county_officer", COUNTY, username="reader")
    rows = made(officer)
    for path in ("/tasks", "/tasks/progress", "/tasks/stocktaking"):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= 15, (path, len(seen))
    record = stocktaking.take(COUNTY, "", timezone.localdate(), by=officer)
    with CaptureQueriesContext(connection) as seen:
        client.get(f"/tasks/stocktaking/{record.pk}")
    assert len(seen) <= 15, len(rows)


def test_a_city_sees_counties_without_tasks_first(officer: User, signed_in: SignIn) -> None:
    made(officer)
    page = signed_in("regional_officer", CITY).get("/tasks").content.decode()
    assert "还没有立任务" in page
    assert page.index("英德市") < page.index(f"place={COUNTY}")


# 对账盘点


def backdated(record: Record, days: int) -> None:
    """Move what happened to a record into the past; the history is what time travel reads."""
    for event in Event.objects.filter(record=record):
        event.at -= timedelta(days=days)
        event.save(update_fields=["at"])


def test_a_stocktaking_tells_a_day_as_it_was(officer: User, account: Account) -> None:
    row = made(officer)["LZ-k01"]
    today = timezone.localdate()
    backdated(row, 30)
    row = assigned(row, officer)
    for event in Event.objects.filter(record=row, number__gt=1):
        event.at -= timedelta(days=20)
        event.save(update_fields=["at"])
    row = submitted(row, officer, progress=90)
    other = account("county_officer", COUNTY, username="another")
    moving.move(row, definition(TASK), "accept", by=other, wish=Wish(raw={"verified_progress": 70}))

    def line(day: date) -> dict[str, Any] | None:
        return next((one for one in stocktaking.drawn_up(COUNTY, "", day) if one["id"] == row.pk), None)

    assert line(today - timedelta(days=31)) is None
    early, middle, late = (line(today - timedelta(days=days)) for days in (25, 10, 0))
    assert early is not None
    assert middle is not None
    assert late is not None
    assert (early["state"], early["lead"], early["claimed"]) == ("未落实责任人", "", None)
    assert (middle["state"], middle["claims_done"]) == ("办理中", False)
    assert (late["claimed"], late["verified"], late["difference"], late["evidence"]) == (90, 70, 20, 0)
    saving.remove(Record.objects.of(TASK).exclude(pk=row.pk)[0], definition(TASK), by=officer, reason="重复")
    assert len(stocktaking.drawn_up(COUNTY, "", today)) == 57


def test_a_signed_sheet_never_changes(officer: User, account: Account, signed_in: SignIn) -> None:
    rows, today = made(officer), timezone.localdate()
    above = account("regional_officer", CITY)
    record = stocktaking.take(COUNTY, "连州方案", today, by=officer)
    assert record.document["tasks"] == 41
    with pytest.raises(NotAllowed, match="没有签完字"):
        stocktaking.take(COUNTY, "连州方案", today, by=officer)
    known = definition("stocktaking")
    record = moving.move(record, known, "claim", by=officer, wish=Wish(raw={"system_met": 3}))
    fill = {"verified": 0, "tasks_verified": 0, "opinion": "属实"}
    record = moving.move(record, known, "verify", by=above, wish=Wish(raw=fill))
    difference = saving.create(
        definition("stocktaking_difference"),
        {
            "parent": record.pk,
            "date": today,
            "kind": "task",
            "task": rows["LZ-k01"].pk,
            "clause": "四(一)1",
            "explanation": "没有登记",
        },
        by=officer,
    )
    with pytest.raises(NotAllowed, match="盘点差异没有定下"):
        moving.move(record, known, "sign", by=officer, wish=Wish(approval="county"))
    settle = {"cause": "timing", "accepted": "verified"}
    moving.move(difference, definition("stocktaking_difference"), "settle", by=above, wish=Wish(raw=settle))
    record = moving.move(record, known, "sign", by=officer, wish=Wish(approval="county"))
    record = moving.move(record, known, "sign", by=above, wish=Wish(approval="above"))
    assert record.state == "signed"
    frozen = Sheet.objects.get(record=record)
    submitted(assigned(rows["LZ-k01"], officer), officer)
    client = signed_in("county_officer", COUNTY, username="reader")
    page = client.get(f"/tasks/stocktaking/{record.pk}").content.decode()
    assert "与表中内容相符" in page
    assert "待核对" not in page
    assert [one.side for one in stocktaking.shown(record, officer).signatures] == ["县里", "上级"]  # type: ignore[union-attr]
    assert Sheet.objects.get(record=record).rows == frozen.rows
    with pytest.raises(NotAllowed):
        saving.change(record, known, {"place": COUNTY}, by=officer)
    with pytest.raises(NotAllowed, match="写明理由"):
        stocktaking.take(COUNTY, "连州方案", today, by=officer)
    second = stocktaking.take(COUNTY, "连州方案", today, by=officer, again="补报一项")
    assert (second.document["version"], Sheet.objects.get(record=second).digest) != (1, frozen.digest)
    assert Sheet.objects.get(record=record).digest == frozen.digest == record.document["snapshot"]
    Sheet.objects.filter(pk=frozen.pk).update(rows=[])
    assert "校验不符" in client.get(f"/tasks/stocktaking/{record.pk}").content.decode()


def test_the_workbook_holds_the_sheet(officer: User, signed_in: SignIn) -> None:
    made(officer)
    record = stocktaking.take(COUNTY, "", timezone.localdate(), by=officer)
    client = signed_in("county_officer", COUNTY, username="reader")
    content = client.get(f"/tasks/stocktaking/{record.pk}/file").content
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content)).active
    lines = [row for row in sheet.iter_rows(min_row=5, values_only=True) if row[1]]
    assert len(lines) == 58
    assert sheet.cell(5 + 58, 3).value == f"=COUNTA(C5:C{4 + 58})"
    assert Entry.objects.filter(action="stocktaking.export", object_id=record.pk).exists()


# 进展报告


def test_the_report_counts_everything_once_and_against_last_time(officer: User, account: Account) -> None:
    rows, today = made(officer), timezone.localdate()
    for row in rows.values():
        backdated(row, 40)
    closing = submitted(assigned(rows["LZ-k01"], officer), officer)
    other = account("county_officer", COUNTY, username="another")
    moving.move(closing, definition(TASK), "accept", by=other, wish=Wish(raw={"verified_progress": 100}))
    stuck = assigned(rows["LZ-k02"], officer)
    moving.move(stuck, definition(TASK), "raise", by=officer, wish=Wish(raw={"obstacle": "缺八万元"}))
    found = progress.report(officer, COUNTY, today, today - timedelta(days=10))
    assert (found.counts.total, found.counts.closed, found.counts.blocked) == (58, 1, 1)
    assert (found.before.total, found.before.closed, found.before.unassigned) == (58, 0, 58)
    for groups in (found.documents, found.units):
        assert sum(group.counts.total for group in groups) == 58
        assert sum(group.more_closed for group in groups) == 1
    assert [task.source for task in found.closed] == ["LZ-k01"]
    assert [issue.what for issue in found.issues] == ["缺八万元"]
    assert found.units[0].name == progress.NOBODY
    assert len(found.unassigned) == 56
    assert progress.last_time(COUNTY, today) == today - timedelta(days=progress.DAYS)


def test_the_report_in_word_says_the_same(officer: User, signed_in: SignIn) -> None:
    rows = made(officer)
    assigned(rows["LZ-k01"], officer)
    client = signed_in("county_officer", COUNTY, username="reader")
    answer = client.get("/tasks/progress", {"format": "docx"})
    document = docx.Document(io.BytesIO(answer.content))
    said = "\n".join(one.text for one in document.paragraphs)
    assert "共58项任务" in said
    assert "57项没有落实责任人" in said
    assert sum(int(row.cells[1].text) for row in document.tables[0].rows[1:]) == 58
    assert "李卫" not in said
    assert Entry.objects.filter(action="task.export").exists()
    lines = task_lines(reading.now(officer, COUNTY))
    assert {(one.document, one.state) for one in lines if one.clause == "四(一)1"} == {("连州方案", "办理中")}


def test_the_end_of_a_day_is_local() -> None:
    assert reading.end_of(date(2024, 1, 1)) == timezone.make_aware(datetime(2024, 1, 2))  # noqa: DTZ001
    assert replace(listing.Counts(total=3, closed=1)).done_share == 33
