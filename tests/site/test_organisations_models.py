"""The tables of organisations carry the contract's columns; the database refuses what may not be."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import organisations_factories as make
import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError

from xinglin.apps.organisations.models import FACT_MODELS
from xinglin.facts import Column, ColumnType, load_contract, technique_rows

FIELD_TYPES: dict[ColumnType, type[models.Field[Any, Any]]] = {
    ColumnType.ID: models.CharField,
    ColumnType.TEXT: models.CharField,
    ColumnType.CODE: models.CharField,
    ColumnType.PLACE: models.CharField,
    ColumnType.INTEGER: models.IntegerField,
    ColumnType.BOOLEAN: models.BooleanField,
    ColumnType.DATE: models.DateField,
}
COLUMNS = [(table, name) for table in FACT_MODELS for name in load_contract().table(table).columns]


def expected_type(column: Column) -> type[models.Field[Any, Any]]:
    if column.references == "technique":
        return models.CharField
    return models.ForeignKey if column.references else FIELD_TYPES[column.type]


@pytest.mark.any_database
@pytest.mark.parametrize(("table", "name"), COLUMNS)
def test_columns_are_the_contracts(table: str, name: str) -> None:
    column = load_contract().table(table).columns[name]
    field = FACT_MODELS[table]._meta.get_field(name)
    assert isinstance(field, expected_type(column))
    assert field.column == name
    assert field.verbose_name == column.label
    assert field.null is not column.required or field.primary_key
    if column.references and column.references != "technique":
        assert field.related_model is FACT_MODELS[column.references]


@pytest.mark.any_database
@pytest.mark.parametrize(("table", "name"), COLUMNS)
def test_choices_are_the_contracts(table: str, name: str) -> None:
    column = load_contract().table(table).columns[name]
    field = FACT_MODELS[table]._meta.get_field(name)
    assert isinstance(field, models.Field)
    shown = {code: label for code, label in field.flatchoices if code not in (None, "")}
    if column.codes:
        assert shown == {code: c.label for code, c in load_contract().codelists[column.codes].codes.items()}
    elif column.references == "technique":
        assert shown == {row["technique"]: row["name"] for row in technique_rows()}
    else:
        assert not shown


@pytest.mark.any_database
@pytest.mark.parametrize("table", FACT_MODELS)
def test_key_is_the_primary_key_where_it_is_one_column(table: str) -> None:
    key = load_contract().table(table).key
    own = FACT_MODELS[table]._meta.pk
    assert own is not None
    assert own.name == (key[0] if len(key) == 1 else "id")


def closed(make_row: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_row()


DAY = date(2020, 1, 1)
REFUSED: dict[str, Callable[[], object]] = {
    "facility ends before it begins": lambda: make.facility(valid_from=DAY, valid_to=date(2019, 12, 31)),
    "facility in a city": lambda: make.facility("4418", kind="tcm_hospital"),
    "facility with a broken place": lambda: make.facility("44188210", kind="tcm_hospital"),
    "village clinic in a county": lambda: make.facility("441882", kind="village_clinic"),
    "less than no beds": lambda: make.facility(beds=-1),
    "too many beds": lambda: make.facility(beds=20001),
    "department beds": lambda: make.department(beds=5001),
    "department ends before it begins": lambda: make.department(valid_from=DAY, valid_to=date(2019, 1, 1)),
    "hall ends before it begins": lambda: make.tcm_hall(valid_from=DAY, valid_to=date(2019, 1, 1)),
    "corner ends before it begins": lambda: make.tcm_corner(valid_from=DAY, valid_to=date(2019, 1, 1)),
    "connection ends before it begins": lambda: make.platform_connection(disconnected_on=date(2010, 1, 1)),
    "technique ends before it begins": lambda: make.technique_capability(valid_to=date(2010, 1, 1)),
    "code ends before it begins": lambda: make.official_code(valid_to=date(2010, 1, 1)),
    "post ends before it begins": lambda: make.post(valid_to=date(2010, 1, 1)),
    "consortium ends before it begins": lambda: make.consortium(valid_to=date(2010, 1, 1)),
    "consortium in a township": lambda: make.consortium("441882101"),
    "membership ends before it begins": lambda: make.membership(valid_to=date(2010, 1, 1)),
    "catchment in a village": lambda: make.catchment(place="441882101202"),
    "catchment ends before it begins": lambda: make.catchment(valid_to=date(2010, 1, 1)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_database_refuses(case: str) -> None:
    closed(REFUSED[case])


Twice = tuple[Callable[..., models.Model], Callable[[], dict[str, Any]]]
TWICE: dict[str, Twice] = {
    "department": (make.department, lambda: {"owner": make.facility(), "valid_from": None}),
    "department key": (make.department, lambda: {"owner": make.facility(), "valid_to": DAY}),
    "hall": (make.tcm_hall, lambda: {"owner": make.facility()}),
    "connection": (make.platform_connection, lambda: {"hall": make.tcm_hall()}),
    "technique": (make.technique_capability, lambda: {"owner": make.facility()}),
    "technique key": (make.technique_capability, lambda: {"owner": make.facility(), "valid_to": DAY}),
    "code": (make.official_code, lambda: {"owner": make.facility()}),
    "membership": (make.membership, lambda: {"owner": make.consortium(), "member": make.facility()}),
    "catchment": (make.catchment, lambda: {"owner": make.consortium()}),
    "post": (
        make.post,
        lambda: {"person": make.practitioner(posted=False), "owner": make.facility(), "main": False},
    ),
    "main post": (make.post, lambda: {"person": make.practitioner(posted=False)}),
    "main post since": (make.post, lambda: {"person": make.practitioner(posted=False), "valid_to": DAY}),
    "person": (make.practitioner, lambda: {"id_number": make.id_number(7)}),
    "succession": (make.succession, lambda: {"old": make.facility(), "new": make.facility()}),
}


@pytest.mark.parametrize("case", TWICE)
def test_the_database_refuses_the_same_twice(case: str) -> None:
    maker, arguments = TWICE[case]
    same = arguments()
    maker(**same)
    closed(lambda: maker(**same))


def test_a_facility_is_not_its_own_successor() -> None:
    row = make.facility()
    closed(lambda: make.succession(row, row))


def test_people_without_a_number_are_many() -> None:
    make.practitioner(id_number="")
    make.practitioner(id_number="")


def test_a_facility_that_is_referred_to_stays() -> None:
    owner = make.facility()
    make.tcm_hall(owner)
    with pytest.raises(ProtectedError):
        owner.delete()


def test_every_model_has_a_maker() -> None:
    from django.apps import apps

    for model in apps.get_app_config("organisations").get_models():
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()
        assert isinstance(getattr(make, name)(), model), name
