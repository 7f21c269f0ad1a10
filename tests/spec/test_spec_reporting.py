"""Who has reported: without a report a unit is not reported, never 0."""

from __future__ import annotations

from datetime import date

import pytest
from spec_case import COUNTY, Case

from counters import COUNTERS, Counter
from xinglin.measures.results import Counted

FACILITIES = "facility | place\na | 441882101\nb | 441882102"
REGISTER = "unit | table | period | status\n441882 | facility | 2020 | reported"
HALLS = "{kind: share, units: {table: facility}, condition: {exists: tcm_hall}}"
HALL = "hall | facility\nh1 | a\nh2 | b"
VISITS = "visit | facility | date\n1 | a | 2020-05-01\n2 | b | 2020-05-01"


def halls(name: str, reports: str, expect: Counted) -> Case:
    """Halls of two facilities, with these reports besides the county's register of facilities."""
    facts = {"facility": FACILITIES, "tcm_hall": HALL, "reporting": REGISTER + reports}
    return Case(name, HALLS, facts, {COUNTY: expect})


def visits(name: str, period: str, reports: str, numerator: int, n_reported: int) -> Case:
    """Visits of two facilities, a monthly table."""
    definition = f"{{kind: count, period: {period}, units: {{table: facility}}, numerator: {{count: visit}}}}"
    facts = {"facility": FACILITIES, "visit": VISITS, "reporting": REGISTER + reports}
    return Case(name, definition, facts, {COUNTY: (numerator, None, 2, n_reported)}, on=date(2020, 5, 31))


CASES = [
    halls("nobody: nothing is 0", "", Counted(COUNTY, 0, 0, 2, 0, 1, 1)),
    halls("one of two", "\na | tcm_hall | 2020 | reported", Counted(COUNTY, 1, 1, 2, 1, 1, 1)),
    halls("late counts", "\na | tcm_hall | 2020 | late", Counted(COUNTY, 1, 1, 2, 1, 1, 1)),
    halls(
        "reported_nothing counts",
        "\nb | tcm_hall | 2020 | reported_nothing",
        Counted(COUNTY, 1, 1, 2, 1, 1, 1),
    ),
    halls("not_reported does not", "\na | tcm_hall | 2020 | not_reported", Counted(COUNTY, 0, 0, 2, 0, 1, 1)),
    halls("another year does not", "\na | tcm_hall | 2019 | reported", Counted(COUNTY, 0, 0, 2, 0, 1, 1)),
    halls("another table does not", "\na | tcm_corner | 2020 | reported", Counted(COUNTY, 0, 0, 2, 0, 1, 1)),
    Case(
        "the register of the county is needed",
        HALLS,
        {
            "facility": FACILITIES,
            "tcm_hall": HALL,
            "reporting": "unit | table | period | status\na | tcm_hall | 2020 | reported\nb | tcm_hall | 2020 | late",
        },
        {COUNTY: Counted(COUNTY, 0, 0, 2, 0, 1, 0), "0": Counted("0", 0, 0, 2, 0, 1, 0)},
    ),
    Case(
        "a table of conditions inside rows is needed too",
        "{kind: share, units: {table: facility}, condition: {exists: {table: tcm_hall, where: {exists: assessment}}}}",
        {
            "facility": FACILITIES,
            "tcm_hall": HALL,
            "reporting": REGISTER + "\na | tcm_hall | 2020 | reported\nb | tcm_hall | 2020 | reported",
        },
        {COUNTY: Counted(COUNTY, 0, 0, 2, 0, 1, 0)},
    ),
    Case(
        "a unit inside a facility: the facility reports",
        "{kind: count, units: {table: tcm_hall}, numerator: {literal: 1}}",
        {
            "facility": FACILITIES,
            "tcm_hall": HALL,
            "reporting": REGISTER + "\na | tcm_hall | 2020 | reported",
        },
        {COUNTY: (1, None, 2, 1)},
    ),
    Case(
        "a unit inside a facility: without the register of the county nobody knows which facilities there are",
        "{kind: count, units: {table: tcm_hall}, numerator: {literal: 1}}",
        {
            "facility": FACILITIES,
            "tcm_hall": HALL,
            "reporting": "unit | table | period | status\na | tcm_hall | 2020 | reported",
        },
        {COUNTY: Counted(COUNTY, 0, None, 2, 0, 1, 0)},
    ),
    Case(
        "a unit two references from its facility: the facility reports",
        "{kind: count, units: {table: platform_connection}, numerator: {literal: 1}}",
        {
            "facility": FACILITIES,
            "tcm_hall": HALL,
            "platform_connection": "hall\nh1\nh2",
            "reporting": REGISTER + "\na | platform_connection | 2020 | reported",
        },
        {COUNTY: (1, None, 2, 1)},
    ),
    Case(
        "a unit two references from its facility: the register of the county is needed too",
        "{kind: count, units: {table: platform_connection}, numerator: {literal: 1}}",
        {
            "facility": FACILITIES,
            "tcm_hall": HALL,
            "platform_connection": "hall\nh1\nh2",
            "reporting": "unit | table | period | status\na | platform_connection | 2020 | reported",
        },
        {COUNTY: Counted(COUNTY, 0, None, 2, 0, 1, 0)},
    ),
    Case(
        "a unit that lies in a place without a facility: no register of facilities is needed",
        "{kind: count, units: {table: survey_response}, numerator: {literal: 1}}",
        {
            "survey_response": "response | place | date\n1 | 441882 | 2020-01-01",
            "reporting": "unit | table | period | status\n441882 | survey_response | 2020 | reported",
        },
        {COUNTY: Counted(COUNTY, 1, None, 1, 1, 1, 1)},
    ),
    Case(
        "a table that bears the name of the reporting unit",
        "{kind: share, units: {table: facility}, condition: {exists: unit}}",
        {
            "facility": FACILITIES,
            "unit": "unit | place | facility\nu1 | 441882101 | a\nu2 | 441882102 | c",
            "reporting": REGISTER + "\n441882 | unit | 2020 | reported",
        },
        {COUNTY: (1, 2, 2, 2)},
    ),
    Case(
        "a unit of a prefecture: the prefecture reports, its counties do not stand in for it",
        "{kind: share, units: {table: region, level: 4}, condition: {exists: supervision_visit}}",
        {
            "supervision_visit": "visit | place | date\n1 | 4418 | 2020-05-01\n2 | 440282 | 2020-05-01",
            "reporting": "unit | table | period | status\n4418 | supervision_visit | 2020 | reported\n"
            "440282 | supervision_visit | 2020 | reported",
        },
        {"44": (1, 1, 2, 1)},
    ),
    Case(
        "a reported facility with no rows is 0",
        HALLS,
        {"facility": FACILITIES, "tcm_hall": "hall | facility\nh1 | a"},
        {COUNTY: (1, 2, 2, 2), "441882102": (0, 1, 1, 1)},
    ),
    visits("monthly: one month of the year will do", "year", "\na | visit | 2020-02 | reported", 1, 1),
    visits("monthly: not a later month", "year", "\na | visit | 2020-06 | reported", 0, 0),
    visits("monthly: not the year before", "year", "\na | visit | 2019-12 | reported", 0, 0),
    visits("monthly: not a yearly report", "year", "\na | visit | 2020 | reported", 0, 0),
    visits("monthly, of a month: that month", "month", "\na | visit | 2020-05 | reported", 1, 1),
    visits("monthly, of a month: not another month", "month", "\na | visit | 2020-02 | reported", 0, 0),
    visits("monthly, of a stock: any month to date", "stock", "\nb | visit | 2020-01 | late", 1, 1),
    Case(
        "complete: a unit that sent too little has not reported",
        "{kind: ratio, units: {table: facility, complete: {column: beds, present: true}},"
        " numerator: {when: {exists: tcm_hall}, value: {column: beds}}, denominator: {column: beds}}",
        {
            "facility": "facility | place | beds\na | 441882101 | 7\nb | 441882102 |",
            "tcm_hall": HALL,
        },
        {
            COUNTY: Counted(COUNTY, 7, 7, 2, 1, 1, 1),
            "441882102": Counted("441882102", 0, 0, 1, 0, 1, 1),
        },
    ),
    Case(
        "complete: over related rows, whose tables must then be reported",
        "{kind: share, units: {table: region, level: 6,"
        " complete: {not: {exists: {table: catchment, where: {not: {exists: {table: population, by: place,"
        " matches: place}}}}}}}, condition: {exists: facility}}",
        {
            "facility": "facility | place\na | 441882101\nb | 441881101\nc | 441825101",
            "catchment": "consortium | place\nk | 441882101\nk | 441881101",
            "population": "place | year | residents\n441882101 | 2020 | 5\n441881101 | 2019 | 5",
            "reporting": "unit | table | period | status"
            + "".join(
                f"\n{unit} | {name} | 2020 | reported"
                for name in ("facility", "catchment", "population")
                for unit in ("441882", "441881", "441825")
                if (name, unit) != ("population", "441825")
            ),
        },
        {"4418": Counted("4418", 1, 1, 3, 1, 3, 2)},
    ),
    Case(
        "counties of an area: those that sent the register",
        "{kind: count, units: {table: facility}, numerator: {literal: 1}}",
        {
            "facility": "facility | place\na | 441882101\nb | 441881101",
            "reporting": REGISTER,
        },
        {
            "4418": Counted("4418", 1, None, 2, 1, 2, 1),
            "441881": Counted("441881", 0, None, 1, 0, 1, 0),
            "441882101": Counted("441882101", 1, None, 1, 1, 1, 1),
        },
    ),
]


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=COUNTERS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_reporting(case: Case, counter: Counter) -> None:
    case.check(counter)
