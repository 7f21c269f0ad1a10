"""Addresses of residents."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.residents.views import caring, files

app_name = "residents"
ONE = "residents/<str:resident>"
urlpatterns = [
    path("residents", files.residents, name="list"),
    path("residents/find", files.find, name="find"),
    path("residents/new", files.new, name="new"),
    path("residents/duplicates", caring.duplicates, name="duplicates"),
    path(ONE, files.resident, name="resident"),
    path(f"{ONE}/edit", files.edit, name="edit"),
    path(f"{ONE}/allergies/new", caring.allergy_new, name="allergy_new"),
    path(f"{ONE}/allergies/<str:allergy>/end", caring.allergy_end, name="allergy_end"),
    path(f"{ONE}/consents/new", caring.consent_new, name="consent_new"),
    path(f"{ONE}/merge/<str:other>", caring.merge, name="merge"),
    path(f"{ONE}/merges/<str:merge>/undo", caring.undo_merge, name="undo_merge"),
]
