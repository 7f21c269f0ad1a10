"""The record of a service: kept while it is typed, signed, corrected by a new version, taken back with a reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic.actions.prescribing import good_reason
from xinglin.apps.clinic.models import Seat
from xinglin.apps.forms.models import Sent
from xinglin.apps.protection.crypto import keyed_hash
from xinglin.apps.residents.models import files_of
from xinglin.apps.residents.once import Done, once
from xinglin.apps.wellness import advising, judging, permissions, signing
from xinglin.apps.wellness.content import Assessed, ChildGuided, Followed, Guided, read
from xinglin.apps.wellness.models import HealthDraft, HealthService, HealthVersion, Kind, State
from xinglin.apps.wellness.parsing import parse

LONGEST = 20_000
SIGNED = "这份记录已经签名：要改，请用“更正”"
CHANGED = "您打开这一页之后，别人改过这份记录：请返回查看新的内容"
REPORTED = "health_management"
"""Fact table that a facility would have to report year by year."""
Content = Assessed | Guided | ChildGuided | Followed


class Outdated(ValidationError):  # noqa: N818 – says what is the matter
    """Somebody else changed the record since it was shown."""


@transaction.atomic
def keep_draft(service: HealthService, raw: Mapping[str, Any], *, by: Any) -> None:
    """Keep what is typed, as it is: nothing is checked, nothing is signed.

    Raises:
        NotAllowed. ValidationError: signed already, or longer than a record can be.
    """
    row = HealthService.objects.select_for_update(no_key=True).get(pk=service.pk)
    permissions.check_serve(by, row.facility)
    if row.state != State.OPEN:
        raise ValidationError(SIGNED)
    text = json.dumps(dict(raw), ensure_ascii=False)
    if len(text) > LONGEST:
        raise ValidationError("内容太长，存不下：请精简")
    values = {"values": text, "saved_at": timezone.now(), "saved_by": str(by.pk)}
    HealthDraft.objects.update_or_create(service=row, defaults=values)


@transaction.atomic
def discard(service: HealthService, *, by: Any, request: Any = None) -> None:
    """Give up a form that is not signed: nothing of it stays but the audit row.

    Raises:
        NotAllowed. ValidationError: signed already.
    """
    row = HealthService.objects.select_for_update(no_key=True).get(pk=service.pk)
    permissions.check_serve(by, row.facility)
    if row.state != State.OPEN:
        raise ValidationError(SIGNED)
    record(by=by, action="health_service.discard", kind="health_service", id=row.pk, request=request)
    row.delete()


def sign(
    service: HealthService,
    raw: Mapping[str, Any],
    *,
    noticed: str = "",
    by: Any,
    key: str,
    request: Any = None,
) -> Done:
    """Sign a service: from then on it is fixed.

    Args:
        raw: what the form says. noticed: key of the notice that was shown and confirmed. key: of the form.

    Returns:
        The id of the version.

    Raises:
        NotAllowed. judging.Notice: something odd was not confirmed yet. ValidationError: every mistake, by field.
    """

    def act() -> str:
        row = _held(service)
        permissions.check_serve(by, row.facility)
        if row.state != State.OPEN:
            raise Outdated(SIGNED)
        found = parse(row, raw)
        _check_notice(row, found, noticed)
        _check_alone(row, found)
        seat = permissions.check_seat(by, row.facility, found.day)
        version = _write(row, found, 1, seat, by)
        row.practitioner, row.state, row.signed_at = seat.practitioner, State.SIGNED, version.signed_at
        row.by_tcm = permissions.by_tcm(seat.practitioner)
        _touch(row, found, version)
        HealthDraft.objects.filter(service=row).delete()
        record(by=by, action="health_service.sign", kind="health_service", id=row.pk, request=request)
        return version.pk

    return once(key, by=by, deed="health_service.sign", act=act)


def correct(
    service: HealthService,
    raw: Mapping[str, Any],
    *,
    reason: str,
    seen: int,
    noticed: str = "",
    by: Any,
    key: str,
    request: Any = None,
) -> Done:
    """Correct a signed record: a new version with author, time and reason; the old ones stay.

    Args:
        seen: the version that was shown.

    Raises:
        NotAllowed: not one's own record. Outdated. judging.Notice. ValidationError: every mistake, by field.
    """

    def act() -> str:
        row = _held(service)
        permissions.check_serve(by, row.facility)
        permissions.check_author(by, row)
        last = row.versions.first()
        if row.state != State.SIGNED or last is None or last.version != seen:
            raise Outdated(CHANGED)
        if not good_reason(reason):
            raise ValidationError({"reason": "请写明修改的原因，至少四个字"})
        found = parse(row, raw)
        if found == read(last.content):
            raise ValidationError("内容没有改动，不必更正")
        _check_notice(row, found, noticed)
        seat = permissions.check_seat(by, row.facility)
        version = _write(row, found, last.version + 1, seat, by, reason.strip()[:200])
        _touch(row, found, version)
        record(by=by, action="health_service.correct", kind="health_service", id=row.pk, request=request)
        return version.pk

    return once(key, by=by, deed="health_service.correct", act=act)


@transaction.atomic
def remove(service: HealthService, *, reason: str, by: Any, request: Any = None) -> HealthService:
    """Take back a signed record that should not be: of somebody else, or written twice. It stays, and counts no more.

    Raises:
        NotAllowed: not one's own record. ValidationError: no reason, not signed, or guidance rests on it.
    """
    row = _held(service)
    permissions.check_serve(by, row.facility)
    permissions.check_author(by, row)
    if row.state != State.SIGNED:
        raise ValidationError("这份记录没有签名，或已经作废")
    if not good_reason(reason):
        raise ValidationError({"reason": "请写明作废的原因，至少四个字，如“记错了人”"})
    if row.guidances.exclude(state=State.REMOVED).exists():
        raise ValidationError({"reason": "已有保健指导以它为依据：请先作废那份指导"})
    row.state, row.removed_by, row.remove_reason = State.REMOVED, str(by.pk), reason.strip()[:200]
    row.changed_at, row.revision = timezone.now(), row.revision + 1
    row.save()
    record(by=by, action="health_service.remove", kind="health_service", id=row.pk, request=request)
    return row


def _held(service: HealthService) -> HealthService:
    """The service as it is now, held until the transaction ends."""
    rows = HealthService.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("resident", "facility", "managed", "basis").get(pk=service.pk)


def notice_key(row: HealthService, found: Assessed) -> str:
    """Of the very words of a notice and the answers they were about; empty when there is nothing to notice."""
    if not found.noticed:
        return ""
    told = json.dumps([row.pk, found.answers, found.noticed], ensure_ascii=False, sort_keys=True)
    return keyed_hash(told, "wellness.notice")


def _check_notice(row: HealthService, found: Content, noticed: str) -> None:
    if isinstance(found, Assessed) and noticed != (key := notice_key(row, found)):
        raise judging.Notice(found.noticed, key, judging.tied(found.assessment()))


def _check_alone(row: HealthService, found: Content) -> None:
    """A child's guidance for an age is given once. (A second assessment of a year is accepted and counted once.)"""
    if isinstance(found, ChildGuided):
        rows = HealthService.objects.signed().filter(resident__in=files_of(row.resident), kind=Kind.CHILD)
        if rows.filter(months=row.months).exists():
            raise ValidationError(f"{row.months} 月龄的指导已经有人签名：请放弃这一份")


def _write(
    row: HealthService, found: Content, number: int, seat: Seat, by: Any, reason: str = ""
) -> HealthVersion:
    version = HealthVersion(
        service=row,
        version=number,
        content=found.model_dump_json(),
        edition=found.edition,
        reason=reason,
        signed_at=timezone.now(),
        signed_by=str(by.pk),
        practitioner=seat.practitioner,
    )
    version.mac = signing.of_version(version)
    version.save(force_insert=True)
    return version


def _touch(row: HealthService, found: Content, version: HealthVersion) -> None:
    row.day, row.edition = found.day, found.edition
    row.complete = not isinstance(found, ChildGuided) or advising.in_time(row, found.day)
    row.changed_at, row.revision = version.signed_at, row.revision + 1
    row.save()
    if row.kind != Kind.CHRONIC:
        _say_reported(row)


def _say_reported(row: HealthService) -> None:
    """Services written here are known as they happen: nobody has to report them once more. A word given stays."""
    day: Any = row.day
    Sent.objects.get_or_create(
        unit=row.facility_id,
        table=REPORTED,
        period=f"{day:%Y}",
        defaults={"status": "reported", "place": row.facility.place},
    )
