"""``python -m bench records [rows]``: lists, forms and exports over a million records of one register.

A fresh site (`bench.records_home`) on SQLite, or on the empty database that ``DATABASE_URL`` names, is served as
`xinglin site serve` does. A village clinic's head, a county's officer and a region's officer, one after another, open
lists in every way a list can be asked for, open records, fill in and change some; then everything is exported.
"""

from __future__ import annotations

import html.parser
import http.client
import json
import math
import re
import statistics
import tempfile
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.site_load import ask, environment_of, peak_mib, serving

ROWS = 1_000_000
LIMIT_MS, LIMIT_MIB = 150.0, 300
TIMES, WARMING = 40, 2
MANY, FEW = "equipment", "education_base"
LISTS = {
    "list": "",
    "code": "kind=electric",
    "code and code": "kind=laser&source=own",
    "days": "from=2015-01-01&to=2015-03-31",
    "county": "place=441882",
    "township": "place=441882100",
    "state": "state=broken",
    "state and code": "state=broken&kind=electric",
    "overdue": "overdue=1",
    "words": "q=电针",
    "words in the middle": "q=针仪",
    "words that are nowhere": "q=没有这样的名称",
    "sorted by a number": "sort=-quantity",
    "sorted by a date": "sort=replace_on",
    "sorted by a text": "sort=model",
    "code, sorted": "kind=electric&sort=-quantity",
    "page 1000": "page=1000",
    "200 rows": "size=200",
}
"""Name → what stands behind the question mark."""


class Fields(html.parser.HTMLParser):
    """What a browser would send of the form that has a button to save."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select, self._area = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = dict(attrs)
        name, value = one.get("name") or "", one.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in one:
            self.values.setdefault(self._select, []).append(value)
        elif tag == "textarea":
            self._area = name
            self.values.setdefault(name, [""])
        elif tag == "input" and name and _is_sent(one):
            self.values.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] = [self.values[self._area][0] + data]


def _is_sent(one: dict[str, str | None]) -> bool:
    if one.get("type") in ("checkbox", "radio"):
        return "checked" in one
    return one.get("type") not in ("file", "submit", "button")


class Browser:
    """One account's connection, with its cookies."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies = {"sessionid": session}

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[float, int, str, str]:
        """Milliseconds until the last byte, status, place to go on, content."""
        headers = {"Host": "localhost", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://localhost"}
        begun = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read().decode()
        taken = (time.perf_counter() - begun) * 1000
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return taken, answer.status, answer.headers.get("Location", ""), content

    def form(self, path: str, **changed: str) -> tuple[float, str]:
        """The time of opening a form, and what sending it would say."""
        taken, status, _, content = self.ask("GET", path)
        if status != http.client.OK:
            raise SystemExit(f"{path}: {status}")
        fields = Fields()
        fields.feed(content)
        sent = {**fields.values, **{name: [value] for name, value in changed.items()}}
        return taken, urllib.parse.urlencode(sent, doseq=True)


def times(browser: Browser, path: str) -> list[float]:
    """A page again and again."""
    found = []
    for number in range(WARMING + TIMES):
        taken, status, _, content = browser.ask("GET", path)
        if status != http.client.OK or not content.endswith("</html>\n"):
            raise SystemExit(f"{path}: {status}")
        if number >= WARMING:
            found.append(taken)
    return found


def lists(browser: Browser) -> Iterator[tuple[str, list[float]]]:
    """Every kind of list, and a record."""
    for name, query in LISTS.items():
        yield name, times(browser, f"/records/of/{MANY}/?{urllib.parse.quote(query, safe='=&')}")
    yield "list of the other", times(browser, f"/records/of/{FEW}/")
    yield "open", times(browser, _first(browser, MANY))


def _first(browser: Browser, definition: str) -> str:
    content = browser.ask("GET", f"/records/of/{definition}/")[3].partition("<tbody>")[2]
    found = re.search(r'href="(/records/[^"/]+/)', content)
    if found is None:
        raise SystemExit(f"no record of {definition} is listed")
    return found[1]


def saves(browser: Browser) -> Iterator[tuple[str, list[float]]]:
    """A record changed, and new ones."""
    address = f"{_first(browser, MANY)}edit/"
    opened, saved = [], []
    for number in range(WARMING + TIMES):
        taken, body = browser.form(address, quantity=str(number + 1))
        opened.append(taken)
        saved.append(_send(browser, address, body))
    yield "form", opened[WARMING:]
    yield "save", saved[WARMING:]
    made = []
    for number in range(WARMING + TIMES):
        new = {"kind": "cup", "quantity": str(number + 1), "valid_from": "2026-01-01", "source": "own"}
        _, body = browser.form(f"/records/of/{MANY}/new/", **new)
        made.append(_send(browser, f"/records/of/{MANY}/new/", body))
    yield "new", made[WARMING:]


def _send(browser: Browser, address: str, body: str) -> float:
    taken, status, _, content = browser.ask("POST", address, body)
    if status != http.client.FOUND:
        raise SystemExit(f"{address}: {status} {content[content.find('<main') :][:2000]}")
    return taken


def main(words: Sequence[str] = ()) -> bool:
    """Measure and print; whether every limit is met."""
    rows = int(words[0]) if words else ROWS
    with tempfile.TemporaryDirectory(prefix="xinglin-bench-") as folder:
        environment = environment_of(Path(folder) / "home")
        kind = "PostgreSQL" if "DATABASE_URL" in environment else "SQLite"
        print(f"\n{rows:,} records of one register and {rows // 10:,} of another on {kind}", flush=True)
        begun = time.monotonic()
        ask(environment, "xinglin", "site", "create")
        plan = json.loads(ask(environment, "bench.records_home", str(rows)))
        print(f"made in {time.monotonic() - begun:.0f} s", flush=True)
        return measured(environment, plan["sessions"])


def measured(environment: dict[str, str], sessions: dict[str, str]) -> bool:
    """All pages and exports of a site that is made; whether every limit is met."""
    met = True
    with serving(environment) as (port, process):
        for role, session in sessions.items():
            print(f"\n{role:34} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
            browser = Browser(port, session)
            for name, found in lists(browser):
                met &= _told(name, found)
            for name, found in saves(browser) if role == "facility_head" else ():
                met &= _told(name, found)
        print(f"server: peak memory {peak_mib(process.pid):.0f} MiB")
    for format_ in ("csv", "xlsx"):
        rows, size, seconds, peak = json.loads(ask(environment, "bench.records_export", format_))
        print(
            f"export {format_}: {rows:,} rows, {size / 2**20:.0f} MiB, {seconds:.0f} s, peak {peak} MiB",
            flush=True,
        )
        met &= peak < LIMIT_MIB
    return met


def _told(name: str, found: list[float]) -> bool:
    """Print a line; whether the limit is met."""
    found = sorted(found)
    last = found[math.ceil(len(found) * 0.95) - 1]
    slow = "" if last <= LIMIT_MS else "  ^ over the limit"
    print(f"{name:34} {statistics.median(found):8.1f} {last:8.1f} {found[-1]:8.1f}{slow}", flush=True)
    return not slow


def again(words: Any) -> bool:
    """The same on a site that stands: ``python -m bench.site_records HOME SESSIONS``."""
    home, path = words
    return measured(
        environment_of(Path(home)), json.loads(Path(path).read_text(encoding="utf-8"))["sessions"]
    )


if __name__ == "__main__":
    import sys

    raise SystemExit(0 if again(sys.argv[1:]) else 1)
