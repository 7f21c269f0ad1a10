"""Deployment checks: definitions that do not hold together, roles they name that do not exist."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.checks import register as register_check

from xinglin.apps.access.table import access_table
from xinglin.apps.forms.book import book
from xinglin.apps.forms.history import PIECE, strays
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.rows import UNITS, index_fields, slot
from xinglin.base.errors import DefinitionError
from xinglin.records import Book


def definitions_hold(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Every fault of every definition."""
    del app_configs, kwargs
    try:
        known = book()
    except DefinitionError as error:
        hint = "按提示改正记录定义的文件，再运行 xinglin records check"
        return [Error(f"记录定义有错：{fault}", hint=hint, id="xinglin.E301") for fault in error.faults]
    twins = sorted(_twins(known))
    if twins:
        return [
            Error(f"字段“{name}”与另一字段的编号相同", hint="请换一个字段名", id="xinglin.E303")
            for name in twins
        ]
    unknown = sorted(known.roles() - set(access_table().roles))
    return [
        Error(f"记录定义里的角色“{role}”不存在", hint="角色见权限表页面", id="xinglin.E302")
        for role in unknown
    ]


def histories() -> list[CheckMessage]:
    """Every record that is not what its events say: somebody wrote past the program."""
    rows = Record.objects.order_by("pk").iterator(PIECE)
    return [
        Error(
            f"记录 {pk} 的内容与它的办理记录对不上",
            hint="有人绕过程序改过数据库：请从备份核对这条记录，改正后再在页面上补记",
            id="xinglin.E304",
        )
        for pk in strays(rows)
    ]


def _twins(known: Book) -> list[str]:
    """Fields whose slot another field has."""
    taken: dict[int, str] = {}
    names = [(one.id, field) for one in known for field in (*index_fields(one), UNITS)]
    return [f"{d}.{f}" for d, f in names if taken.setdefault(slot(d, f), f"{d}.{f}") != f"{d}.{f}"]


def register() -> None:
    """Make the check known."""
    register_check(definitions_hold)
