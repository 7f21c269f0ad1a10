"""Addresses of wellness."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.wellness.views import due, managed, printing, services

app_name = "wellness"
SERVICE = "wellness/services/<str:service>"
urlpatterns = [
    path("wellness", due.due, name="due"),
    path("residents/<str:resident>/wellness", services.start, name="start"),
    path(SERVICE, services.service, name="service"),
    path(f"{SERVICE}/draft", services.draft, name="draft"),
    path(f"{SERVICE}/discard", services.discard, name="discard"),
    path(f"{SERVICE}/correct", services.correct, name="correct"),
    path(f"{SERVICE}/remove", services.remove, name="remove"),
    path(f"{SERVICE}/paper/<str:size>", printing.paper, name="paper"),
    path("wellness/managed", managed.managed, name="managed"),
    path("residents/<str:resident>/managed", managed.join, name="join"),
    path("wellness/managed/<str:managed>/leave", managed.leave, name="leave"),
]
