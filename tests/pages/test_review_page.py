"""The review page of a plan in a real browser, from a file, at desktop and tablet width."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from xinglin.measures import load_measures
from xinglin.policy.reader import read
from xinglin.policy.reader.draft import drafts
from xinglin.policy.reader.formats import source_of
from xinglin.policy.reader.page import review_page

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.enable_socket,  # asyncio's own pair of sockets; Chromium is driven through pipes
]

TARGETS = "到2025年，老年人和儿童中医药健康管理率分别达到75%和85%。\n中心药圃不少于3个。\n"
TABLE = "序号\t指标\n1\t村卫生室设置中医阁的比例达到80%以上\n2\t社区卫生服务站全部设置中医阁\n"
PLAN = (
    f"连州市中医药“十四五”行动计划\n一、目标\n{TARGETS}"
    + "发展中医药事业，造福人民群众。\n" * 60
    + f"附件\n指标表\n{TABLE}"
)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book, reading = load_measures(), read(source_of("plan.txt", PLAN.encode()))
    path = tmp_path_factory.mktemp("review") / "review.html"
    path.write_text(review_page(reading, drafts(reading, book, document_id="plan"), book), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [1280, 800])
def test_opens_from_a_file_without_faults(chromium: Any, review: Path, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(review.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert said == []
    assert [url for url in asked if not url.startswith("file:")] == []
    serious = [
        one["id"]
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    boxes = [page.locator(name).bounding_box() for name in ("section.document", "section.entries")]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"] + 1


def test_keys_and_links_lead_there_and_back(chromium: Any, review: Path) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 700})
    page.goto(review.as_uri())
    entries = page.locator("article")
    for _ in range(entries.count()):
        page.keyboard.press("j")
    last = page.locator("article.current")
    assert last.get_attribute("id") == entries.last.get_attribute("id")
    assert _seen(page, "mark.current")
    page.keyboard.press("k")
    assert page.locator("article.current").count() == 1
    page.keyboard.press("d")
    assert "doubtful" in (page.locator("article.current").get_attribute("class") or "")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.url.endswith(page.locator("article.current .places a").first.get_attribute("href"))
    label = page.locator("a.label").last
    label.click()
    assert page.locator("article.current").get_attribute("id") == label.get_attribute("href").lstrip("#")


def test_only_the_doubtful_are_shown_when_asked_for(chromium: Any, review: Path) -> None:
    page = chromium.new_page()
    page.goto(review.as_uri())
    page.locator("#show-wanted").check()
    shown = [one for one in page.locator("article").all() if one.is_visible()]
    assert [("wanted" in (one.get_attribute("class") or "")) for one in shown] == [True]
    page.locator("#show-all").check()
    assert page.locator("article:visible").count() == page.locator("article").count()


def test_prints_document_then_entries(chromium: Any, review: Path) -> None:
    page = chromium.new_page(viewport={"width": 760, "height": 1000})
    page.emulate_media(media="print")
    page.goto(review.as_uri())
    boxes = [page.locator(name).bounding_box() for name in ("section.document", "section.entries")]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"] + 1
    assert page.locator(".sign").first.is_visible()


def _seen(page: Any, selector: str) -> bool:
    """Whether an element lies within the pane that scrolls it."""
    script = """one => { const a = one.getBoundingClientRect(), b = one.closest("section").getBoundingClientRect();
        return a.bottom > b.top && a.top < b.bottom }"""
    return bool(page.locator(selector).first.evaluate(script))
