"""The load generator of `bench.clinic_load`, a process of its own: ``python -m bench.clinic_client PLAN SECONDS``.

Every doctor is a thread with one connection: finds somebody by phone, opens the file, seats him, opens the visit, looks
up a herb, sends half of it as a draft, has the whole checked, signs and sees the signed record; thinks three to eight
seconds in between, as somebody who writes does. Prints JSON.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.insight_client import THINKS, together
from bench.site_client import Answer
from bench.site_records import Browser, Fields

SEED = 7
HALF = 8
"""Herbs in the first draft."""
LETTERS = ("dg", "hq", "bz", "fl", "gc", "cp", "dsh", "cx")


class Doctor:
    """One doctor at work."""

    def __init__(
        self, plan: dict[str, Any], number: int, end: threading.Event, answers: list[Answer]
    ) -> None:
        self.own = plan["doctors"][number]
        self.forms = plan["forms"]
        self.browser = Browser(plan["port"], self.own["session"])
        self.chance, self.end, self.answers = random.Random(SEED * 1000 + number), end, answers
        self.token, self.turn = "", number

    def work(self) -> None:
        """Visits until the end; one that is broken off is told as an error, and the next begins."""
        self.end.wait(self.chance.uniform(0, THINKS[1]))
        while not self.end.is_set():
            begun = time.perf_counter()
            try:
                self.visit()
            except (OSError, http.client.HTTPException) as error:
                self.browser.connection.close()
                self.note("broken off", (time.perf_counter() - begun) * 1000, repr(error))

    def note(self, name: str, taken: float, fault: str) -> None:
        """Keep an answer that came while all were at work."""
        if not self.end.is_set():
            self.answers.append((name, taken, fault))

    def visit(self) -> None:
        """One visit."""
        self.turn += 1
        resident = self.own["residents"][self.turn % len(self.own["residents"])]
        values = self.forms[self.turn % len(self.forms)]
        self.token = _token(self.get("queue", "/clinic"))
        file = self.post("find", "/residents/find", {"q": resident["phone"]}, 302)
        self.get("file", file)
        copy = {"copy": "1"} if self.turn % 2 else {}
        address = self.post("seat", f"{file}/enqueue", {"key": uuid.uuid4().hex, **copy}, 302)
        page = self.get("open visit", address)
        self.token = _token(page)
        self.think()
        self.get("choose", f"/clinic/choose/herb?q={self.chance.choice(LETTERS)}")
        half = {name: text for name, text in values.items() if not _late(name)}
        self.post("draft", f"{address}/draft", half)
        self.think()
        self.post("check", f"{address}/check", values)
        self.post("draft", f"{address}/draft", values)
        self.think()
        self.post("sign", address, {**values, "action": "sign", "key": _key(page)}, 302)
        self.get("record", address)
        self.think()

    def think(self) -> None:
        """Write, read, listen; after the end too: nobody hurries through what is left of a visit."""
        time.sleep(self.chance.uniform(*THINKS))

    def get(self, name: str, path: str) -> str:
        """Open a page or a piece of one."""
        taken, status, _, content = self.browser.ask("GET", path)
        self.note(name, taken, "" if status == 200 else str(status))
        return content

    def post(self, name: str, path: str, values: dict[str, str], wanted: int = 200) -> str:
        """Send a form; where the answer leads to."""
        body = urlencode({**values, "csrfmiddlewaretoken": self.token})
        taken, status, place, _ = self.browser.ask("POST", path, body)
        self.note(name, taken, "" if status == wanted else str(status))
        return place


def _late(name: str) -> bool:
    """A herb of the second half."""
    kind, _, at = name.partition("_")
    return kind in ("herb", "grams") and int(at) >= HALF


def _token(page: str) -> str:
    return _value(page, "csrfmiddlewaretoken")


def _key(page: str) -> str:
    return _value(page, "key")


def _value(page: str, name: str) -> str:
    fields = Fields()
    fields.feed(page)
    found = fields.values.get(name, [""])
    return found[0]


def busy(plan: dict[str, Any], seconds: float) -> list[Answer]:
    """All doctors at work for some time."""
    answers: list[Answer] = []
    end = threading.Event()
    together(lambda number: Doctor(plan, number, end, answers).work(), len(plan["doctors"]), end, seconds)
    return answers


def main(path: str, seconds: str) -> None:
    plan = json.loads(Path(path).read_text(encoding="utf-8"))
    json.dump(busy(plan, float(seconds)), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
