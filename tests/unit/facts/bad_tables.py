# ruff: noqa: E501 - the words are tested whole, one line each
"""Kinds of bad input, each with the exact words a user sees. Files are CSV text, bytes, or a workbook to build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

Content = str | bytes | Callable[[Path], None]

HEAD = "机构编号,机构名称,所在地代码,机构类别,举办层级,所有制,床位数,政府办,开业日期,停业日期"
GOOD = "F1,东陂镇卫生院,441882102,乡镇卫生院,县级,公立,20,是,1990-01-01,"
POST = "人员编号,机构编号,主要执业,起始日期,终止日期"
PEOPLE = "人员编号,执业资格,执业类别\nP1,执业医师,中医\n"
VISITS = "就诊编号,机构编号,就诊日期,中医诊疗,中医非药物疗法"


@dataclass(frozen=True)
class Case:
    kind: str
    files: dict[str, Content]
    told: tuple[str, ...]
    place: str | None = None
    name: str = ""


def facility(**changes: str) -> str:
    """One good facility as CSV, with cells changed by their header."""
    cells = dict(zip(HEAD.split(","), GOOD.split(","), strict=True)) | changes
    return "\n".join([HEAD, ",".join(cells.values())]) + "\n"


GOOD_FACILITY = facility()


def book(*rows: list[object], sheet: str = "机构", merge: tuple[str, ...] = ()) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        workbook = openpyxl.Workbook()
        page = workbook.active
        page.title = sheet
        for row in rows:
            page.append(row)
        for area in merge:
            page.merge_cells(area)
        workbook.save(path)

    return write


def facility_book(sheet: str = "机构", **changes: object) -> Callable[[Path], None]:
    cells: dict[str, object] = dict(zip(HEAD.split(","), GOOD.split(","), strict=True))
    return book(list(cells), list((cells | changes).values()), sheet=sheet)


def formula_book(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as workbook:
        page = workbook.add_worksheet("机构")
        page.write_row(0, 0, HEAD.split(","))
        page.write_row(1, 0, GOOD.split(","))
        page.write_formula("G2", "=1/0", None, "#DIV/0!")


def two_sheets(path: Path) -> None:
    workbook = openpyxl.Workbook()
    page = workbook.active
    page.title = "机构"
    for line in facility().splitlines():
        page.append(line.split(","))
    workbook.create_sheet("Sheet2")
    workbook.save(path)


def wrong_parquet(path: Path) -> None:
    table = pa.table({"机构编号": ["F1"], "床位": [3]})
    pq.write_table(table, path)


F = "机构.csv"
CASES: list[Case] = [
    # 文件和工作表
    Case(
        "unknown_file",
        {F: GOOD_FACILITY, "医院名单.csv": GOOD_FACILITY},
        ("[错误] 医院名单.csv：文件名不是任何一张表的名字。看表头像是“机构”，请把文件改名为“机构”。",),
    ),
    Case(
        "unknown_file",
        {F: GOOD_FACILITY, "报告.docx": b"x"},
        ("[提醒] 报告.docx：不是能读取的数据文件，已跳过。数据请用 CSV、Excel 或 Parquet 文件。",),
        name="not data",
    ),
    Case(
        "unknown_sheet",
        {"机构数据.xlsx": two_sheets, "汇总.xlsx": book(["甲", "乙"], [1, 2], sheet="表")},
        (
            "[提醒] 机构数据.xlsx 工作表“Sheet2”：里面没有内容。用不着就删去；有数据请补上。",
            "[错误] 汇总.xlsx 工作表“表”：工作表名不是任何一张表的名字。请以表名作工作表名，如 机构、人员。",
        ),
    ),
    Case(
        "empty_sheet",
        {"facility.xlsx": two_sheets},
        ("[提醒] facility.xlsx 工作表“Sheet2”：里面没有内容。用不着就删去；有数据请补上。",),
    ),
    Case(
        "empty_file",
        {F: GOOD_FACILITY, "人员.csv": ""},
        ("[提醒] 人员.csv：里面没有内容。用不着就删去；有数据请补上。",),
    ),
    Case(
        "empty_table",
        {F: HEAD + "\n"},
        ("[提醒] 机构.csv 第 1 行：只有表头，没有数据行。确实没有就在填报情况里记“零报”；否则请补上。",),
    ),
    Case(
        "no_header",
        {F: GOOD + "\n"},
        (
            "[错误] 机构.csv 第 1 行：前 1 行里没有认得的表头。第 1 行应是列名，至少有：机构编号、机构名称、所在地代码、机构类别、举办层级、所有制。",
        ),
    ),
    Case(
        "encoding",
        {F: facility().encode()[:-20] + b"\xff\xff\n"},
        (
            "[错误] 机构.csv 第 2 行：有既不是 UTF-8 也不是 GB18030 的字节（0xFF）。请用 Excel 或 WPS 打开原文件，另存为“CSV UTF-8”。",
        ),
    ),
    Case(
        "bad_quote",
        {F: facility(机构名称='"东陂镇卫生院')},
        (
            "[错误] 机构.csv 第 2 行：引号没有成对，后面的行会被并进一个单元格。请检查这一行的英文双引号，或在 Excel 里重新另存。",
        ),
    ),
    Case(
        "unreadable_file",
        {"机构.xlsx": b"<html><table></table></html>"},
        (
            "[错误] 机构.xlsx：不是完好的工作簿。请用 Excel 或 WPS 打开，另存为 xlsx；有些系统导出的 xls 其实是网页。",
        ),
    ),
    Case(
        "unreadable_file",
        {"机构.parquet": b"PAR1 not really"},
        ("[错误] 机构.parquet：不是完好的 Parquet 文件。请重新导出。",),
        name="parquet",
    ),
    Case(
        "no_data", {}, ("[错误] data：里面没有数据文件。请放入以表命名的文件，如 机构.csv、facility.xlsx。",)
    ),
    Case(
        "bad_dataset_yaml",
        {F: GOOD_FACILITY, "dataset.yaml": "地区: 441882\n"},
        (
            "[错误] dataset.yaml：地区：不认识这个键，请检查拼写或删去。可写 area、title、demonstration、note。",
        ),
    ),
    Case(
        "bad_place",
        {F: GOOD_FACILITY, "dataset.yaml": "area: 441899\n"},
        (
            "[错误] data：所属地区“441899”不是区划代码。最近的上级是清远市（4418），其下有：清城区（441802）、清新区（441803）、佛冈县（441821）、阳山县（441823）、连山壮族瑶族自治县（441825）等 8 处。",
        ),
        name="declared area",
    ),
    Case(
        "missing_reporting",
        {F: GOOD_FACILITY},
        (
            "[提醒] data：没有“填报情况”表（reporting），每个单位都会算作“未报”。请补上填报情况：单位、表、期、状态各一列。",
        ),
    ),
    # 表头
    Case(
        "title_row",
        {F: "连州市机构一览表\n" + facility()},
        (
            "[提醒] 机构.csv 第 1 行：表头之上还有“连州市机构一览表”一行，已跳过。不影响读取；最好让表头在第 1 行。",
        ),
    ),
    Case(
        "merged_header",
        {
            "机构.xlsx": book(
                ["机构编号", "机构名称", "所在地代码", "机构类别", "举办层级", "所有制", "床位数", None],
                [None, None, None, None, None, None, "编制", "实有"],
                ["F1", "东陂镇卫生院", "441882102", "乡镇卫生院", "县级", "公立", 20, 20],
                merge=("A1:A2", "G1:H1"),
            )
        },
        (
            "[错误] 机构.xlsx 工作表“机构” 第 1 行：表头有合并单元格 A1:A2、G1:H1。请取消合并，只留一行表头，每列一个列名。",
        ),
    ),
    Case(
        "merged_cells",
        {
            "机构.xlsx": book(
                HEAD.split(","),
                GOOD.split(","),
                ["F2", "西岸镇卫生院", "441882104", None, "县级", "公立", 30, "是", "1990-01-01", None],
                merge=("D2:D3",),
            )
        },
        (
            "[错误] 机构.xlsx 工作表“机构” 第 2 行：数据里有合并单元格 D2:D3，只有第一格有值。请取消合并，并填满每一格。",
        ),
    ),
    Case(
        "unknown_column",
        {F: facility().replace("床位数", "床位总数")},
        ("[错误] 机构.csv 第 1 行 “床位总数”列：“机构”表没有“床位总数”这一列。是不是“床位数”？请改列名。",),
    ),
    Case(
        "unknown_column",
        {F: facility().replace("床位数", "院长电话")},
        (
            "[错误] 机构.csv 第 1 行 “院长电话”列：“机构”表没有“院长电话”这一列。请删去这一列，或改成声明过的列名。",
        ),
        name="nothing near",
    ),
    Case(
        "ignored_column",
        {F: facility().replace("床位数", "备注")},
        ("[提醒] 机构.csv 第 1 行 “备注”列：“备注”列不在“机构”表里，没有读取。不影响其他列。",),
    ),
    Case(
        "missing_column",
        {F: facility().replace("机构类别", "备注")},
        (
            "[提醒] 机构.csv 第 1 行 “备注”列：“备注”列不在“机构”表里，没有读取。不影响其他列。",
            "[错误] 机构.csv 第 1 行 “机构类别”列：缺少必填的“机构类别”列（kind）。请补上这一列。",
        ),
    ),
    Case(
        "duplicate_column",
        {F: facility().replace("政府办", "beds")},
        ("[错误] 机构.csv 第 1 行 “beds”列：“床位数”有两列（G 列和 H 列）。请删去一列。",),
    ),
    Case(
        "blank_header",
        {F: facility().replace("床位数", "")},
        ("[错误] 机构.csv 第 1 行：G 列有内容，却没有列名。请填上列名，或删去这一列。",),
    ),
    Case(
        "repeated_header",
        {F: facility() + HEAD + "\n"},
        ("[错误] 机构.csv 第 3 行：表头又出现了一次。请删去这一行。",),
    ),
    Case(
        "total_row",
        {F: facility() + "合计,,,,,,20,,,\n"},
        ("[错误] 机构.csv 第 3 行：“合计”这一行不是数据。请删去合计行和表下的附注。",),
    ),
    Case(
        "ragged_row",
        {F: facility() + GOOD.replace("F1,东陂镇", "F2,东陂,镇") + "\n"},
        (
            "[错误] 机构.csv 第 3 行：这一行有 11 格，表头只有 10 列。请检查是否多了逗号或错了列；文字里的逗号要放在英文双引号内。",
        ),
    ),
    # 单元格
    Case(
        "empty_required",
        {F: facility(机构名称="")},
        ("[错误] 机构.csv 第 2 行 “机构名称”列：“机构名称”没有填。这一列必填：执业许可证上的名称。",),
    ),
    Case(
        "unknown_code",
        {F: facility(机构类别="镇医院")},
        (
            "[错误] 机构.csv 第 2 行 “机构类别”列：“镇医院”不在代码表“机构类别”里。最接近的有：中医类医院（tcm_hospital）、乡镇卫生院（township_hospital）、综合医院（general_hospital）。",
        ),
    ),
    Case(
        "unknown_code",
        {F: facility(所有制="国营")},
        ("[错误] 机构.csv 第 2 行 “所有制”列：“国营”不在代码表“所有制”里。最接近的有：非公立（private）。",),
        name="nothing near",
    ),
    Case(
        "bad_number",
        {F: facility(床位数="二十")},
        ("[错误] 机构.csv 第 2 行 “床位数”列：“二十”不是数字。请用阿拉伯数字填写，没有数就空着。",),
    ),
    Case(
        "bad_number",
        {F: facility(床位数="—")},
        ("[错误] 机构.csv 第 2 行 “床位数”列：“—”不是床位数。没有内容就让单元格空着；确实是零请写 0。",),
        name="dash",
    ),
    Case(
        "bad_number",
        {F: facility(床位数='"1,23"')},
        ("[错误] 机构.csv 第 2 行 “床位数”列：“1,23”不是数字。请用阿拉伯数字填写，没有数就空着。",),
        name="commas",
    ),
    Case(
        "bad_number",
        {"机构.xlsx": facility_book(床位数=date(2020, 1, 20))},
        (
            "[错误] 机构.xlsx 工作表“机构” 第 2 行 “床位数”列：“2020-01-20”是日期或时间，不是数字。请把单元格格式设为常规后重填。",
        ),
        name="date in a number",
    ),
    Case(
        "bad_number",
        {"机构.xlsx": facility_book(床位数=True)},
        ("[错误] 机构.xlsx 工作表“机构” 第 2 行 “床位数”列：“TRUE”是逻辑值，不是数字。请填写数值。",),
        name="boolean in a number",
    ),
    Case(
        "number_with_unit",
        {F: facility(床位数="120 张")},
        ("[错误] 机构.csv 第 2 行 “床位数”列：“120 张”里带了“张”。只写数字，如 120；本列单位是“张”。",),
    ),
    Case(
        "number_with_unit",
        {F: facility(床位数="25%")},
        ("[错误] 机构.csv 第 2 行 “床位数”列：“25%”里带了“%”。只写数字，如 25；本列单位是“张”。",),
        name="percent",
    ),
    Case(
        "number_with_unit",
        {F: facility(床位数="３名")},
        ("[错误] 机构.csv 第 2 行 “床位数”列：“3名”里带了“名”。只写数字，如 3；本列单位是“张”。",),
        name="people",
    ),
    Case(
        "not_integer",
        {F: facility(床位数="20.5")},
        ("[错误] 机构.csv 第 2 行 “床位数”列：“20.5”不是整数。床位数按整数填写。",),
    ),
    Case(
        "out_of_range",
        {F: facility(床位数="-1")},
        (
            "[错误] 机构.csv 第 2 行 “床位数”列：“-1”超出范围。床位数应在 0 至 20000 之间（单位：张），请核对。",
        ),
    ),
    Case(
        "out_of_range",
        {F: facility(床位数="200000")},
        (
            "[错误] 机构.csv 第 2 行 “床位数”列：“200000”超出范围。床位数应在 0 至 20000 之间（单位：张），请核对。",
        ),
        name="too many",
    ),
    Case(
        "too_precise",
        {
            "问卷.csv": "问卷编号,调查,地区代码,填答日期,权重,达到界值\n"
            "Q1,tcm_literacy,441882,2020-05-01,1.00000005,是\n"
        },
        ("[错误] 问卷.csv 第 2 行 “权重”列：“1.00000005”的小数超过 6 位。请四舍五入到 6 位小数。",),
    ),
    Case(
        "bad_date",
        {F: facility(开业日期="31/12/1990")},
        ("[错误] 机构.csv 第 2 行 “开业日期”列：“31/12/1990”不是日期。请写成 2020-12-31 的样子。",),
    ),
    Case(
        "bad_date",
        {F: facility(开业日期="1990-12")},
        ("[错误] 机构.csv 第 2 行 “开业日期”列：“1990-12”没有写到日。请写成 2020-12-31 的样子。",),
        name="no day",
    ),
    Case(
        "bad_date",
        {"机构.xlsx": facility_book(开业日期=33238)},
        (
            "[错误] 机构.xlsx 工作表“机构” 第 2 行 “开业日期”列：“33238”是 Excel 的日期序号。请把单元格格式设为日期，应显示为 1990-12-31。",
        ),
        name="serial number",
    ),
    Case(
        "impossible_date",
        {F: facility(开业日期="1990-02-30")},
        ("[错误] 机构.csv 第 2 行 “开业日期”列：“1990-02-30”这一天不存在。请核对月和日。",),
    ),
    Case(
        "date_out_of_range",
        {F: facility(停业日期="9999-12-31")},
        (
            "[错误] 机构.csv 第 2 行 “停业日期”列：“9999-12-31”的年份不合理。应在 1900 至 2099 年之间，请核对。",
        ),
    ),
    Case(
        "future_date",
        {F: GOOD_FACILITY, "出院.csv": "出院编号,机构编号,出院日期\nD1,F1,2031-01-01\n"},
        (
            "[提醒] 出院.csv 第 2 行 “出院日期”列：“2031-01-01”在今天（2026-01-01）之后。请核对日期；没发生的事不要先填。",
        ),
    ),
    Case(
        "bad_boolean",
        {F: facility(政府办="可能")},
        ("[错误] 机构.csv 第 2 行 “政府办”列：“可能”看不出是还是否。请填“是”或“否”。",),
    ),
    Case(
        "placeholder",
        {F: facility(停业日期="", 机构编号="—")},
        ("[错误] 机构.csv 第 2 行 “机构编号”列：“—”不是机构编号。没有内容就让单元格空着。",),
    ),
    Case(
        "not_text",
        {"机构.xlsx": facility_book(机构编号=date(2020, 3, 1))},
        (
            "[错误] 机构.xlsx 工作表“机构” 第 2 行 “机构编号”列：“2020-03-01”是日期或时间，不是机构编号。Excel 把输入当成了日期或时间，请把单元格格式设为文本后重填。",
        ),
    ),
    Case(
        "garbled",
        {F: facility(机构名称="东陂\ufffd\ufffd卫生院")},
        (
            "[错误] 机构.csv 第 2 行 “机构名称”列：“东陂��卫生院”是转换编码留下的乱码。原文在转换编码时已经丢失，请回到来源重新导出。",
        ),
    ),
    Case(
        "formula_error",
        {"机构.xlsx": formula_book},
        (
            "[错误] 机构.xlsx 工作表“机构” 第 2 行 “床位数”列：公式出错，显示 #DIV/0!。请改正公式，或直接填写数值。",
        ),
    ),
    Case(
        "formula_uncomputed",
        {"机构.xlsx": facility_book(床位数="=10+10")},
        (
            "[错误] 机构.xlsx 工作表“机构” 第 2 行 “床位数”列：公式还没有算出结果。请用 Excel 或 WPS 打开并保存一次，或直接填写数值。",
        ),
    ),
    Case(
        "bad_year",
        {"常住人口.csv": "地区代码,年份,常住人口数\n441882,20,377220\n"},
        ("[错误] 常住人口.csv 第 2 行 “年份”列：“20”不是年份。请填四位年份，如 2020。",),
    ),
    Case(
        "bad_period",
        {"填报情况.csv": "填报单位,表,期,填报状态\n441882,机构,2020年上半年,已报\n"},
        ("[错误] 填报情况.csv 第 2 行 “期”列：“2020年上半年”不是填报期。年报填 2020，月报填 2020-03。",),
    ),
    # 地区
    Case(
        "bad_place",
        {F: facility(所在地代码="东陂镇")},
        (
            "[错误] 机构.csv 第 2 行 “所在地代码”列：“东陂镇”不是区划代码。请填统计用区划代码：县 6 位、乡镇 9 位、村 12 位数字。",
        ),
    ),
    Case(
        "bad_place",
        {F: facility(所在地代码="4.41882E+11")},
        (
            "[错误] 机构.csv 第 2 行 “所在地代码”列：“4.41882E+11”是科学记数法，不是完整的区划代码。后几位已经丢失，请从原表把这一列设为文本后重新导出。",
        ),
        name="scientific",
    ),
    Case(
        "bad_place",
        {F: facility(所在地代码="441882999")},
        (
            "[错误] 机构.csv 第 2 行 “所在地代码”列：区划里没有代码“441882999”。最近的上级是连州市（441882），其下有：连州镇（441882100）、星子镇（441882101）、大路边镇（441882102）、龙坪镇（441882103）、西岸镇（441882104）等 12 处。",
        ),
        name="not in the divisions",
    ),
    Case(
        "place_level",
        {F: facility(所在地代码="4418")},
        (
            "[错误] 机构.csv 第 2 行 “所在地代码”列：“4418”是市的代码。“机构”表应填县（6 位）、乡镇（9 位）、村（12 位）代码。",
        ),
    ),
    Case(
        "outside_area",
        {F: facility(所在地代码="441881103")},
        (
            "[错误] 机构.csv 第 2 行 “所在地代码”列：“441881103”不在本数据所属的地区 441882 之内。请核对代码，或改正 dataset.yaml 里的 area。",
        ),
        place="441882",
    ),
    # 行与行、表与表
    Case(
        "duplicate_key",
        {F: facility() + GOOD + "\n"},
        (
            "[错误] 机构.csv 第 3 行 “机构编号”列：机构编号“F1”与第 2 行重复。每机构只能有一行，请删去或改正一行。",
        ),
    ),
    Case(
        "duplicate_key",
        {"机构-1.csv": facility(), "机构-2.csv": facility()},
        (
            "[错误] 机构-2.csv 第 2 行 “机构编号”列：机构编号“F1”与机构-1.csv 第 2 行重复。每机构只能有一行，请删去或改正一行。",
        ),
        name="two files",
    ),
    Case(
        "dangling_reference",
        {F: GOOD_FACILITY, "出院.csv": "出院编号,机构编号,出院日期\nD1,F9,2020-01-01\n"},
        (
            "[错误] 出院.csv 第 2 行 “机构编号”列：“机构”表里没有编号“F9”。请核对编号，或在被引用的表里补上这一行。",
        ),
    ),
    Case(
        "dangling_reference",
        {F: facility(机构编号="007"), "出院.csv": "出院编号,机构编号,出院日期\nD1,7,2020-01-01\n"},
        (
            "[错误] 出院.csv 第 2 行 “机构编号”列：“机构”表里没有编号“7”。是不是“007”？Excel 去掉了前面的 0，请把这一列设为文本。",
        ),
        name="leading zeros",
    ),
    Case(
        "dangling_reference",
        {"评审结果.csv": "评审编号,对象编号,标准,评定日期,结果\nA1,H1,优质型中医馆,2020-01-01,通过\n"},
        (
            "[错误] 评审结果.csv 第 2 行 “对象编号”列：没有编号或地区代码是“H1”的对象。请填机构、中医馆、医共体或人员的编号，或地区代码。",
        ),
        name="thing",
    ),
    Case(
        "missing_table",
        {"出院.csv": "出院编号,机构编号,出院日期\nD1,F1,2020-01-01\n"},
        ("[错误] 出院.csv：引用了“机构”表（facility），数据里却没有这张表。请补上“机构”表。",),
    ),
    Case(
        "unknown_code",
        {F: GOOD_FACILITY, "适宜技术开展.csv": "机构编号,技术,熟练程度\nF1,豪针,able\n"},
        ("[错误] 适宜技术开展.csv 第 2 行 “技术”列：中医医疗技术目录里没有“豪针”。请按目录填写代码或名称。",),
        name="technique",
    ),
    Case(
        "dates_reversed",
        {F: facility(停业日期="1980-01-01")},
        (
            "[错误] 机构.csv 第 2 行 “停业日期”列：“停业日期”1980-01-01 早于“开业日期”1990-01-01。请核对两个日期，是不是填反了。",
        ),
    ),
    Case(
        "two_main_posts",
        {
            F: GOOD_FACILITY,
            "人员.csv": PEOPLE,
            "任职.csv": POST + "\nP1,F1,是,2010-01-01,\nP1,F1,是,2015-01-01,\n",
        },
        (
            "[错误] 任职.csv 第 3 行 “主要执业”列：人员“P1”同时有两个主要执业，另一个在机构“F1”。每人同一时间只有一个主要执业：改为“否”，或填上前一个的终止日期。",
        ),
    ),
    Case(
        "catchment_overlap",
        {
            F: GOOD_FACILITY,
            "医共体.csv": "医共体编号,名称,牵头机构,所在县代码\nC1,总医院,F1,441882\n",
            "医共体服务区.csv": "医共体编号,地区代码\nC1,441882\nC1,441882102\n",
        },
        (
            "[错误] 医共体服务区.csv 第 3 行 “地区代码”列：“441882102”所在的县“441882”已整县填了。整县和乡镇只留一种。",
        ),
    ),
    Case(
        "period_mismatch",
        {"填报情况.csv": "填报单位,表,期,填报状态\n441882,机构,2020-03,已报\n"},
        ("[错误] 填报情况.csv 第 2 行 “期”列：“机构”的期填了“2020-03”。这张表是年报，如 2020。",),
    ),
    Case(
        "unreported_rows",
        {
            F: GOOD_FACILITY,
            "填报情况.csv": "填报单位,表,期,填报状态\n441882,机构,2020,已报\n",
            "出院.csv": "出院编号,机构编号,出院日期\nD1,F1,2020-01-01\n",
        },
        (
            "[提醒] 出院.csv：有 1 个机构·月有数据行，填报情况却没有记为已报，如“F1”。这些会算作“未报”，请在填报情况里补上。",
        ),
    ),
    Case(
        "nothing_but_rows",
        {
            F: GOOD_FACILITY,
            "出院.csv": "出院编号,机构编号,出院日期\nD1,F1,2020-01-01\n",
            "填报情况.csv": "填报单位,表,期,填报状态\n441882,机构,2020,已报\nF1,出院,2020-01,零报\n",
        },
        ("[提醒] 出院.csv：有 1 个机构·月记为“零报”，却有数据行，如“F1”。请改正填报状态，或删去多出的行。",),
    ),
    Case(
        "total_and_events",
        {
            F: GOOD_FACILITY,
            "出院.csv": "出院编号,机构编号,出院日期\nD1,F1,2020-01-01\n",
            "机构汇总数.csv": "机构编号,年份,月份,汇总项目,数值\nF1,2020,,出院人数,5\n",
        },
        (
            "[提醒] 机构汇总数.csv：有 1 个机构·期既有汇总数，又有“出院”明细，如“F1”。每个机构每期只会取一种，请核对两者是否一致，或只留一种。",
        ),
    ),
]
