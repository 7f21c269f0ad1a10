"""Addresses of signing in and of accounts."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.accounts.views import matrix, own, signing, users

app_name = "accounts"
urlpatterns = [
    path("sign-in", signing.sign_in, name="sign_in"),
    path("sign-out", signing.sign_out, name="sign_out"),
    path("second-factor", signing.second_factor, name="second_factor"),
    path("second-factor/setup", signing.second_factor_setup, name="second_factor_setup"),
    path("me", own.me, name="me"),
    path("me/password", own.password, name="password"),
    path("me/sessions", own.end_sessions, name="end_sessions"),
    path("users", users.users, name="users"),
    path("users/find", users.find, name="users_find"),
    path("users/new", users.new_user, name="new_user"),
    path("users/<str:user>", users.user, name="user"),
    path("users/<str:user>/deactivate", users.deactivate, name="deactivate"),
    path("users/<str:user>/activate", users.activate, name="activate"),
    path("users/<str:user>/password", users.reset_password, name="reset_password"),
    path("users/<str:user>/second-factor", users.reset_second_factor, name="reset_second_factor"),
    path("users/<str:user>/unlock", users.unlock, name="unlock"),
    path("users/<str:user>/grants", users.give_grant, name="give_grant"),
    path("users/<str:user>/grants/<str:grant>/end", users.end_grant, name="end_grant"),
    path("permissions", matrix.matrix, name="matrix"),
]
