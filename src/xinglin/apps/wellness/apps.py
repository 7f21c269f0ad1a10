"""The wellness app."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig


class WellnessConfig(AppConfig):
    """Constitution, health management of the elderly and of children, priority groups, what is due this week."""

    name = "xinglin.apps.wellness"
    label = "wellness"
    verbose_name = "治未病"

    def ready(self) -> None:
        """Entries of the menu; the part of a resident's page; what falls due; fields for the burden meter."""
        from xinglin.apps.clinic import burden
        from xinglin.apps.residents import panels
        from xinglin.apps.ui.navigation import add
        from xinglin.apps.wellness import retention
        from xinglin.apps.wellness.panel import panel
        from xinglin.apps.wellness.sources import register_all

        group = "治未病"
        add("本周该做", "wellness:due", "wellness.view", group, "老年人、儿童、慢病随访：该做谁、过期多久")
        add("重点人群", "wellness:managed", "wellness.view", group, "慢病和其他重点人群的在管名单")
        panels.register(panel)
        register_all()
        retention.register_all()
        burden.register(Path(__file__).with_name("data") / "burden.yaml")
