"""What holds for every prescription, whatever is on it."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from shutil import copytree

import pytest
import safety_oracle as oracle
from hypothesis import given
from hypothesis import strategies as st

from xinglin.base.errors import DefinitionError
from xinglin.knowledge import herbs, incompatibility
from xinglin.knowledge.safety import (
    Context,
    Finding,
    Level,
    Line,
    Patient,
    Prescription,
    assemble,
    check,
    check_with,
    load,
    posts,
    worst,
)

_FORMS = ("制", "炒", "生", "炙")
_KNOWN = sorted(herbs.load().herbs)
_OPPOSED = sorted({name for pair in incompatibility.load() for name in (pair.first, pair.second)})
_ALIASES = sorted(
    alias for alias in oracle.aliases() if alias not in oracle.names() and not alias.startswith(("生", "鲜"))
)
_ODD = [*sorted(oracle.names()), "炒白及", "没有这味药", "京半夏"]
_FOOTNOTES = (None, "先煎", "后下", "包煎", "冲服", "研末吞服", "烊化", "打碎")

grams = st.sampled_from(
    [Decimal(text) for text in ("0.03", "0.5", "1", "3", "6", "9", "12", "15", "30", "60", "120")]
)
plain_names = st.sampled_from(_KNOWN) | st.sampled_from(_OPPOSED) | st.sampled_from(_ALIASES)
any_names = plain_names | st.sampled_from(_ODD)
patients = st.builds(
    Patient,
    age=st.sampled_from([None, Decimal("0.5"), 2, 5, 10, 40, 80]),
    pregnant=st.sampled_from([None, True, False]),
)
contexts = st.builds(
    Context, post=st.sampled_from(sorted(posts())), narcotic_right=st.booleans(), poppy_days=st.integers(0, 7)
)


def prescriptions(names: st.SearchStrategy[str], least: int = 1) -> st.SearchStrategy[Prescription]:
    line = st.builds(Line, herb=names, grams=grams, decoction=st.sampled_from(_FOOTNOTES))
    return st.builds(
        Prescription,
        lines=st.lists(line, min_size=least, max_size=16).map(tuple),
        doses=st.integers(1, 14),
        kind=st.sampled_from(["pieces", "granules"]),
        route=st.sampled_from(["oral", "external"]),
        days=st.sampled_from([None, 7, 14]),
    )


def by_herb(found: tuple[Finding, ...], prescription: Prescription) -> list[tuple[object, ...]]:
    """Findings without regard to where the lines stand."""
    return sorted(
        (one.rule, one.level, one.herbs, one.what, sorted(prescription.lines[at].herb for at in one.lines))
        for one in found
    )


@given(prescriptions(any_names), patients, contexts, st.randoms(use_true_random=False))
def test_the_order_of_herbs_does_not_matter(
    prescription: Prescription, patient: Patient, context: Context, random: Random
) -> None:
    lines = list(prescription.lines)
    random.shuffle(lines)
    shuffled = replace(prescription, lines=tuple(lines))
    before = by_herb(check(prescription, patient, context), prescription)
    assert by_herb(check(shuffled, patient, context), shuffled) == before


@given(prescriptions(plain_names), patients, contexts)
def test_an_alias_counts_as_its_standard_name(
    prescription: Prescription, patient: Patient, context: Context
) -> None:
    named = tuple(replace(line, herb=oracle.standard(line.herb)) for line in prescription.lines)
    found = check(prescription, patient, context)
    again = check(replace(prescription, lines=named), patient, context)
    assert [(one.rule, one.level, one.lines, one.herbs) for one in found] == [
        (one.rule, one.level, one.lines, one.herbs) for one in again
    ]


@given(prescriptions(any_names, least=2), patients, contexts)
def test_a_harmless_herb_changes_nothing(
    prescription: Prescription, patient: Patient, context: Context
) -> None:
    """茯神 at a gram: no pair, no form of another herb here, nothing about children or pregnancy."""
    alone = {"poppy_alone", "many_herbs", "heavy_dose", "dose_above", "dose_above_special"}
    fixed = replace(
        prescription, lines=tuple(x for x in prescription.lines if x.herb not in {"茯神", "抱木神"})
    )
    more = replace(fixed, lines=(*fixed.lines, Line("茯神", Decimal(1))))
    before = [one for one in check(fixed, patient, context) if one.rule not in alone]
    assert [one for one in check(more, patient, context) if one.rule not in alone] == before


@given(prescriptions(any_names), patients, contexts)
def test_less_of_everything_never_asks_for_more(
    prescription: Prescription, patient: Patient, context: Context
) -> None:
    """A dose below the range is never found, so a tenth of each dose can only take findings away."""
    little = replace(
        prescription, lines=tuple(replace(line, grams=line.grams / 10) for line in prescription.lines)
    )
    before = {(one.rule, one.herbs) for one in check(prescription, patient, context)}
    serious = [one for one in check(little, patient, context) if one.level.rank >= Level.SIGN.rank]
    assert {(one.rule, one.herbs) for one in serious} <= before


@given(prescriptions(plain_names), patients, contexts)
def test_the_oracle_agrees_on_anything(
    prescription: Prescription, patient: Patient, context: Context
) -> None:
    seen = {(one.rule, one.herbs) for one in check(prescription, patient, context)}
    seen -= {(rule, names) for rule, names in seen if rule in {"many_herbs", "heavy_dose"}}
    assert seen == oracle.expected(prescription, patient, context)


@given(prescriptions(any_names), patients, contexts)
def test_findings_are_sorted_and_told_apart(
    prescription: Prescription, patient: Patient, context: Context
) -> None:
    found = check(prescription, patient, context)
    assert [one.level.rank for one in found] == sorted((one.level.rank for one in found), reverse=True)
    assert len({one.key for one in found}) == len(found)
    assert worst(found) == (found[0].level if found else None)


def test_a_check_of_sixteen_herbs_takes_two_milliseconds() -> None:
    """CPU of the process, best of several rounds; opposed herbs, allergies and names that are not settled included."""
    text = "附子 法夏 白芍 贝母 炒白及 甘草 白术 党参 黄芪 当归 川芎 桂枝 茯苓 陈皮 枳壳 土元"
    prescription = Prescription(tuple(Line(name, Decimal(9)) for name in text.split()), 7)
    patient = Patient(age=80, pregnant=True, allergies=("对当归过敏", "花粉", "青霉素"))
    context = Context(running=("藜芦", "国老"))
    assert len(check(prescription, patient, context)) > 10
    rounds = []
    for _ in range(5):
        begin = time.process_time()
        for _ in range(20):
            check(prescription, patient, context)
        rounds.append((time.process_time() - begin) / 20)
    assert min(rounds) <= 0.002, f"{min(rounds) * 1000:.2f} ms"


def test_another_edition_is_loaded_beside_this_one(tmp_path: Path) -> None:
    """The next pharmacopoeia is a folder of its own; each finding names the edition it was made with."""
    for part in (herbs, incompatibility):
        root = tmp_path / part.__name__.rsplit(".", 1)[1]
        copytree(Path(part.__file__).parent / "data" / "chp2020", root / "chp2025")
        edition = root / "chp2025" / "edition.yaml"
        text = (
            edition.read_text(encoding="utf-8")
            .replace("id: chp2020", "id: chp2025")
            .replace("2020年版", "2025年版")
        )
        edition.write_text(text, encoding="utf-8")
    table = tmp_path / "herbs" / "chp2025" / "herbs.csv"
    row = "H0013,细辛,xixin,xx,北细辛/辽细辛,,解表药,发散风寒药,温,辛,肺、肾、心,1,3,"
    text = table.read_text(encoding="utf-8")
    assert row in text
    table.write_text(text.replace(row, row.replace(",1,3,", ",1,2,")), encoding="utf-8")
    next_rules = assemble(
        herbs.load("chp2025", tmp_path / "herbs"),
        incompatibility.load("chp2025", tmp_path / "incompatibility"),
    )
    three = Prescription((Line("细辛", Decimal(3)), Line("白术", Decimal(9))), 3)
    assert check(three) == ()
    (found,) = check_with(next_rules, three)
    assert (found.rule, found.edition) == ("dose_above", "chp2025")
    assert "2025年版" in found.source
    assert load("chp2020").edition == "chp2020"


def test_an_edition_or_a_post_that_is_not_there_is_named() -> None:
    one = Prescription((Line("甘草", Decimal(3)),), 1)
    with pytest.raises(DefinitionError, match=r"没有版本“chp2035”.*现有：chp2020"):
        check(one, context=Context(edition="chp2035"))
    with pytest.raises(DefinitionError, match="没有岗位类别“moon”"):
        check(one, context=Context(post="moon"))
    with pytest.raises(ValueError, match="剂数写作 0"):
        Prescription((), 0)
