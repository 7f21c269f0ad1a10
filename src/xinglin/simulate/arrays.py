"""Rows to marked Arrow tables, and many ids at once without a Python loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xinglin.facts import MARK, MARK_KEY, arrow_schema, load_contract
from xinglin.simulate.setting import Integers

_DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_GOLDEN = 0x9E3779B97F4A7C15

Row = dict[str, Any]


def schema_of(name: str) -> pa.Schema:
    """The contract's schema of a table, marked 演示数据."""
    return arrow_schema(load_contract().table(name)).with_metadata({MARK_KEY: MARK})


def from_rows(name: str, rows: Sequence[Row]) -> pa.Table:
    """A table out of rows that give only the columns they have.

    Raises:
        KeyError: a row gives a column the contract does not know (a slip of ours, never the user's).
    """
    schema = schema_of(name)
    unknown = set().union(*rows) - set(schema.names) if rows else set()
    if unknown:
        raise KeyError(f"{name}: {sorted(unknown)}")
    return pa.Table.from_pylist(list(rows), schema=schema)


def from_columns(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """A table out of whole columns; those not given are null."""
    schema = schema_of(name)
    count = len(next(iter(columns.values())))
    arrays = [
        pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(count, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def numbered(prefix: str, count: int, width: int = 7) -> pa.Array:
    """``prefix`` followed by 0 … count-1 in ``width`` digits."""
    numbers = np.arange(count, dtype=np.int64)
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    digits = _DIGITS[numbers[:, None] // powers % 10]
    return _fixed_width(prefix, digits)


def person_hashes(place: str, seed: int, persons: Integers) -> pa.Array:
    """The stand-ins for keyed hashes of people: ``demo-`` and 16 hex digits.

    A bijection of 64 bits (the finaliser of SplitMix64), so two people of any counties never share one.
    """
    start = (seed * _GOLDEN) % 2**64
    mixed = (np.uint64(int(place)) << np.uint64(36)) + persons.astype(np.uint64) + np.uint64(start)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    shifts = np.arange(60, -1, -4, dtype=np.uint64)
    nibbles = (mixed[:, None] >> shifts).astype(np.uint8) & np.uint8(15)
    return _fixed_width("demo-", _DIGITS[nibbles])


def _fixed_width(prefix: str, tail: npt.NDArray[np.uint8]) -> pa.Array:
    """Strings of one length each, built straight as Arrow buffers."""
    head = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    count, width = len(tail), len(head) + tail.shape[1]
    letters = np.empty((count, width), dtype=np.uint8)
    letters[:, : len(head)] = head
    letters[:, len(head) :] = tail
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(letters))
