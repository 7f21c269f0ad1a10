"""TCM techniques (中医药适宜技术): the catalogue of ten categories, by edition.

The only list of techniques in the library; the fact table ``technique`` takes its rows from here.

Example:
    >>> [one.name for one in find("捏脊")]
    ['小儿推拿技术']
    >>> get("B03").category_name
    '灸类技术'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from xinglin.base.errors import DefinitionError
from xinglin.knowledge.edition import Edition, folder_of, read_edition
from xinglin.knowledge.nomenclature import normal
from xinglin.knowledge.rows import Row, read_rows, words

__all__ = ["DEFAULT", "Technique", "edition", "find", "get", "load"]

DATA = Path(__file__).parent / "data"
DEFAULT = "county_plan_2023"
COLUMNS = ("code", "category", "category_name", "name", "aliases", "invasive")
_CODE = re.compile(r"[A-J]\d\d")
_BRACKETS = re.compile(r"[（()）、]")


@dataclass(frozen=True, slots=True)
class Technique:
    """One technique.

    Attributes:
        code: letter of the category and two digits. aliases: ours. invasive: breaks the skin or enters the body (ours).
    """

    code: str
    category: str
    category_name: str
    name: str
    aliases: tuple[str, ...]
    invasive: bool

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way it may be written: whole name, without 技术, the names inside brackets, aliases."""
        short = self.name.removesuffix("技术")
        inner = [part for part in _BRACKETS.split(short) if part]
        return tuple(dict.fromkeys((self.name, short, *inner, *self.aliases)))


def load(edition: str = DEFAULT) -> dict[str, Technique]:
    """All techniques of one edition by code, in the catalogue's order, read once per process.

    Raises:
        DefinitionError: the edition is not installed, or a code is malformed or stands twice.
    """
    return _load(edition)


def edition(name: str = DEFAULT) -> Edition:
    """Where the catalogue comes from."""
    return read_edition(folder_of(DATA, name))


def get(code: str) -> Technique | None:
    """The technique with a code, None if there is none."""
    return load().get(code)


def find(text: str) -> tuple[Technique, ...]:
    """The techniques a written name or code may mean: none, one, or several to choose from."""
    word = normal(text).replace("(", "（").replace(")", "）")
    by_code = get(word.upper())
    exact = [one for one in load().values() if one.name == word]
    if by_code is not None or exact:
        return (by_code or exact[0],)
    return tuple(one for one in load().values() if word in one.spellings)


@lru_cache(maxsize=2)
def _load(edition: str) -> dict[str, Technique]:
    found = [_technique(row) for row in read_rows(folder_of(DATA, edition) / "techniques.csv", COLUMNS)]
    codes = [one.code for one in found]
    faults = [
        f"编码“{code}”写法不对或重复" for code in codes if not _CODE.fullmatch(code) or codes.count(code) > 1
    ]
    if faults:
        raise DefinitionError(f"techniques/{edition}", faults)
    return {one.code: one for one in found}


def _technique(row: Row) -> Technique:
    return Technique(
        code=row["code"],
        category=row["category"],
        category_name=row["category_name"],
        name=row["name"],
        aliases=words(row["aliases"]),
        invasive=row["invasive"] == "1",
    )
