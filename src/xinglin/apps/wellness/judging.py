"""A constitution form read, scored and judged; what is odd in it is shown once before it is signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from xinglin.apps.wellness import rules
from xinglin.apps.wellness.content import Assessed, Scored
from xinglin.apps.wellness.models import HealthService
from xinglin.apps.wellness.reading import ANSWER, MEASURED, Form, Raw, answer_field, said
from xinglin.knowledge import constitution
from xinglin.knowledge.constitution import (
    Assessment,
    Constitution,
    Flag,
    ImplausibleMeasurement,
    IncompleteAnswers,
    Instrument,
    Sex,
)
from xinglin.knowledge.constitution.measuring import PLAUSIBLE

MISSING = "没有回答"


class Notice(ValidationError):  # noqa: N818 – it is no error
    """What is odd in a filled form: shown once and confirmed before it is signed. ``key`` is of these very words."""

    def __init__(self, words: tuple[str, ...], key: str, tied: tuple[Constitution, ...]) -> None:
        self.words, self.key, self.tied = words, key, tied
        super().__init__("请看下面的提示，与本人核对后再签名")


def sex_of(row: HealthService) -> Sex | None:
    """The sex of the person, if it is known."""
    return {"male": Sex.MALE, "female": Sex.FEMALE}.get(row.resident.sex)


def answers_of(raw: Raw) -> dict[str, Any]:
    """Number of the question → grade, as far as they are whole numbers; what is none stays as it was typed."""
    return {
        name.removeprefix(ANSWER): int(text) if isinstance(text, str) and text in "12345" else text
        for name, text in raw.items()
        if name.startswith(ANSWER) and text
    }


def measured_of(form: Form, instrument: Instrument) -> tuple[dict[str, Decimal], dict[str, Any]]:
    """What was measured as typed, and by the names of the instrument."""
    typed: dict[str, Decimal] = {}
    for name in MEASURED:
        label, _, least, most = PLAUSIBLE[name]
        value = form.number(name, label, Decimal(least), Decimal(most))
        if value is not None:
            typed[name] = value
    found: dict[str, Any] = {name: value for name, value in typed.items() if name in instrument.measured}
    if {"height_cm", "weight_kg"} <= typed.keys() and "bmi" in instrument.measured:
        found["bmi"] = constitution.body_mass_index(typed["height_cm"], typed["weight_kg"])
    return typed, found


def assessed(form: Form, row: HealthService, day: date) -> Assessed:
    """The content of an assessment that a form says. Raises ValidationError: every mistake, by field."""
    instrument = constitution.load_instrument(row.instrument)
    if row.instrument not in rules.fitting(row.resident.birth_date, day):
        form.say("day", f"服务当天的年龄不用“{instrument.name}”：请核对服务日期，或放弃这一份另选量表")
    typed, measured = measured_of(form, instrument)
    judged = _judged(form, instrument, row, measured)
    form.done()
    assert judged is not None
    return Assessed(
        day=day,
        instrument=instrument.id,
        thresholds=judged.thresholds,
        edition=edition_of(instrument, judged.thresholds),
        sex=judged.sex.value if judged.sex else "",
        answers=dict(judged.grades),
        measured=typed,
        results={
            one.constitution.code: Scored(items=one.score.items, raw=one.score.raw, verdict=one.verdict.value)
            for one in judged.results
        },
        main=_main(form, judged),
        flags=tuple(flag.value for flag in judged.flags),
        noticed=noticed(judged),
    )


def _judged(
    form: Form, instrument: Instrument, row: HealthService, measured: Mapping[str, Any]
) -> Assessment | None:
    try:
        return constitution.assess(instrument, answers_of(form.raw), sex=sex_of(row), measured=measured)
    except IncompleteAnswers as error:
        for remark in error.remarks:
            name = answer_field(remark.field) if remark.field else ""
            form.say(name, MISSING if remark.kind == "missing" else said(remark))
    except ImplausibleMeasurement as error:
        form.say("height_cm", str(error))
    return None


def edition_of(instrument: Instrument, thresholds: str) -> str:
    """By what an assessment was judged: the instrument, since when it is in force, its set of lines."""
    return f"{instrument.edition.id} {instrument.edition.in_force} {thresholds}"


def _main(form: Form, judged: Assessment) -> str:
    if judged.main is not None:
        return judged.main.code
    chosen = form.text("main")
    return chosen if chosen in {one.code for one in tied(judged)} else ""


def tied(judged: Assessment) -> tuple[Constitution, ...]:
    """The biased constitutions that share the highest score, where the physician decides which is the main one."""
    if Flag.TIE not in judged.flags:
        return ()
    highest = judged.established[0].score.value
    return tuple(one.constitution for one in judged.established if one.score.value == highest)


def noticed(judged: Assessment) -> tuple[str, ...]:
    """What is to be looked at before signing."""
    return (*(said(one) for one in judged.hints), *(flag.label for flag in judged.flags))
