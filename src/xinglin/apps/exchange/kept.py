"""Sifted rows between dry run and writing, so that a file is read once: a private file beside the upload.

It is Arrow inside, encrypted as the upload is, bound to it by its hash, and deleted with it. It holds what depends on
the file alone; everything that the database has a say in is asked again before writing.
"""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from xinglin.apps.exchange import store
from xinglin.apps.exchange.models import Import
from xinglin.apps.exchange.sifting import Sifted
from xinglin.apps.exchange.spec import SPECS, TableSpec
from xinglin.base.problems import Problem, Severity
from xinglin.facts.findings import Spot
from xinglin.facts.parts import Part

_FIELDS = ("kind", "table", "file", "sheet", "row", "column", "what", "fix")
_SIZE = 8


def keep(one: Import, sifted: Sifted, specs: Iterable[TableSpec]) -> None:
    """Put the rows by."""
    head = {
        "of": _of(one, specs),
        "parts": [_told(part) for part in sifted.parts],
        "problems": [_packed(problem) for problem in sifted.problems],
    }
    packed = zlib.compress(json.dumps(head, ensure_ascii=False).encode(), 3)
    blobs = [packed, *(_arrow(part) for part in sifted.parts)]
    store.keep_rows(one.pk, b"".join(len(blob).to_bytes(_SIZE, "little") + blob for blob in blobs))


def fetch(one: Import, specs: Iterable[TableSpec]) -> Sifted | None:
    """The rows, or None when they must be read anew: not there, or of another upload, contract or permission."""
    content = store.fetch_rows(one.pk)
    if content is None:
        return None
    packed, *blobs = _blobs(content)
    head = json.loads(zlib.decompress(packed))
    if head["of"] != _of(one, specs):
        return None
    parts = [_part(told, blob) for told, blob in zip(head["parts"], blobs, strict=True)]
    return Sifted(parts, [_unpacked(told) for told in head["problems"]])


def _of(one: Import, specs: Iterable[TableSpec]) -> str:
    """What the rows depend on: the bytes, the register chosen, and the declarations of those that may be written."""
    forms = [spec.form_as_text for spec in specs]
    return hashlib.sha256("\n".join([one.digest, one.table, one.file_name, *forms]).encode()).hexdigest()


def _told(part: Part) -> dict[str, object]:
    spot = part.spot
    return {
        "table": part.table.name,
        "file": spot.file,
        "sheet": spot.sheet,
        "rows": _spans(part.row_numbers or []),
        "headers": dict(part.headers),
    }


def _spans(numbers: list[int]) -> list[tuple[int, int]]:
    """Row numbers, which mostly follow each other, as first and last."""
    spans: list[tuple[int, int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans


def _part(told: dict[str, object], blob: bytes) -> Part:
    table, file, sheet, rows, headers = (told[n] for n in ("table", "file", "sheet", "rows", "headers"))
    assert isinstance(rows, list)
    assert isinstance(headers, dict)
    numbers = [number for first, last in rows for number in range(first, last + 1)]
    with pa.ipc.open_stream(blob) as stream:
        data = stream.read_all()
    form = SPECS[str(table)].form
    return Part(form, Spot(form.name, str(file), str(sheet)), len(numbers), data, None, numbers, headers)


def _arrow(part: Part) -> bytes:
    out = io.BytesIO()
    assert part.data is not None
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(out, part.data.schema, options=options) as stream:
        stream.write_table(part.data)
    return out.getvalue()


def _blobs(content: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(content):
        size = int.from_bytes(content[at : at + _SIZE], "little")
        found.append(content[at + _SIZE : at + _SIZE + size])
        at += _SIZE + size
    return found


def _packed(problem: Problem) -> list[object]:
    return [*(getattr(problem, name) for name in _FIELDS), problem.severity.value]


def _unpacked(told: list[Any]) -> Problem:
    *values, severity = told
    fields: dict[str, Any] = dict(zip(_FIELDS, values, strict=True))
    return Problem(**fields, severity=Severity(severity))
