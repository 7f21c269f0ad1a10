"""Knowledge at hand: from a pattern or a disease to its signs, principle, formulas and techniques, with source.

Only what the sources say. A formula belongs to a pattern or disease when its own indication names it, and the words it
is named by are shown; nothing is concluded from likeness. What the sources do not give is said, not filled in.

Example:
    >>> from xinglin.knowledge import syndromes
    >>> sheet = of_pattern(syndromes.get("B04.06.03.01.03.01"))
    >>> sheet.signs.principle, [link.formula.name for link in sheet.formulas if link.relation is Relation.WHOLE]
    ('益气健脾和胃', ['四君子汤'])
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from xinglin.knowledge import diseases, formulas, syndromes
from xinglin.knowledge.diseases import Disease
from xinglin.knowledge.formulas import Formula
from xinglin.knowledge.nomenclature import Term
from xinglin.knowledge.syndromes import Pattern, Signs

NO_SIGNS = "资料里没有这个证候的症状、舌脉和治法（只有常用证候写有）"
NO_TECHNIQUES = "资料里的适宜技术没有写适应证，不能按病证列出"
NO_FORMULAS = "资料里没有主治写明“{}”的方剂"
NO_DISEASE_SIGNS = "资料里没有病名的症状和治法，请按证候查看"

_PARTS = re.compile(r"[、（）]|兼|日久")
_DEGREE = re.compile(r"(?:轻证|重证|初起)$")
_LONG = 4
"""Characters from which the beginning of a phrase counts as the name of a pattern (肝肾阴虚 in 肝肾阴虚骨蒸)."""


class Relation(StrEnum):
    """How a formula's indication names a pattern or disease."""

    WHOLE = "whole"
    PART = "part"
    SIGN = "sign"

    @property
    def label(self) -> str:
        """Chinese words."""
        return {"whole": "主治即此", "part": "主治之一", "sign": "症状中提到"}[self.value]


@dataclass(frozen=True, slots=True)
class FormulaLink:
    """A formula with the words that tie it.

    Attributes:
        evidence: the words of its indication that name the pattern or disease.
    """

    formula: Formula
    relation: Relation
    evidence: str

    @property
    def source(self) -> str:
        """Where it stands: the book of the formula and the edition of our table."""
        return f"{self.formula.source}，据{formulas.edition().title}"


@dataclass(frozen=True, slots=True)
class PatternSheet:
    """What there is about a pattern.

    Attributes:
        signs: symptoms, tongue, pulse, principle; None when the sources give none. signs_source: where they come from.
        formulas: those whose indication names it, the whole of it first. broader: patterns above it that have signs.
        gaps: what the sources do not give, in Chinese.
    """

    pattern: Pattern
    signs: Signs | None
    signs_source: str
    formulas: tuple[FormulaLink, ...]
    broader: tuple[Pattern, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DiseaseSheet:
    """What there is about a disease.

    Attributes:
        formulas: those whose indication names it. patterns: named together with it in the same indication.
        formal: names to be preferred when this one is provisional. gaps: what the sources do not give, in Chinese.
    """

    disease: Disease
    formulas: tuple[FormulaLink, ...]
    patterns: tuple[Pattern, ...]
    formal: tuple[Disease, ...]
    gaps: tuple[str, ...]


def of_pattern(pattern: Pattern) -> PatternSheet:
    """The sheet of a pattern."""
    links = _links(pattern)
    gaps = [] if pattern.signs else [NO_SIGNS]
    gaps += [] if links else [NO_FORMULAS.format(pattern.name)]
    source = syndromes.load(pattern.edition).edition.source if pattern.signs else ""
    return PatternSheet(
        pattern, pattern.signs, source, links, tuple(_broader(pattern)), (*gaps, NO_TECHNIQUES)
    )


def of_disease(disease: Disease) -> DiseaseSheet:
    """The sheet of a disease."""
    links = _links(disease)
    together = (
        pattern
        for link in links
        if link.relation is not Relation.SIGN
        for pattern in _patterns_by_formula().get(link.formula.id, ())
    )
    formal = tuple(found for code in disease.formal if (found := diseases.get(code)))
    gaps = [] if links else [NO_FORMULAS.format(disease.name)]
    return DiseaseSheet(
        disease, links, tuple(dict.fromkeys(together)), formal, (NO_DISEASE_SIGNS, *gaps, NO_TECHNIQUES)
    )


def _broader(pattern: Pattern) -> Iterator[Pattern]:
    above = syndromes.get(pattern.parent)
    while above is not None:
        if above.signs:
            yield above
        above = syndromes.get(above.parent)


def _links(term: Term) -> tuple[FormulaLink, ...]:
    """Formulas tied to a term by one of its names, the closest tie of each formula, closest first."""
    index = _index()
    best: dict[str, FormulaLink] = {}
    for word in _words(term):
        for link in index.get(word, ()):
            known = best.get(link.formula.id)
            if known is None or _closeness(link) < _closeness(known):
                best[link.formula.id] = link
    return tuple(sorted(best.values(), key=lambda link: (_closeness(link), link.formula.id)))


@cache
def _patterns_by_formula() -> dict[str, tuple[Pattern, ...]]:
    """The patterns each formula's indication names."""
    found: dict[str, list[Pattern]] = {}
    for pattern in syndromes.load():
        for link in _links(pattern):
            found.setdefault(link.formula.id, []).append(pattern)
    return {key: tuple(patterns) for key, patterns in found.items()}


def _closeness(link: FormulaLink) -> int:
    return list(Relation).index(link.relation)


def _words(term: Term) -> set[str]:
    names = (term.name, *term.aliases, *term.usual)
    return {_stem(name) for name in names} if isinstance(term, Pattern) else set(names)


def _stem(name: str) -> str:
    return name.removesuffix("证")


@cache
def _vocabulary() -> tuple[frozenset[str], frozenset[str]]:
    """All words for patterns and all words for diseases."""
    patterns = {word for term in syndromes.load() for word in _words(term) if len(word) > 1}
    named = {word for term in diseases.load() for word in _words(term) if len(word) > 1}
    return frozenset(patterns), frozenset(named)


@cache
def _index() -> dict[str, tuple[FormulaLink, ...]]:
    """Formulas by the words their indications name."""
    found: dict[str, list[FormulaLink]] = {}
    for formula in formulas.load().values():
        for word, link in _named(formula):
            found.setdefault(word, []).append(link)
    return {word: tuple(links) for word, links in found.items()}


def _named(formula: Formula) -> Iterator[tuple[str, FormulaLink]]:
    head, _, signs = formula.indication.partition("：")
    for phrase in _PARTS.split(head):
        for word in _read(_DEGREE.sub("", phrase)):
            relation = Relation.WHOLE if word == _stem(head) or word == head else Relation.PART
            yield word, FormulaLink(formula, relation, head)
    for sign in re.split(r"[、，；]", signs):
        if sign in _vocabulary()[1]:
            yield sign, FormulaLink(formula, Relation.SIGN, sign)


def _read(phrase: str) -> tuple[str, ...]:
    """The known words a phrase consists of: itself; or a pattern and a disease side by side (阴虚火旺 + 盗汗).

    Failing both, the pattern its beginning names.
    """
    patterns, named = _vocabulary()
    stem = _stem(phrase)
    whole = {word for word, known in ((stem, patterns), (phrase, named)) if word in known}
    if whole:
        return tuple(sorted(whole))
    splits = [(phrase[:at], phrase[at:]) for at in range(2, len(phrase) - 1)]
    both = [pair for pair in splits if pair[0] in patterns and pair[1] in named]
    both += [(one, _stem(other)) for one, other in splits if one in named and _stem(other) in patterns]
    if both:
        return both[0] if len(both) == 1 else ()
    sizes = [
        size for size in range(len(phrase) - 1, _LONG - 1, -1) if phrase[size] != "湿"
    ]  # 风寒湿 is not 风寒
    return tuple(phrase[:size] for size in sizes if phrase[:size] in patterns)[:1]
