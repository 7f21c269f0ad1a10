"""Diseases of Chinese medicine (病名) with the codes of GB/T 15657, by edition.

Example:
    >>> find("百日咳").term.name
    '顿咳'
    >>> [term.code for term in find("失眠").others]
    ['A04.01.13', 'A17.11']
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from xinglin.knowledge.edition import folder_of, read_edition
from xinglin.knowledge.nomenclature import Doubt, Match, Nomenclature, Term
from xinglin.knowledge.rows import Row, read_rows, words

__all__ = ["DEFAULT", "Disease", "find", "get", "load"]

DATA = Path(__file__).parent / "data"
DEFAULT = "gbt15657_2021"
COLUMNS = (
    "code", "name", "aliases", "usual", "specialty", "common", "provisional", "formal", "successors", "doubt", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Disease(Term):
    """One disease.

    Attributes:
        specialty: 内科, 妇科 … for the common ones. temporary: one of the names for the time being (A17).
        formal: codes that should replace a temporary name.
    """

    specialty: str = ""
    temporary: bool = False
    formal: tuple[str, ...] = ()

    @property
    def provisional(self) -> bool:
        """A name for the time being (临时诊断用术语)."""
        return self.temporary

    @property
    def preferred(self) -> tuple[str, ...]:
        """Codes of the formal names that should replace it."""
        return self.formal


def load(edition: str = DEFAULT, root: Path = DATA) -> Nomenclature[Disease]:
    """All diseases of one edition, read once per process.

    Args:
        root: folder of the editions; an installation may keep its own (codes of 1995) elsewhere.

    Raises:
        DefinitionError: the edition is not installed, or its table contradicts itself.
    """
    return _load(edition, root)


def find(text: str) -> Match[Disease]:
    """What a written disease means; 病, 证 and 症 at the end may be left out or mixed up."""
    return load().find(text)


def get(code: str) -> Disease | None:
    """The disease with a code, None if there is none."""
    return load().get(code)


@lru_cache(maxsize=4)
def _load(edition: str, root: Path) -> Nomenclature[Disease]:
    folder = folder_of(root, edition)
    rows = read_rows(folder / "diseases.csv", COLUMNS)
    return Nomenclature(read_edition(folder), [_disease(row, edition) for row in rows], _variants)


def _variants(word: str) -> tuple[str, ...]:
    stem = word[:-1] if word.endswith(("病", "证", "症")) else word
    return (
        tuple(form for form in (f"{stem}病", f"{stem}证", f"{stem}症", stem) if form != word) if stem else ()
    )


def _disease(row: Row, edition: str) -> Disease:
    return Disease(
        edition=edition,
        code=row["code"],
        name=row["name"],
        aliases=words(row["aliases"]),
        usual=words(row["usual"]),
        common=row["common"] == "1",
        successors=words(row["successors"]),
        doubt=Doubt(row["doubt"]),
        note=row["note"],
        specialty=row["specialty"],
        temporary=row["provisional"] == "1",
        formal=words(row["formal"]),
    )
