"""The installation app: no tables."""

from django.apps import AppConfig


class InstallationConfig(AppConfig):
    """Deployment checks, backup and restore, the server."""

    name = "xinglin.apps.installation"
    label = "installation"
    verbose_name = "装置"

    def ready(self) -> None:
        """Register the checks and the page."""
        from xinglin.apps.installation import checks  # noqa: F401 - registers
        from xinglin.apps.ui import navigation

        navigation.add("装置状况", "installation:state", "installation.view", "系统")
