"""Declared tables as Arrow: one schema per fact table, the same for every reader and engine."""

from __future__ import annotations

from functools import cache

import pyarrow as pa

from xinglin.base.errors import DataError
from xinglin.facts.model import ColumnType, Table, load_contract, technique_rows

MARK_KEY = "xinglin.mark"
"""Key in the schema metadata of a table, in memory and in its Parquet files."""
MARK = "演示数据"
"""What stands there when the rows are made up. It goes wherever the table goes."""

_TYPES: dict[ColumnType, pa.DataType] = {
    ColumnType.INTEGER: pa.int64(),
    ColumnType.YEAR: pa.int64(),
    ColumnType.DECIMAL: pa.decimal128(18, 6),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DATE: pa.date32(),
}


def arrow_type(type_: ColumnType) -> pa.DataType:
    """Arrow type of a column type; whatever is not a number, a boolean or a date is a string."""
    return _TYPES.get(type_, pa.string())


def arrow_schema(table: Table) -> pa.Schema:
    """Arrow schema of a fact table, columns in declared order, all nullable (checks are made elsewhere)."""
    return pa.schema([(name, arrow_type(column.type)) for name, column in table.columns.items()])


def marked(data: pa.Table) -> pa.Table:
    """The rows with the mark and no other metadata, so that the same rows give the same bytes."""
    return data.replace_schema_metadata({MARK_KEY: MARK})


def is_marked(schema: pa.Schema) -> bool:
    """Whether a schema carries the mark."""
    return (schema.metadata or {}).get(MARK_KEY.encode()) == MARK.encode()


def conform(data: pa.Table, table: Table) -> pa.Table:
    """The rows with exactly the declared columns and types; absent optional columns filled with null.

    The mark 演示数据 is kept; whatever else the schema says of itself is dropped.

    Raises:
        DataError: a column not declared, a required one absent, or a type that cannot be cast.
    """
    unknown = [name for name in data.column_names if name not in table.columns]
    if unknown:
        raise DataError(f"表“{table.label}”（{table.name}）没有这些列：{'、'.join(unknown)}。")
    columns = [_column(data, table, field) for field in arrow_schema(table)]
    rows = pa.Table.from_arrays(columns, schema=arrow_schema(table))
    return marked(rows) if is_marked(data.schema) else rows


def _column(data: pa.Table, table: Table, field: pa.Field) -> pa.ChunkedArray:
    if field.name not in data.column_names:
        if table.columns[field.name].required:
            raise DataError(f"表“{table.label}”（{table.name}）缺少必填列 {field.name}。")
        return pa.chunked_array([pa.nulls(data.num_rows, field.type)])
    try:
        return data.column(field.name).cast(field.type)
    except pa.ArrowInvalid as error:
        message = f"表“{table.label}”（{table.name}）的 {field.name} 列不能转为 {field.type}：{error}"
        raise DataError(message) from error


def empty_table(table: Table) -> pa.Table:
    """No rows, right schema."""
    return arrow_schema(table).empty_table()


@cache
def technique_table() -> pa.Table:
    """The built-in catalogue of techniques as Arrow."""
    schema = arrow_schema(load_contract().table("technique"))
    return pa.Table.from_pylist([dict(row) for row in technique_rows()], schema=schema)
