"""The gates of the test suite itself: a skip for want of a required tool is a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = (Path(__file__).parents[2] / "conftest.py").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _without_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that pytest-django leaves in the environment are not to be found from a folder of its own."""
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)


@pytest.mark.parametrize(
    ("required", "reason", "outcome"),
    [
        ("", "需要 Chromium", {"skipped": 1}),
        ("chromium", "需要 Chromium", {"failed": 1}),
        ("chromium, java", "需要 Java 17", {"failed": 1}),
        ("java", "需要 Chromium", {"skipped": 1}),
        ("chromium", "没有 ../shared", {"skipped": 1}),
    ],
    ids=["not required", "required", "the second required", "another required", "not a tool"],
)
def test_skip_for_want_of_a_tool(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    required: str,
    reason: str,
    outcome: dict[str, int],
) -> None:
    monkeypatch.setenv("XINGLIN_REQUIRE", required)
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(f"import pytest\ndef test_page():\n    pytest.skip({reason!r})\n")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(**outcome)


def test_mistyped_requirement_is_refused(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINGLIN_REQUIRE", "chrome")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile("def test_page():\n    pass\n")
    assert pytester.runpytest_subprocess("-p", "no:cacheprovider").ret != 0
