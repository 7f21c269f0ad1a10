"""Addresses of the site. Each app owns its own; every view declares its access."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("xinglin.apps.ui.urls")),
    path("", include("xinglin.apps.accounts.urls")),
]
