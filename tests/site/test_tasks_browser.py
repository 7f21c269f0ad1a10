"""任务清单 in a real browser: made of documents, assigned with the keyboard, taken back; the pages beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from browser import opening
from django.test import Client
from django.utils import timezone

from xinglin.apps.forms.actions import moving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record
from xinglin.apps.insight.tasks import TASK, actions, stocktaking
from xinglin.apps.work import runner

COUNTY = "441882"
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", "localhost"]),
    pytest.mark.django_db(transaction=True),
]


def lively(officer: Any, other: Any) -> None:
    """Tasks in every state, one of them late."""
    rows = {row.document["source"]: row for row in Record.objects.of(TASK)}
    known, today = definition(TASK), timezone.localdate()
    for number in range(1, 9):
        given = {"lead_unit": "health", "person": "李卫", "due_on": today + timedelta(days=20 - 9 * number)}
        actions.assign_many([rows[f"LZ-k0{number}"]], given, by=officer)
    for number in (1, 2, 3):
        done = {"measure": "核验合格", "progress": 90, "result": "已办", "done_on": today}
        row = Record.objects.get(pk=rows[f"LZ-k0{number}"].pk)
        moving.move(row, known, "submit", by=officer, wish=Wish(raw=done))
    row = Record.objects.get(pk=rows["LZ-k01"].pk)
    moving.move(row, known, "accept", by=other, wish=Wish(raw={"verified_progress": 70}))
    row = Record.objects.get(pk=rows["LZ-k04"].pk)
    moving.move(row, known, "raise", by=officer, wish=Wish(raw={"obstacle": "改造经费缺口八万元"}))


def test_a_county_officer_makes_assigns_and_settles(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client], account: Callable[..., Any]
) -> None:
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, "/tasks") as opened:
        page = opened.check().page
        page.get_by_role("link", name="从文件生成任务").first.click()
        page.wait_for_load_state("networkidle")
        opened.examine().check()
        opened.shoot("generate")
        page.get_by_role("button", name="生成（后台办理）").click()
        page.wait_for_load_state("networkidle")
        runner.work_off()
        page.goto(f"{live_server.url}/tasks")
        assert "58 项任务没有落实责任人" in page.locator("main").inner_text()
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("x")
        page.keyboard.press("j")
        page.keyboard.press("x")
        assert "已勾选 2 条" in page.locator("[data-picked]").inner_text()
        page.keyboard.press("a")
        assert page.evaluate("document.activeElement.id") == "id_to-lead_unit"
        page.locator("#id_to-lead_unit").select_option("health")
        page.locator("#id_to-person").fill("李卫")
        page.locator("#id_to-due_on").fill((timezone.localdate() + timedelta(days=30)).isoformat())
        page.get_by_role("button", name="分派", exact=True).click()
        page.wait_for_load_state("networkidle")
        opened.examine().check()
        assert "已分派 2 项任务" in page.locator("main").inner_text()
        assert "56 项任务没有落实责任人" in page.locator("main").inner_text()
        assert Record.objects.of(TASK).filter(state="running").count() == 2
        page.get_by_role("button", name="撤销").click()
        page.wait_for_load_state("networkidle")
        assert "58 项任务没有落实责任人" in page.locator("main").inner_text()
    officer: Any = client.user  # type: ignore[attr-defined]
    lively(officer, account("county_officer", COUNTY, username="other"))
    record = stocktaking.take(COUNTY, "", timezone.localdate(), by=officer)
    target = (
        "/tasks/from-target?place=441882&document=lianzhou&target=LZ-t03&gap=还差 3 家&nearest=冲口村卫生室"
    )
    pages = {
        "tasks": "/tasks",
        "progress": "/tasks/progress",
        "stocktaking": "/tasks/stocktaking",
        "sheet": f"/tasks/stocktaking/{record.pk}",
        "target": target,
    }
    for name, path in pages.items():
        with opening(chromium, live_server, client, path) as opened:
            opened.check()
            opened.shoot(name)
