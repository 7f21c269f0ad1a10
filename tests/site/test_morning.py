"""A county administrator's morning in the browser: sign in, find the worst gap, open it down to rows, see why, make a
task, have the other unit see it, take the report away, make its numbers again from the receipt."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from accounts_factories import SECRET
from browser import opening
from django.test import Client
from django.urls import reverse
from insight_factories import InsightSite, insight_site, published  # noqa: F401

from conftest import COUNTY, PASSWORD
from xinglin.apps.accounts import factor
from xinglin.apps.accounts.models import User
from xinglin.apps.forms.models import Record
from xinglin.apps.insight import standing_now
from xinglin.apps.work.models import Job
from xinglin.apps.work.runner import work_off

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.both,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", "localhost"]),
    pytest.mark.django_db(transaction=True),
]
SHOTS = os.environ.get("XINGLIN_SHOTS")
"""Where pictures go when somebody wants to look."""


def sign_in(page: Any, name: str) -> None:
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor?*")
    page.wait_for_selector("[name=code]:focus")  # keys before that go nowhere
    page.keyboard.type(factor.current_code(SECRET))
    page.keyboard.press("Enter")


def look(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"morning-{name}.png", full_page=True)


def open_the_worst(opened: Any, gap: standing_now.Gap) -> None:
    """From the overview to the number, its units, one of them, its rows; the sums are those of the unit."""
    page = opened.page
    page.locator(".gaps a").first.click()
    page.wait_for_selector("text=这个数怎样算")
    assert page.locator("h1").inner_text() == gap.result.measure_label
    assert gap.result.gap is not None
    assert gap.result.gap.words in page.content()
    look(page, "2-indicator")
    page.locator("a.button", has_text="只在分母").click()
    page.wait_for_selector("tbody tr")
    page.locator("tbody th a").first.click()
    page.wait_for_selector("text=依据的记录")
    opened.examine().check()
    assert page.locator(".steps-why .chip.bad").count() > 0
    summed = page.locator("main .figures dd").all_inner_texts()
    look(page, "3-unit")
    told = re.search(r"各行合计：分子 (\S+?)，分母 (\S+?)。", page.locator("main").inner_text())
    assert told is not None
    assert [Fraction(one) for one in told.groups()] == [Fraction(one.strip()) for one in summed[1:3]]


def make_a_task(opened: Any, address: str) -> Record:
    """A task of a missed target, for the finance office."""
    page = opened.page
    page.goto(address)
    page.locator("a.button", has_text="列为任务").first.click()
    page.wait_for_selector("h1:has-text('立为任务')")
    opened.examine().check()
    page.select_option("[name=lead_unit]", "finance")
    page.fill("[name=person]", "演示联系人")
    page.fill("[name=due_on]", "2099-12-31")
    look(page, "4-task")
    page.get_by_role("button", name="立为任务", exact=True).click()
    page.wait_for_selector("text=已立为任务")
    look(page, "5-made")
    return Record.objects.get(definition="task_item")


def take_reports(opened: Any, address: str, folder: Path) -> dict[str, Path]:
    """Have all three made, and download them."""
    page = opened.page
    page.goto(address)
    opened.examine().check()
    look(page, "6-reports")
    page.get_by_role("button", name=re.compile("出报告")).click()
    page.wait_for_load_state()
    work_off()
    page.goto(address)
    links = page.get_by_role("link", name=re.compile("下载 "))
    assert links.count() == 3, [(job.label, job.state, job.error) for job in Job.objects.all()]
    files = {}
    for number in range(3):
        with page.expect_download() as taken:
            links.nth(number).click()
        path = folder / taken.value.suggested_filename
        taken.value.save_as(path)
        files[path.suffix] = path
    return files


def test_a_morning(
    chromium: Any,
    live_server: Any,
    account: Callable[..., User],
    insight_site: InsightSite,  # noqa: F811
    tmp_path: Path,
) -> None:
    account("county_officer", COUNTY, username="officer")
    account("liaison", COUNTY, username="liaison", unit="财政局")
    User.objects.update(totp_secret=SECRET)
    gap = standing_now.gaps(insight_site.picture(COUNTY), COUNTY)[0]
    with opening(chromium, live_server, Client(), reverse("insight:overview")) as opened:
        page = opened.page
        sign_in(page, "officer")
        page.wait_for_url("**/overview")
        opened.examine().check()
        look(page, "1-overview")
        open_the_worst(opened, gap)
        task = make_a_task(opened, live_server.url + gap.address)
        files = take_reports(opened, live_server.url + reverse("insight:reports"), tmp_path)
        words = zipfile.ZipFile(files[".docx"]).read("word/document.xml").decode()
        plain = re.sub(r"<[^>]+>", "", words)
        assert gap.result.measure_label in plain
        assert gap.result.display in plain
        assert files[".pdf"].read_bytes().startswith(b"%PDF")
        page.get_by_role("button", name="凭回执重算核对").click()
        page.wait_for_load_state()
        work_off()
        again = Job.objects.get(kind="report.reproduce")
        assert again.state == "done", again.error
        assert again.result["核对"] == "与发布时逐字节相同"
    with opening(chromium, live_server, Client(), reverse("insight:tasks")) as opened:
        sign_in(opened.page, "liaison")
        opened.page.wait_for_url("**/tasks")
        assert opened.page.locator(f"a[href*='{task.pk}']").count() > 0
        opened.examine().check()
        look(opened.page, "7-liaison")
