"""Addresses of the installation's own pages."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.installation import views

app_name = "installation"
urlpatterns = [path("installation", views.state, name="state")]
