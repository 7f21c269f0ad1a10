"""A page of the site in a real browser, with everything that may be wrong with it.

One line tests a page::

    open_page(chromium, live_server, signed_in("county_officer", COUNTY), "/facilities").check()
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe

# playwright's own event loop runs in the thread of the test; Django takes that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

WIDTHS = (1280, 800, 640)
"""A desktop, a tablet, and the desktop at 200 % zoom."""

_SERIOUS = ("serious", "critical")
_LOADS_MORE = "figure[data-chart]"
"""What fetches something once the page has loaded: only then half a second without any answer is waited for."""
_BODY_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Opened:
    """A page that was opened.

    Attributes:
        page: playwright's page. status: of the answer. errors: console errors, uncaught exceptions, failed requests.
        violations: serious and critical findings of axe. overflow: pixels by which the body is too wide.
    """

    page: Any
    path: str
    width: int
    status: int = 0
    errors: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    overflow: int = 0

    def check(self, status: int = 200) -> Opened:
        """Assert that nothing is wrong, and that the page fits the narrower widths too (axe looks once)."""
        faults = [*self.errors, *self.violations, *self._too_wide()]
        where = f"{self.path} @ {self.width}"
        assert self.status == status, f"{where}: {self.status}"
        assert not faults, f"{where}:\n" + "\n".join(faults)
        return self

    def _too_wide(self) -> list[str]:
        """How far the page sticks out, for its own width and every narrower one; the window is as before afterwards."""
        found = [f"超宽 {self.overflow}px"] if self.overflow else []
        narrower = [width for width in WIDTHS if width < self.width]
        for width in narrower:
            self._resize(width)
            over = self.page.evaluate(_BODY_OVERFLOW)
            found += [f"{width} 宽时超宽 {over}px"] if over > 0 else []
        if narrower:
            self._resize(self.width)
        return found

    def _resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 900})

    def shoot(self, name: str) -> None:
        """Pictures at every width, when somebody wants to look (``XINGLIN_SHOTS=/tmp/shots``)."""
        folder = os.environ.get("XINGLIN_SHOTS")
        if not folder:
            return
        for width in dict.fromkeys((self.width, *(one for one in WIDTHS if one < self.width))):
            self._resize(width)
            self.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        self._resize(self.width)

    def examine(self) -> Opened:
        """Ask axe and measure the width, after something on the page changed."""
        self.violations = _violations(self.page)
        self.overflow = max(0, self.page.evaluate(_BODY_OVERFLOW))
        return self


def open_page(browser: Any, live_server: Any, client: Any, path: str, width: int = 1280) -> Opened:
    """Open a page as the account of a Django test client (None: not signed in) and examine it.

    The page stays open; whoever works with it closes ``opened.page.context``, or uses `opening`.
    """
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    if client is not None:
        cookies = [
            {"name": name, "value": morsel.value, "url": live_server.url}
            for name, morsel in client.cookies.items()
        ]
        context.add_cookies(cookies)
    page = context.new_page()
    opened = Opened(page, path, width)
    page.on("console", lambda message: _note(opened, message))
    page.on("pageerror", lambda error: opened.errors.append(f"script: {error}"))
    response = page.goto(live_server.url + path, wait_until="load")
    if page.query_selector(_LOADS_MORE):
        page.wait_for_load_state("networkidle")
    opened.status = response.status
    return opened.examine()


@contextmanager
def opening(browser: Any, live_server: Any, client: Any, path: str, width: int = 1280) -> Iterator[Opened]:
    """`open_page` for a ``with`` block; closes the page behind it."""
    opened = open_page(browser, live_server, client, path, width)
    try:
        yield opened
    finally:
        opened.page.context.close()


def _note(opened: Opened, message: Any) -> None:
    """A console error; the browser's own line about an answer ≥ 400 of the page itself is judged by status."""
    if message.type == "error" and not message.location.get("url", "").endswith(opened.path):
        opened.errors.append(f"console: {message.text} {message.location.get('url', '')}")


def _violations(page: Any) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"axe {one['id']} ({one['impact']}): {one['help']} – "
        + "; ".join(" ".join(map(str, node["target"])) for node in one["nodes"][:5])
        for one in found
        if one["impact"] in _SERIOUS
    ]
