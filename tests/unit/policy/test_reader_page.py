"""The review page: every quotation marked and linked both ways, nothing from outside, the same bytes each time."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from xinglin.measures import Book, load_measures
from xinglin.policy.reader import Block, Source, read
from xinglin.policy.reader.draft import drafts
from xinglin.policy.reader.page import review_page, sure_words

SOURCE = Source(
    "方案.docx",
    (
        Block("heading", "连州市中医药“十四五”行动计划", level=1, page=1),
        Block("paragraph", "主要目标", numbering="一、", page=1),
        Block("paragraph", "截至2020年底，83.62%的村卫生室能够提供中医药服务。", page=1),
        Block("paragraph", "到2025年，老年人和儿童中医药健康管理率分别达到75%和85%。<b>注入</b>", page=2),
        Block("paragraph", "中心药圃不少于3个。", page=2),
        Block("paragraph", "重点任务", numbering="二、", page=2),
        Block("paragraph", "加强中医馆建设。落实责任。（市卫生健康局负责）", numbering="1.", page=2),
        Block("table", rows=(("序号", "指标"), ("1", "村卫生室设置中医阁的比例达到80%以上")), page=3),
    ),
)


class Page(HTMLParser):
    """Ids, links within the page and to elsewhere, and the words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.outside: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and (value or "").startswith("#"):
                self.links.append((value or "")[1:])
            elif name in ("href", "src", "action"):
                self.outside.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def book() -> Book:
    return load_measures()


@pytest.fixture(scope="module")
def text(book: Book) -> str:
    reading = read(SOURCE)
    return review_page(reading, drafts(reading, book, document_id="plan"), book)


def test_every_link_has_its_end_and_every_entry_its_quotation(text: str) -> None:
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) <= set(page.ids)
    entries = [name for name in page.ids if re.fullmatch(r"e-[\w-]+(?<!title)", name)]
    labels = [name for name in page.ids if name.startswith("q-")]
    assert len(entries) == 6
    assert {f"e-{re.fullmatch(r'q-(.+)-[0-9]+', name)[1]}" for name in labels} == set(entries)  # type: ignore[index]
    assert page.links.count(entries[0]) == 1


def test_two_targets_of_one_sentence_share_its_words(text: str) -> None:
    marked = re.findall(r'<mark class="targets" data-entries="([^"]+)">([^<]+)</mark>', text)
    shared = [entries.split() for entries, words in marked if "老年人和儿童" in words]
    assert [len(entries) for entries in shared] == [2]


def test_cells_are_marked_where_they_are_quoted(text: str) -> None:
    assert re.search(r"<td><mark[^>]*>村卫生室设置中医阁的比例达到80%以上</mark>", text)


def test_what_the_document_says_is_text_and_never_markup(text: str) -> None:
    assert "<b>注入</b>" not in text
    assert "&lt;b&gt;注入&lt;/b&gt;" in text


def test_nothing_is_fetched_and_nothing_is_hidden_in_colours(text: str) -> None:
    page = Page(text)
    assert page.outside == []
    assert "url(" not in text
    assert "@import" not in text
    for words in ("把握大", "有疑问", "需要新指标", "过去的数", "不是目标", "83.62", "第 2 页", "依据"):
        assert words in page.words


def test_the_document_is_shown_whole(text: str) -> None:
    document = text[text.index('class="document"') : text.index('class="entries"')]
    plain = re.sub(r'<a class="label"[^>]*>[^<]*</a>|<[^>]+>', "", document)
    for block in SOURCE.blocks:
        for said in (block.numbering + block.text, *(cell for row in block.rows for cell in row)):
            assert said.replace("<", "&lt;").replace(">", "&gt;") in plain


def test_the_same_bytes(text: str, book: Book) -> None:
    reading = read(SOURCE)
    assert review_page(reading, drafts(reading, book, document_id="plan"), book) == text


def test_sure_in_words() -> None:
    assert [sure_words(sure) for sure in (0.97, 0.8, 0.4)] == [
        ("把握大", "●●●"),
        ("较有把握", "●●○"),
        ("没有把握", "●○○"),
    ]
