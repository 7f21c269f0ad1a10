"""Classic formulas (经典方剂) with their composition: what a prescription may be begun from.

Example:
    >>> from xinglin.knowledge import formulas
    >>> [(part.herb, part.grams) for part in formulas.get("F001").ingredients][:2]
    [('麻黄', Decimal('9')), ('桂枝', Decimal('6'))]
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from xinglin.base.errors import DefinitionError
from xinglin.knowledge import herbs
from xinglin.knowledge.edition import Edition, folder_of, read_edition
from xinglin.knowledge.formulas.model import Formula, Ingredient
from xinglin.knowledge.herbs.names import normal
from xinglin.knowledge.rows import Row, number, read_rows, words

__all__ = ["DEFAULT", "Formula", "Ingredient", "containing", "edition", "find", "get", "load"]

DATA = Path(__file__).parent / "data"
DEFAULT = "textbook7"
COLUMNS = (
    "id", "name", "book", "category", "subcategory", "composition", "dose_basis", "efficacy", "indication", "decoction",
    "over", "sources", "grade", "note",
)  # fmt: skip
_OVER = re.compile(r"^(\D+)([\d.]+)>([\d.]+)$")


def load(edition_id: str = DEFAULT) -> dict[str, Formula]:
    """All formulas of one edition by id, in the textbook's order, read once per process.

    Raises:
        DefinitionError: the edition is not installed, or a formula names a herb that is not in the table.
    """
    return _load(edition_id)


@lru_cache(maxsize=4)
def _load(edition_id: str) -> dict[str, Formula]:
    folder = folder_of(DATA, edition_id)
    found = [_formula(row) for row in read_rows(folder / "formulas.csv", COLUMNS)]
    known = herbs.load().herbs
    faults = [
        f"{one.id} {one.name} 的“{part.herb}”不在饮片表中"
        for one in found
        for part in one.ingredients
        if part.herb not in known
    ]
    if faults:
        raise DefinitionError(f"formulas/{edition_id}", faults)
    return {one.id: one for one in found}


def edition(edition_id: str = DEFAULT) -> Edition:
    """Where the formulas of this edition stand."""
    return read_edition(folder_of(DATA, edition_id))


def get(key: str) -> Formula | None:
    """The formula with this id, None if there is none."""
    return load().get(key)


def find(name: str) -> Formula | None:
    """The formula with this name, None if there is none; names are not guessed."""
    wanted = normal(name)
    return next((one for one in load().values() if one.name == wanted), None)


def containing(herb: str) -> tuple[Formula, ...]:
    """Formulas that contain a herb by its standard name."""
    return tuple(one for one in load().values() if one.grams_of(herb) is not None)


def _formula(row: Row) -> Formula:
    footnotes = {
        herb: note for herb, _, note in (entry.partition(":") for entry in words(row["decoction"], ";"))
    }
    return Formula(
        id=row["id"],
        name=row["name"],
        book=row["book"],
        category=row["category"],
        subcategory=row["subcategory"],
        ingredients=tuple(
            _ingredient(entry, footnotes, row["id"]) for entry in words(row["composition"], ";")
        ),
        dose_basis=row["dose_basis"],
        efficacy=row["efficacy"],
        indication=row["indication"],
        over=tuple(_over(entry, row["id"]) for entry in words(row["over"], ";")),
        sources=row["sources"],
        grade=row["grade"],
        note=row["note"],
    )


def _ingredient(entry: str, footnotes: dict[str, str], where: str) -> Ingredient:
    herb, _, grams = entry.partition(":")
    amount = number(grams, where)
    if amount is None:
        raise DefinitionError(where, [f"“{herb}”没有克数，请写如 {herb}:9"])
    return Ingredient(herb, amount, footnotes.get(herb, ""))


def _over(entry: str, where: str) -> tuple[str, Decimal, Decimal]:
    found = _OVER.match(entry)
    amount = number(found[2], where) if found else None
    limit = number(found[3], where) if found else None
    if found is None or amount is None or limit is None:
        raise DefinitionError(where, [f"“{entry}”应写作 药名克数>上限，如 细辛6>3"])
    return found[1], amount, limit
