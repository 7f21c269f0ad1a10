"""Allergies and consents."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from xinglin.apps.organisations.rules import NO_NAMES
from xinglin.apps.residents import permissions
from xinglin.apps.residents.history import note
from xinglin.apps.residents.models import Allergy, Consent, Resident
from xinglin.apps.residents.once import Done, once

LONGEST = 100
_ANSWERS = "_consents_that_hold"


def note_allergy(
    resident: Resident, *, kind: str, substance: str, reaction: str, by: Any, key: str, request: Any = None
) -> Done:
    """Write down what somebody is allergic to.

    Raises:
        NotAllowed. ValidationError: nothing said, or known already.
    """
    permissions.check_edit(by, resident)
    text = substance.strip()

    def act() -> str:
        _check_substance(resident, text, reaction)
        made = Allergy(resident=resident.root, kind=kind, substance=text, reaction=reaction.strip())
        made.by = str(getattr(by, "pk", None) or "")
        made.full_clean()
        made.save(force_insert=True)
        note(resident.root, "allergy", by=by, fields=["substance"], request=request)
        return made.pk

    return once(key, by=by, deed="allergy.create", act=act)


def _check_substance(resident: Resident, text: str, reaction: str) -> None:
    if not text or text in NO_NAMES:
        raise ValidationError({"substance": "请写对什么过敏；没有过敏不必登记"})
    if max(len(text), len(reaction)) > LONGEST:
        raise ValidationError({"substance": f"太长：每一栏最多 {LONGEST} 字"})
    known = [one.substance for one in allergies(resident)]
    if text in known:
        raise ValidationError({"substance": f"“{text}”已经登记过"})


def allergies(resident: Resident) -> list[Allergy]:
    """What somebody is allergic to, written down in any file of this person."""
    root = resident.merged_into_id or resident.pk
    rows = Allergy.objects.filter(ended_at=None).order_by()
    # Two halves of one query, each answered by its own index; "or" over both would read the whole table.
    found = list(rows.filter(resident=root).union(rows.filter(resident__merged_into=root), all=True))
    return sorted(found, key=lambda one: (one.resident_id != root, one.at, one.pk))


@transaction.atomic
def end_allergy(found: Allergy, *, reason: str, by: Any, request: Any = None) -> Allergy:
    """Take an allergy off, with the reason.

    Raises:
        NotAllowed. ValidationError: no reason, or taken off already.
    """
    permissions.check_edit(by, found.resident)
    row = Allergy.objects.select_for_update(no_key=True).get(pk=found.pk)
    if row.ended_at is not None:
        raise ValidationError("这一条已经撤除")
    if not reason.strip():
        raise ValidationError({"reason": "请写明撤除的原因，如“经皮试排除”"})
    row.ended_at, row.end_reason = timezone.now(), reason.strip()[:LONGEST]
    row.ended_by = str(getattr(by, "pk", None) or "")
    row.save(update_fields=["ended_at", "end_reason", "ended_by"])
    note(found.resident, "allergy_end", by=by, fields=["substance"], request=request)
    return row


def answer(
    resident: Resident, *, kind: str, given: bool, by_guardian: bool, by: Any, key: str, request: Any = None
) -> Done:
    """Write down a consent, or that it was refused or taken back.

    Raises:
        NotAllowed. ValidationError.
    """
    permissions.check_edit(by, resident)

    def act() -> str:
        made = Consent(resident=resident.root, kind=kind, given=given, by_guardian=by_guardian)
        made.by = str(getattr(by, "pk", None) or "")
        made.full_clean()
        made.save(force_insert=True)
        note(resident.root, "consent", by=by, fields=[kind], request=request)
        for one in (resident, resident.root):
            vars(one).pop(_ANSWERS, None)
        return made.pk

    return once(key, by=by, deed="consent.create", act=act)


def consents(resident: Resident) -> dict[str, Consent]:
    """The answer that holds, by question. Read once for an object: several parts of a page ask."""
    known: dict[str, Consent] | None = vars(resident).get(_ANSWERS)
    if known is not None:
        return known
    root = resident.merged_into_id or resident.pk
    found: dict[str, Consent] = {}
    rows = list(Consent.objects.filter(resident=root))
    rows += list(Consent.objects.filter(resident__merged_into=root))
    for row in sorted(rows, key=lambda one: one.at):
        found[row.kind] = row
    vars(resident)[_ANSWERS] = found
    return found
