"""Fact rows as records: how a county that comes with tables, or the demonstration, fills its registers at once.

Each row goes to the first definition that gives the same row back; what the row does not say is taken from the
definition's samples. Rows that no definition takes are counted and told, never dropped in silence.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from xinglin.apps.forms.loading.finding import Finder
from xinglin.apps.forms.loading.grouping import GROUPED
from xinglin.apps.forms.loading.sending import load_reporting
from xinglin.apps.forms.loading.surveys import load_answers
from xinglin.apps.forms.loading.writing import Writer
from xinglin.facts import Dataset
from xinglin.records.feeding import feeds

__all__ = ["Report", "load_records"]

FIRST = ("unit",)
"""Tables whose records others are about (a technique is promoted by a centre)."""
APART = ("survey_response", "reporting")
"""Tables whose rows are no records of their own."""


@dataclass
class Report:
    """What was made of a data set: records by definition, answers, rows by table and kind that no definition takes."""

    records: dict[str, int] = field(default_factory=dict)
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: int = 0


@transaction.atomic
def load_records(dataset: Dataset, by: Any) -> Report:
    """Write the tables that records give; organisations must be there.

    Args:
        by: the account that loads, or None for the program itself.
    """
    writer = Writer(by)
    finder, report = Finder(writer), Report()
    fed = [name for name in dataset.names() if name not in APART and any(feeds(finder.book, name))]
    for table in sorted(fed, key=lambda name: name not in FIRST):
        rows = list(dataset.rows(table))
        for group in GROUPED.get(table, ()):
            rows = group(finder, rows)
        for row in rows:
            if not finder.add(table, row):
                report.left[table, _kind(row)] += 1
        writer.flush()
    report.answers = load_answers(writer, dataset.rows("survey_response"))
    load_reporting(dataset.rows("reporting"), by)
    report.records = dict(writer.written)
    return report


def _kind(row: dict[str, Any]) -> str:
    """What tells rows of a table apart, for telling which were left."""
    names = ("standard", "kind", "programme", "item", "survey")
    return next((str(row[name]) for name in names if row.get(name)), "")
