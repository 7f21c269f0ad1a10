"""Where a report's numbers come from: the address behind each, and how to make them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from xinglin.base.errors import DataError
from xinglin.report.as_json import dump_json
from xinglin.standing.model import Result, Standing
from xinglin.standing.vintage import sha256

Address = Callable[[Result], str]
"""Where a result opens on a site."""

_SHOWN = 16  # of 64 hex digits: enough to tell two receipts apart by eye


@dataclass(frozen=True, slots=True)
class Origin:
    """What makes the numbers of a report again.

    Attributes:
        results_sha256: hash of the standing's JSON; the same standing always gives the same.
        vintage: name of the published folder, "" when the numbers were not published.
        command: what to type to count them again and compare.
    """

    results_sha256: str
    vintage: str
    command: str

    @property
    def receipt(self) -> str:
        """The number of the receipt as people copy it: the first digits of the hash of the results."""
        return self.results_sha256[:_SHOWN]


def under(base: str) -> Address:
    """Addresses of the form ``<base>/<target>``.

    Raises:
        DataError: the base is no address of a site.
    """
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise DataError(f"“{base}”不是网址；请写成 https://…/，数字会链接到它下面的各项目标")
    start = base.rstrip("/")
    return lambda result: f"{start}/{quote(result.target, safe='')}"


def counted(standing: Standing, *, binding_only: bool = False) -> Origin:
    """The origin of numbers counted just now from a data set and not published."""
    options = " --binding-only" if binding_only else ""
    command = f"xinglin evaluate 数据 --place {standing.place} --on {standing.on}{options} --format json"
    return Origin(sha256(dump_json(standing)), "", command)


def published(receipt: Mapping[str, Any]) -> Origin:
    """The origin of the numbers of a published vintage, from its receipt (see `standing.vintage.read_receipt`)."""
    name = Path(receipt["folder"]).absolute().name
    return Origin(receipt["results_sha256"], name, f"xinglin reproduce {name} 数据")
