"""Files to import, made from rows; facilities that are there already."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from xinglin.apps.exchange import actions
from xinglin.apps.exchange.models import Import
from xinglin.apps.organisations.models import Facility, Practitioner

COUNTY, SIBLING = "441882", "441881"
TOWN, OTHER_TOWN = "441882102", "441881001"

FACILITY = {
    "机构编号": "",
    "机构名称": "星子镇卫生院",
    "所在地代码": TOWN,
    "机构类别": "乡镇卫生院",
    "中医类别": "",
    "举办层级": "县级",
    "所有制": "公立",
    "政府办": "是",
    "床位数": 60,
    "开业日期": date(2001, 5, 1),
    "停业日期": None,
}


def facility_row(**more: Any) -> dict[str, Any]:
    """A good row of the facility sheet, changed as told."""
    return {**FACILITY, **more}


def workbook(sheets: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """A workbook with one worksheet per entry; headers are the first row's keys."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for column, header in enumerate(rows[0]):
            sheet.write_string(0, column, header)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row.values()):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif value is not None and value != "":
                    sheet.write(number, column, value)
    book.close()
    return stream.getvalue()


def facilities(*rows: Mapping[str, Any]) -> bytes:
    """A workbook with a facility sheet."""
    return workbook({"机构": rows})


def csv_file(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The same as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(list(rows[0]))
    writer.writerows([["" if value is None else str(value) for value in row.values()] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def bring(by: Any, content: bytes, name: str = "机构.xlsx", table: str = "") -> Import:
    """Upload and check."""
    return actions.submit(by=by, content=content, name=name, table=table)


def bring_in(by: Any, content: bytes, name: str = "机构.xlsx", mode: str = "all") -> Import:
    """Upload, check, and write."""
    one = bring(by, content, name)
    assert one.state == "checked", (one.state, one.note)
    assert mode == "good" or not one.errors, actions.report_of(one)
    actions.apply(one=one, mode=mode, by=by)
    one.refresh_from_db()
    return one


def make_facility(id: str, place: str = TOWN, **more: Any) -> Facility:
    """A facility that is there."""
    values = {
        "name": f"卫生院 {id}",
        "kind": "township_hospital",
        "sponsor_level": "county",
        "ownership": "public",
        "valid_from": date(2000, 1, 1),
        **more,
    }
    return Facility.objects.create(facility=id, place=place, **values)


def make_person(id: str, **more: Any) -> Practitioner:
    """A person who is there."""
    values = {"licence": "physician", "category": "tcm", "registered_in": COUNTY, **more}
    return Practitioner.objects.create(practitioner=id, **values)


def faults(one: Import) -> list[tuple[str, str, int | None, str]]:
    """Kind, sheet, row and column of every error."""
    return [
        (told["kind"], told["sheet"], told["row"], told["column"])
        for told in actions.report_of(one)
        if told["severity"] == "error"
    ]
