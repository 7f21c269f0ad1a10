"""The demonstration's health management: some people of the village clinic, made with the same deeds as on the pages.

All of it is of this year and marked 演示; nobody has a document number, so no indicator of the demonstration moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from xinglin.apps.clinic.models import Seat
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents import actions as files
from xinglin.apps.residents.models import DocumentKind, Resident
from xinglin.apps.residents.once import new_key
from xinglin.apps.wellness import actions, judging
from xinglin.apps.wellness.models import HealthService, Kind, Managed
from xinglin.apps.wellness.permissions import EDIT
from xinglin.apps.wellness.reading import answer_field
from xinglin.knowledge import child
from xinglin.knowledge.constitution import load_instrument

MARK = "（演示）"
QI, DAMP = {"2": 4, "3": 3, "4": 3, "14": 3}, {"9": 4, "16": 3, "28": 4, "32": 3}
"""Answers of 气虚质 and of 痰湿质; everything else 没有 but 精力 有时."""


def lively_services(by: Mapping[str, Any], today: date) -> list[HealthService]:
    """Elderly people with and without their assessment, children, members of groups; nothing where the village doctor
    has no seat.

    Args:
        by: role → the demonstration's account.
    """
    doctor = by["village_doctor"]
    facility = Facility.objects.filter(pk__in=doctor.scope_for(EDIT).facilities).first()
    if facility is None or not Seat.objects.filter(user=doctor).exists():
        return []
    first, second, third, small, _ = (
        _resident(name, sex, born, facility, doctor)
        for name, sex, born in (
            ("演示老甲", "female", today - timedelta(days=26700)),
            ("演示老乙", "male", today - timedelta(days=25300)),
            ("演示老丙", "male", today - timedelta(days=29900)),
            ("演示幼甲", "female", child.reached(today, -13) - timedelta(days=9)),
            ("演示幼乙", "male", child.reached(today, -6) - timedelta(days=40)),
        )
    )
    made = [
        _assessed(first, facility, QI, doctor, today - timedelta(days=40)),
        _assessed(second, facility, DAMP, doctor, today - timedelta(days=20)),
    ]
    made.append(_guided(first, facility, doctor, today - timedelta(days=39)))
    boxes = [str(box) for box in child.load_guide().required(12)]
    given = {"boxes": boxes, "told": "family", "other": MARK}
    wanted = actions.Wanted(Kind.CHILD, months=12)
    made.append(_signed(small, facility, wanted, {"day": today.isoformat(), **given}, doctor))
    for person, group, ago in ((third, "hypertension", 100), (first, "diabetes2", 30)):
        since = today - timedelta(days=ago)
        done = actions.join(person, facility, group=group, since=since, by=doctor, key=new_key())
        made.append(_followed(Managed.objects.get(pk=done.id), doctor, min(since + timedelta(days=8), today)))
    return made


def _resident(name: str, sex: str, born: date, facility: Facility, doctor: Any) -> Resident:
    person = Resident(
        name=name, sex=sex, birth_date=born, id_kind=DocumentKind.NONE, place=facility.place, phone=""
    )
    done = files.register(person, facility, by=doctor, key=new_key(), another=True)
    return Resident.objects.get(pk=done.id)


def _signed(
    person: Resident, facility: Facility, wanted: actions.Wanted, raw: dict[str, Any], doctor: Any
) -> HealthService:
    row = HealthService.objects.get(pk=actions.start(person, facility, wanted, by=doctor, key=new_key()).id)
    try:
        actions.sign(row, raw, by=doctor, key=new_key())
    except judging.Notice as notice:
        actions.sign(row, raw, noticed=notice.key, by=doctor, key=new_key())
    return HealthService.objects.get(pk=row.pk)


def _assessed(
    person: Resident, facility: Facility, answers: dict[str, int], doctor: Any, day: date
) -> HealthService:
    items = load_instrument("elderly33").items
    grades = {item.id: answers.get(item.id, 3 if item.id == "1" else 1) for item in items}
    raw = {answer_field(item): str(grade) for item, grade in grades.items()}
    return _signed(person, facility, actions.Wanted(Kind.ASSESSMENT), {"day": day.isoformat(), **raw}, doctor)


def _guided(person: Resident, facility: Facility, doctor: Any, day: date) -> HealthService:
    raw = {"day": day.isoformat(), "g_qi_deficiency": ["diet", "exercise", "acupoints"], "other": MARK}
    raw |= {"told": "self", "way": "visit"}
    return _signed(person, facility, actions.Wanted(Kind.GUIDANCE), raw, doctor)


def _followed(row: Managed, doctor: Any, day: date) -> HealthService:
    raw = {"day": day.isoformat(), "way": "here", "adherence": "first", "effect": "same", "other": MARK}
    raw |= {"systolic": "146", "diastolic": "88", "aspects": ["diet", "daily_life"]}  # type: ignore[dict-item]
    wanted = actions.Wanted(Kind.CHRONIC, managed=row)
    return _signed(row.resident, row.facility, wanted, raw, doctor)
