"""The indicators app."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Facts, recounts, vintages."""

    name = "xinglin.apps.indicators"
    label = "indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        """Put the list of vintages into the menu."""
        from xinglin.apps.ui import navigation

        navigation.add("统计期次", "indicators:vintages", "facts.recount", "指标")
