"""The mission: the 281 mechanisms of the five documents, and what of the program serves each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import model_validator

from xinglin.base.errors import DefinitionError
from xinglin.base.yamlfile import Strict, build, read_yaml
from xinglin.records.definition import Definition
from xinglin.records.loading import Book

FILE = Path(__file__).with_name("mission.yaml")
BY = {"transition": "办理流程", "deadline": "期限", "fact": "事实", "report": "报表"}
"""By what a mechanism is served, in Chinese."""


class Row(Strict):
    """A mechanism: its title; and, if another part of the program than a definition serves it, which and by what.

    Attributes:
        app: an app of `xinglin.apps` or a room of `xinglin`. words: what serves it. measures: names of measures.
    """

    title: str
    app: str | None = None
    by: tuple[Literal["transition", "deadline", "fact", "report"], ...] = ()
    words: str = ""
    measures: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"title": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _whole(self) -> Row:
        if (self.app is None) != (not self.by) or (self.app is None) != (
            not self.words and not self.measures
        ):
            raise ValueError("app、by 和 words（或 measures）要同时写")
        return self


class Group(Strict):
    """A group of mechanisms."""

    label: str
    rows: dict[str, Row]


@dataclass(frozen=True)
class Served:
    """A row with the definitions that serve it, each with by what; ``row.app`` says what else does."""

    id: str
    group: str
    row: Row
    definitions: tuple[tuple[Definition, tuple[str, ...]], ...]

    @property
    def is_served(self) -> bool:
        """Whether anything serves it."""
        return bool(self.definitions) or self.row.app is not None

    @property
    def by(self) -> tuple[str, ...]:
        """By what it is served, in the order of `BY`."""
        found = {means for _, own in self.definitions for means in own} | set(self.row.by)
        return tuple(means for means in BY if means in found)


class Mission:
    """All rows by group.

    Raises:
        DefinitionError: a row stands in two groups.
    """

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self.groups = dict(groups)
        self.rows: dict[str, Row] = {}
        faults = []
        for group in self.groups.values():
            faults += [f"{name} 写了两次" for name in group.rows if name in self.rows]
            self.rows.update(group.rows)
        if faults:
            raise DefinitionError(FILE.name, faults)

    def served(self, book: Book) -> list[Served]:
        """Every row once, in order, with what serves it."""
        serving = book.serving()
        return [
            Served(name, key, row, tuple(serving.get(name, ())))
            for key, group in self.groups.items()
            for name, row in group.rows.items()
        ]

    def faults(self, book: Book) -> Iterator[str]:
        """Rows that definitions claim and that do not exist; definitions that claim none."""
        for one in book:
            unknown = [row for row in one.serves if row not in self.rows]
            yield from (f"{one.topic}/{one.id}：serves：没有“{row}”这一行" for row in unknown)
            if not one.serves:
                yield f"{one.topic}/{one.id}：serves 是空的，请写明服务于哪一行"


@lru_cache(maxsize=1)
def load_mission() -> Mission:
    """The rows as shipped. Raises DefinitionError."""
    content = read_yaml(FILE)
    return Mission({name: build(Group, group, f"{FILE.name} {name}") for name, group in content.items()})
