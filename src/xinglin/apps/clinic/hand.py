"""Knowledge at hand on the page of a visit: what the sources say of the diagnoses that are typed there.

Beside a classic formula stand the doctor's own adjustments of it. Of techniques the sources give no indication: those
that the doctor may do are listed, and nothing is said of what they are good for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from xinglin.apps.clinic import charting, typed
from xinglin.apps.clinic.adjusting import adjusted
from xinglin.apps.clinic.models import Authorisation, Seat, Template
from xinglin.knowledge import at_hand, diseases, syndromes, techniques
from xinglin.knowledge.at_hand import FormulaLink, Relation
from xinglin.knowledge.nomenclature import Match
from xinglin.knowledge.syndromes import Signs

FIELDS = (("pattern", syndromes), ("second", syndromes), ("disease", diseases))
"""Patterns first: most is said of them."""


@dataclass(frozen=True)
class Own:
    """A doctor's own adjustment of a formula: template, and how it differs."""

    row: Template
    words: str


@dataclass(frozen=True)
class Formula:
    """A formula with its tie to the diagnosis, its herbs, and the doctor's own adjustments."""

    link: FormulaLink
    herbs: str
    own: list[Own]

    @property
    def close(self) -> bool:
        """The indication names just this."""
        return self.link.relation is Relation.WHOLE


@dataclass(frozen=True)
class Offer:
    """A name that may be put into a field instead of what is typed."""

    field: str
    key: str
    name: str


@dataclass(frozen=True)
class Sheet:
    """What there is about one diagnosis.

    Attributes:
        say: how the word that is typed was understood. offers: formal names for it. also: broader patterns that have
            signs, or patterns that go with a disease, with words for it. gaps: what the sources do not give.
    """

    title: str
    code: str
    source: str = ""
    say: str = ""
    offers: list[Offer] = field(default_factory=list)
    signs: Signs | None = None
    signs_source: str = ""
    formulas: list[Formula] = field(default_factory=list)
    also: list[Offer] = field(default_factory=list)
    also_label: str = ""
    gaps: tuple[str, ...] = ()


def sheets(asked: Mapping[str, str], user: Any) -> list[Sheet]:
    """A sheet for each diagnosis of a form; a formula stands on the first that names it."""
    own = _own(user)
    seen: set[str] = set()
    found = []
    for at in range(typed.PAIRS):
        for name, table in FIELDS:
            text = asked.get(f"{name}_{at}", "").strip()[:60]
            if text:
                found.append(_sheet(f"{name}_{at}", table, text, own, seen))
    return found


def _sheet(name: str, table: Any, text: str, own: dict[str, list[Template]], seen: set[str]) -> Sheet:
    known = table.get(text)
    match: Match[Any] = Match(text, table.find(text).finding, known) if known else table.find(text)
    term = match.term
    if term is None:
        others = [Offer(name, one.key, one.name) for one in match.others[:6]]
        return Sheet(text, "", say=match.say, offers=others, gaps=("选定正式名称后，这里列出资料",))
    offers = [] if text in (term.key, term.name) else [Offer(name, term.key, term.name)]
    source = table.load().edition.title
    return (_pattern if table is syndromes else _disease)(name, term, own, seen, source, match.say, offers)


def _pattern(
    name: str,
    term: Any,
    own: dict[str, list[Template]],
    seen: set[str],
    source: str,
    say: str,
    offers: list[Offer],
) -> Sheet:
    sheet = at_hand.of_pattern(term)
    return Sheet(
        term.name,
        term.code,
        source,
        say,
        offers,
        sheet.signs,
        sheet.signs_source,
        list(_formulas(sheet.formulas, own, seen)),
        [Offer(name, one.key, one.name) for one in sheet.broader] if not sheet.signs else [],
        "上一级的证候有资料，可改填",
        tuple(gap for gap in sheet.gaps if gap != at_hand.NO_TECHNIQUES),
    )


def _disease(
    name: str,
    term: Any,
    own: dict[str, list[Template]],
    seen: set[str],
    source: str,
    say: str,
    offers: list[Offer],
) -> Sheet:
    sheet = at_hand.of_disease(term)
    place = name.removeprefix("disease_")
    return Sheet(
        term.name,
        term.code,
        source,
        say,
        [*offers, *(Offer(name, one.key, one.name) for one in sheet.formal)],
        formulas=list(_formulas(sheet.formulas, own, seen)),
        also=[Offer(f"pattern_{place}", one.key, one.name) for one in sheet.patterns[:8]],
        also_label="下列方剂的主治里一起写的证候，可填入",
        gaps=tuple(gap for gap in sheet.gaps if gap != at_hand.NO_TECHNIQUES),
    )


def _formulas(
    links: Iterable[FormulaLink], own: dict[str, list[Template]], seen: set[str]
) -> Iterator[Formula]:
    for link in links:
        if link.formula.id not in seen:
            seen.add(link.formula.id)
            herbs = "　".join(
                f"{one.herb} {one.grams.normalize():f} g{one.decoction and f'（{one.decoction}）'}"
                for one in link.formula.ingredients
            )
            yield Formula(link, herbs, [_adjusted(link, row) for row in own.get(link.formula.id, ())])


def _adjusted(link: FormulaLink, row: Template) -> Own:
    herbs = charting.parse(row.content).herbs
    return Own(row, adjusted(link.formula, herbs.lines if herbs is not None else ()).words)


def _own(user: Any) -> dict[str, list[Template]]:
    """Formula → the doctor's own adjustments of it."""
    found: dict[str, list[Template]] = {}
    for row in Template.objects.filter(user=user).exclude(formula=""):
        found.setdefault(row.formula, []).append(row)
    return found


def allowed(user: Any) -> list[techniques.Technique]:
    """Techniques that the doctor is authorised for."""
    seat = Seat.objects.filter(user=user).first()
    if seat is None:
        return []
    rows = Authorisation.objects.filter(practitioner=seat.practitioner_id).on(timezone.localdate())
    codes = rows.order_by("technique").values_list("technique", flat=True)
    return [known for code in dict.fromkeys(codes) if (known := techniques.get(code))]
