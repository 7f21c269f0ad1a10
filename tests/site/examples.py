"""Example objects, one maker per argument of an address: what `test_matrix` fills ``<str:facility>`` with.

A new kind of object is one function here::

    @example("practitioner")
    def _(here: Here) -> str | None:
        return make_practitioner(facility=here.facility or facility_in(here.place)).pk

It makes an object that lies in ``here.place`` – in the facility ``here.facility`` if one is named – and gives what
stands in the address; None if such an object cannot lie there (a township in a city: nothing to test).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

import organisations_factories as make
from django.urls import NoReverseMatch, reverse

from xinglin.apps.access.matrix import Declared
from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.organisations.models import Consortium, Facility, Post

_number = count(1)


@dataclass(frozen=True)
class Here:
    """Where an example must lie: a place, perhaps one facility; ``made`` holds the arguments before it."""

    place: str
    facility: str = ""
    made: Mapping[str, str] = field(default_factory=dict)


Maker = Callable[[Here], "str | None"]
EXAMPLES: dict[str, Maker] = {}
ANYTHING = ("none", "0")
"""For arguments that decide no area: a text, a number."""


class NoExample(Exception):  # noqa: N818
    """An argument decides the area of a route and nobody said how to make one."""


def example(argument: str) -> Callable[[Maker], Maker]:
    """Register the maker of an argument."""

    def register(maker: Maker) -> Maker:
        assert argument not in EXAMPLES, argument
        EXAMPLES[argument] = maker
        return maker

    return register


def address_of(route: Declared, here: Here) -> str | None:
    """The address of a route with examples filled in; None if there can be none here.

    Raises:
        NoExample: the argument of the area has no maker.
    """
    made: dict[str, str] = {}
    for argument in route.arguments:
        maker = EXAMPLES.get(argument)
        if maker is None and route.access is not None and argument == route.access.area:
            raise NoExample(f"{route.name}：examples.py 里没有参数 {argument} 的例子")
        value = maker(Here(here.place, here.facility, made)) if maker else ""
        if value is None:
            return None
        made[argument] = value
    for anything in ANYTHING:
        try:
            return reverse(route.name, kwargs={name: value or anything for name, value in made.items()})
        except NoReverseMatch:
            continue
    raise NoExample(f"{route.name}：examples.py 里没有 {'、'.join(made)} 的例子，文字和数字都不合它的格式")


@example("user")
def _(here: Here) -> str:
    """An account with a role in the place, or in the facility."""
    user = User.objects.create(username=f"example-{next(_number)}", must_change_password=False)
    where = {"facility": here.facility} if here.facility else {"place": here.place}
    Grant.objects.create(user=user, role="resident", **where)
    return user.pk


@example("grant")
def _(here: Here) -> str:
    """The grant of the account before it in the address."""
    return Grant.objects.get(user=here.made["user"]).pk


def facility_in(here: Here) -> Facility | None:
    """The facility named, or a new one in the place; none can lie in a city as such."""
    if here.facility:
        return Facility.objects.filter(pk=here.facility).first()
    return make.facility(here.place) if len(here.place) >= 6 else None


@example("facility")
def _(here: Here) -> str | None:
    found = facility_in(here)
    return found.pk if found else None


@example("part")
def _(here: Here) -> str:
    """A kind of what a facility has."""
    return "tcm_hall"


@example("row")
def _(here: Here) -> str:
    """The hall of the facility before it in the address."""
    return make.tcm_hall(Facility.objects.get(pk=here.made["facility"])).pk


@example("practitioner")
def _(here: Here) -> str | None:
    found = facility_in(here)
    return make.practitioner(found).pk if found else None


@example("post")
def _(here: Here) -> str:
    """The post of the person before it in the address."""
    return Post.objects.get(practitioner=here.made["practitioner"]).pk


@example("consortium")
def _(here: Here) -> str | None:
    """A consortium of the county; the facility, if one is named, belongs to it."""
    if len(here.place) != 6:
        return None
    row = make.consortium(here.place)
    if here.facility:
        make.membership(row, Facility.objects.get(pk=here.facility))
    return row.pk


@example("side")
def _(here: Here) -> str:
    """A kind of line of a consortium."""
    return "catchment"


@example("line")
def _(here: Here) -> str:
    """A place that the consortium before it in the address serves."""
    owner = Consortium.objects.get(pk=here.made["consortium"])
    return make.catchment(owner, place=f"{owner.place}101").pk
