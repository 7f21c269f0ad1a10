"""What pages share: the definition and the record at hand, files that came with a form, telling of faults."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from xinglin.apps.forms import permissions, rows
from xinglin.apps.forms.actions import attaching
from xinglin.apps.forms.book import book
from xinglin.apps.forms.building import FILE
from xinglin.apps.forms.models import Attachment, Record
from xinglin.apps.ui.messages import refused
from xinglin.facts.fault import Fault
from xinglin.records import Definition, FieldFault, FieldType
from xinglin.records.cells import JOINED


def definition_or_404(request: HttpRequest, name: str) -> Definition:
    """A definition that the account may see somewhere."""
    found = book().definitions.get(name)
    if found is None or not permissions.readable(request.user, found):
        raise Http404
    return found


def record_or_404(request: HttpRequest, pk: str) -> tuple[Record, Definition]:
    """A record of the account's area, those taken out included."""
    record = get_object_or_404(Record, pk=pk)
    definition = definition_or_404(request, record.definition)
    if not permissions.sees(request.user, definition, record):
        raise Http404
    return record, definition


def turned_away(request: HttpRequest, words: str, *to: str) -> HttpResponse:
    """Back to a page that fits, with words why not here: for what lies in one's area but cannot be done."""
    refused(request, words)
    return redirect(*to)


def take_files(
    request: HttpRequest, definition: Definition, raw: dict[str, Any], names: list[str]
) -> tuple[FieldFault, ...]:
    """Keep the files that came with a form and name them in its values; what is refused comes back as faults.

    Ids that are named must be the record's own or the account's loose ones.
    """
    faults = []
    for name in names:
        if definition.fields[name].type is not FieldType.FILE:
            continue
        ids = [one for one in str(raw.get(name) or "").split(JOINED) if one]
        for file in request.FILES.getlist(f"{name}{FILE}"):
            try:
                made = attaching.take_in(
                    file.read(),
                    name=file.name or "",
                    definition=definition.id,
                    field=name,
                    by=request.user,
                    request=request,
                )
                ids.append(made.pk)
            except attaching.Refused as error:
                faults.append(FieldFault(name, Fault("file", f"“{file.name}”：{error}", "其余内容已保留")))
        raw[name] = _known(ids, definition, request.user)
    return tuple(faults)


def _known(ids: list[str], definition: Definition, user: Any) -> list[str]:
    rows_ = Attachment.objects.filter(pk__in=ids, definition=definition.id, removed_at=None)
    good = {row.pk for row in rows_ if row.record_id is not None or row.by == user.pk}
    return [one for one in ids if one in good]


def full_raw(record: Record, definition: Definition, typed: dict[str, Any]) -> dict[str, Any]:
    """What was typed, over what the record holds."""
    return {**rows.values_in(record, definition), **typed}
