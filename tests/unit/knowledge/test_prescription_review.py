"""The review of prescriptions: the 28 items and the sample."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safety_traps import lines

from xinglin.knowledge import prescription_review as review
from xinglin.knowledge.prescription_review import Answered, By, Class, Hand, Reviewed
from xinglin.knowledge.safety import Patient, Prescription, check, rules

MORNING, NOON = datetime(2026, 3, 2, 9, 30), datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001 - only their order matters
DOCTOR = Hand("演示医师", MORNING)


def record(text: str = "麻黄9 桂枝6 苦杏仁6后下 炙甘草3", doses: int = 7, **more: Any) -> Reviewed:
    """A prescription with nothing wrong about it, but for what is changed."""
    prescription = Prescription(lines(text), doses)
    patient = more.pop("patient", Patient())
    good = Reviewed(
        prescription=prescription,
        findings=check(prescription, patient),
        fields=dict.fromkeys(
            ("机构", "费别", "姓名", "性别", "年龄", "门诊号", "科别", "日期", "诊断"), "演示数据"
        ),
        usage="水煎服，每日1剂，分2次温服",
        prescriber="演示医师",
        signed=DOCTOR,
        changed=MORNING,
        may_prescribe=True,
        audit=Hand("演示药师甲", MORNING),
        dispense=Hand("演示药师乙", MORNING),
        check=Hand("演示药师甲", MORNING),
        issue=Hand("演示药师乙", MORNING),
        diseases=("A01.03.01",),
        syndromes=("B02.01.01",),
        syndrome_names=("风寒束表证",),
    )
    return replace(good, **more)


def codes(verdict: review.Verdict, *, suggested: bool = False) -> list[str]:
    return sorted({one.item for one in verdict.hits if one.suggested is suggested})


def test_the_28_items_and_who_decides_them() -> None:
    items = review.items()
    assert len(items) == 28
    assert [sum(code[0] == kind for code in items) for kind in "NUX"] == [15, 9, 4]
    assert [code for code, item in items.items() if item.by is By.NONE] == ["N11", "N14", "U04"]
    for code, item in items.items():
        assert set(item.rules) <= set(rules()), code
        assert item.at or item.by is By.NONE
        assert item.note or item.by not in {By.PERSON, By.NONE, By.SUGGEST}, code
    serious = {name for name, rule in rules().items() if rule.level.rank >= 2}
    asked = {rule for item in items.values() for rule in item.rules}
    assert serious - asked == {"post_toxic"}, "every finding that must be signed or stops belongs to an item"


def test_a_good_prescription_is_reasonable() -> None:
    verdict = review.review(record())
    assert verdict.hits == ()
    assert verdict.by_class is Class.REASONABLE
    assert verdict.open == ("U06",)


FORM = [
    ("N01", {"fields": {}}),
    ("N02", {"signed": None}),
    ("N02", {"prescriber": "另一医师"}),
    ("N02", {"may_prescribe": False}),
    ("N03", {"issue": None}),
    ("N03", {"check": Hand("演示药师乙", MORNING)}),
    ("N04", {"infant": True}),
    ("N04", {"infant": True, "age_months": 0}),
    ("N05", {"other_drugs": ("阿莫西林胶囊",)}),
    ("N08", {"usage": "遵医嘱"}),
    ("N08", {"usage": ""}),
    ("N08", {"usage": "水煎"}),
    ("N09", {"changed": NOON}),
    ("N10", {"syndromes": ()}),
    ("N10", {"diseases": ("A17.01",)}),
    ("N12", {"doses": 8}),
    ("N12", {"emergency": True, "doses": 4}),
    ("N12", {"doses": 90, "long_reason": "慢性病"}),
]


@pytest.mark.parametrize(("item", "change"), FORM)
def test_each_fault_of_form_is_its_item(item: str, change: dict[str, Any]) -> None:
    verdict = review.review(record(**change))
    assert codes(verdict) == [item]
    assert verdict.by_class is Class.IRREGULAR


GOOD = [
    {"check": Hand("演示药师乙", MORNING), "one_pharmacist": True},
    {"infant": True, "age_months": 7},
    {"infant": True, "age_months": 0, "age_days": 12},
    {"doses": 14, "long_reason": "慢性病"},
    {"doses": 7, "roles": ("君", "臣", "佐", "使")},
]


@pytest.mark.parametrize("change", GOOD)
def test_what_is_allowed_is_no_fault(change: dict[str, Any]) -> None:
    assert review.review(record(**change)).hits == ()


USE = [
    ("附子9先煎 半夏9", {}, ["N09", "U08"], [], Class.UNSUITABLE),
    ("细辛6 白术9", {}, ["N09", "U05", "X03"], [], Class.EXTRAORDINARY),
    ("煅石膏15 白术9", {}, ["U03"], [], Class.UNSUITABLE),
    ("贝母9 白术9", {}, ["N06"], [], Class.IRREGULAR),
    ("没有这味药9 白术9", {}, [], ["N06"], Class.REASONABLE),
    ("黄芪15 北芪12", {}, ["U07"], [], Class.UNSUITABLE),
    ("甘草适量 白术9", {}, ["N07"], [], Class.IRREGULAR),
    ("罂粟壳3 白术9", {}, ["N13"], [], Class.IRREGULAR),
    ("关木通6 白术9", {}, ["U02"], [], Class.UNSUITABLE),
    ("桃仁6 白术9", {"patient": Patient(pregnant=True)}, [], ["U02"], Class.REASONABLE),
    ("土元3 白术9", {"patient": Patient(pregnant=True)}, ["N09", "U02"], [], Class.UNSUITABLE),
    ("附子9 白术9", {}, [], ["N15"], Class.REASONABLE),
    ("西洋参3另煎", {}, [], ["X01"], Class.REASONABLE),
    ("西洋参3另煎", {"syndrome_names": ("气阴两虚证",)}, [], [], Class.REASONABLE),
    (
        "黄连3 黄芩6",
        {"formula_ids": ("F046",), "syndrome_names": ("脾胃虚寒证",)},
        [],
        ["U01"],
        Class.REASONABLE,
    ),
    ("黄连3 黄芩6", {"formula_ids": ("F046",), "syndrome_names": ("寒热错杂证",)}, [], [], Class.REASONABLE),
    ("麻黄9 桂枝6", {"formula_ids": ("F001",), "same_day": ("F002",)}, [], ["X04"], Class.REASONABLE),
    ("麻黄9 桂枝6", {"dose_price": Decimal(90), "usual_high": Decimal(60)}, [], ["X02"], Class.REASONABLE),
    ("麻黄9 桂枝6", {"line_prices": (Decimal(9), Decimal(1))}, [], ["X02"], Class.REASONABLE),
    ("麻黄9 桂枝6 白术9", {"roles": ("使", "", "君")}, [], ["N15"], Class.REASONABLE),
]


@pytest.mark.parametrize(("text", "more", "decided", "suggested", "by_class"), USE)
def test_each_fault_of_use_is_its_item(
    text: str, more: dict[str, Any], decided: list[str], suggested: list[str], by_class: Class
) -> None:
    """The most serious decided hit gives the class; what is only suggested waits for the pharmacist."""
    verdict = review.review(record(text, doses=3, **more))
    assert (codes(verdict), codes(verdict, suggested=True)) == (decided, suggested)
    assert verdict.by_class is by_class
    assert set(suggested) <= set(verdict.open)


def test_a_reason_with_a_second_signature_leaves_the_rest_to_the_pharmacist() -> None:
    """细辛 6 g: reasoned and signed again it is neither irregular nor extraordinary, but still shown."""
    over = record("细辛6 白术9")
    (finding,) = over.findings
    answered = replace(over, answered=(Answered(finding.key, "原方用量，先煎", Hand("演示医师", MORNING)),))
    verdict = review.review(answered)
    assert (codes(verdict), codes(verdict, suggested=True)) == ([], ["U05"])
    unsigned = replace(over, answered=(Answered(finding.key, "原方用量", None),))
    assert "N09" in codes(review.review(unsigned))
    more = record("细辛9 白术9", answered=answered.answered)
    assert "N09" in codes(review.review(more)), "a signature for 6 g is none for 9 g"


def test_a_round_is_summed_up_exactly() -> None:
    """Three opposed pairs by one doctor, one good prescription of another, one without a pattern."""
    priced = {"dose_price": Decimal("21.50")}
    records = [record("附子9先煎 半夏9", doses=3)] * 3 + [record(**priced), record(syndromes=(), **priced)]
    summary = review.summarise(review.Outcome(one, review.review(one)) for one in records)
    assert (summary.reviewed, summary.reasonable) == (5, Fraction(1, 5))
    assert [summary.by_class[kind] for kind in Class] == [1, 1, 3, 0]
    assert summary.items == {"N09": 3, "N10": 1, "U08": 3}
    assert (summary.herbs, summary.dose_price) == (Fraction(14, 5), Fraction(43, 2))
    assert summary.diagnosed == Fraction(4, 5)
    assert summary.repeated == {("演示医师", "N09"): 3, ("演示医师", "U08"): 3}
    nothing = review.summarise([])
    assert (nothing.reviewed, nothing.reasonable, nothing.herbs) == (0, None, None)


def test_seventeen_herbs_are_shown_to_the_reviewer() -> None:
    text = "白术9 茯苓10 陈皮6 党参9 黄芪10 当归9 川芎5 白芍9 熟地黄9 柴胡6 黄芩6 桔梗6 枳壳6 香附6 木香3 山药15 莲子9"
    assert codes(review.review(record(text)), suggested=True) == ["U09"]
    assert codes(review.review(record(text.rsplit(" ", 1)[0])), suggested=True) == []


WORKED = [
    ("pieces_outpatient", 180, 100),
    ("pieces_outpatient", 64, 64),
    ("pieces_outpatient", 30_000, 150),
    ("outpatient", 100_001, 101),
    ("outpatient", 100_000, 100),
    ("ward", 3_001, 31),
    ("pieces_ward", 29, 29),
    ("pieces_ward", 601, 31),
    ("outpatient", 0, 0),
]


@pytest.mark.parametrize(("scope", "total", "drawn"), WORKED)
def test_the_size_keeps_both_floors(scope: str, total: int, drawn: int) -> None:
    assert review.size(total, review.scopes()[scope]) == drawn


@given(st.sampled_from(sorted(review.scopes())), st.integers(0, 200_000))
def test_the_size_is_exact(scope: str, total: int) -> None:
    rules_of = review.scopes()[scope]
    drawn = review.size(total, rules_of)
    assert drawn <= total
    if drawn < total:
        assert drawn >= rules_of.floor
        assert Fraction(drawn, total) >= rules_of.rate
        assert drawn == max(rules_of.floor, ceil(total * rules_of.rate))


def test_a_draw_is_repeatable_and_without_replacement() -> None:
    ids = [f"P{number:05}" for number in range(3_000)]
    first = review.draw(ids, "pieces_outpatient", "2026-03")
    again = review.draw(reversed(ids), "pieces_outpatient", "2026-03")
    other = review.draw(ids, "pieces_outpatient", "2026-04")
    assert first == again
    assert first.ids != other.ids
    assert len(first.ids) == len(set(first.ids)) == 100
    assert set(first.ids) <= set(ids)
    assert first.share == Fraction(1, 30)
    assert first.ids[:2] == ("P02923", "P02253"), (
        "the draw of a seed never changes, so a stored sample can be proved"
    )


def test_every_doctor_is_drawn_once_if_the_size_allows() -> None:
    ids = [f"P{number:05}" for number in range(3_000)]
    doctors = {one: "常开" if place < 2_950 else f"少开{place}" for place, one in enumerate(ids)}
    drawn = review.draw(ids, "pieces_outpatient", "2026-03", doctors)
    assert {doctors[one] for one in drawn.ids} == set(doctors.values())
    assert len(drawn.ids) == 100
    many = {one: one for one in ids}
    assert len(review.draw(ids, "pieces_outpatient", "2026-03", many).ids) == 100


def test_a_draw_is_fair() -> None:
    """Over 200 seeds each of 500 prescriptions is drawn about 40 times (within five standard deviations)."""
    ids = [str(number) for number in range(500)]
    counts = dict.fromkeys(ids, 0)
    for seed in range(200):
        for one in review.draw(ids, "pieces_outpatient", str(seed)).ids:
            counts[one] += 1
    assert sum(counts.values()) == 200 * 100
    assert all(12 <= count <= 68 for count in counts.values())


def test_signed_prescriptions_of_a_post_without_pharmacist_are_always_drawn() -> None:
    ids = [f"P{number:03}" for number in range(400)]
    usual = review.draw(ids, "remote", "2026-03")
    extra = next(one for one in ids if one not in usual.ids)
    drawn = review.draw(ids, "remote", "2026-03", always=[extra])
    assert set(drawn.ids) == {*usual.ids, extra}


def test_a_draw_that_cannot_be_made_says_why() -> None:
    with pytest.raises(ValueError, match="重复"):
        review.draw(["1", "1"], "ward", "s")
    with pytest.raises(ValueError, match="没有抽样范围“moon”"):
        review.draw(["1"], "moon", "s")
    with pytest.raises(ValueError, match="必抽的9不在本期处方中"):
        review.draw(["1"], "ward", "s", always=["9"])
