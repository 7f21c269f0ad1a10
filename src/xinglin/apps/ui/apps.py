"""The ui app: no tables."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Base page, navigation, styles, shared pieces of pages."""

    name = "xinglin.apps.ui"
    label = "ui"
    verbose_name = "界面"
