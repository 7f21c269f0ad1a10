"""The flat texts of the form of a visit: what was sent, and what a chart is typed as.

Lists have numbered names (``herb_3``). `charting` reads them into a `Chart`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from xinglin.apps.clinic.chart import TEXTS, VITALS, Chart, Herb, Herbs

HERBS, PATENTS, TECHNIQUES, PAIRS, WESTERN = 30, 6, 3, 2, 2
"""Lines that the form has of each."""
MOST_DOSES, MOST_DAYS = 60, 180
WORDS = ("tongue", "coating", "left", "right")
"""Fields that are ticked."""


def raw_of(sent: QueryDict) -> dict[str, Any]:
    """What a form sent, as it is kept in a draft: lists for the ticked words, texts for all else."""
    found: dict[str, Any] = {name: sent.get(name, "").strip() for name in sent if name in NAMES}
    found |= {name: sent.getlist(name) for name in WORDS if sent.getlist(name)}
    return {name: value for name, value in found.items() if value}


def _names() -> frozenset[str]:
    single = {"form", "route", "doses", "days", "times", "usage", "formula", "pregnant", "lactating"}
    rows = {"herb": HERBS, "grams": HERBS, "decoction": HERBS}
    rows |= {"patent": PATENTS, "quantity": PATENTS, "unit": PATENTS, "patent_usage": PATENTS}
    rows |= {"technique": TECHNIQUES, "site": TECHNIQUES, "method": TECHNIQUES, "sessions": TECHNIQUES}
    rows |= {"now": TECHNIQUES, "disease": PAIRS, "pattern": PAIRS, "second": PAIRS}
    rows |= {"western": WESTERN, "western_code": WESTERN}
    numbered = {f"{name}_{at}" for name, number in rows.items() for at in range(number)}
    return frozenset({*TEXTS, *VITALS, *single, *numbered, "follow_days"})


NAMES = _names()
"""Fields of the form."""


def as_raw(chart: Chart) -> dict[str, Any]:
    """The form's texts for a chart: a visit that is copied, a record that is corrected."""
    found: dict[str, Any] = {**chart.texts, **{name: _plain(value) for name, value in chart.vitals.items()}}
    found |= {name: list(getattr(chart, name)) for name in WORDS if getattr(chart, name)}
    found |= {
        name: "yes" if value else "no"
        for name, value in (("pregnant", chart.pregnant), ("lactating", chart.lactating))
        if value is not None
    }
    for at, pair in enumerate(chart.pairs):
        found[f"disease_{at}"] = pair.disease.code or pair.disease.name
        for name, one in zip(("pattern", "second"), pair.patterns, strict=False):
            found[f"{name}_{at}"] = one.code or one.name
    for at, one in enumerate(chart.western):
        found |= {f"western_{at}": one.name, f"western_code_{at}": one.code}
    found |= _orders(chart)
    if chart.follow_days:
        found["follow_days"] = str(chart.follow_days)
    return {name: value for name, value in found.items() if value}


def _orders(chart: Chart) -> dict[str, Any]:
    found: dict[str, Any] = herbs_raw(chart.herbs) if chart.herbs else {}
    for at, one in enumerate(chart.patents):
        found |= {f"patent_{at}": one.written, f"quantity_{at}": _plain(one.quantity)}
        found |= {f"unit_{at}": one.unit, f"patent_usage_{at}": one.usage}
    for at, sheet in enumerate(chart.techniques):
        found |= {f"technique_{at}": sheet.technique, f"site_{at}": sheet.site}
        found |= {f"method_{at}": sheet.method, f"sessions_{at}": str(sheet.times)}
        found[f"now_{at}"] = "" if sheet.now else "no"
    return found


def herbs_raw(herbs: Herbs) -> dict[str, Any]:
    """The form's texts for a prescription of herbs; what a template keeps."""
    found: dict[str, Any] = {"form": herbs.form, "route": herbs.route, "doses": str(herbs.doses)}
    found |= {"days": str(herbs.days or ""), "times": str(herbs.times), "usage": herbs.usage}
    found["formula"] = herbs.formula
    return found | lines_raw(herbs.lines)


def lines_raw(lines: Sequence[Herb]) -> dict[str, Any]:
    """The form's texts for herbs."""
    found: dict[str, Any] = {}
    for at, line in enumerate(lines):
        found |= {f"herb_{at}": line.written, f"decoction_{at}": line.decoction}
        found[f"grams_{at}"] = "" if line.grams is None else _plain(line.grams)
    return found


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
