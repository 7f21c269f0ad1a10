"""A draft as the text of a YAML file: the same draft gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

_HEAD = """\
# 由 xinglin read 起草，还没有人审核。请逐条对照原文：改好内容，在 review 里填 reviewer（姓名）和 date（日期）；
# 不该有的条目请删去。全部审核以后才能作为政策文件加载。格式见 docs/reference/policy-file.md。
"""
_BLOCKS = ("quotations", "doubts")


class _Dumper(yaml.CSafeDumper):
    """Keys in our order, numbers as printed, short lists on one line, nothing by reference."""

    def ignore_aliases(self, data: Any) -> bool:
        """Values that are the same one are written out each time."""
        del data
        return True


class _Lines(list[Any]):
    """A list with one line for each item."""


def _number(dumper: _Dumper, value: Decimal) -> yaml.Node:
    whole = value == value.to_integral_value()
    tag, text = ("int", f"{int(value)}") if whole else ("float", f"{value.normalize():f}")
    return dumper.represent_scalar(f"tag:yaml.org,2002:{tag}", text)


def _lines(dumper: _Dumper, items: _Lines) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=not items)


_Dumper.add_representer(Decimal, _number)
_Dumper.add_representer(_Lines, _lines)


def dump_draft(content: Mapping[str, Any]) -> str:
    """The text of a draft, with a word on top of what is to be done with it."""
    text = yaml.dump(
        _arranged(content),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None,
        width=100_000,
    )
    return _HEAD + text


def _arranged(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _arranged(item, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        kind = _Lines if key in _BLOCKS else list
        return kind(_arranged(item) for item in value)
    return value
