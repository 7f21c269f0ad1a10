"""The part of the dry run that asks nothing but the file: what it finds is still true when the rows are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinglin.apps.exchange.reading import Read
from xinglin.apps.exchange.spec import SPECS, TableSpec
from xinglin.base.problems import Problem
from xinglin.facts.columns import Gazetteer, place_judge
from xinglin.facts.fault import Fault
from xinglin.facts.findings import Findings
from xinglin.facts.model import Column, ColumnType, load_contract
from xinglin.facts.parts import Part
from xinglin.facts.relations import (
    Relations,
    catchment_problems,
    duplicate_problems,
    main_post_problems,
    reversed_problems,
)
from xinglin.facts.source import Source

EVERYTHING = 10_000_000
"""Limit of findings that is none: every bad row must be known, so that good ones can go in without it."""
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.:-]{0,39}")
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
"""Control characters, and those that take no room or turn the direction: a name with one looks like another."""
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")
_FREE = (ColumnType.TEXT, ColumnType.ID, ColumnType.REF)


@dataclass
class Sifted:
    """Typed rows of a file by register, and what is wrong in the file itself."""

    parts: list[Part]
    problems: list[Problem]


def sift(read: Read) -> Sifted:
    """Hold every cell, and the rows of the file against each other, to the contract."""
    problems = [*read.problems, *_across(read.parts)]
    gazetteer = Gazetteer(None)
    for part in read.parts:
        if part.data is not None:
            problems += _cells(SPECS[part.table.name], part, gazetteer)
    return Sifted(read.parts, problems)


def _across(parts: list[Part]) -> list[Problem]:
    """Duplicates, reversed dates and the other rules of the contract that look at several rows of the file."""
    known = [part for part in parts if part.table.name in load_contract().tables and part.num_rows]
    if not known:
        return []
    findings = Findings(EVERYTHING)
    with Relations(Source(Path(known[0].spot.file), ours=False, parts=known)) as relations:
        for rule in (duplicate_problems, reversed_problems, main_post_problems, catchment_problems):
            rule(relations, findings)
    return findings.all()


def _cells(spec: TableSpec, part: Part, gazetteer: Gazetteer) -> Iterator[Problem]:
    """What single cells may not say, beyond their type: places, lengths, characters, ids. Each value is asked once."""
    assert part.data is not None
    for name, column in spec.form.columns.items():
        if column.type is not ColumnType.PLACE and column.type not in _FREE:
            continue
        cells = part.data.column(name)
        values = (value for value in pc.unique(cells).to_pylist() if value is not None)
        faults = {value: fault for value in values if (fault := _judge(spec, name, column, value, gazetteer))}
        if faults:
            bad = pc.indices_nonzero(pc.is_in(cells, value_set=pa.array(list(faults), cells.type)))
            for index, value in zip(bad.to_pylist(), cells.take(bad).to_pylist(), strict=True):
                yield part.problem(faults[value], index, name)


def _judge(spec: TableSpec, name: str, column: Column, value: Any, gazetteer: Gazetteer) -> Fault | None:
    if column.type is ColumnType.PLACE:
        return place_judge(spec.table, column, gazetteer)(value)
    longest = spec.lengths.get(name, 40)
    if len(value) > longest:
        return Fault("too_long", f"有 {len(value)} 个字，最多 {longest} 个", f"请缩短{column.label}")
    if found := _HIDDEN.search(value):
        what = f"第 {found.start() + 1} 个字之处有看不见的字符（U+{ord(found.group()):04X}）"
        return Fault("bad_character", what, "多半是从网页或别的软件里粘贴来的，请删去这一格后重新输入")
    if _SCIENTIFIC.fullmatch(value):
        fix = "请从原表把这一列设为文本后重新导出，或照原件重填"
        return Fault("scientific", f"“{value}”是科学记数法，后几位已经丢失", fix)
    if column.type is ColumnType.ID and not _ID.fullmatch(value):
        return Fault("bad_id", f"“{value}”不能作编号", "编号由字母和数字组成；新登记的请留空")
    return None
