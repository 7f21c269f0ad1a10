"""The load generator of `bench.insight_load`, a process of its own; prints JSON.

``python -m bench.insight_client busy PLAN SECONDS``: every user is a thread with one connection, opens a page, reads it
to its end, thinks three to eight seconds, opens the next. A form that is to be saved is opened, filled in and sent.
``python -m bench.insight_client flat PORT PATH SESSION SECONDS CONNECTIONS``: one page as fast as it comes.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

from bench.site_client import Answer
from bench.site_records import Browser

THINKS = (3.0, 8.0)
SEED, CHANGED = 5, "quantity"
FORM, SAVED = "record form", "record saved"


def opened(browser: Browser, name: str, path: str) -> Answer:
    """Open a page: the time until its last byte."""
    begun = time.perf_counter()
    try:
        taken, status, _, content = browser.ask("GET", path)
    except (OSError, http.client.HTTPException) as error:
        browser.connection.close()
        return name, (time.perf_counter() - begun) * 1000, type(error).__name__
    whole = status == http.client.OK and content.endswith("</html>\n")
    return name, taken, "" if whole else str(status)


def saved(browser: Browser, path: str, number: int) -> list[Answer]:
    """Open a form and send it with another value: two answers."""
    begun = time.perf_counter()
    try:
        taken, body = browser.form(path, **{CHANGED: str(number)})
        found: list[Answer] = [(FORM, taken, "")]
        begun = time.perf_counter()
        taken, status, _, _ = browser.ask("POST", path, body)
        return [*found, (SAVED, taken, "" if status == http.client.FOUND else str(status))]
    except (OSError, http.client.HTTPException, SystemExit) as error:
        browser.connection.close()
        return [(SAVED, (time.perf_counter() - begun) * 1000, repr(error))]


def busy(port: int, users: list[dict[str, Any]], seconds: float) -> list[Answer]:
    """All users at work for some time; they do not all begin in the same moment."""
    answers: list[Answer] = []
    end = threading.Event()

    def work(number: int, user: dict[str, Any]) -> None:
        chance, browser, turn = random.Random(SEED * 1000 + number), Browser(port, user["session"]), 1
        end.wait(chance.uniform(0, THINKS[1]))
        while not end.is_set():
            page, turn = chance.choice(user["pages"]), turn + 1
            if page["saves"]:
                answers.extend(saved(browser, page["path"], turn))
            else:
                answers.append(opened(browser, page["name"], page["path"]))
            end.wait(chance.uniform(*THINKS))

    together(lambda number: work(number, users[number]), len(users), end, seconds)
    return answers


def flat_out(port: int, path: str, session: str, seconds: float, connections: int) -> list[Answer]:
    """One page on several connections, one request after the other on each."""
    answers: list[Answer] = []
    end = threading.Event()

    def work(_: int) -> None:
        browser = Browser(port, session)
        while not end.is_set():
            answers.append(opened(browser, "", path))

    together(work, connections, end, seconds)
    return answers


def together(work: Any, count: int, end: threading.Event, seconds: float) -> None:
    """So many threads for some time."""
    threads = [threading.Thread(target=work, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    end.wait(seconds)
    end.set()
    for thread in threads:
        thread.join()


def main(how: str, *words: str) -> None:
    if how == "busy":
        plan = json.loads(Path(words[0]).read_text(encoding="utf-8"))
        json.dump(busy(plan["port"], plan["users"], float(words[1])), sys.stdout)
        return
    port, path, session, seconds, connections = words
    begun = time.perf_counter()
    found = flat_out(int(port), path, session, float(seconds), int(connections))
    wrong = sum(1 for _, _, fault in found if fault)
    json.dump({"rate": len(found) / (time.perf_counter() - begun), "wrong": wrong}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
