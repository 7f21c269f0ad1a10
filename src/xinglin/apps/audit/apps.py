"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Log of deeds."""

    name = "xinglin.apps.audit"
    label = "audit"
    verbose_name = "审计"
    default_auto_field = "django.db.models.BigAutoField"
