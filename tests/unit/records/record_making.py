"""Small good definitions, and ways to change them: by paths, as an author would by editing the file."""

# ruff: noqa: E501

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from xinglin.base.errors import DefinitionError
from xinglin.records import Book, Definition, load_folders

GONE = object()
"""As a new value: the key is taken out."""

REGISTER = """
kind: register
label: 宣教基地
meaning: 一个基地。
subject: facility
serves: {S232: [fact, report]}
who: {read: [county_officer], write: [facility_head]}
retention: 10
fields:
  name: {label: 名称, type: text, required: true, sample: 某基地}
  level: {label: 级别, type: code, codes: unit_level, required: true, sample: county}
  rooms: {label: 设施, type: codes, options: {hall: 宣讲室, screen: 电子屏}, sample: [hall]}
  people: {label: 人数, type: integer, unit: 人, min: 0, max: 50, sample: 5}
  area: {label: 面积, type: decimal, unit: 平方米, min: 0, places: 1, sample: 12.5}
  verified: {label: 已核验, type: boolean, required: true, sample: true}
  verified_on: {label: 核验日期, type: date, required: true, when: {field: verified, is: true}, sample: 2024-04-10}
  opened: {label: 开放月份, type: month, sample: 2024-05}
  contact: {label: 联系人, type: text, personal: name, sample: 张三}
  photo: {label: 照片, type: file}
checks:
  - {that: {field: verified_on, at_least: {field: valid_from}}, says: 核验日期不能早于开始日期, at: verified_on}
unique: [[facility, name]]
title: [name]
list: [name, level]
filters: [level]
totals: [people]
due: {every: year, level: 6, who: county_officer}
facts:
  - table: unit
    columns: {unit: id, kind: {value: education_base}, place: place, facility: facility, level: level, standard_met: verified, people: people, valid_from: valid_from}
reports:
  counties:
    label: 各县
    by: [county]
    columns:
      bases: {label: 基地数, count: true}
      people: {label: 人数, sum: people, where: {field: verified, is: true}}
"""

CASE = """
kind: case
label: 整改
meaning: 一个问题。
subject: facility
serves: {S031: [transition, deadline]}
who: {read: [county_officer], write: [inspector]}
retention: permanent
fields:
  problem: {label: 问题, type: lines, required: true, sample: 没有记录}
  grade: {label: 程度, type: code, options: {minor: 一般, grave: 严重}, required: true, sample: minor}
  due_on: {label: 期限, type: date, required: true, sample: 2024-06-20}
  plan: {label: 措施, type: lines, sample: 逐锅登记}
  closed_on: {label: 销号日期, type: date, sample: 2024-06-15}
title: [problem]
list: [problem, state]
states:
  open: {label: 待整改, start: true, deadline: {field: due_on, warn: 5, escalate: county_officer}}
  submitted: {label: 待复核, deadline: {working_days: 10}}
  closed: {label: 已销号, end: true}
moves:
  submit: {label: 报结果, from: [open], to: submitted, who: [facility_head], needs: [plan]}
  accept: {label: 通过, from: [submitted], to: closed, who: [inspector], not_by: [submit], sets: {closed_on: today}}
  reject: {label: 退回, from: [submitted], to: open, who: [inspector], reason: true}
reports:
  all: {label: 全部, by: [facility], columns: {closed: {label: 已销号, count: true, where: {field: state, is: closed}}}}
"""

ASSESSMENT = """
kind: assessment
label: 中医馆评估
meaning: 一次评估。
subject: hall
serves: {S076: [report]}
who: {read: [county_officer], write: [facility_head], verify: [county_expert]}
retention: 10
fields:
  note: {label: 说明, type: text, sample: 自评}
title: [hall]
list: [hall, result]
standard:
  name: 评估表
  edition: 第一版
  code: hall_upgrade
  groups:
    place: {label: 场所, items: {A1: {label: 面积, points: 10}, A2: {label: 设备, points: 10, steps: {齐全: 10, 不全: 5, 没有: 0}}}}
    people: {label: 人员, items: {B1: {label: 医师, points: 20, must: true}}}
  results:
    failed: {label: 未完成}
    passed: {label: 完成, needs: {points: 30, musts: true}}
facts:
  - table: assessment
    columns: {assessment: id, thing: hall, standard: {value: hall_upgrade}, date: date, result: result}
"""

SURVEY = """
kind: survey
label: 满意度
meaning: 一轮调查。
subject: place
levels: [6]
serves: {S046: [fact]}
who: {read: [county_officer], write: [county_officer]}
retention: 5
fields:
  note: {label: 说明, type: text, sample: 年度}
title: [place, date]
list: [place, date]
survey:
  respondents: 居民
  survey: satisfaction
  reached: 80
  questions:
    used: {label: 看过吗, type: choice, options: {"yes": 看过, "no": 没有}}
    attitude: {label: 态度, type: scale, points: 50, when: {field: used, is: "yes"}}
    overall: {label: 总的, type: choice, options: {good: 好, bad: 不好}, scores: {good: 50, bad: 0}}
facts:
  - table: survey_response
    columns: {response: id, survey: {value: satisfaction}, place: place, date: date, weight: {value: 1}, reached: reached}
"""

BASES = {"register": REGISTER, "case": CASE, "assessment": ASSESSMENT, "survey": SURVEY}


def content_of(base: str, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A good definition with values at paths (``fields.name.type``) changed."""
    content: dict[str, Any] = copy.deepcopy(yaml.safe_load(BASES[base]))
    for path, value in (changes or {}).items():
        *steps, last = path.split(".")
        at: Any = content
        for step in steps:
            at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
        if isinstance(at, list):
            at[int(last)] = value
        elif value is GONE:
            del at[last]
        else:
            at[last] = value
    return content


def write(folder: Path, name: str, content: Mapping[str, Any] | str, topic: str = "culture") -> Path:
    """A definition as a file of a folder."""
    path = folder / topic / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (
        content
        if isinstance(content, str)
        else yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False)
    )
    path.write_text(text, encoding="utf-8")
    return path


def load(
    folder: Path, base: str, changes: Mapping[str, Any] | None = None, name: str = "thing"
) -> Definition:
    """A changed definition, loaded as a county's own."""
    write(folder, name, content_of(base, changes))
    return load_folders(folder)[name]


def faults(folder: Path, *more: Path) -> tuple[str, ...]:
    """What the author of the definitions in a folder is told; nothing if they are good."""
    try:
        load_folders(folder, *more)
    except DefinitionError as error:
        return error.faults
    return ()


def book_of(*definitions: Definition) -> Book:
    """A book of these definitions alone."""
    return Book(definitions, {})
