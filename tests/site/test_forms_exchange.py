"""Records as files: out and in again, row faults, undo, very many rows as a job, and the templates."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import forms_factories as make
import openpyxl
import organisations_factories as organisations
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from exchange_factories import bring, bring_in, faults, workbook

from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
from xinglin.apps.exchange import actions, exporting, sheets
from xinglin.apps.exchange.spec import SPECS, TableSpec
from xinglin.apps.exchange.template import template
from xinglin.apps.forms import history
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Deadline, Event, Record, UniqueKey, Value
from xinglin.apps.forms.rows import values_in
from xinglin.apps.work import runner
from xinglin.apps.work.models import Job
from xinglin.records import Definition, FieldType, check, load_definitions
from xinglin.records.cells import code_list
from xinglin.records.validation import Anything

COUNTY, SIBLING = "441882", "441881"
BASE, CASE = "education_base", "rectification"
Account = Callable[..., User]


@pytest.fixture
def officer(account: Account) -> User:
    return account("county_officer", COUNTY)


def exported(which: str, by: Any, format_: str = "xlsx", **filters: str) -> bytes:
    with exporting.at_once(exporting.Wanted(SPECS[f"records.{which}"], filters, by, format_), None) as file:
        return file.read()


def base_row(number: int, facility: str, **more: Any) -> dict[str, Any]:
    """A good row of the sheet of education bases."""
    return {
        "机构": facility,
        "开始日期": "2024-03-01",
        "基地名称": f"基地{number}（演示）",
        "建设级别": "县级",
        "宣讲人员数": number % 30,
        "场地设施": "宣讲室；电子屏",
        "已核验": "否",
        "下次核验日期": "2026-04-10",
        **more,
    }


@pytest.mark.parametrize("format_", ["xlsx", "csv"])
@pytest.mark.parametrize("which", [BASE, CASE])
def test_what_goes_out_goes_in_again_unchanged(officer: User, which: str, format_: str) -> None:
    for _ in range(3):
        make.record(which)
    content = exported(which, officer, format_)
    one = bring(officer, content, f"导出.{format_}", f"records.{which}")
    assert (one.state, actions.report_of(one)) == ("checked", [])
    assert one.counts == {f"records.{which}": {"new": 0, "changed": 0, "same": 3, "bad": 0}}


def test_the_log_tells_how_many_rows_went_out(officer: User) -> None:
    for _ in range(3):
        make.record(BASE)
    exported(BASE, officer, level="county")
    entry = Entry.objects.get(action="export")
    assert (entry.kind, entry.count) == (f"records.{BASE}", 3)


def test_no_file_without_its_row_in_the_log(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    make.record(BASE)

    def fails(**more: Any) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr(exporting, "record", fails)
    with pytest.raises(RuntimeError):
        exported(BASE, officer)


def test_only_those_of_the_area_go_out(account: Account) -> None:
    make.record(BASE)
    neighbour = account("county_officer", SIBLING)
    lines = exported(BASE, neighbour, "csv").decode("utf-8-sig").splitlines()
    assert len(lines) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("format_", ["xlsx", "csv"])
def test_very_many_rows_become_a_job(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    client = signed_in("county_officer", COUNTY)
    for _ in range(3):
        make.record(BASE)
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    address = f"/exchange/export/records.{BASE}?format={format_}&level=county"
    first, second = client.get(address), client.get(address)
    job = Job.objects.get()
    assert first["Location"] == second["Location"] == f"/jobs/{job.pk}"
    assert "county" not in str(job.arguments), "filters may quote names"
    runner.work_off()
    job.refresh_from_db()
    assert (job.state, job.result, job.error) == ("done", {"行": 3}, "")
    assert Entry.objects.get(action="export").count == 3
    content = b"".join(client.get(f"/jobs/{job.pk}/file").streaming_content)  # type: ignore[attr-defined]
    if format_ == "csv":
        assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) == 4
    else:
        assert openpyxl.load_workbook(io.BytesIO(content))[definition(BASE).label].max_row == 4


def test_an_import_makes_whole_records_and_undo_takes_them_back(officer: User) -> None:
    facility = organisations.facility().pk
    sheet = {definition(BASE).label: [base_row(number, facility) for number in range(5)]}
    one = bring_in(officer, workbook(sheet), "基地.xlsx")
    assert Record.objects.of(BASE).count() == 5
    row = Record.objects.of(BASE).get(title="基地3（演示）")
    assert (row.county, row.facility_id, row.document["rooms"]) == (COUNTY, facility, ["hall", "screen"])
    assert set(Value.objects.filter(record=row).values_list("place", "record_day")) == {(row.place, row.day)}
    assert [event.kind for event in row.events.all()] == ["import"]
    assert history.strays(Record.objects.all()) == []
    state = definition(BASE).states[row.state]
    assert Deadline.objects.filter(closed_on=None).count() == (5 if state.deadline else 0)
    again = exported(BASE, officer)
    assert bring(officer, again, "再来.xlsx").counts[f"records.{BASE}"]["same"] == 5
    actions.undo(one=one, by=officer)
    for model in (Record, Value, UniqueKey, Event, Deadline):
        assert not model._default_manager.exists(), model  # type: ignore[attr-defined]


def test_undo_restores_what_was_changed(officer: User) -> None:
    row = make.record(BASE)
    before = (
        row.document,
        row.day,
        list(Value.objects.order_by("slot").values_list("slot", "text", "number")),
    )
    book = openpyxl.load_workbook(io.BytesIO(exported(BASE, officer)))
    sheet = book[definition(BASE).label]
    labels = [cell.value for cell in sheet[1]]
    sheet.cell(2, labels.index(definition(BASE).fields["lecturers"].label) + 1, 17)
    changed = io.BytesIO()
    book.save(changed)
    one = bring_in(officer, changed.getvalue(), "改.xlsx")
    assert one.counts[f"records.{BASE}"]["changed"] == 1
    row.refresh_from_db()
    assert row.document["lecturers"] == 17
    actions.undo(one=one, by=officer)
    row.refresh_from_db()
    assert before == (
        row.document,
        row.day,
        list(Value.objects.order_by("slot").values_list("slot", "text", "number")),
    )
    assert [event.kind for event in row.events.all()] == ["create", "import", "undo"]
    assert history.strays([row]) == []


def test_faults_say_sheet_row_and_column(officer: User) -> None:
    facility, label = organisations.facility().pk, definition(BASE).label
    rows = [
        base_row(1, facility),
        base_row(2, facility, 建设级别="天级"),
        base_row(3, facility, 已核验="是"),
        base_row(4, "没有这个机构"),
        base_row(1, facility),
    ]
    one = bring(officer, workbook({label: rows}), "基地.xlsx")
    assert [found[1:] for found in faults(one)] == [
        (label, 3, "建设级别"),
        (label, 4, "核验日期"),
        (label, 5, "机构"),
        (label, 6, "基地名称"),
    ]


def test_deadlines_of_an_import_take_few_queries(officer: User) -> None:
    facility = organisations.facility().pk
    counted = []
    for number in (2, 20):
        rows = [base_row(number * 100 + at, facility) for at in range(number)]
        one = bring(officer, workbook({definition(BASE).label: rows}), "基地.xlsx")
        with CaptureQueriesContext(connection) as caught:
            actions.apply(one=one, mode="all", by=officer)
        counted.append(len(caught))
    assert counted[0] == counted[1]


def test_the_page_of_the_exchange_knows_the_register(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    page = client.get(f"/exchange?table=records.{BASE}").content.decode()
    assert f'<option value="records.{BASE}" selected>' in page
    assert f"/exchange/template/records.{BASE}" in page
    assert client.get(f"/exchange/template/records.{BASE}").status_code == 200
    assert client.get("/exchange?table=nonsense").status_code == 200


def test_worksheet_names_are_short_and_different() -> None:
    names = [sheets.sheet_name(spec) for spec in SPECS.values()]
    assert [name for name in names if len(name) > 31 or set(name) & set("[]:*?/\\")] == []
    assert sorted(names) == sorted(set(names))


IMPORTERS = ("county_officer", "regional_officer", "facility_head")
"""Roles that may import; the first that may write a definition fills in its template."""


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written is taken back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.once
def test_every_template_opens_and_takes_the_sample(account: Account) -> None:
    """Each register's template, filled in with its sample as people fill it in, makes one record with those values."""
    wrong, taken = {}, 0
    for one in load_definitions():
        role = next((role for role in IMPORTERS if role in one.who.write), None)
        if role is not None:
            taken += 1
            with undone():
                try:
                    take_the_sample(one, role, account)
                except AssertionError as error:
                    wrong[one.id] = str(error)
    assert wrong == {}
    assert taken > 240


def take_the_sample(one: Definition, role: str, account: Account) -> None:
    things = make.things(one)
    raw = make.sample_of(one, things)
    area = make.area_of(one, things)
    where = {"facility": area.facility} if role == "facility_head" else {"place": area.place[:6]}
    by = account(role, username="filler", **where)
    before = set(Record.objects.of(one.id).values_list("pk", flat=True))
    done = bring_in(by, filled(one, raw, by), "模板.xlsx")
    assert done.counts[f"records.{one.id}"] == {"new": 1, "changed": 0, "same": 0, "bad": 0}
    record = Record.objects.of(one.id).exclude(pk__in=before).get()
    expected = check(one, raw, Anything()).values
    found = values_in(record, one)
    assert {n: v for n, v in found.items() if v != expected[n]} == {}
    assert {n: v for n, v in expected.items() if v != found[n]} == {}
    assert (record.place, record.facility_id or "") == (area.place, area.facility)


def filled(one: Definition, raw: Mapping[str, Any], by: User) -> bytes:
    """The template of a definition with one row of values, chosen from its lists where it has them."""
    spec = SPECS[f"records.{one.id}"]
    book = openpyxl.load_workbook(io.BytesIO(template([spec], by)))
    sheet = book[one.label[:31]]
    labels = [str(cell.value).rstrip("*") for cell in sheet[1]]
    lists = offered(book, sheet)
    for name, value in raw.items():
        at = labels.index(spec.form.columns[name].label) + 1
        sheet.cell(2, at, typed(one, name, value, lists.get(at), spec))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def offered(book: Any, sheet: Any) -> dict[int, list[str]]:
    """Column → texts of its list, where it has one."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list" and rule.formula1.startswith("'"):
            name, _, cells = rule.formula1.strip("=").rpartition("!")
            rows = book[name.strip("'")][cells.replace("$", "")]
            rows = rows if isinstance(rows, tuple) else ((rows,),)
            found[next(iter(rule.sqref.ranges)).min_col] = [cell.value for row in rows for cell in row]
    return found


def typed(one: Definition, name: str, value: Any, choices: list[str] | None, spec: TableSpec) -> Any:
    """What a person puts in a cell for a value."""
    field, refers = one.fields[name], spec.refers.get(name)
    if field.type is FieldType.BOOLEAN:
        return "是" if value else "否"
    if field.type in (FieldType.CODE, FieldType.CODES):
        codes = code_list(field, one.id, name).codes
        texts = [codes[code].label for code in (value if isinstance(value, list) else [value])]
        assert choices is not None, f"{name}：没有列表"
        assert set(texts) <= set(choices), f"{name}：列表里没有{texts}"
        return "；".join(texts)
    if refers is None:
        return value
    wanted = value if isinstance(value, list) else [value]
    if name != one.subject_field or refers.target == "practitioner":
        return "；".join(wanted) if choices is None else "；".join(chosen(choices, wanted) or wanted)
    assert choices is not None, f"{name}：没有列表"
    assert chosen(choices, wanted), f"{name}：列表里没有 {wanted}（共 {len(choices)} 项）"
    return chosen(choices, wanted)[0]


def chosen(choices: list[str], codes: list[str]) -> list[str]:
    """The texts of a list that stand for codes."""
    return [text for text in choices for code in codes if text.endswith(f" {code}")]
