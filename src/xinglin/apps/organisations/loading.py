"""The registers out of a facts data set, ids and all: how a demonstration comes by its organisations."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from xinglin.apps.audit.actions import record
from xinglin.apps.organisations.actions.rows import derive
from xinglin.apps.organisations.history import Deed
from xinglin.apps.organisations.models import FACT_MODELS, Change, Facility, Practitioner
from xinglin.base.errors import DataError
from xinglin.facts import Dataset, load_contract

BATCH = 500
DEMO = "演示"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "安宁平和康泰明德文远思慧志清兰芳秀英建华国强春晓云海山川"


def demo_name(number: int) -> str:
    """A name that nobody bears, told by 演示: 王演示安宁. The same number always gives the same."""
    surname = SURNAMES[number % len(SURNAMES)]
    first = GIVEN[number // len(SURNAMES) % len(GIVEN)]
    last = GIVEN[number * 7 % len(GIVEN)]
    return f"{surname}{DEMO}{first}{last}"


@transaction.atomic
def load_facts(dataset: Dataset, by: Any) -> dict[str, int]:
    """Write the eleven tables of organisations; all or nothing.

    Args:
        dataset: people of a demonstration get demonstration names, others none: facts know no names.
        by: the account that loads, or None for the program itself.

    Returns:
        Rows written, by table.

    Raises:
        DataError: facilities or people of the data set are here already.
    """
    _check_absent(dataset)
    deed = Deed(by, "load")
    return {table: _load(table, dataset, deed) for table in FACT_MODELS}


def _check_absent(dataset: Dataset) -> None:
    for table, model in (("facility", Facility), ("practitioner", Practitioner)):
        ids = dataset.arrow(table).column(table).to_pylist()
        for start in range(0, len(ids), BATCH):
            found = model._default_manager.filter(pk__in=ids[start : start + BATCH]).first()
            if found is not None:
                label = load_contract().table(table).label
                raise DataError(f"{label} {found.pk} 已在库中：这套数据载入过，不必再载入")


def _load(table: str, dataset: Dataset, deed: Deed) -> int:
    rows = [_row(table, values) for values in dataset.rows(table)]
    for row in rows:
        derive(row)
    if table == "practitioner":
        _complete_people(rows, dataset)
    FACT_MODELS[table]._default_manager.bulk_create(rows, batch_size=BATCH)
    changes = [change for row in rows if (change := deed.change(row)) is not None]
    Change.objects.bulk_create(changes, batch_size=BATCH)
    record(by=deed.by, action=f"{table}.load", kind=table, count=len(rows))
    return len(rows)


def _row(table: str, values: dict[str, Any]) -> models.Model:
    """One row: references by id, so that nothing is looked up."""
    model = FACT_MODELS[table]
    return model(**{model._meta.get_field(name).attname: value for name, value in values.items()})  # type: ignore[union-attr]


def _complete_people(rows: list[Any], dataset: Dataset) -> None:
    """Demonstration names, and the place that people belong to before they have a post: the data set's own."""
    for number, row in enumerate(rows):
        row.registered_in = (dataset.info.area or "").removeprefix("0")
        if dataset.info.demonstration:
            row.name = demo_name(number)
            derive(row)
