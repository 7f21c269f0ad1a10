"""The menu: entries in order, each shown to those who have its permission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    """One entry of the menu: its words, its route, the permission it needs, its group."""

    label: str
    route: str
    permission: str
    group: str


ENTRIES: list[Entry] = []
"""Filled by the apps when they are ready (see each ``apps.py``)."""


def add(label: str, route: str, permission: str, group: str) -> None:
    """Put an entry into the menu, once."""
    entry = Entry(label, route, permission, group)
    if entry not in ENTRIES:
        ENTRIES.append(entry)


def menu(user: Any, path: str) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Groups of (label, address, whether it is the present page) for an account."""
    groups: dict[str, list[tuple[str, str, bool]]] = {}
    for entry in ENTRIES:
        if user.can(entry.permission):
            address = reverse(entry.route)
            groups.setdefault(entry.group, []).append((entry.label, address, path.startswith(address)))
    return list(groups.items())
