"""A form of health management being read: what it sent, its fields, every mistake at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from xinglin.apps.clinic.charting import Reading
from xinglin.apps.wellness import content as contents
from xinglin.apps.wellness import groups, rules
from xinglin.apps.wellness.models import HealthService
from xinglin.knowledge.remark import Remark

ANSWER = "a_"
"""Before the number of a question, in the name of its field."""
SEVERAL = frozenset({"boxes", "aspects", *(f"g_{code}" for code in contents.CONSTITUTIONS)})
"""Fields of which several may be ticked."""
MEASURED = ("height_cm", "weight_kg", "waist_cm", "colds_per_year", "allergies_per_year")
LONGEST, MOST_FIELDS = 500, 200
Raw = Mapping[str, Any]
_OTHERS = frozenset({"day", "main", "other", "told", "way", "next_day", "adherence", "effect", *MEASURED})


def raw_of(sent: QueryDict) -> dict[str, Any]:
    """What a form sent, as it is kept in a draft: lists for ticked boxes, texts for all else."""
    known = [
        name
        for name in sent
        if name in _OTHERS or name.startswith(ANSWER) or name in groups.load_groups().readings
    ]
    found: dict[str, Any] = {name: sent.get(name, "").strip() for name in known[:MOST_FIELDS]}
    found |= {name: sent.getlist(name) for name in SEVERAL if sent.getlist(name)}
    return {name: value for name, value in found.items() if value}


def answer_field(item: str) -> str:
    """The name of the field of a question."""
    return f"{ANSWER}{item}"


class Form(Reading):
    """One form being read."""

    def day(self, name: str, label: str) -> date | None:
        """A day, None for nothing."""
        text = self.text(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.say(name, f"{label}“{text[:20]}”不是日期：请写成 2026-05-01")
            return None

    def one_of(self, name: str, label: str, known: Mapping[str, str]) -> str:
        """A code of a list."""
        value = self.text(name)
        if value not in known:
            self.say(name, f"请选{label}")
        return value

    def ticked(self, name: str, known: Mapping[str, str]) -> tuple[str, ...]:
        """Ticked boxes that are ours, in our order."""
        sent = self.raw.get(name, ())
        chosen = sent if isinstance(sent, list) else [sent]
        return tuple(one for one in known if one in chosen)

    def short(self, name: str, label: str) -> str:
        """A text that is not too long."""
        text = self.text(name)
        if len(text) > LONGEST:
            self.say(name, f"{label}太长：最多 {LONGEST} 字")
        return text

    def done(self) -> None:
        """Raises ValidationError if anything is wrong."""
        if self.faults:
            raise ValidationError(self.faults)


def service_day(form: Form, row: HealthService) -> date | None:
    """The day of the service; mistakes are noted."""
    day = form.day("day", "服务日期")
    if day is None:
        if not form.text("day"):
            form.say("day", "请填服务日期")
        return None
    if fault := rules.day_fault(row.resident, day):
        form.say("day", fault)
    return day


def said(remark: Remark) -> str:
    """A remark in one line, the way the form says it."""
    fix = f"：{remark.fix}" if remark.fix else ""
    return f"{remark.where}{remark.what}{fix}"
