"""The OpenAPI document in Chinese: for the reference page and for ``docs/reference/api.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from xinglin.apps.access.table import access_table
from xinglin.apps.api.problems import TITLES
from xinglin.apps.api.site import WORDS, openapi, operations


@dataclass(frozen=True)
class Row:
    """A parameter or a field: its name, what it holds, whether it must be there, what it means."""

    name: str
    type: str
    required: bool
    words: str


@dataclass(frozen=True)
class Told:
    """An operation in words."""

    id: str
    method: str
    address: str
    summary: str
    words: str
    permission: str
    parameters: list[Row]
    body: list[Row]
    answer: str
    answered: list[Row]
    refusals: str


@dataclass(frozen=True)
class Part:
    """A section with its operations."""

    label: str
    operations: list[Told]


def parts() -> list[Part]:
    """All operations, section by section, in the order of the document."""
    found: dict[str, list[Told]] = {}
    declared = operations()
    for address, methods in openapi()["paths"].items():
        for method, one in methods.items():
            permission = declared[one["operationId"]][2].permission
            found.setdefault(one["tags"][0], []).append(_told(address, method, one, permission))
    return [Part(label, told) for label, told in found.items()]


def _told(address: str, method: str, one: dict[str, Any], permission: str) -> Told:
    answers = {code: said for code, said in one["responses"].items() if int(code) < 400}
    code, answer = next(iter(answers.items()))
    content = answer.get("content", {}).get("application/json", {}).get("schema", {})
    refusals = [code for code in one["responses"] if int(code) >= 400]
    return Told(
        one["operationId"],
        method.upper(),
        address,
        one["summary"],
        one.get("description", "").partition("所需权限")[0].strip(),
        access_table().permissions[permission].label,
        [_parameter(each) for each in one["parameters"]],
        list(_fields(one.get("requestBody"))),
        f"{code} {_listed_words(content)}",
        _answered(content),
        "、".join(refusals),
    )


def _parameter(one: dict[str, Any]) -> Row:
    where = {"path": "地址", "query": "查询", "header": "请求头"}[one["in"]]
    words = one.get("description") or one["schema"].get("description", "")
    return Row(one["name"], f"{where} · {type_words(one['schema'])}", one["required"], words)


def _fields(body: dict[str, Any] | None) -> Iterator[Row]:
    """The fields of a body; a body without a schema of its own is told in the words of the operation."""
    if body is None:
        return
    schema = _resolved(body["content"]["application/json"]["schema"])
    yield from (_field(name, one, schema) for name, one in schema.get("properties", {}).items())


def _listed(schema: dict[str, Any]) -> dict[str, Any] | None:
    """What a page of a list or a plain list holds; None for what is no list."""
    known = _resolved(schema)
    if known.get("type") == "array":
        return dict(known["items"])
    fields = known.get("properties", {})
    return dict(fields["items"]["items"]) if {"items", "next"} <= fields.keys() else None


def _listed_words(schema: dict[str, Any]) -> str:
    listed = _listed(schema)
    if listed is None:
        return type_words(schema)
    paged = "，分页" if "$ref" in schema else ""
    return f"{type_words(listed)} 的列表{paged}"


def _answered(schema: dict[str, Any]) -> list[Row]:
    """The fields of an answer, or of each one in a list."""
    known = _resolved(_listed(schema) or schema)
    return [_field(name, one, known) for name, one in known.get("properties", {}).items()]


def _field(name: str, one: dict[str, Any], of: dict[str, Any]) -> Row:
    words = one.get("description", "")
    return Row(name, type_words(one), name in of.get("required", ()), words if _is_chinese(words) else "")


def _is_chinese(words: str) -> bool:
    """Whether words are for users: descriptions of our classes are for those who read the program."""
    return any("\u4e00" <= sign <= "\u9fff" for sign in words)


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """What a reference points to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = openapi()["components"]["schemas"][name] if name else schema
    return found


_TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数",
    "boolean": "是或否",
    "object": "对象",
    "null": "",
}


def type_words(schema: dict[str, Any]) -> str:
    """What a schema holds, in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    several = schema.get("anyOf") or schema.get("allOf")
    if several:
        return "或".join(dict.fromkeys(words for words in map(type_words, several) if words))
    if "enum" in schema:
        return " / ".join(str(one) for one in schema["enum"] if one)
    if schema.get("type") == "array":
        return f"{type_words(schema.get('items', {}))}的列表"
    if schema.get("format") in ("date", "date-time"):
        return "日期" if schema["format"] == "date" else "时间"
    return _TYPES.get(str(schema.get("type", "")), "任何值")


def markdown() -> Iterator[str]:
    """The page of the documentation, line by line."""
    found = parts()
    count = sum(len(part.operations) for part in found)
    yield from ["# 接口", "", WORDS, ""]
    yield f"{count} 个操作。机器读的说明在站点的 `/api/v1/openapi.json`（OpenAPI 3.1），人读的在 `/api/v1/`。"
    yield from ["令牌在网页“我的账号 → 接口令牌”发放，写在请求头：", ""]
    yield from ["    Authorization: Bearer xl_…", ""]
    yield "写操作都要有请求头 `Idempotency-Key`：同一个键、同一个请求再发，得到原来的答复，不会做两次；"
    yield "同一个键、另一个请求，答 409。键保留 24 小时。每个令牌每分钟的请求有上限（`XINGLIN_API_RATE`），"
    yield "超过则答 429，`Retry-After` 说过几秒再试。"
    yield ""
    yield from _table(["状态码", "意思"], ((str(code), words) for code, words in TITLES.items()))
    for part in found:
        yield from [f"## {part.label}", ""]
        for one in part.operations:
            yield from _page(one)


def _page(one: Told) -> Iterator[str]:
    yield from [f"### {one.summary} `{one.id}`", "", f"`{one.method} {one.address}`", ""]
    if one.words:
        yield from [one.words, ""]
    yield from [f"权限：{one.permission}。答复：{one.answer}。可能的拒绝：{one.refusals}。", ""]
    for title, rows in (("参数", one.parameters), ("内容", one.body)):
        if rows:
            yield from _table([title, "是什么", "必填", "含义"], map(_cells, rows))
    if one.answered:
        cells = ((f"`{row.name}`", row.type, row.words) for row in one.answered)
        yield from _table(["答复", "是什么", "含义"], cells)


def _cells(row: Row) -> tuple[str, ...]:
    return f"`{row.name}`", row.type, "是" if row.required else "", row.words


def _table(header: list[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    for row in (header, ["---"] * len(header), *rows):
        cells = [str(cell).replace("|", "\\|").replace("\n", " ") for cell in row]
        yield "| " + " | ".join(cells) + " |"
    yield ""
