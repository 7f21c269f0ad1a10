"""The reports page: makes files in the background, numbers lead back here, the receipt makes them again."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser import opening
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from insight_factories import InsightSite, insight_site, published  # noqa: F401

from xinglin.apps.insight import reporting
from xinglin.apps.insight.jobs import MAKE, REPRODUCE
from xinglin.apps.work import runner
from xinglin.apps.work.models import Job, State
from xinglin.report import words

COUNTY, SIBLING = "441882", "441881"
FORMS = ["docx", "xlsx", "pdf"]


@pytest.fixture
def officer(signed_in: Callable[..., Client]) -> Client:
    return signed_in("county_officer", COUNTY)


def _ask(client: Client, site: InsightSite, *forms: str, place: str = COUNTY) -> Any:
    asked = {"vintage": site.december.pk, "place": place, "form": list(forms)}
    return client.post(reverse("insight:report_make"), asked)


def _content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_page_shows_the_digest_in_few_queries(officer: Client, insight_site: InsightSite) -> None:  # noqa: F811
    officer.get(reverse("insight:reports"))
    with CaptureQueriesContext(connection) as queries:
        page = officer.get(reverse("insight:reports")).content.decode()
    assert len(queries) <= 15
    standing, origin = reporting.content(insight_site.picture(COUNTY), COUNTY)
    assert origin.receipt in page
    shown = {words.value_words(result, result) for result in standing.results}
    numbers = re.findall(r'<a href="http://testserver/[^"]*indicators/[^"]+">([^<]+)</a>', page)
    assert len(numbers) >= 6
    assert set(numbers) <= shown
    assert "style=" not in page


@pytest.mark.django_db(transaction=True)
def test_three_reports_are_made_and_fetched(officer: Client, insight_site: InsightSite) -> None:  # noqa: F811
    assert _ask(officer, insight_site, *FORMS).status_code == 302
    runner.work_off()
    jobs = {job.arguments["form"]: job for job in Job.objects.filter(kind=MAKE)}
    assert {form: job.state for form, job in jobs.items()} == dict.fromkeys(FORMS, State.DONE), [
        job.error for job in jobs.values()
    ]
    receipt = reporting.content(insight_site.picture(COUNTY), COUNTY)[1].results_sha256
    for form, job in jobs.items():
        assert job.result["回执"] == receipt
        content = _content(officer.get(reverse("work:file", args=[job.pk])))
        assert content[:4] == (b"%PDF" if form == "pdf" else b"PK\x03\x04")
        if form == "docx":
            links = zipfile.ZipFile(io.BytesIO(content)).read("word/_rels/document.xml.rels").decode()
            assert "http://testserver/" in links
    page = officer.get(reverse("insight:reports")).content.decode()
    assert all(reverse("work:file", args=[job.pk]) in page for job in jobs.values())


@pytest.mark.django_db(transaction=True)
def test_links_of_a_report_open_the_number_they_stand_for(
    officer: Client,
    insight_site: InsightSite,  # noqa: F811
) -> None:
    picture = insight_site.picture(COUNTY)
    address = reporting.addresses(picture, COUNTY, "http://testserver/")
    results = [one for one in picture.results(COUNTY) if not one.wanted]
    for result in results[::12]:
        page = officer.get(address(result).removeprefix("http://testserver"))
        assert page.status_code == 200
        assert result.display in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_receipt_makes_the_numbers_again(officer: Client, insight_site: InsightSite) -> None:  # noqa: F811
    officer.post(reverse("insight:report_reproduce"), {"vintage": insight_site.december.pk})
    runner.work_off()
    job = Job.objects.get(kind=REPRODUCE)
    assert (job.state, job.error) == (State.DONE, "")
    assert job.result["核对"] == "与发布时逐字节相同"


@pytest.mark.django_db(transaction=True)
def test_results_that_were_changed_make_no_report(
    officer: Client,
    insight_site: InsightSite,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    real = reporting.folder_of(insight_site.december.pk)
    for name in ("results.json", "receipt.json"):
        (tmp_path / name).write_bytes((real / name).read_bytes().replace(b'"met"', b'"not_met"', 1))
    monkeypatch.setattr(reporting, "folder_of", lambda vintage: tmp_path)
    _ask(officer, insight_site, "pdf")
    runner.work_off()
    job = Job.objects.get(kind=MAKE)
    assert job.state == State.FAILED
    assert "与回执不符" in job.error
    assert not job.file


def test_only_ones_own_area_and_only_with_the_right(
    signed_in: Callable[..., Client],
    insight_site: InsightSite,  # noqa: F811
) -> None:
    outsider = signed_in("county_officer", SIBLING)
    assert _ask(outsider, insight_site, "pdf").status_code == 404
    answer = outsider.post(reverse("insight:report_reproduce"), {"vintage": insight_site.december.pk})
    assert answer.status_code == 404
    assert signed_in("liaison", COUNTY).get(reverse("insight:reports")).status_code == 403
    assert not Job.objects.exists()


def test_nothing_chosen_or_no_results_is_told(officer: Client, insight_site: InsightSite) -> None:  # noqa: F811
    assert _ask(officer, insight_site).status_code == 302
    assert "请至少选一种报告" in officer.get(reverse("insight:reports")).content.decode()
    assert _ask(officer, insight_site, "pdf", place="441882102").status_code == 302
    assert "没有对照文件的结果" in officer.get(reverse("insight:reports")).content.decode()
    assert not Job.objects.exists()


@pytest.mark.chromium
@pytest.mark.enable_socket
@pytest.mark.django_db(transaction=True)
def test_the_page_in_chromium(
    live_server: Any,
    chromium: Any,
    officer: Client,
    insight_site: InsightSite,  # noqa: F811
) -> None:
    del insight_site
    with opening(chromium, live_server, officer, reverse("insight:reports")) as opened:
        opened.shoot("reports")
        assert opened.page.locator(".digest h1").is_visible()
        opened.check()
