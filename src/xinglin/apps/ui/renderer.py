"""The one look of all forms (setting ``FORM_RENDERER``)."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Summary of mistakes, fieldsets, label, help and mistakes beside each field."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
