"""Definitions that are refused, each with the message its author sees."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from xinglin.base.errors import DefinitionError
from xinglin.facts import load_contract
from xinglin.measures.definition import load_book, read_definition

GOOD: dict[str, Any] = {
    "id": "good",
    "label": "例",
    "meaning": "例",
    "kind": "share",
    "unit": "%",
    "direction": "up",
    "period": "stock",
    "parameters": {"beds": {"label": "床位", "type": "integer", "default": 5}},
    "units": {"table": "facility"},
    "condition": {"column": "beds", "at_least": "$beds"},
    "sources": [{"document": "例", "says": "例"}],
    "author": "测试",
}
ON_BEDS = {"column": "beds", "at_least": "$beds"}
VISITS = {"count": "visit"}


def share(condition: Any) -> dict[str, Any]:
    """A share with another condition (the parameter still used)."""
    return {"condition": {"all": [ON_BEDS, condition]}}


def cells(**more: Any) -> dict[str, Any]:
    """A measure counted by facility and month, with something changed."""
    part = {"when": ON_BEDS, "value": VISITS}
    content = {
        "condition": None,
        "kind": "ratio",
        "period": "year",
        "cells": True,
        "numerator": part,
        "denominator": VISITS,
    }
    return {**content, **more}


CELLS_PART = (
    "逐机构逐月计数只能由 count、sum、when 组成，所数的表须由机构按月填报、直接联系到机构、不写 window"
)
TESTS = "应有且只有一个判断（at_least、at_most、in、is、is_not、less_than、more_than、present、recent_days）"

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("unknown key", {"colour": "red"}, "colour：不认识这个键，请检查拼写或删去"),
    ("missing key", {"label": None}, "label：应为文字"),
    (
        "unknown kind",
        {"kind": "median"},
        "kind：值不在允许的范围内：share、ratio、rate、count、flag",
    ),
    ("unused parameter", {"condition": {"column": "beds", "at_least": 5}}, "参数“beds”声明了却没有用到"),
    (
        "undeclared parameter",
        share({"column": "beds", "at_least": "$rooms"}),
        "condition.all[1].at_least：没有声明参数“rooms”",
    ),
    (
        "default of another type",
        {"parameters": {"beds": {"label": "床位", "type": "integer", "default": "五"}}},
        "参数“beds”（床位）的值“五”类型不对，应为 integer",
    ),
    (
        "parameter of an unknown code list",
        {"parameters": {"beds": {"label": "床位", "type": "code", "codes": "colours", "default": "red"}}},
        "参数“beds”的代码表“colours”不存在",
    ),
    (
        "parameter with a bad code",
        {"parameters": {"beds": {"label": "床位", "type": "code", "codes": "tcm_kind", "default": "red"}}},
        "参数“beds”的代码“red”不在代码表“tcm_kind”中",
    ),
    ("unknown table", {"units": {"table": "spaceship"}}, "units.table：没有“spaceship”这张表"),
    (
        "units without a place",
        {"units": {"table": "practitioner"}},
        "units.table：“practitioner”不带地区，不能作单位",
    ),
    (
        "region without level",
        {"units": {"table": "region"}},
        "units：单位是 region 时，且只有这时，要写 level（4 或 6）",
    ),
    (
        "level without region",
        {"units": {"table": "facility", "level": 6}},
        "units：单位是 region 时，且只有这时，要写 level（4 或 6）",
    ),
    ("level of another length", {"units": {"table": "region", "level": 9}}, "units.level：应为 4 或 6"),
    (
        "completeness over an unknown column",
        {"units": {"table": "facility", "complete": {"column": "floors", "present": True}}},
        "units.complete.column：表“facility”没有“floors”这一列",
    ),
    (
        "unknown column",
        share({"column": "floors", "is": 1}),
        "condition.all[1].column：表“facility”没有“floors”这一列",
    ),
    (
        "unknown path",
        share({"column": "place.city", "is": "x"}),
        "condition.all[1].column：表“facility”没有“place.city”这一列",
    ),
    (
        "wrong type",
        share({"column": "beds", "is": "many"}),
        "condition.all[1].is：“many”与要比较的值类型不同",
    ),
    (
        "boolean as a number",
        share({"column": "beds", "is": True}),
        "condition.all[1].is：“True”与要比较的值类型不同",
    ),
    (
        "order of words",
        share({"column": "name", "more_than": "x"}),
        "condition.all[1].more_than：文字和是否只能用 is 或 is_not 比较",
    ),
    (
        "bad code",
        share({"column": "kind", "is": "palace"}),
        "condition.all[1].is：代码表“机构类别”里没有“palace”",
    ),
    (
        "bad code in a list",
        share({"column": "kind", "in": ["palace"]}),
        "condition.all[1].in：代码表“机构类别”里没有“palace”",
    ),
    (
        "codes without an order",
        share({"column": "kind", "at_least": "clinic"}),
        "condition.all[1].at_least：代码表“机构类别”不能这样比较，请用 is、is_not 或 in",
    ),
    (
        "in without codes",
        share({"column": "beds", "in": ["5"]}),
        "condition.all[1].in：in 只能用于有代码表的列",
    ),
    ("in without a list", share({"column": "kind", "in": "clinic"}), "condition.all[1].in：应为代码列表"),
    (
        "recent of a number",
        share({"column": "beds", "recent_days": 5}),
        "condition.all[1].recent_days：只能用于日期列",
    ),
    ("recent of no days", share({"column": "valid_from", "recent_days": 0}), "days 应至少为 1"),
    (
        "present of a word",
        share({"column": "beds", "present": "yes"}),
        "condition.all[1].present：应为 true 或 false",
    ),
    ("no test", share({"column": "beds"}), f"condition.all[1]：{TESTS}"),
    ("two tests", share({"column": "beds", "is": 1, "at_least": 2}), f"condition.all[1]：{TESTS}"),
    (
        "unknown key in a condition",
        share({"exists": "tcm_hall", "twice": True}),
        "condition.all[1]：不认识的键：twice；可用：exists",
    ),
    ("empty all", share({"all": []}), "condition.all[1].all：应为不空的条件列表"),
    ("condition is a word", share("beds"), "condition.all[1]：条件应为键值表"),
    (
        "literal of two types",
        share({"literal": 1, "is": "x"}),
        "condition.all[1].is：常数只能与同类的常数用 is 比较",
    ),
    (
        "percent is a word",
        share({"part": VISITS, "of": VISITS, "at_least_percent": "half"}),
        "condition.all[1].at_least_percent：应为数字",
    ),
    ("part without of", share({"part": VISITS}), "condition.all[1]：缺少键：at_least_percent、of"),
    (
        "part is no number",
        share({"part": {"column": "name"}, "of": VISITS, "at_least_percent": 5}),
        "condition.all[1].part：这里要数字",
    ),
    (
        "no link",
        share({"exists": "practitioner"}),
        "condition.all[1].exists：“practitioner”与“facility”的联系不唯一，请写 by 和 matches",
    ),
    (
        "link by types apart",
        share({"exists": {"table": "tcm_hall", "by": "standardised", "matches": "beds"}}),
        "condition.all[1].exists：“standardised”与“beds”类型不同，不能相等",
    ),
    (
        "no `by` and no id",
        {
            "units": {"table": "post"},
            "condition": {
                "all": [
                    {"column": "facility.beds", "at_least": "$beds"},
                    {"exists": {"table": "visit", "by": "facility"}},
                ]
            },
        },
        "condition.all[1].exists：请写 matches：本行的哪一列与 by 相等",
    ),
    (
        "within only for units",
        share(
            {
                "exists": {
                    "table": "region",
                    "by": "code",
                    "matches": "place.county",
                    "where": {"exists": "facility"},
                }
            }
        ),
        "condition.all[1].exists.where.exists：只有单位是 region 时，相关的行才按所在地区联系；这里请写 by 和 matches",
    ),
    (
        "window of a register",
        share({"exists": {"table": "tcm_hall", "window": {"months": 3}}}),
        "condition.all[1].exists.window：window 只能用于有日期的事件表",
    ),
    (
        "empty window",
        share({"exists": {"table": "visit", "window": {}}}),
        "condition.all[1].exists.window：请写 months 或 since",
    ),
    (
        "window of both",
        share({"exists": {"table": "visit", "window": {"months": 3, "since": "$beds"}}}),
        "condition.all[1].exists.window.since：“5”类型不对，months 要整数，since 要日期",
    ),
    (
        "latest of a register",
        share({"latest": "hall", "rows": "tcm_hall", "present": True}),
        "condition.all[1].rows：latest 只能用于有日期的事件表",
    ),
    (
        "latest with a bad default",
        share({"latest": "result", "rows": "assessment", "default": "gold", "present": True}),
        "condition.all[1].default：代码表“评审结果”里没有“gold”",
    ),
    (
        "sum of words",
        share({"sum": "hall", "rows": "tcm_hall", "is": 1}),
        "condition.all[1].sum：只能加总数字列",
    ),
    (
        "unknown total",
        share({"exists": {"table": "visit", "total": "smiles"}}),
        "condition.all[1].exists.total：汇总项目里没有“smiles”",
    ),
    ("key the kind does not use", {"numerator": VISITS}, "numerator：share 不用这个键，请删去"),
    ("per without a rate", {"per": 1000}, "per：share 不用这个键，请删去"),
    (
        "kind without its key",
        {"kind": "rate", "condition": None, "numerator": {"column": "beds"}},
        "rate 要写 numerator 和 population",
    ),
    (
        "unknown population",
        {
            "kind": "rate",
            "condition": None,
            "numerator": {"when": ON_BEDS, "value": VISITS},
            "population": "cats",
        },
        "population：人口表没有“cats”这一列",
    ),
    ("disaggregate by no codes", {"disaggregate": ["name"]}, "disaggregate：“name”不是有代码表的列"),
    ("disaggregate by no column", {"disaggregate": ["colour"]}, "disaggregate：“colour”不是有代码表的列"),
    (
        "cells of halls",
        cells(
            units={"table": "tcm_hall", "where": {"column": "facility.beds", "at_least": "$beds"}},
            numerator={"count": {"table": "visit", "by": "facility", "matches": "facility"}},
            denominator={"count": {"table": "visit", "by": "facility", "matches": "facility"}},
        ),
        "cells：逐机构逐月计数的单位应为 facility",
    ),
    ("cells of a share", {"cells": True, "period": "year"}, "cells：逐机构逐月计数只用于 ratio 和 count"),
    ("cells of a stock", cells(period="stock"), "cells：逐机构逐月计数的 period 应为 year 或 month"),
    ("cells of a constant", cells(denominator={"literal": 1}), f"denominator：{CELLS_PART}"),
    ("cells of a column", cells(denominator={"column": "beds"}), f"denominator：{CELLS_PART}"),
    (
        "cells of a yearly table",
        cells(denominator={"count": "health_management"}),
        f"denominator：{CELLS_PART}",
    ),
    (
        "cells of persons",
        cells(denominator={"count_distinct": "person", "rows": "visit"}),
        f"denominator：{CELLS_PART}",
    ),
    (
        "cells with a window",
        cells(denominator={"count": {"table": "visit", "window": {"months": 3}}}),
        f"denominator：{CELLS_PART}",
    ),
    (
        "cells by another link",
        cells(denominator={"count": {"table": "visit", "by": "person", "matches": "name"}}),
        f"denominator：{CELLS_PART}",
    ),
]


def written(folder: Path, changes: dict[str, Any], name: str = "good") -> Path:
    """A definition file with some keys changed (None: left as it is written)."""
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump({**deepcopy(GOOD), **changes}, allow_unicode=True), encoding="utf-8")
    return path


def test_the_good_one_is_good(tmp_path: Path) -> None:
    assert read_definition(written(tmp_path, {}), load_contract()).id == "good"


def test_good_cells_are_good(tmp_path: Path) -> None:
    assert read_definition(written(tmp_path, cells()), load_contract()).cells


@pytest.mark.parametrize(
    ("changes", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    path = written(tmp_path, changes)
    with pytest.raises(DefinitionError) as raised:
        read_definition(path, load_contract())
    assert raised.value.faults == (message,)


def test_id_is_the_name_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, {}, "other")
    with pytest.raises(DefinitionError) as raised:
        read_definition(path, load_contract())
    assert raised.value.faults == ("id“good”与文件名不同",)


def test_names_are_used_once(tmp_path: Path) -> None:
    written(tmp_path, {"indicators": {"same": {"label": "甲"}}})
    written(tmp_path, {"id": "later", "indicators": {"same": {"label": "乙"}}}, "later")
    with pytest.raises(DefinitionError) as raised:
        load_book(tmp_path)
    assert raised.value.faults == ("指标名“same”已被“good”使用",)
