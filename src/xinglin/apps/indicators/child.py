"""The child process of a recount: reads facts out of the database, counts them, publishes. Writes files only.

``python -m xinglin.apps.indicators.child`` takes an order as JSON on standard input, tells each step as a line on
standard output, and what went wrong, in Chinese, on standard error. It imports no Django.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from xinglin.apps.indicators.export import export
from xinglin.apps.indicators.owned import Database, Owned
from xinglin.base.errors import XinglinError
from xinglin.facts import DatasetInfo


def main() -> int:
    """Carry out the order on standard input; 0 when done."""
    try:
        carry_out(json.load(sys.stdin))
    except XinglinError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def carry_out(order: dict[str, Any]) -> None:
    """Export; then become ``xinglin publish``."""
    owned = {one["table"]: Owned(**{**one, "through": _tuple(one["through"])}) for one in order["owned"]}
    export(Database(**order["database"]), owned, Path(order["facts"]), DatasetInfo(**order["info"]), _tell)
    _tell("统计")
    words = [order["facts"], "--place", order["place"], "--on", order["on"], "-o", order["out"]]
    os.execv(sys.executable, [sys.executable, "-m", "xinglin", "publish", *words])  # noqa: S606 - our own program


def _tuple(listed: list[str] | None) -> tuple[str, ...] | None:
    return None if listed is None else tuple(listed)


def _tell(step: str) -> None:
    sys.stdout.write(f"{step}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
