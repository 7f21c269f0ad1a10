import random
import time

import pytest

from xinglin.knowledge import diseases, formulas, herbs, syndromes, techniques
from xinglin.knowledge.readings import readings, syllables, typed
from xinglin.knowledge.search import Fit, Hit, Kind, index, search

QUERIES = (
    "a", "h", "z", "zh", "hq", "ks", "gan", "zhen", "zheng", "kesou", "fenghan", "xcht", "mahuang", "A04", "b02",
    "A04.03.07", "咳", "证", "针", "感冒", "风寒", "痹", "qqq", "不存在",
)  # fmt: skip


def names(text: str, *kinds: Kind, limit: int = 12) -> list[str]:
    return [hit.name for hit in search(text, kinds, limit=limit)]


@pytest.mark.parametrize(
    ("text", "kind", "first"),
    [
        ("hq", Kind.HERB, "黄芩"),
        ("huangqi", Kind.HERB, "黄芪"),
        ("ds", Kind.HERB, "丹参"),
        ("双花", Kind.HERB, "金银花"),
        ("zhike", Kind.HERB, "枳壳"),
        ("zhiqiao", Kind.HERB, "枳壳"),
        ("huangbai", Kind.HERB, "黄柏"),
        ("huangbo", Kind.HERB, "黄柏"),
        ("gc", Kind.HERB, "甘草"),
        ("fl", Kind.HERB, "茯苓"),
        ("dg", Kind.HERB, "当归"),
        ("白术", Kind.HERB, "白术"),
        ("ZGC", Kind.HERB, "炙甘草"),
        ("chuanjun", Kind.HERB, "大黄"),
        ("xql", Kind.FORMULA, "小青龙汤"),
        ("xi'xin", Kind.HERB, "细辛"),
        ("Gan Cao", Kind.HERB, "甘草"),
        ("xcht", Kind.FORMULA, "小柴胡汤"),
        ("六味", Kind.FORMULA, "六味地黄丸"),
        ("F001", Kind.FORMULA, "麻黄汤"),
        ("ksb", Kind.DISEASE, "咳嗽病"),
        ("nvji", Kind.DISEASE, ""),
        ("nveji", Kind.DISEASE, "疟疾"),
        ("nueji", Kind.DISEASE, "疟疾"),
        ("糖尿病", Kind.DISEASE, "消渴病"),
        ("zhuobi", Kind.DISEASE, "着痹"),
        ("luozhen", Kind.DISEASE, "落枕"),
        ("A04.03.07", Kind.DISEASE, "泄泻病"),
        ("a040307", Kind.DISEASE, "泄泻病"),
        ("fhxf", Kind.PATTERN, "风寒袭肺证"),
        ("gyqz", Kind.PATTERN, "肝郁气滞证"),
        ("脾胃虚寒", Kind.PATTERN, "脾胃阳虚证"),
        ("b02.02.04.04", Kind.PATTERN, "风寒犯肺证"),
        ("bg", Kind.TECHNIQUE, "拔罐（留罐、闪罐、走罐）技术"),
        ("meihuazhen", Kind.TECHNIQUE, "皮肤针（梅花针）技术"),
        ("B03", Kind.TECHNIQUE, "悬灸技术"),
    ],
)
def test_first_hit(text: str, kind: Kind, first: str) -> None:
    assert next(iter(names(text, kind)), "") == first


def test_every_formal_name_is_found_by_each_way_of_typing() -> None:
    things = [
        *((Kind.DISEASE, term.key, term.name) for term in diseases.load() if not term.heading),
        *((Kind.PATTERN, term.key, term.name) for term in syndromes.load() if not term.heading),
        *((Kind.TECHNIQUE, one.code, one.name) for one in techniques.load().values()),
        *((Kind.FORMULA, one.id, one.name) for one in formulas.load().values()),
    ]
    for kind, key, name in random.Random(7).sample(things, 150):
        whole = typed("".join(syllables(name)))
        for text in (name, whole):
            assert key in {hit.key for hit in search(text, {kind}, limit=60)}, (name, text)


def test_every_herb_is_reached_by_its_initials_but_refused_ones_never() -> None:
    index()
    hidden = {herb.name for herb in herbs.load() if herb.banned or herb.category == "毒性管理品种"}
    assert hidden == {herb.name for herb in herbs.load() if not herb.offered}
    offered: dict[str, set[str]] = {}
    for herb in herbs.load():
        if herb.initials not in offered:
            offered[herb.initials] = set(names(herb.initials, Kind.HERB, limit=1000))
        assert (herb.name in offered[herb.initials]) is herb.offered, herb.name
    for name in hidden:
        assert name not in names(name, Kind.HERB, limit=60)


def test_a_name_that_means_several_offers_each() -> None:
    for letters in ("贝母", "bm", "beimu"):
        offered = {one.name for one in search(letters, {Kind.HERB}) if one.matched == "贝母"}
        assert offered == {"川贝母", "浙贝母", "平贝母", "伊贝母", "湖北贝母"}


def test_beginnings_before_insides_and_common_before_rare() -> None:
    terms = {term.key: term for book in (diseases.load(), syndromes.load()) for term in book}
    seen = 0
    for text in QUERIES:
        hits = search(text, {Kind.DISEASE, Kind.PATTERN}, limit=40)
        inside = [hit.fit is Fit.INSIDE for hit in hits]
        assert inside == sorted(inside)
        if not any(sign.isdigit() for sign in text):
            rare = [(hit.fit is Fit.INSIDE, not terms[hit.key].common) for hit in hits]
            assert rare == sorted(rare)
            seen += len({*rare})
    assert seen > 30
    assert names("咳嗽", Kind.DISEASE)[:2] == ["咳嗽病", "咳嗽"]
    assert search("咳嗽", {Kind.DISEASE})[2].fit is Fit.INSIDE


def test_what_the_doctor_uses_comes_first() -> None:
    assert names("pw")[0] == "平胃散"
    used = {(Kind.PATTERN, "B04.06.03.01.03.01"): 3}
    assert search("pw", used=used)[0].name == "脾胃气虚证"
    inside = {(Kind.DISEASE, "A04.04.01.02"): 99}
    assert search("咳嗽", {Kind.DISEASE}, used=inside)[0].name == "咳嗽病"


def test_ranking_is_stable_and_a_short_list_begins_a_long_one() -> None:
    for text in QUERIES:
        long = search(text, limit=40)
        assert search(text, limit=40) == long
        assert len({(hit.kind, hit.key) for hit in long}) == len(long) <= 40
        for limit in (1, 5, 12):
            assert search(text, limit=limit) == long[:limit]


def test_no_code_without_a_digit_and_nothing_for_nothing() -> None:
    assert search("f", {Kind.FORMULA}, limit=200) == tuple(
        hit for hit in search("f", {Kind.FORMULA}, limit=200) if syllables(hit.name)[0].startswith("f")
    )
    assert search("") == search("  ") == search("感冒", limit=0) == ()


def test_aliases_say_what_was_matched() -> None:
    (hit,) = search("脾胃虚寒", {Kind.PATTERN}, limit=1)
    assert hit == Hit(Kind.PATTERN, "B04.06.03.01.03.04", "脾胃阳虚证", "脾胃虚寒证", Fit.BEGINNING)
    assert search("风寒束肤", {Kind.PATTERN})[0].doubtful


def test_readings() -> None:
    assert list(readings("着痹")) == [("zhe", "bi"), ("zhuo", "bi")]
    assert list(readings("咳嗽病")) == [("ke", "sou", "bing")]
    assert typed("Nüe Ji") == typed("nve'ji") == "nueji"


def test_a_query_takes_less_than_five_milliseconds() -> None:
    index()
    slowest = {}
    for text in QUERIES:
        start = time.process_time()
        for _ in range(5):
            search(text)
        slowest[text] = (time.process_time() - start) / 5
    assert max(slowest.values()) < 0.05
    assert sorted(slowest.values())[len(slowest) * 9 // 10] < 0.005, slowest
