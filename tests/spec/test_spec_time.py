"""Which units and rows lie in time: validity, events, windows, years."""

from __future__ import annotations

from datetime import date

import pytest
from spec_case import COUNTY, Case, Result, holding

from counters import COUNTERS, Counter

VALID = """
    facility | place | valid_from | valid_to
    always | 441882101 | |
    last_day | 441882101 | | 2020-12-31
    day_before | 441882101 | | 2020-12-30
    first_day | 441882101 | 2020-12-31 |
    day_after | 441882101 | 2021-01-01 |
    closed_in_year | 441882101 | | 2020-01-01
    closed_before | 441882101 | | 2019-12-31"""
VISITS = """
    visit | facility | date
    1 | a | 2020-01-01
    2 | a | 2019-12-31
    3 | a | 2020-12-31
    4 | a | 2021-01-01
    5 | a | 2020-12-01
    6 | a | 2020-11-30
    7 | a |"""
ONE = "facility | place\na | 441882101"


def units(name: str, period: str, number: int, on: date = date(2020, 12, 31)) -> Case:
    """How many of the facilities of `VALID` are units."""
    definition = f"{{kind: count, period: {period}, units: {{table: facility}}, numerator: {{literal: 1}}}}"
    return Case(name, definition, {"facility": VALID}, {COUNTY: (number, None, number, number)}, on=on)


def visits(name: str, period: str, rows: str, number: int, on: date = date(2020, 12, 31)) -> Case:
    """How many visits of facility a are counted."""
    definition = (
        f"{{kind: count, period: {period}, units: {{table: facility}}, numerator: {{count: {rows}}}}}"
    )
    expect: dict[str, Result] = {COUNTY: (number, None, 1, 1)}
    return Case(name, definition, {"facility": ONE, "visit": VISITS}, expect, on=on)


CASES = [
    units("validity, stock: the first and the last day count", "stock", 3),
    units("validity, month: any day of the month to date", "month", 4),
    units("validity, year: any day of the year", "year", 5),
    units("validity, year: of the year to date", "year", 4, date(2020, 12, 30)),
    visits("events of a year", "year", "visit", 4),
    visits("events of a year: to date only", "year", "visit", 3, date(2020, 12, 30)),
    visits("events of a month", "month", "visit", 2),
    visits("events of a stock: everything to date", "stock", "visit", 5),
    visits(
        "window months: the month of the date is one of them",
        "stock",
        "{table: visit, window: {months: 2}}",
        3,
    ),
    visits("window months: in a year, across its start", "year", "{table: visit, window: {months: 13}}", 5),
    visits("window since: that day included", "stock", "{table: visit, window: {since: 2019-12-31}}", 5),
    visits("window since: not the day before", "stock", "{table: visit, window: {since: 2020-01-01}}", 4),
    visits("window since: in a month, cumulative", "month", "{table: visit, window: {since: 2020-11-30}}", 3),
    Case(
        "event units: of the year",
        "{kind: count, period: year, units: {table: survey_response}, numerator: {literal: 1}}",
        {
            "survey_response": "response | place | date\n1 | 441882 | 2019-12-31\n2 | 441882 | 2020-01-01\n3 | 441882 |"
        },
        {COUNTY: (1, None, 1, 1)},
    ),
    Case(
        "event units: of a stock, everything to date",
        "{kind: count, units: {table: survey_response}, numerator: {literal: 1}}",
        {
            "survey_response": "response | place | date\n1 | 441882 | 2019-12-31\n2 | 441882 | 2021-01-01\n3 | 441882 |"
        },
        {COUNTY: (1, None, 1, 1)},
    ),
    Case(
        "year units: of the year of the date",
        "{kind: count, units: {table: population}, numerator: {column: residents}}",
        {
            "population": "place | year | residents\n441882 | 2019 | 10\n441882 | 2020 | 20\n441882 | 2021 | 40"
        },
        {COUNTY: (20, None, 1, 1)},
    ),
]

GRADED = {
    "assessment": """
        assessment | thing | date | valid_until
        1 | a | 2019-05-01 | 2020-12-31
        2 | b | 2019-05-01 | 2020-12-30
        3 | c | 2019-05-01 |
        4 | d | 2021-01-01 |""",
    "facility": "facility\na\nb\nc\nd",
}
STATES = [
    holding("until: a state holds to its last day", "{exists: assessment}", "a c", GRADED),
    holding(
        "until: in a year, still a state at the date", "{exists: assessment}", "a c", GRADED, period="year"
    ),
    holding(
        "until: a window asks for the event itself",
        "{exists: {table: assessment, window: {since: 2019-01-01}}}",
        "a b c",
        GRADED,
    ),
    holding(
        "related validity: at the date, even in a year",
        "{exists: tcm_hall}",
        "a",
        {
            "tcm_hall": """
                hall | facility | valid_from | valid_to
                h1 | a | | 2020-12-31
                h2 | b | | 2020-12-30
                h3 | c | 2021-01-01 |""",
        },
        period="year",
    ),
    holding(
        "related year table: of the year of the date",
        "{exists: {table: population, by: place, matches: place.county, where: {column: residents, at_least: 5}}}",
        "a b c",
        {"population": "place | year | residents\n441882 | 2020 | 5\n441882 | 2019 | 1"},
    ),
    holding(
        "related year table: not of another year",
        "{exists: {table: population, by: place, matches: place.county, where: {column: residents, at_least: 5}}}",
        "",
        {"population": "place | year | residents\n441882 | 2020 | 1\n441882 | 2019 | 5"},
    ),
]


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=COUNTERS)
@pytest.mark.parametrize("case", CASES + STATES, ids=lambda case: case.name)
def test_time(case: Case, counter: Counter) -> None:
    case.check(counter)
