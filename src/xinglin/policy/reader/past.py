"""What tells a past figure from a target: headings of retrospects, words like 截至 and 同比, earlier years, news."""

from __future__ import annotations

import re

from xinglin.policy.reader.nodes import Node
from xinglin.policy.reader.words import any_of, words


def past_clause(node: Node) -> bool:
    """Whether a clause looks back by its heading (发展基础, 取得的成就)."""
    heading = node.heading
    return node.kind in {"section", "subsection"} and bool(re.search(words()["past_headings"], heading))


_YEAR = re.compile(r"(20\d\d)年")


def is_past(text: str, start_year: int | None) -> bool:
    """Whether a sentence reports what was."""
    marked = any_of("past_marks").search(text)
    if not marked and start_year:
        years = [int(year) for year in _YEAR.findall(text)]
        if years and max(years) < start_year:
            return True
    if not marked:
        return False
    return not re.search(r"(?:到|至|力争)20(?:2[5-9]|3\d)年", text[: marked.start()])


def is_report(texts: list[str]) -> bool:
    """Whether a whole text is news or a bulletin rather than a plan."""
    whole = "\n".join(texts)
    head = whole[:300] + whole[-200:]
    if re.search(words()["bulletin_marks"], texts[0] if texts else "") or re.search(
        "统计公报|统计简报", head
    ):
        return True
    return len(re.findall(words()["news_marks"], head)) >= 1 and not re.search(
        r"现印发给你们|^[一二三四五]、", whole, re.MULTILINE
    )
