"""Allergies and consents."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from xinglin.apps.organisations.rules import NO_NAMES
from xinglin.apps.residents import permissions
from xinglin.apps.residents.history import note
from xinglin.apps.residents.models import Allergy, Consent, Resident
from xinglin.apps.residents.once import Done, once

LONGEST = 100
_ANSWERS, _ALLERGIES = "_consents_that_hold", "_allergies_that_hold"
"""Where an object of a resident remembers what several parts of a page ask for."""


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
        _forget(resident, _ALLERGIES)
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
    """What somebody is allergic to, written down in any file of this person. Read once for an object."""
    known: list[Allergy] | None = vars(resident).get(_ALLERGIES)
    if known is None:
        root = resident.merged_into_id or resident.pk
        rows = _of_person(Allergy.objects.filter(ended_at=None), root)
        known = sorted(rows, key=lambda one: (one.resident_id != root, one.at, one.pk))
        vars(resident)[_ALLERGIES] = known
    return list(known)


def _of_person(rows: QuerySet[Any], root: str) -> QuerySet[Any]:
    """Those of a file and of the files merged into it.

    Two halves of one query, each answered by its own index; "or" over both would read the whole table.
    """
    plain = rows.order_by()
    return plain.filter(resident=root).union(plain.filter(resident__merged_into=root), all=True)


def _forget(resident: Resident, name: str) -> None:
    for one in (resident, resident.root):
        vars(one).pop(name, None)


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
    _forget(found.resident, _ALLERGIES)
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
        _forget(resident, _ANSWERS)
        return made.pk

    return once(key, by=by, deed="consent.create", act=act)


def consents(resident: Resident) -> dict[str, Consent]:
    """The answer that holds, by question. Read once for an object: several parts of a page ask."""
    known: dict[str, Consent] | None = vars(resident).get(_ANSWERS)
    if known is not None:
        return known
    root = resident.merged_into_id or resident.pk
    found: dict[str, Consent] = {}
    for row in sorted(_of_person(Consent.objects.all(), root), key=lambda one: (one.at, one.pk)):
        found[row.kind] = row
    vars(resident)[_ANSWERS] = found
    return found
