"""Ages, days and instruments: what fits a person on a day (numbers in ``data/rules.yaml``)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from django.utils import timezone
from pydantic import RootModel

from xinglin.apps.residents.card import age_on
from xinglin.apps.residents.models import Resident
from xinglin.base.yamlfile import Strict, build, read_yaml

SOURCE = Path(__file__).with_name("data") / "rules.yaml"
ELDERLY, ADULT, GENERAL = "elderly33", "adult60", "gbt46939"


class _Rule(Strict):
    value: int
    says: str


class _Rules(RootModel[dict[str, _Rule]]):
    """All rules."""


@lru_cache(maxsize=1)
def rules() -> dict[str, int]:
    """Name → number. Raises DefinitionError: the file is faulty."""
    found = build(_Rules, read_yaml(SOURCE), SOURCE.name).root
    return {name: rule.value for name, rule in found.items()}


def fitting(birth: date, day: date) -> tuple[str, ...]:
    """Instruments for a person of that age on a day, the one to begin with first; none for minors."""
    age = age_on(birth, day)
    if age >= rules()["elderly_age"]:
        return (ELDERLY, GENERAL)
    return (ADULT, GENERAL) if age >= rules()["adult_age"] else ()


def is_elderly(birth: date, day: date) -> bool:
    """Whether somebody is 65 or over on a day."""
    return age_on(birth, day) >= rules()["elderly_age"]


def years_before(day: date, years: int) -> date:
    """The latest day of birth of those who are so many years old on a day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February: who was born on 1 March that year is a day too young
        return day.replace(year=day.year - years, day=28)


def day_fault(resident: Resident, day: date, today: date | None = None) -> str:
    """Why a service cannot have been given, or be written down, on a day; empty when it can."""
    now = today or timezone.localdate()
    if day > now:
        return f"服务日期 {day} 晚于今天：请改成实际服务的日期"
    if day < resident.birth_date:
        return f"服务日期 {day} 早于出生日期 {resident.birth_date}：请核对这两个日期"
    if day < now - timedelta(days=rules()["written_within_days"]):
        return f"服务日期 {day} 太早：最迟在 {rules()['written_within_days']} 天内补记，请核对年份"
    return ""
