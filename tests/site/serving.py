"""A real server for tests: started, waited for, ended or killed; and writers that use a real page of it."""

from __future__ import annotations

import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from installation_factories import Installation

TOKEN = "a" * 32
FAULTS = (OSError, http.client.HTTPException)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


@dataclass
class Server:
    """`xinglin site serve` in a process group of its own."""

    port: int
    process: subprocess.Popen[str]

    def wait_until_up(self, seconds: float = 60) -> None:
        """Wait until the health page answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, "服务器自己结束了"
            if self._answers():
                return
            select.select([], [], [], 0.05)
        raise AssertionError("服务器没有起来")

    def _answers(self) -> bool:
        try:
            return get(self.port, "/health")[0] == 200
        except FAULTS:
            return False

    def kill(self) -> None:
        """kill -9 of everything."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def end(self) -> int:
        """End it in the ordinary way; its exit code."""
        self.process.terminate()
        try:
            self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        return self.process.returncode


def start(where: Installation, port: int) -> Server:
    words = [sys.executable, "-m", "xinglin", "site", "serve", "--port", str(port)]
    process = subprocess.Popen(
        words,
        env=where.environment,
        start_new_session=True,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return Server(port, process)


@contextmanager
def serving(where: Installation) -> Iterator[Server]:
    """A server that is up; killed at the end if it still is."""
    server = start(where, free_port())
    try:
        server.wait_until_up()
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()


def get(port: int, path: str, session: str = "") -> tuple[int, str]:
    return _ask(port, "GET", path, session)


def post(port: int, path: str, session: str, values: dict[str, str]) -> tuple[int, str]:
    return _ask(port, "POST", path, session, urlencode(values))


def _ask(port: int, method: str, path: str, session: str, body: str | None = None) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


class Fields(HTMLParser):
    """The values of a page's form, as a browser would send them unchanged."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "select":
            self._select = name
            self.values.setdefault(name, "")
        elif tag == "option" and "selected" in given:
            self.values[self._select] = given.get("value") or ""
        elif (
            tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given)
        ):
            self.values[name] = given.get("value") or ""


@dataclass
class Writer:
    """Changes the number of beds of its facility again and again, and remembers what was acknowledged.

    Attributes:
        acknowledged, tried: the last number that the server said it stored, and the last one sent.
        writes, attempts: how many of each.
    """

    facility: str
    session: str
    port: int
    acknowledged: int = 0
    tried: int = 0
    writes: int = 0
    attempts: int = 0
    strange: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/facilities/{self.facility}/edit"

    def write(self) -> bool:
        """One change; whether it was acknowledged."""
        status, page = get(self.port, self.path, self.session)
        values = Fields(page).values
        self.tried, self.attempts = self.tried + 1, self.attempts + 1
        status, page = post(self.port, self.path, self.session, {**values, "beds": str(self.tried)})
        if status == 302:
            self.acknowledged, self.writes = self.tried, self.writes + 1
        else:
            self.strange.append(f"{status} {page[-600:]}")
        return status == 302

    def go_on(self, until: threading.Event) -> None:
        """Write until told to stop; a server that is away is waited for."""
        while not until.is_set():
            try:
                self.write()
            except FAULTS:
                until.wait(0.02)
