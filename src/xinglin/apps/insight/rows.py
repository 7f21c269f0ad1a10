"""Rows of a vintage, read out of its Parquet files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight.files import folder_of
from xinglin.standing.areas_file import Measure, UnitRow
from xinglin.standing.opened import Opened
from xinglin.standing.opening import FrozenFacts, open_residents, open_unit
from xinglin.standing.silence import Need, Silence, needs, silences


def rows_of(vintage: Vintage, measure: Measure, unit: UnitRow, page: int, per_page: int) -> Opened:
    """One page of the rows behind a unit. Raises DataError where they cannot be read any more."""
    return open_unit(_facts(vintage), measure, unit, page, per_page)


def residents_of(vintage: Vintage, measure: Measure, area: str) -> Opened:
    """The rows of residents behind a rate. Raises DataError where they cannot be read any more."""
    return open_residents(_facts(vintage), measure, area)


def silences_of(vintage: Vintage, measure: Measure, units: Iterable[UnitRow]) -> list[Silence]:
    """What units lacked when a vintage was published. Raises DataError where its rows cannot be read any more."""
    return silences(_facts(vintage), measure, units)


def needs_of(vintage: Vintage, measure: Measure) -> list[Need]:
    """The tables whose reports a measure waited for. Raises DataError where its definition cannot be read."""
    return needs(_facts(vintage), measure)


def _facts(vintage: Vintage) -> FrozenFacts:
    return FrozenFacts(folder_of(vintage.pk), Path(settings.XINGLIN_HOME) / "facts", vintage.on)
