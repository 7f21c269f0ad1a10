"""The background job that brings facts up to the database and counts them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from xinglin.apps.audit.actions import record
from xinglin.apps.forms.book import book
from xinglin.apps.indicators.actions import site_facts, site_info
from xinglin.apps.indicators.export import left_out
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.indicators.owners import owners
from xinglin.apps.indicators.pruning import prune
from xinglin.apps.indicators.recounting import recount as count
from xinglin.apps.work.progress import Progress
from xinglin.apps.work.registry import job
from xinglin.base.errors import XinglinError
from xinglin.facts import load_contract

log = logging.getLogger(__name__)

RECOUNT = "facts.recount"
MOST_TOLD = 10


@job(RECOUNT, "重新统计", permission="facts.recount", again=True)
def recount(progress: Progress, *, on: str) -> None:
    """Read the facts out, count them for a place at a day, publish the vintage. Begun again, it publishes once."""
    progress.total = len(owners()) + 1
    home = Path(settings.XINGLIN_HOME)
    receipt = count(
        site_facts(),
        site_info(),
        progress.place,
        date.fromisoformat(on),
        home / "vintages" / progress.id,
        _beat(progress),
    )
    _prune(home)
    vintage = _vintage(receipt, progress)
    told = {"地区": progress.place, "数据日期": on, "期次": vintage.pk, **_left_out(home / "facts")}
    with progress.finishing(told):
        vintage.save(force_insert=True)
        record(by=None, action="vintage.publish", kind="vintage", id=vintage.pk)


def _left_out(facts: Path) -> dict[str, Any]:
    """Records that no number rests on, because a date or another value that counting needs is missing."""
    found = [_words(*one) for one in left_out(facts)]
    more = [f"……另有 {len(found) - MOST_TOLD} 种"] if len(found) > MOST_TOLD else []
    return {"没有计入的记录": "；".join([*found[:MOST_TOLD], *more])} if found else {}


def _words(table: str, definition: str, column: str, number: int) -> str:
    declared, known = load_contract().table(table), book().definitions
    name = known[definition].label if definition in known else definition
    return f"{name} {number} 条缺“{declared.columns[column].label}”，没有计入“{declared.label}”"


def _prune(home: Path) -> None:
    """Remove fact files that nothing needs any more; what stands in the way of that does not undo a recount."""
    try:
        prune(home / "facts", home / "vintages")
    except (OSError, XinglinError) as error:
        log.warning("旧事实文件没有清理：%s", error)


def _beat(progress: Progress) -> Callable[[str | None], None]:
    """Steps of the child as steps of the job; its last word is no step more."""

    def beat(step: str | None) -> None:
        if step is None or progress.done == progress.total:
            progress.beat()
        else:
            progress.step(message=f"正在处理：{step}")

    return beat


def _vintage(receipt: dict[str, Any], progress: Progress) -> Vintage:
    return Vintage(
        id=progress.id,
        place=receipt["place"],
        on=date.fromisoformat(receipt["on"]),
        facts_manifest=receipt["facts_manifest"],
        definitions=receipt["definitions_hash"],
        results=receipt["results_sha256"],
        published_by=progress.asked_by,
        job=progress.id,
    )
