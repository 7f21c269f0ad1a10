"""A standing read back from its JSON: a published result becomes a report again without counting anything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from xinglin.base.errors import DataError
from xinglin.base.states import Comparator, Due, Scope, Strength, ValueState, Verdict
from xinglin.report.words import NOTHING
from xinglin.standing.model import SCHEMA_VERSION, Gap, Part, Result, Standing
from xinglin.standing.vintage import read_receipt, sha256

RESULTS = "results.json"


def read(results: Mapping[str, Any]) -> Standing:
    """The standing that `xinglin.report.to_json` wrote; explanations are not in the JSON and stay empty.

    Words that an older file lacks (titles, labels) are replaced by the ids it has; numbers are never made up.

    Raises:
        DataError: the JSON is of another version, or is no result of an evaluation.
    """
    if results.get("schema_version") != SCHEMA_VERSION:
        raise DataError(f"结果的格式版本是 {results.get('schema_version')}，本程序只读 {SCHEMA_VERSION}")
    try:
        return _standing(results)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"这不是 evaluate 写出的结果（{error!r}）；请用原样的 {RESULTS}") from error


def read_published(path: Path) -> tuple[Standing, dict[str, Any]]:
    """The standing and the receipt of a published vintage, given its folder or its receipt.

    Raises:
        DataError: no receipt there, or the results are not those the receipt was written for.
    """
    receipt = read_receipt(path)
    file = Path(receipt["folder"]) / RESULTS
    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        raise DataError(f"没有“{file}”；请给出 publish 生成的整个文件夹") from None
    if sha256(text) != receipt["results_sha256"]:
        raise DataError(f"“{file}”与回执不符，已被改动；不能据此出报告，请用发布时的原件")
    return read(json.loads(text)), receipt


def _standing(content: Mapping[str, Any]) -> Standing:
    place_name = content.get("place_name") or content["place"]
    return Standing(
        place=content["place"],
        place_name=place_name,
        place_full_name=content.get("place_full_name") or place_name,
        on=date.fromisoformat(content["on"]),
        demonstration=bool(content.get("demonstration", False)),
        data_title=content.get("data_title", ""),
        divisions_edition=content["divisions_edition"],
        facts_manifest=content["facts_manifest"],
        definitions_hash=content["definitions_hash"],
        engine=content["engine"],
        results=tuple(map(_result, content["results"])),
        children=tuple((child["code"], child["name"]) for child in content.get("children", ())),
        empty_because=content.get("empty_because") or "",
    )


def _result(row: Mapping[str, Any]) -> Result:
    return Result(**_promise(row), **_measured(row), **_judged(row), **_said(row), **_opened(row))


def _promise(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "document": row["document"],
        "clauses": tuple(row["clause"]),
        "target": row["target"],
        "summary": row.get("summary") or row["target"],
        "measure": row["measure"],
        "parameters": dict(row["parameters"]),
        "parameter_words": tuple((one["label"], one["value"]) for one in row.get("parameter_words", ())),
        "comparator": Comparator(row["comparator"]),
        "threshold": row["threshold"],
        "judged_note": row.get("judged_note") or "",
        "upper": row.get("upper"),
        "unit": row["unit"],
        "level": row["level"],
        "scope": Scope(row["scope"]),
        "strength": Strength(row["strength"]),
        "deadline": date.fromisoformat(row["deadline"]),
        "responsible": tuple(row["responsible"]),
        "lead": tuple(row.get("lead", ())),
        "responsible_tasks": tuple((one["task"], one["clause"]) for one in row.get("responsible_tasks", ())),
        "own": bool(row.get("own", False)),
        "stricter": bool(row.get("stricter", False)),
        "wanted": bool(row.get("wanted", row["measure"] == "wanted")),
    }


def _measured(row: Mapping[str, Any]) -> dict[str, Any]:
    exact = row.get("exact")
    return {
        "state": ValueState(row["state"]),
        "numerator": row["numerator"],
        "denominator": row["denominator"],
        "exact": None if exact is None else Fraction(exact),
        "value": row["value"],
        "display": row["display"],
        "n_reported": row["n_reported"],
        "n_units": row["n_units"],
    }


def _judged(row: Mapping[str, Any]) -> dict[str, Any]:
    gap = row["gap"]
    return {
        "verdict": Verdict(row["verdict"]),
        "due": Due(row["due"]),
        "gap": None if gap is None else _gap(gap),
    }


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    verdict = Verdict(row["verdict"])
    return {
        "document_title": row.get("document_title") or row["document"],
        "document_short": row.get("document_short") or row["document"],
        "measure_label": row.get("measure_label") or row["measure"],
        "threshold_words": row.get("threshold_words") or _threshold(row),
        "verdict_words": row.get("verdict_words") or verdict.label,
        "units_word": row.get("units_word", ""),
        "baseline": row.get("baseline"),
        "meaning": row.get("meaning", ""),
        "sources": tuple(row.get("sources", ())),
        "reason": row.get("reason", ""),
    }


def _threshold(row: Mapping[str, Any]) -> str:
    """What an older file lets us say of the threshold; a dash where it has none."""
    if row["threshold"] is None:
        return NOTHING
    return f"{row['threshold']:g}{row['unit'] or ''}"


def _opened(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "by_code": tuple((one["by"], _parts(one["parts"])) for one in row.get("by_code", ())),
        "below": _parts(row.get("below", ())),
    }


def _gap(gap: Mapping[str, Any]) -> Gap:
    nearest = tuple((one["id"], one["name"], one["lacks"]) for one in gap["nearest"])
    return Gap(gap["amount"], gap["unit"], gap["words"], nearest)


def _parts(rows: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    return tuple(map(_part, rows))


def _part(row: Mapping[str, Any]) -> Part:
    verdict = row["verdict"]
    return Part(
        row["code"],
        row["label"],
        ValueState(row["state"]),
        row["numerator"],
        row["denominator"],
        row["value"],
        row["display"],
        row["n_reported"],
        row["n_units"],
        None if verdict is None else Verdict(verdict),
    )
