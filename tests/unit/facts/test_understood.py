"""What is read without a word: the many ways people write the same cell."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bad_tables import GOOD, HEAD, book, facility, facility_book

from xinglin.base.problems import Severity
from xinglin.facts import check_dataset, load_contract, open_dataset
from xinglin.facts.cells import CellReader

BEDS = ("facility", "beds")
UNDERSTOOD = [
    (BEDS, "２０", 20),
    (BEDS, " 1,234 ", 1234),
    (BEDS, "1，234", 1234),
    (BEDS, "20.0", 20),
    (BEDS, 20.0, 20),
    (BEDS, "1.23E+2", 123),
    (BEDS, "　", None),
    (BEDS, float("nan"), None),
    (("facility", "kind"), "乡镇卫生院", "township_hospital"),
    (("facility", "kind"), "中心卫生院", "township_hospital"),
    (("facility", "kind"), "Township_Hospital", "township_hospital"),
    (("assessment", "standard"), "中医馆等级评定(三、四、五级)", "hall_grade"),
    (("practitioner", "category"), "无", "none"),
    (("facility", "government_run"), "√", True),
    (("facility", "government_run"), "有", True),
    (("facility", "government_run"), "无", False),
    (("facility", "government_run"), "×", False),
    (("facility", "government_run"), "FALSE", False),
    (("facility", "government_run"), 1.0, True),
    (("facility", "valid_from"), "2020-12-31", date(2020, 12, 31)),
    (("facility", "valid_from"), "2020/1/5", date(2020, 1, 5)),
    (("facility", "valid_from"), "2020.1.5", date(2020, 1, 5)),
    (("facility", "valid_from"), "2020年12月31日", date(2020, 12, 31)),
    (("facility", "valid_from"), "20201231", date(2020, 12, 31)),
    (("facility", "valid_from"), "２０２０－１２－３１", date(2020, 12, 31)),
    (("facility", "valid_from"), "2020-12-31 08:30:00", date(2020, 12, 31)),
    (("facility", "valid_from"), datetime(2020, 12, 31, 8, 30), date(2020, 12, 31)),  # noqa: DTZ001 - as Excel has it
    (("facility", "place"), 441882102.0, "441882102"),
    (("facility", "place"), "4.41882E+5", "441882"),
    (("facility", "facility"), "Ｆ１", "F1"),
    (("facility", "facility"), 17.0, "17"),
    (("facility", "name"), "东陂镇卫生院（Ａ区）", "东陂镇卫生院（A区）"),
    (("technique_capability", "technique"), "毫针", "A01"),
    (("technique_capability", "technique"), "头针技术", "A02"),
    (("technique_capability", "technique"), "a02", "A02"),
    (("population", "year"), "2020年", 2020),
    (("population", "year"), 2020.0, 2020),
    (("reporting", "period"), 2020.0, "2020"),
    (("reporting", "period"), "2020年3月", "2020-03"),
    (("reporting", "period"), "2020/3", "2020-03"),
    (("reporting", "period"), date(2020, 3, 1), "2020-03"),
    (("survey_response", "weight"), "1.25", Decimal("1.25")),
]


@pytest.mark.parametrize(("column", "raw", "value"), UNDERSTOOD, ids=str)
def test_a_cell_is_understood(column: tuple[str, str], raw: object, value: object) -> None:
    table, name = column
    found = CellReader(load_contract().table(table).columns[name]).read(raw)

    assert (type(found), found) == (type(value), value)


def typed(folder: Path) -> pa.Table:
    return open_dataset(folder).arrow("facility")


def foreign_parquet(path: Path) -> None:
    cells = zip(HEAD.split(","), GOOD.split(","), strict=True)
    pq.write_table(pa.table({header: [cell] for header, cell in cells}), path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("机构.csv", facility().encode("utf-8-sig")),
        ("机构.csv", facility().encode("gb18030")),
        ("机构.csv", facility().encode("utf-16")),
        ("机构.csv", facility().replace(",", "\t").encode()),
        ("机构.csv", facility().replace(",", ";").encode()),
        ("1.机构表.csv", facility().encode()),
        ("facility-2020.csv", facility().encode()),
        ("机构.csv", facility().replace("床位数", "床位数（张）").replace("机构名称", " 机构名称*").encode()),
        ("机构.csv", facility().replace("\n", ",\n").replace("停业日期,", "停业日期").encode()),
        ("机构.csv", ("\n\n" + facility().replace("\nF1", "\n,,,,,,,,,\nF1")).encode()),
        ("facility.xlsx", facility_book()),
        ("数据.xlsx", facility_book()),
        ("facility.xlsx", facility_book(sheet="Sheet1")),
        ("机构.xlsx", facility_book(床位数=20, 所在地代码=441882102, 政府办=True, 开业日期=date(1990, 1, 1))),
        ("机构.xlsx", book(["连州市机构表"], HEAD.split(","), GOOD.split(","), merge=("A1:J1",))),
        ("机构.parquet", foreign_parquet),
    ],
)
def test_every_form_gives_the_same_table(name: str, content: object, tmp_path: Path) -> None:
    plain, other = tmp_path / "plain", tmp_path / "other"
    for folder in (plain, other):
        folder.mkdir()
    (plain / "facility.csv").write_text(facility(), encoding="utf-8")
    if callable(content):
        content(other / name)
    else:
        assert isinstance(content, bytes)
        (other / name).write_bytes(content)

    assert typed(other).equals(typed(plain))
    assert typed(other).num_rows == 1


def test_a_single_file_is_a_data_set(tmp_path: Path) -> None:
    path = tmp_path / "机构.csv"
    path.write_text(facility(), encoding="utf-8")

    assert open_dataset(path).names() == ("facility",)


def test_dataset_yaml_says_what_the_data_is(tmp_path: Path) -> None:
    (tmp_path / "机构.csv").write_text(facility(), encoding="utf-8")
    words = "area: 441882\ntitle: 连州市 2020\ndemonstration: true\n"
    (tmp_path / "dataset.yaml").write_text(words, encoding="utf-8")

    info = open_dataset(tmp_path).info

    assert (info.area, info.title, info.demonstration) == ("441882", "连州市 2020", True)


def test_many_faults_of_one_kind_are_counted(tmp_path: Path) -> None:
    lines = [GOOD.replace("F1", f"F{number}").replace(",20,", ",3张,") for number in range(1200)]
    (tmp_path / "机构.csv").write_text("\n".join([HEAD, *lines]), encoding="utf-8")

    problems = [p for p in check_dataset(tmp_path) if p.severity is Severity.ERROR]

    assert len(problems) == 1001
    assert problems[0].what == "同类问题共 1200 处（number_with_unit），只列出前 1000 处"


def test_opening_keeps_warnings(tmp_path: Path) -> None:
    (tmp_path / "机构.csv").write_text(facility(), encoding="utf-8")

    assert [problem.kind for problem in open_dataset(tmp_path).problems] == ["missing_reporting"]
