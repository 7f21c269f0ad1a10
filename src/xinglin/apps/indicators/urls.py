"""Addresses of indicators."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.indicators import views

app_name = "indicators"
urlpatterns = [
    path("vintages", views.vintages, name="vintages"),
    path("vintages/recount", views.recount, name="recount"),
]
