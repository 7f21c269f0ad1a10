"""Refusals as RFC 9457 ``application/problem+json``: what is the matter and what to do, in Chinese."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as Refused
from django.http import Http404, HttpResponse
from ninja import Schema
from ninja.errors import HttpError, ValidationError

from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.organisations.actions import Outdated
from xinglin.apps.organisations.forms.fields import by_field
from xinglin.apps.work.actions import NotNow
from xinglin.base.errors import XinglinError

MEDIA = "application/problem+json"
TITLES = {
    400: "请求写得不对",
    401: "令牌无效",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这个方法",
    409: "与现状冲突",
    412: "内容已被别人改过",
    413: "请求太大",
    415: "内容类型不对",
    422: "内容有错",
    428: "缺少 If-Match",
    429: "请求太频繁",
}
HIDDEN = "没有这个对象，或它不在这个令牌的范围之内：请核对编号，或用 GET me 查看令牌的范围"


class FaultOut(Schema):
    """One mistake: where it stands in the request (``body.place``), and what to do."""

    path: str
    detail: str


class ProblemOut(Schema):
    """Why a request was refused."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FaultOut]


class Problem(Exception):  # noqa: N818 - says what is the matter
    """A request that is refused.

    Args:
        faults: path → what is wrong there. headers: of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.faults, self.headers = status, detail, list(faults), headers or {}

    def response(self, request: Any) -> HttpResponse:
        """The answer; ``instance`` is the number of the request, as in the log."""
        content = {
            "type": "about:blank",
            "title": TITLES[self.status],
            "status": self.status,
            "detail": self.detail,
            "instance": f"urn:xinglin:request:{getattr(request, 'request_id', '')}",
            "errors": [{"path": path, "detail": detail} for path, detail in self.faults],
        }
        body = json.dumps(content, ensure_ascii=False)
        return HttpResponse(body, status=self.status, content_type=MEDIA, headers=dict(self.headers))


def of(error: Exception) -> Problem:
    """What an exception of ours, of Django or of the parser tells a client. Raises it again if it is none of them."""
    if isinstance(error, Problem):
        return error
    for kind, make in _KNOWN:
        if isinstance(error, kind):
            return make(error)
    raise error


def _parsed(error: Any) -> Problem:
    """What does not fit the schema."""
    faults = [(".".join(_path(one["loc"])), _words(one)) for one in error.errors]
    return Problem(422, "请求里有不合格式的内容，逐条见 errors", faults)


def _path(loc: Iterable[Any]) -> list[str]:
    """``("body", "body", "name")`` → ``body.name``: the name of our argument is nothing to a client."""
    parts = [str(part) for part in loc]
    return [parts[0], *parts[2:]] if parts[:2] == ["body", "body"] else parts


_TYPES = {
    "missing": "没有填",
    "extra_forbidden": "没有这一项：请检查拼写或删去",
    "string_type": "要写成文字",
    "int_type": "要写成整数",
    "int_parsing": "要写成整数",
    "int_from_float": "要写成整数",
    "bool_type": "要写成 true 或 false",
    "bool_parsing": "要写成 true 或 false",
    "list_type": "要写成列表",
    "dict_type": "要写成对象",
    "model_attributes_type": "要写成对象",
    "model_type": "要写成对象",
    "literal_error": "不在可选的值里",
    "enum": "不在可选的值里",
}


def _words(one: Mapping[str, Any]) -> str:
    kind, limits = str(one["type"]), one.get("ctx") or {}
    if kind.startswith("date"):
        return "要写成 2024-05-20 的样子"
    for name, words in (("ge", "不能小于"), ("le", "不能大于"), ("gt", "要大于"), ("lt", "要小于")):
        if name in limits:
            return f"{words} {limits[name]}"
    if kind.endswith("_too_long"):
        return f"太长：最多 {limits.get('max_length')}"
    if kind.endswith("_too_short"):
        return f"太短：至少 {limits.get('min_length')}"
    return _TYPES.get(kind, "写法不对，请对照接口说明")


def refused_by_field(faults: Mapping[str, Iterable[str]], under: str = "body") -> list[tuple[str, str]]:
    """Mistakes of a form or an action by path; those of the whole stand at the body itself."""
    return [
        (under if name in (NON_FIELD_ERRORS, "__all__") else f"{under}.{name}", text)
        for name, texts in faults.items()
        for text in texts
    ]


def _refused(error: Any) -> Problem:
    faults = refused_by_field(by_field(error))
    return Problem(422, "；".join(dict.fromkeys(text for _, text in faults)), faults)


def _invalid(error: Any) -> Problem:
    """A record that cannot be saved."""
    faults = [(f"body.values.{one.field}", f"{one.fault.what}。{one.fault.fix}") for one in error.faults]
    return Problem(422, "记录不能保存，逐条见 errors", faults)


def _said(status: int) -> Callable[[Any], Problem]:
    return lambda error: Problem(status, str(error))


def _http(error: Any) -> Problem:
    status = error.status_code if error.status_code in TITLES else 400
    return Problem(status, "请求体不是能读的 JSON：请用 UTF-8 编码，检查引号、逗号和括号")


_KNOWN: tuple[tuple[type[Exception], Callable[[Any], Problem]], ...] = (
    (Http404, lambda error: Problem(404, HIDDEN)),
    (ValidationError, _parsed),
    (HttpError, _http),
    (Outdated, lambda error: Problem(412, "；".join(error.messages))),
    (saving.Outdated, _said(412)),
    (saving.Invalid, _invalid),
    (saving.Twice, _said(409)),
    (NotNow, _said(409)),
    (NotAllowed, _said(403)),
    (PermissionDenied, _said(403)),
    (Refused, _refused),
    (XinglinError, _said(422)),
)
"""In this order: a kind before those it is one of."""
