"""Addresses of signing in and of accounts."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("second-factor", views.second_factor, name="second_factor"),
    path("me", views.me, name="me"),
]
