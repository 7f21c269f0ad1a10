"""Names and codes of a terminology standard, and how a written word finds its formal name.

A formal name or code is taken; a word that is the standard's alias of one term leads to it; a wording of the clinic
leads to it but is to be confirmed; a word that may mean several terms is told with all of them, never guessed.
Diseases and patterns are the two terminologies (``knowledge.diseases``, ``knowledge.syndromes``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

from xinglin.base.errors import DefinitionError
from xinglin.knowledge.edition import Edition

NEAREST = 6
"""How many terms are shown beside an unknown word."""

CODE_2021 = re.compile(r"[AB]\d\d(?:\.\d\d)*")
CODE_1995 = re.compile(r"[BZ][A-Z]{2}[A-Z0-9]{2,5}")
"""The 1995 codes have a letter in second place (BNG…, ZB…), those of 2021 a digit; so the two cannot be confused."""


class Doubt(StrEnum):
    """How far a term is in doubt; a doubtful term may be used, and says so."""

    NONE = ""
    ONE_SOURCE = "one_source"
    LOCAL = "local"

    @property
    def label(self) -> str:
        """Chinese sentence, "" for a term without doubt."""
        return {
            "": "",
            "one_source": "代码与名称只有一处来源，上报前请核对",
            "local": "国标没有这个名称，院内使用，上报前须改选国标名称",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Term:
    """One term.

    Attributes:
        edition: id of the edition it stands in. code: "" for a name used in the house only.
        aliases: other names of the standard. usual: wordings of the clinic, no equivalents.
        common: among the terms met every day. successors: codes that took its place in a later edition.
    """

    edition: str
    code: str
    name: str
    aliases: tuple[str, ...]
    usual: tuple[str, ...]
    common: bool
    successors: tuple[str, ...]
    doubt: Doubt
    note: str

    @property
    def key(self) -> str:
        """Its code, or its name where it has none: unique within an edition."""
        return self.code or self.name

    @property
    def parent(self) -> str:
        """Code of the broader term by the 2021 way of writing, "" at the top."""
        return self.code.rpartition(".")[0]

    @property
    def heading(self) -> bool:
        """A chapter of the standard, not something a person has."""
        return bool(re.fullmatch(r"[AB]\d\d", self.code))

    @property
    def provisional(self) -> bool:
        """A name for the time being (临时诊断用术语); only diseases have such."""
        return False

    @property
    def preferred(self) -> tuple[str, ...]:
        """Codes of the formal names that should replace a provisional one."""
        return ()


T = TypeVar("T", bound=Term)


class Finding(StrEnum):
    """How a written word was understood."""

    NAME = "name"
    ALIAS = "alias"
    USUAL = "usual"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """What a written word means.

    Attributes:
        term: the one term, None if ambiguous or unknown. others: all it may mean (ambiguous), other terms that
            carry the word too (name), or terms written nearly so (unknown).
        say: Chinese sentence, what was found and what to do; "" for a plain formal name.
    """

    text: str
    finding: Finding
    term: T | None = None
    others: tuple[T, ...] = field(default=())
    say: str = ""


def normal(text: str) -> str:
    """Full-width letters to half-width, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def edition_of(code: str) -> str:
    """Which way of coding a code follows: 2021, 1995, or "" for neither."""
    if CODE_2021.fullmatch(code):
        return "2021"
    return "1995" if CODE_1995.fullmatch(code) else ""


class Nomenclature(Generic[T]):
    """All terms of one edition.

    Args:
        variants: further ways a name may be written (with another ending).

    Raises:
        DefinitionError: codes or names twice, malformed codes, references to nothing; all faults at once.
    """

    def __init__(
        self, edition: Edition, terms: Sequence[T], variants: Callable[[str], tuple[str, ...]]
    ) -> None:
        self.edition = edition
        self.terms = tuple(terms)
        self._variants = variants
        faults = list(_faults(self.terms))
        if faults:
            raise DefinitionError(edition.id, faults)

    def __iter__(self) -> Iterator[T]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    @cached_property
    def by_key(self) -> dict[str, T]:
        """Terms by code, or by name for those without."""
        return {term.key: term for term in self.terms}

    @cached_property
    def _by_name(self) -> dict[str, T]:
        return {term.name: term for term in self.terms}

    @cached_property
    def _by_alias(self) -> dict[str, list[T]]:
        return _grouped((word, term) for term in self.terms for word in dict.fromkeys(term.aliases))

    @cached_property
    def _by_usual(self) -> dict[str, list[T]]:
        return _grouped((word, term) for term in self.terms for word in dict.fromkeys(term.usual))

    def get(self, key: str) -> T | None:
        """The term with a code (or, without one, a name); None if there is none."""
        return self.by_key.get(key)

    def children(self, code: str) -> tuple[T, ...]:
        """Terms one step narrower."""
        return tuple(self._narrower.get(code, ()))

    @cached_property
    def _narrower(self) -> dict[str, list[T]]:
        return _grouped((term.parent, term) for term in self.terms if term.parent)

    def find(self, text: str) -> Match[T]:
        """What a written name or code means."""
        word = normal(text)
        found = self.get(word.upper()) if edition_of(word.upper()) else None
        if found is not None:
            return Match(text, Finding.NAME, found)
        return self._match(text, word) or self._varied(text, word) or self._unknown(text, word)

    def _varied(self, text: str, word: str) -> Match[T] | None:
        """The word with another ending; several terms it might then be are all told."""
        matches = [match for form in self._variants(word) if (match := self._match(text, form))]
        terms = tuple(
            dict.fromkeys(
                term for match in matches for term in ((match.term,) if match.term else match.others) if term
            )
        )
        if len(terms) > 1:
            return _ambiguous(text, terms)
        if not terms or matches[0].finding is Finding.USUAL:
            return matches[0] if matches else None
        return Match(text, Finding.ALIAS, terms[0], say=f"“{text}”按正式名称“{_shown(terms[0])}”理解")

    def _match(self, text: str, word: str) -> Match[T] | None:
        term = self._by_name.get(word)
        aliases = self._by_alias.get(word, [])
        usual = [one for one in self._by_usual.get(word, []) if one not in aliases]
        others = tuple(one for one in (*aliases, *usual) if one is not term)
        if term is not None:
            return self._named(text, term, others)
        if len(others) > 1:
            return _ambiguous(text, others)
        if aliases:
            return Match(
                text, Finding.ALIAS, aliases[0], say=f"“{text}”是别名，正式名称为“{_shown(aliases[0])}”"
            )
        if usual:
            say = f"“{text}”是门诊习用说法，通常指“{_shown(usual[0])}”，请确认"
            return Match(text, Finding.USUAL, usual[0], say=say)
        return None

    def _named(self, text: str, term: T, others: tuple[T, ...]) -> Match[T]:
        preferred = tuple(self.by_key[code] for code in term.preferred)
        further = tuple(dict.fromkeys((*preferred, *others)))
        if term.provisional and further:
            return _ambiguous(text, (*further, term))
        say = f"“{text}”也是{_list(further)}的别名，按正式名称取“{_shown(term)}”" if further else ""
        if term.provisional:
            say = f"“{_shown(term)}”是临时诊断用术语，明确诊断后请改为正式病名"
        return Match(text, Finding.NAME, term, further, say)

    def _unknown(self, text: str, word: str) -> Match[T]:
        near = sorted(
            (term for term in self.terms if len(word) > 1 and word in term.name and not term.heading),
            key=lambda term: (not term.common, len(term.name), term.key),
        )[:NEAREST]
        hint = f"，写法相近的有{_list(near)}" if near else ""
        say = f"没有叫“{text}”的名称{hint}；请改选或用拼音首字母查找"
        return Match(text, Finding.UNKNOWN, others=tuple(near), say=say)


def _ambiguous(text: str, terms: tuple[T, ...]) -> Match[T]:
    return Match(text, Finding.AMBIGUOUS, others=terms, say=f"“{text}”可以指{_list(terms)}，请选其中一个")


def _grouped(pairs: Iterator[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for word, term in pairs:
        found.setdefault(word, []).append(term)
    return found


def _shown(term: Term) -> str:
    return f"{term.name}（{term.code}）" if term.code else term.name


def _list(terms: Sequence[Term]) -> str:
    return "、".join(f"“{_shown(term)}”" for term in terms)


def _faults(terms: Sequence[Term]) -> Iterator[str]:
    keys = {term.key for term in terms}
    for kind, values in (("代码", [term.key for term in terms]), ("名称", [term.name for term in terms])):
        seen: set[str] = set()
        for value in values:
            if value in seen:
                yield f"{kind}“{value}”出现两次，请只留一行"
            seen.add(value)
    for term in terms:
        if term.code and not edition_of(term.code):
            yield f"“{term.name}”的代码“{term.code}”写法不对，应如 A04.03.07 或 BNP110"
        if edition_of(term.code) == "2021" and term.parent and term.parent not in keys:
            yield f"“{term.name}”（{term.code}）没有上一级 {term.parent}，请补上"
        if not term.code and term.doubt is not Doubt.LOCAL:
            yield f"“{term.name}”没有代码，请补代码或标为 local"
        yield from (f"“{term.name}”的首选代码 {code} 不在表中" for code in term.preferred if code not in keys)
