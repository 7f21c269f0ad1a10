"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Log of deeds."""

    name = "xinglin.apps.audit"
    label = "audit"
    verbose_name = "审计"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The log's place in the menu."""
        from xinglin.apps.ui.navigation import add

        add("审计日志", "audit:log", "audit.view", "管理", "谁在什么时候看了什么、改了什么；日志是否完整")
