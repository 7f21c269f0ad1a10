"""The table of herbs of one edition, read once, and every name in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from xinglin.base.errors import DefinitionError
from xinglin.knowledge.edition import Edition, folder_of, read_edition
from xinglin.knowledge.herbs.model import Grade, Herb, ToxicItem, Toxicity
from xinglin.knowledge.rows import Row, number, read_rows, words

DATA = Path(__file__).parent / "data"
DEFAULT = "chp2020"
HERB_COLUMNS = (
    "id", "name", "pinyin", "initials", "aliases", "base", "category", "subcategory", "nature", "flavors", "meridians",
    "dose_min", "dose_max", "dose_basis", "powder_max", "dose_extra", "fresh_max", "special_max", "special_use",
    "toxicity", "pregnancy", "pregnancy_textbook", "decoction", "usual_decoction", "decoctable", "external_only",
    "control", "food_medicine", "listed", "filled_as", "doubt", "grade", "note",
)  # fmt: skip
NAME_COLUMNS = ("written", "action", "default", "candidates", "reason", "caution")
TOXIC_COLUMNS = ("official", "herb", "daily_max", "note")
ACTIONS = ("map", "confirm", "hint", "reject", "reject_unless_toxic")


@dataclass(frozen=True, slots=True)
class GenericName:
    """A way of writing that needs care.

    Attributes:
        written: the name. default: standard name, "" for none. candidates: all it may mean.
        action: ``map`` takes the default, ``confirm`` must be asked, ``hint`` is a valid name that is often mixed up,
            ``reject`` may not be prescribed, ``reject_unless_toxic`` only under the procedure for toxic drugs.
        reason, caution: shown to the prescriber.
    """

    written: str
    action: str
    default: str
    candidates: tuple[str, ...]
    reason: str
    caution: str


@dataclass(frozen=True, slots=True)
class Table:
    """All herbs of one edition.

    Attributes:
        edition: where they stand. herbs: by standard name, in the table's order.
        aliases: alias to standard name. generic: ways of writing that need care, by name.
        toxic: the 28 items by official name.
    """

    edition: Edition
    herbs: dict[str, Herb]
    aliases: dict[str, str]
    generic: dict[str, GenericName]
    toxic: dict[str, ToxicItem]

    def __iter__(self) -> Iterator[Herb]:
        return iter(self.herbs.values())

    def __len__(self) -> int:
        return len(self.herbs)

    def toxic_item(self, herb: Herb) -> ToxicItem | None:
        """The item of the national list that this herb is the raw or only form of, None if it is none."""
        return next((item for item in self.toxic.values() if item.herb == herb.name), None)


def load(edition: str = DEFAULT, root: Path = DATA) -> Table:
    """The table of one edition, read once per process.

    Raises:
        DefinitionError: the edition is not installed, or its tables contradict themselves; all faults at once.
    """
    return _load(edition, root)


@lru_cache(maxsize=8)
def _load(edition: str, root: Path) -> Table:
    folder = folder_of(root, edition)
    herbs = [_herb(row) for row in read_rows(folder / "herbs.csv", HERB_COLUMNS)]
    table = Table(
        edition=read_edition(folder),
        herbs={herb.name: herb for herb in herbs},
        aliases={alias: herb.name for herb in herbs for alias in herb.aliases},
        generic={row["written"]: _generic(row) for row in read_rows(folder / "names.csv", NAME_COLUMNS)},
        toxic={row["official"]: _toxic(row) for row in read_rows(folder / "toxic.csv", TOXIC_COLUMNS)},
    )
    faults = [*_twice(herbs), *_dangling(table)]
    if faults:
        raise DefinitionError(f"herbs/{edition}", faults)
    return table


def _herb(row: Row) -> Herb:
    where = f"herbs.csv {row['name']}"
    return Herb(
        id=row["id"],
        name=row["name"],
        pinyin=row["pinyin"],
        initials=row["initials"],
        aliases=words(row["aliases"]),
        base=row["base"],
        category=row["category"],
        subcategory=row["subcategory"],
        nature=row["nature"],
        flavors=row["flavors"],
        meridians=row["meridians"],
        dose_min=number(row["dose_min"], where),
        dose_max=number(row["dose_max"], where),
        dose_basis=row["dose_basis"],
        powder_max=number(row["powder_max"], where),
        dose_extra=row["dose_extra"],
        fresh_max=number(row["fresh_max"], where),
        special_max=number(row["special_max"], where),
        special_use=row["special_use"],
        toxicity=Toxicity(row["toxicity"]),
        pregnancy=row["pregnancy"],
        pregnancy_textbook=row["pregnancy_textbook"],
        decoction=words(row["decoction"]),
        usual_decoction=words(row["usual_decoction"]),
        decoctable=row["decoctable"],
        external_only=row["external_only"] == "1",
        control=row["control"],
        food_medicine=row["food_medicine"],
        listed={"1": True, "0": False}.get(row["listed"]),
        filled_as=row["filled_as"],
        doubt=frozenset(words(row["doubt"])),
        grade=Grade(row["grade"]),
        note=row["note"],
    )


def _generic(row: Row) -> GenericName:
    return GenericName(
        row["written"], row["action"], row["default"], words(row["candidates"]), row["reason"], row["caution"]
    )


def _toxic(row: Row) -> ToxicItem:
    return ToxicItem(
        row["official"], row["herb"], number(row["daily_max"], f"toxic.csv {row['official']}"), row["note"]
    )


def _twice(herbs: list[Herb]) -> Iterator[str]:
    """A name or alias that stands for two rows."""
    owner: dict[str, str] = {}
    for herb in herbs:
        for name in (herb.name, *herb.aliases):
            if name in owner:
                yield f"“{name}”同时属于 {owner[name]} 和 {herb.name}，请只留一处；说不清的写入 names.csv"
            owner[name] = herb.name


def _dangling(table: Table) -> Iterator[str]:
    """A reference to a herb that is not there, or a word that is not of its list."""
    for herb in table:
        for name in (herb.base, herb.filled_as):
            if name and name not in table.herbs:
                yield f"{herb.name} 指向“{name}”，表中没有"
        if herb.dose_min and herb.dose_max and herb.dose_min > herb.dose_max:
            yield f"{herb.name} 的剂量下限大于上限"
    for generic in table.generic.values():
        yield from (
            f"{generic.written} 的候选“{other}”表中没有"
            for other in generic.candidates
            if other not in table.herbs
        )
        if generic.action not in ACTIONS:
            yield f"{generic.written} 的处理“{generic.action}”不认识；可写：{'、'.join(ACTIONS)}"
    yield from (
        f"{item.official} 指向“{item.herb}”，表中没有"
        for item in table.toxic.values()
        if item.herb not in table.herbs
    )
