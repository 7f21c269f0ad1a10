"""The access app: no tables."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Roles, permissions, routes."""

    name = "xinglin.apps.access"
    label = "access"
    verbose_name = "权限"
