"""The work app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WorkConfig(AppConfig):
    """Jobs, the worker that does them, the pages that show them."""

    name = "xinglin.apps.work"
    label = "work"
    verbose_name = "后台任务"

    def ready(self) -> None:
        """Let every app register its kinds of job (module ``jobs``); put the list into the menu."""
        from xinglin.apps.audit.presenters import name_kinds
        from xinglin.apps.ui import navigation
        from xinglin.apps.work.registry import KINDS

        autodiscover_modules("jobs")
        name_kinds({name: kind.label for name, kind in KINDS.items()})
        navigation.add("后台任务", "work:list", "job.view", "工具")
