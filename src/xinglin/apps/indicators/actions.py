"""Deeds of facts: tables from outside come and go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction

from xinglin.apps.audit.actions import record
from xinglin.apps.forms.loading.sending import load_reporting
from xinglin.apps.forms.models import Sent
from xinglin.apps.indicators import outside
from xinglin.apps.indicators.owners import alone
from xinglin.apps.organisations.models import Facility
from xinglin.base.errors import DataError
from xinglin.facts import Dataset, DatasetInfo, open_dataset

PIECE = 500


def site_facts() -> Path:
    """The site's data set."""
    return Path(settings.XINGLIN_HOME) / "facts"


def site_info() -> DatasetInfo:
    """What the site's data set says of itself."""
    return DatasetInfo(title="本装置", demonstration=settings.XINGLIN_DEMO)


def add_facts(folder: Path, source: str, *, by: Any) -> outside.Source:
    """Take from a checked data set what the site does not give alone; the next recount includes it.

    Who has reported those tables is written down with it: what the source gives for a unit and period replaces what
    was there.

    Args:
        folder: a data set that `xinglin check` finds no error in. source: a name; the same name again replaces.

    Raises:
        DataError: the data are made up and the site is real, nothing to take, or rows that may not come (see
            `outside.add`). InvalidData: the data have errors.
    """
    dataset = open_dataset(folder)
    if dataset.info.demonstration and not settings.XINGLIN_DEMO:
        raise DataError("这是演示数据，不能并入正式的装置")
    places = _facilities()
    with transaction.atomic():
        found = outside.add(site_facts(), source, dataset, alone(), places, site_info())
        _report(dataset, set(found.files), by)
        record(by=by, action="facts.add", kind="facts", id=source, fields=found.files, count=_count(found))
    return found


def remove_facts(source: str, *, by: Any) -> outside.Source:
    """Take away what a source gave; who has reported it stays said. Raises DataError when there is none."""
    with transaction.atomic():
        gone = outside.remove(site_facts(), source, site_info())
        record(by=by, action="facts.remove", kind="facts", id=source, fields=gone.files, count=_count(gone))
    return gone


def _count(source: outside.Source) -> int:
    return sum(source.rows().values())


def _facilities() -> pa.Table:
    """Facilities the site knows, and their places."""
    rows = [{"facility": pk, "place": place} for pk, place in Facility.objects.values_list("pk", "place")]
    return pa.Table.from_pylist(rows, schema=pa.schema([("facility", pa.string()), ("place", pa.string())]))


def _report(dataset: Dataset, tables: set[str], by: Any) -> None:
    """The source's word on who has reported its tables, in place of what was there for the same unit and period."""
    rows = [row for row in dataset.rows("reporting") if row["table"] in tables]
    said = {(row["unit"], row["table"], row["period"]) for row in rows}
    there = Sent.objects.filter(table__in=tables).values_list("pk", "unit", "table", "period")
    old = [pk for pk, *what in there if tuple(what) in said]
    for start in range(0, len(old), PIECE):
        Sent.objects.filter(pk__in=old[start : start + PIECE]).delete()
    load_reporting(rows, by)
