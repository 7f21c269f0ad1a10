"""A target on each county over a prefecture of two: the average may not hide the one that misses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from xinglin.base.states import ValueState, Verdict
from xinglin.facts import DatasetInfo, write_dataset
from xinglin.standing import Inputs, Result, evaluate, explain

XINYU, YUSHUI, FENYI = "3605", "360502", "360521"
ELDERLY = "JS-t14"  # of each county at least 75 % of the elderly
DAY = date(2021, 12, 31)


def facts(managed: dict[str, int], aged: dict[str, int]) -> dict[str, list[dict[str, object]]]:
    """One township hospital a county; so many of its elderly assessed and guided."""
    hospitals = {county: f"f{county}" for county in managed}
    return {
        "facility": [
            {
                "facility": name,
                "name": f"{county}卫生院",
                "place": county,
                "kind": "township_hospital",
                "sponsor_level": "township",
                "ownership": "public",
            }
            for county, name in hospitals.items()
        ],
        "health_management": [
            {
                "record": f"r{county}{number}",
                "facility": hospitals[county],
                "person": f"p{county}{number}",
                "service": "elderly",
                "date": date(2021, 5, 6),
                "assessed": True,
                "guided": True,
            }
            for county, people in managed.items()
            for number in range(people)
        ],
        "population": [
            {"place": county, "year": 2021, "residents": 1000, "aged_65_plus": people, "children_0_36": 10}
            for county, people in aged.items()
        ],
        "reporting": [
            {"unit": unit, "table": table, "period": "2021", "status": "reported", "reported_on": DAY}
            for county, name in hospitals.items()
            for unit, table in (
                (county, "facility"),
                (county, "population"),
                (name, "health_management"),
            )
        ],
    }


@pytest.fixture
def result(opened: Callable[..., Inputs], tmp_path: Path) -> Callable[..., Result]:
    """``result(managed, aged)``: the target on each county over the prefecture."""

    def found(managed: dict[str, int], aged: dict[str, int], place: str = XINYU) -> Result:
        tables = {name: pa.Table.from_pylist(rows) for name, rows in facts(managed, aged).items() if rows}
        write_dataset(tmp_path, tables, DatasetInfo(area=XINYU, title="新余（演示）"))
        standing = evaluate(opened(tmp_path, place, DAY))
        return next(item for item in standing.results if item.target == ELDERLY)

    return found


# name, managed and aged of the two counties, verdict, what each misses
CASES = [
    ("both meet it", (9, 4), (10, 5), Verdict.MET, None),
    ("one misses, the average would meet it", (10, 2), (10, 5), Verdict.NOT_MET, (2, 1)),
    ("both miss", (5, 2), (10, 5), Verdict.NOT_MET, (5, 2)),
    ("exactly at the threshold", (9, 3), (12, 4), Verdict.MET, None),
]


@pytest.mark.parametrize(
    ("managed", "aged", "verdict", "missing"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_the_worst_county_decides(
    result: Callable[..., Result],
    managed: tuple[int, int],
    aged: tuple[int, int],
    verdict: Verdict,
    missing: tuple[int, int] | None,
) -> None:
    counties = (YUSHUI, FENYI)
    found = result(dict(zip(counties, managed, strict=True)), dict(zip(counties, aged, strict=True)))
    assert found.state is ValueState.NUMBER
    assert (found.numerator, found.denominator) == (str(sum(managed)), str(sum(aged)))
    assert found.verdict is verdict
    if missing is None:
        assert found.gap is None
        return
    amount, missed = missing
    assert found.gap is not None
    assert found.gap.amount == amount
    assert found.gap.words == f"{missed} 个县未达，共还差 {amount} 名老年人"


def test_counties_that_miss_are_listed_nearest_first(result: Callable[..., Result]) -> None:
    found = result({YUSHUI: 5, FENYI: 2}, {YUSHUI: 10, FENYI: 5})
    assert found.gap is not None
    assert found.gap.nearest == (
        (FENYI, "分宜县", "还差 2 名老年人（现为 40.00）"),
        (YUSHUI, "渝水区", "还差 3 名老年人（现为 50.00）"),
    )


def test_the_county_itself_is_judged_as_a_whole(result: Callable[..., Result]) -> None:
    found = result({YUSHUI: 10, FENYI: 2}, {YUSHUI: 10, FENYI: 5}, FENYI)
    assert (found.display, found.verdict) == ("40.00", Verdict.NOT_MET)
    assert found.gap is not None
    assert found.gap.words == "还差 2 名老年人"


def test_what_began_in_another_county_is_opened_too(opened: Callable[..., Inputs], tmp_path: Path) -> None:
    """Assessed in one county, guided in the other: counted where guided, by the engine and when opened."""
    rows = facts({YUSHUI: 2, FENYI: 3}, {YUSHUI: 10, FENYI: 5})
    moved = [row for row in rows["health_management"] if row["person"] == f"p{FENYI}0"]
    moved[0]["guided"] = False
    rows["health_management"].append({**moved[0], "record": "r", "facility": f"f{YUSHUI}", "assessed": None})
    rows["health_management"][-1]["guided"] = True
    tables = {name: pa.Table.from_pylist(found) for name, found in rows.items()}
    write_dataset(tmp_path, tables, DatasetInfo(area=XINYU, title="新余（演示）"))
    for place, persons in ((YUSHUI, "3"), (FENYI, "2"), (XINYU, "5")):
        inputs = opened(tmp_path, place, DAY)
        standing = evaluate(inputs)
        found = next(item for item in standing.results if item.target == ELDERLY)
        opened_up = explain(inputs, found.measure, found.parameters)
        assert (found.numerator, opened_up.numerator) == (persons, persons), place


def test_a_county_without_population_leaves_the_prefecture_without_a_number(
    result: Callable[..., Result],
) -> None:
    found = result({YUSHUI: 10, FENYI: 2}, {FENYI: 5})
    assert found.state is ValueState.NOT_REPORTED
    assert (found.value, found.verdict, found.gap) == (None, Verdict.NOT_JUDGED, None)
    assert found.reason == "缺少常住人口数；2 个县中 1 个有数，其中 1 个未达"
    assert {part.label: part.state for part in found.below} == {
        "渝水区": ValueState.NOT_REPORTED,
        "分宜县": ValueState.NUMBER,
    }


def test_people_not_covered_are_missing_not_the_county_itself(
    opened: Callable[..., Inputs], tmp_path: Path
) -> None:
    """A measure of counties in people: the gap is told in people; a township without its population hides it."""
    rows = facts({YUSHUI: 1}, {YUSHUI: 10})
    hospital = {**rows["facility"][0], "facility": "h", "kind": "tcm_hospital", "sponsor_level": "county"}
    rows["facility"].append(hospital)
    rows["consortium"] = [{"consortium": "c", "name": "医共体", "lead": "h", "place": YUSHUI}]
    rows["catchment"] = [{"consortium": "c", "place": f"{YUSHUI}100"}]
    rows["population"].append({"place": f"{YUSHUI}100", "year": 2021, "residents": 250})
    rows["reporting"] += [
        {**rows["reporting"][0], "table": table} for table in ("consortium", "catchment", "population")
    ]
    for residents, state, words in (
        (250, ValueState.NUMBER, "还差 50 名常住人口（分母不变时）"),
        (None, ValueState.NOT_REPORTED, ""),
    ):
        kept = {**rows, "population": rows["population"][: 2 if residents else 1]}
        tables = {name: pa.Table.from_pylist(found) for name, found in kept.items()}
        folder = tmp_path / state.value
        write_dataset(folder, tables, DatasetInfo(area=XINYU, title="新余（演示）"))
        standing = evaluate(opened(folder, YUSHUI, DAY))
        found = next(item for item in standing.results if item.measure == "consortium_population_coverage")
        assert found.state is state
        assert ("" if found.gap is None else found.gap.words) == words
