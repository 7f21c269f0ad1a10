"""Addresses of the site. Each app owns its own; every view declares its access."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("xinglin.apps.ui.urls")),
    path("", include("xinglin.apps.audit.urls")),
    path("", include("xinglin.apps.accounts.urls")),
    path("", include("xinglin.apps.exchange.urls")),
    path("", include("xinglin.apps.work.urls")),
    path("", include("xinglin.apps.indicators.urls")),
    path("", include("xinglin.apps.insight.urls")),
    path("", include("xinglin.apps.api.urls")),
    path("", include("xinglin.apps.installation.urls")),
    path("", include("xinglin.apps.organisations.urls")),
    path("", include("xinglin.apps.forms.urls")),
    path("", include("xinglin.apps.residents.urls")),
    path("", include("xinglin.apps.clinic.urls")),
    path("", include("xinglin.apps.wellness.urls")),
    path("", include("xinglin.apps.contracts.urls")),
]

handler500 = "xinglin.apps.ui.views.server_error"
