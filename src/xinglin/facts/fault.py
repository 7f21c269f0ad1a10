"""What is wrong with one cell, before its place is known."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """Machine word, what is wrong and what to do (Chinese), as in `Problem`."""

    kind: str
    what: str
    fix: str
