"""Deadlines as a calendar file (RFC 5545) that a telephone or mail program reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

WIDEST = 75
"""Bytes of a line; longer ones are folded."""


class Entry(NamedTuple):
    """A deadline: what identifies it, its last day, words, and the address of its page."""

    id: str
    day: date
    title: str
    text: str
    address: str


def calendar_of(entries: Iterable[Entry], name: str, at: datetime) -> str:
    """The file: a whole-day entry for each deadline, with an alarm at nine the day before."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Xinglin//records//ZH", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}"]
    for entry in entries:
        lines += _event(entry, at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(entry: Entry, at: datetime) -> list[str]:
    following = entry.day + timedelta(days=1)
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.id}@xinglin",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{following:%Y%m%d}",
        f"SUMMARY:{escaped(entry.title)}",
        f"DESCRIPTION:{escaped(entry.text)}",
        f"URL:{entry.address}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{escaped(entry.title)}",
        "TRIGGER:-PT15H",
        "END:VALARM",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    """Text as a value: backslash, comma, semicolon and line ends are written with a backslash."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 bytes, none cut inside a character; all but the first begin with a space."""
    piece, size = "", 0
    for sign in line:
        bytes_ = len(sign.encode())
        if size + bytes_ > WIDEST:
            yield piece
            piece, size = " ", 1
        piece, size = piece + sign, size + bytes_
    yield piece
