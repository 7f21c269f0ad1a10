"""Every route of the site declares who may use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from xinglin.apps.access.routes import PUBLIC, access_of
from xinglin.apps.access.table import access_table


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site with its name."""
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            yield from patterns(item, f"{prefix}{item.namespace}:" if item.namespace else prefix)
        else:
            yield f"{prefix}{item.name}", item


ROUTES = dict(patterns(get_resolver()))


@pytest.mark.parametrize("name", ROUTES)
def test_every_route_declares_its_access(name: str) -> None:
    access = access_of(ROUTES[name].callback)
    assert access is not None, f"{name} 没有声明权限"
    assert access.permission == PUBLIC or access.permission in access_table().permissions


def test_home_needs_sign_in() -> None:
    response = Client().get("/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/sign-in")


def test_home_shows(signed_in: Callable[..., Any]) -> None:
    response = signed_in("county_officer", "441882").get("/")
    assert response.status_code == 200
    assert "首页" in response.content.decode()
