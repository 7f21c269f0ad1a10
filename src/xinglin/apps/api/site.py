"""The API as a whole: its sections, its OpenAPI document, the permissions that a token can be given."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer

from xinglin.apps.access.routes import Access, access_of
from xinglin.apps.access.table import access_table
from xinglin.apps.api.endpoints import (
    changes,
    consortia,
    definitions,
    facilities,
    files,
    following,
    jobs,
    me,
    numbers,
    people,
    places,
    records,
    residents,
    vintages,
    visits,
)
from xinglin.apps.api.operations import on_exception
from xinglin.apps.api.parsing import StrictParser
from xinglin.apps.api.problems import MEDIA, TITLES, ProblemOut

VERSION, PREFIX = "1", "api/v1/"
SECTIONS = (
    me,
    places,
    facilities,
    people,
    residents,
    visits,
    consortia,
    changes,
    definitions,
    records,
    following,
    numbers,
    vintages,
    jobs,
    files,
)
WORDS = (
    "读写页面上的数据，与页面用同一张权限表、同样的地区范围、同样的审计日志。"
    "时间是带时区的 ISO 8601，日期是 2024-05-20。"
    "列表用 page、size 翻页（size 最多 200），next 是下一页的地址。错误是 application/problem+json，detail 说明怎么改。"
)


class Renderer(JSONRenderer):
    """JSON in which Chinese can be read."""

    json_dumps_params: Any = {"ensure_ascii": False}  # noqa: RUF012 - read by ninja


def _made() -> NinjaAPI:
    api = NinjaAPI(
        title="杏林接口",
        version=VERSION,
        description=WORDS,
        openapi_url=None,
        docs_url=None,
        parser=StrictParser(),
        renderer=Renderer(),
        urls_namespace="api-v1",
    )
    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, on_exception)
    for one in SECTIONS:
        api.add_router("", one.section.router)
    return api


api = _made()


def operations() -> dict[str, tuple[str, str, Access]]:
    """Operation → method, address and what it declares; addresses as in the OpenAPI document."""
    return {
        str(one.operation_id): (one.methods[0], f"/{PREFIX}{address.lstrip('/')}", _declared(one))
        for router in api._get_bound_routers()
        for address, paths in router.path_operations.items()
        for one in paths.operations
    }


def _declared(operation: Any) -> Access:
    access = access_of(operation.view_func)
    assert access is not None, f"{operation.operation_id} declares nothing"
    return access


def offered() -> tuple[str, ...]:
    """Permissions that operations need, in the order of the table; those that everybody has need no offering."""
    needed = {access.permission for _, _, access in operations().values()} | {"practitioner.name"}
    table = access_table().permissions
    return tuple(name for name in table if name in needed and table[name].roles != "all")


@lru_cache(maxsize=1)
def openapi() -> dict[str, Any]:
    """The OpenAPI document (3.1)."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    found["components"]["schemas"] |= {**problem.pop("$defs", {}), "Problem": problem}
    found["components"]["responses"] = {str(code): _refusal(code) for code in TITLES}
    found["servers"] = [{"url": "/"}]
    for path in found["paths"].values():
        for operation in path.values():
            operation["responses"] = {str(code): one for code, one in operation["responses"].items()}
    return found


def _refusal(code: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": TITLES[code],
        "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if code == 429:
        answer["headers"] = {"Retry-After": {"description": "过几秒再试", "schema": {"type": "integer"}}}
    return answer
