"""Rows of a file beside those of the database: what a row would become, and what it must not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from xinglin.apps.exchange.spec import Key, Row, Stored, TableSpec
from xinglin.facts.fault import Fault
from xinglin.facts.parts import Part
from xinglin.facts.text import narrow


def together(spec: TableSpec, part: Part, row: Row, old: Stored | None) -> Row:
    """The stored row with the file's cells over it; columns that the file has not, or that are hidden, stay, and what
    tells the row apart where the file left it empty.
    """
    if old is None:
        return row
    headers, personal = part.headers, {*spec.personal, *spec.table.key}
    told = {
        name: value
        for name, value in row.items()
        if name in headers and not (value is None and name in personal)
    }
    return {**old.row, **told}


def alike(before: Row, after: Row) -> bool:
    """Whether nothing would change; a name that was kept with wide letters is the same in narrow ones."""
    if before == after:
        return True
    return all(
        before[name] == value or (isinstance(value, str) and narrow(before[name] or "") == value)
        for name, value in after.items()
    )


def same_name(spec: TableSpec, stored: Iterable[Stored]) -> Callable[[Row, Row], tuple[str, Fault] | None]:
    """Tells a row without an id whose name is there already: most likely the same thing, which must not be twice.

    It is asked with the row as the file has it and as it would stand, one row after the other.
    """
    names, id_column = spec.natural, spec.id_column
    if not names or id_column is None:
        return lambda told, row: None
    known: dict[Key, str] = {tuple(one.row[name] for name in names): one.id for one in stored}

    def ask(told: Row, row: Row) -> tuple[str, Fault] | None:
        if told[id_column] is not None:
            return None
        name = tuple([row[column] for column in names])
        if name not in known:
            known[name] = ""
            return None
        where = f"编号 {known[name]}" if known[name] else "本文件前面的一行"
        what = f"同一地方已有“{row[names[0]]}”（{where}）"
        fix = "是同一个就填上它的编号（见导出文件），不是就把名称写得能区分"
        return names[0], Fault("same_name", what, fix)

    return ask


def not_inside(spec: TableSpec) -> tuple[str, Fault]:
    """A row that is there, but not in the importer's area."""
    what, fix = "这一行已由别的地区登记", "请核对编号；确实要改，请当地管理人员导入"
    return spec.table.key[0], Fault("outside_area", what, fix)


def not_into(spec: TableSpec, row: Row) -> tuple[str, Fault]:
    """A row that would come to lie outside the importer's area."""
    column = (spec.table.place or "").split(".")[0]
    what = f"“{row[column]}”不在您管理的范围之内"
    fix = "只能导入本地区、本机构的；请核对，或请当地管理人员导入"
    return column, Fault("outside_area", what, fix)


def not_shown(spec: TableSpec, name: str) -> tuple[str, Fault]:
    """A personal column of a row whose personal columns the importer is not shown."""
    what = f"您在这一行所在的范围内不能登记“{spec.table.columns[name].label}”"
    return name, Fault("personal", what, "请把这一格留空，或请当地管理人员导入")


def padded(value: str) -> list[str]:
    """What an id may have been before a spreadsheet took its leading zeros."""
    return [value.zfill(width) for width in range(len(value) + 1, len(value) + 9)] if value.isdigit() else []


def missing(target: TableSpec, value: str, spoilt: bool, known: Collection[str]) -> Fault:
    """A reference to what is not there; ``known`` are ids that are."""
    if spoilt:
        what = f"引用的“{value}”在本文件“{target.label}”表里有错，没有收下"
        return Fault("reference_bad", what, "先改正那一行")
    lost = next((one for one in padded(value) if one in known), None)
    hint = f"是不是“{lost}”？Excel 去掉了前面的 0，请把这一列设为文本" if lost else ""
    what = f"您管理的范围内，“{target.label}”表里没有编号“{value}”"
    fix = hint or f"请从“{target.label}”的导出文件里复制编号，或在本文件里补上这一行"
    return Fault("dangling_reference", what, fix)
