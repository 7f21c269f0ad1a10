"""Addresses of pages that belong to nobody else."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.home, name="home"),
    path("health", views.health, name="health"),
    path("style", views.style, name="style"),
]
