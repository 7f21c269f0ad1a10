"""What each condition means, on both implementations."""

from __future__ import annotations

import pytest
from spec_case import Case, holding

from counters import COUNTERS, Counter

BEDS = {"facility": "facility | beds\na | 9\nb | 10\nc | 11\nd |"}
KINDS = {"facility": "facility | kind | tcm_kind\na | clinic | tcm\nb | clinic |\nc | village_clinic | tcm"}
HALLS = {"tcm_hall": "hall | facility | standardised\nh1 | a | true\nh2 | b | false\nh3 | b |"}
DATED = {"facility": "facility | valid_from\na | 2020-12-31\nb | 2020-12-02\nc | 2020-12-01\nd |"}
GRADES = {
    "assessment": """
        assessment | thing | date | standard | result
        1 | a | 2020-01-01 | hospital_grade | hospital_2b
        2 | b | 2020-01-01 | hospital_grade | hospital_2a
        3 | c | 2020-01-01 | hospital_grade | level_3
        4 | d | 2020-01-01 | hall_grade | hall_5
        5 | e | 2020-01-01 | county_hospital_basic | passed""",
    "facility": "facility\na\nb\nc\nd\ne\nf",
}
GRADE = "latest: result, rows: assessment"

CASES = [
    holding(
        "all: every part", "{all: [{column: kind, is: clinic}, {column: tcm_kind, is: tcm}]}", "a", KINDS
    ),
    holding(
        "any: one part is enough",
        "{any: [{column: kind, is: clinic}, {column: tcm_kind, is: tcm}]}",
        "a b c",
        KINDS,
    ),
    holding("not: holds over an empty cell", "{not: {column: tcm_kind, is: tcm}}", "b", KINDS),
    holding(
        "not: of all", "{not: {all: [{column: kind, is: clinic}, {column: tcm_kind, is: tcm}]}}", "b c", KINDS
    ),
    holding(
        "not: of any with an empty cell",
        "{not: {any: [{column: kind, is: clinic}, {column: tcm_kind, is: tcm}]}}",
        "",
        KINDS,
    ),
    holding("not: twice", "{not: {not: {column: tcm_kind, is: tcm}}}", "a c", KINDS),
    holding("is: a number", "{column: beds, is: 10}", "b", BEDS),
    holding("is_not: an empty cell does not hold", "{column: beds, is_not: 10}", "a c", BEDS),
    holding("at_least: the edge holds", "{column: beds, at_least: 10}", "b c", BEDS),
    holding("at_most: the edge holds", "{column: beds, at_most: 10}", "a b", BEDS),
    holding("more_than: the edge does not", "{column: beds, more_than: 10}", "c", BEDS),
    holding("less_than: the edge does not", "{column: beds, less_than: 10}", "a", BEDS),
    holding("not at_least: holds over an empty cell", "{not: {column: beds, at_least: 10}}", "a d", BEDS),
    holding("is: text", "{column: name, is: 甲}", "a", {"facility": "facility | name\na | 甲\nb | 乙\nc |"}),
    holding(
        "is: false is not empty",
        "{column: township_seat, is: false}",
        "b",
        {"facility": "facility | township_seat\na | true\nb | false\nc |"},
    ),
    holding("at_least: a date", "{column: valid_from, at_least: 2020-12-02}", "a b", DATED),
    holding("less_than: a date", "{column: valid_from, less_than: 2020-12-02}", "c", DATED),
    holding("is: a code", "{column: tcm_kind, is: tcm}", "a c", KINDS),
    holding("in: one of the codes", "{column: tcm_kind, in: [tcm, integrated]}", "a c", KINDS),
    holding("in: no codes never holds", "{column: kind, in: []}", "", KINDS),
    holding("not in: holds over an empty cell", "{not: {column: tcm_kind, in: [tcm]}}", "b", KINDS),
    holding("at_least code: higher in the same scheme", f"{{{GRADE}, at_least: hospital_2a}}", "b c", GRADES),
    holding("at_least code: another scheme does not compare", f"{{{GRADE}, at_least: hall_3}}", "d", GRADES),
    holding("at_least code: the lowest of its scheme", f"{{{GRADE}, at_least: failed}}", "e", GRADES),
    holding(
        "not at_least code: other schemes and none",
        f"{{not: {{{GRADE}, at_least: hospital_2a}}}}",
        "a d e f",
        GRADES,
    ),
    holding("present", "{column: tcm_kind, present: true}", "a c", KINDS),
    holding("not present", "{column: tcm_kind, present: false}", "b", KINDS),
    holding("recent: the day itself and the edge", "{column: valid_from, recent_days: 30}", "a b", DATED),
    holding("recent: one day", "{column: valid_from, recent_days: 1}", "a", DATED),
    holding("recent: one day more", "{column: valid_from, recent_days: 31}", "a b c", DATED),
    holding(
        "recent: not in the future",
        "{column: valid_to, recent_days: 30}",
        "c",
        {"facility": "facility | valid_to\na | 2021-01-05\nb |\nc | 2020-12-31"},
    ),
    holding("exists: a related row", "{exists: tcm_hall}", "a b", HALLS),
    holding(
        "exists: with a filter",
        "{exists: {table: tcm_hall, where: {column: standardised, is: true}}}",
        "a",
        HALLS,
    ),
    holding(
        "exists: with a filter over empty cells",
        "{exists: {table: tcm_hall, where: {not: {column: standardised, is: true}}}}",
        "b",
        HALLS,
    ),
    holding("literal: a constant condition", "{literal: true, is: true}", "a b c", {}),
    holding("literal: never", "{literal: true, is: false}", "", {}),
    holding("literal: is there", "{literal: 1, present: true}", "a b c", {}),
    holding("count: none is 0, not empty", "{count: tcm_hall, is: 0}", "c", HALLS),
    holding("count: two are more than one", "{count: tcm_hall, more_than: 1}", "b", HALLS),
]

POSTS = {
    "practitioner": "practitioner | category | gp\np1 | tcm | true\np2 | clinical |\np3 | tcm |\np4 | clinical |",
    "post": """
        practitioner | facility | main | valid_from
        p1 | a | true | 2019-01-01
        p2 | a | true | 2019-01-01
        p3 | b | true | 2019-01-01
        p4 | b | true | 2019-01-01
        p2 | b | true | 2020-01-01
        p4 | d | true | 2020-01-01""",
    "facility": "facility | beds\na | 2\nb |\nc | 3\nd | 0",
}
TCM = "{count: {table: post, where: {column: practitioner.category, is: tcm}}}"
PROPORTIONS = [
    holding(
        "proportion: exactly the share",
        f"{{part: {TCM}, of: {{count: post}}, at_least_percent: 50}}",
        "a",
        POSTS,
    ),
    holding(
        "proportion: a third is not 34 %",
        f"{{part: {TCM}, of: {{count: post}}, at_least_percent: 34}}",
        "a",
        POSTS,
    ),
    holding(
        "proportion: a third is 33 %",
        f"{{part: {TCM}, of: {{count: post}}, at_least_percent: 33}}",
        "a b",
        POSTS,
    ),
    holding(
        "proportion: 0 % of nothing does not hold",
        f"{{part: {TCM}, of: {{count: post}}, at_least_percent: 0}}",
        "a b d",
        POSTS,
    ),
    holding(
        "proportion: an empty or 0 whole",
        f"{{part: {TCM}, of: {{column: beds}}, at_least_percent: 0}}",
        "a c",
        POSTS,
    ),
    holding(
        "proportion: an empty part",
        "{part: {column: beds}, of: {literal: 2}, at_least_percent: 0}",
        "a c d",
        POSTS,
    ),
    holding(
        "proportion: not of an empty whole",
        f"{{not: {{part: {TCM}, of: {{column: beds}}, at_least_percent: 0}}}}",
        "b d",
        POSTS,
    ),
    holding(
        "proportion: a chosen value of an empty cell stays empty",
        "{part: {when: {column: place, present: true}, value: {column: beds}}, of: {literal: 2}, at_least_percent: 0}",
        "a c d",
        POSTS,
    ),
]


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=COUNTERS)
@pytest.mark.parametrize("case", CASES + PROPORTIONS, ids=lambda case: case.name)
def test_condition(case: Case, counter: Counter) -> None:
    case.check(counter)
