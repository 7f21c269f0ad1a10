"""Policy documents out of their files: strict, and every fault of every file told at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from xinglin.base.errors import DefinitionError
from xinglin.base.yamlfile import faults_of, read_yaml
from xinglin.policy.library import PolicyLibrary
from xinglin.policy.model import (
    Document,
    Duty,
    Heading,
    Target,
    Task,
    Trend,
    faults_between,
)
from xinglin.policy.names import WANTED, MeasureNames

DOCUMENTS = Path(__file__).with_name("documents")
_SOURCE = "政策文件"

M = TypeVar("M", bound=BaseModel)


def load_documents(book: MeasureNames | None = None, folder: Path | None = None) -> PolicyLibrary:
    """Load every document of a folder (those shipped with Xinglin by default).

    Args:
        book: the measures that targets may name; None leaves names and parameters unchecked.
        folder: where the YAML files lie.

    Raises:
        DefinitionError: with all faults of all files, each naming file, entry and key.
    """
    drafts = [_draft(path) for path in sorted((folder or DOCUMENTS).glob("*.yaml"))]
    faults = [fault for draft in drafts for fault in draft.all_faults(book)]
    faults += _repeated(drafts)
    if faults:
        raise DefinitionError(_SOURCE, faults)
    documents = [draft.document() for draft in drafts]
    return PolicyLibrary(tuple(sorted(documents, key=lambda document: (len(document.place), document.id))))


@dataclass
class _Draft:
    """One file on its way in: what could be built of it, and what could not.

    Entries are built one by one, so that a fault in one hides no fault in another.
    """

    path: Path
    heading: Heading | None = None
    targets: list[Target] = field(default_factory=list)
    trends: list[Trend] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def ids(self) -> list[str]:
        entries: list[Target | Task | Duty] = [*self.targets, *self.tasks, *self.duties]
        return [entry.id for entry in entries]

    def all_faults(self, book: MeasureNames | None) -> list[str]:
        """Faults of the entries, those between them, and those that only the book of measures shows."""
        found = list(self.faults)
        if self.heading:
            found += _name_faults(self.heading, self.path)
            found += faults_between(self.heading, self.targets, (*self.tasks, *self.duties))
        found += _waiting_faults(self)
        if book is not None:
            found += _measure_faults(self.targets, self.trends, book)
        return [f"{self.path.name} {fault}" for fault in found]

    def document(self) -> Document:
        """The whole document; only for a draft without faults."""
        assert self.heading is not None
        entries = {"targets": self.targets, "trends": self.trends, "tasks": self.tasks, "duties": self.duties}
        return Document.model_validate({**self.heading.model_dump(by_alias=True), **entries})


def _draft(path: Path) -> _Draft:
    draft = _Draft(path)
    try:
        content = _read(path)
    except DefinitionError as error:
        draft.faults += error.faults
        return draft
    if not isinstance(content, dict):
        draft.faults.append("文件应为键值表")
        return draft
    draft.targets = _entries(content, "targets", Target, draft.faults)
    draft.trends = _entries({"trends": [], **content}, "trends", Trend, draft.faults)
    draft.tasks = _entries(content, "tasks", Task, draft.faults)
    draft.duties = _entries(content, "duties", Duty, draft.faults)
    parts = {"targets", "trends", "tasks", "duties"}
    rest = {key: value for key, value in content.items() if key not in parts}
    draft.heading = _built(Heading, rest, "", draft.faults)
    return draft


def _entries(content: Mapping[str, Any], key: str, model: type[M], faults: list[str]) -> list[M]:
    """What can be built of one list of the file; the rest goes to ``faults``."""
    items = content.get(key)
    if not isinstance(items, list):
        faults.append(f"{key}：{'应为列表' if key in content else '缺少这个键'}")
        return []
    built = (
        _built(model, item, _entry_name(item, key, place), faults) for place, item in enumerate(items, 1)
    )
    return [entry for entry in built if entry is not None]


def _entry_name(item: object, key: str, position: int) -> str:
    name = item.get("id") if isinstance(item, dict) else None
    return str(name) if name else f"{key} 第 {position} 条"


def _built(model: type[M], content: object, name: str, faults: list[str]) -> M | None:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults += [_named(name, fault) for fault in faults_of(error)]
        return None


def _named(name: str, fault: str) -> str:
    place, _, words = fault.partition("：")
    where = " ".join(part for part in (name, "" if place == "文件" else place) if part)
    return f"{where}：{words}" if where else words


def _name_faults(heading: Heading, path: Path) -> list[str]:
    same = heading.id == path.stem
    return [] if same else [f"id：“{heading.id}”与文件名不同，应为“{path.stem}”"]


def _waiting_faults(draft: _Draft) -> list[str]:
    """What the program drafted and nobody has reviewed: all in one sentence, for there may be a hundred."""
    heading = draft.heading
    waiting = ["文件首部"] if heading and heading.review and heading.review.waits else []
    entries: list[Target | Task | Duty] = [*draft.targets, *draft.tasks, *draft.duties]
    waiting += [entry.id for entry in entries if entry.review and entry.review.waits]
    waiting += [f"trends {trend.clause}" for trend in draft.trends if trend.review and trend.review.waits]
    if not waiting:
        return []
    return [
        f"有 {len(waiting)} 条由程序起草，还没有人审核：{'、'.join(waiting)}。"
        "请逐条对照原文，改好后在它的 review 里填 reviewer 和 date；不该有的条目请删去"
    ]


def _measure_faults(targets: Iterable[Target], trends: Iterable[Trend], book: MeasureNames) -> Iterator[str]:
    names = set(book.names())
    for target in targets:
        if target.wants:
            if book.covers(target.wants):
                yield f"{target.id}：“{target.wants}”已有定义，measure 请写定义的名字，不再写 wanted"
        elif target.measure not in names:
            yield f"{target.id} measure：{_no_such(target.measure, names)}"
        else:
            yield from (
                f"{target.id} parameters：{why}" for why in book.check(target.measure, target.parameters)
            )
    for trend in trends:
        if trend.measure != WANTED and trend.measure not in names:
            yield f"trends {trend.clause} measure：{_no_such(trend.measure, names)}"


def _no_such(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, list(names), n=1)
    hint = f"，是不是“{near[0]}”" if near else "；没有定义时请写 wanted"
    return f"没有“{name}”这个指标{hint}"


def _repeated(drafts: Iterable[_Draft]) -> list[str]:
    """Ids used by more than one file; within a file ``faults_between`` tells them."""
    homes: dict[str, list[str]] = defaultdict(list)
    for draft in drafts:
        for name in dict.fromkeys(draft.ids()):
            homes[name].append(draft.path.name)
    return [f"{'、'.join(files)} {name}：编号重复" for name, files in homes.items() if len(files) > 1]


_DAY = re.compile(r"[:\[,]\s+(\d{4}-\d{1,2}-\d{1,2})(?=\s*(?:[,}\]#]|$))")


def _read(path: Path) -> Any:
    """Content of the file. PyYAML reports an impossible date without its place, so we look for it."""
    try:
        return read_yaml(path)
    except ValueError as error:
        raise DefinitionError(path.name, _impossible_days(path) or [str(error)]) from error


def _impossible_days(path: Path) -> list[str]:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    found = [(number, day) for number, line in lines for day in _DAY.findall(line)]
    return [f"第 {number} 行：{day} 这一天不存在" for number, day in found if not _exists(day)]


def _exists(day: str) -> bool:
    try:
        date(*(int(part) for part in day.split("-")))
    except ValueError:
        return False
    return True
