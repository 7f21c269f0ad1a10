"""Every violation of the data contract in a data set, at once."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from xinglin.base.errors import DataError
from xinglin.base.places import Divisions
from xinglin.base.problems import Problem
from xinglin.facts.columns import (
    Gazetteer,
    future_problems,
    place_problems,
    reference_problems,
    typed_problems,
)
from xinglin.facts.coverage import coverage_problems
from xinglin.facts.fault import Fault
from xinglin.facts.findings import Spot
from xinglin.facts.relations import (
    Relations,
    catchment_problems,
    duplicate_problems,
    main_post_problems,
    period_problems,
    reversed_problems,
)
from xinglin.facts.source import Source, read_source


def check_dataset(
    path: str | Path,
    *,
    place: str | None = None,
    divisions: Divisions | None = None,
    today: date | None = None,
) -> list[Problem]:
    """Check a data set of any form: file by file, cell by cell, and across tables.

    Args:
        path: folder (ours or with files named for tables), workbook, CSV or Parquet file.
        place: code of the area its facilities must lie in; None for the area the data set declares.
        divisions: places to check codes against; None to load what is needed.
        today: events after this day are told; None for the clock's (Asia/Shanghai).

    Returns:
        Errors and warnings, ordered by file, sheet and row. Of one kind in one column the first 1000 (for
        data in our own layout 20) are listed and the rest counted. An unreadable path is a problem too.
    """
    try:
        source = read_source(Path(path))
    except DataError as error:
        return [Spot("", Path(path).name).problem(Fault("no_data", str(error).rstrip("。"), "请核对路径"))]
    return check_source(source, place, divisions, today)


def check_source(
    source: Source,
    place: str | None = None,
    divisions: Divisions | None = None,
    today: date | None = None,
) -> list[Problem]:
    """The same for a data set already read; its own reading problems are among the answer."""
    findings = source.findings
    area = place or source.info.area
    gazetteer = Gazetteer(area, divisions)
    if area and not gazetteer.knows(area):
        fault = Fault("bad_place", f"所属地区“{area}”不是区划代码", gazetteer.hint(area))
        findings.add([source.spot().problem(fault)])
        gazetteer = Gazetteer(None, divisions)
    for part in source.parts:
        if part.path is not None:
            findings.add(typed_problems(part))
    findings.add(place_problems(source, gazetteer))
    findings.add(reference_problems(source, gazetteer))
    findings.add(future_problems(source, today or datetime.now(ZoneInfo("Asia/Shanghai")).date()))
    with Relations(source) as relations:
        for check in _ACROSS:
            check(relations, findings)
        findings.add(coverage_problems(relations, source))
    return findings.all()


_ACROSS = (duplicate_problems, reversed_problems, main_post_problems, catchment_problems, period_problems)
