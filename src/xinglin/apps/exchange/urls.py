"""Addresses of import and export."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.exchange import views

app_name = "exchange"
urlpatterns = [
    path("exchange", views.index, name="index"),
    path("exchange/upload", views.upload, name="upload"),
    path("exchange/template/<str:table>", views.template, name="template"),
    path("exchange/export/<str:table>", views.export, name="export"),
    path("exchange/imports/<slug:one>", views.show, name="import"),
    path("exchange/imports/<slug:one>/apply", views.apply, name="apply"),
    path("exchange/imports/<slug:one>/undo", views.undo, name="undo"),
    path("exchange/imports/<slug:one>/discard", views.discard, name="discard"),
    path("exchange/imports/<slug:one>/read", views.read, name="read"),
    path("exchange/imports/<slug:one>/report", views.report, name="report"),
]
