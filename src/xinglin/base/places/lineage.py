"""What became of a place, and what it came from: the derived and reviewed changes between editions.

Kept for prefectures, counties and townships; villages have no lineage of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache

from xinglin.base.errors import XinglinError
from xinglin.base.places.change import EDITIONS, FIRST_EDITION, Change, check_edition, edition_on
from xinglin.base.places.model import Level, UnknownPlace, level_of
from xinglin.base.places.record import county_changes, township_changes
from xinglin.base.places.store import load_divisions


class UnclearLineage(XinglinError, LookupError):  # noqa: N818 – says what is the matter
    """The lists do not show where the ground of a place went."""


def changes(level: Level | None = None) -> tuple[Change, ...]:
    """All changes in edition and code order; of one level, or of prefectures and counties when None.

    Raises:
        UnknownPlace: lineage is kept for prefectures, counties and townships only.
    """
    if level is None:
        return county_changes()
    return tuple(change for change in _changes_near(level) if change.level is level)


def lineage(code: str, since_edition: str = FIRST_EDITION) -> tuple[Change, ...]:
    """Every change from ``since_edition`` on that leads to or from the place with this code.

    Follows the ground both ways: forwards from the code through its successors, backwards through its
    predecessors. Empty when nothing changed. A reused code brings in the changes of both places.

    Raises:
        UnknownPlace: the code is in no edition, or is of a level without lineage. UnknownEdition.
    """
    first = _edition_number(since_edition)
    known = [c for c in _changes_near(level_of(code)) if _edition_number(c.from_edition) >= first]
    related = _follow(code, known, forwards=True) | _follow(code, known, forwards=False)
    if not related:
        _require_current(code)
    return tuple(change for change in known if change in related)


def successors(code: str, on: date, since_edition: str = FIRST_EDITION) -> tuple[str, ...]:
    """Codes, in the edition in force on a day, of the places the ground of a place lies in.

    Args:
        code: the place as ``since_edition`` has it, or as the first later edition has it.
        on: the day. since_edition: where to start (codes are reused: 232701).

    Returns:
        Codes, the one with the largest part first; the code itself where nothing changed.

    Raises:
        UnclearLineage: the ground cannot be followed. UnknownPlace, UnknownEdition.
    """
    last = _edition_number(edition_on(on))
    moves = _moves(level_of(code))
    if not any(code in by_code for by_code in moves.values()):
        _require_current(code)
    first = max(_edition_number(since_edition), _begun(code, since_edition))
    codes: tuple[str, ...] = (code,)
    for edition in list(EDITIONS)[first:last]:
        step = moves.get(edition, {})
        codes = tuple(dict.fromkeys(target for c in codes for target in _targets(c, step.get(c, []))))
    return codes


def _edition_number(edition: str) -> int:
    return list(EDITIONS).index(check_edition(edition))


def _changes_near(level: Level) -> tuple[Change, ...]:
    if level in (Level.PREFECTURE, Level.COUNTY):
        return county_changes()
    if level is Level.TOWNSHIP:
        return township_changes()
    raise UnknownPlace(f"{level.label}区划没有沿革数据：只有地级、县级和乡级有。")


def _follow(code: str, known: Sequence[Change], *, forwards: bool) -> set[Change]:
    reached, found = {code}, set[Change]()
    for change in known if forwards else reversed(known):
        ends = (change.old_code, change.new_code)
        source, target = ends if forwards else ends[::-1]
        if source and source in reached:
            found.add(change)
            reached.add(target)
    return found


def _require_current(code: str) -> None:
    load_divisions(within=code, depth=level_of(code))


def _begun(code: str, since_edition: str) -> int:
    """Number of the edition the code first appears in, if that is after ``since_edition``."""
    start = _edition_number(since_edition)
    for change in _changes_near(level_of(code)):
        if _edition_number(change.from_edition) < start:
            continue
        if change.old_code == code:
            return start
        if change.new_code == code and change.new_begun:
            return _edition_number(change.to_edition)
    return start


@cache
def _moves(level: Level) -> dict[str, dict[str, list[Change]]]:
    """Edition → old code → changes that begin there."""
    moves: dict[str, dict[str, list[Change]]] = defaultdict(lambda: defaultdict(list))
    for change in _changes_near(level):
        if change.old_code:
            moves[change.from_edition][change.old_code].append(change)
    return moves


def _targets(code: str, moved: list[Change]) -> list[str]:
    if not moved:
        return [code]
    ended = any(change.old_ended for change in moved)
    parts = {change.new_code: change.villages for change in moved if change.new_code}
    if ended and not parts:
        raise UnclearLineage(
            f"{moved[0].old_name}（{code}）在 {moved[0].to_edition} 版中不再列出，去向不明。"
        )
    if not ended:
        parts.setdefault(code, moved[0].old_villages - sum(parts.values()))
    return sorted(parts, key=lambda target: -parts[target])
