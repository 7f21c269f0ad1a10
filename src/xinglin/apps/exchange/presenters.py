"""Imports as pages show them."""

from __future__ import annotations

from typing import Any

from xinglin.apps.exchange.models import Import, State
from xinglin.apps.exchange.spec import SPECS
from xinglin.apps.work.models import Job
from xinglin.apps.work.presenters import shown

TONES = {
    State.WAITING: "info",
    State.CHECKED: "warn",
    State.UNREADABLE: "bad",
    State.APPLYING: "info",
    State.APPLIED: "good",
    State.UNDONE: "none",
    State.DISCARDED: "none",
}


def toned(one: Import) -> str:
    """Tone of the chip that shows the state."""
    if one.state == State.CHECKED and not one.errors:
        return "good"
    return TONES[State(one.state)]


def summary(one: Import) -> list[dict[str, Any]]:
    """Counts by register, with its Chinese name."""
    return [
        {"name": name, "label": SPECS[name].label if name in SPECS else name, **counts}
        for name, counts in one.counts.items()
    ]


def progress_of(one: Import, address: str) -> dict[str, Any]:
    """Context of ``ui/progress.html`` for an import that something works on."""
    job = Job.objects.filter(pk=one.job).first()
    context: dict[str, Any] = {"label": f"{one.get_state_display()}：{one.file_name}", "address": address}
    if job is None:
        return {**context, "done": 0, "total": None, "text": "", "finished": False}
    live = shown(job).job
    text = live.error or live.message or live.get_state_display()
    return {**context, "done": live.done, "total": live.total, "text": text, "finished": not live.is_open}
