"""Hand-made standings: every value state, verdict, due date, strength and scope occurs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from xinglin.base.states import Comparator, Due, Scope, Strength, ValueState, Verdict
from xinglin.standing.model import Explanation, Gap, Part, Result, Standing, Step, UnitExplained

TOWNSHIPS = (
    ("441882100", "连州镇"),
    ("441882101", "星子镇"),
    ("441882102", "大路边镇"),
    ("441882103", "龙坪镇"),
    ("441882104", "西岸镇"),
    ("441882105", "保安镇"),
    ("441882106", "丰阳镇"),
    ("441882107", "东陂镇"),
    ("441882109", "九陂镇"),
    ("441882118", "西江镇"),
    ("441882200", "瑶安瑶族乡"),
    ("441882201", "三水瑶族乡"),
)

CLINICS_ASKED: dict[str, object] = {"proficient": True, "facility_kinds": ["village_clinic"]}
CLINICS_IN_WORDS = (("机构类别", "村卫生室"), ("要求熟练", "是"))

_PLAIN: dict[str, Any] = {
    "document": "lianzhou",
    "document_title": "连州市基层中医药服务能力提升工程“十四五”行动计划实施方案",
    "document_short": "连州方案",
    "clauses": ("三 一是",),
    "target": "LZ-t01",
    "summary": "社区卫生服务中心、乡镇卫生院都设中医馆",
    "measure": "tcm_hall_coverage",
    "measure_label": "中医馆覆盖率",
    "parameters": {},
    "parameter_words": (),
    "state": ValueState.NUMBER,
    "numerator": "12",
    "denominator": "12",
    "exact": Fraction(100),
    "value": 100.0,
    "display": "100.00",
    "comparator": Comparator.ALL,
    "threshold": 100.0,
    "upper": None,
    "threshold_words": "100%",
    "judged_note": "",
    "unit": "%",
    "verdict": Verdict.MET,
    "verdict_words": "文件发布前已达标",
    "due": Due.BEFORE_ISSUE,
    "gap": None,
    "level": "county",
    "scope": Scope.PLACE,
    "strength": Strength.MUST,
    "deadline": date(2025, 12, 31),
    "responsible": ("连州市卫生健康局",),
    "lead": (),
    "responsible_tasks": (),
    "n_reported": 12,
    "n_units": 12,
    "units_word": "家",
    "own": True,
    "stricter": False,
    "wanted": False,
    "baseline": None,
    "meaning": "统计期末设有中医馆的社区卫生服务中心、乡镇卫生院，占其总数的百分比。",
    "sources": ("连州方案 附件1 表 5",),
    "reason": "",
}


def make_result(**changes: Any) -> Result:
    return Result(**{**_PLAIN, **changes})


def share(numerator: int, denominator: int, **changes: Any) -> Result:
    exact = Fraction(numerator * 100, denominator)
    numbers = {"numerator": str(numerator), "denominator": str(denominator), "exact": exact}
    return make_result(**{**numbers, "value": float(exact), "display": f"{float(exact):.2f}", **changes})


def without_number(state: ValueState, **changes: Any) -> Result:
    nothing = {"numerator": None, "denominator": None, "exact": None, "value": None, "display": state.label}
    judged = {"verdict": Verdict.NOT_JUDGED, "verdict_words": "不评判"}
    return make_result(**{"state": state, **nothing, **judged, **changes})


def make_part(
    code: str, label: str, numerator: int, denominator: int, verdict: Verdict | None = None
) -> Part:
    if not denominator:
        return Part(code, label, ValueState.NOT_APPLICABLE, "0", "0", None, "不适用", 0, 0)
    value = numerator / denominator * 100
    numbers = (str(numerator), str(denominator), value, f"{value:.2f}")
    return Part(code, label, ValueState.NUMBER, *numbers, denominator, denominator, verdict)


def _clinics() -> Result:
    wanted = (9, 20, 14, 13, 15, 0, 12, 11, 18, 10, 12, 14)
    total = (20, 22, 16, 15, 16, 0, 14, 13, 20, 12, 14, 15)
    judged = [
        Verdict.MET if t and n / t >= 0.8 else Verdict.NOT_MET for n, t in zip(wanted, total, strict=True)
    ]
    below = [
        make_part(*place, n, t, v if t else None)
        for place, n, t, v in zip(TOWNSHIPS, wanted, total, judged, strict=True)
    ]
    below[6] = Part(*TOWNSHIPS[6], ValueState.NOT_REPORTED, "0", "14", None, "未报", 0, 14)
    return share(
        136,
        177,
        target="LZ-t10",
        clauses=("三 三是", "四(三)8", "附件1 表 2"),
        summary="村卫生室至少80%能熟练开展适宜技术4类6项以上",
        measure="village_clinic_technique_4x6_rate",
        measure_label="村卫生室4类6项适宜技术达标率",
        parameters=CLINICS_ASKED,
        parameter_words=CLINICS_IN_WORDS,
        comparator=Comparator.AT_LEAST,
        threshold=80.0,
        threshold_words="≥80%",
        verdict=Verdict.NOT_MET,
        verdict_words="未达标，进行中",
        due=Due.RUNNING,
        gap=Gap(
            6,
            "家村卫生室",
            "还差 6 家村卫生室",
            (("LZ-1", "沙坊村卫生室", "再会 1 项"), ("LZ-2", "<b>龙咀</b>村卫生室", "再会 1 类 2 项")),
        ),
        n_reported=163,
        n_units=177,
        stricter=True,
        by_code=(
            ("举办层级", (make_part("village", "村办", 100, 120), make_part("private", "个体", 36, 57))),
        ),
        below=tuple(below),
    )


def _general_practitioners() -> Result:
    below = tuple(
        Part(
            code, name, ValueState.NUMBER, str(i % 3), "31435", i % 3 / 3.1435, f"{i % 3 / 3.1435:.2f}", 2, 2
        )
        for i, (code, name) in enumerate(TOWNSHIPS)
    )
    return make_result(
        target="LZ-t04",
        clauses=("三 二是", "附件1 表 13"),
        summary="每万居民有合格的中医类别全科医生0.6至0.8人",
        measure="tcm_gp_per_10k",
        measure_label="每万居民中医类别全科医生数",
        parameters={"eligible_only": True},
        parameter_words=(("只计具备条件者", "是"),),
        numerator="14",
        denominator="377220",
        exact=Fraction(140000, 377220),
        value=140000 / 377220,
        display="0.37",
        comparator=Comparator.BETWEEN,
        threshold=0.6,
        upper=0.8,
        threshold_words="0.6–0.8 人/万人",
        unit="人/万人",
        verdict=Verdict.WARN,
        verdict_words="未达，进行中",
        due=Due.RUNNING,
        strength=Strength.EXPECTED,
        baseline=0.36,
        gap=Gap(9, "名中医类别全科医生", "还差 9 名中医类别全科医生"),
        below=below,
    )


def _exists() -> Result:
    return make_result(
        target="LZ-t11",
        summary="市中医院设有中医健康宣教基地",
        measure="education_base_coverage",
        measure_label="有无中医健康宣教基地",
        numerator="1",
        denominator=None,
        exact=Fraction(1),
        value=1.0,
        display="有",
        comparator=Comparator.EXISTS,
        threshold=None,
        threshold_words="有",
        unit=None,
        due=Due.DUE,
        verdict_words="到期达标",
        n_reported=0,
        n_units=0,
        responsible=(),
    )


def _count() -> Result:
    return make_result(
        target="NA-t09",
        summary="培训基层医务人员不少于30人次",
        measure="people_trained",
        measure_label="培训人次",
        numerator="28.5",
        denominator=None,
        exact=Fraction(57, 2),
        value=28.5,
        display="28.5",
        comparator=Comparator.MORE_THAN,
        threshold=30.0,
        threshold_words=">30 人次",
        unit="人次",
        verdict=Verdict.NOT_MET,
        verdict_words="到期未达标",
        due=Due.DUE,
        gap=Gap(None, "人次", "还差 1.5 人次"),
        scope=Scope.EACH_COUNTY,
    )


_NATIONAL = {
    "document": "national",
    "document_title": "基层中医药服务能力提升工程“十四五”行动计划",
    "document_short": "国家行动计划",
    "own": False,
    "level": "nation",
}


def _states() -> list[Result]:
    strengths = {
        ValueState.NOT_REPORTED: Strength.MUST,
        ValueState.NOT_APPLICABLE: Strength.IN_PRINCIPLE,
        ValueState.NOT_CLOSED: Strength.STRIVE,
        ValueState.SUPPRESSED: Strength.ENCOURAGE,
    }
    scopes = (Scope.EACH_COUNTY, Scope.EACH_FACILITY, Scope.EACH_PREFECTURE, Scope.PLACE)
    return [
        without_number(
            state,
            **_NATIONAL,
            target=f"NA-t1{rank}",
            summary=f"社区卫生服务站全部能开展适宜技术（{state.label}的例子）",
            measure=f"station_{rank}",
            measure_label=f"站的指标{rank}",
            strength=strength,
            scope=scopes[rank],
            n_reported=0,
            n_units=3 * rank,
        )
        for rank, (state, strength) in enumerate(strengths.items())
    ]


def _encouraged() -> Result:
    words = {"threshold": None, "threshold_words": "鼓励", "verdict_words": "鼓励事项，不评判"}
    return share(
        2,
        12,
        **_NATIONAL,
        **words,
        target="NA-t20",
        summary="鼓励设<b>名中医工作室</b>",
        measure="studio",
        measure_label="名中医工作室",
        comparator=Comparator.ENCOURAGED,
        verdict=Verdict.NOT_JUDGED,
        due=Due.RUNNING,
        strength=Strength.ENCOURAGE,
    )


def _wanted() -> Result:
    return without_number(
        ValueState.NOT_APPLICABLE,
        target="LZ-t24",
        summary="中医馆信息化达到规定水平",
        measure="wanted",
        measure_label="暂无定义",
        wanted=True,
        threshold=None,
        threshold_words="待定",
        unit=None,
        n_units=0,
        n_reported=0,
    )


def make_explanation(units: int = 177) -> Explanation:
    clinic = _clinics()
    names = ("沙坊", "<b>龙咀</b>", "石角", "新塘")
    return Explanation(
        measure=clinic.measure,
        label=clinic.measure_label,
        parameters=clinic.parameters,
        parameter_words=clinic.parameter_words,
        place="441882",
        place_name="连州市",
        on=date(2020, 12, 31),
        description="能熟练开展4类以上、共6项以上适宜技术的村卫生室，占已报村卫生室的百分比。",
        state=ValueState.NUMBER,
        numerator="136",
        denominator="177",
        display="76.84",
        n_reported=163,
        n_units=177,
        units=tuple(_unit(rank, names[rank % 4]) for rank in range(units)),
    )


def _unit(rank: int, name: str) -> UnitExplained:
    place, place_name = TOWNSHIPS[rank % 12]
    met = rank % 4 != 1
    steps = (
        Step("下列条件都满足", "", met, 0),
        Step("熟练开展的技术类别数 ≥ 4", str(5 if met else 3), met, 1),
        Step("熟练开展的技术项数 ≥ 6", str(8 if met else 4), met, 1),
        Step("有效期", "未填", None, 1),
    )
    if rank % 13 == 12:
        return UnitExplained(
            f"LZ-{rank}", f"{name}村卫生室", place, place_name, "未报", "没有报送技术登记表", "", ""
        )
    word = "计入分子" if met else "只计入分母"
    reason = "满足全部条件" if met else "技术类别不足 4 类"
    return UnitExplained(
        f"LZ-{rank}", f"{name}村卫生室", place, place_name, word, reason, str(int(met)), "1", steps
    )


def make_standing(**changes: Any) -> Standing:
    clinics = _clinics()
    national = replace(
        clinics,
        **{**_NATIONAL, "target": "NA-t05", "threshold": 70.0, "threshold_words": "≥70%", "gap": None},
    )
    met = replace(national, verdict=Verdict.MET, verdict_words="进行中，已达标", stricter=False)
    results = (
        make_result(), _general_practitioners(), clinics, _exists(), _wanted(), met,
        replace(_count(), **_NATIONAL), *_states(), _encouraged(),
    )  # fmt: skip
    plain: dict[str, Any] = {
        "place": "441882",
        "place_name": "连州市",
        "place_full_name": "广东省清远市连州市",
        "on": date(2020, 12, 31),
        "demonstration": True,
        "data_title": "连州市 2020 年演示数据（种子 1）",
        "divisions_edition": "2023",
        "facts_manifest": "sha256:9f2c7f1f6c1f0f5f6e1d6f0e7a3a1f55",
        "definitions_hash": "sha256:1a6b4c0e2f9d",
        "engine": "duckdb 1.4.1",
        "results": results,
        "explanations": (make_explanation(),),
        "children": TOWNSHIPS,
    }
    return Standing(**{**plain, **changes})
