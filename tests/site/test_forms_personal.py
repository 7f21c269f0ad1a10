"""Personal fields: encrypted, shown to those who need them, every look written down, nowhere else."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import forms_factories as make
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from test_logs import written  # noqa: F401

from xinglin.apps.audit.models import Entry
from xinglin.apps.exchange.spec import SPECS
from xinglin.apps.forms import history, rows
from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record

COUNTY, CASE, NAME = "441882", "trial_case", "司马青囊"


@pytest.fixture
def row() -> Record:
    return make.record(CASE, reporter=NAME)


def tables() -> dict[str, str]:
    """Every table of the app as text, as the database has it."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            if name.startswith(("forms_", "audit_")):
                cursor.execute(f'SELECT * FROM "{name}"')
                found[name] = str(cursor.fetchall())
    return found


def test_it_stands_nowhere_in_the_clear(
    row: Record,
    signed_in: Callable[..., Client],
    written: io.StringIO,  # noqa: F811
) -> None:
    client = signed_in("county_officer", COUNTY)
    values = {**make.posted(CASE), "facility": row.facility_id, "reporter": f"{NAME}之子"}
    client.post(reverse("forms:draft", args=[CASE]), {"reporter": NAME})
    client.post(reverse("forms:edit", args=[row.pk]), {**values, "revision": "1"})
    client.post(reverse("forms:edit", args=[row.pk]), {**values, "problem": ""})
    client.get(reverse("forms:record", args=[row.pk]))
    client.get(reverse("forms:records", args=[CASE]), {"q": NAME})
    assert rows.secrets(saving.locked(row))["reporter"] == f"{NAME}之子"
    assert [name for name, text in tables().items() if NAME in text] == []
    assert NAME not in written.getvalue()


@pytest.mark.parametrize(
    ("role", "sees"),
    [("county_officer", True), ("inspector", True), ("county_expert", False), ("regional_officer", False)],
)
def test_who_sees_it_and_that_it_is_written_down(
    role: str, sees: bool, row: Record, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(role, COUNTY)
    text = client.get(reverse("forms:record", args=[row.pk])).content.decode()
    assert (NAME in text) == sees
    assert sees or "个人信息" in text
    looks = Entry.objects.filter(action="record.read", object_id=row.pk, actor=client.user.pk)  # type: ignore[attr-defined]
    assert [entry.fields for entry in looks] == ([["reporter"]] if sees else [])
    assert NAME not in client.get(reverse("forms:records", args=[CASE])).content.decode()


def test_the_author_and_nobody_else_of_his_role(account: Callable[..., Any]) -> None:
    from xinglin.apps.forms import permissions

    inspector = account("inspector", COUNTY)
    mine = make.record(CASE, by=inspector)
    assert permissions.personal(inspector, definition(CASE), mine)


def test_exports_leave_it_out_for_readers(row: Record) -> None:
    from xinglin.apps.access.scope import Scope

    spec = SPECS[f"records.{CASE}"]
    everywhere = Scope(frozenset({"0"}))
    shown, hidden = (next(iter(spec.rows(everywhere, {}, personal))) for personal in (True, False))
    assert (shown["reporter"], hidden["reporter"]) == (NAME, None)


@pytest.mark.parametrize(("role", "has"), [("county_officer", True), ("regional_officer", False)])
def test_exported_columns_follow_the_role(
    role: str, has: bool, row: Record, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(role, COUNTY)
    answer = client.get(reverse("exchange:export", args=[f"records.{CASE}"]), {"format": "csv"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert row.pk in text
    assert (NAME in text) == has


def test_whoever_does_not_see_it_neither_reads_nor_changes_it_by_the_form(
    row: Record, signed_in: Callable[..., Client]
) -> None:
    """The head of the facility works on the case; who complained is not his to know."""
    client = signed_in("facility_head", facility=row.facility_id)
    address = reverse("forms:edit", args=[row.pk])
    assert NAME not in client.get(address).content.decode()
    values = {**make.posted(CASE), "facility": row.facility_id, "reporter": "改写", "plan": "改过的措施"}
    assert client.post(address, {**values, "revision": "1"}).status_code == 302
    now = saving.locked(row)
    assert (now.document["plan"], rows.secrets(now)["reporter"]) == ("改过的措施", NAME)
    values.pop("reporter")
    assert client.post(address, {**values, "plan": "又改", "revision": "2"}).status_code == 302
    assert rows.secrets(saving.locked(row))["reporter"] == NAME
    assert history.strays([saving.locked(row)]) == []
