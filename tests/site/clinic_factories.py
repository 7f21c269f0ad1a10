"""Makers of the clinic: a doctor with a seat in a facility, a visit, what is written at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import organisations_factories as make
import residents_factories as people

from xinglin.apps.accounts.models import User
from xinglin.apps.clinic import actions
from xinglin.apps.clinic.actions.prescribing import Again
from xinglin.apps.clinic.models import Authorisation, Encounter, Seat
from xinglin.apps.organisations.models import Facility, Practitioner, TechniqueCapability
from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.once import new_key

SHEET = ("A01", "C01")
"""Techniques that the doctors of tests may do."""
COUGH, COLD = "A04.04.01", "B02.02.04.04.01"
"""咳嗽病, 风寒袭肺证."""


class Desk(NamedTuple):
    """A doctor at work."""

    user: User
    facility: Facility
    person: Practitioner


def desk(account: Callable[..., User], facility: Facility | None = None, **more: Any) -> Desk:
    """A TCM doctor in a township hospital, or a village doctor with ``role`` and ``kind``."""
    own = facility or make.facility(kind=more.pop("kind", "township_hospital"))
    role, username = more.pop("role", "physician"), more.pop("username", "")
    user = account(role, facility=own.pk, username=username)
    person = make.practitioner(own, **{"name": "演示医师", **more})
    Seat.objects.create(user=user, practitioner=person)
    for technique in SHEET:
        if not TechniqueCapability.objects.filter(facility=own, technique=technique).exists():
            make.technique_capability(own, technique=technique)
        Authorisation.objects.create(practitioner=person, technique=technique, valid_from=make.START)
    return Desk(user, own, person)


def visit(at: Desk, resident: Resident | None = None, **more: Any) -> Encounter:
    """Somebody in the queue."""
    person = resident or people.resident(at.facility)
    made = actions.enqueue(person, at.facility, by=at.user, key=new_key(), **more)
    return Encounter.objects.get(pk=made.id)


def raw(*herbs: str, **more: Any) -> dict[str, Any]:
    """What the form says; herbs as “桂枝 9”, “附子 9 先煎”."""
    found: dict[str, Any] = {"complaint": "咳嗽 3 天", "disease_0": COUGH, "pattern_0": COLD, "doses": "3"}
    for at, text in enumerate(herbs):
        name, grams, *foot = text.split()
        found |= {f"herb_{at}": name, f"grams_{at}": grams, f"decoction_{at}": foot[0] if foot else ""}
    if "patent_0" in more:
        found["patent_usage_0"] = "一次 1 袋，一日 3 次"
    return {**found, **more}


def sign(at: Desk, encounter: Encounter, values: dict[str, Any], **more: Any) -> Any:
    """Sign what the form says."""
    key = more.pop("key", new_key())
    again = Again(more.pop("reasons", {}), proved=more.pop("proved", False))
    return actions.sign(encounter, values, again=again, by=at.user, key=key, **more)


def signed(at: Desk, values: dict[str, Any] | None = None, resident: Resident | None = None) -> Encounter:
    """A visit that is over."""
    encounter = visit(at, resident)
    sign(at, encounter, values or raw("麻黄 6", "桂枝 6", "苦杏仁 9", "炙甘草 3"))
    encounter.refresh_from_db()
    return encounter
