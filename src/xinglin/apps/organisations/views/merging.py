"""Merging and splitting: form, preview of every change, then the deed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from xinglin.apps.access.routes import route
from xinglin.apps.organisations import actions
from xinglin.apps.organisations.forms.merging import MergeForm, SplitForm
from xinglin.apps.organisations.history import Deed
from xinglin.apps.organisations.masking import mask_name
from xinglin.apps.organisations.models import Facility, Post
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.organisations.presenters import history
from xinglin.apps.organisations.views.common import READ_LIST, facility_or_404, note_reading, scope_of
from xinglin.apps.ui.messages import done


@route("facility.merge", area="facility")
def merge(request: HttpRequest, facility: str) -> HttpResponse:
    """Merge others into this facility."""
    target = facility_or_404(request, facility)
    form = MergeForm(request.POST or None, target, scope_of(request), initial={"day": timezone.localdate()})

    def deed() -> Deed:
        day = form.cleaned_data["day"]
        return actions.merge(form.sources, target, day=day, by=request.user, request=request)

    title = f"把别的机构并入“{target.name}”"
    return _two_steps(request, target, form, deed, title, "机构已合并。")


@route("facility.merge", area="facility")
def split(request: HttpRequest, facility: str) -> HttpResponse:
    """Take a new facility out of this one."""
    source = facility_or_404(request, facility)
    people = _people(request, source)
    initial = {"day": timezone.localdate(), "place": source.place, "kind": source.kind}
    form = SplitForm(request.POST or None, source, scope_of(request), people, initial=initial)

    def deed() -> Deed:
        asked = form.cleaned_data
        moves = dict.fromkeys(asked["people"], 0)
        part = form.part(source)
        day, close = asked["day"], asked["close"]
        return actions.split(
            source, [part], day=day, moves=moves, close=close, by=request.user, request=request
        )

    return _two_steps(request, source, form, deed, f"从“{source.name}”拆分新机构", "机构已拆分。")


def _people(request: HttpRequest, source: Facility) -> list[tuple[str, str]]:
    """Posts with who holds them, by name for those who may read names."""
    user: Any = request.user
    readable = user.scope_for("practitioner.name").covers(place=source.place, facility=source.pk)
    rows: Any = Post.objects.filter(facility=source).not_over(timezone.localdate())
    posts = list(rows.select_related("practitioner").order_by("practitioner__sort_key", "pk"))
    if readable:
        note_reading(request, READ_LIST, id=source.pk, count=len(posts))
    return [(post.pk, _who(post, readable)) for post in posts]


def _who(post: Any, readable: bool) -> str:
    name = post.practitioner.name if readable else mask_name(post.practitioner.name)
    return f"{name or '（未填姓名）'}　{post.practitioner.get_licence_display()}"


def _asked(request: HttpRequest) -> str:
    """What was asked for, in short: only what was previewed can be confirmed."""
    sent = sorted((name, tuple(values)) for name, values in request.POST.lists())
    wanted = [one for one in sent if one[0] not in ("csrfmiddlewaretoken", "confirmed", "q")]
    return hashlib.sha256(repr(wanted).encode()).hexdigest()


def _two_steps(
    request: HttpRequest, row: Facility, form: Any, deed: Callable[[], Deed], title: str, said: str
) -> HttpResponse:
    """First show all that would change, then, asked again, do it."""
    context: dict[str, Any] = {"facility": row, "form": form, "title": title}
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("confirmed") == _asked(request):
                number = deed().number
                done(request, said, undo=reverse("organisations:undo", args=[number]))
                return redirect("organisations:facility", row.pk)
            context["preview"] = history(actions.preview(deed))[0].changes
            context["asked"] = _asked(request)
        except ValidationError as error:
            form.add_error(None, error.messages)
        except NotAllowed as error:
            form.add_error(None, str(error))
    return render(request, "organisations/merge.html", context)
