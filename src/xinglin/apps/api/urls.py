"""Addresses of tokens, of the reference, and of every operation."""

from __future__ import annotations

from django.urls import include, path

from xinglin.apps.api import views
from xinglin.apps.api.operations import patterns
from xinglin.apps.api.site import PREFIX, api

app_name = "api"
urlpatterns = [
    path("me/tokens", views.tokens, name="tokens"),
    path("me/tokens/new", views.new_token, name="new_token"),
    path("me/tokens/<str:api_token>/revoke", views.revoke, name="revoke"),
    path("tokens", views.all_tokens, name="all_tokens"),
    path("tokens/<str:api_token>/revoke", views.end_token, name="end_token"),
    path(PREFIX, views.reference, name="reference"),
    path(f"{PREFIX}openapi.json", views.document, name="openapi"),
    path(PREFIX, include((patterns(api), "v1"))),
]
