"""What binds a place, when it falls due, which of several promises is the stricter."""

from collections.abc import Callable
from datetime import date

import pytest

from xinglin.base.places import UnknownPlace
from xinglin.base.states import Due
from xinglin.policy import Bound, PolicyLibrary, due, stricter

Load = Callable[..., PolicyLibrary]
END = date(2025, 12, 31)


def documents(bounds: tuple[Bound, ...]) -> dict[str, int]:
    return {
        name: sum(b.document.id == name for b in bounds)
        for name in dict.fromkeys(b.document.id for b in bounds)
    }


# what: (place, date of the data, binding only) -> targets per document
BINDING = {
    "county before its plan": ("441882", date(2020, 12, 31), False, {"national": 23, "lianzhou": 33}),
    "nothing issued yet": ("441882", date(2020, 12, 31), True, {}),
    "only the nation's issued": ("441882", date(2022, 12, 31), True, {"national": 23}),
    "on the day of issue": ("441882", date(2023, 6, 14), True, {"national": 23, "lianzhou": 33}),
    "last day of the period": ("441882", END, False, {"national": 23, "lianzhou": 33}),
    "after the period": ("441882", date(2026, 1, 1), False, {}),
    "township under the county": ("441882101", END, False, {"national": 23, "lianzhou": 33}),
    "county whose plan is over": ("370305", END, False, {"national": 23}),
    "county during its plan": ("370305", date(2024, 12, 31), False, {"national": 23, "linzi": 25}),
    "province itself": ("32", END, False, {"national": 23, "jiangsu": 80}),
    "issue not printed": ("32", END, True, {"national": 23}),
    "the nation": ("0", END, False, {"national": 23}),
    "no other province's": ("1502", END, False, {"national": 23, "inner_mongolia": 61}),
}


@pytest.mark.parametrize("name", BINDING)
def test_binding(library: PolicyLibrary, name: str) -> None:
    place, on, only, expected = BINDING[name]
    bounds = library.binding(place, on, binding_only=only)
    assert documents(bounds) == expected
    assert all(bound.own == (bound.document.place == place) for bound in bounds)


def test_own_documents_come_first_then_level_by_level(library: PolicyLibrary) -> None:
    for place, on, order in (
        ("441882101", END, ["lianzhou", "national"]),
        ("32", END, ["jiangsu", "national"]),
        ("1502", END, ["inner_mongolia", "national"]),
    ):
        bounds = library.binding(place, on)
        assert list(documents(bounds)) == order
        for name in order:
            ids = [bound.target.id for bound in bounds if bound.document.id == name]
            printed = [target.id for target in library.document(name).targets]
            assert ids == [each for each in printed if each in ids]


def test_totals_bind_only_the_place_that_promised_them(library: PolicyLibrary) -> None:
    above = {bound.target.id for bound in library.binding("15", END)}
    below = {bound.target.id for bound in library.binding("1502", END)}
    assert above - below == {f"NM-t{n:02}" for n in (6, 8, 25, 26, 27, 28, 29, 30, 60)} & above
    assert "NM-t53" in below, "months of a stay are no total"


def test_the_caller_may_know_better_what_is_a_total(library: PolicyLibrary) -> None:
    everything = library.binding("3201", END, is_total=lambda target: False)
    nothing = library.binding("3201", END, is_total=lambda target: True)
    assert documents(everything) == {"national": 23, "jiangsu": 80}
    assert {bound.target.scope.value for bound in nothing} == {
        "each_county",
        "each_prefecture",
        "each_facility",
    }


def test_a_place_must_be_a_code(library: PolicyLibrary) -> None:
    with pytest.raises(UnknownPlace, match="“连州”不是区划代码"):
        library.binding("连州", END)


# what: (target, date of the data) -> due
DUE = {
    "before issue": ("LZ-t01", date(2023, 6, 13), Due.BEFORE_ISSUE),
    "day of issue": ("LZ-t01", date(2023, 6, 14), Due.RUNNING),
    "day before the deadline": ("LZ-t01", date(2025, 12, 30), Due.RUNNING),
    "deadline": ("LZ-t01", END, Due.DUE),
    "long after": ("LZ-t01", date(2030, 1, 1), Due.DUE),
    "issue unknown, before the period": ("NM-t04", date(2020, 12, 31), Due.BEFORE_ISSUE),
    "issue unknown, in the period": ("NM-t04", date(2021, 1, 1), Due.RUNNING),
    "milestone within the period": ("NM-t04", date(2022, 12, 31), Due.DUE),
}


@pytest.mark.parametrize("name", DUE)
def test_due(library: PolicyLibrary, name: str) -> None:
    target_id, on, expected = DUE[name]
    bound = library.bound(target_id)
    assert due(bound.target, bound.document, on) is expected


def test_stricter_in_jiangsu(library: PolicyLibrary) -> None:
    marked = stricter(library.binding("32", END))
    assert {"JS-t29", "JS-t41", "JS-t75", "JS-t76"} <= marked, "above the nation's 80, 80, 60 and 70"
    assert not {"JS-t05", "JS-t19", "JS-t12", "JS-t13"} & marked
    assert {"JS-t08", "JS-t37"} <= marked, "a tie marks both"
    assert not {"JS-t25", "JS-t33", "JS-t34", "JS-t35"} & marked, "other parameters, other thing"
    assert not {"JS-t22", "JS-t96", "JS-t21", "JS-t87"} & marked, "no floor to compare"


def test_stricter_leaves_single_and_wanted_targets_out(library: PolicyLibrary) -> None:
    marked = stricter(library.binding("2202", END))
    assert "JL-t18" in marked, "80 above the nation's 75"
    assert "JL-t01" not in marked
    assert not any(library.bound(name).target.is_wanted for name in marked)


def pair(load: Load, county: str, first: str, second: str) -> frozenset[str]:
    """Two targets of one measure that differ only in comparator and threshold."""
    plain = '    comparator: all\n    value: 100\n    unit: "%"\n'
    entry = county[county.index("  - id: XX-t01") : county.index("  - id: XX-t02")]
    one = entry.replace(plain, first)
    two = entry.replace(plain, second).replace("XX-t01", "XX-t03")
    return stricter(load(county=county.replace(entry, one + two)).binding("441882", END))


FLOOR = '    comparator: {}\n    value: {}\n    unit: "%"\n'
# what: (first, second, who is stricter)
STRICTER = {
    "higher": (FLOOR.format("at_least", 70), FLOOR.format("at_least", 75), {"XX-t03"}),
    "tie": (FLOOR.format("at_least", 70), FLOOR.format("at_least", 70), {"XX-t01", "XX-t03"}),
    "all against 98": (FLOOR.format("all", 100), FLOOR.format("at_least", 98), {"XX-t01"}),
    "more than against at least": (FLOOR.format("at_least", 25), FLOOR.format("more_than", 25), {"XX-t03"}),
    "range counts from its lower end": (
        FLOOR.format("between", 60) + "    upper: 90\n",
        FLOOR.format("at_least", 70),
        {"XX-t03"},
    ),
    "judged, not printed": (
        FLOOR.format("at_least", 30) + "    judged: {value: 50, note: 累计}\n",
        FLOOR.format("at_least", 40),
        {"XX-t01"},
    ),
    "other parameters": (
        FLOOR.format("at_least", 30) + "    parameters: {grade: a}\n",
        FLOOR.format("at_least", 40),
        set(),
    ),
    "other unit": (
        FLOOR.format("at_least", 30),
        FLOOR.format("at_least", 40).replace('"%"', "个"),
        set(),
    ),
}


@pytest.mark.parametrize("name", STRICTER)
def test_stricter_pairs(load: Load, county: str, name: str) -> None:
    first, second, expected = STRICTER[name]
    assert pair(load, county, first, second) == expected
