"""What is offered while one types: herbs, diseases, patterns, techniques, formulas and one's own templates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.clinic import hand
from xinglin.apps.clinic.filling import FORMULA, TEMPLATE
from xinglin.apps.clinic.models import Template
from xinglin.apps.ui.suggestion import Suggestion
from xinglin.knowledge import formulas, herbs, search, techniques
from xinglin.knowledge.search import Hit, Kind

LONGEST, LIMIT = 30, 10
KINDS = {kind.value: kind for kind in Kind}


@route("encounter.edit")
@require_safe
def choose(request: Any, kind: str) -> HttpResponse:
    """Things of a kind that a text may mean."""
    if kind not in KINDS:
        raise Http404
    text = request.GET.get("q", "").strip()[:LONGEST]
    hits = search.search(text, {KINDS[kind]}, limit=LIMIT)
    found = _templates(request.user, text, hits) if kind == Kind.FORMULA else []
    found += [_shown(hit) for hit in hits]
    return render(request, "ui/suggestions.html", {"found": found, "asked": text})


@route("encounter.edit")
@require_safe
def knowledge(request: Any) -> HttpResponse:
    """What the sources say of the diagnoses of a form: a piece of its page."""
    context = {
        "sheets": hand.sheets(request.GET.dict(), request.user),
        "techniques": hand.allowed(request.user),
        "catalogue": techniques.edition().title,
    }
    return render(request, "clinic/hand.html", context)


def _templates(user: Any, text: str, hits: Sequence[Hit]) -> list[Suggestion]:
    """The doctor's own come first: by name, and those that adjust a formula that is found."""
    rows = Template.objects.filter(user=user)
    if text:
        named = Q(initials__startswith=text.lower()) | Q(name__contains=text)
        rows = rows.filter(named | Q(formula__in=[hit.key for hit in hits]))
    return [Suggestion(f"{TEMPLATE}{row.pk}", row.name, _origin(row), row.name) for row in rows[:LIMIT]]


def _origin(row: Template) -> str:
    formula = formulas.get(row.formula)
    return f"我的模板，由{formula.name}加减" if formula is not None else "我的模板"


def _shown(hit: Hit) -> Suggestion:
    also = f"“{hit.matched}”" if hit.matched != hit.name else ""
    if hit.kind is Kind.HERB:
        return Suggestion(hit.name, hit.name, " ".join(filter(None, (also, _dose(hit.key)))), hit.name)
    if hit.kind is Kind.FORMULA:
        formula = formulas.get(hit.key)
        book = formula.source if formula is not None else ""
        return Suggestion(f"{FORMULA}{hit.key}", hit.name, f"{also} {book}".strip(), hit.name)
    if hit.kind is Kind.TECHNIQUE:
        known = techniques.get(hit.key)
        return Suggestion(hit.key, hit.name, known.category_name if known else "", hit.name)
    return Suggestion(hit.key, hit.name, f"{also} {hit.key}".strip(), hit.name)


def _dose(name: str) -> str:
    herb = herbs.get(name)
    if herb is None or herb.dose_min is None or herb.dose_max is None:
        return ""
    foot = f" {'、'.join(herb.decoction)}" if herb.decoction else ""
    return f"{herb.dose_min:g}–{herb.dose_max:g} g{foot}"
