"""Two vintages of a place side by side: which targets and numbers differ, whether definitions or facts were others.

Published numbers do not change: late data makes a vintage of its own, and this is how the two differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight.files import folder_of
from xinglin.apps.insight.pictures import Picture
from xinglin.base.errors import DataError
from xinglin.facts import FileEntry, load_contract
from xinglin.facts.layout import read_manifest
from xinglin.standing.areas_file import Number, ResultRow
from xinglin.standing.opening import DEFINITIONS, FACTS

MONTH = "month="


@dataclass(frozen=True, slots=True)
class Side:
    """A number, and the verdict of a target that rests on it, as one vintage has them; None: not there."""

    row: ResultRow | None
    number: Number | None


@dataclass(frozen=True, slots=True)
class Line:
    """A target (or a number that no document is held against) in both vintages.

    ``redefined``: what is counted, or what is asked, is said otherwise. ``differs``: anything that is shown does.
    """

    key: str
    label: str
    document: str
    clauses: tuple[str, ...]
    unit: str
    before: Side
    after: Side
    redefined: bool

    @property
    def differs(self) -> bool:
        """Whether the two vintages say something else."""
        return self.redefined or _said(self.before) != _said(self.after)


@dataclass(frozen=True, slots=True)
class Change:
    """A fact table whose rows are others: rows before and after; of events the months that differ."""

    table: str
    label: str
    before: int
    after: int
    months: tuple[str, ...]


def lines(before: Picture, after: Picture, place: str) -> list[Line]:
    """Every target of a place in two vintages, in the order of the later one; numbers where nothing is judged."""
    told = _Definitions(before.vintage, after.vintage)
    if not (before.has_results(place) and after.has_results(place)):
        return _numbers(before, after, place, told)
    old = {(row.document, row.target): row for row in before.rows_of_results(place)}
    new = {(row.document, row.target): row for row in after.rows_of_results(place)}
    first, second = _Numbers(before, place), _Numbers(after, place)
    found = []
    for name in dict.fromkeys([*new, *old]):
        row = new.get(name) or old[name]
        sides = Side(old.get(name), first.of(old.get(name))), Side(new.get(name), second.of(new.get(name)))
        redefined = name in old and name in new and (told.measure(row.measure) or told.target(*name))
        label = row.measure_label or row.summary
        unit = (second if name in new else first).unit(row)
        found.append(
            Line(row.measure_key, label, row.document_short, row.clauses, unit, *sides, bool(redefined))
        )
    return found


def _numbers(before: Picture, after: Picture, place: str, told: _Definitions) -> list[Line]:
    old = {one.key: one for one in before.measures()}
    new = {one.key: one for one in after.measures()}
    first, second = _Numbers(before, place), _Numbers(after, place)
    found = []
    for key, one in {**old, **new}.items():
        sides = (
            Side(None, first.at(key) if key in old else None),
            Side(None, second.at(key) if key in new else None),
        )
        redefined = key in old and key in new and told.measure(one.measure)
        found.append(Line(key, one.label, "", (), one.unit, *sides, redefined))
    return found


def changed_facts(before: Vintage, after: Vintage) -> list[Change]:
    """The fact tables whose files are others, in the contract's order. Raises DataError: a manifest cannot be read."""
    old = read_manifest(folder_of(before.pk), FACTS).tables
    new = read_manifest(folder_of(after.pk), FACTS).tables
    found = []
    for name, table in load_contract().tables.items():
        one, other = old.get(name, ()), new.get(name, ())
        first, second = ({entry.sha256 for entry in entries} for entries in (one, other))
        if first != second:
            months = _months(one, second) | _months(other, first)
            found.append(Change(name, table.label, _rows(one), _rows(other), tuple(sorted(months))))
    return found


def _rows(entries: Iterable[FileEntry]) -> int:
    return sum(entry.rows for entry in entries)


def _months(entries: Iterable[FileEntry], others: set[str]) -> set[str]:
    """Months of files that the other vintage has not."""
    parts = [Path(entry.path).parts for entry in entries if entry.sha256 not in others]
    return {part.removeprefix(MONTH) for one in parts for part in one if part.startswith(MONTH)}


def _said(side: Side) -> tuple[Any, ...]:
    row, number = side.row, side.number
    judged = (
        () if row is None else (row.verdict, row.verdict_words, row.threshold_words, row.state, row.display)
    )
    counted = (
        ()
        if number is None
        else (
            number.state,
            number.display,
            number.numerator,
            number.denominator,
            number.n_reported,
            number.n_units,
        )
    )
    return judged, counted


class _Numbers:
    """Numbers of one place, each looked up once."""

    def __init__(self, picture: Picture, place: str) -> None:
        self.picture, self.place = picture, place
        self._measures = {one.key: one for one in picture.measures()}
        self._known: dict[str, Number] = {}

    def at(self, key: str) -> Number:
        if key not in self._known:
            self._known[key] = self.picture.number(key, self.place)
        return self._known[key]

    def of(self, row: ResultRow | None) -> Number | None:
        return self.at(row.measure_key) if row is not None and row.measure_key else None

    def unit(self, row: ResultRow) -> str:
        return self._measures[row.measure_key].unit if row.measure_key in self._measures else ""


class _Definitions:
    """What two vintages froze of measures and documents; read only where their hashes differ."""

    def __init__(self, before: Vintage, after: Vintage) -> None:
        same = before.definitions == after.definitions
        self._before = {} if same else _frozen(before)
        self._after = {} if same else _frozen(after)

    def measure(self, name: str) -> bool:
        """Whether a measure is defined otherwise."""
        return bool(self._of("measures", name, self._before) != self._of("measures", name, self._after))

    def target(self, document: str, target: str) -> bool:
        """Whether a document asks for something else."""
        first, second = (
            self._target(self._of("documents", document, one), target) for one in (self._before, self._after)
        )
        return bool(first != second)

    @staticmethod
    def _of(kind: str, name: str, content: Mapping[str, Any]) -> Any:
        return content.get(kind, {}).get(name)

    @staticmethod
    def _target(document: Any, target: str) -> Any:
        targets = (document or {}).get("targets", ())
        return next((one for one in targets if one.get("id") == target), None)


def _frozen(vintage: Vintage) -> dict[str, Any]:
    path = folder_of(vintage.pk) / DEFINITIONS
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} 读不出来：{error}；请从备份恢复") from error
    return content
