"""Real changes, each with its approving document, written down apart from the derivation."""

from datetime import date

import pytest

from xinglin.base.places import (
    EDITIONS,
    ChangeKind,
    Level,
    UnclearLineage,
    UnknownEdition,
    UnknownPlace,
    changes,
    edition_on,
    lineage,
    successors,
)
from xinglin.base.places.change import Change
from xinglin.base.places.record import change_from, row_of
from xinglin.base.places.review import read_reviews
from xinglin.base.places.store import DATA

RENAMED, RECODED, MOVED = ChangeKind.RENAMED, ChangeKind.RECODED, ChangeKind.MOVED
MERGED, SPLIT, TRANSFERRED = ChangeKind.MERGED, ChangeKind.SPLIT, ChangeKind.TRANSFERRED
LAST = EDITIONS["2023"]

# edition before, kind, old, new, document
REAL_CHANGES = [
    ("2016", RENAMED, "330185 临安市", "330112 临安区", "国函〔2017〕102号"),
    ("2016", RENAMED, "331021 玉环县", "331083 玉环市", "民函〔2017〕70号"),
    ("2016", RENAMED, "610821 神木县", "610881 神木市", "民函〔2017〕71号"),
    ("2016", RENAMED, "520222 盘县", "520281 盘州市", "民函〔2017〕74号"),
    ("2016", MERGED, "330204 江东区", "330212 鄞州区", "国函〔2016〕158号"),
    ("2016", TRANSFERRED, "330212 鄞州区", "330203 海曙区", "国函〔2016〕158号"),
    ("2016", SPLIT, "130421 邯郸县", "130402 邯山区", "国函〔2016〕157号"),
    ("2016", SPLIT, "130421 邯郸县", "130403 丛台区", "国函〔2016〕157号"),
    ("2016", SPLIT, "440306 宝安区", "440309 龙华区", "国函〔2016〕159号"),
    ("2016", SPLIT, "440307 龙岗区", "440310 坪山区", "国函〔2016〕159号"),
    ("2016", TRANSFERRED, "341522 霍邱县", "341504 叶集区", "皖民地函〔2016〕355号"),
    ("2017", RENAMED, "5424 那曲地区", "5406 那曲市", "国函〔2017〕109号"),
    ("2017", RENAMED, "542421 那曲县", "540602 色尼区", "国函〔2017〕109号"),
    ("2017", RECODED, "542422 嘉黎县", "540621 嘉黎县", "国函〔2017〕109号"),
    ("2017", RENAMED, "370125 济阳县", "370115 济阳区", "国函〔2018〕86号"),
    ("2017", RENAMED, "232723 漠河县", "232701 漠河市", "民函〔2018〕50号"),
    ("2017", SPLIT, "140202 城区", "140213 平城区", "国函〔2018〕22号"),
    ("2017", SPLIT, "140211 南郊区", "140214 云冈区", "国函〔2018〕22号"),
    ("2017", MERGED, "140203 矿区", "140214 云冈区", "国函〔2018〕22号"),
    ("2017", MERGED, "140402 城区", "140403 潞州区", "国函〔2018〕87号"),
    ("2017", MERGED, "140411 郊区", "140403 潞州区", "国函〔2018〕87号"),
    ("2017", SPLIT, "440306 宝安区", "440311 光明区", "国函〔2018〕25号"),
    ("2017", RENAMED, "511521 宜宾县", "511504 叙州区", "国函〔2018〕89号"),
    ("2017", TRANSFERRED, "511521 宜宾县", "511502 翠屏区", "国函〔2018〕89号"),
    ("2017", MERGED, "632859 茫崖行政委员会", "632803 茫崖市", "民函〔2018〕48号"),
    ("2018", MERGED, "3712 莱芜市", "3701 济南市", "国函〔2018〕163号"),
    ("2018", MOVED, "371202 莱城区", "370116 莱芜区", "国函〔2018〕163号"),
    ("2018", MOVED, "371203 钢城区", "370117 钢城区", "国函〔2018〕163号"),
    ("2018", MERGED, "230702 伊春区", "230717 伊美区", "国函〔2019〕63号"),
    ("2018", SPLIT, "230711 乌马河区", "230718 乌翠区", "国函〔2019〕63号"),
    ("2018", RENAMED, "230703 南岔区", "230726 南岔县", "国函〔2019〕63号"),
    ("2018", SPLIT, "330327 苍南县", "330383 龙港市", "民函〔2019〕83号"),
    ("2018", RENAMED, "430521 邵东县", "430582 邵东市", "民函〔2019〕71号"),
    ("2019", RENAMED, "510132 新津县", "510118 新津区", "国函〔2020〕82号"),
    ("2019", MOVED, "220381 公主岭市", "220184 公主岭市", "国函〔2020〕84号"),
    ("2019", RENAMED, "130502 桥东区", "130502 襄都区", "国函〔2020〕78号"),
    ("2019", SPLIT, "130521 邢台县", "130503 信都区", "国函〔2020〕78号"),
    ("2019", MERGED, "370634 长岛县", "370614 蓬莱区", "国函〔2020〕81号"),
    ("2019", MERGED, "360105 湾里区", "360112 新建区", "国函〔2019〕105号"),
    ("2019", SPLIT, "360102 东湖区", "360113 红谷滩区", "国函〔2019〕105号"),
    ("2020", MERGED, "330103 下城区", "330105 拱墅区", "国函〔2021〕29号"),
    ("2020", SPLIT, "330104 江干区", "330102 上城区", "国函〔2021〕29号"),
    ("2020", SPLIT, "330104 江干区", "330114 钱塘区", "国函〔2021〕29号"),
    ("2020", SPLIT, "330109 萧山区", "330114 钱塘区", "国函〔2021〕29号"),
    ("2020", SPLIT, "330110 余杭区", "330113 临平区", "国函〔2021〕29号"),
    ("2020", MERGED, "320602 崇川区", "320613 崇川区", "国函〔2020〕79号"),
    ("2020", MERGED, "350402 梅列区", "350404 三元区", "闽政文〔2021〕49号"),
    ("2020", RENAMED, "520221 水城县", "520204 水城区", "国函〔2020〕83号"),
    ("2020", TRANSFERRED, "520221 水城县", "520201 钟山区", "国函〔2020〕83号"),
    ("2020", TRANSFERRED, "410522 安阳县", "410505 殷都区", "豫民行批〔2021〕3号"),
    ("2021", TRANSFERRED, "620122 皋兰县", "620105 安宁区", "甘政发〔2022〕14号"),
    ("2022", RENAMED, "540422 米林县", "540481 米林市", "西藏自治区人民政府2023年4月3日公告"),
]


@pytest.mark.parametrize(("edition", "kind", "old", "new", "document"), REAL_CHANGES)
def test_real_changes_are_known(edition, kind, old, new, document):
    old_code, old_name = old.split()
    new_code, new_name = new.split()
    (change,) = [
        c
        for c in lineage(old_code, edition)
        if (c.from_edition, c.old_code, c.new_code) == (edition, old_code, new_code)
    ]
    assert (change.kind, change.old_name, change.new_name) == (kind, old_name, new_name)
    assert change.reviewed
    assert change.document == document
    assert change.after == EDITIONS[edition] < change.by


@pytest.mark.parametrize(
    ("code", "since", "expected"),
    [
        ("441882", "2016", ("441882",)),
        ("510132", "2016", ("510118",)),
        ("330104", "2020", ("330102", "330114")),
        ("330110", "2020", ("330110", "330113")),
        ("330110", "2021", ("330110",)),
        ("330113", "2016", ("330113",)),
        ("440306", "2016", ("440306", "440311", "440309")),
        ("371202", "2016", ("370116",)),
        ("3712", "2016", ("3701",)),
        ("232701", "2017", ("232761",)),
        ("232701", "2018", ("232701",)),
        ("659012", "2016", ("659012",)),
        ("371202101", "2018", ("370116006",)),  # 羊里镇, recoded in 2019, later 羊里街道
    ],
)
def test_where_the_ground_of_a_place_is_now(code, since, expected):
    assert successors(code, LAST, since) == expected


def test_successors_are_those_of_the_edition_in_force():
    assert successors("330104", date(2021, 10, 30)) == ("330104",)
    assert successors("330104", date(2021, 10, 31)) == ("330102", "330114")


def test_what_a_place_came_from():
    merged_in = {change.old_name for change in lineage("330102", "2020")}
    assert merged_in == {"江干区"}
    assert {change.old_name for change in lineage("230724")} >= {"新青区", "红星区", "五营区"}


def test_lineage_of_a_place_that_never_changed_is_empty():
    assert lineage("441882") == ()
    assert lineage("441882101") == ()


def test_since_leaves_older_changes_out():
    assert lineage("510132", "2019")
    with pytest.raises(UnknownPlace):
        lineage("510132", "2020")


def test_ground_that_cannot_be_followed_is_said_so():
    (gone,) = [c for c in lineage("620871") if not c.new_code]
    assert gone.old_name == "平凉工业园区"
    with pytest.raises(UnclearLineage, match="去向不明"):
        successors("620871", LAST)


@pytest.mark.parametrize("work", [lineage, lambda c: successors(c, LAST)])
@pytest.mark.parametrize("code", ["999999", "441889", "441882101001", "44", "abc"])
def test_codes_without_lineage_are_refused(work, code):
    with pytest.raises(UnknownPlace):
        work(code)


def test_the_edition_in_force_on_a_day():
    assert edition_on(date(2023, 6, 30)) == "2023"
    assert edition_on(date(2023, 6, 29)) == "2022"
    assert edition_on(date(2030, 1, 1)) == "2023"
    with pytest.raises(UnknownEdition, match="2016-07-31"):
        edition_on(date(2016, 7, 30))
    with pytest.raises(UnknownEdition, match="没有“1999”版"):
        lineage("441882", "1999")


def test_every_review_is_in_the_lineage_with_its_document():
    reviewed = {(c.from_edition, c.old_code, c.new_code): c for c in changes() if c.reviewed}
    reviews = read_reviews(DATA / "lineage-review.csv")
    assert len(reviews) == len(reviewed) == 187
    for review in reviews:
        change = reviewed[review.key]
        assert review.document == change.document != ""
        assert review.kind in (None, change.kind)


def test_every_change_of_a_real_county_is_reviewed_or_a_transfer():
    settled = (ChangeKind.STATISTICAL, ChangeKind.TRANSFERRED, ChangeKind.RECODED)
    open_ends = [c for c in changes(Level.COUNTY) if not c.reviewed and c.kind not in settled]
    real = [c for c in open_ends if not c.old_code[4:].startswith("7")]
    assert [str(c) for c in real] == ["2016→2017 并入：金明区（410211） → 龙亭区（410202）"]


def test_changes_are_whole(nation):
    for change in (*changes(), *changes(Level.TOWNSHIP)):
        assert change.old_code or change.new_code
        assert bool(change.old_code) == bool(change.old_name)
        assert bool(change.new_code) == bool(change.new_name)
        assert change.villages <= min(change.old_villages, change.new_villages)
    last = [c for c in (*changes(), *changes(Level.TOWNSHIP)) if c.to_edition == "2023" and c.new_code]
    assert all(c.new_code in nation for c in last)


def test_evidence_is_told_in_chinese():
    change = lineage("510132")[0]
    assert change.evidence.startswith("按村名核对：")
    assert change.evidence.endswith("批准文件 国函〔2020〕82号")
    assert str(change) == "2019→2020 更名或改设：新津县（510132） → 新津区（510118）"


def test_rows_and_changes_are_inverse():
    for change in changes():
        assert change_from(row_of(change)) == change
    assert isinstance(changes()[0], Change)
