"""Jobs as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinglin.apps.work.models import Job, State
from xinglin.apps.work.progress import LIVE

TONES = {
    State.WAITING: "none",
    State.RUNNING: "info",
    State.DONE: "good",
    State.FAILED: "bad",
    State.CANCELLED: "none",
}


@dataclass(frozen=True)
class Shown:
    """A job and the words that go with it.

    Attributes:
        tone: of the chip that shows the state. steps: ``1,200 / 5,000``. result: (label, value) pairs, if it has any.
    """

    job: Job
    tone: str
    percent: int | None
    steps: str
    result: list[tuple[str, Any]]


def shown(job: Job) -> Shown:
    """A job with its progress as it is now, also what this process has not written yet."""
    live = LIVE.get(job.pk)
    if live is not None and job.state == State.RUNNING:
        job.done, job.total, job.message = live.done, live.total, live.message
    steps = f"{job.done:,} / {job.total:,}" if job.total else f"{job.done:,}" if job.done else ""
    result = list(job.result.items()) if isinstance(job.result, dict) else []
    if job.result is not None and not isinstance(job.result, dict):
        result = [("结果", job.result)]
    return Shown(job, TONES[State(job.state)], job.percent, steps, result)
