"""A standing as JSON, by `docs/reference/evaluate.schema.json`; the same standing gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from xinglin.base.states import ValueState
from xinglin.standing.model import SCHEMA_VERSION, Gap, Part, Result, Standing


def to_json(standing: Standing) -> dict[str, Any]:
    """The standing as plain values; results keep the order of their documents."""
    return {
        "schema_version": SCHEMA_VERSION,
        "place": standing.place,
        "place_name": standing.place_name,
        "place_full_name": standing.place_full_name,
        "on": standing.on.isoformat(),
        "demonstration": standing.demonstration,
        "data_title": standing.data_title,
        "divisions_edition": standing.divisions_edition,
        "facts_manifest": standing.facts_manifest,
        "definitions_hash": standing.definitions_hash,
        "engine": standing.engine,
        "empty_because": standing.empty_because or None,
        "children": [{"code": code, "name": name} for code, name in standing.children],
        "results": [_result(result) for result in standing.results],
    }


def dump_json(standing: Standing) -> str:
    """The JSON text: UTF-8, one value a line, keys in the order of the schema, a newline at the end."""
    return json.dumps(to_json(standing), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _result(result: Result) -> dict[str, Any]:
    return {**_promise(result), **_measured(result), **_judged(result), **_said(result), **_opened(result)}


def _promise(result: Result) -> dict[str, Any]:
    return {
        "document": result.document,
        "clause": list(result.clauses),
        "target": result.target,
        "summary": result.summary,
        "measure": result.measure,
        "parameters": {key: _plain(result.parameters[key]) for key in sorted(result.parameters)},
        "parameter_words": [{"label": label, "value": value} for label, value in result.parameter_words],
        "comparator": result.comparator.value,
        "threshold": result.threshold,
        "judged_note": result.judged_note or None,
        "upper": result.upper,
        "unit": result.unit,
        "level": result.level,
        "scope": result.scope.value,
        "strength": result.strength.value,
        "deadline": result.deadline.isoformat(),
        "responsible": list(result.responsible),
        "lead": list(result.lead),
        "responsible_tasks": [{"task": task, "clause": clause} for task, clause in result.responsible_tasks],
        "own": result.own,
        "stricter": result.stricter,
        "wanted": result.wanted,
    }


def _measured(result: Result) -> dict[str, Any]:
    return {
        "state": result.state.value,
        **_exact(result),
        "exact": None if result.exact is None else str(result.exact),
        "value": result.value,
        "display": result.display,
        "n_reported": result.n_reported,
        "n_units": result.n_units,
    }


def _exact(item: Result | Part) -> dict[str, str | None]:
    """Numerator and denominator; none where a small sample is not to be published."""
    if item.state is ValueState.SUPPRESSED:
        return {"numerator": None, "denominator": None}
    return {"numerator": item.numerator, "denominator": item.denominator}


def _judged(result: Result) -> dict[str, Any]:
    gap = None if result.gap is None else _gap(result.gap)
    return {"verdict": result.verdict.value, "due": result.due.value, "gap": gap}


def _said(result: Result) -> dict[str, Any]:
    """The words a reader needs beside the number, so that a report can be made of the JSON alone."""
    return {
        "document_title": result.document_title,
        "document_short": result.document_short,
        "measure_label": result.measure_label,
        "threshold_words": result.threshold_words,
        "verdict_words": result.verdict_words,
        "units_word": result.units_word,
        "baseline": result.baseline,
        "meaning": result.meaning,
        "sources": list(result.sources),
        "reason": result.reason,
    }


def _opened(result: Result) -> dict[str, Any]:
    return {
        "by_code": [{"by": name, "parts": _parts(parts)} for name, parts in result.by_code],
        "below": _parts(result.below),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    nearest = [{"id": unit, "name": name, "lacks": lacks} for unit, name, lacks in gap.nearest]
    return {"amount": gap.amount, "unit": gap.unit, "words": gap.words, "nearest": nearest}


def _parts(parts: Iterable[Part]) -> list[dict[str, Any]]:
    return [_part(part) for part in sorted(parts, key=lambda part: part.code)]


def _part(part: Part) -> dict[str, Any]:
    return {
        "code": part.code,
        "label": part.label,
        "state": part.state.value,
        **_exact(part),
        "value": part.value,
        "display": part.display,
        "n_reported": part.n_reported,
        "n_units": part.n_units,
        "verdict": None if part.verdict is None else part.verdict.value,
    }


def _plain(value: object) -> object:
    """A parameter as JSON has it: sets sorted, lists in their order, anything unknown as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, set | frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)
