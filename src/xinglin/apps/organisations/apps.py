"""The organisations app."""

from __future__ import annotations

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Facilities, people who work there, what they can do, consortia."""

    name = "xinglin.apps.organisations"
    label = "organisations"
    verbose_name = "机构"

    def ready(self) -> None:
        """Entries of the menu; accounts and pickers learn how facilities are found."""
        from xinglin.apps.accounts import directory
        from xinglin.apps.organisations import finding
        from xinglin.apps.ui import choosing
        from xinglin.apps.ui.navigation import add

        group = "机构与人员"
        add(
            "机构",
            "organisations:facilities",
            "facility.view",
            group,
            "医院、卫生院、村卫生室和它们的中医馆、科室、技术",
        )
        add("人员", "organisations:practitioners", "practitioner.view", group, "执业资格、任职和变动")
        add("医共体", "organisations:consortia", "consortium.view", group, "牵头机构、成员和服务区")
        directory.register(finding.Finder())
        choosing.register_facilities(finding.suggest)
