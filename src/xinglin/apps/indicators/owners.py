"""Which app gives which fact table: its module ``facts`` says so, and each table has exactly one owner."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from xinglin.apps.indicators.owned import Database, Owned
from xinglin.base.errors import XinglinError
from xinglin.facts import load_contract

NOT_BUILT_YET = {
    "discharge": "clinic",
    "contract": "wellness",
}
"""Fact table → the app that will own it. A test takes a name off as soon as its app is there."""


class TwoOwners(ImproperlyConfigured, XinglinError):  # noqa: N818 - says what is the matter
    """Two apps give a fact table; most likely a county's own definition feeds what an app gives already."""

    def __init__(self, label: str, table: str, *apps_: str) -> None:
        super().__init__(
            f"事实表“{label}”（{table}）有两个来源：{'、'.join(apps_)}；"
            f"请从自己的记录定义的 facts 里去掉 {table}，它已由本程序的登记给出"
        )


def owners() -> dict[str, Owned]:
    """Every fact table that an app of this version owns.

    Raises:
        TwoOwners. ImproperlyConfigured: a table the contract has not, or events without versions.
    """
    found: dict[str, Owned] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("xinglin.") or find_spec(f"{config.name}.facts") is None:
            continue
        module = import_module(f"{config.name}.facts")
        versions, through = _asked(module, "versions"), _asked(module, "through")
        beside = _asked(module, "beside")
        for table, select in _asked(module, "selects").items():
            if table in found:
                raise TwoOwners(load_contract().table(table).label, table, found[table].app, config.label)
            more = through.get(table)
            owned = Owned(table, config.label, select, versions.get(table, ""), more, table in beside)
            found[table] = checked(owned)
    return found


def alone() -> list[str]:
    """Tables whose rows only an app gives; those of the others may come from outside too."""
    return [name for name, owned in owners().items() if not owned.beside]


def _asked(module: Any, name: str) -> dict[str, Any]:
    """What a module says: a constant in capitals, or a function where it depends on definitions."""
    told = getattr(module, name.upper(), None)
    if told is None:
        ask = getattr(module, name, None)
        told = {} if ask is None else ask()
    return dict(told)


def checked(owned: Owned) -> Owned:
    """The same, if the contract has such a table and events say when they changed.

    Raises:
        ImproperlyConfigured: otherwise.
    """
    table = load_contract().tables.get(owned.table)
    if table is None or table.built_in:
        raise ImproperlyConfigured(f"{owned.app}: the contract has no table {owned.table}")
    if (table.time.kind == "event") != bool(owned.versions):
        raise ImproperlyConfigured(
            f"{owned.app}: {owned.table} needs versions if and only if it holds events"
        )
    return owned


def database() -> Database:
    """The site's database."""
    if connection.vendor != "postgresql":
        return Database("sqlite", str(connection.settings_dict["NAME"]))
    from psycopg.conninfo import make_conninfo

    wanted = ("dbname", "user", "password", "host", "port")
    known = connection.get_connection_params()
    return Database("postgresql", make_conninfo(**{name: known[name] for name in wanted if known.get(name)}))
