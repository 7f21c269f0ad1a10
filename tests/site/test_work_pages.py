"""Pages of jobs in Chromium: each state at both widths, and progress that goes on by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from browser import opening
from django.test import Client
from django.utils import timezone

from xinglin.apps.work.models import Job, State

COUNTY = "441882"
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", "localhost"]),
    pytest.mark.django_db(transaction=True),
]


def jobs(user: Any) -> list[Job]:
    """One in every state."""
    now = timezone.now()
    same = {"kind": "facts.recount", "asked_by": user.pk, "place": COUNTY}
    ended = {"started_at": now, "ended_at": now, "attempts": 1}
    result = {"地区": COUNTY, "数据日期": "2020-12-31"}
    return [
        Job.objects.create(label="等着统计", **same),
        Job.objects.create(
            label="正在统计",
            state=State.RUNNING,
            heartbeat_at=now,
            total=12,
            done=5,
            message="正在取出：机构",
            **same,
        ),
        Job.objects.create(
            label="统计好了", state=State.DONE, result=result, file="结果.xlsx", **same, **ended
        ),
        Job.objects.create(
            label="没统计成", state=State.FAILED, error="第 3 行没有机构名称，请补上", **same, **ended
        ),
        Job.objects.create(label="不统计了", state=State.CANCELLED, **same, **ended),
    ]


def test_every_state(chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    addresses = ["/jobs", "/jobs?all=1", *(f"/jobs/{job.pk}" for job in jobs(client.user))]  # type: ignore[attr-defined]
    for address in addresses:
        with opening(chromium, live_server, client, address) as opened:
            opened.check()
            if opened.page.query_selector("[hx-trigger]"):  # do not leave in the middle of an answer
                opened.page.wait_for_event("requestfinished")


def test_progress_goes_on_by_itself(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("county_officer", COUNTY)
    job = jobs(client.user)[1]  # type: ignore[attr-defined]
    with opening(chromium, live_server, client, f"/jobs/{job.pk}") as opened:
        page = opened.page
        page.wait_for_selector("progress[value='41']")
        Job.objects.filter(pk=job.pk).update(done=9)
        page.wait_for_selector("progress[value='75']", timeout=10_000)
        page.reload()
        page.wait_for_selector("progress[value='75']")
        Job.objects.filter(pk=job.pk).update(
            state=State.DONE, done=12, result={"数到": 12}, ended_at=timezone.now()
        )
        page.wait_for_selector("text=数到", timeout=10_000)
        assert page.query_selector("[hx-trigger]") is None
        opened.check()
