"""A target that binds each city or each county: judged area by area, so that no average hides one that misses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinglin.base.places import Level, Place
from xinglin.base.states import Scope, ValueState, Verdict
from xinglin.measures import Bound, Definition
from xinglin.measures.results import Counted, Reading, read
from xinglin.policy import Target
from xinglin.standing.gap import NEAREST, missing_units
from xinglin.standing.model import Gap
from xinglin.standing.units import lacking_word
from xinglin.standing.verdict import verdict_of
from xinglin.standing.words import shown

if TYPE_CHECKING:
    from xinglin.standing.inputs import Inputs
    from xinglin.standing.numbers import Numbers

SCOPE_LEVEL = {Scope.EACH_PREFECTURE: Level.PREFECTURE, Scope.EACH_COUNTY: Level.COUNTY}
_MISSED = (Verdict.NOT_MET, Verdict.WARN)
_WORST_FIRST = (Verdict.NOT_MET, Verdict.WARN, Verdict.NOT_JUDGED, Verdict.MET)


@dataclass(frozen=True, slots=True)
class Area:
    """One of the areas that a target binds one by one."""

    place: Place
    counted: Counted
    reading: Reading
    verdict: Verdict


def areas_judged(inputs: Inputs, numbers: Numbers, target: Target, bound: Bound) -> tuple[Area, ...]:
    """The real areas inside the place that a target binds one by one; none for a target on the place itself."""
    level = SCOPE_LEVEL.get(target.scope)
    if level is None or inputs.place.level >= level:
        return ()
    places = [area for area in inputs.divisions.descendants(inputs.place.code, level) if area.is_real]
    return tuple(
        _area(inputs, target, bound, place, numbers.counted(target.id, place.code)) for place in places
    )


def _area(inputs: Inputs, target: Target, bound: Bound, place: Place, counted: Counted) -> Area:
    reading = read(bound, counted, inputs.on)
    return Area(place, counted, reading, verdict_of(target, bound, reading.value, reading.state))


def worst(areas: Sequence[Area], fallback: Verdict) -> Verdict:
    """A target on each area is met only where every area with a number meets it."""
    verdicts = {area.verdict for area in areas if area.reading.state is ValueState.NUMBER}
    return next((verdict for verdict in _WORST_FIRST if verdict in verdicts), fallback)


def gap_of_areas(
    inputs: Inputs, target: Target, bound: Bound, definition: Definition, areas: Sequence[Area]
) -> Gap | None:
    """What the areas that miss lack together, those nearest to the target first; None when none misses."""
    found = [(missing_units(target, bound, area.counted), area) for area in areas if area.verdict in _MISSED]
    if not found:
        return None
    unit = lacking_word(bound, inputs.book.contract, definition.act_on)
    amounts = [amount for amount, _ in found if amount is not None]
    if len(amounts) < len(found):
        return Gap(None, unit, "加权抽样的数，不能折成单位")
    nearest = sorted((amount or 0, area.place.code, area) for amount, area in found)[:NEAREST]
    return Gap(
        sum(amounts),
        unit,
        f"{len(found)} 个{_word(target)}未达，共还差 {sum(amounts)} {unit}",
        tuple(
            (code, area.place.name, f"还差 {amount} {unit}（现为 {shown(area.reading, bound)}）")
            for amount, code, area in nearest
        ),
    )


def areas_words(target: Target, areas: Sequence[Area]) -> str:
    """How many of the areas have a number and how many of those miss, where some have none; else ""."""
    known = sum(area.reading.state is ValueState.NUMBER for area in areas)
    if known == len(areas):
        return ""
    missed = sum(area.verdict in _MISSED for area in areas)
    return f"{len(areas)} 个{_word(target)}中 {known} 个有数，其中 {missed} 个未达"


def _word(target: Target) -> str:
    return "市" if target.scope is Scope.EACH_PREFECTURE else "县"
