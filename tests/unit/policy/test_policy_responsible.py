"""Who answers for a target: its own units, else those of the task whose clause it stands in, never a guess."""

from collections.abc import Callable

import pytest

from xinglin.policy import PolicyLibrary, responsibility
from xinglin.policy.responsible import pieces, stands_in

Load = Callable[..., PolicyLibrary]

PIECES = {
    "三(一)4": ("三", "(一)", "4"),
    "三(一)专栏2 1": ("三", "(一)", "专栏2", "1"),
    "三（一）4①": ("三", "（一）", "4", "①"),
    "附件1 表 5": ("附件1", "表", "5"),
    "三 一是": ("三", "一是"),
    "第十条第二款": ("第十条", "第二款"),
    "4.1.2": ("4", "1", "2"),
}


@pytest.mark.parametrize("clause", PIECES)
def test_a_clause_is_cut_where_its_levels_meet(clause: str) -> None:
    assert pieces(clause) == PIECES[clause]


STANDS_IN = {
    "the same": ("三(一)4", "三(一)4", True),
    "a part": ("三(一)4①", "三(一)4", True),
    "the section": ("三(一)4", "三(一)", True),
    "a box of the section": ("三(一)专栏2 1", "三(一)", True),
    "another number with the same beginning": ("三(一)41", "三(一)4", False),
    "a box beside the task": ("三(一)专栏2 1", "三(一)2", False),
    "the clause above": ("三(一)", "三(一)4", False),
    "another section": ("三(二)4", "三(一)", False),
    "another annex": ("附件12 表 5", "附件1", False),
}


@pytest.mark.parametrize(("clause", "outer", "inside"), STANDS_IN.values(), ids=STANDS_IN)
def test_a_clause_stands_in_itself_and_in_those_above(clause: str, outer: str, inside: bool) -> None:
    assert stands_in(clause, outer) is inside


def task(number: int, clause: str, lead: str, units: str) -> str:
    return (
        f"  - {{id: XX-k{number:02}, clause: {clause}, heading: 任务{number}, kind: task,"
        f" lead: [{lead}], units: [{units}]}}\n"
    )


# what: (clauses of the target, its own units, tasks, units, lead, tasks they come from)
CASES: dict[str, tuple[str, str, list[str], tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "its own units stand": (
        "三(一)1",
        "甲局",
        [task(1, "三(一)1", "乙局", "乙局")],
        ("甲局",),
        (),
        (),
    ),
    "the task of its clause": (
        "三(一)1",
        "",
        [task(1, "三(一)1", "", "乙局, 甲局"), task(2, "三(一)2", "", "丙局")],
        ("乙局", "甲局"),
        (),
        ("XX-k01",),
    ),
    "leads come first": (
        "三(一)1",
        "",
        [task(1, "三(一)1", "丙局", "乙局, 丙局")],
        ("丙局", "乙局"),
        ("丙局",),
        ("XX-k01",),
    ),
    "several tasks, leads of all in order, each unit once": (
        "三(二)1, 三(一)1",
        "",
        [task(1, "三(一)1", "甲局", "甲局, 乙局"), task(2, "三(二)1", "丙局", "丙局, 甲局, 丁局")],
        ("丙局", "甲局", "丁局", "乙局"),
        ("丙局", "甲局"),
        ("XX-k02", "XX-k01"),
    ),
    "the innermost clause": (
        "三(一)1②",
        "",
        [task(1, "三(一)", "", "甲局"), task(2, "三(一)1", "", "乙局")],
        ("乙局",),
        (),
        ("XX-k02",),
    ),
    "a task without units leaves it to the clause above": (
        "三(一)1",
        "",
        [task(1, "三(一)", "", "甲局"), task(2, "三(一)1", "", "")],
        ("甲局",),
        (),
        ("XX-k01",),
    ),
    "tasks below the clause are no answer": ("三(一)", "", [task(1, "三(一)1", "", "甲局")], (), (), ()),
    "nobody": ("二", "", [task(1, "三(一)1", "", "甲局")], (), (), ()),
}


@pytest.mark.parametrize("name", CASES)
def test_who_answers(load: Load, county: str, name: str) -> None:
    clauses, own, tasks, units, lead, sources = CASES[name]
    text = county.replace("clauses: [一]", f"clauses: [{clauses}]")
    text = text.replace(
        "    deadline: 2025-12-31\n", f"    deadline: 2025-12-31\n    responsible: [{own}]\n", 1
    )
    start, end = text.index("tasks:\n"), text.index("duties:")
    bound = load(county=text[:start] + "tasks:\n" + "".join(tasks) + text[end:]).bound("XX-t01")
    found = responsibility(bound.document, bound.target)
    assert (found.units, found.lead) == (units, lead)
    assert tuple(task.id for task in found.tasks) == sources


def test_no_document_of_ours_says_twice_who_answers(library: PolicyLibrary) -> None:
    for document in library.documents:
        for target in document.targets:
            bare = target.model_copy(update={"responsible": ()})
            repeated = responsibility(document, bare).units
            assert not target.responsible or target.responsible != repeated, target.id


# document: (targets, of these with responsible units)
NAMED = {
    "national": (23, 0),
    "inner_mongolia": (70, 0),
    "jiangsu": (80, 0),
    "jilin_city": (29, 2),
    "lianzhou": (33, 0),
    "linzi": (25, 25),
}


def test_how_many_targets_have_responsible_units(library: PolicyLibrary) -> None:
    found = {
        document.id: (
            len(document.targets),
            sum(bool(responsibility(document, target).units) for target in document.targets),
        )
        for document in library.documents
    }
    assert found == NAMED
