"""A formula, a template or a technique into the form in one step; into one that is begun, what it lacks (合方).

What is there stays: a herb that is written already is told, not doubled. The step can be undone. It is checked when
it is signed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinglin.apps.clinic import charting, typed
from xinglin.apps.clinic.chart import Herb
from xinglin.apps.clinic.models import Template
from xinglin.knowledge import formulas, techniques

FORMULA, TEMPLATE, TECHNIQUE, UNDO = "f:", "t:", "k:", "undo"
_ORDERS = ("herb", "grams", "decoction", "technique", "site", "method", "sessions", "now")
_HEAD = frozenset({"form", "route", "doses", "days", "times", "usage", "formula"})


@dataclass(frozen=True)
class Filled:
    """The form after the step.

    Attributes:
        words: what was done, for the page; empty where nothing was. undo: the fields as they were, as JSON.
    """

    raw: dict[str, Any]
    words: str = ""
    undo: str = ""


def filled(raw: Mapping[str, Any], chosen: str, user: Any) -> Filled:
    """The form with what was chosen; unknown things change nothing."""
    if chosen.startswith(TECHNIQUE):
        return _technique(raw, chosen.removeprefix(TECHNIQUE))
    found = _lines(chosen, user)
    return _herbs(raw, *found) if found is not None else Filled(dict(raw))


def undone(raw: Mapping[str, Any], before: str) -> Filled:
    """The form as it was before the step; what was typed elsewhere since stays."""
    try:
        old = json.loads(before)
    except ValueError:
        return Filled(dict(raw))
    if not isinstance(old, dict):
        return Filled(dict(raw))
    kept = {name: value for name, value in raw.items() if not _ordered(name)}
    back = {str(name): str(value) for name, value in old.items() if name in typed.NAMES and _ordered(name)}
    return Filled(kept | back, "已撤销，处方和治疗单回到放入之前")


def _ordered(name: str) -> bool:
    return name in _HEAD or name.rpartition("_")[0] in _ORDERS


def _remember(raw: Mapping[str, Any]) -> str:
    return json.dumps({name: value for name, value in raw.items() if _ordered(name)}, ensure_ascii=False)


def _herbs(raw: Mapping[str, Any], name: str, head: dict[str, Any], lines: list[Herb]) -> Filled:
    found = dict(raw)
    written = {found[f"herb_{at}"] for at in range(typed.HERBS) if found.get(f"herb_{at}")}
    if not written:
        found |= {key: value for key, value in head.items() if value}
    free = [at for at in range(typed.HERBS) if not found.get(f"herb_{at}")]
    new = [line for line in lines if line.written not in written]
    for at, line in zip(free, new, strict=False):
        one = typed.lines_raw([line])
        found |= {key.replace("_0", f"_{at}"): value for key, value in one.items()}
    twice = [line for line in lines if line.written in written]
    return Filled(found, _told(name, new[: len(free)], twice, new[len(free) :]), _remember(raw))


def _told(name: str, new: list[Herb], twice: list[Herb], left: list[Herb]) -> str:
    """What was done, in one sentence."""
    words = f"{name}：放入 {len(new)} 味" if new else f"{name}：没有新的药放入"
    if twice:
        words += f"；已有、没有重复放入：{_amounts(twice)}（括号内是方中克数）"
    if left:
        words += f"；处方最多 {typed.HERBS} 味，放不下：{'、'.join(one.written for one in left)}"
    return words


def _amounts(lines: list[Herb]) -> str:
    return "、".join(
        f"{one.written}（{one.grams.normalize():f} g）" if one.grams is not None else one.written
        for one in lines
    )


def _technique(raw: Mapping[str, Any], code: str) -> Filled:
    known = techniques.get(code)
    sheets = [raw.get(f"technique_{at}", "") for at in range(typed.TECHNIQUES)]
    if known is None:
        return Filled(dict(raw))
    if code in sheets or known.name in sheets:
        return Filled(dict(raw), f"{known.name}：治疗单里已经有")
    if "" not in sheets:
        return Filled(dict(raw), f"{known.name}：没有放入，一次最多 {typed.TECHNIQUES} 项技术")
    at = sheets.index("")
    words = f"{known.name}：放入治疗单，请写穴位或部位"
    return Filled({**raw, f"technique_{at}": code}, words, _remember(raw))


def _lines(chosen: str, user: Any) -> tuple[str, dict[str, Any], list[Herb]] | None:
    if chosen.startswith(FORMULA):
        formula = formulas.get(chosen.removeprefix(FORMULA))
        if formula is None:
            return None
        lines = [
            Herb(written=one.herb, grams=one.grams, decoction=one.decoction) for one in formula.ingredients
        ]
        return formula.name, {"formula": formula.id}, lines
    if chosen.startswith(TEMPLATE):
        row = Template.objects.filter(user=user, pk=chosen.removeprefix(TEMPLATE)).first()
        herbs = charting.parse(row.content).herbs if row is not None else None
        if row is None or herbs is None:
            return None
        head = {name: value for name, value in typed.herbs_raw(herbs).items() if "_" not in name}
        return row.name, head, list(herbs.lines)
    return None
