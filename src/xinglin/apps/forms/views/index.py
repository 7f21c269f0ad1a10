"""The index of all definitions: one's own and pinned ones first, found by name or initials."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.scope import Scope
from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.forms import permissions, reminders
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Record, SavedView
from xinglin.apps.forms.views.common import definition_or_404
from xinglin.records import Definition

PINNED, USED = "★", "◷"
"""Names of views that are no lists: a pinned definition, and one that was filled in (``query`` says when)."""
MARKS = (PINNED, USED)
MOST_PINNED, MOST_USED, FEW = 24, 8, 30


class Entry(NamedTuple):
    """A definition on the index: how many records there are, how many are overdue, words to find it by."""

    definition: Definition
    records: int
    overdue: int
    may_write: bool
    pinned: bool
    words: str


class Topic(NamedTuple):
    """A heading with its definitions; ``overdue`` when one of them has overdue records."""

    label: str
    entries: list[Entry]
    overdue: bool


@route("record.view")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What may be recorded here: pinned and lately used ones, then all by topic."""
    asked = request.GET.get("q", "").strip()
    user: Any = request.user
    every = _every(request)
    mine = _is_mine(request)
    shown = [e for e in every if _matches(e, asked) and (not mine or e.may_write or e.records)]
    known = book()
    topics: dict[str, list[Entry]] = {}
    for entry in shown:
        topics.setdefault(entry.definition.topic, []).append(entry)
    used = _used(user)
    first = [e for e in every if e.pinned]
    first += [e for name in used for e in every if e.definition.id == name and not e.pinned]
    context = {
        "first": [] if asked else first[: MOST_PINNED + MOST_USED],
        "topics": [
            Topic(known.topics[name].label, entries, any(e.overdue for e in entries))
            for name, entries in topics.items()
        ],
        "q": asked,
        "mine": mine,
        "number": len(shown),
        "hidden": len(every) - len(shown),
        "open": bool(asked) or len(shown) <= FEW,
    }
    return render(request, "forms/index.html", context)


def _is_mine(request: HttpRequest) -> bool:
    """Whether only what one fills in is shown: as asked, else so for those who work at a facility."""
    if "show" in request.GET:
        return request.GET["show"] != "all"
    user: Any = request.user
    roles = {grant.role for grant in user.grants_today()}
    return all(access_table().roles[role].level is RoleLevel.FACILITY for role in roles)


def _every(request: HttpRequest) -> list[Entry]:
    """All definitions that the account may see."""
    scope = request.scope  # type: ignore[attr-defined]
    user: Any = request.user
    counts, overdue = reminders.remembered(user, "index", lambda: _counts(user, scope))
    pinned = set(SavedView.objects.filter(user=user, name=PINNED).values_list("definition", flat=True))
    return [
        Entry(
            one,
            counts.get(one.id, 0),
            overdue.get(one.id, 0),
            bool(permissions.writable(user, one)),
            one.id in pinned,
            f"{one.label} {_initials(one.label)} {one.kind.label} {one.meaning}",
        )
        for one in book()
        if permissions.readable(user, one)
    ]


def _counts(user: Any, scope: Scope) -> tuple[dict[str, int], dict[str, int]]:
    """Records, and one's own overdue ones, by definition."""
    within = Record.objects.filter(permissions.visible(user, scope), removed_at=None).order_by()
    today = timezone.localdate()
    late = reminders.mine(user, today).filter(due__lt=today).order_by()
    return (
        dict(within.values_list("definition").annotate(n=Count("pk"))),
        dict(Counter(late.values_list("definition", flat=True))),
    )


@lru_cache(maxsize=2000)
def _initials(label: str) -> str:
    from xinglin.base.pinyin import of_name

    return of_name(label).initials


def _matches(entry: Entry, text: str) -> bool:
    return all(part.lower() in entry.words.lower() for part in text.split())


def _used(user: Any) -> list[str]:
    """Definitions that the account filled in last."""
    rows = SavedView.objects.filter(user=user, name=USED).order_by("-query")
    return list(rows.values_list("definition", flat=True)[:MOST_USED])


def note_use(user: Any, definition: Definition) -> None:
    """Remember that an account filled in a definition now; what it sees is counted anew."""
    moment = timezone.now().isoformat(timespec="seconds")
    SavedView.objects.update_or_create(
        user=user, definition=definition.id, name=USED, defaults={"query": moment}
    )
    reminders.forget(user)


@route("record.view", safe=False)
@require_POST
def pin(request: HttpRequest, definition: str) -> HttpResponse:
    """Put a definition among the first, or take it from there."""
    one = definition_or_404(request, definition)
    user: Any = request.user
    rows = SavedView.objects.filter(user=user, name=PINNED)
    if "off" in request.POST:
        rows.filter(definition=one.id).delete()
    elif rows.count() < MOST_PINNED:
        SavedView.objects.get_or_create(user=user, definition=one.id, name=PINNED)
    return redirect("forms:records", one.id)
