import csv
from pathlib import Path
from typing import Any

import pytest

from xinglin.base.errors import DefinitionError
from xinglin.knowledge import diseases, syndromes
from xinglin.knowledge.diagnosis import Coded, Diagnosis, Pair, UnreadableCode, check, coded, flat
from xinglin.knowledge.nomenclature import CODE_2021, Doubt, Finding, Nomenclature, edition_of

COUGH, WIND_COLD = "A04.04.01", "B02.02.04.04.01"


def pair(disease: str, *patterns: str) -> Pair:
    return Pair(coded(disease), tuple(coded(pattern) for pattern in patterns))


@pytest.mark.parametrize(
    ("book", "letter", "size"), [(diseases.load(), "A", 1370), (syndromes.load(), "B", 2062)]
)
def test_codes_are_unique_and_well_formed(book: Nomenclature[Any], letter: str, size: int) -> None:
    codes = [term.code for term in book if term.code]
    assert len(book) == size
    assert len(set(codes)) == len(codes) == size - (2 if letter == "B" else 0)
    assert all(
        CODE_2021.fullmatch(code) and code[0] == letter and edition_of(code) == "2021" for code in codes
    )
    known = set(codes)
    assert all(not term.parent or term.parent in known for term in book)
    assert sum(len(book.children(code)) for code in codes) == sum("." in code for code in codes)


def test_doubt_is_kept() -> None:
    of = {
        doubt: sum(term.doubt is doubt for term in (*diseases.load(), *syndromes.load())) for doubt in Doubt
    }
    assert of == {Doubt.NONE: 1237 + 2053, Doubt.ONE_SOURCE: 133 + 7, Doubt.LOCAL: 2}
    local = syndromes.find("风寒束肤证").term
    assert local is not None
    assert (local.code, local.key, "须改选国标" in local.doubt.label) == ("", "风寒束肤证", True)
    assert sum(pattern.signs is not None for pattern in syndromes.load()) == 187


def test_words_are_clean() -> None:
    for term in (*diseases.load(), *syndromes.load()):
        for word in (term.name, *term.aliases, *term.usual):
            assert all("\u4e00" <= sign <= "\u9fff" for sign in word), term


@pytest.mark.parametrize(
    ("word", "finding", "key"),
    [
        ("感冒", Finding.NAME, "A01.01.01"),
        ("a04.03.07", Finding.NAME, "A04.03.07"),
        ("Ａ０４．０３．０７", Finding.NAME, "A04.03.07"),
        ("痹证", Finding.ALIAS, "A07.06"),
        ("消渴 症", Finding.ALIAS, "A06.09"),
        ("痛风病", Finding.ALIAS, "A07.06.23"),
        ("糖尿病", Finding.USUAL, "A06.09"),
        ("上感", Finding.USUAL, "A01.01.01"),
    ],
)
def test_old_words_find_the_formal_disease(word: str, finding: Finding, key: str) -> None:
    match = diseases.find(word)
    assert match.term is not None
    assert (match.finding, match.term.key) == (finding, key)
    assert ("请确认" in match.say) == (finding is Finding.USUAL)


@pytest.mark.parametrize(
    ("word", "finding", "key"),
    [
        ("风热袭肺证", Finding.ALIAS, "B02.02.05.05"),
        ("风热犯肺", Finding.ALIAS, "B02.02.05.05"),
        ("脾胃气虚型", Finding.ALIAS, "B04.06.03.01.03.01"),
        ("食积证", Finding.USUAL, "B02.12.01.01"),
        ("食积", Finding.USUAL, "B02.12.01.01"),
        ("风寒犯肺证", Finding.NAME, "B02.02.04.04"),
    ],
)
def test_old_words_find_the_formal_pattern(word: str, finding: Finding, key: str) -> None:
    match = syndromes.find(word)
    assert match.term is not None
    assert (match.finding, match.term.key) == (finding, key)


def test_a_formal_name_that_is_also_an_alias_says_so() -> None:
    match = syndromes.find("风寒犯肺证")
    assert [term.code for term in match.others] == [WIND_COLD]
    assert "也是“风寒袭肺证（B02.02.04.04.01）”的别名" in match.say


def test_every_word_of_several_terms_is_told_and_never_guessed() -> None:
    for book in (diseases.load(), syndromes.load()):
        owners: dict[str, set[str]] = {}
        for term in book:
            for word in (*term.aliases, *term.usual):
                owners.setdefault(word, set()).add(term.key)
        names = {term.name for term in book}
        several = {word: keys for word, keys in owners.items() if len(keys) > 1 and word not in names}
        assert several
        for word, keys in several.items():
            match = book.find(word)
            assert match.term is None
            assert (match.finding, {term.key for term in match.others}) == (Finding.AMBIGUOUS, keys)


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("失眠", ["A04.01.13", "A17.11"]),
        ("眩晕", ["A04.02.01", "A12.09", "A17.07"]),
        ("扁桃体炎", ["A10.04.29", "A14.01"]),
        ("心悸", ["A04.01.09", "A04.01.10", "A17.26"]),
    ],
)
def test_ambiguous_diseases(word: str, codes: list[str]) -> None:
    match = diseases.find(word)
    assert (match.finding, match.term) == (Finding.AMBIGUOUS, None)
    assert [term.code for term in match.others] == codes
    assert match.say.endswith("请选其中一个")


def test_provisional_and_unknown_words() -> None:
    fever = diseases.find("发热")
    assert (fever.finding, "请改为正式病名" in fever.say) == (Finding.NAME, True)
    unknown = diseases.find("尿频")
    assert (unknown.finding, unknown.term) == (Finding.UNKNOWN, None)
    assert "写法相近的有“小儿尿频（A10.04.22）”" in unknown.say
    assert diseases.find("不存在的病").others == ()
    assert diseases.find("").finding is Finding.UNKNOWN


def test_dual_diagnosis_line_by_line() -> None:
    diagnosis = Diagnosis(
        (pair(COUGH, WIND_COLD, "B03.01.03"), pair("A04.01.13", "B04.06.01.03.02")), (("J40", "支气管炎"),)
    )
    assert check(diagnosis) == ()
    assert [(row.group, row.kind, row.level, row.code) for row in flat(diagnosis)] == [
        (1, "disease", "main", COUGH),
        (1, "pattern", "main", WIND_COLD),
        (1, "pattern", "secondary", "B03.01.03"),
        (2, "disease", "secondary", "A04.01.13"),
        (2, "pattern", "main", "B04.06.01.03.02"),
        (0, "western", "main", "J40"),
    ]
    assert {row.system for row in flat(diagnosis)} == {"GB/T 15657-2021", "ICD-10"}


@pytest.mark.parametrize(
    ("pairs", "kinds"),
    [
        ((), ["no_diagnosis"]),
        ((pair(COUGH),), ["no_pattern"]),
        ((pair(WIND_COLD, WIND_COLD),), ["not_disease"]),
        ((pair(COUGH, COUGH),), ["not_pattern"]),
        ((pair(COUGH, WIND_COLD, WIND_COLD),), ["twice"]),
        ((pair(COUGH, WIND_COLD), pair(COUGH, "B03.01.03")), ["twice"]),
        ((pair("A04", "B04"),), ["heading", "heading"]),
        ((pair("A17.22", WIND_COLD),), ["provisional"]),
        ((pair(COUGH, "风寒束肤证"),), ["local"]),
        ((Pair(Coded(COUGH, "咳血", "gbt15657_2021"), (coded(WIND_COLD),)),), ["name_differs"]),
        ((Pair(Coded("A99", "咳血", "gbt15657_2021"), (coded(WIND_COLD),)),), ["unknown"]),
        ((Pair(coded("BNF010", "咳嗽"), (coded("ZBFH10", "风寒袭肺证"),)),), ["old_code", "old_code"]),
        ((Pair(coded("ZBFH10", "风寒袭肺证"), (coded("BNF010", "咳嗽"),)),), ["not_disease", "not_pattern"]),
    ],
)
def test_faulty_diagnoses(pairs: tuple[Pair, ...], kinds: list[str]) -> None:
    remarks = check(Diagnosis(pairs))
    assert [remark.kind for remark in remarks] == kinds
    assert all(remark.what and remark.fix for remark in remarks)


def test_provisional_disease_names_the_formal_one() -> None:
    (remark,) = check(Diagnosis((pair("A17.22", WIND_COLD),)))
    assert remark.severity.value == "warning"
    assert "如咳嗽病" in str(remark)


def test_codes_of_unknown_editions_are_refused() -> None:
    with pytest.raises(UnreadableCode, match="没有代码“A99"):
        coded("A99.99")
    with pytest.raises(UnreadableCode, match="像是 1995 年版代码"):
        coded("BNF010")
    assert (edition_of("BNF010"), edition_of("ZBFH10"), edition_of("J40")) == ("1995", "1995", "")


def installed(root: Path, rows: list[tuple[str, ...]]) -> Path:
    """A made-up table of 1995 codes, as an installation would bring it; the codes are invented."""
    folder = root / "gbt15657_1995"
    folder.mkdir()
    about = "id: gbt15657_1995\ntitle: 演示数据\nsource: 演示数据\nchecked: 未核对\n"
    (folder / "edition.yaml").write_text(about, encoding="utf-8")
    with (folder / "diseases.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([diseases.COLUMNS, *rows])
    return root


def test_there_is_room_for_the_codes_of_1995(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="现有：gbt15657_2021"):
        diseases.load("gbt15657_1995")
    row = ("BNX010", "咳嗽", "", "", "", "", "", "", COUGH, "", "")
    book = diseases.load("gbt15657_1995", installed(tmp_path, [row]))
    old = book.find("BNX010").term
    assert old is not None
    assert (old.edition, old.successors, old.parent) == ("gbt15657_1995", (COUGH,), "")


def test_a_broken_table_tells_all_its_faults(tmp_path: Path) -> None:
    empty = ("",) * 9
    rows = [
        ("BNX010", "甲", *empty),
        ("BNX010", "乙", *empty),
        ("X1", "甲", *empty),
        ("", "丙", *empty),
        ("A01.01", "丁", *empty),
    ]
    with pytest.raises(DefinitionError) as caught:
        diseases.load("gbt15657_1995", installed(tmp_path, rows))
    told = "\n".join(caught.value.faults)
    for said in (
        "代码“BNX010”出现两次",
        "名称“甲”出现两次",
        "“X1”写法不对",
        "“丙”没有代码",
        "没有上一级 A01",
    ):
        assert said in told
