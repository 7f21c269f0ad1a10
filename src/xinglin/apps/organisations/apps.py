"""The organisations app."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Facilities, people who work there, what they can do, consortia."""

    name = "xinglin.apps.organisations"
    label = "organisations"
    verbose_name = "机构"
