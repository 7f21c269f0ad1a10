"""One file with every kind of fault a row can have: each is told once, at its place, with what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from exchange_factories import (
    COUNTY,
    OTHER_TOWN,
    TOWN,
    bring,
    facility_row,
    make_facility,
    make_person,
    workbook,
)

from xinglin.apps.accounts.models import User
from xinglin.apps.exchange import actions
from xinglin.apps.organisations.models import Catchment, Consortium, Department, Post, TcmHall

CARD = "11010519491231002X"
LONG = "长" * 101


def department(**more: Any) -> dict[str, Any]:
    return {
        "机构编号": "F1",
        "科室类别": "老年病科",
        "床位数": 5,
        "设置日期": date(2010, 1, 1),
        "撤销日期": None,
        **more,
    }


def hall(**more: Any) -> dict[str, Any]:
    return {
        "中医馆编号": "",
        "机构编号": "F2",
        "符合标准": "是",
        "建成日期": date(2015, 1, 1),
        "停用日期": None,
        **more,
    }


def person(**more: Any) -> dict[str, Any]:
    return {
        "人员编号": "",
        "姓名": "李四",
        "证件号码": "",
        "执业资格": "physician",
        "执业类别": "tcm",
        **more,
    }


def post(**more: Any) -> dict[str, Any]:
    return {
        "人员编号": "P2",
        "机构编号": "F2",
        "主要执业": "否",
        "起始日期": date(2020, 1, 1),
        "终止日期": None,
        **more,
    }


def technique(**more: Any) -> dict[str, Any]:
    return {"机构编号": "F1", "技术": "毫针", "熟练程度": "proficient", "开展日期": date(2020, 1, 1), **more}


def catchment(**more: Any) -> dict[str, Any]:
    return {"医共体编号": "X1", "地区代码": TOWN, "起始日期": date(2020, 1, 1), **more}


F, D, H, P, W, T, C = "机构", "科室", "中医馆", "人员", "任职", "适宜技术开展", "医共体服务区"

CASES: list[tuple[str, dict[str, Any], str, str, str]] = [
    # sheet, row, kind, column, words that the message has
    (F, facility_row(机构名称=""), "empty_required", "机构名称", "没有填"),
    (F, facility_row(机构名称="类别", 机构类别="卫星院"), "unknown_code", "机构类别", "不在代码表"),
    (F, facility_row(机构名称="代码", 所在地代码="4418X"), "bad_place", "所在地代码", "不是区划代码"),
    (F, facility_row(机构名称="没有的镇", 所在地代码="441882999"), "bad_place", "所在地代码", "区划里没有"),
    (F, facility_row(机构名称="到市", 所在地代码="4418"), "place_level", "所在地代码", "是市"),
    (F, facility_row(机构名称="到县", 所在地代码=COUNTY), "place_level", "所在地代码", "只到县"),
    (F, facility_row(机构名称="科学记数", 所在地代码="4.4188E+11"), "bad_place", "所在地代码", "科学记数法"),
    (
        F,
        facility_row(机构名称="外县", 所在地代码=OTHER_TOWN),
        "outside_area",
        "所在地代码",
        "不在您管理的范围",
    ),
    (F, facility_row(机构名称="抢别县的", 机构编号="S1"), "outside_area", "机构编号", "别的地区登记"),
    (F, facility_row(机构名称="床位字", 床位数="六十"), "bad_number", "床位数", "不是数字"),
    (F, facility_row(机构名称="床位单位", 床位数="60张"), "number_with_unit", "床位数", "带了“张”"),
    (F, facility_row(机构名称="半张床", 床位数=60.5), "not_integer", "床位数", "不是整数"),
    (F, facility_row(机构名称="床太多", 床位数=30000), "out_of_range", "床位数", "超出范围"),
    (F, facility_row(机构名称="床负数", 床位数=-1), "out_of_range", "床位数", "超出范围"),
    (F, facility_row(机构名称="是否", 政府办="大概"), "bad_boolean", "政府办", "看不出是还是否"),
    (F, facility_row(机构名称="日期", 开业日期="去年"), "bad_date", "开业日期", "去年"),
    (
        F,
        facility_row(机构名称="没有这天", 开业日期="2020-02-30"),
        "impossible_date",
        "开业日期",
        "2020-02-30",
    ),
    (F, facility_row(机构名称="颠倒", 停业日期=date(1999, 1, 1)), "dates_reversed", "停业日期", "早于"),
    (F, facility_row(机构名称=LONG), "too_long", "机构名称", "101 个字"),
    (F, facility_row(机构名称="乱\ufffd码"), "garbled", "机构名称", "乱码"),
    (F, facility_row(机构名称="控制\x07符"), "bad_character", "机构名称", "控制字符"),
    (F, facility_row(机构名称="编号", 机构编号="编号一"), "bad_id", "机构编号", "不能作编号"),
    (F, facility_row(机构名称="卫生院 F1"), "same_name", "机构名称", "F1"),
    (F, facility_row(机构名称="重复甲", 机构编号="N1"), "", "", ""),
    (F, facility_row(机构名称="重复乙", 机构编号="N1"), "duplicate_key", "机构编号", "重复"),
    (F, {**facility_row(机构名称="占位"), "中医类别": "无"}, "placeholder", "中医类别", "空着"),
    (F, facility_row(机构名称="错误值", 床位数="#REF!"), "formula_error", "床位数", "公式出错"),
    (F, {"机构编号": "合计", "机构名称": "", "床位数": 99}, "total_row", "", "不是数据"),
    (D, department(机构编号="F9"), "dangling_reference", "机构编号", "没有编号“F9”"),
    (D, department(机构编号="S2"), "dangling_reference", "机构编号", "您管理的范围内"),
    (D, department(机构编号="F3", 科室类别="治未病科"), "after_closing", "撤销日期", "停业"),
    (D, department(科室类别="康复科", 设置日期=date(2012, 1, 1)), "conflict", "机构编号", "在设的同类科室"),
    (D, department(科室类别="发热门诊"), "", "", ""),
    (D, department(科室类别="发热门诊"), "duplicate_key", "机构编号", "重复"),
    (H, hall(机构编号="F1"), "conflict", "机构编号", "一个机构一馆"),
    (P, person(姓名="甲", 证件号码="110105194912310021"), "bad_card", "证件号码", "校验位"),
    (P, person(姓名="乙", 证件号码=CARD), "same_person", "证件号码", "已经登记过"),
    (W, post(人员编号="P1", 主要执业="是"), "conflict", "人员编号", "主要执业机构"),
    (W, post(人员编号="P9"), "dangling_reference", "人员编号", "没有编号“P9”"),
    (W, post(人员编号="P2", 主要执业="是"), "", "", ""),
    (W, post(人员编号="P2", 主要执业="是", 机构编号="F1"), "two_main_posts", "主要执业", "主要执业"),
    (T, technique(技术="飞针走线"), "unknown_code", "技术", "目录里没有"),
    (T, technique(机构编号="0F1"), "dangling_reference", "机构编号", "没有编号"),
    (C, catchment(), "catchment_overlap", "地区代码", "整县和乡镇只留一种"),
]


@pytest.fixture
def officer(account: Callable[..., User]) -> User:
    """An officer of a county in which something stands that new rows run into."""
    make_facility("F1")
    make_facility("F2")
    make_facility("F3", valid_to=date(2019, 12, 31))
    make_facility("S1", place=OTHER_TOWN)
    make_facility("S2", place=OTHER_TOWN)
    make_person("P1")
    make_person("P2")
    known = make_person("P3", name="王五", id_number=CARD)
    from xinglin.apps.organisations.identity import derive_practitioner

    derive_practitioner(known)
    known.save()
    Department.objects.create(facility_id="F1", kind="rehabilitation", valid_from=date(2011, 1, 1))
    TcmHall.objects.create(hall="H1", facility_id="F1", valid_from=date(2015, 1, 1))
    Post.objects.create(practitioner_id="P1", facility_id="F1", main=True, valid_from=date(2010, 1, 1))
    lead = make_facility("F4", place=COUNTY, kind="tcm_hospital")
    Consortium.objects.create(consortium="X1", name="医共体", lead=lead, place=COUNTY)
    Catchment.objects.create(consortium_id="X1", place=COUNTY, valid_from=date(2019, 1, 1))
    return account("county_officer", COUNTY)


def book() -> tuple[bytes, list[tuple[str, int, str, str, str]]]:
    """The workbook, and sheet, row, kind, column and words of every fault in it."""
    sheets: dict[str, list[dict[str, Any]]] = {}
    wanted = []
    for sheet, row, kind, column, words in CASES:
        rows = sheets.setdefault(sheet, [])
        first = rows[0] if rows else row
        rows.append({header: row.get(header, "") for header in first})
        if kind:
            wanted.append((sheet, len(rows) + 1, kind, column, words))
    return workbook(sheets), wanted


def test_every_fault_is_told_once_at_its_place(officer: User) -> None:
    content, wanted = book()
    one = bring(officer, content, "全部.xlsx")
    told = [problem for problem in actions.report_of(one) if problem["severity"] == "error"]
    found = sorted((t["sheet"], t["row"], t["kind"], t["column"]) for t in told)
    expected = sorted(want[:4] for want in wanted)
    assert [one for one in found if one not in expected] == [one for one in expected if one not in found]
    assert found == expected
    assert len(wanted) >= 40
    by_place = {(t["sheet"], t["row"]): t for t in told}
    for sheet, row, kind, _, words in wanted:
        problem = by_place[sheet, row]
        assert words in problem["what"] + problem["fix"], (kind, problem)
        assert problem["fix"], kind
        assert len(problem["what"]) < 120


def test_good_rows_among_them_go_in(officer: User) -> None:
    content, wanted = book()
    one = bring(officer, content, "全部.xlsx")
    assert one.total("bad") == len(wanted)
    actions.apply(one=one, mode="good", by=officer)
    one.refresh_from_db()
    assert one.state == "applied"
    assert one.total("new") == len(CASES) - len(wanted)


SHEET_FAULTS: list[tuple[str, dict[str, list[dict[str, Any]]], str]] = [
    ("missing column", {"机构": [{"机构编号": "", "机构名称": "甲"}]}, "missing_column"),
    ("unknown column", {"机构": [{**facility_row(), "邮编": "510000"}]}, "unknown_column"),
    ("unknown sheet", {"机构": [facility_row()], "随便": [{"甲": 1}]}, "unknown_sheet"),
    ("table of another app", {"机构": [facility_row()], "诊疗": [{"甲": 1}]}, "not_importable"),
    ("no header", {"机构": [{"一": 1, "二": 2}]}, "no_header"),
]


@pytest.mark.parametrize(("name", "sheets", "kind"), SHEET_FAULTS, ids=[case[0] for case in SHEET_FAULTS])
def test_faults_of_whole_sheets(
    officer: User, name: str, sheets: dict[str, list[dict[str, Any]]], kind: str
) -> None:
    if name == "table of another app":
        from xinglin.facts import load_contract

        label = load_contract().table("visit").label
        sheets = {"机构": sheets["机构"], label: sheets["诊疗"]}
    one = bring(officer, workbook(sheets), "x.xlsx")
    kinds = {problem["kind"] for problem in actions.report_of(one)}
    assert kind in kinds
    assert one.errors
