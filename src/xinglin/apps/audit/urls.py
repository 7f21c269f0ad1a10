"""Addresses of the log."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.audit import views

app_name = "audit"
urlpatterns = [
    path("audit", views.log, name="log"),
    path("audit/export", views.export, name="export"),
]
