import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.base.errors import DefinitionError
from xinglin.base.yamlfile import build, read_yaml
from xinglin.knowledge.constitution import (
    BIASED,
    INSTRUMENTS,
    Assessment,
    Constitution,
    ImplausibleMeasurement,
    IncompleteAnswers,
    Instrument,
    MixedInstruments,
    Sex,
    UnknownInstrument,
    Verdict,
    assess,
    body_mass_index,
    changes,
    guidance_for,
    in_order,
    judge,
    load_guidance,
    load_instrument,
    measure,
    spokes,
)
from xinglin.knowledge.constitution.instrument import ROOT
from xinglin.knowledge.edition import read_edition

CASES: dict[str, list[dict[str, Any]]] = read_yaml(Path(__file__).parent / "constitution_cases.yaml")
BEST = [5] + [1] * 32


def answers_of(name: str, case: dict[str, Any]) -> dict[str, int]:
    """Answers of a case by number of the question; the 60 items come scale by scale, shared ones twice."""
    if name == "elderly33":
        return in_order(load_instrument(name), case["answers"])
    if name == "gbt46939":
        return dict(case["answers"])
    return dict(_by_scale(case))


def _by_scale(case: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for prefix, grades in case["answers"].items():
        numbers = list(range(1, len(grades) + 1))
        if prefix == "SHIRE":
            numbers[-1] = 6 if case["sex"] == "female" else 7
        yield from ((f"{prefix}{number}", grade) for number, grade in zip(numbers, grades, strict=True))


def assessed(name: str, case: dict[str, Any]) -> Assessment:
    sex = Sex(case["sex"]) if "sex" in case else None
    return assess(load_instrument(name), answers_of(name, case), sex=sex)


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=case["id"]) for name in INSTRUMENTS for case in CASES[name]],
)
def test_worked_cases(name: str, case: dict[str, Any]) -> None:
    result = assessed(name, case)
    assert [one.score.raw for one in result.results] == case["raw"]
    assert [one.verdict for one in result.results] == case["verdicts"]
    for one, converted in zip(result.results, case.get("converted", ()), strict=False):
        assert abs(one.score.converted - Fraction(converted)) < Fraction(1, 10_000)
    if "main" in case:
        assert (result.main or "") == case["main"]
        assert list(result.flags) == case["flags"]


def test_number_of_cases() -> None:
    assert [len(CASES[name]) for name in INSTRUMENTS] == [12, 7, 7]


@pytest.mark.parametrize("example", CASES["printed_examples"])
@pytest.mark.parametrize("name", ["adult60", "gbt46939"])
def test_examples_printed_in_the_standard(name: str, example: dict[str, Any]) -> None:
    values = {kind: Fraction(one) for kind, one in zip(Constitution, example["converted"], strict=True)}
    verdicts = judge(values, load_instrument(name).threshold_set())
    said = dict(part.split() for part in example["conclusion"].split("；"))
    assert {kind: verdicts[Constitution(kind)] for kind in said} == said
    assert all(verdicts[kind] is Verdict.NO for kind in Constitution if kind not in said)


def test_conclusion_in_one_line() -> None:
    assert assessed("adult60", CASES["adult60"][1]).conclusion == "平和质 基本是；痰湿质 倾向是"
    assert assessed("elderly33", CASES["elderly33"][8]).conclusion == "痰湿质 是；湿热质 倾向是；平和质 否"


def test_a_stored_result_can_be_assessed_again() -> None:
    result = assessed("adult60", CASES["adult60"][2])
    kept = json.loads(json.dumps(result.as_dict()))
    assert (kept["main"], kept["verdicts"]["qi_deficiency"], kept["scores"]["balanced"]) == (
        "qi_deficiency",
        "yes",
        32,
    )
    form = load_instrument(kept["instrument"])
    again = assess(form, kept["grades"], sex=Sex(kept["sex"]), thresholds=kept["thresholds"])
    assert again.as_dict() == kept


def test_no_type_is_flagged_on_every_instrument() -> None:
    for name, case in (("elderly33", 5), ("adult60", 6), ("gbt46939", 6)):
        result = assessed(name, CASES[name][case])
        assert [flag.value for flag in result.flags] == ["no_type_recheck"]
        assert result.to_guide == ()


def test_the_instruments_are_what_they_say() -> None:
    asked = {name: len(load_instrument(name).asked(Sex.FEMALE)) for name in INSTRUMENTS}
    counted = {
        name: sum(len(item.scales) for item in load_instrument(name).asked(Sex.MALE)) for name in INSTRUMENTS
    }
    assert asked == {"elderly33": 33, "adult60": 60, "gbt46939": 26}
    assert counted == {"elderly33": 37, "adult60": 66, "gbt46939": 29}


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"17": None}, {"missing"}),
        ({"3": 0, "4": 6, "5": True, "6": "2", "7": None}, {"bad_grade", "missing"}),
        ({"34": 1}, {"unknown_item"}),
    ],
)
def test_faulty_answers_are_told_all_at_once(change: dict[str, Any], kinds: set[str]) -> None:
    form = load_instrument("elderly33")
    grades: dict[str, object] = {**in_order(form, BEST), **change}
    present = {number: grade for number, grade in grades.items() if grade is not None}
    with pytest.raises(IncompleteAnswers) as caught:
        assess(form, present)
    assert {remark.kind for remark in caught.value.remarks} == kinds
    assert {remark.field for remark in caught.value.remarks} == set(change)
    assert all(f"第 {number} 题" in str(caught.value) for number in change)


def test_sex_and_shared_questions() -> None:
    form = load_instrument("adult60")
    case = CASES["adult60"][0]
    grades = answers_of("adult60", case)
    with pytest.raises(IncompleteAnswers, match="请先填写性别"):
        assess(form, grades)
    with pytest.raises(IncompleteAnswers, match="只问女性"):
        assess(form, grades, sex=Sex.MALE)
    with pytest.raises(IncompleteAnswers, match="与第 YANG4 题是同一问题，答案却不同（1 与 3）"):
        assess(form, {**grades, "PH5": 3}, sex=Sex.FEMALE)
    once = {number: grade for number, grade in grades.items() if number not in ("PH2", "PH5", "YANG5")}
    assert assess(form, once, sex=Sex.FEMALE).results == assessed("adult60", case).results


def test_wrong_number_of_answers() -> None:
    with pytest.raises(IncompleteAnswers, match="应有 33 个答案，实有 32 个"):
        in_order(load_instrument("elderly33"), BEST[1:])


def test_odd_answers_are_hinted_and_scored() -> None:
    form = load_instrument("elderly33")
    hints = assess(form, in_order(form, [5] * 33)).hints
    assert [hint.kind for hint in hints] == ["opposed", "uniform"]
    assert "互相矛盾" in hints[0].what
    assert not assess(form, in_order(form, BEST)).hints


@pytest.mark.parametrize(
    ("name", "graded"),
    [
        ("bmi", {"23.99": 1, "24": 2, "25": 3, "25.9": 3, "26": 4, "27.99": 4, "28": 5}),
        ("colds_per_year", {0: 1, 1: 1, 2: 2, 4: 2, 5: 3, 6: 3, 7: 3, 8: 4, 11: 4, 12: 5}),
        ("allergies_per_year", {0: 1, 1: 2, 2: 2, 3: 3, 4: 3, 5: 4, 6: 4, 7: 5, 30: 5}),
        (
            "waist_cm",
            {
                "79": 1,
                "79.4": 1,
                "79.5": 2,
                "85": 2,
                "85.5": 3,
                "86": 3,
                "90": 3,
                "91": 4,
                "105": 4,
                "106": 5,
            },
        ),
    ],
)
def test_measured_grades(name: str, graded: dict[str | int, int]) -> None:
    form = load_instrument("elderly33")
    assert {value: measure(form, name, Decimal(value)).grade for value in graded} == graded


def test_measured_grades_to_confirm_and_refuse() -> None:
    form = load_instrument("elderly33")
    assert "7 次" in measure(form, "colds_per_year", 7).confirm
    assert not measure(form, "colds_per_year", 6).confirm
    assert "医务人员确认" in measure(form, "allergies_per_year", 8).confirm
    assert body_mass_index(Decimal(160), Decimal("61.44")) == 24
    for height, weight in ((16, 60), (160, 600)):
        with pytest.raises(ImplausibleMeasurement, match="不合常理"):
            body_mass_index(Decimal(height), Decimal(weight))
    with pytest.raises(ImplausibleMeasurement, match="请直接填"):
        measure(load_instrument("adult60"), "bmi", 24)


def test_measurement_against_answer() -> None:
    form = load_instrument("elderly33")
    grades = in_order(form, BEST)
    told = assess(
        form, grades, measured={"bmi": Fraction(253, 10), "waist_cm": 79, "colds_per_year": 7}
    ).hints
    assert [(hint.kind, hint.field) for hint in told] == [
        ("measured_differs", "9"),
        ("measured_differs", "14"),
        ("confirm_measure", "14"),
    ]
    assert "填的是 1 分，按体质指数 25.3 应为 3 分" in told[0].what
    assert assess(form, grades).results == assess(form, grades, measured={"bmi": 40}).results


def test_scores_of_different_instruments_are_not_compared() -> None:
    elderly, adult, standard = (assessed(name, CASES[name][0]) for name in INSTRUMENTS)
    kind = Constitution.QI_DEFICIENCY
    with pytest.raises(MixedInstruments, match="不能比较"):
        assert elderly.of(kind).score < adult.of(kind).score
    with pytest.raises(MixedInstruments, match="不能比较"):
        assert adult.of(kind).score >= standard.of(kind).score
    with pytest.raises(MixedInstruments, match="原始分不能比较"):
        assert elderly.of(Constitution.BALANCED).score > elderly.of(kind).score
    with pytest.raises(MixedInstruments, match="不能前后比较"):
        changes(adult, standard)
    assert adult.of(kind).score < adult.of(Constitution.BALANCED).score
    assert standard.of(kind).score != adult.of(kind).score


def test_history() -> None:
    before, after = (assessed("elderly33", CASES["elderly33"][number]) for number in (0, 7))
    moved = {
        change.constitution: (change.before, change.after, change.by) for change in changes(before, after)
    }
    assert moved[Constitution.QI_DEFICIENCY] == (Verdict.NO, Verdict.YES, 13)
    assert moved[Constitution.BALANCED] == (Verdict.YES, Verdict.NO, -12)
    form = load_instrument("elderly33")
    other = assess(form, in_order(form, BEST), thresholds="reprint")
    with pytest.raises(MixedInstruments, match="判定标准不同"):
        changes(before, other)


def test_doubtful_lines_are_a_choice_and_never_the_default() -> None:
    form = load_instrument("elderly33")
    grades = in_order(form, CASES["elderly33"][1]["answers"])
    default, reprint = assess(form, grades), assess(form, grades, thresholds="reprint")
    assert (default.of(Constitution.BALANCED).verdict, default.thresholds) == (Verdict.YES, "norm")
    assert (reprint.of(Constitution.BALANCED).verdict, reprint.thresholds) == (Verdict.BASICALLY, "reprint")
    assert form.threshold_set("reprint").doubtful
    with pytest.raises(UnknownInstrument, match="可用：norm、reprint"):
        form.threshold_set("mine")
    with pytest.raises(UnknownInstrument, match="可用：elderly33"):
        load_instrument("elderly32")


def test_chart() -> None:
    axes = spokes(assessed("elderly33", CASES["elderly33"][8]))
    assert [axis.constitution for axis in axes] == list(Constitution)
    phlegm, balanced = axes[4], axes[0]
    assert (phlegm.shown, phlegm.least, phlegm.most, phlegm.verdict) == (12, 4, 20, "是")
    assert (phlegm.position, phlegm.yes_at, phlegm.leaning_at) == tuple(
        map(Decimal, ("0.5", "0.4375", "0.3125"))
    )
    assert (balanced.most, balanced.yes_at, balanced.leaning_at) == (25, Decimal("0.6"), None)
    converted = spokes(assessed("gbt46939", CASES["gbt46939"][2]))[4]
    assert (converted.shown, converted.position) == (Decimal("33.33"), Decimal("0.3333"))


def test_guidance() -> None:
    mixed = assessed("elderly33", CASES["elderly33"][8])
    assert [kind for kind, _ in guidance_for(mixed)] == ["痰湿质", "湿热质"]
    assert [kind for kind, _ in guidance_for(assessed("elderly33", CASES["elderly33"][0]))] == ["平和质"]
    book = load_guidance()
    for kind in Constitution:
        lines = dict(book.lines(kind))
        assert list(lines) == ["情志调摄", "饮食调养", "起居调摄", "运动保健", "穴位保健"]
        assert all(text.endswith("。") and len(text) > 12 for text in lines.values())
    assert {kind for kind, advice in book.types.items() if advice.doubtful} == {"阳虚质", "阴虚质", "湿热质"}
    assert "孕妇不按合谷" in dict(book.lines(Constitution.QI_STAGNATION))["穴位保健"]


@st.composite
def filled(draw: st.DrawFn) -> tuple[Instrument, dict[str, int], Sex]:
    form = load_instrument(draw(st.sampled_from(INSTRUMENTS)))
    sex = draw(st.sampled_from(Sex))
    return form, {item.id: draw(st.integers(1, 5)) for item in form.asked(sex)}, sex


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(filled(), st.randoms(use_true_random=False))
def test_scores_keep_their_bounds_and_order_does_not_matter(
    form_filled: tuple[Instrument, dict[str, int], Sex], random: Any
) -> None:
    form, grades, sex = form_filled
    result = assess(form, grades, sex=sex)
    for one in result.results:
        least, most = one.score.bounds
        assert least <= one.score.value <= most
        assert one.score.items <= one.score.raw <= 5 * one.score.items
    shuffled = list(grades.items())
    random.shuffle(shuffled)
    assert assess(form, dict(shuffled), sex=sex) == result
    assert all(0 <= axis.position <= 1 for axis in spokes(result))
    balanced = result.of(Constitution.BALANCED).verdict
    if balanced in (Verdict.YES, Verdict.BASICALLY):
        assert all(result.of(kind).verdict is not Verdict.YES for kind in BIASED)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(filled())
def test_reversal_is_symmetric(form_filled: tuple[Instrument, dict[str, int], Sex]) -> None:
    form, grades, sex = form_filled
    mirrored = {number: 6 - grade for number, grade in grades.items()}
    there, back = (assess(form, one, sex=sex) for one in (grades, mirrored))
    for kind in Constitution:
        low, high = there.of(kind).score, back.of(kind).score
        assert low.raw + high.raw == 6 * low.items
        assert low.converted + high.converted == 100
    for item in form.asked(sex):
        for kind in item.reversed:
            assert item.counted(kind, 6 - grades[item.id]) == grades[item.id]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"grades": {1: "没有", 2: "很少"}}, "等级应为 1～5"),
        ({"opposed_items": [["1", "99"]]}, "互相矛盾的题目不存在"),
        ({"measured": {}}, "没有写明的测量"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_broken_instrument_is_refused(broken: dict[str, Any], said: str) -> None:
    folder = ROOT / "elderly33"
    content = {**read_yaml(folder / "instrument.yaml"), "edition": read_edition(folder), **broken}
    with pytest.raises(DefinitionError, match=said):
        build(Instrument, content, "broken")
