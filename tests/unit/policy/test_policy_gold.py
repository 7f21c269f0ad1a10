"""Our transcription against the hand-made gold, and our words against those of the sources."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xinglin.policy import PolicyLibrary, Target, load_rows

pytestmark = pytest.mark.shared

SETS = ("JS", "LZ", "ZL")
STRENGTH = {
    "基本实现": "expected",
    "左右": "expected",
    "逐步": "expected",
    "原则上": "in_principle",
    "力争": "strive",
    "鼓励": "encourage",
    "鼓励和支持": "encourage",
}
FLOOR = {"==": "all", ">=": "at_least", ">": "more_than"}
# The gold keeps the threshold per facility, without a share; we judge the share of facilities that reach it.
READ_AS_SHARE = {
    "LZ-t14": "45 techniques, of the one promotion base",
    "LZ-t15": "10 categories and 40 techniques, of the one promotion base",
    "ZL-t08": "level 4 of each hospital's medical records",
    "ZL-t11": "25 % of each facility's own doctors",
    "ZL-t21": "15 % of the points of each facility's scheme",
}
# The row's unit is a share too, but this cell counts the prefectures.
READ_AS_COUNT = {"JS-t99": "13 prefectures"}


def gold(shared: Path, name: str) -> dict[str, Any]:
    return json.loads((shared / "gold" / f"{name}.json").read_text(encoding="utf-8"))


def is_share(entry: dict[str, Any]) -> bool:
    if entry["id"] in READ_AS_COUNT:
        return False
    per_facility = load_rows()[entry["indicator"]].unit == "%" and entry["unit"] != "%"
    return entry["share"] is not None or per_facility or entry["id"] in READ_AS_SHARE


def expected(entry: dict[str, Any]) -> tuple[object, ...]:
    match entry["op"]:
        case "exists":
            return "exists", None, None, None
        case "encourage":
            return "encouraged", entry["value"], None, entry["unit"]
    if is_share(entry):
        share = entry["share"] or 100
        return "all" if share == 100 else "at_least", share, None, "%"
    if entry["op"] == "range":
        return "between", *entry["value"], entry["unit"]
    return FLOOR[entry["op"]], entry["value"], None, entry["unit"]


def threshold(target: Target) -> tuple[object, ...]:
    value, upper = (None if number is None else float(number) for number in (target.value, target.upper))
    return target.comparator.value, value, upper, target.unit and target.unit.value


@pytest.mark.parametrize("name", SETS)
def test_targets_agree_with_gold(library: PolicyLibrary, shared: Path, name: str) -> None:
    for entry in gold(shared, name)["targets"]:
        target = library.bound(entry["id"]).target
        assert threshold(target) == expected(entry), entry["id"]
        assert list(target.clauses) == entry["places"], entry["id"]
        assert target.strength.value == STRENGTH.get(entry["qualifier"], "must"), entry["id"]
        assert (target.baseline and float(target.baseline.value)) == entry["baseline"], entry["id"]
        assert not target.wants or target.wants == entry["indicator"], entry["id"]


@pytest.mark.parametrize("name", SETS)
def test_deadlines_agree_with_gold(library: PolicyLibrary, shared: Path, name: str) -> None:
    for entry in gold(shared, name)["targets"]:
        bound = library.bound(entry["id"])
        printed = entry["deadline"] or bound.document.period.end.year
        day = f"{printed}-12-31" if isinstance(printed, int) else printed
        assert bound.target.deadline.isoformat() == day, entry["id"]


@pytest.mark.parametrize("name", SETS)
def test_tasks_and_duties_agree_with_gold(library: PolicyLibrary, shared: Path, name: str) -> None:
    content = gold(shared, name)
    tasks = [(task.id, task.clause, task.kind.value, list(task.units)) for task in library.tasks()]
    duties = [(duty.id, duty.clause, list(duty.units)) for doc in library.documents for duty in doc.duties]
    printed = [(t["id"], t["clause"], t["kind"], t["responsible"]) for t in content["tasks"]]
    assert [task for task in tasks if task[0].startswith(name)] == printed
    printed_duties = [(duty["id"], duty["clause"], duty["units"]) for duty in content["duties"]]
    assert [duty for duty in duties if duty[0].startswith(name)] == printed_duties


PREFIX_OF_COLUMN = {7: "JS", 8: "JS", 9: "LZ", 10: "NM", 11: "ZL", 12: "JL"}


def cross_walk(shared: Path) -> Iterator[list[str]]:
    for line in (shared / "indicators.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows_by_target(shared: Path) -> dict[str, list[str]]:
    """Cells of the row each target stands in; JL-t19 repeats the nation's and stands in its column."""
    found = {}
    for cells in cross_walk(shared):
        for column, prefix in PREFIX_OF_COLUMN.items():
            for other, serial in re.findall(r"(?:\b(JL) |\[)(t\d+)\b", cells[column]):
                found[f"{other or prefix}-{serial}"] = cells
    return found


def test_annex_rows_are_all_here_with_a_measure(library: PolicyLibrary, shared: Path) -> None:
    rows = rows_by_target(shared)
    assert rows.keys() == {target.id for target in library.targets()}
    annex = [name for name, cells in rows.items() if cells[1] == "●"]
    assert len(annex) == 152 + 1, "the repeated JL-t19 is not counted in the 152"
    assert not [name for name in annex if library.bound(name).target.is_wanted]


def test_wanted_targets_name_the_row_they_stand_in(library: PolicyLibrary, shared: Path) -> None:
    rows = rows_by_target(shared)
    wants = {target.id: target.wants for target in library.targets() if target.is_wanted}
    assert wants == {name: rows[name][0].strip("`") for name in wants}


def test_row_ids_are_those_of_the_cross_walk(shared: Path) -> None:
    assert list(load_rows()) == [cells[0].strip("`") for cells in cross_walk(shared)]


RUN = 16


def runs(text: str) -> set[str]:
    plain = re.sub(r"\s", "", text)
    return {plain[start : start + RUN] for start in range(len(plain) - RUN + 1)}


def own_words(library: PolicyLibrary) -> Iterator[tuple[str, str | None]]:
    for document in library.documents:
        yield document.id, document.notes
        for target in document.targets:
            yield from ((target.id, text) for text in (target.summary, target.note))
            yield target.id, target.judged and target.judged.note
        for task in document.tasks:
            yield from ((task.id, text) for text in (task.heading, task.note))
        yield from ((duty.id, duty.duty) for duty in document.duties)
        yield from ((f"{document.id} {trend.clause}", trend.summary) for trend in document.trends)
    yield from ((row.id, row.name) for row in load_rows().values())


def test_no_sentence_is_copied(library: PolicyLibrary, shared: Path) -> None:
    sources: set[str] = set()
    for path in sorted((shared / "policies").glob("*.txt")):
        sources |= runs(path.read_text(encoding="utf-8"))
    assert len(sources) > 40_000
    copied = {
        name: sorted(runs(text) & sources)
        for name, text in own_words(library)
        if text and runs(text) & sources
    }
    assert copied == {}
