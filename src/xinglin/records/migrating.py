"""Old records as new ones: the steps that a definition declares from each version to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinglin.records.cells import to_json
from xinglin.records.definition import Definition, Step


def migrated(
    definition: Definition, version: int, document: Mapping[str, Any], state: str = ""
) -> tuple[dict[str, Any], str]:
    """A kept document of an earlier version, and its state, as the definition now has them. Nothing is written.

    Raises:
        ValueError: the document is of a later version than the definition.
    """
    if version > definition.version:
        raise ValueError(f"{definition.id}：记录是第 {version} 版，定义只到第 {definition.version} 版")
    found = dict(document)
    for number in range(version + 1, definition.version + 1):
        for step in definition.migrations[number]:
            found, state = _applied(step, found, state)
    return found, state


def _applied(step: Step, document: dict[str, Any], state: str) -> tuple[dict[str, Any], str]:
    if step.rename is not None:
        return {step.rename.get(name, name): value for name, value in document.items()}, state
    if step.drop is not None:
        return {name: value for name, value in document.items() if name not in step.drop}, state
    if step.fill is not None:
        return {**to_json(step.fill), **document}, state
    if step.states is not None:
        return document, step.states.get(state, state)
    recode = step.recode or {}
    return {name: _recoded(recode.get(name), value) for name, value in document.items()}, state


def _recoded(codes: Mapping[str, str] | None, value: Any) -> Any:
    if codes is None:
        return value
    if isinstance(value, list):
        return list(dict.fromkeys(codes.get(one, one) for one in value))
    written = str(value).lower() if isinstance(value, bool) else str(value)
    return codes.get(written, value)
