"""Pages of import and export in real Chromium, and as requests: a whole import by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from browser import opening
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from exchange_factories import COUNTY, bring, facilities, facility_row

from xinglin.apps.exchange import actions
from xinglin.apps.exchange.models import Import
from xinglin.apps.organisations.models import Facility

local = pytest.mark.allow_hosts(["127.0.0.1", "localhost"])
BAD = [facility_row(机构名称=f"甲{number}", 床位数="很多", 机构类别="卫星院") for number in range(40)]


@pytest.mark.chromium
@pytest.mark.enable_socket
@local
def test_pages_of_an_import(chromium: Any, live_server: Any, signed_in: Callable[..., Any]) -> None:
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, "/exchange") as opened:
        opened.check()
    bad = bring(client.user, facilities(facility_row(), *BAD))
    good = bring(client.user, facilities(facility_row()))
    rubbish = bring(client.user, b"%PDF-", "报告.pdf")
    waiting = Import.objects.create(by=client.user, file_name="等待.xlsx", size=1, digest="")
    for one, name in ((bad, "bad"), (good, "good"), (rubbish, "rubbish"), (waiting, "waiting")):
        with opening(chromium, live_server, client, f"/exchange/imports/{one.pk}") as opened:
            opened.check()
            opened.shoot(f"exchange-{name}")
    actions.apply(one=good, mode="all", by=client.user)
    for path in ("", "/undo"):
        with opening(chromium, live_server, client, f"/exchange/imports/{good.pk}{path}") as opened:
            opened.check()
            opened.shoot(f"exchange-applied{path.replace('/', '-')}")
    with opening(chromium, live_server, client, "/exchange") as opened:
        opened.check()
        opened.shoot("exchange-index")


@pytest.mark.chromium
@pytest.mark.enable_socket
@local
def test_an_import_by_hand(
    chromium: Any, live_server: Any, signed_in: Callable[..., Any], tmp_path: Any
) -> None:
    path = tmp_path / "机构.xlsx"
    path.write_bytes(facilities(facility_row()))
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), "/exchange") as opened:
        page = opened.page
        page.set_input_files("input[type=file]", str(path))
        page.get_by_role("button", name="上传并核对").click()
        page.get_by_role("button", name="导入", exact=True).click()
        assert "已导入：新增 1 行" in page.inner_text(".messages")
        opened.examine().check()
        assert Facility.objects.count() == 1
        page.get_by_role("button", name="撤销").click()
        assert "已撤销" in page.inner_text(".messages")
        opened.examine().check()
        assert Facility.objects.count() == 0


def test_the_way_by_requests(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    file = SimpleUploadedFile(
        "机构.xlsx", facilities(facility_row(), facility_row(机构名称="乙", 床位数="多"))
    )
    answer = client.post("/exchange/upload", {"file": file, "table": ""})
    one = Import.objects.get()
    assert answer.headers["Location"] == f"/exchange/imports/{one.pk}"
    refused = client.post(f"/exchange/imports/{one.pk}/apply", {"mode": "all"}, follow=True)
    assert "1 处错误" in refused.content.decode()
    client.post(f"/exchange/imports/{one.pk}/apply", {"mode": "good"})
    assert Facility.objects.count() == 1
    marked = client.get(f"/exchange/imports/{one.pk}/report")
    assert marked.status_code == 200
    assert marked.content.startswith(b"PK")
    client.post(f"/exchange/imports/{one.pk}/read")
    assert client.get(f"/exchange/imports/{one.pk}/report").status_code == 404
    assert client.get(f"/exchange/imports/{one.pk}/undo").status_code == 200
    client.post(f"/exchange/imports/{one.pk}/undo")
    assert not Facility.objects.exists()


@pytest.mark.parametrize("rows", [1, 200])
def test_few_queries_however_many_rows(
    signed_in: Callable[..., Any], django_assert_max_num_queries: Any, rows: int
) -> None:
    client = signed_in("county_officer", COUNTY)
    one = bring(client.user, facilities(*BAD[:1] * rows))
    with django_assert_max_num_queries(15):
        client.get(f"/exchange/imports/{one.pk}")
    for number in range(min(rows, 30)):
        Import.objects.create(by=client.user, file_name=f"{number}.xlsx", size=1, digest="")
    with django_assert_max_num_queries(15):
        client.get("/exchange")
    with django_assert_max_num_queries(15):
        body(client.get("/exchange/export/facility"))


def body(answer: Any) -> bytes:
    """The whole answer; a streamed one is read to its end and closed."""
    found = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for close in answer._resource_closers:  # `close` would end the test's own connection as well
        close()
    return bytes(found)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("county_officer", ("导入文件", "机构模板")),
        ("county_expert", ("各张表",)),
        ("inspector", ("各张表",)),
    ],
)
def test_pages_by_role(signed_in: Callable[..., Client], role: str, sees: tuple[str, ...]) -> None:
    text = signed_in(role, COUNTY).get("/exchange").content.decode()
    for words in sees:
        assert words in text
    assert ("导入文件" in text) is (role == "county_officer")


@pytest.mark.parametrize("role", ["liaison", "auditor", "resident"])
def test_those_who_may_not_are_refused(signed_in: Callable[..., Client], role: str) -> None:
    client = signed_in(role, COUNTY)
    for path in ("/exchange", "/exchange/template/facility", "/exchange/export/facility"):
        assert client.get(path).status_code == 403
    assert client.post("/exchange/upload").status_code == 403


def test_templates_and_exports_are_files(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    for path in ("template/all", "template/facility", "export/facility", "export/practitioner"):
        answer = client.get(f"/exchange/{path}")
        assert answer.status_code == 200
        assert body(answer).startswith(b"PK")
        assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get("/exchange/template/nothing").status_code == 404
