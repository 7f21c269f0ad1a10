"""Why nothing is held against a place at a date, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from xinglin.base.places import Place
from xinglin.policy import Document, PolicyLibrary

_ADD = "写法见 docs/reference/policy-file.md"


def why_nothing(library: PolicyLibrary, place: Place, on: date) -> str:
    """The sentence shown where no target binds: which documents there are, why none applies, what to do."""
    documents = library.covering(place.code)
    if not documents:
        return f"没有一份政策文件管到{place.name}，所以没有可对照的目标。请添加当地或上级的文件（{_ADD}）。"
    current = [document for document in documents if on <= document.period.end]
    if not current:
        return (
            f"没有政策文件适用：管到{place.name}的文件到 {on} 期限都已过——{_named(documents, _ended)}。"
            f"请把数据日期（--on）改到期限以内，或添加新一期的文件（{_ADD}）。"
        )
    if not any(document.issued is not None and document.issued <= on for document in current):
        return (
            f"没有政策文件适用：管到{place.name}的文件到 {on} 都还没有发布——{_named(current, _issued)}。"
            "请去掉 --binding-only，对照全部文件；或把数据日期（--on）改到发布以后。"
        )
    return f"适用于{place.name}的文件（{_named(current, _ended)}）没有约束这一级的目标，所以没有可对照的。"


def _named(documents: Iterable[Document], when: Callable[[Document], str]) -> str:
    return "、".join(f"{document.short}（{when(document)}）" for document in documents)


def _ended(document: Document) -> str:
    return f"期限至 {document.period.end}"


def _issued(document: Document) -> str:
    return f"{document.issued} 发布" if document.issued else "发布日期不详"
