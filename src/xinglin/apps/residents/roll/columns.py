"""The sheet of residents: its columns, and a row of it as a file of a person."""

from __future__ import annotations

from typing import Any

from django.db import models

from xinglin.apps.exchange.spec import Row
from xinglin.apps.organisations.checks import card_fault
from xinglin.apps.residents import card
from xinglin.apps.residents.models import DocumentKind, Resident, Sex
from xinglin.facts.model import Code, CodeList, Column, ColumnType, Table, Time

ID, FACILITY, NUMBER = "resident", "facility", "id_number"
FIELDS = ("name", "id_kind", "id_number", "sex", "birth_date", "phone", "place", "address")
"""Columns that are fields of the person."""
PERSONAL = ("name", "id_number", "birth_date", "phone", "address")
"""Columns that only those see who may open the files."""
TEXT, CODE = ColumnType.TEXT, ColumnType.CODE


def _options(name: str, label: str, source: str, choices: type[models.TextChoices]) -> CodeList:
    codes = {value: Code(label=text) for value, text in choices.choices}
    return CodeList(name=name, label=label, source=source, codes=codes)


KINDS = _options("resident_document", "证件类别", "本程序：建档页的证件类别", DocumentKind)
SEXES = _options("resident_sex", "性别", "GB/T 2261.1", Sex)

TABLE = Table(
    name="resident",
    label="居民",
    grain="一人一行；证件号码认人：号码已建过档的，是修改，不会建第二份档案",
    key=(ID, FACILITY),
    time=Time(kind="none"),
    columns={
        ID: Column(
            label="居民编号",
            type=ColumnType.ID,
            meaning="新建档的留空，系统自动编号；没有证件号码的，修改时保留导出文件里的编号",
        ),
        FACILITY: Column(
            label="建档机构",
            type=ColumnType.REF,
            references="facility",
            required=True,
            meaning="您所在的机构；在别处建过档的人，证件号码和姓名都相符，就在本机构也建档",
        ),
        "name": Column(label="姓名", type=TEXT, required=True, meaning="证件上的姓名；加密保存"),
        "id_kind": Column(
            label="证件类别",
            type=CODE,
            options=KINDS,
            meaning="留空：填了号码的算居民身份证，没填号码的算暂无证件",
        ),
        NUMBER: Column(label="证件号码", type=TEXT, meaning="身份证 18 位，设为文本；加密保存"),
        "sex": Column(label="性别", type=CODE, options=SEXES, meaning="有身份证的可留空，由号码推出"),
        "birth_date": Column(label="出生日期", type=ColumnType.DATE, meaning="有身份证的可留空，由号码推出"),
        "phone": Column(label="联系电话", type=TEXT, meaning="加密保存"),
        "place": Column(
            label="居住地区代码",
            type=ColumnType.PLACE,
            levels=(9, 12),
            required=True,
            meaning="居住的乡镇、街道或村、社区",
        ),
        "address": Column(label="住址", type=TEXT, meaning="村组、门牌；加密保存"),
    },
)
LENGTHS = {"name": 60, NUMBER: 40, "phone": 30, "address": 120, ID: 40, FACILITY: 40}


def completed(row: Row) -> Row:
    """With the kind of document, sex and birth that follow from the number."""
    number = "".join((row[NUMBER] or "").split()).upper() or None
    kind = row["id_kind"] or (DocumentKind.CARD.value if number else DocumentKind.NONE.value)
    found = {**row, NUMBER: number, "id_kind": kind}
    if number and kind == DocumentKind.CARD and not card_fault(number):
        found["sex"] = row["sex"] or card.sex(number)
        found["birth_date"] = row["birth_date"] or card.born(number)
    return found


def row_of(person: Resident, facility: str | None) -> Row:
    """A person as a row, known to a facility, or to none that is asked for."""
    values = {name: getattr(person, name) or None for name in FIELDS}
    return {ID: person.pk, FACILITY: facility, **values}


def values_of(row: Row) -> dict[str, Any]:
    """A row as fields of the person."""
    return {name: row[name] if name == "birth_date" else row[name] or "" for name in FIELDS}


def pair_id(resident: str, facility: str | None) -> str:
    """What the exchange knows a row by: the person and the facility that the row names."""
    return f"{resident}:{facility or ''}"


def pair(id_: str) -> tuple[str, str]:
    """Person and facility of an id."""
    resident, _, facility = id_.partition(":")
    return resident, facility
