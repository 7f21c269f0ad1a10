"""The ways codes and techniques may be spelled, and what comes near a spelling nobody knows."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache

from xinglin.facts.model import CodeList, Column, load_contract, technique_rows
from xinglin.facts.text import normal

_LISTED = 8  # codes shown when none is near


def list_of(column: Column) -> CodeList:
    """The code list of a column of type code: its own, or one of the contract."""
    return column.options or load_contract().codelists[str(column.codes)]


def code_spelled(codes: CodeList, text: str) -> str | None:
    """Code of a list for normalised text: a code before a label before another name. None if unknown."""
    return codes.spellings.get(text) or codes.spellings.get(text.lower())


def nearest_codes(codes: CodeList, text: str) -> str:
    """The nearest codes for people; all of them when none is near and they are few."""
    names, entries = codes.spellings, codes.codes
    close = difflib.get_close_matches(text, list(names), n=5, cutoff=0.4)
    near = list(dict.fromkeys(names[name] for name in close))[:3]
    shown = "、".join(f"{entries[code].label}（{code}）" for code in near or list(entries)[:_LISTED])
    more = f"等 {len(entries)} 种" if not near and len(entries) > _LISTED else ""
    return f"{'最接近的有' if near else '可填'}：{shown}{more}"


def technique_spelled(text: str) -> str | None:
    """Code of a technique for its code or name (with or without 技术); None if unknown."""
    names = _technique_names()
    return names.get(text) or names.get(text.upper())


@cache
def _technique_names() -> Mapping[str, str]:
    rows = technique_rows()
    names = {normal(row["name"]): row["technique"] for row in rows}
    short = {name.removesuffix("技术"): code for name, code in names.items()}
    return {**short, **names, **{row["technique"]: row["technique"] for row in rows}}


def nearest_techniques(text: str) -> str:
    """The nearest names of the catalogue, for people."""
    names = [row["name"] for row in technique_rows()]
    near = difflib.get_close_matches(text, names, n=3, cutoff=0.4)
    return f"最接近的有：{'、'.join(near)}" if near else "请按目录填写代码或名称"
