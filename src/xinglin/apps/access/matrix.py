"""Every route of the site with what it declares: what the page of permissions and its tests are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from xinglin.apps.access.routes import PUBLIC, Access, access_of


@dataclass(frozen=True)
class Declared:
    """A route.

    Attributes:
        name: with its name space, ``accounts:me``. address: its pattern, ``users/<str:user>/``.
        arguments: names of the parts of the address that vary. access: None if the view declares nothing.
    """

    name: str
    address: str
    arguments: tuple[str, ...]
    view: Callable[..., Any]
    access: Access | None

    @property
    def is_public(self) -> bool:
        """Whether it opens before signing in."""
        return self.access is not None and self.access.permission == PUBLIC


def declared_routes(urlconf: str | None = None) -> list[Declared]:
    """All routes of pages, in the order of the addresses' files; those entered with a token are told by the API."""
    found = _walk(get_resolver(urlconf), "", "")
    return [one for one in found if one.access is None or not one.access.token]


def _walk(resolver: URLResolver, space: str, start: str) -> Iterator[Declared]:
    for item in resolver.url_patterns:
        address = start + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from _walk(item, f"{space}{item.namespace}:" if item.namespace else space, address)
        elif isinstance(item, URLPattern):
            arguments = tuple(item.pattern.converters)
            yield Declared(
                f"{space}{item.name}", "/" + address, arguments, item.callback, access_of(item.callback)
            )
