"""The forms app."""

from __future__ import annotations

from contextlib import suppress

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """Registers, activities, cases, assessments and surveys, by their definitions."""

    name = "xinglin.apps.forms"
    label = "forms"
    verbose_name = "填报"

    def ready(self) -> None:
        """Definitions become registers that can be imported and exported; entries of the menu;
        what waits stands on the home page."""
        from xinglin.apps.forms import checks, reminders, tables
        from xinglin.apps.ui import panels
        from xinglin.apps.ui.navigation import add
        from xinglin.base.errors import DefinitionError

        with suppress(DefinitionError):  # `checks` tells, and nothing is served until it is mended
            tables.register_all()
        checks.register()
        group = "填报"
        add("登记与填报", "forms:index", "record.view", group, "登记、活动、事项、评估和调查")
        add(
            "待办与到期",
            "forms:due",
            "record.view",
            group,
            "到期、逾期和退回要改的",
            waiting=reminders.overdue_words,
        )
        add("填报情况", "forms:completeness", "record.view", group, "谁报了，谁还没报")
        add("工作日历", "forms:workdays", "calendar.edit", "工具", "哪些日子上班，期限按它计算")
        panels.register(reminders.panel)
