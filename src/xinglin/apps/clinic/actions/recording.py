"""The record of a visit: kept while it is typed, signed, corrected by a new version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic import charting, permissions
from xinglin.apps.clinic.actions import prescribing, treating
from xinglin.apps.clinic.actions.prescribing import NOTHING_SIGNED_AGAIN, Again, Pen
from xinglin.apps.clinic.actions.reporting import say_reported
from xinglin.apps.clinic.chart import Chart
from xinglin.apps.clinic.models import Draft, Encounter, FollowUp, Note, State
from xinglin.apps.residents.once import Done, once

LONGEST = 60_000
CHANGED = "您打开这一页之后，别人改过这次就诊：请返回查看新的内容"


class Outdated(ValidationError):  # noqa: N818 – says what is the matter
    """Somebody else changed the visit since it was shown."""


@transaction.atomic
def keep_draft(encounter: Encounter, raw: Mapping[str, Any], *, by: Any) -> None:
    """Keep what is typed, as it is: nothing is checked, nothing is signed.

    Raises:
        NotAllowed. ValidationError: signed already, or longer than a record can be.
    """
    row = Encounter.objects.select_for_update(no_key=True).get(pk=encounter.pk)
    permissions.check_treat(by, row.facility)
    if row.state not in (State.WAITING, State.OPEN):
        raise ValidationError("这次就诊已经签名：要改，请用“更正”")
    text = json.dumps(dict(raw), ensure_ascii=False)
    if len(text) > LONGEST:
        raise ValidationError("内容太长，存不下：请精简")
    now = timezone.now()
    Draft.objects.update_or_create(
        encounter=row, defaults={"values": text, "saved_at": now, "saved_by": str(by.pk)}
    )
    if row.state == State.WAITING:
        row.state, row.changed_at = State.OPEN, now
        row.save(update_fields=["state", "changed_at"])


def sign(
    encounter: Encounter,
    raw: Mapping[str, Any],
    *,
    again: Again = NOTHING_SIGNED_AGAIN,
    by: Any,
    key: str,
    request: Any = None,
) -> Done:
    """Sign the record of a visit with its prescriptions and technique sheets: from then on it is fixed.

    Args:
        raw: what the form says. again: what was answered to the check. key: of the form.

    Returns:
        The id of the version.

    Raises:
        NotAllowed. prescribing.NotSafe. ValidationError: every mistake, by field.
    """

    def act() -> str:
        row = _held(encounter)
        permissions.check_treat(by, row.facility)
        if row.state not in (State.WAITING, State.OPEN):
            raise Outdated("这次就诊已经签名或已记为未就诊")
        seat = permissions.check_seat(by, row.facility, row.day)
        chart = charting.parse(raw)
        check_complete(chart)
        pen = Pen(by, seat, timezone.now(), again, request=request)
        note = _write(row, chart, 1, pen)
        _follow(row, chart)
        row.practitioner, row.state, row.signed_at = seat.practitioner, State.SIGNED, pen.at
        row.by_tcm = permissions.by_tcm(seat.practitioner)
        _touch(row, pen)
        say_reported(row)
        Draft.objects.filter(encounter=row).delete()
        record(by=by, action="encounter.sign", kind="encounter", id=row.pk, request=request)
        return note.pk

    return once(key, by=by, deed="encounter.sign", act=act)


def correct(
    encounter: Encounter,
    raw: Mapping[str, Any],
    *,
    reason: str,
    seen: int,
    again: Again = NOTHING_SIGNED_AGAIN,
    by: Any,
    key: str,
    request: Any = None,
) -> Done:
    """Correct a signed record: a new version with author, time and reason; the old ones stay.

    Args:
        seen: the version that was shown.

    Raises:
        NotAllowed: not one's own record. Outdated. prescribing.NotSafe. ValidationError: every mistake, by field.
    """

    def act() -> str:
        row = _held(encounter)
        permissions.check_treat(by, row.facility)
        permissions.check_author(by, row)
        last = row.notes.first()
        if row.state != State.SIGNED or last is None or last.version != seen:
            raise Outdated(CHANGED)
        if not prescribing.good_reason(reason):
            raise ValidationError({"reason": "请写明修改的原因，至少四个字"})
        chart = charting.parse(raw)
        check_complete(chart)
        if chart == Chart.model_validate_json(last.content):
            raise ValidationError("内容没有改动，不必更正")
        seat = permissions.check_seat(by, row.facility)
        pen = Pen(by, seat, timezone.now(), again, reason.strip()[:200], request)
        note = _write(row, chart, last.version + 1, pen)
        _touch(row, pen)
        record(by=by, action="encounter.correct", kind="encounter", id=row.pk, request=request)
        return note.pk

    return once(key, by=by, deed="encounter.correct", act=act)


def _held(encounter: Encounter) -> Encounter:
    """The visit as it is now, held until the transaction ends."""
    rows = Encounter.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("resident", "facility").get(pk=encounter.pk)


def check_complete(chart: Chart) -> None:
    """What a record must say before it is signed. Raises ValidationError: every lack, by field."""
    faults: dict[str, list[str]] = {}
    if not chart.texts.get("complaint") and not chart.texts.get("effect"):
        faults["complaint"] = ["请写主诉；复诊可以只写上次治疗后的变化"]
    if not chart.pairs and not chart.western:
        faults["disease_0"] = ["请写诊断：中医病名和证候，或西医诊断"]
    if not chart.pairs and (chart.herbs or chart.techniques):
        faults["disease_0"] = ["开中药或中医技术，要有中医诊断：请写病名和证候"]
    stop = [words for words, forbids in charting.remarks(chart) if forbids]
    if stop:
        faults.setdefault("disease_0", []).extend(stop)
    if faults:
        raise ValidationError(faults)


def _write(row: Encounter, chart: Chart, version: int, pen: Pen) -> Note:
    prescribing.write(row, chart, pen)
    treating.order(row, chart, pen)
    return treating.write_note(row, chart, version, pen)


def _touch(row: Encounter, pen: Pen) -> None:
    row.changed_at, row.revision = pen.at, row.revision + 1
    row.save()


def _follow(row: Encounter, chart: Chart) -> None:
    if chart.follow_days:
        FollowUp.objects.create(encounter=row, due=row.day + timedelta(days=chart.follow_days))
