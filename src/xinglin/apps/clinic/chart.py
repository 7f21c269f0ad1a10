"""What is written at a visit, as one frozen value: complaint, four examinations, diagnoses, prescriptions, techniques.

The form of a visit gives it (`charting.parse`), a signed record keeps it as JSON, pages and prints show it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from xinglin.apps.clinic import exam

TEXTS: dict[str, tuple[str, int]] = {
    "complaint": ("主诉", 200),
    "present": ("现病史", 2000),
    "past": ("既往史", 1000),
    "personal": ("个人史", 500),
    "marital": ("婚育史", 500),
    "family": ("家族史", 500),
    "effect": ("上次治疗后", 500),
    "inspection": ("望诊", 500),
    "listening": ("闻诊", 500),
    "inquiry": ("问诊", 500),
    "palpation": ("切诊", 500),
    "physical": ("体格检查", 1000),
    "tests": ("辅助检查", 1000),
    "principle": ("治则治法", 200),
    "advice": ("医嘱", 1000),
}
"""Free text of a record: label and longest."""
VITALS: dict[str, tuple[str, str, Decimal, Decimal]] = {
    "temperature": ("体温", "℃", Decimal(30), Decimal(45)),
    "heart_rate": ("脉搏", "次/分", Decimal(20), Decimal(260)),
    "breathing": ("呼吸", "次/分", Decimal(5), Decimal(90)),
    "systolic": ("收缩压", "mmHg", Decimal(40), Decimal(300)),
    "diastolic": ("舒张压", "mmHg", Decimal(20), Decimal(200)),
    "height": ("身高", "cm", Decimal(30), Decimal(250)),
    "weight": ("体重", "kg", Decimal(1), Decimal(350)),
}
"""Vital signs: label, unit, and between what a number is believed."""


class Frozen(BaseModel):
    """A value that is never changed and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Term(Frozen):
    """A disease or pattern: code and edition are empty where only a name was written."""

    code: str = ""
    name: str
    edition: str = ""


class Pair(Frozen):
    """A TCM disease with its patterns, the main one first."""

    disease: Term
    patterns: tuple[Term, ...] = ()


class Herb(Frozen):
    """A herb in a prescription, as written."""

    written: str
    grams: Decimal | None = None
    decoction: str = ""


class Herbs(Frozen):
    """A prescription of herbs, as written."""

    form: Literal["pieces", "granules", "powder", "pill", "paste"] = "pieces"
    route: Literal["oral", "external"] = "oral"
    doses: int = 1
    days: int | None = None
    times: int = 2
    usage: str = ""
    formula: str = ""
    lines: tuple[Herb, ...]


class Patent(Frozen):
    """A patent medicine (中成药)."""

    written: str
    quantity: Decimal
    unit: str
    usage: str = ""


class Technique(Frozen):
    """A technique to be done."""

    technique: str
    site: str
    method: str = ""
    times: int = 1
    now: bool = True


class Chart(Frozen):
    """A visit, whole.

    Attributes:
        texts: field of `TEXTS` → what was written. vitals: field of `VITALS` → number.
        tongue, coating, left, right: ids of `exam`. pregnant, lactating: None where not asked.
        pairs: TCM diagnoses, the first is the main one. western: code and name.
        follow_days: days until the patient is to be asked, None for not at all.
    """

    texts: dict[str, str] = {}
    vitals: dict[str, Decimal] = {}
    tongue: tuple[str, ...] = ()
    coating: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    pregnant: bool | None = None
    lactating: bool | None = None
    pairs: tuple[Pair, ...] = ()
    western: tuple[Term, ...] = ()
    herbs: Herbs | None = None
    patents: tuple[Patent, ...] = ()
    techniques: tuple[Technique, ...] = ()
    follow_days: int | None = None

    @property
    def examination(self) -> str:
        """Tongue and pulse in words."""
        return exam.in_words(self.tongue, self.coating, self.left, self.right)
