"""What a review of a prescription is given and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from xinglin.base.yamlfile import Strict
from xinglin.knowledge.safety import Finding, Prescription


class By(StrEnum):
    """Who decides an item."""

    MACHINE = "machine"
    SUGGEST = "suggest"
    PERSON = "person"
    NONE = "none"

    @property
    def label(self) -> str:
        """Chinese words shown to users."""
        return {
            "machine": "自动判定",
            "suggest": "自动提出，药师判定",
            "person": "药师判定",
            "none": "不适用于饮片",
        }[self.value]


class Class(StrEnum):
    """The three kinds of unreasonable prescription, mildest first, and a reasonable one."""

    REASONABLE = "reasonable"
    IRREGULAR = "irregular"
    UNSUITABLE = "unsuitable"
    EXTRAORDINARY = "extraordinary"

    @property
    def label(self) -> str:
        """Chinese words shown to users."""
        return {
            "reasonable": "合理处方",
            "irregular": "不规范处方",
            "unsuitable": "用药不适宜处方",
            "extraordinary": "超常处方",
        }[self.value]


class Item(Strict):
    """One of the 28 items.

    Attributes:
        title: our short words. by: who decides. at: when it is looked at.
        rules: findings of the safety check that are hits. note: what the machine does and does not do.
    """

    title: str
    by: By
    at: tuple[Literal["entry", "audit", "review"], ...] = ()
    rules: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who did a step, and when."""

    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """A finding that the prescriber answered with a reason and a renewed signature. key: ``Finding.key``."""

    key: str
    reason: str
    signed: Hand | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One prescription as it was issued, with everything the machine can look at.

    Attributes:
        prescription: its herbs. findings: of the safety check, as stored with it. answered: answers to them.
        fields: the fields of the form by Chinese name (前记、后记); a missing or empty one is a fault.
        other_drugs: western or patent medicines on the same sheet.
        usage: the wording. prescriber, signed, changed: who signed when, and the last change.
        may_prescribe: the signer held the right at this facility on that day.
        audit, dispense, check, issue: hands of the pharmacy. one_pharmacist: the facility has registered only one.
        infant: younger than three years. age_months, age_days: as given for an infant, None if not; days are asked
            for below one month.
        diseases, syndromes: codes of the TCM diagnosis. syndrome_names: their names.
        emergency: written in the emergency room. long_reason: reason for more days, "" for none.
        roles: 君臣佐使 of each line where given, "" where not.
        formula_ids: classic formulas it was made of; same_day: those of the person's other prescriptions of the day.
        dose_price: price of one dose, line_prices: of each line; usual_high: the facility's P95 of a dose.
    """

    prescription: Prescription
    findings: tuple[Finding, ...]
    fields: dict[str, str]
    usage: str
    prescriber: str
    signed: Hand | None
    changed: datetime
    may_prescribe: bool
    audit: Hand | None = None
    dispense: Hand | None = None
    check: Hand | None = None
    issue: Hand | None = None
    answered: tuple[Answered, ...] = ()
    one_pharmacist: bool = False
    other_drugs: tuple[str, ...] = ()
    infant: bool = False
    age_months: int | None = None
    age_days: int | None = None
    diseases: tuple[str, ...] = ()
    syndromes: tuple[str, ...] = ()
    syndrome_names: tuple[str, ...] = ()
    emergency: bool = False
    long_reason: str = ""
    roles: tuple[str, ...] = ()
    formula_ids: tuple[str, ...] = ()
    same_day: tuple[str, ...] = ()
    dose_price: Decimal | None = None
    line_prices: tuple[Decimal, ...] = ()
    usual_high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One item that was hit. suggested: a pharmacist still decides. what: what was seen."""

    item: str
    what: str
    suggested: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The machine's part of a review.

    Attributes:
        hits: every item hit, in the order of the items. by_class: what the decided hits make it.
        open: items that people still decide: those only people can, and those suggested.
    """

    hits: tuple[Hit, ...]
    by_class: Class
    open: tuple[str, ...] = field(default=())
