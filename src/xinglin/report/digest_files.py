"""The digest as a PDF of one page and as a page for the screen; both show the same `Digest`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from xinglin.base.errors import XinglinError
from xinglin.report.digest import ROOMS, Digest, digest_of
from xinglin.report.fonts import Faces, faces, unshown, unshown_in
from xinglin.report.html import environment
from xinglin.report.origin import Address, Origin
from xinglin.standing.model import Standing


def render_digest(standing: Standing, origin: Origin, address: Address | None = None) -> bytes:
    """The digest as PDF (tagged, PDF/UA-1): one A4 page; the same input gives the same bytes on one machine.

    Raises:
        MissingFontError: no Chinese font is installed, or none has a sign that is needed.
    """
    found = faces()
    return _compile(fitting(standing, origin, address, found), found)


def fitting(standing: Standing, origin: Origin, address: Address | None, found: Faces) -> Digest:
    """As much of the digest as one page holds with these fonts."""
    for room in ROOMS:
        digest = digest_of(standing, origin, address, room)
        if _pages(digest, found) == 1:
            return digest
    raise XinglinError("一页纸放不下；这是程序的错误，请连同数据清单号报告给开发者")


def digest_html(standing: Standing, origin: Origin, address: Address | None = None) -> str:
    """The digest as a self-contained HTML file for the screen."""
    digest = digest_of(standing, origin, address)
    style = Markup(files("xinglin.report").joinpath("static/digest.css").read_text(encoding="utf-8"))  # noqa: S704 - ours
    return environment().get_template("digest.html.j2").render(d=digest, style=style)


def digest_fragment(standing: Standing, origin: Origin, address: Address | None = None) -> str:
    """The digest as a piece of HTML without styles, to stand in a page that brings ``static/digest.css``."""
    digest = digest_of(standing, origin, address)
    return environment().get_template("digest_body.html.j2").render(d=digest)


def _inputs(digest: Digest, found: Faces) -> dict[str, str]:
    content = {"digest": asdict(digest), "serif": found.serif, "sans": found.sans}
    return {name: json.dumps(value, ensure_ascii=False) for name, value in content.items()}


def inspect(digest: Digest, selector: str, found: Faces | None = None) -> list[dict[str, Any]]:
    """What the typesetter makes of a digest: all elements a Typst selector finds (``link``, ``heading`` …)."""
    import typst

    found = found or faces()
    options: dict[str, Any] = {"font_paths": found.fonts, "sys_inputs": _inputs(digest, found)}
    elements: list[dict[str, Any]] = json.loads(
        typst.query(_source(), selector, ignore_system_fonts=True, **options)
    )
    return elements


def _pages(digest: Digest, found: Faces) -> int:
    return int(inspect(digest, "<pages>", found)[0]["value"])


def _compile(digest: Digest, found: Faces) -> bytes:
    import typst

    try:
        return typst.compile(
            _source(),
            font_paths=found.fonts,
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs=_inputs(digest, found),
            timestamp=datetime(*digest.day, tzinfo=UTC),
        )
    except typst.TypstError as error:
        signs = unshown_in(error.message)
        if not signs:
            raise
        raise unshown(signs) from error


@cache
def _source() -> bytes:
    return files("xinglin.report").joinpath("templates/digest.typ").read_bytes()
