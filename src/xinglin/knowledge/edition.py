"""What an edition of a rule set is: which book a rule stands in, since when, how far our copy was checked.

A part keeps each edition in a folder of its own with ``edition.yaml`` beside the tables, so that a new edition is
loaded beside the old one and never over it. Every result of a check names the edition it was made with.

Example:
    >>> from xinglin.knowledge import herbs
    >>> herbs.load("chp2020").edition.title
    '《中华人民共和国药典》2020年版一部'
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from xinglin.base.errors import DefinitionError
from xinglin.base.yamlfile import Strict, build, read_yaml

FILE = "edition.yaml"


class Edition(Strict):
    """One edition of a rule set.

    Attributes:
        id: stable short name, also the folder's name, e.g. ``chp2020``.
        title: the book or standard in Chinese. source: where our rows came from, in our own words.
        in_force: first day the book is in force. until: last day, or None while nothing has taken its place.
        checked: what was compared with what. gaps: what this edition's data does not cover, one sentence each.
    """

    id: str
    title: str
    source: str
    in_force: date | None = None
    until: date | None = None
    checked: str
    gaps: tuple[str, ...] = ()


def read_edition(folder: Path) -> Edition:
    """The edition whose data lie in this folder.

    Raises:
        DefinitionError: there is no edition file, it has faults, or its id is not the folder's name.
    """
    path = folder / FILE
    if not path.is_file():
        raise DefinitionError(
            str(path), [f"没有这个文件：版本“{folder.name}”须有 {FILE}，写明出处与未覆盖的内容"]
        )
    edition = build(Edition, read_yaml(path), path.name)
    if edition.id != folder.name:
        raise DefinitionError(str(path), [f"id 写作“{edition.id}”，应与文件夹名“{folder.name}”相同"])
    return edition


def editions_in(root: Path) -> dict[str, Path]:
    """Folders of all editions below a part's data folder, by id, oldest name first."""
    return {path.parent.name: path.parent for path in sorted(root.glob(f"*/{FILE}"))}


def folder_of(root: Path, edition: str) -> Path:
    """The folder of one edition.

    Raises:
        DefinitionError: this edition is not installed; the message names those that are.
    """
    known = editions_in(root)
    if edition not in known:
        raise DefinitionError(
            str(root),
            [f"没有版本“{edition}”的数据；现有：{'、'.join(known) or '无'}。请选现有版本或装入该版数据"],
        )
    return known[edition]
