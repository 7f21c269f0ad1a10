"""The ui app: no tables."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Base page, navigation, styles, shared pieces of pages."""

    name = "xinglin.apps.ui"
    label = "ui"
    verbose_name = "界面"

    def ready(self) -> None:
        """The home page comes first in the menu."""
        from xinglin.apps.ui.navigation import add

        add("首页", "ui:home", "home.view", "")
