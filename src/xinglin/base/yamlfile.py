"""YAML read strictly: a repeated key is an error, numbers with a fraction are exact."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from xinglin.base.errors import DefinitionError

T = TypeVar("T", bound=BaseModel)


class Strict(BaseModel):
    """Base of all file formats: frozen, and an unknown key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _StrictLoader(yaml.CSafeLoader):
    """Safe loader that refuses repeated keys and reads 0.6 as a Decimal, not a float."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, int] = {}
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if key in seen:
            raise DefinitionError(
                str(getattr(loader, "name", "YAML")),
                [f"第 {line} 行：键“{key}”在第 {seen[key]} 行已写过，请删去一个"],
            )
        seen[key] = line
    return loader.construct_mapping(node, deep=True)


def _decimal(loader: _StrictLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node))


_BOOL = "tag:yaml.org,2002:bool"
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
# Only true and false are booleans, as in YAML 1.2: the key `on` stays a word.
_StrictLoader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), list("tf"))
_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_StrictLoader.add_constructor("tag:yaml.org,2002:float", _decimal)


def read_yaml(path: Path) -> Any:
    """Return the content of one YAML file.

    Raises:
        DefinitionError: the file is not YAML, is empty, or writes a key twice.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - derived from CSafeLoader
    except yaml.YAMLError as error:
        raise DefinitionError(path.name, [f"不是有效的 YAML：{error}"]) from error
    except DefinitionError as error:
        raise DefinitionError(path.name, error.faults) from error
    if content is None:
        raise DefinitionError(path.name, ["文件是空的"])
    return content


_QUOTED = re.compile(r"'([^']*)'")
_CHOICES = re.compile(r"'[^']*'(?:(?:, | or )'[^']*')*")
_UNKNOWN_KEY = "不认识这个键，请检查拼写或删去"
_CHOICE = "值不在允许的范围内：{expected}"
_DAY = "应为日期，如 2025-12-31"
_MAPPING = "应为键值表"
_CHINESE = {
    "missing": "缺少这个键",
    "missing_argument": "缺少这个键",
    "missing_keyword_only_argument": "缺少这个键",
    "extra_forbidden": _UNKNOWN_KEY,
    "unexpected_keyword_argument": _UNKNOWN_KEY,
    "unexpected_positional_argument": "多出了一项，请删去",
    "invalid_key": "键应为文字，请加引号",
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "string_type": "应为文字",
    "string_too_short": "至少要有 {min_length} 个字",
    "string_too_long": "至多 {max_length} 个字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数，不带小数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "finite_number": "应为数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "too_short": "至少要有 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "dataclass_type": _MAPPING,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": "应为存在的日期，如 2025-12-31",
    "date_from_datetime_inexact": _DAY,
    "value_error": "{error}",
}
"""What we say for each of pydantic's kinds of error; a kind not named here keeps pydantic's own words."""


def faults_of(error: ValidationError) -> list[str]:
    """Every fault pydantic found, in Chinese, each with its place inside the file."""
    return [_fault(item) for item in error.errors(include_url=False)]


def _fault(item: Any) -> str:
    place = ".".join(str(part) for part in item["loc"]) or "文件"
    context = {key: _plain(str(value)) for key, value in item.get("ctx", {}).items()}
    template = _CHINESE.get(item["type"], f"{item['msg']}")
    try:
        words = template.format(**context)
    except (KeyError, IndexError):
        words = template
    return f"{place}：{words}"


def _plain(words: str) -> str:
    """pydantic's list of choices, 'a', 'b' or 'c', as a、b、c; other words as they are."""
    return "、".join(_QUOTED.findall(words)) if _CHOICES.fullmatch(words) else words


def build(model: type[T], content: Any, source: str) -> T:
    """Build a frozen model from file content; all faults at once.

    Raises:
        DefinitionError: with one Chinese sentence per fault.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise DefinitionError(source, faults_of(error)) from error
