"""What a request may carry: its size and type, and JSON that every part of the program can hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser

from xinglin.apps.api.problems import Problem

MOST = 1024 * 1024
"""Bytes of a request."""
DIGITS = 30
"""More no number here has; a number like 1e999999 would cost minutes to round."""


class StrictParser(Parser):
    """JSON in UTF-8: decimals exact, no NaN, no half characters, nothing that a database cannot keep."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body. Raises HttpError: 400."""
        try:
            found = json.loads(
                request.body.decode("utf-8"),
                parse_float=_decimal,
                parse_int=_integer,
                parse_constant=_no_number,
            )
            for text in _texts(found):
                if "\0" in text:
                    raise ValueError("NUL")
                text.encode("utf-8")
        except (ValueError, RecursionError) as error:
            raise HttpError(400, str(error)) from None
        return found


def check_request(request: Any) -> None:
    """Refuse what no operation takes. Raises Problem: 400, 413, 415."""
    asked = [request.path, *(text for name, texts in request.GET.lists() for text in (name, *texts))]
    if any("\0" in text for text in asked):
        raise Problem(400, "地址里有不能用的字符（NUL）：请去掉")
    if request.method == "GET":
        return
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if size > MOST:
        raise Problem(413, f"请求体最多 {MOST // 1024} KB：请分成几次发送，或用导入")
    if size and request.content_type != "application/json":
        raise Problem(415, "请求体要用 JSON：请在请求头写 Content-Type: application/json")


def _decimal(text: str) -> Decimal:
    found = Decimal(text)
    if abs(found.adjusted()) > DIGITS or len(text) > 2 * DIGITS:
        raise ValueError("number out of range")
    return found


def _integer(text: str) -> int:
    if len(text) > DIGITS:
        raise ValueError("number out of range")
    return int(text)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
