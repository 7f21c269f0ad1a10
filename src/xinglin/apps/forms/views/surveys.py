"""Surveys: handing out links, the questionnaire that anybody fills, what came of it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import PUBLIC, route
from xinglin.apps.forms import permissions
from xinglin.apps.forms.actions import surveying
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Link
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.forms.views.common import record_or_404, turned_away
from xinglin.apps.ui.messages import done
from xinglin.apps.ui.places import place_name
from xinglin.records.questionnaire import to_be_asked

DAYS = 30


@route("record.view", area="record")
def round_(request: HttpRequest, record: str) -> HttpResponse:
    """A round: links with their codes, how many answers came, what they show."""
    row, definition = record_or_404(request, record)
    if definition.survey is None:
        return turned_away(request, f"“{definition.label}”不是问卷调查。", "forms:record", row.pk)
    may = permissions.holds(request.user, definition.who.write, row)
    wrong = ""
    if request.method == "POST":
        try:
            _hand_out(request, row, definition)
            return redirect("forms:round", row.pk)
        except ValueError:
            wrong = "请填开始和截止日期"
        except NotAllowed as error:
            wrong = str(error)
    whole, parts = surveying.results(row, definition.survey)
    links = {(link.place, link.facility_id): link for link in row.links.select_related("facility")}
    today = timezone.localdate()
    context = {
        "record": row,
        "definition": definition,
        "survey": definition.survey,
        "may": may,
        "wrong": wrong,
        "whole": whole,
        "asked": to_be_asked(definition.survey.plan),
        "parts": [(links[p.place, p.facility], _named(links[p.place, p.facility]), p) for p in parts],
        "questions": _questions(row, definition),
        "words": _words(row, request.user, definition),
        "opens": today,
        "closes": today + timedelta(days=DAYS),
        "open": any(surveying.is_open(link, today) for link in links.values()),
    }
    return render(request, "forms/round.html", context)


def _hand_out(request: HttpRequest, row: Any, definition: Any) -> None:
    closes = date.fromisoformat(request.POST.get("closes", ""))
    if "extend" in request.POST:
        surveying.extend(row, definition, closes=closes, by=request.user, request=request)
        done(request, "截止日期已改。")
        return
    opens = date.fromisoformat(request.POST.get("opens", ""))
    made = surveying.open_round(row, definition, opens=opens, closes=closes, by=request.user, request=request)
    done(request, f"已生成 {len(made)} 个问卷链接。")


def _named(link: Link) -> str:
    return link.facility.name if link.facility else place_name(link.place, 6)


def _questions(row: Any, definition: Any) -> list[tuple[str, list[tuple[str, int | None, int]]]]:
    """Question → options with counts and widths of their bars (percent of the largest, in steps of 5)."""
    found = []
    for name, cells in surveying.table(row, definition.survey).items():
        question = definition.survey.questions[name]
        most = max((n for n in cells.values() if n), default=1)
        lines = [
            (question.options.get(code, f"{code} 分"), n, 0 if n is None else round(n * 20 / most) * 5)
            for code, n in cells.items()
        ]
        found.append((question.label, lines))
    return found


def _words(row: Any, user: Any, definition: Any) -> list[tuple[str, int]]:
    """Free words and how many wrote them, without order or date, for whoever may write; only when enough answered."""
    if not permissions.holds(user, definition.who.write, row):
        return []
    texts = [one for one in row.answers.values_list("words", flat=True) if one]
    enough = row.answers.count() >= definition.survey.small
    return sorted(Counter(texts).items(), key=lambda pair: (-pair[1], pair[0])) if enough else []


@route("record.view", area="token")
@require_safe
def code(request: HttpRequest, token: str) -> HttpResponse:
    """The code of a link as a picture."""
    link = get_object_or_404(Link, pk=token)
    record_or_404(request, link.round_id)
    buffer = BytesIO()
    address = request.build_absolute_uri(reverse("forms:answer", args=[token]))
    segno.make(address, error="m").save(buffer, kind="svg", scale=4, border=2)
    return HttpResponse(buffer.getvalue(), content_type="image/svg+xml")


@route("record.view", area="record")
@require_safe
def sheet(request: HttpRequest, record: str) -> HttpResponse:
    """All codes of a round, to be printed and put up."""
    row, definition = record_or_404(request, record)
    if definition.survey is None:
        return turned_away(request, f"“{definition.label}”不是问卷调查。", "forms:record", row.pk)
    links = [(link, _named(link)) for link in row.links.select_related("facility")]
    if not links:
        return turned_away(request, "还没有发放问卷，先生成链接再打印二维码。", "forms:round", row.pk)
    return render(request, "forms/sheet.html", {"record": row, "definition": definition, "links": links})


@route(PUBLIC)
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The questionnaire; nobody is asked who he is, nothing of the connection is kept."""
    link = get_object_or_404(Link.objects.select_related("round"), pk=token)
    definition = book().definitions.get(link.round.definition)
    if definition is None or definition.survey is None:
        raise Http404
    faults: dict[str, str] = {}
    if request.method == "POST":
        raw = {
            name: request.POST.getlist(name) if question.type == "choices" else request.POST.get(name, "")
            for name, question in definition.survey.questions.items()
        }
        try:
            surveying.answer(link, definition, raw, page=request.POST.get("page", "")[:32] or uuid4().hex)
        except surveying.BadAnswer as error:
            faults = error.faults
        except NotAllowed as error:
            return render(request, "forms/answered.html", {"definition": definition, "wrong": str(error)})
        else:
            return render(request, "forms/answered.html", {"definition": definition})
    context = {
        "definition": definition,
        "link": link,
        "open": surveying.is_open(link, timezone.localdate()),
        "questions": _asked(request, definition, faults),
        "page": request.POST.get("page") or uuid4().hex,
        "faults": faults,
        "where": place_name(link.place, 6),
    }
    return render(request, "forms/answer.html", context, status=422 if faults else 200)


def _asked(request: HttpRequest, definition: Any, faults: dict[str, str]) -> list[Any]:
    """Questions with what was chosen, what is wrong, and when they are asked."""
    import json

    found = []
    for name, question in definition.survey.questions.items():
        scale = [(str(n), str(n)) for n in range(1, question.steps + 1)] if question.type == "scale" else []
        when = json.dumps(question.when.as_data(), ensure_ascii=False) if question.when else ""
        found.append(
            {
                "name": name,
                "question": question,
                "options": list(question.options.items()) or scale,
                "chosen": request.POST.getlist(name),
                "fault": faults.get(name, ""),
                "when": when,
            }
        )
    return found
