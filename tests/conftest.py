"""Guards and gates for every test: required tools, the shared folder, seeded generation."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
NO_SHARED = "没有 ../shared"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
"""Chromium without calls home."""

TOOLS = {"chromium": ("需要 Chromium", ("chromium", "chromium-browser")), "java": ("需要 Java", ("java",))}
"""What a test may need: the words of its skip reason, and the programs that will do."""

settings.register_profile("plain", derandomize=True, deadline=None, max_examples=150, database=None)
settings.register_profile("soak", derandomize=True, deadline=None, max_examples=5_000, database=None)
settings.load_profile("plain")


def required() -> tuple[str, ...]:
    """Tools that must be there (``XINGLIN_REQUIRE="chromium,java"``): a skip for want of one is a failure."""
    asked = [name.strip() for name in os.environ.get("XINGLIN_REQUIRE", "").split(",") if name.strip()]
    unknown = [name for name in asked if name not in TOOLS]
    if unknown:
        raise pytest.UsageError(f"XINGLIN_REQUIRE 里不认识：{'、'.join(unknown)}；可写：{'、'.join(TOOLS)}")
    return tuple(asked)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a mistyped requirement before anything runs; look for garbage seldom (a twentieth of the time)."""
    del config
    required()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected stays: the collector need not look at it again."""
    del session
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """At the end all of it goes, as ever."""
    del session
    gc.unfreeze()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    """Turn a skip for want of a required tool into a failure."""
    del item, call
    outcome: Any = yield
    report = outcome.get_result()
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2])
        missing = [name for name in required() if TOOLS[name][0] in reason]
        if missing:
            report.outcome = "failed"
            report.longrepr = f"XINGLIN_REQUIRE 要求 {'、'.join(missing)}，却因“{reason}”跳过"


@pytest.fixture(scope="session")
def need() -> Callable[[str], str]:
    """``need("chromium")``: the path of a tool, or a skip that ``XINGLIN_REQUIRE`` can forbid."""

    def find(tool: str) -> str:
        words, programs = TOOLS[tool]
        found = next((path for name in programs if (path := shutil.which(name))), None)
        if found is None:
            pytest.skip(words)
        return found

    return find


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder ``../shared`` beside the project, or a skip."""
    if not SHARED.is_dir():
        pytest.skip(NO_SHARED)
    return SHARED


@pytest.fixture(scope="session")
def chromium(need: Callable[[str], str]) -> Iterator[Any]:
    """Debian's Chromium under playwright, one per process: two would stand in each other's event loop."""
    path = need("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()
        _close_connections()


def _close_connections() -> None:
    """Connections opened under playwright's event loop are not seen once it has ended: closed while it runs."""
    from django.db import connections

    connections.close_all()
