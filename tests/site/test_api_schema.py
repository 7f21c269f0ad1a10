"""Requests drawn from the API's own OpenAPI document: answers are what it promises, whatever is sent.

In process, over WSGI, with a fixed seed; a token of a county officer that may do everything its owner may, and one of a
doctor for what only those who treat may do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import clinic_factories as clinic
import forms_factories as forms
import jsonschema
import organisations_factories as make
import pytest
import schemathesis
from api_factories import token
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from conftest import CHILD, COUNTY
from xinglin.apps.access.table import access_table
from xinglin.apps.accounts.models import User
from xinglin.apps.api.documents import document_schema
from xinglin.apps.api.site import openapi, operations
from xinglin.apps.forms.book import book
from xinglin.records import Definition, FieldType
from xinglin.records.cells import to_json
from xinglin.records.fields import REFERENCES
from xinglin.records.samples import sample_of

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    missing_required_header,
    unsupported_method,
]


def loaded(coverage: bool) -> Any:
    """The document; ``coverage``: every boundary of every parameter is tried too, which takes its time."""
    config = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": coverage}}})
    found = schemathesis.openapi.from_dict(openapi(), config=config)
    found.app = get_wsgi_application()
    return found


reads = loaded(True).include(method="GET", path_regex="s$")
"""Lists, whose queries have boundaries; single objects have none but their id."""
writes = loaded(False).exclude(method="GET", path_regex="s$")
few = settings(
    max_examples=3,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)


@pytest.fixture
def texts(account: Callable[..., User], settings: Any) -> Iterator[tuple[str, str]]:
    """The tokens of the officer and of the doctor; a few objects that answers can hold."""
    settings.XINGLIN_API_RATE = 1_000_000
    for signal in (
        request_started,
        request_finished,
    ):  # the connection is the test's, as Django's own client has it
        signal.disconnect(close_old_connections)
    owner = make.facility(CHILD)
    make.practitioner(owner)
    make.membership(make.consortium(COUNTY), owner)
    forms.record("open_case", facility=owner.pk)
    desk = clinic.desk(account, owner)
    clinic.signed(desk)
    yield token(account("county_officer", COUNTY))[1], token(desk.user)[1]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@reads.parametrize()
@seed(20250520)
@few
def test_whatever_a_list_is_asked(case: Any, texts: tuple[str, str]) -> None:
    ask(case, texts)


@writes.parametrize()
@seed(20250520)
@few
def test_whatever_is_sent(case: Any, texts: tuple[str, str]) -> None:
    ask(case, texts)


def ask(case: Any, texts: tuple[str, str]) -> None:
    permission = operations()[case.operation.definition.raw["operationId"]][2].permission
    text = texts[not access_table().allows("county_officer", permission)]
    case.call_and_validate(headers={"Authorization": f"Bearer {text}", "Host": "localhost"}, checks=CHECKS)


@pytest.mark.any_database
def test_schemas_of_definitions_take_their_samples() -> None:
    assert [name for one in book() if (name := one.id) and not _takes_its_sample(one)] == []


def _takes_its_sample(definition: Definition) -> bool:
    found = document_schema(definition)
    jsonschema.Draft202012Validator.check_schema(found)
    stand_in: dict[str, Any] = {}
    for name, field in definition.fields.items():
        if field.type in (FieldType.FACILITIES, FieldType.PRACTITIONERS, FieldType.FILE):
            stand_in[name] = ["x"]
        elif field.type is FieldType.PLACE:
            stand_in[name] = "44"
        elif field.type is FieldType.RECORD or field.type in REFERENCES:
            stand_in[name] = "x"
    values = {n: to_json(v) for n, v in sample_of(definition, stand_in).items() if n in found["properties"]}
    return jsonschema.Draft202012Validator(found).is_valid(values)
