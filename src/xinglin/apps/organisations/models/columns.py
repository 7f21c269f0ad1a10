"""Pieces that the models share: code lists as choices, validity in time, rules as constraints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any, TypeAlias, TypeVar

from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Length
from django.db.models.lookups import In

from xinglin.apps.access.scope import Scope
from xinglin.facts import load_contract, technique_rows

ID_LENGTH = 40
"""Ids of other installations and of demonstration data keep their own form."""
CODE_LENGTH = 40
PLACE_LENGTH = 12
KEY_LENGTH = 64
"""Characters of a keyed hash."""
Row = TypeVar("Row", bound=models.Model)
Day: TypeAlias = "models.DateField[str | date | Combinable | None, date | None]"
"""A day that may be open."""


def code_choices(codelist: str) -> list[tuple[str, str]]:
    """Codes of a list of the contract with their Chinese labels."""
    return [(code, entry.label) for code, entry in load_contract().codelists[codelist].codes.items()]


@lru_cache(maxsize=64)
def labels(codelist: str) -> dict[str, str]:
    """Code → Chinese label of a list; not to be changed. For lists, where ``get_x_display`` costs too much."""
    return dict(code_choices(codelist))


def codes(codelist: str) -> Callable[[], Any]:
    """`code_choices` to be called later, so that a longer list needs no migration."""
    return partial(code_choices, codelist)


def technique_choices() -> list[tuple[str, str]]:
    """Techniques of the catalogue: code and name."""
    return [(row["technique"], row["name"]) for row in technique_rows()]


def first_and_last(first: str, last: str) -> tuple[Day, Day]:
    """The columns of a row that holds for a time, by their labels; open ends are empty."""
    return models.DateField(first, null=True, blank=True), models.DateField(last, null=True, blank=True)


class ValidQuerySet(QuerySet[Row]):
    """Rows that hold for a time and lie in an area.

    Attributes:
        place_path, facility_path: where the code of the place and the id of the facility stand.
        from_path, to_path: the first and the last day.
    """

    place_path = "facility__place"
    facility_path = "facility"
    from_path, to_path = "valid_from", "valid_to"

    def on(self, day: date) -> ValidQuerySet[Row]:
        """Rows that hold on a day."""
        begun = Q(**{f"{self.from_path}__isnull": True}) | Q(**{f"{self.from_path}__lte": day})
        return self.filter(begun & self._not_over(day))

    def not_over(self, day: date) -> ValidQuerySet[Row]:
        """Rows that hold on a day or will."""
        return self.filter(self._not_over(day))

    def touching(self, first: date | None, last: date | None) -> ValidQuerySet[Row]:
        """Rows that hold on at least one day of a span; None is open."""
        found = self
        if last is not None:
            found = found.filter(
                Q(**{f"{self.from_path}__isnull": True}) | Q(**{f"{self.from_path}__lte": last})
            )
        return found.filter(self._not_over(first)) if first is not None else found

    def within(self, scope: Scope) -> ValidQuerySet[Row]:
        """Rows that lie in an area."""
        return self.filter(scope.q(place=self.place_path, facility=self.facility_path))

    def _not_over(self, day: date) -> Q:
        return Q(**{f"{self.to_path}__isnull": True}) | Q(**{f"{self.to_path}__gte": day})


def in_order(name: str, first: str = "valid_from", last: str = "valid_to") -> models.CheckConstraint:
    """The last day is not before the first (open ends are)."""
    message = "终止日期早于起始日期：请核对两个日期，是不是填反了"
    rule = Q(**{f"{first}__isnull": True}) | Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": F(first)})
    return models.CheckConstraint(name=name, condition=rule, violation_error_message=message)


def place_digits(name: str, digits: Sequence[int]) -> models.CheckConstraint:
    """A place code has as many digits as the contract lets it have."""
    words = "、".join(map(str, digits))
    return models.CheckConstraint(
        name=name,
        condition=In(Length("place"), tuple(digits)),
        violation_error_message=f"地区代码应为 {words} 位：请重新选择地区",
    )


def unique_since(name: str, *fields: str, message: str) -> tuple[models.UniqueConstraint, ...]:
    """The contract's key of dated rows: the fields with ``valid_from``, where an empty date is a date like others."""
    return (
        models.UniqueConstraint(
            name=f"{name}_key", fields=(*fields, "valid_from"), violation_error_message=message
        ),
        models.UniqueConstraint(
            name=f"{name}_key_undated",
            fields=fields,
            condition=Q(valid_from__isnull=True),
            violation_error_message=message,
        ),
    )


def one_open(name: str, *fields: str, message: str, **only: Any) -> models.UniqueConstraint:
    """At most one row without a last day for the same fields."""
    return models.UniqueConstraint(
        name=name, fields=fields, condition=Q(valid_to__isnull=True, **only), violation_error_message=message
    )
