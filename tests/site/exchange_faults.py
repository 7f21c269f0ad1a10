"""Rows of one workbook, each with one fault; and whole files and worksheets that are faulty."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
from exchange_factories import COUNTY, OTHER_TOWN, TOWN, csv_file, facilities, facility_row, workbook

from xinglin.apps.exchange import guard

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CARD = "11010519491231002X"
F, D, H, K, P, W, T, C = "机构", "科室", "中医馆", "平台接入", "人员", "任职", "适宜技术开展", "医共体服务区"
X = "医共体"


def f(name: str, **more: Any) -> dict[str, Any]:
    return facility_row(机构名称=name, **more)


def d(**more: Any) -> dict[str, Any]:
    row = {
        "机构编号": "F1",
        "科室类别": "老年病科",
        "床位数": 5,
        "设置日期": date(2010, 1, 1),
        "撤销日期": None,
    }
    return {**row, **more}


def h(**more: Any) -> dict[str, Any]:
    row = {
        "中医馆编号": "",
        "机构编号": "F2",
        "符合标准": "是",
        "建成日期": date(2015, 1, 1),
        "停用日期": None,
    }
    return {**row, **more}


def k(**more: Any) -> dict[str, Any]:
    return {"中医馆编号": "H1", "接入日期": date(2021, 1, 1), "断开日期": None, **more}


def p(**more: Any) -> dict[str, Any]:
    row = {"人员编号": "", "姓名": "李四", "证件号码": "", "联系电话": ""}
    return {**row, "执业资格": "physician", "执业类别": "tcm", **more}


def w(**more: Any) -> dict[str, Any]:
    row = {
        "人员编号": "P2",
        "机构编号": "F2",
        "主要执业": "否",
        "起始日期": date(2020, 1, 1),
        "终止日期": None,
    }
    return {**row, **more}


def t(**more: Any) -> dict[str, Any]:
    row = {"机构编号": "F1", "技术": "毫针", "熟练程度": "proficient", "开展日期": date(2020, 1, 1)}
    return {**row, "停止日期": None, **more}


def c(**more: Any) -> dict[str, Any]:
    return {"医共体编号": "X1", "地区代码": TOWN, "起始日期": date(2020, 1, 1), "终止日期": None, **more}


def x(**more: Any) -> dict[str, Any]:
    row = {"医共体编号": "", "名称": "第二医共体", "牵头机构": "F3", "所在县代码": COUNTY}
    return {**row, "成立日期": date(2018, 1, 1), "终止日期": None, **more}


ROWS: list[tuple[str, str, dict[str, Any]]] = [
    # kind of fault ("" for a good row that another needs), worksheet, row
    ("required cell empty", F, f("")),
    ("code of no list", F, f("类别", 机构类别="卫星院")),
    ("code that is near to none", F, f("所有制", 所有制="？？")),
    ("place that is no code", F, f("代码", 所在地代码="4418X")),
    ("place that does not exist", F, f("没有的镇", 所在地代码="441882999")),
    ("place of another level", F, f("到市", 所在地代码="4418")),
    ("place too coarse", F, f("到县", 所在地代码=COUNTY)),
    ("place in scientific notation", F, f("科学记数", 所在地代码="4.4188E+11")),
    ("place outside the area", F, f("外县", 所在地代码=OTHER_TOWN)),
    ("row of another area", F, f("抢别县的", 机构编号="S1")),
    ("number in words", F, f("床位字", 床位数="六十")),
    ("number with unit", F, f("床位单位", 床位数="60张")),
    ("percentage", F, f("床位百分数", 床位数="85%")),
    ("fraction where whole", F, f("半张床", 床位数=60.5)),
    ("number too large", F, f("床太多", 床位数=30000)),
    ("number below zero", F, f("床负数", 床位数=-1)),
    ("number in scientific notation", F, f("床位科学记数", 床位数="1.2E+10")),
    ("number as placeholder", F, f("床位杠", 床位数="--")),
    ("number as date", F, f("床位日期", 床位数=date(2020, 3, 1))),
    ("number as truth", F, f("床位真假", 床位数=True)),
    ("neither yes nor no", F, f("是否", 政府办="大概")),
    ("no date", F, f("日期", 开业日期="去年")),
    ("date without day", F, f("到月", 开业日期="2020年3月")),
    ("date as serial number", F, f("序号", 开业日期=43831)),
    ("day that does not exist", F, f("没有这天", 开业日期="2020-02-30")),
    ("year beyond reason", F, f("公元前", 开业日期="1018-05-01")),
    ("dates the wrong way round", F, f("颠倒", 停业日期=date(1999, 1, 1))),
    ("text too long", F, f("长" * 101)),
    ("garbled text", F, f("乱\ufffd码")),
    ("control character", F, f("控制\x07符")),
    ("character of no width", F, f("零宽\u200b空格")),
    ("id that became a date", F, f("变成日期", 机构编号=date(2020, 1, 8))),
    ("id that cannot be one", F, f("编号", 机构编号="编号一")),
    ("id in scientific notation", F, f("编号", 机构编号="1.23457E+17")),
    ("name of what is there", F, f("卫生院 F1")),
    ("", F, f("同名")),
    ("name of a row before", F, f("同名")),
    ("", F, f("重复甲", 机构编号="N1")),
    ("id twice in the file", F, f("重复乙", 机构编号="N1")),
    ("name that is none", F, f("暂无")),
    ("code as placeholder", F, {**f("占位"), "中医类别": "无"}),
    ("formula that failed", F, f("错误值", 床位数="#REF!")),
    ("sum below the rows", F, {"机构编号": "合计", "机构名称": "", "床位数": 99}),
    ("remark below the rows", F, {"机构编号": "填表人：张三"}),
    ("header again", F, {header: header for header in facility_row()}),
    ("closing what has a department", F, f("卫生院 F5", 机构编号="F5", 停业日期=date(2020, 1, 1))),
    ("closing what leads a consortium", F, f("卫生院 F6", 机构编号="F6", 停业日期=date(2020, 1, 1))),
    ("led by a closed hospital", X, x()),
    ("reference to nothing", D, d(机构编号="F9")),
    ("reference outside the area", D, d(机构编号="S2")),
    ("reference to a bad row", D, d(机构编号="S1", 科室类别="康复科")),
    ("reference without its zeros", D, d(机构编号="77", 科室类别="治未病科")),
    ("after closing", D, d(机构编号="F3", 科室类别="治未病科")),
    ("second of its kind open", D, d(科室类别="康复科", 设置日期=date(2012, 1, 1))),
    ("days that overlap", D, d(科室类别="康复科", 撤销日期=date(2012, 1, 1))),
    ("", D, d(科室类别="发热门诊")),
    ("key twice in the file", D, d(科室类别="发热门诊")),
    ("second hall", H, h(机构编号="F1")),
    ("card number of wrong length", P, p(姓名="甲", 证件号码="11010519491231")),
    ("card number with wrong check digit", P, p(姓名="甲", 证件号码="110105194912310021")),
    ("card number without a birthday", P, p(姓名="甲", 证件号码="110105194913310022")),
    ("card number rounded by Excel", P, p(姓名="甲", 证件号码=110105194912310000)),
    ("person who is there", P, p(姓名="乙", 证件号码=CARD)),
    ("", P, p(姓名="丙", 证件号码="110105199001011232")),
    ("person twice in the file", P, p(姓名="丁", 证件号码="110105199001011232")),
    ("telephone number of wrong length", P, p(姓名="戊", 联系电话="1380013800")),
    ("name in place of a telephone number", P, p(姓名="己", 联系电话="无")),
    ("second main post open", W, w(人员编号="P1", 主要执业="是")),
    ("reference to no person", W, w(人员编号="P9")),
    ("", W, w(主要执业="是")),
    ("second main post in the file", W, w(主要执业="是", 机构编号="F1")),
    ("technique not in the catalogue", T, t(技术="飞针走线")),
    ("township of a county that is served", C, c()),
]


def book() -> tuple[bytes, dict[str, tuple[str, int]]]:
    """All rows as one workbook; kind of fault → worksheet and row."""
    sheets: dict[str, list[dict[str, Any]]] = {}
    places = {}
    for name, sheet, row in ROWS:
        rows = sheets.setdefault(sheet, [])
        first = rows[0] if rows else row
        rows.append({header: row.get(header, "") for header in first})
        if name:
            places[name] = (sheet, len(rows) + 1)
    return workbook(sheets), places


def edited(change: Callable[[Any], None], *rows: dict[str, Any]) -> bytes:
    """A facility sheet changed with openpyxl, which writes what Excel and WPS may."""
    book = openpyxl.load_workbook(io.BytesIO(facilities(*(rows or (facility_row(),)))))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """A good workbook with one more part."""
    out = io.BytesIO(facilities(facility_row()))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def _uncomputed(book: Any) -> None:
    book["机构"]["I2"] = "=SUM(A1:A2)"


def _merged_cells(book: Any) -> None:
    book["机构"].merge_cells("B2:B3")


def _merged_header(book: Any) -> None:
    book["机构"].merge_cells("B1:C1")


def _blank_header(book: Any) -> None:
    book["机构"]["I1"] = None


def _duplicate_header(book: Any) -> None:
    book["机构"]["L1"] = "床位数"


def _title(book: Any) -> None:
    book["机构"].insert_rows(1)
    book["机构"]["A1"] = "连州市医疗机构一览"


def _remarks(book: Any) -> None:
    book["机构"]["L1"] = "备注"


def _hidden_rows(book: Any) -> None:
    book["机构"].row_dimensions[3].hidden = True


def _hidden_column(book: Any) -> None:
    book["机构"].column_dimensions["I"].hidden = True


def _hidden_sheet(book: Any) -> None:
    book.create_sheet("别的").append(["甲"])
    book["机构"].sheet_state = "hidden"


def locked() -> bytes:
    """The beginning of a workbook that Excel encrypted: a compound file with one great stream."""
    return OLD + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")


def zipped(name: str) -> bytes:
    """A zip with one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, b"x")
    return out.getvalue()


def comma() -> bytes:
    """A text with a comma and no quotation marks."""
    return csv_file([facility_row(机构名称="甲"), facility_row()]).replace(
        "星子镇卫生院".encode(), "星子镇,卫生院".encode()
    )


def without(column: str) -> dict[str, Any]:
    """A good row without a column."""
    return {header: value for header, value in facility_row().items() if header != column}


TWO = (facility_row(机构名称="甲"), facility_row(机构名称="乙"))
GB = csv_file([facility_row(床位数="很多")]).decode("utf-8-sig").encode("gb18030")
Made = Callable[[], bytes]
FILES: list[tuple[str, str, Made]] = [
    # kind of fault, file name, how it is made
    ("empty file", "机构.xlsx", lambda: b""),
    ("workbook without a cell", "机构.xlsx", lambda: workbook({"机构": [{"": ""}]})),
    ("file too large", "机构.csv", lambda: b"a" * (guard.MAX_BYTES + 1)),
    ("PDF", "机构.xlsx", lambda: b"%PDF-1.7\n"),
    ("picture", "机构.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
    ("archive", "机构.xlsx", lambda: b"Rar!\x1a\x07" + b"\0" * 50),
    ("workbook with a password", "机构.xlsx", locked),
    ("old workbook", "机构.xls", lambda: OLD + b"\0" * 600),
    ("web page named workbook", "机构.xls", "<html><table>机构</table>".encode),
    ("bytes that are no text", "机构.csv", lambda: b"a,b\n\0\1\2,3\n"),
    ("document of another program", "机构.xlsx", lambda: zipped("word/document.xml")),
    ("workbook with macros", "机构.xlsm", lambda: with_part("xl/vbaProject.bin", b"x")),
    ("workbook cut short", "机构.xlsx", lambda: facilities(facility_row())[:-200]),
    ("zip bomb", "机构.xlsx", lambda: with_part("xl/media/a.bin", b"\0" * (guard.MAX_UNPACKED + 1))),
    ("more rows than one file may have", "机构.csv", lambda: b"1,2\n" * (guard.MAX_ROWS + 50)),
    ("unknown encoding", "机构.csv", lambda: "机构名称\n甲".encode() + b"\xff\xfe\x81\n"),
    ("quotation mark left open", "机构.csv", '机构名称,床位数\n"甲,1\n乙,2\n'.encode),
    ("comma within a text", "机构.csv", comma),
    ("fault in a file in GB 18030", "机构.csv", lambda: GB),
    ("formula never computed", "机构.xlsx", lambda: edited(_uncomputed)),
    ("merged cells", "机构.xlsx", lambda: edited(_merged_cells, *TWO)),
    ("merged header", "机构.xlsx", lambda: edited(_merged_header)),
    ("column without a name", "机构.xlsx", lambda: edited(_blank_header)),
    ("column twice", "机构.xlsx", lambda: edited(_duplicate_header)),
    ("title above the header", "机构.xlsx", lambda: edited(_title)),
    ("column of remarks", "机构.xlsx", lambda: edited(_remarks)),
    ("rows hidden", "机构.xlsx", lambda: edited(_hidden_rows, *TWO)),
    ("column hidden", "机构.xlsx", lambda: edited(_hidden_column)),
    ("worksheet hidden", "机构.xlsx", lambda: edited(_hidden_sheet)),
    ("column missing", "机构.xlsx", lambda: workbook({"机构": [without("所在地代码")]})),
    ("column unknown", "机构.xlsx", lambda: workbook({"机构": [{**facility_row(), "邮编": "510000"}]})),
    ("column misspelt", "机构.xlsx", lambda: workbook({"机构": [{**without("床位数"), "床位数目": 1}]})),
    ("no header", "机构.xlsx", lambda: workbook({"机构": [{"一": 1, "二": 2}]})),
    ("header only", "机构.xlsx", lambda: workbook({"机构": [dict.fromkeys(facility_row(), "")]})),
    ("worksheet of no register", "x.xlsx", lambda: workbook({"机构": [facility_row()], "随便": [{"甲": 1}]})),
    (
        "worksheet of another part",
        "x.xlsx",
        lambda: workbook({"机构": [facility_row()], "诊疗人次": [{"甲": 1}]}),
    ),
    ("file that does not say its register", "数据.csv", lambda: csv_file([facility_row()])),
]
