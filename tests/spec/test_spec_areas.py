"""Areas: counties of several kinds, areas around units, distinct persons, residents; then what the numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pytest
from spec_case import COUNTY, LAST_DAY, Case

from counters import COUNTERS, Counter
from xinglin.base.states import ValueState
from xinglin.measures.results import Counted, Reading, read

REGIONS = """
    code | name | level | kind
    44 | 广东 | 2 | real
    4418 | 清远 | 4 | real
    4419 | 东莞 | 4 | real
    441801 | 市辖区 | 6 | pseudo
    441871 | 开发区 | 6 | statistical
    441881 | 英德 | 6 | real
    441882 | 连州 | 6 | real
    441900 | 东莞 | 6 | without_districts
    441882101 | 星子 | 9 | real"""
FACILITIES = """
    facility | place
    a | 441882101
    b | 441882102
    c | 441871001
    d | 441900003"""
EVERYWHERE = "unit | table | period | status" + "".join(
    f"\n{county} | facility | 2020 | reported"
    for county in ("441801", "441871", "441881", "441882", "441900")
)
WITH_FACILITY = "{kind: share, units: {table: region, level: 6}, condition: {exists: facility}}"
PERSONS = (
    "{kind: %s, period: year, units: {table: facility},"
    " numerator: {count_distinct: person, rows: health_management}%s}"
)
MANAGED = """
    record | facility | person | date
    1 | a | 甲 | 2020-01-01
    2 | a | 甲 | 2020-02-01
    3 | a2 | 甲 | 2020-02-01
    4 | b | 甲 | 2020-03-01
    5 | c | 甲 | 2020-03-01
    6 | d | 甲 | 2020-03-01
    7 | d | 乙 | 2020-03-01
    8 | d | | 2020-03-01
    9 | b | 丙 | 2019-12-31"""
SEVERAL = """
    facility | place
    a | 441882101001
    a2 | 441882101002
    b | 441882102
    c | 441881101
    d | 430102001"""
PEOPLE = """
    place | year | residents
    441882 | 2020 | 1000
    441881 | 2020 | 3000
    441882101 | 2020 | 100
    441882 | 2019 | 7"""
RATE = "{kind: rate, per: 1000, units: {table: facility}, numerator: {literal: 1}, population: residents}"
TWO = {"facility": "facility | place\na | 441882101\nb | 441881101", "population": PEOPLE}

CASES = [
    Case(
        "counties: statistical, pseudo and undivided ones are not counted",
        WITH_FACILITY,
        {"region": REGIONS, "facility": FACILITIES, "reporting": EVERYWHERE},
        {"44": Counted("44", 1, 2, 2, 2, 3, 3), "4419": Counted("4419", 0, 0, 0, 0, 1, 1)},
    ),
    Case(
        "units in statistical and undivided counties are counted",
        "{kind: count, units: {table: facility}, numerator: {literal: 1}}",
        {"region": REGIONS, "facility": FACILITIES, "reporting": EVERYWHERE},
        {
            "4418": Counted("4418", 3, None, 3, 3, 2, 2),
            "441871": Counted("441871", 1, None, 1, 1, 1, 1),
            "4419": Counted("4419", 1, None, 1, 1, 1, 1),
            "0": Counted("0", 4, None, 4, 4, 3, 3),
        },
    ),
    Case(
        "within: rows in the area of a county",
        "{kind: count, units: {table: region, level: 6}, numerator: {count: facility}}",
        {"facility": SEVERAL},
        {COUNTY: (3, None, 1, 1), "4418": (4, None, 2, 2), "44": (4, None, 2, 2), "0": (5, None, 3, 3)},
    ),
    Case(
        "within: rows in the area of a prefecture",
        "{kind: share, units: {table: region, level: 4}, condition: {count: facility, at_least: 2}}",
        {"facility": SEVERAL},
        {"0": (1, 2, 2, 2), "4418": (1, 1, 1, 1), "4301": (0, 1, 1, 1), COUNTY: (0, 0, 0, 0)},
    ),
    Case(
        "within: a row that lies higher is in no county",
        "{kind: count, units: {table: region, level: 6}, numerator: {count: survey_response}}",
        {
            "survey_response": """
                response | place | date
                1 | 4418 | 2020-01-01
                2 | 441882 | 2020-01-01
                3 | | 2020-01-01""",
        },
        {"4418": (1, None, 1, 1)},
    ),
    Case(
        "within: of a thing named by its code",
        "{kind: share, units: {table: region, level: 6}, condition: {exists: {table: designation, by: thing}}}",
        {"designation": "designation | thing | date\n1 | 441882 | 2020-01-01\n2 | 441881 | 2021-01-01"},
        {"4418": (1, 2, 2, 2)},
    ),
    Case(
        "distinct persons: across facilities, villages, townships, counties, provinces",
        PERSONS % ("count", ""),
        {"facility": SEVERAL, "health_management": MANAGED},
        {
            "441882101001": (1, None, 1, 1),
            "441882101": (1, None, 2, 2),
            "441882102": (1, None, 1, 1),
            COUNTY: (1, None, 3, 3),
            "4418": (1, None, 4, 4),
            "44": (1, None, 4, 4),
            "430102": (2, None, 1, 1),
            "0": (2, None, 5, 5),
        },
    ),
    Case(
        "distinct persons: of reported facilities only",
        PERSONS % ("count", ""),
        {
            "facility": "facility | place\na | 441882101\nd | 441882102",
            "health_management": MANAGED,
            "reporting": "unit | table | period | status\n441882 | facility | 2020 | reported\n"
            "a | health_management | 2020 | reported",
        },
        {COUNTY: (1, None, 2, 1), "441882102": (0, None, 1, 0)},
    ),
    Case(
        "distinct persons: within counties",
        "{kind: count, period: year, units: {table: region, level: 6},"
        " numerator: {count_distinct: person, rows: health_management}}",
        {"facility": SEVERAL, "health_management": MANAGED},
        {COUNTY: (1, None, 1, 1), "4418": (1, None, 2, 2), "0": (2, None, 3, 3)},
    ),
    Case(
        "distinct persons: linked by another column than the id",
        "{kind: count, period: year, units: {table: tcm_hall},"
        " numerator: {count_distinct: person, rows: {table: health_management, by: facility, matches: facility}}}",
        {
            "facility": SEVERAL,
            "health_management": MANAGED,
            "tcm_hall": "hall | facility\nh1 | a\nh2 | a\nh3 | d",
        },
        {COUNTY: (1, None, 2, 2), "0": (2, None, 3, 3)},
    ),
    Case(
        "distinct persons: as a rate",
        PERSONS % ("rate", ", population: residents"),
        {"facility": SEVERAL, "health_management": MANAGED, "population": PEOPLE},
        {"4418": (1, 4000, 4, 4), "441882101": (1, 100, 2, 2), "0": (2, None, 5, 5)},
    ),
    Case(
        "residents: added up over the counties",
        RATE,
        TWO,
        {
            "4418": (2, 4000, 2, 2),
            COUNTY: (1, 1000, 1, 1),
            "441882101": (1, 100, 1, 1),
            "441881101": (1, None, 1, 1),
        },
    ),
    Case(
        "residents: missing in one county",
        RATE,
        {**TWO, "facility": "facility | place\na | 441882101\nb | 441883101"},
        {"4418": (2, None, 2, 2), COUNTY: (1, 1000, 1, 1), "441883": (1, None, 1, 1)},
    ),
    Case(
        "residents: an empty cell is missing",
        RATE.replace("population: residents", "population: aged_65_plus"),
        {
            "facility": TWO["facility"],
            "population": "place | year | residents | aged_65_plus\n441882 | 2020 | 9 | 5\n441881 | 2020 | 9 |",
        },
        {"4418": (2, None, 2, 2), COUNTY: (1, 5, 1, 1)},
    ),
    Case(
        "residents: of the year of the date",
        RATE,
        TWO,
        {COUNTY: (1, 7, 1, 1), "4418": (2, None, 2, 2)},
        on=date(2019, 12, 31),
    ),
    Case(
        "residents: of statistical areas are not asked for",
        RATE,
        {
            "region": REGIONS,
            "facility": FACILITIES,
            "reporting": EVERYWHERE,
            "population": "place | year | residents\n441882 | 2020 | 10\n441881 | 2020 | 20\n441900 | 2020 | 40",
        },
        {"4418": (3, 30, 3, 3), "44": (4, 70, 4, 4)},
    ),
]


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=COUNTERS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_area(case: Case, counter: Counter) -> None:
    case.check(counter)


BEDS = "{kind: %s, units: {table: facility}, %s}"
SHARE = BEDS % ("share", "condition: {column: beds, at_least: 5}")
ONLY_REGISTER = "unit | table | period | status\n441882 | facility | 2020 | reported"
FOUR = "facility | place | beds\na | 441882101 | 5\nb | 441882101 | 4\nc | 441882101 |"


@dataclass(frozen=True)
class Meaning:
    """What the counted numbers of the county mean at a date."""

    name: str
    definition: str
    facts: dict[str, str]
    expect: Reading
    on: date = LAST_DAY


def number(value: Fraction | int) -> Reading:
    """A reading that is a number."""
    return Reading(ValueState.NUMBER, Fraction(value))


READINGS = [
    Meaning("a share is a percentage, exact", SHARE, {"facility": FOUR}, number(Fraction(100, 3))),
    Meaning(
        "a flag is 1",
        BEDS % ("flag", "condition: {column: beds, at_least: 5}"),
        {"facility": FOUR},
        number(1),
    ),
    Meaning(
        "a flag is 0",
        BEDS % ("flag", "condition: {column: beds, at_least: 6}"),
        {"facility": FOUR},
        number(0),
    ),
    Meaning(
        "a count is a number", BEDS % ("count", "numerator: {column: beds}"), {"facility": FOUR}, number(9)
    ),
    Meaning("a rate is per so many", RATE, {"facility": FOUR, "population": PEOPLE}, number(3)),
    Meaning("residents missing", RATE, {"facility": FOUR}, Reading(ValueState.NOT_REPORTED, None)),
    Meaning(
        "nobody reported",
        SHARE,
        {
            "facility": FOUR,
            "reporting": "unit | table | period | status\n441882 | facility | 2020 | not_reported",
        },
        Reading(ValueState.NOT_REPORTED, None),
    ),
    Meaning(
        "no units, no register",
        SHARE,
        {"facility": "facility | place", "reporting": "unit | table | period | status"},
        Reading(ValueState.NOT_REPORTED, None),
    ),
    Meaning(
        "no units, register sent",
        SHARE,
        {"facility": "facility | place", "reporting": ONLY_REGISTER},
        Reading(ValueState.NOT_APPLICABLE, None),
    ),
    Meaning(
        "an empty denominator",
        BEDS
        % (
            "ratio",
            "numerator: {literal: 1}, denominator: {when: {column: beds, at_least: 9}, value: {literal: 1}}",
        ),
        {"facility": FOUR},
        Reading(ValueState.NOT_APPLICABLE, None),
    ),
    Meaning(
        "not_closed: the year still runs",
        SHARE.replace("{kind", "{period: year, kind"),
        {"facility": FOUR},
        Reading(ValueState.NOT_CLOSED, None),
        date(2020, 12, 30),
    ),
    Meaning(
        "not_closed: the month still runs",
        SHARE.replace("{kind", "{period: month, kind"),
        {"facility": FOUR},
        Reading(ValueState.NOT_CLOSED, None),
        date(2020, 2, 28),
    ),
    Meaning(
        "closed: the last day of a month",
        SHARE.replace("{kind", "{period: month, kind"),
        {"facility": FOUR},
        number(Fraction(100, 3)),
        date(2020, 2, 29),
    ),
    Meaning("closed: a stock always", SHARE, {"facility": FOUR}, number(Fraction(100, 3)), date(2020, 2, 3)),
    Meaning(
        "suppressed: fewer units than allowed",
        SHARE.replace("{kind", "{suppress_below: 4, kind"),
        {"facility": FOUR},
        Reading(ValueState.SUPPRESSED, None),
    ),
    Meaning(
        "suppressed: not at the number itself",
        SHARE.replace("{kind", "{suppress_below: 3, kind"),
        {"facility": FOUR},
        number(Fraction(100, 3)),
    ),
    Meaning(
        "suppressed: no units is not applicable",
        SHARE.replace("{kind", "{suppress_below: 3, kind"),
        {"facility": "facility | place", "reporting": ONLY_REGISTER},
        Reading(ValueState.NOT_APPLICABLE, None),
    ),
]


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=COUNTERS)
@pytest.mark.parametrize("meaning", READINGS, ids=lambda meaning: meaning.name)
def test_meaning(meaning: Meaning, counter: Counter) -> None:
    case = Case(meaning.name, meaning.definition, meaning.facts, {COUNTY: (0, 0, 0, 0)}, on=meaning.on)
    counted = counter([case.bound()], case.data(), meaning.on, [COUNTY])[0][COUNTY]
    assert read(case.bound(), counted, meaning.on) == meaning.expect
