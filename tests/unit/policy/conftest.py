from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import pytest

from xinglin.policy import PolicyLibrary, load_documents

SHARED = Path(__file__).parents[4] / "shared"

COUNTY = """\
id: county
title: 某县方案
short: 某县方案
issuers: [某县卫生健康局]
number: null
place: "441882"
level: county
issued: 2023-06-14
period: {from: 2021-01-01, to: 2025-12-31}
notes: null
targets:
  - id: XX-t01
    clauses: [一]
    summary: 中心、卫生院都设中医馆
    measure: hall
    comparator: all
    value: 100
    unit: "%"
    scope: place
    strength: must
    deadline: 2025-12-31
  - id: XX-t02
    clauses: [二]
    summary: 每万人0.6至0.8名全科医生
    measure: doctors
    parameters: {kinds: [centre, hospital]}
    comparator: between
    value: 0.6
    upper: 0.8
    unit: 人/万人
    scope: place
    strength: expected
    deadline: 2024-12-31
tasks:
  - id: XX-k01
    clause: 三
    heading: 培养人才
    kind: task
    lead: [教育局]
    units: [教育局, 财政局]
duties:
  - id: XX-d01
    clause: 四
    units: [财政局]
    duty: 安排资金
"""


class FakeBook:
    """A book of two measures; ``doctors`` takes a list of kinds, ``emr_level`` has found its definition."""

    def names(self) -> Collection[str]:
        return {"hall", "doctors"}

    def check(self, name: str, parameters: Mapping[str, object]) -> list[str]:
        unknown = [f"没有参数“{key}”" for key in parameters if (name, key) != ("doctors", "kinds")]
        wrong = [] if isinstance(parameters.get("kinds", ()), tuple) else ["参数“kinds”应为列表"]
        return unknown + wrong

    def covers(self, row: str) -> bool:
        return row == "emr_level"


@pytest.fixture
def book() -> FakeBook:
    return FakeBook()


@pytest.fixture(scope="session")
def library() -> PolicyLibrary:
    return load_documents()


@pytest.fixture
def county() -> str:
    return COUNTY


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., PolicyLibrary]:
    def load_texts(book: FakeBook | None = None, **texts: str) -> PolicyLibrary:
        for name, text in texts.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return load_documents(book, tmp_path)

    return load_texts


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("需要 ../shared")
    return SHARED
