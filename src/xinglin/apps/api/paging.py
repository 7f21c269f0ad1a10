"""Pages of lists: a number, a size up to 200, the address of the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from ninja import Field, Schema

Item = TypeVar("Item")
MOST, USUAL, LAST = 200, 50, 1_000_000


class PageQuery(Schema):
    """Which page."""

    page: int = Field(1, ge=1, le=LAST, description="第几页，从 1 开始")
    size: int = Field(USUAL, ge=1, le=MOST, description=f"每页几条，最多 {MOST}")


class Listed(Schema, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    page: int
    size: int
    total: int = Field(description="共几条；很长的列表只数到上限（capped）")
    capped: bool = Field(False, description="多于 total 条，翻页到不了；请加条件")
    next: str | None = Field(None, description="下一页的地址；没有则为 null")


class Asked(PageQuery):
    """Which page, in which order, of what is looked for."""

    q: str = Field("", max_length=60, description="查找的文字")
    sort: str = Field("", max_length=60, description="按哪一项排；前面加 - 则倒过来")


def page_of(
    request: Any,
    found: Any,
    asked: PageQuery,
    shown: Callable[[Sequence[Any]], Sequence[Any]],
    *,
    pages: Paginator[Any] | None = None,
    capped: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """A page of rows, in an order in which no two are alike.

    Args:
        found: a query set or list. shown: rows → what the client gets. pages: if not those of ``found``.
    """
    paginator = pages or Paginator(found, asked.size)
    beyond = asked.page > paginator.num_pages
    rows = [] if beyond else list(paginator.page(asked.page).object_list)
    more = asked.page < paginator.num_pages
    return {
        "items": list(shown(rows)),
        "page": asked.page,
        "size": asked.size,
        "total": paginator.count,
        "capped": capped(),
        "next": _next(request, asked.page + 1) if more else None,
    }


def _next(request: Any, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"{request.path}?{query.urlencode()}"
