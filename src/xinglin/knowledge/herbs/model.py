"""Herbs as the pharmacopoeia and the textbook list them, and the answers of a look-up by name."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

NEVER_OFFERED = ("禁用或停用", "毒性管理品种")
"""Categories that are known so that they are refused, and never offered while one types."""
RARE = ("其他药典收载", "药引食材")
"""Categories offered after the others."""


class Toxicity(StrEnum):
    """Printed toxicity."""

    NONE = ""
    SLIGHT = "小毒"
    TOXIC = "有毒"
    VERY = "大毒"


class Grade(StrEnum):
    """How far a row was verified (see README): A best; C and D must be looked at by a pharmacist."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True, slots=True)
class Herb:
    """One herb or processed form.

    Attributes:
        id: our key, e.g. ``H0001``. name: standard name. aliases: other names that mean this row and no other.
        pinyin, initials: pharmacopoeia's reading. base: standard name of the herb it is processed from, "" if none.
        dose_min, dose_max: grams a day, None where the source gives none. dose_basis: what stands behind them.
        powder_max: grams per time when swallowed as powder. dose_extra: further words on the dose.
        fresh_max: grams a day of the fresh herb. special_max, special_use: grams a day for one printed use (回乳).
        pregnancy: 禁用 or 慎用 by the pharmacopoeia; pregnancy_textbook: what only the textbook says.
        decoction: footnotes the pharmacopoeia asks for, any one of which does; usual_decoction: what practice adds.
        decoctable: "" yes, ``prefer`` better not, ``no`` not. external_only: never by mouth.
        control: narcotic, toxic28, toxic28_raw, banned_*, removed_*, wildlife_ban, wildlife_license or "".
        food_medicine: year of the list that names it both food and drug, "" if none does.
        listed: has a monograph of its own in the edition; None where the reference does not say.
        filled_as: the processed form dispensed unless 生 is written, for herbs without an oral dose of their own.
        doubt: which of dose, toxicity, pregnancy are not settled; what is in doubt is at most information.
        grade, note: how far the row was verified, and what to know of it.
    """

    id: str
    name: str
    pinyin: str
    initials: str
    aliases: tuple[str, ...]
    base: str
    category: str
    subcategory: str
    nature: str
    flavors: str
    meridians: str
    dose_min: Decimal | None
    dose_max: Decimal | None
    dose_basis: str
    powder_max: Decimal | None
    dose_extra: str
    fresh_max: Decimal | None
    special_max: Decimal | None
    special_use: str
    toxicity: Toxicity
    pregnancy: str
    pregnancy_textbook: str
    decoction: tuple[str, ...]
    usual_decoction: tuple[str, ...]
    decoctable: str
    external_only: bool
    control: str
    food_medicine: str
    listed: bool | None
    filled_as: str
    doubt: frozenset[str]
    grade: Grade
    note: str

    @property
    def family(self) -> frozenset[str]:
        """Its name and that of the herb it is processed from: allergy, opposition and duplicates run over both."""
        return frozenset({self.name, self.base} - {""})

    @property
    def offered(self) -> bool:
        """It may be offered while one types."""
        return self.category not in NEVER_OFFERED

    @property
    def rare(self) -> bool:
        """Others are offered before it."""
        return self.category in RARE

    @property
    def dose_is_binding(self) -> bool:
        """The upper dose is the pharmacopoeia's; a dose from textbook or custom is only information."""
        return self.dose_max is not None and "dose" not in self.doubt

    @property
    def banned(self) -> bool:
        """Taken out of use: banned, removed from the pharmacopoeia, or of an animal that may not be traded."""
        return self.control.startswith(("banned", "removed")) or self.control == "wildlife_ban"

    @property
    def never_oral(self) -> bool:
        """There is no way to take it by mouth: external only, or a toxic drug without an oral dose."""
        return self.external_only or (self.control == "toxic28" and self.dose_max is None)

    @property
    def toxic(self) -> bool:
        """Printed as 有毒 or 大毒, and not in doubt."""
        return self.toxicity in {Toxicity.TOXIC, Toxicity.VERY} and "toxicity" not in self.doubt


@dataclass(frozen=True, slots=True)
class Found:
    """The name means one herb.

    Attributes:
        written: as given. herb: what it means. raw: the writing asks for the raw toxic form (生半夏).
        fresh: the writing asks for the fresh herb (鲜芦根), which has a dose of its own.
        note: what to know when picking it, "" if nothing; alternatives: standard names it is mixed up with.
    """

    written: str
    herb: Herb
    raw: bool = False
    fresh: bool = False
    note: str = ""
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The name means several herbs; the prescriber has to choose.

    Attributes:
        written: as given. candidates: standard names. default: the one to preselect, "" for none; never taken unasked.
        reason: why it must be asked. caution: what hangs on it.
    """

    written: str
    candidates: tuple[str, ...]
    default: str
    reason: str
    caution: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The name is known and may not be prescribed. reason, caution: why, and what not to do instead."""

    written: str
    reason: str
    caution: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such name here: it stays text and cannot be checked.

    Attributes:
        written: as given.
        processed_from: standard names it looks like a processed form of (炒白及); suggestions, never taken unasked.
    """

    written: str
    processed_from: tuple[str, ...] = ()


Answer = Found | Ambiguous | Refused | Unknown


@dataclass(frozen=True, slots=True)
class ToxicItem:
    """One of the 28 items of the national list of toxic drugs.

    Attributes:
        official: name in the list. herb: standard name of our row. note: what the reference says of its use.
        daily_max: grams a day by mouth, None where the pharmacopoeia gives none.
    """

    official: str
    herb: str
    daily_max: Decimal | None
    note: str
