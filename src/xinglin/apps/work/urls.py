"""Addresses of jobs."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.work import views

app_name = "work"
urlpatterns = [
    path("jobs", views.jobs, name="list"),
    path("jobs/<str:job>", views.job, name="job"),
    path("jobs/<str:job>/cancel", views.cancel, name="cancel"),
    path("jobs/<str:job>/retry", views.retry, name="retry"),
    path("jobs/<str:job>/dismiss", views.dismiss, name="dismiss"),
    path("jobs/<str:job>/file", views.file, name="file"),
]
