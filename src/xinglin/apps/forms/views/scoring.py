"""Assessments: a form of items with points and evidence, for the self side and the verified side."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from xinglin.apps.access.routes import route
from xinglin.apps.forms import presenters
from xinglin.apps.forms.actions import attaching, saving
from xinglin.apps.forms.drawing import drawn
from xinglin.apps.forms.models import Attachment, Record
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.forms.views.common import record_or_404, turned_away
from xinglin.apps.ui.messages import done, refused
from xinglin.records import Definition
from xinglin.records.standard import Item, Standard, judge


class Line(NamedTuple):
    """An item as the page shows it."""

    id: str
    item: Item
    entry: dict[str, Any]
    files: list[Attachment]
    drawn: bool
    fault: str
    differs: bool


class Part(NamedTuple):
    """A heading with its items and what was won of what is possible."""

    label: str
    lines: list[Line]
    self_points: Any
    points: Any
    possible: Any


@route("record.view", area="record")
def score(request: HttpRequest, record: str) -> HttpResponse:
    """The items of an assessment; whoever may gives one side's scores."""
    row, definition = record_or_404(request, record)
    if definition.standard is None:
        return turned_away(request, f"“{definition.label}”没有评分标准。", "forms:record", row.pk)
    side = presenters.scoring(row, definition, request.user)
    faults: dict[str, str] = {}
    entries = {name: dict(row.scores.get(name, {})) for name, _ in definition.standard.items()}
    if request.method == "POST":
        if not side:
            words = "现在不能评分：状态已变，或要由别人来评。"
            return turned_away(request, words, "forms:record", row.pk)
        sent = _sent(request, definition.standard, side)
        try:
            _evidence(request, row, definition, sent)
            seen = request.POST.get("revision", "")
            saving.score(
                row,
                definition,
                sent,
                side=side,
                by=request.user,
                revision=int(seen) if seen.isdigit() else None,
                request=request,
            )
        except saving.Invalid as error:
            faults = {
                f.field.removeprefix("items."): f"{f.fault.what}。{f.fault.fix}。" for f in error.faults
            }
        except (NotAllowed, saving.Outdated, attaching.Refused) as error:
            refused(request, f"{error}。")
        else:
            done(request, "评分已保存。")
            return (
                redirect("forms:record", row.pk)
                if "leave" in request.POST
                else redirect("forms:score", row.pk)
            )
        for name, entry in sent.items():
            entries[name].update(entry)
    context = {
        "record": row,
        "definition": definition,
        "standard": definition.standard,
        "side": side,
        "parts": _parts(row, definition, entries, faults),
        "faults": list(faults.items()),
        "own": judge(definition.standard, row.scores, "self"),
        "verified": judge(definition.standard, row.scores, "verified"),
        "sampled": definition.standard.sampling < 100,
    }
    return render(request, "forms/score.html", context)


def _sent(request: HttpRequest, standard: Standard, side: str) -> dict[str, dict[str, Any]]:
    """What was sent of each item."""
    found: dict[str, dict[str, Any]] = {}
    for name, _ in standard.items():
        points = request.POST.get(f"{name}.{side}", "").strip()
        entry: dict[str, Any] = {side: points or None}
        if side == "self":
            entry |= {
                "na": bool(request.POST.get(f"{name}.na")),
                "note": request.POST.get(f"{name}.note", "").strip(),
            }
        else:
            entry["reason"] = request.POST.get(f"{name}.reason", "").strip()
        found[name] = entry
    return found


def _evidence(request: HttpRequest, row: Record, definition: Definition, sent: dict[str, Any]) -> None:
    """Files that came for items; only the self side shows evidence. Raises Refused."""
    for name in sent:
        for file in request.FILES.getlist(f"{name}.file"):
            made = attaching.take_in(
                file.read(),
                name=file.name or "",
                definition=definition.id,
                field="",
                item=name,
                by=request.user,
                request=request,
            )
            Attachment.objects.filter(pk=made.pk).update(record=row)


def _parts(
    row: Record, definition: Definition, entries: dict[str, dict[str, Any]], faults: dict[str, str]
) -> list[Part]:
    assert definition.standard is not None
    files: dict[str, list[Attachment]] = {}
    for one in row.attachments.filter(removed_at=None).exclude(item=""):
        files.setdefault(one.item, []).append(one)
    chosen = drawn(row, definition.standard)
    own = judge(definition.standard, row.scores, "self")
    verified = judge(definition.standard, row.scores, "verified")
    found = []
    for key, group in definition.standard.groups.items():
        lines = [
            Line(
                name,
                item,
                entries[name],
                files.get(name, []),
                name in chosen,
                faults.get(name, ""),
                _differs(entries[name]),
            )
            for name, item in group.items.items()
        ]
        found.append(
            Part(group.label, lines, own.groups[key][0], verified.groups[key][0], own.groups[key][1])
        )
    return found


def _differs(entry: dict[str, Any]) -> bool:
    """Whether the verified score is another than the own one."""
    both = entry.get("self") not in (None, "") and entry.get("verified") not in (None, "")
    return both and str(entry["self"]) != str(entry["verified"])
