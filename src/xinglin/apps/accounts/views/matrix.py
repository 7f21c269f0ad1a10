"""The table of permissions as a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinglin.apps.access.matrix import declared_routes
from xinglin.apps.access.routes import route
from xinglin.apps.access.table import access_table


@route("matrix.view")
@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Roles × permissions, and the addresses that each permission opens."""
    table = access_table()
    routes = declared_routes()
    rows = [
        {
            "name": name,
            "label": permission.label,
            "marks": [(role.label, table.allows(key, name)) for key, role in table.roles.items()],
            "routes": [one for one in routes if one.access and one.access.permission == name],
        }
        for name, permission in table.permissions.items()
    ]
    public = [one for one in routes if one.is_public]
    return render(
        request, "accounts/matrix.html", {"roles": table.roles.values(), "rows": rows, "public": public}
    )
