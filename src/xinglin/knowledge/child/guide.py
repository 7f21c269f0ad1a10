"""What is taught at which age, and which boxes of the form belong to it (``data/<edition>/child.yaml``)."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import model_validator

from xinglin.base.errors import XinglinError
from xinglin.base.yamlfile import Strict, build, read_yaml
from xinglin.knowledge.edition import Edition, folder_of, read_edition
from xinglin.knowledge.remark import Remark, fault, hint

DATA = Path(__file__).parent / "data"
DEFAULT = "norm2017"


class NoSuchAge(XinglinError, LookupError):  # noqa: N818 - says what is the matter
    """No service is given at this age."""


class Method(Strict):
    """A manipulation taught to the parent: where, how, and how long (``least``–``most`` of ``unit``)."""

    name: str
    place: str
    how: str
    least: int
    most: int
    unit: str


class ChildGuide(Strict):
    """The service for children 0–36 months.

    Attributes:
        last_until_months: the last visit is on time until the day before this many months.
        options: boxes of the form. always: ticked at every age. ages: age in months → box of what is taught then.
        teaching: box → methods.
    """

    edition: Edition
    last_until_months: int
    options: dict[int, str]
    always: tuple[int, ...]
    ages: dict[int, int]
    teaching: dict[int, tuple[Method, ...]]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        faults = []
        if not {*self.always, *self.ages.values()} <= set(self.options):
            faults.append("用到没有写明的选项")
        if set(self.ages.values()) != set(self.teaching):
            faults.append("各月龄所教的方法没有写全")
        if list(self.ages) != sorted(self.ages) or max(self.ages) >= self.last_until_months:
            faults.append("月龄应由小到大，并小于最后期限")
        if faults:
            raise ValueError("；".join(faults))
        return self

    def required(self, age: int) -> tuple[int, ...]:
        """The boxes that must be ticked at an age.

        Raises:
            NoSuchAge: nothing is due at this age.
        """
        return (*self.always, self._taught(age))

    def methods(self, age: int) -> tuple[Method, ...]:
        """The methods taught at an age.

        Raises:
            NoSuchAge: nothing is due at this age.
        """
        return self.teaching[self._taught(age)]

    def check(self, age: int, ticked: Collection[int], other: str = "") -> tuple[Remark, ...]:
        """What is missing or odd in the ticked boxes of one visit.

        A box of another age is accepted as an extra, and said; a required one that is missing is a fault, for the
        visit does not count without it.
        """
        return (*self._missing(age, ticked), *self._extra(age, ticked, other))

    def _missing(self, age: int, ticked: Collection[int]) -> list[Remark]:
        return [
            fault(
                "missing",
                str(box),
                f"{age} 月龄",
                f"没有勾选“{self.options[box]}”",
                "做过请勾选，没做请补做后再存",
            )
            for box in self.required(age)
            if box not in ticked
        ]

    def _extra(self, age: int, ticked: Collection[int], other: str) -> list[Remark]:
        found = []
        for box in sorted(set(ticked) - set(self.required(age))):
            if box not in self.options:
                found.append(
                    fault("unknown", str(box), f"{age} 月龄", f"没有第 {box} 项", "请在表上的选项中勾选")
                )
            elif box in self.teaching:
                said = f"“{self.options[box]}”不是本月龄规定的内容"
                found.append(
                    hint("other_age", str(box), f"{age} 月龄", said, "确实教过可以保留，作为另加内容")
                )
            elif not other.strip():
                found.append(
                    fault("no_text", str(box), f"{age} 月龄", "勾选了“其他”，没有写内容", "请写明做了什么")
                )
        return found

    def _taught(self, age: int) -> int:
        if age not in self.ages:
            raise NoSuchAge(
                f"{age} 月龄没有儿童中医药健康管理服务，服务月龄为 {'、'.join(map(str, self.ages))}。"
            )
        return self.ages[age]


@cache
def load_guide(edition: str = DEFAULT) -> ChildGuide:
    """One edition of the service.

    Raises:
        DefinitionError: no such edition, or its file is broken.
    """
    folder = folder_of(DATA, edition)
    content = {"edition": read_edition(folder), **read_yaml(folder / "child.yaml")}
    return build(ChildGuide, content, f"{edition}/child.yaml")
