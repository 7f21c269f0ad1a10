"""What each value means, and how rows are found, on both implementations."""

from __future__ import annotations

import pytest
from spec_case import COUNTY, Case, Result, holding

from counters import COUNTERS, Counter

FACILITIES = """
    facility | place | kind | beds
    a | 441882101 | clinic | 5
    b | 441882102 | clinic |
    c | 441882103 | outpatient | 7"""
HALLS = "hall | facility | valid_from\nh1 | a |\nh2 | a |\nh3 | b |"
CAPABILITIES = """
    facility | technique | proficiency
    a | A01 | standard
    a | A02 | standard
    a | B01 | able
    b | A01 | proficient
    b | X99 | proficient"""
SURVEYS = """
    response | survey | place | date | weight | reached
    1 | tcm_literacy | 441882101 | 2020-03-01 | 1.5 | true
    2 | tcm_literacy | 441882101 | 2020-04-01 | 0.25 | false
    3 | tcm_literacy | 441882102 | 2020-05-01 | 2 | true"""
GRADES = """
    assessment | thing | date | standard | result | valid_until
    1 | a | 2018-01-01 | hospital_grade | hospital_2a |
    2 | a | 2020-06-01 | hospital_grade | hospital_2b |
    3 | b | 2019-01-01 | hospital_grade | hospital_2a | 2020-12-31
    4 | c | 2019-01-01 | hospital_grade | hospital_2a | 2020-12-30
    5 | d | 2020-01-01 | hospital_grade | hospital_2a |
    6 | d | 2020-01-01 | hospital_grade | hospital_2b |"""


def counted(
    name: str, numerator: str, facts: dict[str, str], expect: Result, units: str = "{table: facility}"
) -> Case:
    """A count over the county."""
    tables = facts if "table: facility" not in units else {"facility": FACILITIES, **facts}
    return Case(name, f"{{kind: count, units: {units}, numerator: {numerator}}}", tables, {COUNTY: expect})


CASES = [
    counted("literal: units are counted", "{literal: 1}", {}, (3, None, 3, 3)),
    counted("field: empty cells add nothing", "{column: beds}", {}, (12, None, 3, 3)),
    counted(
        "units: a filter",
        "{literal: 1}",
        {},
        (2, None, 2, 2),
        "{table: facility, where: {column: kind, is: clinic}}",
    ),
    counted("count: rows of the unit", "{count: tcm_hall}", {"tcm_hall": HALLS}, (3, None, 3, 3)),
    counted(
        "count: through a reference",
        "{count: {table: technique_capability, where: {column: technique.category, is: A}}}",
        {"technique_capability": CAPABILITIES},
        (3, None, 3, 3),
    ),
    counted(
        "count_distinct over an area: different values, not a sum over units",
        "{count_distinct: technique.category, rows: technique_capability}",
        {"technique_capability": CAPABILITIES},
        (2, None, 3, 3),
    ),
    counted(
        "when: a value where the condition holds, 0 elsewhere",
        "{when: {column: kind, is: clinic}, value: {count: tcm_hall}}",
        {"tcm_hall": HALLS + "\nh4 | c |"},
        (3, None, 3, 3),
    ),
    counted(
        "when: inside when",
        "{when: {column: kind, is: clinic}, value: {when: {column: beds, at_least: 5}, value: {literal: 10}}}",
        {},
        (10, None, 3, 3),
    ),
    counted(
        "sum: an exact decimal of the unit",
        "{column: weight}",
        {"survey_response": SURVEYS},
        (3.75, None, 3, 3),
        "{table: survey_response}",
    ),
    counted(
        "sum: through a reference, empty cells left out",
        "{sum: facility.beds, rows: tcm_hall}",
        {"tcm_hall": HALLS},
        (10, None, 3, 3),
    ),
    counted(
        "link: through a reference of the related rows",
        "{count: {table: platform_connection, by: hall.facility}}",
        {"tcm_hall": HALLS, "platform_connection": "hall\nh1\nh3"},
        (2, None, 3, 3),
    ),
    counted(
        "link: a path of the row at hand",
        "{count: {table: assessment, by: thing, matches: place.county}}",
        {"assessment": "assessment | thing | date\n1 | 441882 | 2020-01-01"},
        (3, None, 3, 3),
    ),
    counted(
        "link: an empty cell is linked to nothing",
        "{count: {table: facility, by: name, matches: name}}",
        {"facility": "facility | place | name\na | 441882101 | 甲\nb | 441882101 |\nc | 441882102 |"},
        (1, None, 3, 3),
    ),
    counted(
        "link: of a thing, valid until the date included",
        "{count: assessment}",
        {"assessment": GRADES},
        (3, None, 3, 3),
    ),
    Case(
        "ratio: both parts added up over the units",
        "{kind: ratio, units: {table: tcm_hall}, numerator: {column: facility.beds}, denominator: {literal: 1}}",
        {"facility": FACILITIES, "tcm_hall": HALLS},
        {COUNTY: (10, 3, 3, 3), "441882102": (0, 1, 1, 1)},
    ),
    Case(
        "flag: the number of units that hold",
        "{kind: flag, units: {table: facility}, condition: {column: beds, at_least: 6}}",
        {"facility": FACILITIES},
        {COUNTY: (1, None, 3, 3), "441882101": (0, None, 1, 1)},
    ),
    Case(
        "parameters: bound in place of the defaults",
        "{kind: count, parameters: {n: {label: 床位, type: integer, default: 6}}, units: {table: facility},"
        " numerator: {when: {column: beds, at_least: $n}, value: {literal: 1}}}",
        {"facility": FACILITIES},
        {COUNTY: (2, None, 3, 3)},
        parameters={"n": 5},
    ),
]

LATEST = {"facility": "facility\na\nb\nc\nd\ne", "assessment": GRADES}
HOLDING = [
    holding("latest: the last date", "{latest: result, rows: assessment, is: hospital_2b}", "a d", LATEST),
    holding(
        "latest: a tie goes to the higher id", "{latest: assessment, rows: assessment, is: '6'}", "d", LATEST
    ),
    holding(
        "latest: until the date, that day included",
        "{latest: result, rows: assessment, is: hospital_2a}",
        "b",
        LATEST,
    ),
    holding("latest: none is empty", "{latest: result, rows: assessment, present: false}", "c e", LATEST),
    holding(
        "latest: the default where there is none",
        "{latest: result, rows: assessment, default: level_0, is: level_0}",
        "c e",
        LATEST,
    ),
    holding(
        "latest: an empty cell is not the default",
        "{latest: result, rows: assessment, default: level_0, is: level_0}",
        "b c",
        {
            "assessment": "assessment | thing | date | result\n1 | a | 2020-01-01 |\n2 | a | 2019-01-01 | level_3"
        },
    ),
    holding(
        "latest: a later result replaces an older one even when its own time is over",
        "{latest: result, rows: assessment, default: level_0, is: hospital_2a}",
        "b",
        {
            "assessment": """
                assessment | thing | date | result | valid_until
                1 | a | 2018-01-01 | hospital_2a |
                2 | a | 2019-01-01 | failed | 2020-06-30
                3 | b | 2019-01-01 | failed | 2020-06-30
                4 | b | 2020-01-01 | hospital_2a |
                5 | c | 2018-01-01 | hospital_2a |
                6 | c | 2021-01-01 | failed | 2020-06-30
                7 | c | 2018-01-01 | failed | 2020-06-30""",
        },
    ),
    holding(
        "latest: the default once the last one is over",
        "{latest: result, rows: assessment, default: level_0, is: level_0}",
        "a c",
        {
            "assessment": """
                assessment | thing | date | result | valid_until
                1 | a | 2018-01-01 | hospital_2a |
                2 | a | 2019-01-01 | failed | 2020-12-30
                3 | b | 2018-01-01 | hospital_2a |
                4 | b | 2019-01-01 | failed | 2020-12-31""",
        },
    ),
    holding(
        "latest: a window asks for the event itself, over or not",
        "{latest: result, rows: {table: assessment, window: {since: 2019-01-01}}, is: hospital_2a}",
        "b c",
        LATEST,
    ),
    holding(
        "latest: a filter leaves the older one standing",
        "{latest: result, rows: {table: assessment, where: {column: result, is_not: failed}}, is: hospital_2a}",
        "a",
        {
            "assessment": """
                assessment | thing | date | result | valid_until
                1 | a | 2018-01-01 | hospital_2a |
                2 | a | 2019-01-01 | failed | 2020-06-30""",
        },
    ),
    holding(
        "latest: among the rows that meet the filter",
        "{latest: result, rows: {table: assessment, where: {column: result, is_not: hospital_2b}}, is: hospital_2a}",
        "a b d",
        LATEST,
    ),
    holding(
        "rows of the same person, at another facility too",
        "{exists: {table: health_management, where: {all: [{column: guided, is: true},"
        " {exists: {table: health_management, by: person, matches: person, where: {column: assessed, is: true}}}]}}}",
        "a b",
        {
            "health_management": """
                record | facility | person | date | assessed | guided
                1 | a | 甲 | 2020-01-01 | true | true
                2 | b | 乙 | 2020-02-01 | | true
                3 | c | 乙 | 2020-03-01 | true |
                4 | c | 丙 | 2020-03-01 | false | true
                5 | c | | 2020-03-01 | false | true
                6 | a | | 2020-03-01 | true | false
                7 | a | 丙 | 2019-12-31 | true | false""",
        },
        period="year",
    ),
    holding(
        "count_distinct: empty values are none",
        "{count_distinct: technique.category, rows: technique_capability, at_least: 2}",
        "a",
        {"technique_capability": CAPABILITIES},
    ),
    holding(
        "field: through two references",
        "{exists: {table: platform_connection, by: hall.facility, where: {column: hall.facility.beds, at_least: 6}}}",
        "c",
        {
            "facility": "facility | beds\na | 5\nb |\nc | 6",
            "tcm_hall": "hall | facility\nh1 | a\nh2 | b\nh3 | c",
            "platform_connection": "hall\nh1\nh2\nh3\nh9",
        },
    ),
    holding("field: place.county", "{column: place.county, is: '441882'}", "a b c", {}),
    holding(
        "rows inside rows",
        "{exists: {table: tcm_hall, where: {exists: assessment}}}",
        "b",
        {"tcm_hall": HALLS, "assessment": "assessment | thing | date\n1 | h3 | 2020-01-01"},
    ),
    holding(
        "rows inside rows: counted",
        "{exists: {table: tcm_hall, where: {count: assessment, at_least: 2}}}",
        "a",
        {
            "tcm_hall": HALLS,
            "assessment": "assessment | thing | date\n1 | h3 | 2020-01-01\n2 | h1 | 2020-01-01\n3 | h1 | 2020-01-02",
        },
    ),
]


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=COUNTERS)
@pytest.mark.parametrize("case", CASES + HOLDING, ids=lambda case: case.name)
def test_value(case: Case, counter: Counter) -> None:
    case.check(counter)
