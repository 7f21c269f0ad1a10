"""Patterns (证候) with the codes of GB/T 15657, by edition.

Example:
    >>> find("风热袭肺").term.name
    '风热犯肺证'
    >>> find("痰湿壅肺证").finding.value
    'ambiguous'
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from xinglin.knowledge.edition import folder_of, read_edition
from xinglin.knowledge.nomenclature import Doubt, Match, Nomenclature, Term
from xinglin.knowledge.rows import Row, read_rows, words

__all__ = ["DEFAULT", "Pattern", "Signs", "find", "get", "load"]

DATA = Path(__file__).parent / "data"
DEFAULT = "gbt15657_2021"
COLUMNS = (
    "code", "name", "aliases", "usual", "common", "symptoms", "tongue", "pulse", "principle", "successors", "doubt",
    "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signs:
    """What a pattern looks like and how it is treated; wording of experts, not of the standard.

    Attributes:
        symptoms: one each. tongue, pulse: as said. principle: treatment principle (治法).
    """

    symptoms: tuple[str, ...]
    tongue: str
    pulse: str
    principle: str


@dataclass(frozen=True, slots=True)
class Pattern(Term):
    """One pattern; ``signs`` for the common ones only."""

    signs: Signs | None = None


def load(edition: str = DEFAULT, root: Path = DATA) -> Nomenclature[Pattern]:
    """All patterns of one edition, read once per process.

    Args:
        root: folder of the editions; an installation may keep its own (codes of 1995) elsewhere.

    Raises:
        DefinitionError: the edition is not installed, or its table contradicts itself.
    """
    return _load(edition, root)


def find(text: str) -> Match[Pattern]:
    """What a written pattern means; 证 may be left out, 症 and 型 are taken for it."""
    return load().find(text)


def get(code: str) -> Pattern | None:
    """The pattern with a code, None if there is none."""
    return load().get(code)


@lru_cache(maxsize=4)
def _load(edition: str, root: Path) -> Nomenclature[Pattern]:
    folder = folder_of(root, edition)
    rows = read_rows(folder / "syndromes.csv", COLUMNS)
    return Nomenclature(read_edition(folder), [_pattern(row, edition) for row in rows], _variants)


def _variants(word: str) -> tuple[str, ...]:
    stem = word[:-1] if word.endswith(("症", "型", "证")) else word
    stem = stem[:-1] if stem.endswith("证") else stem
    return (f"{stem}证",) if stem else ()


def _pattern(row: Row, edition: str) -> Pattern:
    return Pattern(
        edition=edition,
        code=row["code"],
        name=row["name"],
        aliases=words(row["aliases"]),
        usual=words(row["usual"]),
        common=row["common"] == "1",
        successors=words(row["successors"]),
        doubt=Doubt(row["doubt"]),
        note=row["note"],
        signs=_signs(row),
    )


def _signs(row: Row) -> Signs | None:
    if not row["symptoms"]:
        return None
    symptoms = words(row["symptoms"].replace("，", "、"), "、")
    return Signs(symptoms, row["tongue"], row["pulse"], row["principle"])
