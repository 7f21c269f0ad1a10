"""Table declarations refuse what they do not understand, in Chinese."""

import pytest

from xinglin.base.errors import DefinitionError
from xinglin.base.yamlfile import build
from xinglin.facts import Column, load_contract

PLACE = {"label": "所在地", "type": "place", "meaning": "代码"}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"levels": [6], "type": "text"}, "文件：只有类型 place 才写 levels"),
        ({"levels": []}, "文件：levels 应从小到大取自 2、4、6、9、12"),
        ({"levels": [7]}, "文件：levels 应从小到大取自 2、4、6、9、12"),
        ({"levels": [9, 6]}, "文件：levels 应从小到大取自 2、4、6、9、12"),
        ({"levels": [6, 6]}, "文件：levels 应从小到大取自 2、4、6、9、12"),
        ({"levels": 6}, "levels：应为列表"),
        ({"levels": ["县"]}, "levels.0：应为整数"),
        ({"level": [6]}, "level：不认识这个键，请检查拼写或删去"),
        ({"codes": "ownership"}, "文件：类型 code 必须且只有它才写 codes 或 options（只写一个）"),
        ({"references": "facility"}, "文件：类型 ref 必须且只有它才写 references"),
    ],
)
def test_a_column_is_refused(change: dict[str, object], fault: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        build(Column, {**PLACE, **change}, "x.yaml")

    assert refused.value.faults == (fault,)


def test_levels_of_the_contract() -> None:
    tables = load_contract().tables.items()
    stated = {
        f"{name}.{key}": column.levels
        for name, table in tables
        for key, column in table.columns.items()
        if column.levels
    }

    assert stated == {
        "facility.place": (6, 9, 12),
        "consortium.place": (6,),
        "catchment.place": (6, 9),
        "population.place": (6, 9, 12),
        "trainer.place": (2, 4, 6),
        "training.place": (6, 9, 12),
        "promotion.place": (6, 9, 12),
        "supervision_visit.place": (4, 6, 9, 12),
    }
