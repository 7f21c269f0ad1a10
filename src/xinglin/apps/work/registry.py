"""Kinds of job. An app declares its own in its module ``jobs``:

@job("facts.recount", "重新统计", permission="facts.recount", again=True)
def recount(progress: Progress, *, place: str) -> dict[str, object]: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

Opens = Callable[[Any, Any, Path], IO[bytes] | None]
Work = TypeVar("Work", bound=Callable[..., Any])


@dataclass(frozen=True)
class Kind:
    """A kind of job.

    Attributes:
        work: called with a `Progress` and the job's arguments; what it returns (JSON) is the result.
        permission: what one needs, where the job works, to fetch the file it made or to begin it anew.
        again: a job cut off in the middle may simply be begun again. Otherwise it is shown as failed, to be retried
            by whoever asked.
        opens: gives the file a job made, open at its beginning, to an account (None: not any more), where it is not
            plain on disk; called with the job, the account and the path.
    """

    name: str
    label: str
    work: Callable[..., Any]
    permission: str
    again: bool
    opens: Opens | None = None


KINDS: dict[str, Kind] = {}


def job(
    name: str,
    label: str,
    *,
    permission: str = "job.view",
    again: bool = False,
    opens: Opens | None = None,
) -> Callable[[Work], Work]:
    """Declare a kind of job.

    Raises:
        ValueError: the name is taken by another function.
    """

    def declare(work: Work) -> Work:
        known = KINDS.get(name)
        if known is not None and known.work.__qualname__ != work.__qualname__:
            raise ValueError(f"two kinds of job are called {name}")
        KINDS[name] = Kind(name, label, work, permission, again, opens)
        return work

    return declare


def permitted(job: Any, by: Any) -> bool:
    """Whether an account has, today, what a job needs where it works."""
    kind = KINDS.get(job.kind)
    scope = by.scope_for(kind.permission if kind else "job.view")
    anywhere = not (job.place or job.facility)
    return bool(scope) and (anywhere or scope.covers(place=job.place, facility=job.facility))
