from collections import Counter

import pytest

from xinglin.base.errors import DefinitionError
from xinglin.facts.model import technique_rows
from xinglin.facts.spelling import technique_spelled
from xinglin.facts.text import normal
from xinglin.knowledge import techniques


def test_the_catalogue() -> None:
    catalogue = techniques.load()
    assert Counter(one.category for one in catalogue.values()) == dict(
        zip("ABCDEFGHIJ", (27, 8, 3, 5, 8, 10, 7, 8, 5, 14), strict=True)
    )
    for code, one in catalogue.items():
        assert code[0] == one.category
        assert int(code[1:]) >= 1
    assert len({one.name for one in catalogue.values()}) == len(catalogue) == 95
    assert len({(one.category, one.category_name) for one in catalogue.values()}) == 10


def test_there_is_one_list_only() -> None:
    assert [(row["technique"], row["name"]) for row in technique_rows()] == [
        (one.code, one.name) for one in techniques.load().values()
    ]
    for one in techniques.load().values():
        assert technique_spelled(normal(one.name)) == one.code


def test_every_spelling_finds_its_technique() -> None:
    for one in techniques.load().values():
        for word in one.spellings:
            assert one in techniques.find(word)
        assert techniques.find(one.name) == techniques.find(one.code.lower()) == (one,)


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("梅花针", ["A11"]),
        ("走罐", ["D01"]),
        ("温针灸", ["B06"]),
        ("三伏贴", ["B04"]),
        ("皮肤针(梅花针)技术", ["A11"]),
        ("药浴", ["G06"]),
        ("点穴", ["F05"]),
        ("理疗", []),
    ],
)
def test_written_words(word: str, codes: list[str]) -> None:
    assert [one.code for one in techniques.find(word)] == codes


def test_invasive_techniques_are_marked() -> None:
    marked = {one.code for one in techniques.load().values() if one.invasive}
    assert {"A01", "A15", "C03", "D04", "E01", "J02"} <= marked
    assert not {"B03", "C01", "D01", "F07", "G01"} & marked


def test_an_edition_that_is_not_there() -> None:
    with pytest.raises(DefinitionError, match="现有：county_plan_2023"):
        techniques.load("county_plan_2030")
