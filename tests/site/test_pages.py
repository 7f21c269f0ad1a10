"""Every page of the site opens in a real browser, at both widths, without faults.

Walks all routes that answer GET; arguments of addresses are filled by ``examples.py``. A route whose arguments have
no example there (an object of the visitor's own, say) is tested by its app's own page tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import organisations_factories as make
import pytest
from browser import opening
from django.test import Client
from examples import EXAMPLES, Here, address_of

from xinglin.apps.access.matrix import declared_routes
from xinglin.apps.access.table import RoleLevel, access_table

COUNTY, TOWN = "441882", "441882101"
PAGES = {route.name: route for route in declared_routes() if route.access is not None and route.access.safe}
PREFERRED = ("county_officer", "regional_officer", "auditor", "security_admin", "system_admin")


def role_for(permission: str) -> str:
    """A role that may open it, one with a whole county or more if there is one."""
    table = access_table()
    return next(role for role in (*PREFERRED, *table.roles) if table.allows(role, permission))


def visitor(name: str, signed_in: Callable[..., Client]) -> tuple[Client | None, Here]:
    """Somebody who may open a route, and where; None for a stranger."""
    route = PAGES[name]
    if route.access is None or route.is_public:
        return None, Here(COUNTY)
    role = role_for(route.access.permission)
    if access_table().roles[role].level is RoleLevel.FACILITY:
        own = make.facility(TOWN)
        return signed_in(role, facility=own.pk), Here(TOWN, own.pk)
    return signed_in(role, COUNTY), Here(COUNTY)


def address(name: str, here: Here) -> str:
    """The route's address, filled with objects of the place or facility."""
    route = PAGES[name]
    if any(argument not in EXAMPLES for argument in route.arguments):
        pytest.skip(f"{name} 的参数没有样例（tests/site/examples.py），由所属应用自己的页面测试打开")
    found = address_of(route, here)
    assert found is not None
    return found


@pytest.mark.chromium
@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1", "localhost"])
@pytest.mark.parametrize("name", PAGES)
def test_page(name: str, chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    client, here = visitor(name, signed_in)
    path = address(name, here)
    answer = (client or Client()).get(path, follow=True)
    assert answer.status_code == 200
    if "<html" not in (b"" if answer.streaming else answer.content[:500]).decode(errors="ignore"):
        return  # a file, or a fragment that its page has been tested with
    with opening(chromium, live_server, client, path) as opened:
        opened.check()
        opened.shoot(f"page-{name.replace(':', '-')}")
