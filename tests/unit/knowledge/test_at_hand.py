import pytest

from xinglin.knowledge import at_hand, diseases, syndromes
from xinglin.knowledge.at_hand import DiseaseSheet, PatternSheet, Relation


def of_pattern(word: str) -> PatternSheet:
    term = syndromes.find(word).term
    assert term is not None
    return at_hand.of_pattern(term)


def of_disease(code: str) -> DiseaseSheet:
    term = diseases.get(code)
    assert term is not None
    return at_hand.of_disease(term)


def named(sheet: PatternSheet | DiseaseSheet, relation: Relation) -> list[str]:
    return [link.formula.name for link in sheet.formulas if link.relation is relation]


@pytest.mark.parametrize(
    ("word", "whole", "part"),
    [
        ("脾胃气虚证", ["四君子汤"], ["六君子汤", "香砂六君子汤"]),
        ("肝肾阴虚证", ["六味地黄丸", "杞菊地黄丸", "二至丸"], ["清骨散", "知柏地黄丸", "一贯煎"]),
        ("外寒内饮证", ["小青龙汤"], []),
        ("心脾两虚证", ["归脾汤"], []),
        ("阳明腑实证", ["大承气汤"], ["小承气汤"]),
        ("湿热下注证", ["二妙散", "四妙丸"], ["龙胆泻肝汤"]),
    ],
)
def test_formulas_of_a_pattern(word: str, whole: list[str], part: list[str]) -> None:
    sheet = of_pattern(word)
    assert (named(sheet, Relation.WHOLE), named(sheet, Relation.PART)) == (whole, part)


def test_nothing_is_invented() -> None:
    tied = 0
    for pattern in syndromes.load():
        words = {name.removesuffix("证") for name in (pattern.name, *pattern.aliases, *pattern.usual)}
        for link in at_hand.of_pattern(pattern).formulas:
            tied += 1
            assert link.evidence in link.formula.indication
            assert any(word in link.evidence for word in words)
            assert link.relation is not Relation.SIGN
    for disease in diseases.load():
        names = {disease.name, *disease.aliases, *disease.usual}
        for link in at_hand.of_disease(disease).formulas:
            tied += 1
            assert link.evidence in link.formula.indication
            assert any(name in link.evidence for name in names)
    assert tied > 200


def test_signs_and_sources() -> None:
    sheet = of_pattern("脾胃气虚证")
    assert sheet.signs is not None
    assert sheet.signs.symptoms == ("食少", "脘胀", "便溏", "乏力")
    assert (sheet.signs.tongue, sheet.signs.pulse, sheet.signs.principle) == (
        "舌淡，苔薄白",
        "弱",
        "益气健脾和胃",
    )
    assert "不是标准原文" in sheet.signs_source
    assert sheet.formulas[0].source.startswith("《太平惠民和剂局方》，据")
    assert sheet.gaps == (at_hand.NO_TECHNIQUES,)


def test_what_the_sources_do_not_give_is_said() -> None:
    sheet = of_pattern("风寒犯肺证")
    assert (sheet.signs, sheet.signs_source) == (None, "")
    assert sheet.gaps[0] == at_hand.NO_SIGNS
    narrow = of_pattern("脾气下陷证")
    assert [pattern.name for pattern in narrow.broader] == ["气陷证"]
    none = of_disease("A12.05")
    assert none.gaps == (
        at_hand.NO_DISEASE_SIGNS,
        "资料里没有主治写明“耳胀”的方剂",
        at_hand.NO_TECHNIQUES,
    )
    assert all(at_hand.of_pattern(pattern).gaps for pattern in syndromes.load())


def test_formulas_and_patterns_of_a_disease() -> None:
    sweat = of_disease("A06.08.02")
    assert named(sweat, Relation.PART) == ["当归六黄汤"]
    assert named(sweat, Relation.SIGN) == ["清骨散", "大补阴丸"]
    assert [pattern.name for pattern in sweat.patterns] == ["阴虚火旺证"]
    assert named(of_disease("A05.02"), Relation.WHOLE) == ["甘麦大枣汤"]
    plum = of_disease("A14.09")
    assert [pattern.name for pattern in plum.patterns] == ["痰气互结证"]
    insomnia = of_disease("A17.11")
    assert [disease.name for disease in insomnia.formal] == ["不寐病"]


def test_a_compound_pathogen_is_not_cut() -> None:
    assert not {"九味羌活汤", "荆防败毒散"} & {
        link.formula.name for link in of_pattern("外感风寒证").formulas
    }
