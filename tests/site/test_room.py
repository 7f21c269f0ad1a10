"""Calls of a page find their room at once, however deep they begin."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from typing import Any

import pytest

from xinglin.config.room import with_room

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.skipif(sys.platform != "linux", reason="counts page faults"),
]


def looping(environ: dict[str, Any], start_response: Any) -> int:
    """Call something a few frames deep again and again; the page faults of that."""

    def down(depth: int) -> int:
        return 0 if not depth else down(depth - 1)

    def leaf() -> int:
        return environ["number"] + down(20)

    del start_response
    leaf()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(300):
        leaf()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def worst(application: Callable[..., Any]) -> int:
    """The most page faults over beginnings of every depth that matters."""

    def deeper(depth: int) -> int:
        if depth:
            return deeper(depth - 1)
        return int(application({"number": 1}, None))

    return max(deeper(depth) for depth in range(0, 120))


def test_no_depth_takes_memory_again_and_again() -> None:
    assert worst(with_room(looping)) < 100
