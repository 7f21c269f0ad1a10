"""The load generator, a process of its own: ``python -m bench.site_client PLAN SECONDS`` prints JSON.

Every user is a thread with one connection: opens a page, waits until it is there, thinks for one to three seconds,
opens the next. Which pages and how long it thinks comes from a seed. SECONDS 0 opens every page `ONE_BY_ONE` times
instead, one after another.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

THINKS = (1.0, 3.0)
ONE_BY_ONE, WARMING = 20, 2
SEED = 20

Answer = tuple[str, float, str]
"""Name of the page, milliseconds, what was wrong with it (empty: nothing)."""


class Browser:
    """One user's connection, kept open between pages."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": f"sessionid={session}", "Host": "localhost"}

    def open(self, name: str, path: str) -> Answer:
        """Open a page: the time until its last byte."""
        begun = time.perf_counter()
        try:
            self.connection.request("GET", path, headers=self.headers)
            answer = self.connection.getresponse()
            body = answer.read()
            wrong = "" if answer.status == 200 and body.endswith(b"</html>\n") else f"{answer.status}"
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            wrong = type(error).__name__
        return name, (time.perf_counter() - begun) * 1000, wrong


def busy(port: int, users: list[dict[str, Any]], seconds: float) -> Iterator[Answer]:
    """All users at once for some time; they do not all begin in the same moment."""
    answers: list[Answer] = []
    end = threading.Event()

    def work(number: int, user: dict[str, Any]) -> None:
        chance, browser = random.Random(SEED * 1000 + number), Browser(port, user["session"])
        end.wait(chance.uniform(0, THINKS[1]))
        while not end.is_set():
            answers.append(browser.open(*chance.choice(user["pages"])))
            end.wait(chance.uniform(*THINKS))

    threads = [threading.Thread(target=work, args=one) for one in enumerate(users)]
    for thread in threads:
        thread.start()
    end.wait(seconds)
    end.set()
    for thread in threads:
        thread.join()
    yield from answers


def alone(port: int, pages: list[tuple[str, str, str]]) -> Iterator[Answer]:
    """Each page again and again, by one user after another."""
    for name, path, session in pages:
        browser = Browser(port, session)
        for number in range(WARMING + ONE_BY_ONE):
            answer = browser.open(name, path)
            if number >= WARMING:
                yield answer


def main(path: str, seconds: str) -> None:
    plan = json.loads(Path(path).read_text(encoding="utf-8"))
    port = plan["port"]
    found = busy(port, plan["users"], float(seconds)) if float(seconds) else alone(port, plan["alone"])
    json.dump(list(found), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
