"""What the loader refuses, and the words it does so with."""

from collections.abc import Callable

import pytest

from xinglin.base.errors import DefinitionError
from xinglin.policy import PolicyLibrary

Load = Callable[..., PolicyLibrary]

HALL = "    measure: hall\n"
HALL_ALL = '    comparator: all\n    value: 100\n    unit: "%"\n'
HALL_END = "    strength: must\n    deadline: 2025-12-31\n"
ENCOURAGED = (
    "    comparator: encouraged\n    value: null\n    unit: null\n    scope: place\n    strength: encourage\n"
)
WANTED = "    measure: wanted\n"

# name: (text of the good file, what stands there instead, the one fault told)
REFUSED = {
    "unknown key": ("notes: null", "notes: null\nnote: 有", "note：不认识这个键，请检查拼写或删去"),
    "unknown key of a target": (
        HALL_END,
        HALL_END + "    deadine: 2025-12-31\n",
        "XX-t01 deadine：不认识这个键，请检查拼写或删去",
    ),
    "key twice": (HALL, HALL + HALL, "第 16 行：键“measure”在第 15 行已写过，请删去一个"),
    "missing key": (HALL, "", "XX-t01 measure：缺少这个键"),
    "list expected": ("clauses: [一]", "clauses: 一", "XX-t01 clauses：应为列表"),
    "no clause": ("clauses: [一]", "clauses: []", "XX-t01 clauses：至少要有一项"),
    "upper without between": (
        HALL_ALL,
        HALL_ALL + "    upper: 100\n",
        "XX-t01：upper 只与 between 连用，请删去",
    ),
    "between without upper": ("    upper: 0.8\n", "", "XX-t02：between 要有 upper，并且大于 value"),
    "between the wrong way": ("upper: 0.8", "upper: 0.5", "XX-t02：between 要有 upper，并且大于 value"),
    "between without value": (
        "    value: 0.6\n",
        "    value: null\n",
        "XX-t02：这种 comparator 的 value 和 unit 都要填写",
    ),
    "all but not 100": ("value: 100", "value: 98", "XX-t01：all 的 value 应为 100，unit 应为 %"),
    "exists with a number": (
        "comparator: all",
        "comparator: exists",
        "XX-t01：exists 的 value 和 unit 都应为 null",
    ),
    "floor without number": (
        "comparator: all\n    value: 100",
        "comparator: at_least\n    value: null",
        "XX-t01：这种 comparator 的 value 和 unit 都要填写",
    ),
    "more than 100 percent": (
        "comparator: all\n    value: 100",
        "comparator: at_least\n    value: 101",
        "XX-t01：百分数应在 0 与 100 之间",
    ),
    "unknown comparator": (
        "comparator: all",
        "comparator: most",
        "XX-t01 comparator：值不在允许的范围内：all、at_least、more_than、between、exists、encouraged",
    ),
    "encouraged but must": (
        HALL_ALL,
        "    comparator: encouraged\n    value: null\n    unit: null\n",
        "XX-t01：comparator 的 encouraged 与 strength 的 encourage 要同时使用",
    ),
    "encourage but all": (
        "strength: must",
        "strength: encourage",
        "XX-t01：comparator 的 encouraged 与 strength 的 encourage 要同时使用",
    ),
    "encouraged with half a number": (
        HALL_ALL + "    scope: place\n    strength: must\n",
        ENCOURAGED.replace("value: null", "value: 100"),
        "XX-t01：value 和 unit 应同时填写或同时为 null",
    ),
    "judged without value": (
        HALL_ALL,
        "    comparator: exists\n    value: null\n    unit: null\n    judged: {value: 50, note: 累计}\n",
        "XX-t01：judged 只用于有 value 且要评判的目标，请删去",
    ),
    "judged without reason": (
        HALL_ALL,
        HALL_ALL + "    judged: {value: 100}\n",
        "XX-t01 judged.note：缺少这个键",
    ),
    "number as text": ("value: 100", 'value: "100"', "XX-t01 value：应为数字"),
    "number as yes": ("value: 100", "value: true", "XX-t01 value：应为数字"),
    "bad unit": (
        "unit: 人/万人",
        "unit: 人每万人",
        "XX-t02 unit：值不在允许的范围内：%、人/万人、人/千人、张/千人、个、所、张、名、"
        "人、项、类、级、种、届、期、场次、个月",
    ),
    "missing measure": (HALL, "    measure: hal\n", "XX-t01 measure：没有“hal”这个指标，是不是“hall”"),
    "nothing near": (HALL, "    measure: xyz\n", "XX-t01 measure：没有“xyz”这个指标；没有定义时请写 wanted"),
    "unknown parameter": (HALL, HALL + "    parameters: {grade: 3}\n", "XX-t01 parameters：没有参数“grade”"),
    "parameter of the wrong type": ("[centre, hospital]", "centre", "XX-t02 parameters：参数“kinds”应为列表"),
    "parameter no one can bind": (
        "[centre, hospital]",
        "{a: 1}",
        "XX-t02 parameters.kinds：参数的值应为文字、数字、日期、true、false 或文字的列表",
    ),
    "wants with a measure": (
        HALL,
        HALL + "    wants: hall_x\n",
        "XX-t01：wants 只与 measure: wanted 连用，请删去",
    ),
    "wanted without wants": (HALL, WANTED, "XX-t01：measure 为 wanted 时，wants 要写对照表的行"),
    "wants no row": (
        HALL,
        WANTED + "    wants: satisfaction\n",
        "XX-t01：wants：对照表没有“satisfaction”这一行",
    ),
    "wanted with parameters": (
        HALL,
        WANTED + "    wants: satisfaction_rate\n    parameters: {a: 1}\n",
        "XX-t01：measure 为 wanted 时没有参数可填，请把 parameters 写进 note",
    ),
    "wanted though defined": (
        HALL,
        WANTED + "    wants: emr_level\n",
        "XX-t01：“emr_level”已有定义，measure 请写定义的名字，不再写 wanted",
    ),
    "impossible date": ("deadline: 2024-12-31", "deadline: 2025-02-30", "第 33 行：2025-02-30 这一天不存在"),
    "impossible date in braces": ("to: 2025-12-31}", "to: 2025-13-31}", "第 9 行：2025-13-31 这一天不存在"),
    "year for a date": ("deadline: 2024-12-31", "deadline: 2024", "XX-t02 deadline：应为日期，如 2025-12-31"),
    "deadline before issue": (
        "deadline: 2024-12-31",
        "deadline: 2022-12-31",
        "XX-t02：deadline 2022-12-31 早于发文日 2023-06-14",
    ),
    "deadline after the period": (
        "deadline: 2024-12-31",
        "deadline: 2035-12-31",
        "XX-t02：deadline 2035-12-31 晚于文件期限 2025-12-31",
    ),
    "period the wrong way": (
        "from: 2021-01-01",
        "from: 2026-01-01",
        "period：from 2026-01-01 晚于 to 2025-12-31",
    ),
    "issued after its period": (
        "issued: 2023-06-14",
        "issued: 2026-06-14",
        "issued 2026-06-14 晚于期限 2025-12-31",
    ),
    "baseline after the deadline": (
        HALL_END,
        HALL_END + "    baseline: {value: 60, date: 2026-12-31}\n",
        "XX-t01：基线日期 2026-12-31 应早于 deadline 2025-12-31",
    ),
    "review before issue": (
        HALL_END,
        HALL_END + "    review: {date: 2020-01-01}\n",
        "XX-t01：review 的日期 2020-01-01 早于 2023-06-14",
    ),
    "review too sure": (
        HALL_END,
        HALL_END + "    review: {confidence: 90}\n",
        "XX-t01 review：confidence 应在 0 与 1 之间",
    ),
    "review with half a hash": (
        HALL_END,
        HALL_END + "    review: {quotation_sha256: abc}\n",
        "XX-t01 review.quotation_sha256：应为 64 位十六进制小写数字，现为“abc”",
    ),
    "summary too long": (
        "summary: 中心、卫生院都设中医馆",
        f"summary: {'长' * 41}",
        "XX-t01 summary：最多 40 个字，现有 41 个",
    ),
    "empty clause": ("clauses: [一]", "clauses: ['']", "XX-t01 clauses.0：不能为空"),
    "id of another kind": (
        "id: XX-k01",
        "id: XX-t03",
        "XX-t03 id：应为“前缀-k序号”，如 LZ-k01，现为“XX-t03”",
    ),
    "second prefix": ("id: XX-d01", "id: YY-d01", "同一文件的编号只能用一个前缀，现有 XX、YY"),
    "same id twice": ("id: XX-t02", "id: XX-t01", "XX-t01：编号重复"),
    "not the file name": ("id: county", "id: district", "id：“district”与文件名不同，应为“county”"),
    "place as a number": ('place: "441882"', "place: 441882", "place：应为文字"),
    "no such code": (
        'place: "441882"',
        'place: "4418"',
        "level county 与 place 4418 的级别不符",
    ),
    "code of the wrong length": (
        'place: "441882"',
        'place: "44188"',
        "place：“44188”不是区划代码。代码应为 2、4、6、9 或 12 位数字，全国为 0。",
    ),
    "unknown source without a word": (
        "issuers: [某县卫生健康局]",
        "issuers: []",
        "没有 issuers 或 issued 时，notes 要说明原因",
    ),
    "lead not responsible": (
        "lead: [教育局]",
        "lead: [民政局]",
        "XX-k01：lead 里的“民政局”没有写在 units 里",
    ),
    "trend of a missing measure": (
        "tasks:\n",
        "trends:\n  - {clause: 五, summary: 上升, measure: hal}\ntasks:\n",
        "trends 五 measure：没有“hal”这个指标，是不是“hall”",
    ),
}


def faults(load: Load, book: object, **texts: str) -> tuple[str, ...]:
    with pytest.raises(DefinitionError) as caught:
        load(book, **texts)
    assert caught.value.source == "政策文件"
    return caught.value.faults


def test_the_good_file_is_good(load: Load, book: object, county: str) -> None:
    document = load(book, county=county).document("county")
    assert document.targets[1].parameters == {"kinds": ("centre", "hospital")}
    assert str(document.targets[1].value) == "0.6"


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_message(load: Load, book: object, county: str, name: str) -> None:
    old, new, message = REFUSED[name]
    assert old in county
    assert faults(load, book, county=county.replace(old, new, 1)) == (f"county.yaml {message}",)


def test_missing_list_and_foreign_entry(load: Load, book: object, county: str) -> None:
    found = faults(load, book, county=county.replace("duties:\n", "trends:\n"))
    assert found[0] == "county.yaml XX-d01 summary：缺少这个键"
    assert found[-1] == "county.yaml duties：缺少这个键"


def test_without_a_known_issue_the_period_bounds_the_deadline(load: Load, book: object, county: str) -> None:
    text = county.replace("issued: 2023-06-14", "issued: null").replace("notes: null", "notes: 日期缺失")
    assert load(book, county=text.replace("deadline: 2024-12-31", "deadline: 2022-12-31"))
    found = faults(load, book, county=text.replace("deadline: 2024-12-31", "deadline: 2020-12-31"))
    assert found == ("county.yaml XX-t02：deadline 2020-12-31 早于期限起始日 2021-01-01",)


def test_all_faults_of_one_entry_are_told_together(load: Load, book: object, county: str) -> None:
    wrong = HALL_ALL.replace("100", "98") + "    upper: 99\n    wants: emr_level\n"
    assert faults(load, book, county=county.replace(HALL_ALL, wrong, 1)) == (
        "county.yaml XX-t01：all 的 value 应为 100，unit 应为 %；upper 只与 between 连用，请删去；"
        "wants 只与 measure: wanted 连用，请删去",
    )


def test_all_faults_of_all_files_are_told_together(load: Load, book: object, county: str) -> None:
    one = county.replace("value: 100", "value: 98").replace("measure: doctors", "measure: doctor")
    two = county.replace("id: county", "id: other").replace("level: county", "level: national")
    assert faults(load, book, county=one, other=two) == (
        "county.yaml XX-t01：all 的 value 应为 100，unit 应为 %",
        "county.yaml XX-t02 measure：没有“doctor”这个指标，是不是“doctors”",
        "other.yaml level national 与 place 441882 的级别不符",
        "county.yaml、other.yaml XX-t02：编号重复",
        "county.yaml、other.yaml XX-k01：编号重复",
        "county.yaml、other.yaml XX-d01：编号重复",
    )


def test_files_that_are_no_documents(load: Load, book: object) -> None:
    found = faults(load, book, empty="", list="- 1\n")
    assert found == ("empty.yaml 文件是空的", "list.yaml 文件应为键值表")


def test_without_a_book_measures_are_not_checked(load: Load, county: str) -> None:
    assert load(county=county.replace(HALL, "    measure: later\n")).targets()[0].measure == "later"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(HALL_ALL, HALL_ALL + "    judged: {value: 100, note: 同}\n", id="judged as printed"),
        pytest.param(
            HALL_ALL + "    scope: place\n    strength: must\n",
            ENCOURAGED,
            id="encouraged without number",
        ),
        pytest.param(
            "issuers: [某县卫生健康局]\nnumber: null",
            "issuers: []\nnumber: 某〔2023〕1号",
            id="no issuers, notes say so",
        ),
    ],
)
def test_allowed(load: Load, book: object, county: str, old: str, new: str) -> None:
    assert old in county
    assert load(book, county=county.replace(old, new, 1).replace("notes: null", "notes: 版头缺失"))
