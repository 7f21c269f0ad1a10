"""The report in a real browser, from a file, at desktop and tablet width."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from report_standings import make_standing

from xinglin.report import render_html

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.enable_socket,  # asyncio's own pair of sockets; Chromium is driven through pipes
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_html(make_standing()), "utf-8")
    return path


@pytest.fixture
def browser(chromium: Any) -> Any:
    return chromium


@pytest.mark.parametrize("width", [1280, 800])
def test_opens_from_a_file_without_errors_requests_or_overflow(
    browser: Any, report: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    assert _overflow(page) <= 0
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert _overflow(page) <= 0
    assert page.locator("svg").count() >= 3
    assert said == []
    assert all(url.startswith(("file:", "data:")) for url in asked)


def test_a_number_opens_by_keyboard(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    number = page.locator("#r3 summary").first
    number.focus()
    page.keyboard.press("Enter")
    assert page.locator("#r3 .open").first.is_visible()


def _overflow(page: Any) -> int:
    found: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return found
