"""The upload with its faults marked: made once and kept, never made while somebody waits for a page of many faults."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tasks_db.models import DBTaskResult
from exchange_factories import csv_file, facilities, facility_row

from conftest import COUNTY
from xinglin.apps.exchange import actions, marking, store
from xinglin.apps.exchange.models import Import, pack, unpack
from xinglin.apps.work import runner
from xinglin.apps.work.models import Job

FAULTS = 10_000


def upload(client: Client, content: bytes, name: str) -> Import:
    client.post("/exchange/upload", {"file": SimpleUploadedFile(name, content), "table": ""})
    return Import.objects.latest("created_at")


def bad(count: int) -> list[dict[str, Any]]:
    return [facility_row(机构名称=f"卫生院{number}", 床位数="多") for number in range(count)]


def comments(content: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return sum(book.read(name).count(b"<comment ") for name in book.namelist() if "xl/comments" in name)


@pytest.fixture
def nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called, reading an upload or marking it fails."""

    def forbid(*sent: Any, **more: Any) -> None:
        raise AssertionError("made while the page waits")

    def now() -> None:
        monkeypatch.setattr(marking, "read_upload", forbid)
        monkeypatch.setattr(marking.sheets, "marked", forbid)

    return now


def test_ten_thousand_faults_are_marked_by_the_job_that_found_them(
    signed_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, nothing_is_made: Callable[[], None]
) -> None:
    monkeypatch.setattr(actions, "LISTED", FAULTS)
    client = signed_in("county_officer", COUNTY)
    one = upload(client, csv_file(bad(FAULTS)), "机构.csv")
    assert one.job
    address = f"/exchange/imports/{one.pk}"
    assert client.get(f"{address}/report").status_code == 404, "nothing is known yet"
    runner.work_off()
    one.refresh_from_db()
    assert (one.state, one.errors) == ("checked", FAULTS)
    nothing_is_made()
    page = client.get(address).content.decode()
    assert f"共 {FAULTS} 条" in page
    assert "下载标出错误的 Excel" in page
    answer = client.get(f"{address}/report")
    assert answer.status_code == 200
    assert comments(answer.content) == FAULTS
    assert Job.objects.count() == 1


def test_many_faults_of_a_small_file_are_marked_by_a_job(
    signed_in: Callable[..., Any], nothing_is_made: Callable[[], None]
) -> None:
    client = signed_in("county_officer", COUNTY)
    one = upload(client, facilities(*bad(marking.AT_ONCE + 1)), "机构.xlsx")
    assert not one.job
    address = f"/exchange/imports/{one.pk}/report"
    for _ in range(2):
        waits = client.get(address, follow=True)
        assert "正在把错误标到文件里" in waits.content.decode()
    (job,) = Job.objects.all()
    assert (job.kind, job.arguments) == (marking.KIND, {"import_id": one.pk})
    runner.work_off()
    assert DBTaskResult.objects.successful().count() == 1
    nothing_is_made()
    assert comments(client.get(address).content) == marking.AT_ONCE + 1


def test_a_kept_workbook_is_that_of_the_report_and_goes_with_it(
    signed_in: Callable[..., Any], django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in("county_officer", COUNTY)
    one = upload(client, facilities(*bad(2)), "机构.xlsx")
    assert not Job.objects.exists()
    address = f"/exchange/imports/{one.pk}"
    kept = marking.fetch(one)
    assert kept is not None
    assert client.get(f"{address}/report").content == kept
    Import.objects.filter(pk=one.pk).update(report=pack(unpack(one.report)[:1]))
    assert comments(client.get(f"{address}/report").content) == 1, "made anew for another report"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}/discard")
    assert store.fetch_report(one.pk) is None
    assert client.get(f"{address}/report").status_code == 404
    one.refresh_from_db()
    assert not marking.keep(one)


def test_a_report_put_away_while_it_is_marked_leaves_no_file(
    signed_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("county_officer", COUNTY)
    one = upload(client, facilities(*bad(1)), "机构.xlsx")
    real = marking.sheets.marked

    def put_away_meanwhile(*sent: Any) -> bytes:
        actions.discard(one=one, by=client.user)
        store.forget(one.pk)
        return real(*sent)

    monkeypatch.setattr(marking.sheets, "marked", put_away_meanwhile)
    assert not marking.keep(one)
    assert store.fetch_report(one.pk) is None
