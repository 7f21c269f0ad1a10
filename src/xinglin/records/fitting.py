"""Whether what a definition feeds fits the fact table: columns, codes, types, and nothing required left out."""

from __future__ import annotations

from collections.abc import Iterator

from xinglin.facts.model import Column, Table, load_contract
from xinglin.records.agreement import COLUMN_SORTS, Thing, fits, things_of
from xinglin.records.definition import Definition
from xinglin.records.feed import Feed, Source
from xinglin.records.fields import MANY


def faults_of(one: Definition, feed: Feed) -> Iterator[str]:
    """What is wrong with one feed, in Chinese."""
    contract = load_contract()
    table = contract.tables.get(feed.table)
    if table is None or table.built_in:
        yield f"facts：没有事实表“{feed.table}”"
        return
    here = f"facts.{feed.table}"
    yield from (f"{here}：没有“{name}”这一列" for name in feed.columns if name not in table.columns)
    lacking = [n for n, c in table.columns.items() if c.required and n not in feed.columns]
    yield from (f"{here}：缺少必填的“{name}”" for name in lacking)
    things = things_of(one)
    if feed.each is not None:
        things["each"] = Thing("reference")
        if feed.each not in one.fields or one.fields[feed.each].type not in MANY:
            yield f"{here}.each：“{feed.each}”不是可多选的字段"
    for name, source in feed.columns.items():
        if source.field is not None and source.field not in things:
            yield f"{here}.{name}：没有字段“{source.field}”"
        elif name in table.columns:
            yield from (f"{here}.{name}：{fault}" for fault in _source(table, name, source, things))
            yield from (f"{here}.{name}：{fault}" for fault in _empty(one, feed, table.columns[name], source))


def _source(table: Table, name: str, source: Source, things: dict[str, Thing]) -> Iterator[str]:
    column = table.columns[name]
    thing = None if source.field is None else things[source.field]
    if thing is not None and source.map is not None:
        known = thing.codes if thing.codes is not None else ("true", "false")
        if thing.sort not in ("code", "boolean"):
            yield f"“{source.field}”是{thing.word}，不能用 map"
        else:
            yield from (f"“{source.field}”没有“{code}”这一项" for code in source.map if code not in known)
    codes = load_contract().codes(table.name, name)
    if codes is not None:
        given = _given(source, thing)
        wrong = [code for code in given if code not in codes.codes]
        yield from (f"代码表“{codes.name}”里没有“{code}”" for code in wrong)
        if thing is not None and thing.sort != "code" and source.map is None:
            yield f"“{source.field}”是{thing.word}，这一列是代码"
    elif thing is not None and source.map is None:
        wanted = COLUMN_SORTS.get(column.type)
        if thing.sort in ("codes", "references", "file") or (wanted and thing.sort not in wanted):
            yield f"“{source.field}”是{thing.word}，放不进这一列"
    elif source.value is not None and not _constant(column, source.value):
        yield f"“{source.value}”放不进这一列"


def _constant(column: Column, value: object) -> bool:
    sorts = COLUMN_SORTS.get(column.type)
    return sorts is None or any(fits(sort, value) for sort in sorts)


def _empty(one: Definition, feed: Feed, column: Column, source: Source) -> Iterator[str]:
    """A required column needs a field that is always filled, unless states or a condition see to it."""
    field = one.fields.get(str(source.field))
    if field is None or not column.required or feed.states or feed.where is not None:
        return
    if field.computed is None and (not field.required or field.when is not None):
        yield f"这一列必填，“{source.field}”却可以不填；请设为必填，或用 states、where 限定"


def _given(source: Source, thing: Thing | None) -> list[object]:
    """Every code that a source may give, as far as the definition says."""
    if source.value is not None:
        return [source.value]
    if source.map is not None:
        return list(source.map.values())
    return list(thing.codes or ()) if thing is not None else []
