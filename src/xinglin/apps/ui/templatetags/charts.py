"""``{% load charts %}{% chart figure %}``: a figure with its chart, its notes and the table of the same numbers."""

from __future__ import annotations

from typing import Any

from django import template

from xinglin.apps.ui.figures import drawing
from xinglin.report.figure import Figure

register = template.Library()


@register.inclusion_tag("ui/chart.html", takes_context=True)
def chart(context: Any, figure: Figure | None, *, table: str = "open") -> dict[str, Any]:
    """Show a figure; nothing for None.

    Args:
        context: of the page. figure: from `xinglin.report`. table: ``open`` beside the chart, ``closed`` to be
            opened, ``elsewhere`` when the page itself has a table of these numbers.
    """
    if figure is None:
        return {"figure": None}
    return {**drawing(figure, context["request"].user), "table": table}
