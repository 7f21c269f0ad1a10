"""The demonstration's doctors: each account is a practitioner of its facility, and may do what the facility can."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic.models import Authorisation, Seat
from xinglin.apps.clinic.permissions import EDIT
from xinglin.apps.organisations.models import Post, Practitioner, TechniqueCapability


@transaction.atomic
def demo_seats(users: Iterable[Any]) -> list[Seat]:
    """Seats for those of the accounts that may write visits; an account whose facility has nobody free gets none."""
    made = []
    for user in users:
        for facility in sorted(user.scope_for(EDIT).facilities):
            person = _free(facility)
            if person is not None and not Seat.objects.filter(user=user).exists():
                made.append(_seat(user, person, facility))
    return made


def _free(facility: str) -> Practitioner | None:
    """Somebody who works there and has no account yet: of the TCM category, or trained, before others."""
    posts = Post.objects.filter(facility=facility).on(timezone.localdate())
    people = Practitioner.objects.filter(pk__in=posts.order_by().values("practitioner"))
    free = people.exclude(pk__in=Seat.objects.values("practitioner")).order_by("pk")
    able = free.filter(
        licence__in=("physician", "assistant_physician", "rural_gp_assistant", "village_doctor")
    )
    return able.filter(category="tcm").first() or able.filter(tcm_able=True).first() or able.first()


def _seat(user: Any, person: Practitioner, facility: str) -> Seat:
    today = timezone.localdate()
    row = Seat.objects.create(user=user, practitioner=person)
    held = TechniqueCapability.objects.filter(facility=facility).on(today).order_by("technique")
    for technique in dict.fromkeys(held.values_list("technique", flat=True)):
        Authorisation.objects.create(practitioner=person, technique=technique, valid_from=today)
    record(by=None, action="seat.edit", kind="seat", id=row.pk)
    return row
