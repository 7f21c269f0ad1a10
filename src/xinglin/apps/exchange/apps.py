"""The exchange app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ExchangeConfig(AppConfig):
    """Import and export of registers."""

    name = "xinglin.apps.exchange"
    label = "exchange"
    verbose_name = "导入导出"

    def ready(self) -> None:
        """Let every app register its tables (module ``tables``); put the page into the menu."""
        from xinglin.apps.ui import navigation

        autodiscover_modules("tables")
        navigation.add(
            "导入导出", "exchange:index", "export.run", "工具", "用 Excel 或 CSV 成批登记、修改，或取走清单"
        )
