"""Counting by facility and month: events where they are reported, else totals, never both."""

from __future__ import annotations

from datetime import date

import pytest
from spec_case import COUNTY, LAST_DAY, Case

from counters import COUNTERS, Counter

ONE = "facility | place | kind | beds\na | 441882101 | clinic | 2"
REGISTER = "unit | table | period | status\n441882 | facility | 2020 | reported"
VISITS = """
    visit | facility | date | tcm
    1 | a | 2020-01-05 | true
    2 | a | 2020-01-31 | false
    3 | a | 2020-02-01 | true
    4 | a | 2019-12-31 | true"""
TOTALS = "facility | year | month | item | value"
SHARE = (
    "{kind: ratio, period: year, cells: true, units: {table: facility},"
    " numerator: {count: {table: visit, where: {column: tcm, is: true}, total: tcm_visits}},"
    " denominator: {count: {table: visit, total: visits}}}"
)


def share(
    name: str,
    reports: str,
    totals: str,
    expect: tuple[int, int, int, int],
    *,
    on: date = LAST_DAY,
    facility: str = ONE,
    definition: str = SHARE,
) -> Case:
    """The TCM visits among the visits of one facility."""
    facts = {
        "facility": facility,
        "visit": VISITS,
        "facility_total": TOTALS + totals,
        "reporting": REGISTER + reports,
    }
    return Case(name, definition, facts, {COUNTY: expect}, on=on)


JANUARY = "\na | visit | 2020-01 | reported"
FEBRUARY_TOTALS = "\na | 2020 | 2 | visits | 100\na | 2020 | 2 | tcm_visits | 40"
YEAR_TOTALS = "\na | 2020 | | visits | 900\na | 2020 | | tcm_visits | 300"

CASES = [
    share("nothing reported: facility-months, none of them there", "", "", (0, 0, 12, 0)),
    share("events of a reported month", JANUARY, "", (1, 2, 12, 1)),
    share(
        "a reported month without events is 0", "\na | visit | 2020-03 | reported_nothing", "", (0, 0, 12, 1)
    ),
    share("monthly totals where events are not reported", JANUARY, FEBRUARY_TOTALS, (41, 102, 12, 2)),
    share(
        "events come before totals of the same month",
        JANUARY + "\na | visit | 2020-02 | late",
        FEBRUARY_TOTALS,
        (2, 3, 12, 2),
    ),
    share(
        "a total without its partner does not count", JANUARY, "\na | 2020 | 2 | visits | 100", (1, 2, 12, 1)
    ),
    share(
        "a total of another year does not count", "", FEBRUARY_TOTALS.replace("2020", "2019"), (0, 0, 12, 0)
    ),
    share("yearly totals where no month is there: the whole year", "", YEAR_TOTALS, (300, 900, 12, 12)),
    share("yearly totals give way to one month", JANUARY, YEAR_TOTALS, (1, 2, 12, 1)),
    share("yearly totals give way to a month's totals", "", YEAR_TOTALS + FEBRUARY_TOTALS, (40, 100, 12, 1)),
    share("yearly totals need the whole year", "", YEAR_TOTALS, (0, 0, 12, 0), on=date(2020, 12, 30)),
    share(
        "yearly totals do not count for a month",
        "",
        YEAR_TOTALS,
        (0, 0, 1, 0),
        definition=SHARE.replace("period: year", "period: month"),
    ),
    share(
        "to date: the months that have begun", JANUARY, FEBRUARY_TOTALS, (41, 102, 2, 2), on=date(2020, 2, 3)
    ),
    share("to date: events of the last month to date", JANUARY, "", (1, 1, 1, 1), on=date(2020, 1, 30)),
    share(
        "a month alone",
        JANUARY,
        FEBRUARY_TOTALS,
        (40, 100, 1, 1),
        on=date(2020, 2, 29),
        definition=SHARE.replace("period: year", "period: month"),
    ),
    share(
        "a facility closed in mid-year: the months it was there",
        JANUARY + "\na | visit | 2020-04 | reported",
        "\na | 2020 | 5 | visits | 7\na | 2020 | 5 | tcm_visits | 1",
        (1, 2, 3, 1),
        facility="facility | place | valid_to\na | 441882101 | 2020-03-01",
    ),
    share(
        "a facility opened in mid-year, with yearly totals",
        "",
        YEAR_TOTALS,
        (300, 900, 2, 2),
        facility="facility | place | valid_from\na | 441882101 | 2020-11-30",
    ),
    share(
        "without total items, totals do not stand in",
        JANUARY,
        FEBRUARY_TOTALS,
        (1, 2, 12, 1),
        definition=SHARE.replace(", total: visits", ""),
    ),
    share(
        "when: over totals too",
        JANUARY,
        FEBRUARY_TOTALS,
        (0, 102, 12, 2),
        definition=SHARE.replace(
            "numerator: {", "numerator: {when: {column: kind, is: outpatient}, value: {"
        ).replace("tcm_visits}}", "tcm_visits}}}"),
    ),
    share(
        "sum: over the events of the month",
        JANUARY,
        "",
        (1, 4, 12, 1),
        definition=SHARE.replace(
            "denominator: {count: {table: visit,", "denominator: {sum: facility.beds, rows: {table: visit,"
        ),
    ),
    Case(
        "without the register of the county nothing counts",
        SHARE,
        {
            "facility": ONE,
            "visit": VISITS,
            "reporting": "unit | table | period | status" + JANUARY,
        },
        {COUNTY: (0, 0, 12, 0)},
    ),
    share(
        "a unit that is not complete has not reported",
        JANUARY,
        FEBRUARY_TOTALS + YEAR_TOTALS,
        (0, 0, 12, 0),
        definition=SHARE.replace(
            "{table: facility}", "{table: facility, complete: {column: beds, more_than: 2}}"
        ),
    ),
    Case(
        "two monthly tables: both must be reported",
        "{kind: ratio, period: year, cells: true, units: {table: facility},"
        " numerator: {count: visit}, denominator: {count: prescription}}",
        {
            "facility": ONE,
            "visit": VISITS,
            "prescription": """
                prescription | facility | date
                1 | a | 2020-01-05
                2 | a | 2020-02-05
                3 | a | 2020-02-06""",
            "reporting": REGISTER
            + JANUARY
            + "\na | visit | 2020-02 | late\na | prescription | 2020-02 | reported",
        },
        {COUNTY: (1, 2, 12, 1)},
    ),
    Case(
        "a count in a condition needs no total",
        SHARE.replace("numerator: {", "numerator: {when: {count: assessment, is: 0}, value: {").replace(
            "tcm_visits}}", "tcm_visits}}}"
        ),
        {
            "facility": ONE,
            "visit": VISITS,
            "facility_total": TOTALS + FEBRUARY_TOTALS,
            "reporting": REGISTER + JANUARY + "\n441882 | assessment | 2020 | reported",
        },
        {COUNTY: (41, 102, 12, 2)},
    ),
    Case(
        "count: cells added up over facilities and areas",
        "{kind: count, period: year, cells: true, units: {table: facility}, numerator: {count: visit}}",
        {
            "facility": "facility | place\na | 441882101\nb | 441881101",
            "visit": "visit | facility | date\n1 | a | 2020-01-05\n2 | b | 2020-02-05\n3 | b | 2020-02-06",
        },
        {"4418": (3, None, 24, 24), COUNTY: (1, None, 12, 12), "441881101": (2, None, 12, 12)},
    ),
]


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=COUNTERS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cells(case: Case, counter: Counter) -> None:
    case.check(counter)
