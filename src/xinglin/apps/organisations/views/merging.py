"""Merging and splitting: form, preview of every change, then the deed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from xinglin.apps.access.routes import route
from xinglin.apps.organisations import actions
from xinglin.apps.organisations.forms.merging import MergeForm
from xinglin.apps.organisations.forms.splitting import FEWEST, MOST, Movable, SplitForm
from xinglin.apps.organisations.history import Deed, kind_of
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
    """Divide this facility into several, or take new ones out of it."""
    source = facility_or_404(request, facility)
    movable = _movable(request, source)
    size = _size(request)
    initial: dict[str, Any] = {"day": timezone.localdate()}
    for number in range(1, size + 1):
        initial |= {f"place-{number}": source.place, f"kind-{number}": source.kind}
    more = request.method == "POST" and "more" in request.POST
    if more:  # what was filled in so far is shown again, not judged
        initial |= dict(request.POST.items())
    form = SplitForm(
        None if more else request.POST or None,
        source,
        scope_of(request),
        movable,
        size=size,
        initial=initial,
    )
    made: list[Facility] = []

    def deed() -> Deed:
        asked = form.cleaned_data
        made[:] = form.new_facilities()
        return actions.split(
            source,
            made,
            day=asked["day"],
            moves=form.moves(),
            close=asked["close"],
            by=request.user,
            request=request,
        )

    context = {"may_add": form.size < MOST, "made": made}
    return _two_steps(request, source, form, deed, f"拆分“{source.name}”", "机构已拆分。", **context)


def _size(request: HttpRequest) -> int:
    """How many successors the page asks for: one more than before when one was asked for."""
    sent = request.POST.get("size", "")
    size = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 3 else FEWEST
    return min(size + ("more" in request.POST), MOST)


def _movable(request: HttpRequest, source: Facility) -> list[Movable]:
    """What may go to a successor; people by name for those who may read names."""
    user: Any = request.user
    readable = user.scope_for("practitioner.name").covers(place=source.place, facility=source.pk)
    rows = actions.movable(source, timezone.localdate())
    posts = [row for row in rows if isinstance(row, Post)]
    prefetch_related_objects(posts, "practitioner")
    posts.sort(key=lambda post: (post.practitioner.sort_key, post.pk))
    if readable:
        note_reading(request, READ_LIST, id=source.pk, count=len(posts))
    things = [row for row in rows if not isinstance(row, Post)]
    return [
        *(Movable("post", post.pk, "人员", _who(post, readable)) for post in posts),
        *(Movable(kind_of(row), row.pk, str(row._meta.verbose_name), str(row)) for row in things),
    ]


def _who(post: Any, readable: bool) -> str:
    name = post.practitioner.name if readable else mask_name(post.practitioner.name)
    return f"{name or '（未填姓名）'}　{post.practitioner.get_licence_display()}"


def _asked(request: HttpRequest) -> str:
    """What was asked for, in short: only what was previewed can be confirmed."""
    sent = sorted((name, tuple(values)) for name, values in request.POST.lists())
    wanted = [one for one in sent if one[0] not in ("csrfmiddlewaretoken", "confirmed", "q")]
    return hashlib.sha256(repr(wanted).encode()).hexdigest()


def _two_steps(
    request: HttpRequest,
    row: Facility,
    form: Any,
    deed: Callable[[], Deed],
    title: str,
    said: str,
    **more: Any,
) -> HttpResponse:
    """First show all that would change, then, asked again, do it.

    Args:
        more: for the page; ``made`` holds the facilities that the deed would make.
    """
    context: dict[str, Any] = {"facility": row, "form": form, "title": title, **more}
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("confirmed") == _asked(request):
                number = deed().number
                done(request, said, undo=reverse("organisations:undo", args=[number]))
                return redirect("organisations:facility", row.pk)
            context["preview"] = history(actions.preview(deed), more.get("made", ()))[0].changes
            context["asked"] = _asked(request)
        except ValidationError as error:
            form.add_error(None, error.messages)
        except NotAllowed as error:
            form.add_error(None, str(error))
    return render(request, "organisations/merge.html", context)
