"""What people read beside the numbers: what units are called, who answers, why nothing is held against a place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from xinglin.measures import load_measures
from xinglin.policy import PolicyLibrary
from xinglin.standing import Inputs, evaluate
from xinglin.standing.nothing import why_nothing
from xinglin.standing.units import lacking_word, unit_word

# measure: (parameters, what is counted one by one, what is missing)
UNITS: dict[str, tuple[dict[str, Any], str, str]] = {
    "village_clinic_technique_4x6_rate": ({}, "家村卫生室", "家村卫生室"),
    "tcm_hall_coverage": ({}, "家社区卫生服务中心或乡镇卫生院", "家社区卫生服务中心或乡镇卫生院"),
    "tcm_hall_upgrade_rate": ({}, "个中医馆", "个中医馆"),
    "education_base_coverage": ({}, "个县", "个县"),
    "tcm_hospital_count": ({}, "家中医类医院", "家中医类医院"),
    "tcm_institution_count": ({}, "家机构", "家机构"),
    "tcm_gp_per_10k": ({}, "家机构", "名中医类别全科医生"),
    "elderly_tcm_health_mgmt_rate": ({}, "家机构", "名老年人"),
    "phc_tcm_visit_share": ({}, "个机构月", "人次中医诊疗"),
    "tcm_literacy_level": ({}, "份问卷", "名达标的被调查者"),
    "village_doctor_training_coverage": ({}, "名任职人员", "名乡村医生"),
    "promotion_centre_staff": ({}, "个建设单位", "个推广中心"),
    "trainer_technique_categories": ({}, "名师资", "名师资"),
    "two_specialties_rate": ({}, "家中医类医院", "家中医类医院"),
    "tcm_corner_rate": ({"facility_kinds": ["village_clinic"]}, "家村卫生室", "家村卫生室"),
}


@pytest.mark.parametrize("name", UNITS)
def test_what_units_are_called(name: str) -> None:
    parameters, counted, missing = UNITS[name]
    book = load_measures()
    bound, act_on = book.bind(name, parameters), book.definition(name).act_on
    assert unit_word(bound, book.contract) == counted
    assert lacking_word(bound, book.contract, act_on) == missing


def test_every_measure_has_a_word_for_its_units() -> None:
    book = load_measures()
    for name in book.names():
        word = unit_word(book.bind(name), book.contract)
        assert len(word) > 1, name
        assert not word.isascii(), name


# -- who answers -------------------------------------------------------------------------------------------


def test_units_of_a_task_are_named_with_the_task(opened: Callable[..., Inputs], linzi: Path) -> None:
    found = evaluate(opened(linzi, "370305", date(2023, 12, 31))).results
    consortium = next(result for result in found if result.target == "ZL-t03")
    assert consortium.responsible == ("区卫健局", "区市场监管局", "临淄医保分局")
    assert consortium.responsible_tasks == (("ZL-k23", "三(三)23"),)
    assert consortium.lead == ()
    assert {r.responsible for r in found if r.document == "national"} == {()}


def test_own_documents_come_first(opened: Callable[..., Inputs], linzi: Path) -> None:
    found = evaluate(opened(linzi, "370305", date(2023, 12, 31))).results
    assert list(dict.fromkeys(result.document for result in found)) == ["linzi", "national"]


# -- nothing to hold against a place -----------------------------------------------------------------------

# what: (date, documents kept, words)
NOTHING: dict[str, tuple[date, tuple[str, ...], tuple[str, ...]]] = {
    "no document": (date(2020, 12, 31), (), ("没有一份政策文件管到连州市", "policy-file.md")),
    "all over": (
        date(2026, 1, 1),
        ("national", "lianzhou"),
        ("期限都已过——连州方案（期限至 2025-12-31）、国家计划（期限至 2025-12-31）", "--on"),
    ),
    "none issued": (
        date(2020, 12, 31),
        ("national", "lianzhou"),
        ("还没有发布——连州方案（2023-06-14 发布）", "请去掉 --binding-only"),
    ),
    "in force without a target": (
        date(2025, 6, 30),
        ("national",),
        ("国家计划（期限至 2025-12-31）", "没有约束"),
    ),
}


@pytest.mark.parametrize("name", NOTHING)
def test_why_nothing_is_held_against_a_place(inputs: Inputs, name: str) -> None:
    on, kept, words = NOTHING[name]
    library = PolicyLibrary(tuple(d for d in inputs.library.documents if d.id in kept))
    said = why_nothing(library, inputs.place, on)
    assert all(part in said for part in words)


def test_an_empty_standing_says_why(opened: Callable[..., Inputs], lianzhou: Path, inputs: Inputs) -> None:
    assert evaluate(inputs).empty_because == ""
    after = evaluate(opened(lianzhou, "441882", date(2026, 1, 1)))
    assert after.results == ()
    assert after.empty_because.startswith("没有政策文件适用")
