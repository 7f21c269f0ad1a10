"""What a facility has on its shelves, as a register of the exchange.

A drug is known by the facility's own name. The standard name is what the safety check goes by: it follows from the own
name where that means one herb; where it means several, the row is refused until somebody says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db import models

from xinglin.apps.access.scope import Scope
from xinglin.apps.clinic.models import ShelfItem
from xinglin.apps.exchange.modeltable import ModelTable, chunks
from xinglin.apps.exchange.spec import Key, Row, RowFault, Stored, TableSpec, register
from xinglin.apps.organisations.models import Facility
from xinglin.facts.fault import Fault
from xinglin.facts.model import Column, ColumnType, Table, Time
from xinglin.knowledge import herbs

PERMISSION = "shelf.edit"
GRAM = "g"
LONGEST = 200
_CENTS = Decimal("0.0001")
_COLUMNS = {
    "facility": Column(
        label="机构",
        type=ColumnType.REF,
        references="facility",
        required=True,
        meaning="药放在哪家机构",
    ),
    "name": Column(
        label="院内药名",
        type=ColumnType.TEXT,
        required=True,
        meaning="本机构自己的叫法；同一机构内不重复，同名的一行是修改",
    ),
    "herb": Column(
        label="标准名",
        type=ColumnType.TEXT,
        meaning="《中国药典》药名，安全核对以它为准；院内药名只指一味药的可留空，中成药、西药留空",
    ),
    "spec": Column(label="规格", type=ColumnType.TEXT, meaning="如 10g×6 袋"),
    "ingredients": Column(label="成分", type=ColumnType.TEXT, meaning="中成药所含的药味，用“、”隔开"),
    "unit": Column(label="单位", type=ColumnType.TEXT, meaning="单价按它算，饮片留空即 g"),
    "price": Column(
        label="单价", type=ColumnType.DECIMAL, min=0, unit="元", meaning="一个单位的价，最多 4 位小数"
    ),
    "insurance": Column(label="医保编码", type=ColumnType.TEXT, meaning="医保药品分类与代码"),
    "in_use": Column(label="在用", type=ColumnType.BOOLEAN, meaning="留空即在用；停用的不再供开方选用"),
}
OUTSIDE = Fault("outside_area", "不是您能登记院内药的机构", "请填自己机构的编号")


class ShelfTable(ModelTable):
    """Drugs of the facilities of an area."""

    @property
    def judges_references(self) -> bool:
        """Facilities are one's own; a pharmacist does not edit facilities."""
        return True

    def reach(self, user: Any, target: TableSpec) -> Scope:
        """Facilities whose shelves the account keeps."""
        del target
        return self.edit_scope(user)

    def completed(self, row: Row) -> Row:
        """With the standard name that the own name has alone, or that a written alias stands for."""
        answer = herbs.find(row["herb"] or row["name"] or "")
        found = answer.herb.name if isinstance(answer, herbs.Found) else row["herb"]
        in_use = True if row["in_use"] is None else row["in_use"]
        whole = {**row, "herb": found, "unit": row["unit"] or GRAM, "in_use": in_use}
        if "ingredients" in row:
            whole["ingredients"] = "、".join(dict.fromkeys(_names(row))) or None
        return whole


def _names(row: Row) -> list[str]:
    """Herbs of which a patent medicine consists, as written."""
    return [name for name in re.split(r"[、，,;；\s]+", row.get("ingredients") or "") if name]


def _table() -> Table:
    fields = {field.name: field for field in ShelfItem._meta.concrete_fields}
    kinds = (models.CharField, models.TextField, models.DecimalField, models.BooleanField, models.ForeignKey)
    columns = {name: one for name, one in _COLUMNS.items() if isinstance(fields.get(name), kinds)}
    return Table(
        name="shelfitem",
        label="院内药",
        grain="一家机构的一种药一行",
        key=("facility", "name"),
        time=Time(kind="none"),
        columns=columns,
    )


def _within(scope: Scope) -> models.QuerySet[ShelfItem]:
    return ShelfItem.objects.filter(scope.q(place="facility__place", facility="facility"))


def _rules(rows: Mapping[int, Row], stored: Mapping[Key, Stored], scope: Scope) -> Iterator[RowFault]:
    """Rows of others' facilities, names that mean no herb or several, prices finer than we keep."""
    del stored
    inside: set[str] = set()
    for chunk in chunks(sorted({row["facility"] for row in rows.values()})):
        own = Facility.objects.within(scope).filter(pk__in=chunk)
        inside |= set(own.values_list("pk", flat=True))
    for number, row in rows.items():
        if row["facility"] not in inside:
            yield RowFault(number, "facility", OUTSIDE)
        elif fault := _herb_fault(row):
            yield RowFault(number, "herb", fault)
        elif strange := [one for one in _names(row) if not isinstance(herbs.find(one), herbs.Found)]:
            what = f"不是药典药名，或不止一种意思：{'、'.join(strange)}"
            yield RowFault(number, "ingredients", Fault("strange_ingredient", what, "请写药典药名"))
        elif row["price"] is not None and row["price"] != row["price"].quantize(_CENTS):
            yield RowFault(number, "price", Fault("too_fine", "单价超过 4 位小数", "请四舍五入到 4 位小数"))


def _herb_fault(row: Row) -> Fault | None:
    """What is wrong with the standard name of a row; a name that no herb has may be that of a patent medicine."""
    written = row["herb"] or row["name"]
    answer = herbs.find(written)
    if isinstance(answer, herbs.Ambiguous):
        names = "、".join(answer.candidates)
        return Fault(
            "ambiguous_herb", f"“{written}”可能是 {names}", "请在“标准名”里写明是哪一味，不能代为猜定"
        )
    if isinstance(answer, herbs.Refused):
        return Fault("refused_herb", f"“{written}”不能用：{answer.reason}", "请照《中国药典》写标准名")
    if row["herb"] and isinstance(answer, herbs.Unknown):
        like = "、".join(herbs.near(written)[:3])
        fix = f"是不是 {like}？" if like else "请照《中国药典》写；中成药、西药这一栏留空"
        return Fault("unknown_herb", f"没有“{written}”这味药", fix)
    return None


def _words(column: str) -> int:
    return getattr(ShelfItem._meta.get_field(column), "max_length", None) or LONGEST


_TABLE = _table()
register(
    ShelfTable(
        table=_TABLE,
        view=PERMISSION,
        edit=PERMISSION,
        lengths={name: _words(name) for name, one in _TABLE.columns.items() if one.type is ColumnType.TEXT}
        | {"facility": 40},
        model=ShelfItem,
        within=_within,
        rules=_rules,
    )
)
