"""Patent medicines: by name, and by the ingredients that are known; what is not known is said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from xinglin.knowledge.safety import (
    Level,
    Line,
    Medicine,
    Patient,
    Prescription,
    check_patents,
    patent_rules,
)

LIZHONG = Medicine("附子理中丸", ("附子", "党参", "白术", "干姜", "甘草"))
ANSHEN = Medicine("安神丸", ("朱砂", "黄连", "当归"))
BARE = Medicine("香砂养胃丸")
PINELLIA = Prescription((Line("法夏", Decimal(9)), Line("陈皮", Decimal(6))))
CASES = {
    "nothing": ((LIZHONG,), None, Patient(), {}),
    "opposed to a herb of the visit": ((LIZHONG,), PINELLIA, Patient(), {"patent_opposed": Level.WARNING}),
    "opposed to another medicine": (
        (LIZHONG, Medicine("化痰丸", ("清半夏",))),
        None,
        Patient(),
        {"patent_opposed": Level.WARNING},
    ),
    "opposed within one, licensed so": ((Medicine("某丸", ("附子", "法半夏")),), None, Patient(), {}),
    "allergic to its name": (
        (Medicine("三金片", ("金樱根",)),),
        None,
        Patient(allergies=("对三金片过敏",)),
        {"patent_allergy": Level.STOP, "patent_unchecked": Level.INFO},
    ),
    "allergic to an ingredient by another name": (
        (ANSHEN,),
        None,
        Patient(allergies=("川连（皮疹）",)),
        {"patent_allergy_ingredient": Level.STOP},
    ),
    "a short word is no name": ((LIZHONG,), None, Patient(allergies=("中",)), {}),
    "pregnant": (
        (ANSHEN,),
        None,
        Patient(pregnant=True),
        {"patent_pregnancy": Level.WARNING},
    ),
    "pregnant, with caution": (
        (LIZHONG,),
        None,
        Patient(pregnant=True),
        {"patent_pregnancy_caution": Level.INFO},
    ),
    "the same poison twice": (
        (ANSHEN, Medicine("镇惊丸", ("朱砂",))),
        None,
        Patient(),
        {"patent_toxic_twice": Level.WARNING},
    ),
    "no ingredients": ((BARE,), PINELLIA, Patient(pregnant=True), {"patent_unchecked": Level.INFO}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_found(case: str) -> None:
    medicines, beside, patient, expected = CASES[case]
    found = check_patents(medicines, beside, patient)
    assert {one.rule: one.level for one in found} == expected, [one.what for one in found]
    assert all(one.what and one.why and one.source and one.fix and "{" not in one.source for one in found)


def test_every_rule_was_called_for_and_only_an_allergy_stops() -> None:
    assert {rule for *_, expected in CASES.values() for rule in expected} == set(patent_rules())
    stops = {name for name, rule in patent_rules().items() if rule.level is Level.STOP}
    assert stops == {"patent_allergy", "patent_allergy_ingredient"}


def test_the_order_of_medicines_matters_not_and_the_page_is_told_what_was_not_checked() -> None:
    one = check_patents((LIZHONG, BARE), PINELLIA)
    two = check_patents((BARE, LIZHONG), PINELLIA)
    assert [found.rule for found in one] == [found.rule for found in two]
    assert "香砂养胃丸没有登记成分" in one[-1].what
