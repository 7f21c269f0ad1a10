"""Imports, exports and attachments by the API: as on the pages, and never further than the token reaches."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import forms_factories as forms
import organisations_factories as make
import pytest
from api_factories import api
from exchange_factories import facilities, facility_row, make_facility
from openpyxl import load_workbook

from conftest import COUNTY
from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
from xinglin.apps.exchange.models import Import
from xinglin.apps.forms.models import Attachment
from xinglin.apps.organisations.models import Facility

Account = Callable[..., User]


@pytest.fixture
def officer(account: Account) -> User:
    return account("county_officer", COUNTY)


def sent(content: bytes, name: str = "机构.xlsx", **more: Any) -> dict[str, Any]:
    return {"file_name": name, "content": base64.b64encode(content).decode(), **more}


def test_a_file_goes_in_and_comes_back(officer: User) -> None:
    asked = api(officer)
    bad = facility_row(机构名称="坏", 机构类别="卫星院")
    body = sent(facilities(facility_row(), bad))
    made = asked.post("imports", body, key="the-same-file").json()
    assert asked.post("imports", body, key="the-same-file").json() == made
    assert Import.objects.count() == 1
    assert (made["state"], made["errors"], made["counts"]["facility"]["new"]) == ("checked", 1, 1)
    assert [(one["row"], one["column"]) for one in made["report"]] == [(3, "机构类别")]
    assert not Facility.objects.exists()
    refused = asked.post(f"imports/{made['id']}/apply", {"mode": "all"})
    assert (refused.status_code, "还有 1 处错误" in refused.json()["detail"]) == (422, True)
    done = asked.post(f"imports/{made['id']}/apply", {"mode": "good"}).json()
    assert (done["state"], Facility.objects.count()) == ("applied", 1)
    answer = asked.post("exports", {"table": "facility", "filters": {"kind": "township_hospital"}})
    sheet = load_workbook(io.BytesIO(base64.b64decode(answer.json()["content"])))["机构"]
    assert sheet["B2"].value == "星子镇卫生院"
    assert Entry.objects.filter(action="export", kind="facility", count=1).count() == 1
    assert asked.post(f"imports/{made['id']}/undo").json()["state"] == "undone"
    assert not Facility.objects.exists()
    assert made["id"] in {one["id"] for one in asked.get("imports").json()["items"]}
    assert asked.post("imports", {"file_name": "x.csv", "content": "a\nb="}).status_code == 422
    assert asked.post("imports", sent(b"x" * 210_000, "大.csv")).status_code == 422
    assert asked.post("exports", {"table": "practitioner", "filters": {"sought": "张"}}).status_code == 422


def test_a_token_imports_and_exports_no_further_than_it_reaches(officer: User, account: Account) -> None:
    make_facility("F1")
    make_facility("F2", place="441882101")
    narrow = api(officer, places=["441882101"])
    made = narrow.post("imports", sent(facilities(facility_row()))).json()
    assert [one["column"] for one in made["report"]] == ["所在地代码"]
    answer = narrow.post("exports", {"table": "facility", "format": "csv"}).json()
    text = base64.b64decode(answer["content"]).decode("utf-8-sig")
    assert ("F2" in text, "F1" in text) == (True, False)
    whole = api(officer).post("imports", sent(facilities(facility_row()))).json()
    assert whole["errors"] == 0
    kept = narrow.post(f"imports/{whole['id']}/apply", {"mode": "all"}).json()
    assert (kept["state"], Facility.objects.count()) == ("checked", 2), (
        "checked again as far as the token reaches"
    )
    only = api(officer, ["import.run"])
    assert only.post("imports", sent(facilities(facility_row()))).json()["state"] in ("unreadable", "checked")
    assert Facility.objects.count() == 2
    other = api(account("county_officer", COUNTY, username="另一人"))
    assert other.get(f"imports/{whole['id']}").status_code == 404


def test_attachments(officer: User) -> None:
    asked = api(officer)
    body = {"definition": "open_case", "field": "paper", **sent(forms.PNG, "照片.png")}
    made = asked.post("attachments", body).json()
    assert (made["kind"], made["size"]) == ("png", len(forms.PNG))
    back = asked.get(f"attachments/{made['id']}").json()
    assert base64.b64decode(back["content"]) == forms.PNG
    assert asked.post("attachments", {**body, "field": "name"}).status_code == 422
    assert asked.post("attachments", {**body, **sent(b"MZ evil", "x.exe")}).status_code == 422
    record = forms.record("open_case", facility=make.facility("440106001").pk)
    Attachment.objects.filter(pk=made["id"]).update(record=record)
    assert asked.get(f"attachments/{made['id']}").status_code == 404, "a record of another county"
