"""One way to write any report: a form, a standing, where its numbers come from, a path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from xinglin.report.as_json import dump_json
from xinglin.report.assessment.content import TaskLine
from xinglin.report.digest_files import digest_html, render_digest
from xinglin.report.html import render_html
from xinglin.report.origin import Address, Origin
from xinglin.report.workbook import write_workbook
from xinglin.standing.model import Standing


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is made of.

    Attributes:
        origin: how its numbers are made again. address: where a result opens on a site, if there is one.
        tasks: what the self-assessment repeats of the tasks; other forms leave them out.
    """

    standing: Standing
    origin: Origin
    address: Address | None = None
    tasks: Sequence[TaskLine] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of report file; ``opens_units``: it lists every unit where the standing has them."""

    label: str
    suffix: str
    write: Callable[[Asked, Path], object]
    opens_units: bool = False


def _json(asked: Asked, path: Path) -> None:
    path.write_text(dump_json(asked.standing), encoding="utf-8")


def _html(asked: Asked, path: Path) -> None:
    path.write_text(render_html(asked.standing), encoding="utf-8")


def _xlsx(asked: Asked, path: Path) -> None:
    write_workbook(asked.standing, path, asked.origin, asked.address)


def _docx(asked: Asked, path: Path) -> None:
    from xinglin.report.assessment.file import render_assessment

    path.write_bytes(render_assessment(asked.standing, asked.origin, asked.address, asked.tasks))


def _pdf(asked: Asked, path: Path) -> None:
    path.write_bytes(render_digest(asked.standing, asked.origin, asked.address))


def _digest(asked: Asked, path: Path) -> None:
    path.write_text(digest_html(asked.standing, asked.origin, asked.address), encoding="utf-8")


FORMS = {
    "json": Form("结果数据", ".json", _json),
    "html": Form("对标报告", ".html", _html, opens_units=True),
    "xlsx": Form("指标表", ".xlsx", _xlsx, opens_units=True),
    "docx": Form("自评报告", ".docx", _docx),
    "pdf": Form("一页纸摘要", ".pdf", _pdf),
    "digest": Form("一页纸摘要（网页）", ".html", _digest),
}
"""Every form by its name on the command line."""
