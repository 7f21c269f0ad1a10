"""The insight app."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Pages over published numbers."""

    name = "xinglin.apps.insight"
    label = "insight"
    verbose_name = "县域"

    def ready(self) -> None:
        """Put the pages into the menu; each page's line stands here in the order of the menu."""
        from xinglin.apps.audit.presenters import name_kinds
        from xinglin.apps.ui import navigation

        # 总览, 指标, 政策, 机构达标, 任务清单, 报告
        navigation.add(
            "总览", "insight:overview", "insight.view", "县域", "达标了几项，差距最大的在哪里，有什么逾期"
        )
        navigation.add(
            "指标",
            "insight:indicators",
            "insight.view",
            "县域",
            "每一个数：目标、走势、各地对照，直到每条记录",
        )
        navigation.add(
            "政策", "insight:policies", "insight.view", "县域", "文件的每一条：目标、任务、责任单位、现状"
        )
        navigation.add(
            "机构达标", "insight:facilities", "insight.view", "县域", "每家机构满足了什么，还缺什么"
        )
        navigation.add(
            "任务清单", "insight:tasks", "task.view", "县域", "每一条要求谁来办、到哪天、办到哪一步"
        )
        navigation.add(
            "报告", "insight:reports", "report.make", "县域", "自评报告、指标表和一页纸，每个数字可回到出处"
        )
        name_kinds({"task": "任务"})
