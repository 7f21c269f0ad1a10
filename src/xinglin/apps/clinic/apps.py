"""The clinic app."""

from __future__ import annotations

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """Queue, encounters, signed records, prescriptions, technique sheets, templates, follow-up."""

    name = "xinglin.apps.clinic"
    label = "clinic"
    verbose_name = "诊疗"

    def ready(self) -> None:
        """Entries of the menu; the part of a resident's page."""
        from xinglin.apps.clinic.views.queue import panel
        from xinglin.apps.residents import panels
        from xinglin.apps.ui.navigation import add

        group = "诊疗"
        add("今日就诊", "clinic:queue", "encounter.view", group, "候诊、接诊、写病历、开方")
        add("处方", "clinic:prescriptions", "prescription.view", group, "近期的处方")
        add("随访", "clinic:follow_ups", "encounter.view", group, "该问候的病人")
        add("处方模板", "clinic:templates", "encounter.edit", group, "自己的协定方")
        add("院内药", "clinic:shelf", "shelf.edit", group, "院内药名、标准名、价格和医保编码")
        add("执业身份", "clinic:seats", "seat.edit", group, "账号对应的执业人员、技术授权")
        add("病历保存", "clinic:retention", "retention.keep", group, "保存期满的病历和档案、目录、销毁")
        add("诊疗量", "clinic:counts", "clinic.count", group, "各机构每月的就诊、处方、治疗，只有数字")
        panels.register(panel)
