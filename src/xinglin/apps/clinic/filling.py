"""A formula or a template into the prescription in one step; into one that is begun, what it lacks (合方)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinglin.apps.clinic import charting
from xinglin.apps.clinic.chart import Herb
from xinglin.apps.clinic.models import Template
from xinglin.knowledge import formulas

FORMULA, TEMPLATE = "f:", "t:"


def filled(raw: Mapping[str, Any], chosen: str, user: Any) -> dict[str, Any]:
    """The form with what was chosen; unknown things change nothing. It is checked when it is signed."""
    found = dict(raw)
    more = _lines(chosen, user)
    if more is None:
        return found
    head, lines = more
    written = {found[f"herb_{at}"] for at in range(charting.HERBS) if found.get(f"herb_{at}")}
    if not written:
        found |= head
    free = [at for at in range(charting.HERBS) if not found.get(f"herb_{at}")]
    new = [line for line in lines if line.written not in written]
    for at, line in zip(free, new, strict=False):
        one = charting.lines_raw([line])
        found |= {name.replace("_0", f"_{at}"): value for name, value in one.items()}
    return found


def _lines(chosen: str, user: Any) -> tuple[dict[str, Any], list[Herb]] | None:
    if chosen.startswith(FORMULA):
        formula = formulas.get(chosen.removeprefix(FORMULA))
        if formula is None:
            return None
        lines = [
            Herb(written=one.herb, grams=one.grams, decoction=one.decoction) for one in formula.ingredients
        ]
        return {"formula": formula.id}, lines
    if chosen.startswith(TEMPLATE):
        row = Template.objects.filter(user=user, pk=chosen.removeprefix(TEMPLATE)).first()
        herbs = charting.parse(row.content).herbs if row is not None else None
        if herbs is None:
            return None
        head = {name: value for name, value in charting.herbs_raw(herbs).items() if "_" not in name}
        return head, list(herbs.lines)
    return None
