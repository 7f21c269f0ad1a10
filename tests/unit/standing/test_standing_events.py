"""Events taken together once: nothing that a measure asks for is lost, and every county gets its own."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from xinglin.facts import Dataset, DatasetInfo, load_contract
from xinglin.facts.arrow import arrow_schema
from xinglin.facts.layout import Manifest
from xinglin.measures import Bound, load_measures
from xinglin.measures.alike import TIMES, asked_of_events
from xinglin.measures.nodes import (
    Compare,
    Count,
    CountDistinct,
    Field,
    Latest,
    Operator,
    Recent,
    Rows,
    Span,
    Sum,
    Units,
)
from xinglin.standing.events import EventsAlike

ON = date(2020, 6, 15)
PLACES = {"a": "441881", "b": "441882001", "c": "441882101", "d": "320115", "e": "4418", "f": "441900"}


def _visits() -> list[dict[str, Any]]:
    drawn = random.Random(1)
    return [
        {
            "visit": str(number),
            "facility": drawn.choice([*PLACES, "gone"]),
            "date": date(2019, 12, 1) + timedelta(days=drawn.randrange(230)),
            "tcm": drawn.random() < 0.5,
            "non_drug": drawn.random() < 0.2,
        }
        for number in range(3000)
    ]


def _dataset(visits: list[dict[str, Any]]) -> Dataset:
    contract = load_contract()
    facilities = [{"facility": name, "place": place} for name, place in PLACES.items()]
    rows = {"facility": facilities, "visit": visits}
    loaded = {
        name: pa.Table.from_pylist(found, schema=arrow_schema(contract.table(name)))
        for name, found in rows.items()
    }
    return Dataset(Path("nowhere"), Manifest(DatasetInfo(title="演示数据", demonstration=True), {}), loaded)


@pytest.fixture(scope="module")
def bound() -> Bound:
    return load_measures().bind("tcm_visit_share")


@pytest.mark.parametrize(
    "place", ["0", "44", "4418", "441881", "441882", "320115", "3201", "441900", "110101"]
)
def test_every_place_gets_its_events_and_no_others(place: str, bound: Bound) -> None:
    visits = _visits()
    found = EventsAlike(load_contract(), _dataset(visits), [bound], ON).within("visit", place)
    assert found is not None
    rows = found.to_pylist()
    columns = [name for name in found.column_names if name not in (TIMES, "date")]
    wanted = Counter(
        (*(visit[name] for name in columns), visit["date"].replace(day=1))
        for visit in visits
        if visit["date"] <= ON and (place == "0" or PLACES.get(visit["facility"], "")[:6].startswith(place))
    )
    assert columns
    assert len(rows) == len(wanted), "alike rows are one"
    assert {(*(row[name] for name in columns), row["date"]): row[TIMES] for row in rows} == wanted


def test_what_is_not_asked_for_or_too_small_is_read_one_by_one(bound: Bound) -> None:
    alike = EventsAlike(load_contract(), _dataset(_visits()), [bound], ON)
    assert alike.within("prescription", "441882") is None
    assert alike.within("visit", "441882101") is None


VISITS = Rows("visit", by="facility", matches="facility")
TCM = Compare(Field("tcm"), Operator.EQUAL, True)


@pytest.mark.parametrize(
    ("numerator", "together"),
    [
        (Count(VISITS), True),
        (Count(replace(VISITS, where=TCM)), True),
        (CountDistinct(VISITS, "person"), False),
        (Latest(VISITS, "tcm"), False),
        (Count(replace(VISITS, span=Span(months=3))), False),
        (Count(replace(VISITS, where=Recent(Field("date"), 30))), False),
        (Count(replace(VISITS, by="facility.place", matches="place", within=True)), False),
        (Sum(Rows("education_activity", by="facility", matches="facility"), "people"), True),
    ],
    ids=["count", "filtered", "persons", "latest", "span", "days", "within", "sum"],
)
def test_only_what_months_decide_is_taken_together(bound: Bound, numerator: Any, together: bool) -> None:
    contract, table = load_contract(), numerator.rows.table
    whole = replace(bound, numerator=numerator, denominator=Count(replace(numerator.rows, where=None)))
    assert (table in asked_of_events([whole], contract)) is (
        together and contract.table(table).time.kind == "event"
    )


def test_one_measure_that_looks_at_single_events_keeps_them_single(bound: Bound) -> None:
    """Also the units of another measure are events that are told one by one."""
    contract = load_contract()
    assert set(asked_of_events([bound], contract)) == {"visit"}
    single = replace(bound, numerator=CountDistinct(VISITS, "person"))
    assert asked_of_events([bound, single], contract) == {}
    own = replace(bound, units=Units("visit"), numerator=Field("tcm"))
    assert asked_of_events([bound, own], contract) == {}
