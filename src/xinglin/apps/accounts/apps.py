"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts, grants, signing in."""

    name = "xinglin.apps.accounts"
    label = "accounts"
    verbose_name = "账号"
