"""A reading as a draft: our file format, stable bytes, nothing made up, and loadable once it was reviewed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from xinglin.base.errors import DefinitionError
from xinglin.base.yamlfile import read_yaml
from xinglin.measures import Book, load_measures
from xinglin.policy import load_documents, quotation_hash
from xinglin.policy.reader import read
from xinglin.policy.reader.draft import Draft, drafts
from xinglin.policy.reader.draft_entries import period_of
from xinglin.policy.reader.draft_yaml import dump_draft
from xinglin.policy.reader.formats import source_of

PLAN = """\
连州市卫生健康局文件
连卫〔2023〕46号
关于印发《连州市中医药“十四五”行动计划》的通知
各镇人民政府：
现印发给你们，请认真贯彻执行。
连州市卫生健康局
2023年6月14日
连州市中医药“十四五”行动计划
为发展我市中医药事业，制定本计划。
一、回顾
截至2020年底，全市83.62%的村卫生室能够提供中医药服务。
二、主要目标
到2025年，社区卫生服务中心和乡镇卫生院全部设置中医馆；到2024年，80%以上的村卫生室至少配备1名能够提供中医药服务的医务人员。
基本实现城乡每万居民有0.6-0.8名合格的中医类别全科医生。
中心药圃不少于3个。
三、重点任务
（一）健全体系
1.加强中医馆建设。推进中医馆标准化建设。（市卫生健康局牵头，市财政局、市教育局按职责分工负责）
（二）加强推广
2.推广适宜技术。开展培训。（市卫生健康局负责）
"""


@pytest.fixture(scope="module")
def book() -> Book:
    return load_measures()


@pytest.fixture(scope="module")
def draft(book: Book) -> Draft:
    (found,) = drafts(read(source_of("plan.txt", PLAN.encode())), book, document_id="plan")
    return found


def entry(draft: Draft, words: str) -> dict[str, Any]:
    (found,) = (one for one in draft.content["targets"] if words in one["summary"])
    return dict(found)


def test_the_head(draft: Draft) -> None:
    head = {
        key: draft.content[key]
        for key in ("id", "title", "short", "number", "place", "level", "issued", "period")
    }
    assert head == {
        "id": "plan",
        "title": "连州市中医药“十四五”行动计划",
        "short": "连州计划",
        "number": "连卫〔2023〕46号",
        "place": "441882",
        "level": "county",
        "issued": date(2023, 6, 14),
        "period": {"from": date(2021, 1, 1), "to": date(2025, 12, 31)},
    }
    assert "按五年规划推算" in draft.content["notes"]


def test_a_target_with_all_it_rests_on(draft: Draft) -> None:
    hall = entry(draft, "中医馆")
    quotation = "社区卫生服务中心和乡镇卫生院全部设置中医馆"
    review = hall.pop("review")
    assert hall | {"summary": ""} == {
        "id": "LZ-t01",
        "clauses": ["二"],
        "summary": "",
        "measure": "tcm_hall_coverage",
        "parameters": {},
        "comparator": "all",
        "value": 100,
        "upper": None,
        "unit": "%",
        "scope": "place",
        "strength": "must",
        "deadline": date(2025, 12, 31),
        "responsible": [],
        "baseline": None,
        "note": None,
    }
    assert quotation in review["quotations"][0]
    assert review["quotation_sha256"] == quotation_hash(review["quotations"])
    assert (review["drafted"], review["reviewer"], review["date"]) == (True, None, None)
    assert review["place"] == "第 13 行"
    assert review["confidence"] > Decimal("0.9")


def test_a_share_of_facilities_that_reach_an_amount(draft: Draft) -> None:
    workers = entry(draft, "医务人员")
    assert workers["measure"] == "village_clinic_tcm_worker_rate"
    assert (workers["comparator"], workers["value"], workers["unit"]) == ("at_least", 80, "%")
    assert workers["note"] == "每家的门槛：不少于1名"
    assert workers["deadline"] == date(2024, 12, 31)


def test_a_range_and_its_strength(draft: Draft) -> None:
    doctors = entry(draft, "全科医生")
    assert (doctors["comparator"], doctors["value"], doctors["upper"]) == (
        "between",
        Decimal("0.6"),
        Decimal("0.8"),
    )
    assert (doctors["unit"], doctors["strength"]) == ("人/万人", "expected")


def test_what_no_measure_counts_is_wanted(draft: Draft) -> None:
    garden = entry(draft, "药圃")
    assert (garden["measure"], garden["wants"]) == ("wanted", None)
    assert any("需要新指标" in doubt for doubt in garden["review"]["doubts"])
    assert [one.key for one in draft.wanted] == [garden["id"]]


def test_past_figures_are_in_no_draft(draft: Draft) -> None:
    assert "83.62" not in dump_draft(draft.content)


def test_tasks_with_units_in_printed_order(draft: Draft) -> None:
    hall, technique = draft.content["tasks"]
    assert (hall["id"], hall["clause"], hall["heading"]) == ("LZ-k01", "三(一)1", "加强中医馆建设")
    assert hall["units"] == ["市卫生健康局", "市财政局", "市教育局"]
    assert hall["lead"] == ["市卫生健康局"]
    assert technique["units"] == ["市卫生健康局"]


def test_the_file_gives_back_what_was_drafted_byte_by_byte(draft: Draft, book: Book, tmp_path: Path) -> None:
    text = dump_draft(draft.content)
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    assert read_yaml(path) == draft.content
    (again,) = drafts(read(source_of("plan.txt", PLAN.encode())), book, document_id="plan")
    assert dump_draft(again.content) == text
    assert "&id" not in text


def test_it_loads_when_all_was_reviewed_and_not_before(draft: Draft, book: Book, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(dump_draft(draft.content), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_documents(book, tmp_path)
    garden = draft.wanted[0].key
    waiting, *others = (
        fault.removeprefix("plan.yaml ") for fault in sorted(caught.value.faults, key=len, reverse=True)
    )
    assert waiting.startswith(f"有 {len(draft.entries)} 条由程序起草，还没有人审核：文件首部、LZ-t01")
    assert others == [f"{garden}：measure 为 wanted 时，wants 要写对照表的行"]

    reviewed = _reviewed(draft.content, garden)
    path.write_text(dump_draft(reviewed), encoding="utf-8")
    document = load_documents(book, tmp_path).document("plan")
    assert [target.id for target in document.targets] == [one["id"] for one in reviewed["targets"]]
    assert document.targets[0].review is not None
    assert document.targets[0].review.reviewer == "演示人"


def _reviewed(content: Any, dropped: str) -> dict[str, Any]:
    """A draft as somebody leaves it who has looked at everything and takes one entry out."""

    def signed(value: Any) -> Any:
        if isinstance(value, dict):
            done = {key: signed(item) for key, item in value.items()}
            return done | {"reviewer": "演示人", "date": date(2024, 5, 1)} if "drafted" in done else done
        return [signed(item) for item in value] if isinstance(value, list) else value

    done = signed(dict(content))
    done["targets"] = [one for one in done["targets"] if one["id"] != dropped]
    return dict(done)


def test_another_levels_column_is_a_draft_of_its_own(book: Book) -> None:
    rows = "序号\t指标\t2020年\t2025年\n1\t65岁以上老年人中医药健康管理率（%）\t73.6\t80（国家指标为75）\n"
    text = (
        f"吉林市中医药发展“十四五”规划\n一、目标\n专栏1 主要发展指标\n{rows}2\t中医类医院数（个）\t29\t39\n"
    )
    main, nation = drafts(read(source_of("plan.txt", text.encode())), book, document_id="jilin", prefix="JL")
    assert (main.id, nation.id) == ("jilin", "jilin_national")
    assert (nation.content["place"], nation.content["level"], nation.content["issuers"]) == (
        "0",
        "national",
        [],
    )
    (target,) = nation.content["targets"]
    assert target["value"] == 75
    ids = [one["id"] for found in (main, nation) for one in found.content["targets"]]
    assert sorted(ids) == ["JL-t01", "JL-t02", "JL-t03"]


def test_ids_get_out_of_each_others_way(book: Book) -> None:
    reading = read(source_of("plan.txt", PLAN.encode()))
    (other,) = drafts(reading, book, taken={"LZ", "LZB"})
    assert {one["id"].split("-")[0] for one in other.content["targets"]} == {"LZC"}
    assert other.id == "lianzhou"


def test_a_text_that_says_nothing_gives_nulls_and_their_names(book: Book, tmp_path: Path) -> None:
    (found,) = drafts(read(source_of("a.txt", "村卫生室全部设置中医阁。".encode())), book, document_id="a")
    assert found.content["place"] is None
    assert found.content["period"] == {"from": None, "to": None}
    assert "没有读出" in found.content["notes"]
    (tmp_path / "a.yaml").write_text(dump_draft(found.content), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_documents(book, tmp_path)
    told = "\n".join(caught.value.faults)
    assert all(f"a.yaml {key}" in told for key in ("short", "place", "level", "period.from", "period.to"))


PERIODS = {
    "2023年9月": (date(2023, 9, 1), date(2023, 9, 30)),
    "2023年9-12月": (date(2023, 9, 1), date(2023, 12, 31)),
    "2023年11月—2024年2月": (date(2023, 11, 1), date(2024, 2, 29)),
    "（2024年1月1日至1月20日）": (date(2024, 1, 1), date(2024, 1, 20)),
    "2022年-2025年": (date(2022, 1, 1), date(2025, 12, 31)),
    "2023年": (date(2023, 1, 1), date(2023, 12, 31)),
}


@pytest.mark.parametrize("text", PERIODS)
def test_spans_of_time(text: str) -> None:
    start, end = PERIODS[text]
    assert period_of(text) == {"from": start, "to": end}


@pytest.mark.parametrize("text", ["近期", "2024年13月", "2024年5月至2月", ""])
def test_what_is_no_span_stays_open(text: str) -> None:
    assert period_of(text) is None
