"""Kinds of job. An app declares its own in its module ``jobs``:

@job("facts.recount", "重新统计", permission="facts.recount", again=True)
def recount(progress: Progress, *, place: str) -> dict[str, object]: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Work = TypeVar("Work", bound=Callable[..., Any])


@dataclass(frozen=True)
class Kind:
    """A kind of job.

    Attributes:
        work: called with a `Progress` and the job's arguments; what it returns (JSON) is the result.
        permission: what one needs, where the job works, to fetch the file it made or to begin it anew.
        again: a job cut off in the middle may simply be begun again. Otherwise it is shown as failed, to be retried
            by whoever asked.
    """

    name: str
    label: str
    work: Callable[..., Any]
    permission: str
    again: bool


KINDS: dict[str, Kind] = {}


def job(
    name: str, label: str, *, permission: str = "job.view", again: bool = False
) -> Callable[[Work], Work]:
    """Declare a kind of job.

    Raises:
        ValueError: the name is taken by another function.
    """

    def declare(work: Work) -> Work:
        known = KINDS.get(name)
        if known is not None and known.work.__qualname__ != work.__qualname__:
            raise ValueError(f"two kinds of job are called {name}")
        KINDS[name] = Kind(name, label, work, permission, again)
        return work

    return declare


def permitted(job: Any, by: Any) -> bool:
    """Whether an account has, today, what a job needs where it works."""
    kind = KINDS.get(job.kind)
    scope = by.scope_for(kind.permission if kind else "job.view")
    anywhere = not (job.place or job.facility)
    return bool(scope) and (anywhere or scope.covers(place=job.place, facility=job.facility))
