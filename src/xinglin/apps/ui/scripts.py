"""Scripts made at set-up out of installed packages: nothing of theirs is in our repository, nothing is fetched.

``charts/vega.js`` is Vega, Vega-Lite, Vega-Embed and Vega's expression interpreter, bundled by vl-convert (ADR 0017).
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

VEGA = "charts/vega.js"
_ENTRY = "window.xinglinDraw = vegaEmbed;"


class MadeScripts(BaseFinder):
    """Finds `VEGA`, which it makes when asked for the first time (two seconds)."""

    def find(self, path: str, find_all: bool = False, **more: Any) -> Any:
        """Where the script lies; nothing for other paths."""
        wanted = find_all or more.get("all", False)
        if path != VEGA:
            return [] if wanted else None
        found = str(vega_script())
        return [found] if wanted else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """For ``collectstatic``."""
        if not matches_patterns(VEGA, [*(ignore_patterns or ())]):
            yield VEGA, FileSystemStorage(location=vega_script().parent.parent)

    def check(self, **_: Any) -> builtins.list[Any]:
        """Nothing that could be set wrongly."""
        return []


def vega_script() -> Path:
    """The bundle of the installed vl-convert, made anew after an update."""
    package = version("vl-convert-python")
    path: Path = settings.XINGLIN_HOME / "cache" / f"scripts-{package}" / VEGA
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}.new")
        new.write_text(_bundle(package), encoding="utf-8")
        new.replace(path)
    return path


def _bundle(package: str) -> str:
    import vl_convert

    head = f"/* Vega, Vega-Lite, Vega-Embed (BSD-3-Clause, vega.github.io), bundled by vl-convert-python {package} */\n"
    return head + str(vl_convert.javascript_bundle(_ENTRY))
