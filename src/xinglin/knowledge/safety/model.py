"""What the safety check is given and what it answers: the public interface of ``knowledge.safety``.

The check is one pure function, ``safety.check(prescription, patient, context)``. It never writes, never asks a clock or
a database, and gives the same findings for the same input whatever the order of the herbs.

Example:
    >>> from decimal import Decimal
    >>> from xinglin.knowledge.safety import Line, Patient, Prescription, check
    >>> found = check(Prescription((Line("附子", Decimal(9), "先煎"), Line("法夏", Decimal(9))), doses=7), Patient())
    >>> [(one.rule, one.level.label, one.herbs) for one in found]
    [('opposed_pair', '双签字', ('法半夏', '附子'))]
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """What a finding asks for, mildest first."""

    INFO = "info"
    """Shown in the margin; nothing is asked."""
    WARNING = "warning"
    """Shown; accepted with one touch, usually mended by an offer."""
    SIGN = "sign"
    """Sent only with a reason and the prescriber's renewed signature (双签字)."""
    STOP = "stop"
    """Cannot be sent and cannot be signed away; the prescription must be changed."""

    @property
    def rank(self) -> int:
        """0 for information to 3 for a stop."""
        return list(Level).index(self)

    @property
    def label(self) -> str:
        """Chinese word shown to users."""
        return {"info": "提示", "warning": "提醒", "sign": "双签字", "stop": "不能开具"}[self.value]


class Kind(StrEnum):
    """In which form the herbs are given."""

    PIECES = "pieces"
    """中药饮片, decocted."""
    GRANULES = "granules"
    """中药配方颗粒; grams are those of the pieces they stand for."""
    POWDER = "powder"
    """散剂, swallowed or applied."""
    PILL = "pill"
    """丸剂; grams are those of the whole batch."""
    PASTE = "paste"
    """膏方; grams are those of the whole batch."""


class Route(StrEnum):
    """How it is taken or applied."""

    ORAL = "oral"
    EXTERNAL = "external"
    """熏洗, 外敷, 泡足, 灌肠 …: everything not swallowed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One herb of a prescription, as it is written.

    Attributes:
        herb: the name as written; the check finds the standard name itself.
        grams: grams in one dose (剂), or in the batch for pills and pastes; None is only good for external use (适量).
        decoction: the footnote (脚注) as written, e.g. "先煎" or "先煎、包煎"; None or "" without one.
    """

    herb: str
    grams: Decimal | None
    decoction: str | None = None


@dataclass(frozen=True, slots=True)
class Prescription:
    """One prescription of herbs.

    Attributes:
        lines: its herbs in written order. doses: number of doses (剂数), at least 1.
        kind: form. route: oral or external.
        days: how many days the doses last; None means one dose a day. An amount per day is grams × doses ÷ days.
        times: how often a day it is taken; matters only where a powder has a limit per time.
    """

    lines: tuple[Line, ...]
    doses: int = 1
    kind: Kind = Kind.PIECES
    route: Route = Route.ORAL
    days: int | None = None
    times: int = 2

    def __post_init__(self) -> None:
        wrong = [
            f"{label}写作 {value}，应为不小于 1 的整数"
            for label, value in (("剂数", self.doses), ("服用天数", self.days), ("每日次数", self.times))
            if value is not None and value < 1
        ]
        if wrong:
            raise ValueError("；".join(wrong))

    @property
    def lasts(self) -> int:
        """Days the prescription lasts."""
        return self.days or self.doses


@dataclass(frozen=True, slots=True)
class Patient:
    """What the check must know of the person; what is not known is None and gives no finding.

    Attributes:
        age: years, with a fraction for infants (0.5 is six months).
        pregnant, lactating: True, False or not known.
        allergies: each as recorded, one substance per entry; words that are no herb are passed over.
    """

    age: Decimal | int | None = None
    pregnant: bool | None = None
    lactating: bool | None = None
    allergies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """Where, by whom and beside what the prescription is written.

    Attributes:
        post: kind of post, an id of ``safety.posts()``: ``township`` (pharmacist present), ``one_person`` …
        narcotic_right: the prescriber may prescribe narcotic drugs (麻醉药品处方权).
        toxic_procedure: the prescription is written under the procedure for toxic drugs (毒性药品处方).
        template: id of the classic formula it was begun from (``formulas.get``), or None.
        running: herbs of the person's other prescriptions that are still being taken, as written.
        poppy_days: days without a break that the person has already taken 罂粟壳 before this prescription.
        edition: edition of the rules to check by.
    """

    post: str = "township"
    narcotic_right: bool = False
    toxic_procedure: bool = False
    template: str | None = None
    running: tuple[str, ...] = ()
    poppy_days: int = 0
    edition: str = "chp2020"


@dataclass(frozen=True, slots=True)
class Offer:
    """A change of one line that would mend the finding, for one touch on the page.

    Attributes:
        line: index of the line. field: ``herb``, ``grams`` or ``decoction``. value: what to put there.
    """

    line: int
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; all words Chinese.

    Attributes:
        rule: stable id of the rule, a key of ``safety.rules()``.
        level: what it asks for. lines: indexes of the lines concerned, ascending; empty for the whole prescription.
        herbs: standard names concerned, sorted (as written where a name is not known).
        what: what was found, with the numbers. why: the rule in words. source: book and place.
        edition: edition of the rules. fix: what to do. offers: changes that mend it.
    """

    rule: str
    level: Level
    lines: tuple[int, ...]
    herbs: tuple[str, ...]
    what: str
    why: str
    source: str
    edition: str
    fix: str
    offers: tuple[Offer, ...] = ()

    @property
    def key(self) -> str:
        """Names this finding among all of its prescription, whatever the order of herbs: what an answer is stored to.

        The words are part of it: a signature for 细辛 6 g is none for 细辛 9 g.
        """
        return f"{self.rule}|{'+'.join(self.herbs)}|{self.what}"

    def as_dict(self) -> dict[str, Any]:
        """Plain mapping for JSON and for storage beside the prescription."""
        return {**asdict(self), "level": self.level.value}


def worst(findings: tuple[Finding, ...]) -> Level | None:
    """The severest level among findings, None without any."""
    return max((one.level for one in findings), key=lambda level: level.rank, default=None)
