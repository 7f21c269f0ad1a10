"""Rows of the registers of organisations behind a number, and the pages they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from xinglin.apps.organisations.models import (
    FACT_MODELS,
    Consortium,
    Facility,
    PlatformConnection,
    Practitioner,
    TcmCorner,
    TcmHall,
)
from xinglin.facts import load_contract
from xinglin.standing.opened import Line

PEOPLE = ("practitioner", "post")
CONSORTIA = ("consortium", "membership", "catchment")
OF_FACILITY = {"tcm_hall": TcmHall, "tcm_corner": TcmCorner}


@dataclass(frozen=True, slots=True)
class Row:
    """A register row: what it is, its page, or why there is none."""

    words: str
    address: str = ""
    note: str = ""


def keeps(table: str) -> bool:
    """Whether a fact table is a register of organisations."""
    return table in FACT_MODELS


def rows(user: Any, lines: Sequence[Line]) -> dict[tuple[str, str], Row]:
    """(table, key) → where the row is kept, of rows that are registers and still there."""
    mine = [line for line in lines if line.table in FACT_MODELS]
    subjects = {(line.table, line.key): line.key.split("~")[0] for line in mine}
    subjects |= _facilities_of(subjects)
    found: dict[tuple[str, str], Row] = {}
    for model, permission, route, tables in (
        (Practitioner, "practitioner.view", "organisations:practitioner", PEOPLE),
        (Consortium, "consortium.view", "organisations:consortium", CONSORTIA),
        (Facility, "facility.view", "organisations:facility", _others()),
    ):
        wanted = {key: pk for key, pk in subjects.items() if key[0] in tables}
        if wanted:
            found |= _rows(user, model, permission, route, wanted)
    return found


def _others() -> tuple[str, ...]:
    return tuple(table for table in FACT_MODELS if table not in (*PEOPLE, *CONSORTIA))


def _facilities_of(subjects: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Halls, corners and connections by the facility they belong to; those that are gone lead nowhere."""
    found: dict[tuple[str, str], str] = {}
    for table, model in (*OF_FACILITY.items(), ("platform_connection", PlatformConnection)):
        pks = {pk for (of, _), pk in subjects.items() if of == table}
        if not pks:
            continue
        if model is PlatformConnection:
            known = dict(
                PlatformConnection.objects.filter(hall__in=pks).values_list("hall", "hall__facility")
            )
        else:
            known = dict(model._default_manager.filter(pk__in=pks).values_list("pk", "facility"))
        found |= {key: known.get(pk, "") for key, pk in subjects.items() if key[0] == table}
    return found


def _rows(
    user: Any, model: Any, permission: str, route: str, wanted: dict[tuple[str, str], str]
) -> dict[tuple[str, str], Row]:
    pks = set(wanted.values())
    there = set(model.objects.filter(pk__in=pks).values_list("pk", flat=True))
    if not there:
        return {}
    scope = user.scope_for(permission)
    seen = model.objects.within(scope, few=True) if model is Practitioner else model.objects.within(scope)
    open_to = set(seen.filter(pk__in=there).values_list("pk", flat=True)) if scope else set()
    found = {}
    for key, pk in wanted.items():
        if pk in there:
            label = f"{load_contract().table(key[0]).label}登记"
            if pk in open_to:
                found[key] = Row(label, reverse(route, args=[pk]))
            else:
                found[key] = Row(label, note="您的角色或地区不能打开这一页")
    return found
