"""What an account must see to: deadlines it can act on, values sent back to it, forms it did not send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import CharField, Q, QuerySet, Value, prefetch_related_objects
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils import timezone

from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.forms import permissions
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Deadline, Draft, Record, Return
from xinglin.apps.ui.panels import Panel
from xinglin.records import Book, Definition
from xinglin.records.flow import AUTHOR

Found = TypeVar("Found")
NEAR = 14
"""Days ahead that count as near."""
MOST, SHOWN, REMEMBERED = 99, 8, 60
_OF_DEADLINE = {"record": "record", "subject": "record__subject"}


def acting(*roles: str) -> tuple[str, ...]:
    """``definition.state`` of all states that one of some roles can move on."""
    known = book()
    found = _ACTING.get(roles)
    if found is None or found[0] is not known:
        found = _ACTING[roles] = (known, tuple(_acting(known, set(roles))))
    return found[1]


_ACTING: dict[tuple[str, ...], tuple[Book, tuple[str, ...]]] = {}


def _acting(known: Book, wanted: set[str]) -> Iterator[str]:
    for one in known:
        moved = {
            state for move in one.moves.values() if wanted & permissions.makers(move) for state in move.from_
        }
        yield from (f"{one.id}.{state}" for state in sorted(moved))


def mine(user: Any, day: date, rows: QuerySet[Deadline] | None = None) -> QuerySet[Deadline]:
    """Deadlines running on a day that the account can do something about, or is told of because they are past."""
    query = Deadline.objects.open_on(day) if rows is None else rows
    return _keyed(query).filter(reduce(or_, _reasons(user, day)), due__isnull=False)


def first(user: Any, day: date, until: date, most: int) -> list[Deadline]:
    """The first of `mine` that fall due before a day.

    Each reason is asked for by itself: its own index answers it, while all of them together answer from none.
    """
    query = _keyed(Deadline.objects.open_on(day)).filter(due__lt=until).order_by("due", "pk")
    found = {row.pk: row for reason in _reasons(user, day) for row in query.filter(reason)[:most]}
    return sorted(found.values(), key=lambda row: (row.due, row.pk))[:most]


def _keyed(query: QuerySet[Deadline]) -> QuerySet[Any]:
    return query.annotate(key=Concat("definition", Value("."), "state", output_field=CharField()))


def _reasons(user: Any, day: date) -> Iterator[Q]:
    """Why a deadline is an account's: its own record, a role in an area, or a role that is told when it is past."""
    everywhere = Scope(frozenset({NATION}))
    yield Q(key__in=acting(AUTHOR), author=user.pk) & permissions.visible(user, everywhere, **_OF_DEADLINE)
    for grant in user.grants_today():
        area = permissions.of_grant(grant, **_OF_DEADLINE)
        yield area & (Q(key__in=acting(grant.role)) | Q(escalate=grant.role, due__lt=day))


def overdue_words(user: Any) -> str:
    """How many of one's own deadlines are past, for the menu."""
    number = remembered(user, "overdue", lambda: _overdue(user))
    return "" if not number else f"逾期 {number}" if number <= MOST else f"逾期 {MOST}+"


def _overdue(user: Any) -> int:
    """How many, or one more than `MOST`: one query, each reason by its own index, no further than is told."""
    today = timezone.localdate()
    query = _keyed(Deadline.objects.open_on(today)).filter(due__lt=today).order_by()
    reasons = [query.filter(reason).values_list("pk", flat=True) for reason in _reasons(user, today)]
    rows = reasons[0].union(*reasons[1:], all=True) if len(reasons) > 1 else reasons[0]
    return min(len(set(rows[: (MOST + 1) * len(reasons)])), MOST + 1)


def remembered(user: Any, what: str, look: Callable[[], Found]) -> Found:
    """Something counted for an account; looked up once a minute, and anew after it did something."""
    key = _key(user, what)
    found: Found | None = cache.get(key)
    if found is None:
        found = look()
        cache.set(key, found, REMEMBERED)
    return found


def forget(user: Any) -> None:
    """Count anew on the next page, because the account did something."""
    cache.delete_many([_key(user, what) for what in ("overdue", "index")])


def _key(user: Any, what: str) -> str:
    return f"forms.{what}.{user.pk}"


def returns(user: Any, most: int = 500) -> list[tuple[Return, Definition, str]]:
    """Values sent back that the account may put right: with the definition and the label of the field."""
    known = book().definitions
    seen = permissions.visible(user, user.scope_for("record.view"))
    within = Record.objects.filter(seen).order_by().values("pk")
    rows = Return.objects.filter(settled_at=None, record__removed_at=None, record__in=within)
    found = []
    for row in rows.select_related("record").order_by("due", "pk")[:most]:
        one = known.get(row.record.definition)
        if one is not None and permissions.edit(user, one, row.record):
            field = one.fields.get(row.field)
            found.append((row, one, field.label if field else row.field))
    return found


def drafts(user: Any) -> list[tuple[Draft, Definition]]:
    """Forms that were begun and not sent, newest first."""
    known = book().definitions
    rows = Draft.objects.filter(user=user).order_by("-saved_at")
    return [(row, known[row.definition]) for row in rows if row.definition in known]


def panel(request: HttpRequest) -> Panel | None:
    """The panel of the home page."""
    user: Any = request.user
    if not user.can("record.view"):
        return None
    today = timezone.localdate()
    known = book().definitions
    rows = [
        row
        for row in first(user, today, today + timedelta(days=NEAR + 1), MOST + 1)
        if row.definition in known
    ]
    late = sum(row.due is not None and row.due < today for row in rows)
    near = rows[:SHOWN]
    prefetch_related_objects(near, "record")
    back, begun = returns(user, SHOWN), drafts(user)
    if not (near or back or begun):
        return None
    context = {
        "tasks": [(row, known[row.definition], tone_on(row, today)) for row in near],
        "late": late if late <= MOST else f"{MOST}+",
        "more": len(rows) - len(near) if len(rows) <= MOST else f"{MOST - SHOWN}+",
        "returns": back,
        "drafts": begun[:SHOWN],
        "days": NEAR,
    }
    return Panel("forms/panel.html", context)


def tone_on(row: Deadline, day: date) -> str:
    """Colour of a deadline seen from a day."""
    if row.due is None:
        return "none"
    return "bad" if row.due < day else "warn" if row.warn_on and row.warn_on <= day else "info"


def due_words(due: date | None, day: date) -> str:
    """A deadline in words, seen from a day."""
    if due is None:
        return "没有期限"
    left = (due - day).days
    return f"还有 {left} 天" if left > 0 else "当天到期" if left == 0 else f"逾期 {-left} 天"
