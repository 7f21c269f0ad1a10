"""Where the rows of a fact table come from. Imports no Django: the child process needs it too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Owned:
    """A fact table and where its rows come from.

    Attributes:
        select: gives exactly the contract's columns, on both databases.
        versions: for events: gives ``month`` (2020-03) and ``version``, a text that changes whenever a row of the month
            does; empty for registers and totals, which are read whole.
        beside: rows from outside may lie beside the app's: for each facility and month the app has rows of, it is the
            source; elsewhere what came from outside counts.
        through: not None: the statement gives raw records, and their definitions (those shipped, and those in these
            folders) make rows of them.
    """

    table: str
    app: str
    select: str
    versions: str = ""
    through: tuple[str, ...] | None = None
    beside: bool = False


@dataclass(frozen=True)
class Database:
    """What is read from: sqlite or postgresql, and where it is as ADBC wants it."""

    vendor: str
    address: str
