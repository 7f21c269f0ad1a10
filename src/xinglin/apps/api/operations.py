"""Declaring operations, and what every request passes on its way to one: token, rate, permission, form, key."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI, Router
from ninja.operation import Operation, PathView

from xinglin.apps.access.routes import Access, access_of
from xinglin.apps.access.table import access_table
from xinglin.apps.api import bearing, throttle
from xinglin.apps.api.models import ApiToken
from xinglin.apps.api.once import HEADER, LONGEST, SHORTEST, key_of, once
from xinglin.apps.api.parsing import check_request
from xinglin.apps.api.problems import MEDIA, Problem, of
from xinglin.apps.audit.actions import record

Function = TypeVar("Function", bound=Callable[..., Any])
ALWAYS = (400, 401, 403, 404, 422, 429)
WRITING = (409, 413, 415)
MATCH = "If-Match"
KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": "每件事一个新的（如 UUID）；同一个键、同一个请求再发，得到原来的答复，不会做两次。保留 24 小时。",
    "schema": {
        "type": "string",
        "minLength": SHORTEST,
        "maxLength": LONGEST,
        "pattern": "^[ -~]+$",
    },
}
MATCH_PARAMETER = {
    "name": MATCH,
    "in": "header",
    "required": True,
    "description": "读取时答复里的 ETag；内容已被别人改过则答 412。写 * 则不核对。",
    "schema": {"type": "string", "minLength": 1, "pattern": '^(\\*|(W/)?"[0-9]+")$'},
}


class Section:
    """The operations of one part of the API: each declares the permission it needs, as every page does."""

    def __init__(self, tag: str) -> None:
        self.router = Router(tags=[tag])

    def read(
        self, path: str, permission: str, answer: Any, *, area: str = "", status: int = 200
    ) -> Callable[[Function], Function]:
        """A GET. Raises KeyError: the table has no such permission."""
        return self._add("GET", path, Access(permission, area, token=True), {status: answer}, ALWAYS, [])

    def search(self, path: str, permission: str, answer: Any) -> Callable[[Function], Function]:
        """A POST that changes nothing: its question names people and must not stand in an address."""
        refusals = (*ALWAYS, 413, 415)
        return self._add("POST", path, Access(permission, token=True), {200: answer}, refusals, [])

    def write(
        self,
        method: str,
        path: str,
        permission: str,
        answer: Any,
        *,
        area: str = "",
        status: int = 200,
        matched: bool = False,
    ) -> Callable[[Function], Function]:
        """An operation that changes something, once for each key; ``matched``: only what the client has seen.

        Raises:
            KeyError: the table has no such permission.
        """
        access = Access(permission, area, safe=False, token=True)
        refusals = (*ALWAYS, *WRITING, *((412, 428) if matched else ()))
        parameters = [KEY_PARAMETER, *([MATCH_PARAMETER] if matched else [])]
        return self._add(method, path, access, {status: answer}, refusals, parameters)

    def _add(
        self,
        method: str,
        path: str,
        access: Access,
        answers: dict[int, Any],
        refusals: tuple[int, ...],
        parameters: list[dict[str, Any]],
    ) -> Callable[[Function], Function]:
        access_table().permissions[access.permission]
        label = access_table().permissions[access.permission].label

        def add(function: Function) -> Function:
            words = (function.__doc__ or "").strip()
            summary, _, more = words.partition("\n")
            name = getattr(function, "operation", function.__name__)
            self.router.api_operation(
                [method],
                path,
                response=answers,
                auth=SECURITY,
                operation_id=name,
                summary=summary,
                description=f"{more.strip()}\n\n所需权限：{label}（`{access.permission}`）。".strip(),
                openapi_extra={
                    "parameters": parameters,
                    "responses": {code: {"$ref": f"#/components/responses/{code}"} for code in refusals},
                },
            )(function)
            function._ninja_operation.view_func = _declared(function, access)  # type: ignore[attr-defined]
            return function

        return add


def _declared(function: Callable[..., Any], access: Access) -> Callable[..., Any]:
    """The function with what it declares, without a trace on the function itself."""

    @wraps(function)
    def declared(request: Any, **values: Any) -> Any:
        return function(request, **values)

    declared.access = access  # type: ignore[attr-defined]
    return declared


class BearerToken:
    """What the OpenAPI document says of tokens; who asks has been found out before (`_enter`)."""

    openapi_security_schema = {  # noqa: RUF012 - read by ninja
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "xl_…",
        "description": bearing.HOW,
    }

    def __call__(self, request: Any) -> Any:
        """The token."""
        return getattr(request, "api_token", None)


SECURITY = BearerToken()


def patterns(api: NinjaAPI) -> list[URLPattern]:
    """The addresses of an API, every one with what its operations declare."""
    return [
        path(re.sub(r"{(\w+)}", r"<str:\1>", address), _view(view), name=_name(view))
        for router in api._get_bound_routers()
        for address, view in (
            ("/".join(part.strip("/") for part in (router.prefix, one) if part.strip("/")), view)
            for one, view in router.path_operations.items()
        )
    ]


def _name(view: PathView) -> str:
    return str(view.operations[0].operation_id)


def _view(paths: PathView) -> Callable[..., Any]:
    """The view of one address."""

    def view(request: Any, **arguments: Any) -> Any:
        try:
            return _answer(request, paths, arguments)
        except Problem as problem:
            return problem.response(request)

    declared = access_of(paths.operations[0].view_func)
    view.access = declared  # type: ignore[attr-defined]
    view.operations = {  # type: ignore[attr-defined]
        one.methods[0]: access_of(one.view_func) for one in paths.operations
    }
    view.csrf_exempt = True  # type: ignore[attr-defined] # no cookie counts here: without a token nothing is done
    return view


def _answer(request: Any, paths: PathView, arguments: dict[str, Any]) -> Any:
    operation = next((one for one in paths.operations if request.method in one.methods), None)
    if operation is None:
        methods = ", ".join(sorted(method for one in paths.operations for method in one.methods))
        raise Problem(405, f"这个地址只支持 {methods}", headers={"Allow": methods})
    token = _enter(request, operation)
    request.out = {}
    if request.access.safe:
        answer = operation.run(request, **arguments)
    else:
        key_of(request)
        answer = once(request, token, lambda: _noted(request, token, operation, arguments))
    for name, value in request.out.items():
        if answer.status_code < 400:
            answer[name] = value
    answer.headers.setdefault("X-RateLimit-Limit", str(request.rate[0]))
    answer.headers.setdefault("X-RateLimit-Remaining", str(request.rate[1]))
    return answer


def _enter(request: Any, operation: Operation) -> ApiToken:
    """Who asks, whether it may, and whether the request can be read at all. Raises Problem."""
    access = access_of(operation.view_func)
    if access is None:
        raise Problem(403, "这个操作没有声明权限，一律拒绝")
    token = bearing.identify(request)
    request.rate = (throttle.limit(), throttle.spend(token))
    request.api_token, request.user, request.access = token, token.owner, access
    request.scope = token.owner.scope_for(access.permission)
    if not request.scope and access_table().permissions[access.permission].roles != "all":
        _note_refusal(request, access.permission)
        label = access_table().permissions[access.permission].label
        raise Problem(403, f"这个令牌没有“{label}”的权限：请重新发放，或请安全管理员核对账号的角色和地区")
    check_request(request)
    return token


def _noted(request: Any, token: ApiToken, operation: Operation, arguments: dict[str, Any]) -> Any:
    """Do it; what it wrote into the log carries the number of the request, as does this row."""
    answer: Any = operation.run(request, **arguments)
    if answer.status_code < 400:
        for name, value in request.out.items():
            answer[name] = value
        record(
            by=request.user,
            action="api_token.use",
            kind="api_token",
            id=token.pk,
            fields=(str(operation.operation_id),),
            request=request,
        )
    return answer


def _note_refusal(request: Any, permission: str) -> None:
    with transaction.atomic():
        record(
            by=request.user,
            action="access.refused",
            kind="route",
            id=permission,
            outcome="refused",
            request=request,
        )


def seen(request: Any, now: int) -> int:
    """The state that the client says it has seen (``If-Match``); ``*`` for the present one.

    Raises:
        Problem: 428, none is named; 412, it is another.
    """
    text = request.headers.get(MATCH, "").strip()
    if not text:
        raise Problem(428, "修改要在请求头写 If-Match：读取时答复里的 ETag", [(f"header.{MATCH}", "没有填")])
    if text == "*":
        return now
    plain = text.removeprefix("W/").strip('"')
    if plain != str(now):
        raise Problem(412, "您读取之后，别人改过它：请重新读取，核对后再改")
    return now


def tagged(request: Any, number: int) -> None:
    """Say which state the answer shows."""
    request.out["ETag"] = f'"{number}"'


def on_exception(request: Any, error: Any) -> HttpResponse:
    """The answer to an exception; raises it again where it is nobody's fault but ours."""
    answer: HttpResponse = of(error).response(request)
    return answer


__all__ = ["MEDIA", "Section", "on_exception", "patterns", "seen", "tagged"]
