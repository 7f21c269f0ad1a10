"""What goes into the reader and what comes out of it, as frozen values.

Formats (docx, pdf, html, txt) give a `Source`: blocks in printed order. `read` turns it into a `Reading`. Every
entry says where it stands (`Place`), quotes the document letter by letter (`Quotation`) and says how sure it is
and why (`Surety`). Nothing here decides: a reading is a draft for a human.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from xinglin.base.states import Comparator, Strength
from xinglin.policy.model import DocumentLevel, TaskKind
from xinglin.policy.reader.source import Block, BlockKind, Place, Quotation, Source, Span

__all__ = [
    "Amount",
    "Block",
    "BlockKind",
    "Clause",
    "Deadline",
    "PastValue",
    "Place",
    "Quotation",
    "ReadBaseline",
    "ReadCatalogue",
    "ReadDocument",
    "ReadDuty",
    "ReadTarget",
    "ReadTask",
    "ReadTrend",
    "Reading",
    "Source",
    "Span",
    "Surety",
]


@dataclass(frozen=True, slots=True)
class Surety:
    """How sure an entry is, 0 to 1, with reasons for and doubts against, in Chinese."""

    confidence: float
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Amount:
    """A further part of a compound threshold: the 10项 of “6类10项以上”."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day and the words it was taken from; a bare year ends on 31 December."""

    day: date
    text: str


@dataclass(frozen=True, slots=True)
class PastValue:
    """The earlier value of the same measure that a table prints beside the target."""

    value: Decimal
    year: int


@dataclass(frozen=True, slots=True)
class ReadTarget:
    """One subject, one measure, one threshold; repeats in other clauses are further quotations.

    Attributes:
        id: ``t01`` in order of first appearance.
        quotations: one per place, the first one leads.
        subject: whom it binds, as printed.
        measure: what is measured or required, as printed.
        comparator: ``all`` (100 %), ``at_least``, ``more_than``, ``between``, ``exists``, ``encouraged``.
        value: the number; None for ``exists`` and mostly for ``encouraged``.
        upper: the greater number of ``between``.
        unit: ``%`` or the measure word as printed; ``人/万人``, ``人/千人``, ``张/千人`` for ratios.
        second: further parts of a compound threshold.
        share: percentage of facilities that must reach ``value``; None when the text gives none.
        deadline: None when no date is stated for it.
        level: whose target it is; a national column gives ``national``.
        strength: ``expected`` for 基本实现, ``strive`` for 力争, …
        comparator_text: the comparison word as printed, may be empty.
        strength_text: the qualifying word as printed, may be empty.
        attribute: 约束性 or 预期性 where a table prints it.
        baseline: earlier value of the same measure printed beside it.
        responsible: units printed for this very target (a column of a table), in printed order.
    """

    id: str
    quotations: tuple[Quotation, ...]
    subject: str
    measure: str
    comparator: Comparator
    value: Decimal | None
    unit: str | None
    surety: Surety
    upper: Decimal | None = None
    second: tuple[Amount, ...] = ()
    share: Decimal | None = None
    deadline: Deadline | None = None
    level: DocumentLevel | None = None
    strength: Strength = Strength.MUST
    comparator_text: str = ""
    strength_text: str = ""
    attribute: str | None = None
    baseline: PastValue | None = None
    responsible: tuple[str, ...] = ()

    @property
    def quotation(self) -> Quotation:
        """The first quotation."""
        return self.quotations[0]


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A numbered task, dated step, numbered safeguard or box item.

    ``units`` are the printed responsible units in printed order; ``lead`` those of them marked as lead (牵头).
    ``heading`` is the printed heading, or the first clause of the text when ``heading_printed`` is false.
    ``period`` is printed text, ``2023年9-12月``.
    """

    id: str
    quotation: Quotation
    heading: str
    kind: TaskKind
    surety: Surety
    heading_printed: bool = True
    units: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    period: str | None = None


@dataclass(frozen=True, slots=True)
class ReadDuty:
    """An unnumbered paragraph that gives some departments their duty (——财政部门要…)."""

    id: str
    quotation: Quotation
    units: tuple[str, ...]
    duty: str
    surety: Surety


@dataclass(frozen=True, slots=True)
class ReadBaseline:
    """A number about the past. Never a target."""

    id: str
    quotation: Quotation
    subject: str
    measure: str
    value: Decimal
    unit: str
    surety: Surety
    when: str = ""


@dataclass(frozen=True, slots=True)
class ReadTrend:
    """A direction without a number: ``up`` or ``down``. Shown, never judged."""

    id: str
    quotation: Quotation
    measure: str
    direction: Literal["up", "down"]
    surety: Surety
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ReadCatalogue:
    """A technique catalogue: categories in printed order, each with its names."""

    quotation: Quotation
    categories: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What a document says of itself; None or empty where it says nothing.

    ``region`` is the name of the place as found in title, issuer or number; ``region_code`` is our guess of its
    code, or None. ``doubts`` say in Chinese what is missing or was reconstructed.
    """

    title: str = ""
    number: str | None = None
    issuers: tuple[str, ...] = ()
    issued: date | None = None
    addressees: tuple[str, ...] = ()
    region: str | None = None
    region_code: str | None = None
    level: DocumentLevel | None = None
    period_end: date | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A node of the clause tree: heading and own text apart from the clauses inside it.

    ``kind``: ``root``, ``preface``, ``section`` (一、), ``subsection`` (（一）), ``item`` (1.), ``dash`` (——),
    ``goal`` (一是), ``box`` (专栏), ``annex`` (附件), ``table``, ``row``.
    ``blocks`` are the indices of the blocks whose text is its own.
    """

    kind: str
    place: Place
    heading: str = ""
    blocks: tuple[int, ...] = ()
    children: tuple[Clause, ...] = ()

    def walk(self) -> Iterator[Clause]:
        """This clause and all inside it, in printed order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Reading:
    """A draft: everything the rules found in one document, and what they doubt."""

    source: Source
    document: ReadDocument
    clauses: Clause
    targets: tuple[ReadTarget, ...] = ()
    tasks: tuple[ReadTask, ...] = ()
    duties: tuple[ReadDuty, ...] = ()
    baselines: tuple[ReadBaseline, ...] = ()
    trends: tuple[ReadTrend, ...] = ()
    catalogues: tuple[ReadCatalogue, ...] = ()
    doubts: tuple[str, ...] = field(default=())
