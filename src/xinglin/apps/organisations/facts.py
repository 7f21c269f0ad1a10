"""How the tables of organisations become fact tables: one SELECT each, exactly the contract's columns.

Model fields and database columns bear the contract's names, so nothing is renamed; encrypted names, numbers and phones
are not among the columns of any fact table.
"""

from __future__ import annotations

from xinglin.apps.organisations.models import FACT_MODELS
from xinglin.facts import load_contract


def _select(table: str) -> str:
    columns = ", ".join(f'"{name}"' for name in load_contract().table(table).columns)
    return f'SELECT {columns} FROM "{FACT_MODELS[table]._meta.db_table}"'  # noqa: S608 - names of our own


SELECTS = {table: _select(table) for table in FACT_MODELS}
"""Fact table → statement, the same on SQLite and PostgreSQL."""
