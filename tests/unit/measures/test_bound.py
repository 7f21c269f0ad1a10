"""What binding makes of a definition: what a parameter decides is gone, with the reports it would need."""

from __future__ import annotations

from xinglin.measures import load_measures, walk
from xinglin.measures.fold import FALSE, TRUE, fold_value
from xinglin.measures.nodes import Exists, Literal, Present, Rows, When

BOOK = load_measures()
HALLS = Exists(Rows("tcm_hall", "facility", "facility"))


def test_a_value_that_is_always_chosen_stands_alone() -> None:
    assert fold_value(When(TRUE, When(TRUE, Literal(1)))) == Literal(1)
    assert fold_value(When(HALLS, Literal(1))) == When(HALLS, Literal(1))
    assert fold_value(When(FALSE, Literal(1))) == When(FALSE, Literal(1))


def test_what_a_parameter_closes_needs_no_report() -> None:
    everywhere = BOOK.bind("consortium_lead_rate")
    demonstration = BOOK.bind("consortium_lead_rate", {"demonstration_only": True})
    assert everywhere.denominator == Literal(1)
    assert walk.needed(everywhere, BOOK.contract, "place") == ("consortium", "facility")
    assert walk.needed(demonstration, BOOK.contract, "place") == ("consortium", "designation", "facility")


def test_what_makes_a_unit_complete_must_be_reported() -> None:
    bound = BOOK.bind("consortium_population_coverage")
    needed = ("catchment", "consortium", "facility", "population")
    assert walk.needed(bound, BOOK.contract, "place") == needed
    assert walk.needed(bound, BOOK.contract, "facility") == ()


def test_a_code_of_its_own_is_counted_over_the_same_units() -> None:
    """The units of one code keep what makes them complete."""
    definition = BOOK.definition("institution_count").model_copy(
        update={
            "units": {"table": "facility", "complete": {"column": "beds", "present": True}},
            "parameters": {},
            "indicators": {},
        }
    )
    book = type(BOOK)({definition.id: definition}, BOOK.contract)
    bound = book.bind(definition.id, only=("kind", "tcm_hospital"))
    assert isinstance(bound.units.complete, Present)
    assert bound.units.where is not None
