"""Room for the calls of a page, taken at once.

CPython keeps its frames in pieces of 16 KiB and gives a piece back as soon as it is empty. A page whose templates
happen to loop just across the end of one takes and returns memory from the system at every turn (python/cpython
gh-142183, mended in later versions): up to 2,400 page faults and half as much time again, by nothing but the depth of
the calls around it, so that one more middleware can make a page slow. A first call that asks for a large piece ends
that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

WORDS = 40_000
"""Asked for, in words of 8 bytes: the piece becomes 512 KiB, of which the calls above have 190; only those are used."""


def with_room(application: Callable[..., Any]) -> Callable[..., Any]:
    """The same WSGI application, whose calls find room in one piece."""

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return application(environ, start_response)

    call.__code__ = call.__code__.replace(co_stacksize=WORDS)
    return call
