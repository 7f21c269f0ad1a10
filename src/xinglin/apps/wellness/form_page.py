"""The form of a service, ready for its template: what was typed, what is wrong, what is to be said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS

from xinglin.apps.wellness import advising, groups, judging, presenters
from xinglin.apps.wellness import content as contents
from xinglin.apps.wellness.models import HealthService, Kind
from xinglin.apps.wellness.presenters import Advice
from xinglin.apps.wellness.reading import MEASURED, answer_field
from xinglin.knowledge import child, constitution
from xinglin.knowledge.constitution import Item
from xinglin.knowledge.constitution.measuring import PLAUSIBLE

NEEDED = {"bmi": ("height_cm", "weight_kg")}
"""Measure of an instrument → what is typed for it; the others are typed under their own name."""


@dataclass(frozen=True)
class Field:
    """A field: what was typed, what is wrong."""

    name: str
    label: str
    value: str
    errors: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Question:
    """A question with its grades; ``measure`` and ``steps`` where a measurement gives the grade."""

    name: str
    number: str
    text: str
    grades: list[tuple[int, str, bool]]
    errors: tuple[str, ...]
    measure: str = ""
    steps: str = ""
    observed: bool = False


class FormPage:
    """The form of a service."""

    def __init__(
        self, row: HealthService, raw: Mapping[str, Any], faults: Mapping[str, list[str]] | None = None
    ) -> None:
        self.row, self.raw, self.faults = row, {"day": row.day.isoformat(), **raw}, dict(faults or {})

    def _text(self, name: str) -> str:
        value = self.raw.get(name, "")
        return value if isinstance(value, str) else ""

    def _errors(self, name: str) -> tuple[str, ...]:
        return tuple(self.faults.get(name, ()))

    def field(self, name: str, label: str, hint: str = "") -> Field:
        """One field."""
        return Field(name, label, self._text(name), self._errors(name), hint)

    def _several(self, name: str) -> list[str]:
        value = self.raw.get(name, [])
        return value if isinstance(value, list) else [value]

    @property
    def day(self) -> Field:
        """The day of the service."""
        return self.field("day", "服务日期")

    @property
    def other(self) -> Field:
        """Whatever else was said."""
        return self.field("other", "其他")

    def choices(self, name: str, label: str, known: Mapping[str, str], first: str = "") -> dict[str, Any]:
        """A field with buttons to choose one."""
        now = self._text(name) or first
        return {
            "field": self.field(name, label),
            "options": [(code, word, code == now) for code, word in known.items()],
        }

    @property
    def told(self) -> dict[str, Any]:
        """To whom it was said."""
        return self.choices(
            "told", "指导对象", contents.TOLD, "family" if self.row.kind == Kind.CHILD else "self"
        )

    @property
    def way(self) -> dict[str, Any]:
        """How."""
        return self.choices("way", "方式", contents.WAYS, "here")

    @property
    def adherence(self) -> dict[str, Any]:
        """Whether the last advice was followed."""
        return self.choices("adherence", "上次的指导照做了吗", contents.ADHERENCE)

    @property
    def effect(self) -> dict[str, Any]:
        """What came of it."""
        return self.choices("effect", "效果", contents.EFFECT)

    # Assessment

    @property
    def instrument(self) -> Any:
        """The questionnaire."""
        return constitution.load_instrument(self.row.instrument)

    @property
    def measures(self) -> list[Field]:
        """What is measured, as far as the questionnaire asks for it."""
        asked = self.instrument.measured
        names = [name for measure in asked for name in NEEDED.get(measure, (measure,))]
        return [
            self.field(name, PLAUSIBLE[name][0], PLAUSIBLE[name][1]) for name in MEASURED if name in names
        ]

    @property
    def questions(self) -> list[Question]:
        """The questions this person is asked."""
        return [
            self._question(at, item)
            for at, item in enumerate(self.instrument.asked(judging.sex_of(self.row)), 1)
        ]

    def _question(self, at: int, item: Item) -> Question:
        name = answer_field(item.id)
        now = self._text(name)
        rule = self.instrument.measured.get(item.measured)
        steps = json.dumps({"steps": rule.steps, "whole": rule.whole}) if rule is not None else ""
        return Question(
            name,
            item.id if item.id.isdigit() else str(at),
            item.text,
            [(grade, word, now == str(grade)) for grade, word in self.instrument.grades.items()],
            self._errors(name),
            item.measured,
            steps,
            item.observed,
        )

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(any(on for *_, on in one.grades) for one in self.questions)

    # Guidance

    @property
    def advice(self) -> list[tuple[Advice, tuple[str, ...]]]:
        """What is to be said about each constitution, with mistakes."""
        kinds = advising.to_guide(self.row)
        ticked: dict[str, Any] = {kind.code: self._several(f"g_{kind.code}") for kind in kinds}
        return [(one, self._errors(f"g_{one.code}")) for one in presenters.advice(kinds, ticked)]

    # Children

    @property
    def boxes(self) -> list[tuple[str, str, bool, bool]]:
        """The boxes of a child's form: number, label, ticked, asked for at this age."""
        book, on = child.load_guide(), self._several("boxes")
        required = book.required(self.row.months or 0)
        return [(str(box), label, str(box) in on, box in required) for box, label in book.options.items()]

    @property
    def box_errors(self) -> tuple[str, ...]:
        """What is wrong with the boxes."""
        return self._errors("boxes")

    @property
    def methods(self) -> list[str]:
        """What is taught at this age."""
        return presenters.methods(self.row.months or 0)

    # Priority groups

    @property
    def group(self) -> Any:
        """The group a follow-up is for."""
        return groups.load_groups().groups.get(self.row.managed.group) if self.row.managed else None

    @property
    def readings(self) -> list[Field]:
        """What is measured in this group."""
        book = groups.load_groups()
        return [
            self.field(name, book.readings[name].label, book.readings[name].unit)
            for name in (self.group.readings if self.group else ())
        ]

    @property
    def aspects(self) -> list[tuple[str, str, str, bool]]:
        """What is to be said in this group: code, label, text, ticked."""
        on = self._several("aspects")
        return [
            (code, label, self.group.advice[code] if self.group else "", code in on)
            for code, label in groups.load_groups().aspects.items()
        ]

    @property
    def aspect_errors(self) -> tuple[str, ...]:
        """What is wrong with them."""
        return self._errors("aspects")

    @property
    def next_day(self) -> Field:
        """The next visit: what was typed, or what the rule gives."""
        found = self.field("next_day", "下次日期")
        following = self._following()
        return (
            found
            if found.value or following is None
            else Field("next_day", "下次日期", following.isoformat())
        )

    def _following(self) -> date | None:
        day: Any = self.row.day
        if self.row.kind == Kind.CHRONIC:
            return day + timedelta(days=self.group.days) if self.group else None
        ages = [age for age in child.load_guide().ages if age > (self.row.months or 0)]
        return child.reached(self.row.resident.birth_date, ages[0]) if ages else None

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Every mistake: id of the field (empty when it concerns the whole form), what is wrong; questions without an
        answer in one line.
        """
        missing = {name for name, texts in self.faults.items() if judging.MISSING in texts}
        found = [
            ("" if name in (NON_FIELD_ERRORS, "") else f"f_{name}", text)
            for name, texts in self.faults.items()
            for text in texts
            if name not in missing
        ]
        asked = [one for one in self.questions if one.name in missing] if missing else []
        if asked:
            numbers = "、".join(one.number for one in asked)
            words = f"第 {numbers} 题没有回答：请补答，全部答完才能计分"
            found.append((f"f_{asked[0].name}", words))
        return found
