"""The menu: entries in order, each shown to those who have its permission."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    """One entry: its words, its route, the permission it needs, its group, a line of help for the home page.

    ``waiting`` tells how much waits there for an account: words behind the entry, empty when nothing does.
    """

    label: str
    route: str
    permission: str
    group: str
    help: str = ""
    waiting: Callable[[Any], str] | None = None


class Shown(NamedTuple):
    """An entry as a page shows it; ``here`` for the present page or one below it."""

    label: str
    address: str
    here: bool
    help: str
    waiting: str = ""


CARE, COUNTY = ("诊疗", "治未病", "签约"), ("县域", "指标", "填报", "机构与人员")
"""Groups that stand first: care, then the county's work, for whoever has more to do with care; else the other way."""

ENTRIES: list[Entry] = []
"""Filled by the apps when they are ready (see each ``apps.py``)."""


def add(
    label: str,
    route: str,
    permission: str,
    group: str,
    help: str = "",
    *,
    waiting: Callable[[Any], str] | None = None,
) -> None:
    """Put an entry into the menu, once."""
    entry = Entry(label, route, permission, group, help, waiting)
    if entry not in ENTRIES:
        ENTRIES.append(entry)


def menu(user: Any, path: str) -> list[tuple[str, list[Shown]]]:
    """Groups of entries for an account; at most one entry is the present page's."""
    allowed = [(entry, _address(entry.route)) for entry in ENTRIES if user.can(entry.permission)]
    here = max((address for _, address in allowed if _below(path, address)), key=len, default="")
    groups: dict[str, list[Shown]] = {}
    for entry, address in allowed:
        words = entry.waiting(user) if entry.waiting is not None else ""
        shown = Shown(entry.label, address, address == here, entry.help, words)
        groups.setdefault(entry.group, []).append(shown)
    return [(name, groups[name]) for name in _in_order(groups)]


def _in_order(groups: Mapping[str, Sized]) -> list[str]:
    """What has no group, what is worked with every day, the rest as it was registered."""
    care, county = (sum(len(groups.get(name, ())) for name in names) for names in (CARE, COUNTY[:1]))
    first = ("", *CARE, *COUNTY) if care > county else ("", *COUNTY, *CARE)
    return sorted(groups, key=lambda name: first.index(name) if name in first else len(first))


@cache
def _address(route: str) -> str:
    return reverse(route)


def _below(path: str, address: str) -> bool:
    """Whether a page is the entry's own or one below it; everything lies below the home page, nothing belongs to it."""
    return path == address or (address != "/" and path.startswith(address.rstrip("/") + "/"))
