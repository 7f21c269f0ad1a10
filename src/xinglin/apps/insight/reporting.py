"""Reports of a vintage as files, and the vintage counted again from its receipt."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urljoin

from django.urls import reverse

from xinglin.apps.forms.book import definition
from xinglin.apps.indicators.actions import site_facts
from xinglin.apps.insight import standing_now
from xinglin.apps.insight.files import folder_of
from xinglin.apps.insight.pictures import Picture, measure_key, picture_of
from xinglin.apps.insight.tasks import TASK, reading
from xinglin.base.errors import DataError, XinglinError
from xinglin.report import FORMS, Asked, TaskLine
from xinglin.report.from_json import read_published
from xinglin.report.origin import Address, Origin, published
from xinglin.standing import Standing
from xinglin.standing.vintage import read_receipt

MADE = ("docx", "xlsx", "pdf")
"""Forms that the page offers, in its order."""

LOOK_EVERY = 0.5
"""Seconds between two signs of life while a child counts."""


@dataclass(frozen=True)
class Wanted:
    """One report: of which vintage and place, in which form, for whom; ``site`` begins the addresses in it."""

    by: Any
    vintage: str
    place: str
    form: str
    site: str


def write(wanted: Wanted, file: Callable[[str], Path]) -> dict[str, str]:
    """Write a report where ``file(name)`` says; what the job's page tells of it.

    Raises:
        Outside: the account may not see the vintage or the place any more.
        DataError: the results do not fit their receipt. MissingFontError: no Chinese font is installed.
    """
    if wanted.form not in MADE:
        raise DataError(f"没有“{wanted.form}”这种报告；可出：{'、'.join(FORMS[one].label for one in MADE)}")
    picture = picture_of(wanted.by.scope_for("report.make"), wanted.vintage)
    standing, origin = content(picture, wanted.place)
    form = FORMS[wanted.form]
    asked = Asked(standing, origin, addresses(picture, wanted.place, wanted.site), _tasks(wanted))
    form.write(asked, file(f"{standing.place_name}{form.label}_{standing.on:%Y%m%d}{form.suffix}"))
    return {
        "报告": form.label,
        "地区": standing.place_full_name,
        "数据日期": standing.on.isoformat(),
        "期次": wanted.vintage,
        "回执": origin.results_sha256,
    }


def content(picture: Picture, place: str) -> tuple[Standing, Origin]:
    """What a report of a place says, and its receipt; the vintage's own place is held against the receipt.

    Raises:
        Outside: not a place of the account. DataError: the results do not fit the receipt.
    """
    folder = folder_of(picture.vintage.pk)
    standing = picture.standing(place)
    if place == picture.vintage.place:
        standing, receipt = read_published(folder)
        return standing, published(receipt)
    return standing, published(read_receipt(folder))


def addresses(picture: Picture, place: str, site: str) -> Address:
    """Where each result opens on this site."""

    def address(result: Any) -> str:
        key = measure_key(result)
        if key:
            return urljoin(site, standing_now.address_of(key, place, picture))
        return urljoin(site, f"{reverse('insight:indicators')}?{standing_now.query(place, picture)}")

    return address


def _tasks(wanted: Wanted) -> tuple[TaskLine, ...]:
    """The tasks of the place, if the account may see them; only the Word report repeats them."""
    if wanted.form != "docx" or not wanted.by.scope_for("task.view").covers(place=wanted.place):
        return ()
    return tuple(
        _line(task) for task in reading.now(wanted.by, wanted.place) if task.state != reading.REVOKED
    )


def _line(task: reading.Task) -> TaskLine:
    lead = [f"{task.lead_label}（牵头）"] if task.lead_label else []
    states = definition(TASK).states
    claimed = "" if task.claimed is None else f"完成 {task.claimed}%"
    verified = "" if task.verified is None else f"核定 {task.verified}%"
    evidence = f"佐证 {task.evidence_count} 件" if task.evidence_count else ""
    said = (task.result or task.situation or "", claimed, verified, evidence)
    return TaskLine(
        document=str(task.document),
        clause=str(task.clause),
        summary=str(task.task),
        units="、".join([*lead, *task.co_labels]),
        state=states[task.state].label if states else task.state,
        progress="；".join(filter(None, map(str, said))),
        due=task.due_on,
    )


def reproduce(by: Any, vintage: str, beat: Callable[[], None]) -> dict[str, str]:
    """Count a vintage again from its receipt, in a child process; whether the bytes are the same.

    Raises:
        Outside: the account may not see the vintage. DataError: its whole area is not the account's.
        XinglinError: the child could not count.
    """
    scope = by.scope_for("report.make")
    found = picture_of(scope, vintage).vintage
    if not scope.covers(place=found.place):
        raise DataError("这一期管的地区比您的大，请由统计它的那一级来重算")
    words = [sys.executable, "-m", "xinglin", "reproduce", str(folder_of(vintage)), str(site_facts())]
    with TemporaryFile("w+", encoding="utf-8") as said:
        child = subprocess.Popen(words, stdout=said, stderr=said)  # noqa: S603 - our own program
        code = _waited(child, beat)
        said.seek(0)
        told = said.read().strip()
    if code not in (0, 1):
        raise XinglinError(told or f"重算进程意外结束（{code}）")
    return {"期次": vintage, "核对": "与发布时逐字节相同" if code == 0 else told}


def _waited(child: subprocess.Popen[bytes], beat: Callable[[], None]) -> int:
    """The exit code of a child that is looked at until it ends; it does not outlive what asked for it."""
    try:
        while True:
            try:
                return child.wait(LOOK_EVERY)
            except subprocess.TimeoutExpired:
                beat()
    finally:
        child.kill()
        child.wait()
