"""The residents app."""

from __future__ import annotations

from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    """Files of residents: who they are, where they are known, allergies, consents."""

    name = "xinglin.apps.residents"
    label = "residents"
    verbose_name = "居民"

    def ready(self) -> None:
        """The entry of the menu."""
        from xinglin.apps.ui.navigation import add

        add("居民", "residents:list", "resident.view", "诊疗", "建档、查找、过敏史和知情同意")
