"""Fields of a record: what may be written, how it is asked for, what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import model_validator

from xinglin.base.yamlfile import Strict
from xinglin.facts.model import LEVELS, Code, CodeList, Column, ColumnType
from xinglin.records.conditions import Condition
from xinglin.records.written import Number

LONGEST, LONGEST_LINES = 200, 4000
"""Most characters of a text, and of one of several lines, unless the field says otherwise."""


class FieldType(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LINES = "lines"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    YEAR = "year"
    MONTH = "month"
    CODE = "code"
    CODES = "codes"
    PLACE = "place"
    FACILITY = "facility"
    HALL = "hall"
    PRACTITIONER = "practitioner"
    CONSORTIUM = "consortium"
    FACILITIES = "facilities"
    PRACTITIONERS = "practitioners"
    RECORD = "record"
    PERSON = "person"
    FILE = "file"


class Personal(StrEnum):
    """The category of personal data a field holds; everything but ``none`` is encrypted and masked by role."""

    NONE = "none"
    NAME = "name"
    CONTACT = "contact"
    DOCUMENT = "document"
    HEALTH = "health"
    OPINION = "opinion"


class Computed(Strict):
    """A value that follows from other fields: exactly one of the ways.

    ``sum``, ``difference`` and ``product`` of numbers (a product rounded to the ``places`` of its field), ``percent``
    of the first over the second (two places), ``days`` and ``months`` (whole) from the first date to the second.
    """

    sum: tuple[str, ...] | None = None
    difference: tuple[str, str] | None = None
    product: tuple[str, ...] | None = None
    percent: tuple[str, str] | None = None
    days: tuple[str, str] | None = None
    months: tuple[str, str] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Computed:
        if sum(value is not None for value in self.model_dump().values()) != 1:
            raise ValueError("应写 sum、difference、product、percent、days、months 之一，只写一个")
        return self

    @property
    def way(self) -> str:
        """Which way."""
        return next(name for name, value in self.model_dump().items() if value is not None)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it follows from."""
        return tuple(getattr(self, self.way))


COLUMN_TYPES = {
    FieldType.TEXT: ColumnType.TEXT,
    FieldType.LINES: ColumnType.TEXT,
    FieldType.INTEGER: ColumnType.INTEGER,
    FieldType.DECIMAL: ColumnType.DECIMAL,
    FieldType.BOOLEAN: ColumnType.BOOLEAN,
    FieldType.DATE: ColumnType.DATE,
    FieldType.YEAR: ColumnType.YEAR,
    FieldType.MONTH: ColumnType.TEXT,
    FieldType.CODE: ColumnType.CODE,
    FieldType.CODES: ColumnType.TEXT,
    FieldType.PLACE: ColumnType.PLACE,
    FieldType.FACILITY: ColumnType.REF,
    FieldType.HALL: ColumnType.REF,
    FieldType.PRACTITIONER: ColumnType.REF,
    FieldType.CONSORTIUM: ColumnType.REF,
    FieldType.FACILITIES: ColumnType.TEXT,
    FieldType.PRACTITIONERS: ColumnType.TEXT,
    FieldType.RECORD: ColumnType.TEXT,
    FieldType.PERSON: ColumnType.TEXT,
}
"""The column of a spreadsheet that holds a field; files are in none."""
REFERENCES = {
    FieldType.FACILITY: "facility",
    FieldType.HALL: "tcm_hall",
    FieldType.PRACTITIONER: "practitioner",
    FieldType.CONSORTIUM: "consortium",
    FieldType.FACILITIES: "facility",
    FieldType.PRACTITIONERS: "practitioner",
}
"""The register that a field refers to."""
MANY = (FieldType.CODES, FieldType.FACILITIES, FieldType.PRACTITIONERS)
NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.YEAR)
_CHOICES = (FieldType.CODE, FieldType.CODES)
_TEXTS = (FieldType.TEXT, FieldType.LINES)


_MOST_PLACES = 6
_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def _option_faults(options: Mapping[str, str] | None) -> Iterator[str]:
    if options is None:
        return
    if not options:
        yield "options 是空的"
    labels = list(options.values())
    twice = sorted({label for label in labels if labels.count(label) > 1})
    yield from (f"options 里“{label}”写了两次" for label in twice)
    wrong = [code for code in options if not _CODE.fullmatch(code)]
    yield from (f"options 的代码“{code}”只用字母、数字、下划线" for code in wrong)
    split = [label for label in labels if re.search(r"[；;\n]", label)]
    yield from (f"options 的“{label}”里不能有分号、换行，表格里用它们分开几项" for label in split)


class Field(Strict):
    """One field.

    Attributes:
        label, type: as shown, and what it holds. help: a sentence under the field where it could be misread.
        required: must be filled (if ``when`` holds). when: asked for only then; otherwise it is emptied.
        unit, min, max, places: of numbers; both limits may be met. longest: characters of a text.
        codes: name of a code list of the contract; options: code → label of a list of its own (types code and codes).
        levels: digits a place may have. of: definition whose records are meant (type record).
        personal: category of personal data. computed: not asked, follows from other fields. section: heading it stands
        under. sample: a good value, used by the template, the tests and the demonstration.
    """

    label: str
    type: FieldType
    help: str = ""
    required: bool = False
    when: Condition | None = None
    unit: str | None = None
    min: Number | None = None
    max: Number | None = None
    places: int | None = None
    longest: int | None = None
    codes: str | None = None
    options: dict[str, str] | None = None
    levels: tuple[int, ...] | None = None
    of: str | None = None
    personal: Personal = Personal.NONE
    computed: Computed | None = None
    section: str | None = None
    sample: Any = None

    @model_validator(mode="after")
    def _consistent(self) -> Field:
        faults = list(self._faults())
        if faults:
            raise ValueError("；".join(faults))
        return self

    def _faults(self) -> Any:
        if (self.type in _CHOICES) != ((self.codes is None) != (self.options is None)):
            yield "类型 code、codes 必须且只有它们才写 codes 或 options（只写一个）"
        if self.levels is not None and (
            self.type is not FieldType.PLACE or not set(self.levels) <= set(LEVELS)
        ):
            yield f"只有类型 place 才写 levels，取自 {'、'.join(map(str, LEVELS))}"
        if (self.type is FieldType.RECORD) != (self.of is not None):
            yield "类型 record 必须且只有它才写 of"
        numeric = self.type in NUMBERS
        if not numeric and any(value is not None for value in (self.min, self.max)):
            yield "只有数字才写 min、max"
        if self.places is not None and self.type is not FieldType.DECIMAL:
            yield "只有类型 decimal 才写 places"
        if self.unit is not None and self.type not in (FieldType.INTEGER, FieldType.DECIMAL):
            yield "只有数字才写 unit"
        if self.longest is not None and self.type not in _TEXTS:
            yield "只有文字才写 longest"
        yield from self._value_faults()
        if self.computed is not None and (self.required or self.when is not None):
            yield "算出来的字段不写 required、when"
        if self.type is FieldType.PERSON and self.personal is Personal.NONE:
            yield "类型 person 要写 personal"
        if self.personal is not Personal.NONE and self.type not in (
            *_TEXTS,
            FieldType.PERSON,
            FieldType.FILE,
        ):
            yield "个人信息只能是 text、lines、person 或 file"

    def _value_faults(self) -> Any:
        if self.min is not None and self.max is not None and self.min > self.max:
            yield f"min {self.min} 大于 max {self.max}"
        if self.places is not None and not 0 <= self.places <= _MOST_PLACES:
            yield f"places 应在 0 至 {_MOST_PLACES} 之间"
        if self.longest is not None and self.longest < 1:
            yield "longest 应是正数"
        yield from _option_faults(self.options)
        if self.computed is None:
            return
        if self.type not in (FieldType.INTEGER, FieldType.DECIMAL):
            yield "只有类型 integer、decimal 才能算出来"
        elif self.computed.way == "percent" and self.type is not FieldType.DECIMAL:
            yield "percent 算出来的是 decimal"
        elif self.computed.way in ("days", "months") and self.type is not FieldType.INTEGER:
            yield f"{self.computed.way} 算出来的是 integer"

    def column(self, definition: str, name: str) -> Column:
        """The column of a spreadsheet that holds the field."""
        more: dict[str, Any] = {}
        if self.type is FieldType.CODE:
            more = {"codes": self.codes, "options": self.own_list(definition, name)}
        elif self.type in (FieldType.FACILITY, FieldType.HALL, FieldType.PRACTITIONER, FieldType.CONSORTIUM):
            more = {"references": REFERENCES[self.type]}
        elif self.type is FieldType.PLACE:
            more = {"levels": self.levels}
        elif self.type is FieldType.INTEGER and all(isinstance(v, int | None) for v in (self.min, self.max)):
            more = {"min": self.min, "max": self.max}
        return Column(
            label=self.label,
            type=COLUMN_TYPES[self.type],
            meaning=self.help or self.label,
            required=self.required and self.when is None,
            unit=self.unit,
            **more,
        )

    def own_list(self, definition: str, name: str) -> CodeList | None:
        """The field's own options as a code list."""
        if self.options is None:
            return None
        codes = {code: Code(label=label) for code, label in self.options.items()}
        return CodeList(name=f"{definition}.{name}", label=self.label, source=definition, codes=codes)

    @property
    def longest_text(self) -> int:
        """Most characters."""
        return self.longest or (LONGEST_LINES if self.type is FieldType.LINES else LONGEST)

    @property
    def is_personal(self) -> bool:
        """Whether it holds personal data."""
        return self.personal is not Personal.NONE

    @property
    def section_or(self) -> str:
        """The heading it stands under, or nothing."""
        return self.section or ""


Value = str | int | Decimal | bool | date | tuple[str, ...] | None
"""What a field may hold once checked: codes, ids and place codes are text; several choices a tuple."""
