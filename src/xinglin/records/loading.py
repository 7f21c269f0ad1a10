"""Definitions out of their files, every fault at once, in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from xinglin.base.errors import DefinitionError
from xinglin.base.yamlfile import Strict, build, read_yaml
from xinglin.records.definition import Definition
from xinglin.records.soundness import faults_of, roles_of

SHIPPED = Path(__file__).with_name("definitions")
TOPICS = "topics.yaml"


class Topic(Strict):
    """A folder of definitions: Chinese name, and the groups of the mission it is about."""

    label: str
    groups: tuple[str, ...] = ()


class Book:
    """Definitions by id, and their topics.

    Raises:
        DefinitionError: something does not hold within or between files.
    """

    def __init__(self, definitions: Iterable[Definition], topics: Mapping[str, Topic]) -> None:
        self.definitions: dict[str, Definition] = {}
        self.topics = dict(topics)
        faults = []
        for one in definitions:
            if one.id in self.definitions:
                faults.append(f"{one.topic}/{one.id}：编号与 {self.definitions[one.id].topic} 里的重复")
            self.definitions[one.id] = one
        for one in self.definitions.values():
            faults += [f"{one.topic}/{one.id}：{fault}" for fault in faults_of(one, self.definitions)]
        if faults:
            raise DefinitionError("记录定义", faults)

    def __getitem__(self, name: str) -> Definition:
        return self.definitions[name]

    def __iter__(self) -> Iterator[Definition]:
        return iter(self.definitions.values())

    def __len__(self) -> int:
        return len(self.definitions)

    def __contains__(self, name: object) -> bool:
        return name in self.definitions

    def of_topic(self, topic: str) -> list[Definition]:
        """Definitions of a topic, in the order of their files."""
        return [one for one in self if one.topic == topic]

    def serving(self) -> dict[str, list[tuple[Definition, tuple[str, ...]]]]:
        """Row of the mission → definitions that serve it, and by what."""
        found: dict[str, list[tuple[Definition, tuple[str, ...]]]] = {}
        for one in self:
            for row, means in one.serves.items():
                found.setdefault(row, []).append((one, means))
        return found

    def roles(self) -> frozenset[str]:
        """Every role that a definition names."""
        return frozenset().union(*(roles_of(one) for one in self))


def read_definition(path: Path, topic: str) -> Definition:
    """One definition; its id is the file's name. Raises DefinitionError."""
    content = _read(path)
    own = [key for key in ("id", "topic") if key in content]
    if own:
        raise DefinitionError(path.name, [f"{key}：不写，由文件名和文件夹名决定" for key in own])
    return build(Definition, {"id": path.stem, "topic": topic, **content}, f"{topic}/{path.name}")


def _read(path: Path) -> dict[str, Any]:
    try:
        content = read_yaml(path)
    except UnicodeDecodeError:
        raise DefinitionError(path.name, ["不是 UTF-8 编码，请另存为 UTF-8"]) from None
    if not isinstance(content, dict):
        raise DefinitionError(path.name, ["应为键值表"])
    return content


def _topics(folder: Path) -> dict[str, Topic]:
    path = folder / TOPICS
    content = _read(path) if path.exists() else {}
    return {str(name): build(Topic, one, f"{TOPICS} {name}") for name, one in content.items()}


def _astray(folder: Path) -> Iterator[str]:
    """Files that would be passed over in silence."""
    for path in sorted(folder.glob("*.y*ml")):
        if path.name != TOPICS:
            yield f"{path.name}：定义要放在主题的文件夹里，如 culture/{path.stem}.yaml"
    for path in sorted(folder.glob("*/*.yml")):
        yield f"{path.parent.name}/{path.name}：文件名请以 .yaml 结尾"


def load_folders(*folders: Path) -> Book:
    """Every definition of one or more folders of topics; a later folder adds to earlier ones. Raises
    DefinitionError.
    """
    found, faults = [], []
    topics: dict[str, Topic] = {}
    for folder in folders:
        if not folder.is_dir():
            faults.append(f"没有“{folder}”这个文件夹")
            continue
        faults += _astray(folder)
        try:
            topics.update(_topics(folder))
        except DefinitionError as error:
            faults += [f"{error.source}：{fault}" for fault in error.faults]
        for path in sorted(folder.glob("*/*.yaml")):
            try:
                found.append(read_definition(path, path.parent.name))
            except DefinitionError as error:
                faults += [f"{path.parent.name}/{path.name}：{fault}" for fault in error.faults]
    if faults:
        raise DefinitionError("记录定义", faults)
    for one in found:
        topics.setdefault(one.topic, Topic(label=one.topic))
    order = list(topics)
    return Book(sorted(found, key=lambda one: (order.index(one.topic), one.id)), topics)


@lru_cache(maxsize=8)
def load_definitions(*more: Path) -> Book:
    """The definitions shipped, and those in further folders (a county's own). Raises DefinitionError."""
    return load_folders(SHIPPED, *more)
