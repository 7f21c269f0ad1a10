"""A standing as one self-contained HTML file: no script, no font, no picture from outside."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from xinglin.report import charts, tiles, views, words
from xinglin.report.views import DocumentRows
from xinglin.standing.model import Standing


def render_html(standing: Standing) -> str:
    """The report page, in Chinese; it works from a file, prints, and runs no script."""
    rows = views.rows_of(standing)
    documents = views.documents_of(rows)
    return (
        environment()
        .get_template("evaluate.html.j2")
        .render(
            standing=standing,
            documents=[(document, _charts(document)) for document in documents],
            overview=draw(charts.verdict_chart(standing)) if rows else "",
            tallies=views.tallies_of(standing),
            due_words=views.due_words_of(standing),
            missed=views.missed_of(rows),
            maps=tiles.tile_maps(standing, rows),
            wanted=views.wanted_of(standing),
        )
    )


def draw(spec: dict[str, Any]) -> Markup:
    """A Vega-Lite description as SVG to stand in a page, named for those who cannot see it."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(spec)
    name = escape(spec["description"])
    # Safe: the renderer writes all text of the data as escaped XML; the name is escaped here.
    return Markup(svg[svg.index("<svg") :].replace("<svg ", f'<svg role="img" aria-label="{name}" ', 1))  # noqa: S704


def _charts(document: DocumentRows) -> dict[str, Any]:
    numbered = document.numbered
    specs = (charts.percent_chart(numbered), charts.relative_chart(numbered))
    pictures = [(spec["description"], draw(spec)) for spec in specs if spec]
    return {"pictures": pictures, "left_out": len(numbered) - charts.drawn(numbered)}


@cache
def environment() -> Environment:
    """The templates of this room: text is escaped, a missing name is an error."""
    environment = Environment(
        loader=PackageLoader("xinglin.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(words=words, groups_of=views.groups_of)
    return environment
