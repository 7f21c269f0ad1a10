"""The contracts app."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Family-doctor contracts: items, packages, signing, what was delivered, renewals."""

    name = "xinglin.apps.contracts"
    label = "contracts"
    verbose_name = "签约"

    def ready(self) -> None:
        """Entries of the menu; the part of a resident's page; what counts by itself; what falls due."""
        from xinglin.apps.clinic import burden
        from xinglin.apps.contracts import evidence, retention, wellness_kinds
        from xinglin.apps.contracts.views.contracts import panel
        from xinglin.apps.residents import panels
        from xinglin.apps.ui.navigation import add

        group = "签约"
        add("签约居民", "contracts:list", "contract.view", group, "履约、落后的项目、该续签的")
        add(
            "签约概况",
            "contracts:overview",
            "contract.count",
            group,
            "各机构、各服务包的签约和履约，只有数字",
        )
        add("服务包", "contracts:packages", "package.view", group, "本县和上级的签约服务包")
        add("项目库", "contracts:items", "package.view", group, "可以放进服务包的中医药项目")
        panels.register(panel)
        burden.register(Path(__file__).with_name("data") / "burden.yaml")
        evidence.register_clinic()
        wellness_kinds.register_all()
        retention.register_all()
