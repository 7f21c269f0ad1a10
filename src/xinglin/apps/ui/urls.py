"""Addresses of pages that belong to nobody else."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.ui import choosing, figures, views

app_name = "ui"
urlpatterns = [
    path("", views.home, name="home"),
    path("health", views.health, name="health"),
    path("style", views.style, name="style"),
    path("figures/outlines/<str:of>", figures.figure_outlines, name="figure_outlines"),
    path("figures/<str:name>.svg", figures.figure_picture, name="figure_picture"),
    path("choose/places", choosing.places, name="choose_places"),
    path("choose/facilities", choosing.facilities, name="choose_facilities"),
]
