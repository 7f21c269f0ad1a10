"""The way back: every row that an import wrote, as it was and as it became, in encrypted pieces."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence

import pyarrow as pa

from xinglin.apps.exchange.models import Batch, Import
from xinglin.apps.exchange.spec import SPECS, Change, Row, TableSpec
from xinglin.base.errors import XinglinError
from xinglin.facts.arrow import arrow_schema


class Outdated(XinglinError):  # noqa: N818 - says what is the matter
    """What was kept is of a register that is no more, or was another then."""


PIECE = 5000
"""Changes in one piece."""
_ID, _WAS, _IS = "id", "was", "is"


def keep(one: Import, spec: TableSpec, changes: Sequence[Change], first: int) -> int:
    """Write the pieces of one register, numbered from ``first``; the number of the next one."""
    for number, start in enumerate(range(0, len(changes), PIECE), start=first):
        content = _packed(spec, changes[start : start + PIECE])
        Batch.objects.create(of=one, number=number, table=spec.name, content=content)
        first = number + 1
    return first


def written(one: Import) -> dict[str, list[Change]]:
    """What an import wrote, by register.

    Raises:
        Outdated: one of the registers is no more, or has got columns since.
    """
    found: dict[str, list[Change]] = {}
    for batch in one.batches.all().iterator():
        if batch.table not in SPECS:
            raise Outdated(f"“{batch.table}”这张登记表已经停用，不能撤销：请联系系统管理员")
        found.setdefault(batch.table, []).extend(_unpacked(SPECS[batch.table], batch.content))
    return found


def _packed(spec: TableSpec, changes: Sequence[Change]) -> str:
    """A table of both states side by side; columns that say nothing take no room."""
    arrays = [
        pa.array([change.id for change in changes]),
        pa.array([change.before is not None for change in changes]),
        pa.array([change.after is not None for change in changes]),
    ]
    names = [_ID, _WAS, _IS]
    schema = arrow_schema(spec.table)
    sides = {_WAS: [change.before for change in changes], _IS: [change.after for change in changes]}
    for side, rows in sides.items():
        for one in schema:
            arrays.append(_column(rows, one))
            names.append(f"{side}.{one.name}")
    out, data = io.BytesIO(), pa.table(arrays, names)
    with pa.ipc.new_stream(out, data.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(data)
    return base64.b64encode(out.getvalue()).decode()


def _column(rows: Sequence[Row | None], one: pa.Field) -> pa.Array:
    if not any(rows):
        return pa.nulls(len(rows), one.type)
    return pa.array([row[one.name] if row else None for row in rows], one.type)


def _unpacked(spec: TableSpec, content: str) -> Iterator[Change]:
    with pa.ipc.open_stream(base64.b64decode(content)) as stream:
        data = stream.read_all()
    names = arrow_schema(spec.table).names
    new = [spec.table.columns[name].label for name in names if f"{_IS}.{name}" not in data.column_names]
    if new:
        labels = "、".join(new)
        raise Outdated(f"“{spec.label}”在导入之后增加了列（{labels}），不能整批撤销：请在页面上逐条改回")
    states = [_rows(data, side, names) for side in (_WAS, _IS)]
    for id_, before, after in zip(data.column(_ID).to_pylist(), *states, strict=True):
        yield Change(id_, before, after)


def _rows(data: pa.Table, side: str, names: Sequence[str]) -> list[Row | None]:
    there = data.column(side).to_pylist()
    columns = [data.column(f"{side}.{name}").to_pylist() for name in names]
    rows = zip(*columns, strict=True)
    return [dict(zip(names, row, strict=True)) if is_ else None for is_, row in zip(there, rows, strict=True)]
