"""The safety check against thousands of generated prescriptions, hand-made traps and the classic formulas."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import safety_rates
import safety_traps

from xinglin.knowledge import formulas, herbs
from xinglin.knowledge.safety import Context, Level, Patient, check, from_formula, posts, rules


def test_every_generated_prescription_gives_what_the_tables_say() -> None:
    rates = safety_rates.of_table()
    assert not rates.missed, rates.missed
    assert not rates.over, rates.over
    assert rates.cases > 7_000
    assert rates.expected > 5_000


def test_every_hand_made_prescription_gives_what_a_pharmacist_would_say() -> None:
    rates = safety_rates.of_traps()
    assert not rates.missed, rates.missed
    assert not rates.over, rates.over


def test_every_rule_was_called_for() -> None:
    met = set(safety_rates.of_table().rules) | set(safety_rates.of_traps().rules)
    assert met == set(rules()), met ^ set(rules())


@pytest.mark.parametrize("post", posts())
def test_no_classic_formula_is_refused(post: str) -> None:
    """At any post and for any number of doses; only the signature that the reference asks for is asked."""
    for formula in formulas.load().values():
        for doses in (1, 14):
            found = check(from_formula(formula, doses), context=Context(post=post, template=formula.id))
            assert not [one.what for one in found if one.level is Level.STOP], formula.name


def test_formulas_exceed_the_range_exactly_where_the_reference_counted() -> None:
    """``over`` was worked out elsewhere; a herb whose range is the textbook's is information, not a signature."""
    for formula in formulas.load().values():
        found = check(from_formula(formula, 7))
        above = {name for one in found for name in one.herbs if one.rule.startswith("dose_above")}
        assert above == {name for name, _, _ in formula.over}, formula.name
        signed = {name for one in found for name in one.herbs if one.rule == "dose_above"}
        assert signed == {name for name in above if herbs.load().herbs[name].dose_is_binding}, formula.name


def test_the_formula_with_opposed_herbs_is_signed_not_stopped() -> None:
    formula = formulas.find("回阳救急汤")
    assert formula is not None
    (found,) = check(from_formula(formula, 3), context=Context(template=formula.id, post="one_person"))
    assert (found.rule, found.level, found.herbs) == ("opposed_pair", Level.SIGN, ("半夏", "附子"))
    assert "原方如此" in found.fix
    assert "远程点评" in found.fix


def test_the_formula_is_no_reason_for_more_than_it_prints() -> None:
    formula = formulas.find("小青龙汤")
    assert formula is not None
    lines = safety_traps.lines("细辛9 麻黄9")
    (found,) = check(safety_traps.Prescription(lines, 3), context=Context(template=formula.id))
    assert found.rule == "dose_above"
    assert "原方如此" not in found.fix


def test_within_the_range_almost_nothing_interrupts() -> None:
    """Over-warning on real prescriptions: 194 formulas at pharmacopoeia doses, one of them with an opposed pair."""
    total, interrupted = safety_rates.interrupting(safety_rates.within_range())
    assert (total, interrupted) == (194, 1)


def test_levels_follow_the_ground_of_the_rule() -> None:
    """Custom and textbook never interrupt with more than a warning, and a doubtful dose or pair is only information."""
    for name, rule in rules().items():
        if rule.binding == "practice":
            assert rule.level.rank <= Level.WARNING.rank, name
    for name in ("dose_above_unverified", "pair_one_source", "pair_customary", "pregnancy_textbook"):
        assert rules()[name].level is Level.INFO


def test_doubtful_rows_are_never_more_than_information() -> None:
    """Ten times a dose that is only the textbook's, and a pregnancy entry that was not settled."""
    for herb in herbs.load():
        if "dose" in herb.doubt and not herb.banned:
            found = check(safety_traps.Prescription(safety_traps.lines(f"{herb.name}9999"), 2))
            dose = [one for one in found if one.rule.startswith(("dose_above", "powder"))]
            assert [one.level for one in dose] == [Level.INFO], herb.name
        if "pregnancy" in herb.doubt:
            found = check(
                safety_traps.Prescription(safety_traps.lines(f"{herb.name}1"), 2), Patient(pregnant=True)
            )
            said = [one.level for one in found if one.rule.startswith("pregnancy")]
            assert said == [Level.INFO], herb.name


def test_every_finding_says_what_why_where_and_what_to_do() -> None:
    for trap in safety_traps.TRAPS:
        for found in check(trap.prescription, trap.patient, trap.context):
            assert all((found.what, found.why, found.source, found.fix)), found
            assert found.edition == "chp2020"
            assert "{" not in found.source + found.what + found.fix
            assert all(0 <= at < len(trap.prescription.lines) for at in found.lines)
            assert found.as_dict()["level"] == found.level.value
            for offer in found.offers:
                assert offer.line in found.lines
                assert offer.value


def test_taking_an_offer_mends_the_finding() -> None:
    """What the page offers for one touch really removes the finding it was offered for."""
    mended = 0
    for trap in safety_traps.TRAPS:
        for found in check(trap.prescription, trap.patient, trap.context):
            for offer in found.offers:
                lines = list(trap.prescription.lines)
                old = lines[offer.line]
                assert offer.field in ("herb", "grams", "decoction")
                value = Decimal(offer.value) if offer.field == "grams" else offer.value
                lines[offer.line] = replace(old, **{offer.field: value})
                again = check(
                    safety_traps.Prescription(tuple(lines), trap.prescription.doses),
                    trap.patient,
                    trap.context,
                )
                assert not [one for one in again if one.rule == found.rule and offer.line in one.lines], found
                mended += 1
    assert mended > 40
