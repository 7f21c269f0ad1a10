"""Addresses of pages that belong to nobody else."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.ui import choosing, views

app_name = "ui"
urlpatterns = [
    path("", views.home, name="home"),
    path("health", views.health, name="health"),
    path("style", views.style, name="style"),
    path("choose/places", choosing.places, name="choose_places"),
    path("choose/facilities", choosing.facilities, name="choose_facilities"),
]
