"""Tags and filters every app's templates share; ``{% load ui %}``. The query string is changed with Django's
own ``{% querystring page=3 %}``.
"""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.utils.html import format_html

from xinglin.apps.ui.messages import UNDO

register = template.Library()

SIGNS = {"good": "✓", "bad": "✕", "warn": "!", "info": "i", "none": "—"}
"""Tones of chips and the sign each carries, so that nothing is told by colour alone."""
_CHIP = '<span class="chip {}"><span aria-hidden="true">{}</span>{}</span>'


@register.simple_tag
def chip(tone: str, text: str) -> str:
    """A state in colour and words: ``{% chip "good" "达标" %}``. Raises KeyError for an unknown tone.

    No template of its own: a list has one in every row.
    """
    return format_html(_CHIP, tone, SIGNS[tone], text)


@register.inclusion_tag("ui/crumbs.html")
def crumbs(*words: str) -> dict[str, Any]:
    """Where one is: ``{% crumbs "机构" list_address "连州市中医院" %}`` – label, address, …, label of this page."""
    pairs = [(words[index], words[index + 1]) for index in range(0, len(words) - 1, 2)]
    last = [(words[-1], "")] if len(words) % 2 else []
    return {"trail": [*pairs, *last]}


@register.inclusion_tag("ui/sortable.html", takes_context=True)
def sortable(context: Any, name: str, label: str, *, number: bool = False) -> dict[str, Any]:
    """A header cell that sorts by ``name``: ``?sort=name``, again ``?sort=-name``; goes back to page 1."""
    query = context["request"].GET.copy()
    now = query.get("sort", context.get("sort", ""))
    query["sort"] = f"-{name}" if now == name else name
    query.pop("page", None)
    order = {name: "ascending", f"-{name}": "descending"}.get(now, "")
    return {"label": label, "address": f"?{query.urlencode()}", "order": order, "number": number}


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pages(context: Any, page: Page[Any]) -> dict[str, Any]:
    """Links to other pages of a list: ``{% pages page %}``."""
    paginator = page.paginator
    numbers = list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
    return {"page": page, "numbers": numbers, "gap": paginator.ELLIPSIS, "request": context["request"]}


@register.inclusion_tag("ui/empty.html")
def empty(title: str, text: str = "", address: str = "", action: str = "") -> dict[str, str]:
    """A list without rows: why, and what to do (a button to ``address`` that says ``action``)."""
    return {"title": title, "text": text, "address": address, "action": action}


@register.filter
def is_check(field: forms.BoundField) -> bool:
    """Whether a field is one box to tick: its label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def groups(form: forms.BaseForm) -> list[tuple[str, list[forms.BoundField]]]:
    """Visible fields by the form's ``groups``; those in no group come last, without a legend."""
    declared = getattr(form, "groups", ())
    named = {name for _, names in declared for name in names}
    shown = {field.name for field in form.visible_fields()}
    found = [(legend, [form[name] for name in names if name in shown]) for legend, names in declared]
    rest = [field for field in form.visible_fields() if field.name not in named]
    return [*found, *([("", rest)] if rest else [])]


@register.filter
def mistakes(form: forms.BaseForm) -> list[tuple[str, str, str]]:
    """Every mistake: id of the field (empty when it concerns the whole form), its label, what is wrong."""
    found = [("", "", str(text)) for text in form.non_field_errors()]
    for field in form:
        target = "" if field.is_hidden else field.id_for_label
        found += [(target, str(field.label), str(text)) for text in field.errors]
    return found


@register.filter
def undo_address(message: Any) -> str:
    """Where to take back what a message tells, or nothing (see `xinglin.apps.ui.messages`)."""
    tags = str(message.extra_tags or "")
    return tags.removeprefix(UNDO) if tags.startswith(UNDO) else ""


@register.filter
def thousands(value: Any) -> str:
    """A whole number with separators, 12,345; a dash for nothing."""
    return "—" if value is None else f"{value:,}"
