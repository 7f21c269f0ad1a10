"""Opaque ids: two letters of the installation, then time and chance in base 32, sortable by time of making."""

from __future__ import annotations

import secrets
import time

from xinglin.apps.protection.keys import keys

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
TIME_DIGITS, CHANCE_DIGITS = 9, 8
LENGTH = 2 + TIME_DIGITS + CHANCE_DIGITS
"""Characters of every id: prefix, milliseconds since 1970 (45 bits), chance (40 bits)."""


def new_id() -> str:
    """A new id of this installation, e.g. ``QX1m0v4s8ab7k2m9x0d``."""
    return keys().prefix + _digits(time.time_ns() // 1_000_000, TIME_DIGITS) + _chance()


def _chance() -> str:
    return _digits(secrets.randbits(5 * CHANCE_DIGITS), CHANCE_DIGITS)


def _digits(number: int, width: int) -> str:
    text = ""
    for _ in range(width):
        number, last = divmod(number, 32)
        text = ALPHABET[last] + text
    return text
