"""The page of the log: for the auditor alone, filtered, counted, exported; reading it is logged."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import audit_factories as make
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from xinglin.apps.audit import fence, views
from xinglin.apps.audit.models import Entry
from xinglin.apps.audit.presenters import action_words, field_words, kind_words
from xinglin.apps.audit.sealing import seal_pending
from xinglin.apps.audit.verify import verify


@pytest.fixture
def auditor(signed_in: Callable[..., Client]) -> Client:
    return signed_in("auditor")


def page(client: Client, **query: Any) -> str:
    response = client.get("/audit", query)
    assert response.status_code == 200
    return response.content.decode()


def objects(text: str) -> list[str]:
    """Ids of objects that the table shows, in order."""
    return [part[:9] for part in text.split('<code class="nowrap">')[1:] if part.startswith("QAfac")]


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "county_officer"])
@pytest.mark.parametrize("address", ["/audit", "/audit/export"])
def test_others_are_refused(signed_in: Callable[..., Client], role: str, address: str) -> None:
    assert signed_in(role, "441882").get(address).status_code == 403


def test_newest_first(auditor: Client) -> None:
    make.entries(3)
    assert objects(page(auditor)) == ["QAfac0002", "QAfac0001", "QAfac0000"]


def test_pages_go_on_behind_the_last_row(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 4)
    make.entries(10)
    seen: list[str] = []
    query: dict[str, str] = {"kind": "facility"}
    for _ in range(3):
        text = page(auditor, **query)
        seen += objects(text)
        make.entries(1, start=make.NOON + timedelta(days=1), object_id="QAfacNEW1")
        _, _, rest = text.partition("before=")
        query["before"] = rest.partition('"')[0]
    assert seen == [f"QAfac{n:04}" for n in range(9, -1, -1)]
    assert not rest


def test_rows_of_the_same_moment_are_neither_lost_nor_shown_twice(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    make.entries(5, at=make.NOON)
    seen: list[str] = []
    before = "x"
    while before:
        text = page(auditor, kind="facility", before=before)
        seen += objects(text)
        before = text.partition("before=")[2].partition('"')[0]
    assert seen == [f"QAfac{n:04}" for n in range(4, -1, -1)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"actor": "QAuser0001"}, ["QAfac0001"]),
        ({"object_id": "QAfac0002"}, ["QAfac0002"]),
        ({"action": "facility.view"}, ["QAfac0003"]),
        ({"action": "facility"}, ["QAfac0003", "QAfac0002", "QAfac0001", "QAfac0000"]),
        ({"action": "fac"}, []),
        ({"kind": "practitioner"}, []),
        ({"outcome": "refused"}, ["QAfac0003"]),
        ({"since": "2026-11-22"}, ["QAfac0003"]),
        ({"until": "2026-11-20"}, ["QAfac0002", "QAfac0001", "QAfac0000"]),
        ({"since": "2026-11-20", "until": "2026-11-20", "actor": "QAuser0000"}, ["QAfac0000"]),
    ],
)
def test_filters(auditor: Client, query: dict[str, str], found: list[str]) -> None:
    make.entries(3)
    make.entries(
        1,
        start=make.NOON + timedelta(days=2),
        action="facility.view",
        outcome="refused",
        object_id="QAfac0003",
    )
    assert objects(page(auditor, **query)) == found


def test_an_account_is_found_by_its_sign_in_name(auditor: Client, account: Callable[..., Any]) -> None:
    doctor = account("village_doctor", facility="QAfac1", username="wang")
    make.entries(1, actor=doctor.pk)
    make.entries(1, object_id="QAfac0009")
    text = page(auditor, actor="wang")
    assert objects(text) == ["QAfac0000"]
    assert ">wang</a>" in text


def test_dates_the_wrong_way_round(auditor: Client) -> None:
    make.entries(1)
    text = page(auditor, since="2026-11-22", until="2026-11-20")
    assert "请把两个日期对调" in text
    assert objects(text) == []


@pytest.mark.parametrize("before", ["x", "1", "1.", "9" * 30 + ".1", "-1.1", "1.9223372036854775808", "²."])
def test_a_place_that_cannot_be_read_is_the_beginning(auditor: Client, before: str) -> None:
    make.entries(1)
    assert objects(page(auditor, before=before)) in (["QAfac0000"], [])


@pytest.mark.parametrize("field", ["actor", "action", "kind", "object_id", "outcome", "since"])
@pytest.mark.parametrize(
    "value", ["' OR 1=1 --", '"><script>alert(1)</script>', "%", "x'; DROP TABLE audit_entry; --"]
)
def test_hostile_values_find_nothing(auditor: Client, field: str, value: str) -> None:
    make.entries(2)
    text = page(auditor, **{field: value})
    assert objects(text) == []
    assert "<script>alert" not in text
    assert Entry.objects.filter(kind="facility").count() == 2


def test_reading_is_logged_with_the_names_of_the_filters_only(auditor: Client) -> None:
    make.entries(3)
    page(auditor, object_id="QAfac0001", outcome="done")
    entry = Entry.objects.get(action="audit.view")
    assert (entry.actor, entry.kind, entry.count) == (auditor.user.pk, "audit.entry", 1)  # type: ignore[attr-defined]
    assert entry.fields == ["object_id", "outcome"]
    assert len(entry.request_id) == 16


def test_the_state_of_the_chain(auditor: Client, own_anchor: Any) -> None:
    text = page(auditor)
    assert "还没有核对过" in text
    assert "还没有记录" in text
    make.entries(4)
    seal_pending()
    verify()
    text = page(auditor)
    assert "完整" in text
    assert "记到第 5 条" in text
    assert str(own_anchor) in text
    fence.remove()
    make.sql("UPDATE audit_entry SET actor = 'x'")
    verify()
    assert "发现问题" in page(auditor)


@pytest.mark.parametrize("rows", [1, 50])
def test_queries(auditor: Client, rows: int) -> None:
    make.entries(rows)
    seal_pending()
    with CaptureQueriesContext(connection) as queries:
        page(auditor)
    assert len(queries) <= 15


def test_export(auditor: Client) -> None:
    make.entries(3)
    make.entries(1, object_id="=HYPERLINK(1)", actor="@x")
    response = auditor.get("/audit/export", {"kind": "facility"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff编号,时间")
    table = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(table) == 4
    assert table[0]["时间"] == "2026-11-20 20:00:02.000+08:00"
    assert table[0]["字段"] == "name、phone"
    assert {"'=HYPERLINK(1)"} == {row["对象编号"] for row in table if "HYPER" in row["对象编号"]}
    assert "'@x" in {row["账号编号"] for row in table}
    entry = Entry.objects.get(action="audit.export")
    assert (entry.count, entry.fields) == (4, ["kind"])


def test_too_much_to_export(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "EXPORT", 2)
    make.entries(3)
    response = auditor.get("/audit/export", {"kind": "facility"}, follow=True)
    assert "超过 2 条，没有导出" in response.content.decode()
    assert not Entry.objects.filter(action="audit.export").exists()


def test_faulty_filters_export_nothing(auditor: Client) -> None:
    response = auditor.get("/audit/export", {"since": "x"}, follow=True)
    assert "筛选条件有误，没有导出" in response.content.decode()


def test_an_empty_page_helps(auditor: Client) -> None:
    assert "请放宽时间" in page(auditor, kind="nothing")


def test_words() -> None:
    assert action_words("facility.edit") == "机构：修改"
    assert action_words("audit.export") == "日志：导出"
    assert action_words("access.refused") == "拒绝访问"
    assert action_words("something.strange") == "something.strange"
    assert kind_words("accounts.user") == "账号"
    assert field_words("account", "display_name") == "姓名"
    assert field_words("account", "nothing") == field_words("nothing", "nothing") == "nothing"
