"""The nine scores as a picture: a star of nine axes in SVG, made here, without style or script in it.

It draws what `xinglin.knowledge.constitution.spokes` describes; the table beside it says the same in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from xinglin.knowledge.constitution import Assessment, Constitution, Spoke, spokes

WIDTH, HEIGHT, RADIUS = 380, 330, 105
CENTRE = (WIDTH / 2, HEIGHT / 2)
RINGS = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), Decimal(1))
Point = tuple[float, float]


def star(assessment: Assessment) -> SafeString:
    """The picture; its title says the result in words for those who do not see it."""
    found = spokes(assessment)
    return format_html(
        '<svg class="star" viewBox="0 0 {} {}" role="img" aria-label="九种体质得分图：{}">{}{}{}{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        assessment.conclusion,
        _rings(),
        _axes(found),
        _line("leaning", [one.leaning_at or one.yes_at for one in found]),
        _line("yes", [one.yes_at for one in found]),
        _line("score", [one.position for one in found]),
        _labels(found),
    )


def _at(index: int, share: Decimal | float) -> Point:
    """Where a share of an axis lies; the first axis points up, the others follow clockwise."""
    angle = 2 * math.pi * index / len(Constitution) - math.pi / 2
    length = RADIUS * float(share)
    return CENTRE[0] + length * math.cos(angle), CENTRE[1] + length * math.sin(angle)


def _points(shares: Iterable[Decimal]) -> str:
    return " ".join("{:.1f},{:.1f}".format(*_at(index, share)) for index, share in enumerate(shares))


def _line(kind: str, shares: Iterable[Decimal]) -> SafeString:
    return format_html('<polygon class="{}" points="{}"></polygon>', kind, _points(shares))


def _rings() -> SafeString:
    rows = [(_points([share] * len(Constitution)),) for share in RINGS]
    return format_html_join("", '<polygon class="ring" points="{}"></polygon>', rows)


def _axes(found: tuple[Spoke, ...]) -> SafeString:
    ends = [tuple(f"{one:.1f}" for one in (*CENTRE, *_at(index, 1))) for index in range(len(found))]
    axes = format_html_join("", '<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}"></line>', ends)
    dots = [tuple(f"{one:.1f}" for one in _at(index, one.position)) for index, one in enumerate(found)]
    return format_html(
        "{}{}", axes, format_html_join("", '<circle class="dot" cx="{}" cy="{}" r="3"></circle>', dots)
    )


def _labels(found: tuple[Spoke, ...]) -> SafeString:
    rows = []
    for index, one in enumerate(found):
        x, y = _at(index, 1.13)
        side = "middle" if abs(x - CENTRE[0]) < 12 else ("start" if x > CENTRE[0] else "end")
        held = "name held" if one.verdict.value != "否" else "name"
        rows.append((held, f"{x:.1f}", f"{y + 4:.1f}", side, one.constitution.value, one.shown))
    return format_html_join("", '<text class="{}" x="{}" y="{}" text-anchor="{}">{} {}</text>', rows)
