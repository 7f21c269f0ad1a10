"""One line of a picker's list."""

from __future__ import annotations

from typing import NamedTuple

MOST = 20
"""Lines that a list shows; whoever does not find it among them types more."""


class Suggestion(NamedTuple):
    """What may be meant.

    Attributes:
        value: the code that the form sends. name, hint: the line, and what tells it from its likes.
        label: what stands in the field once it is chosen.
    """

    value: str
    name: str
    hint: str
    label: str
