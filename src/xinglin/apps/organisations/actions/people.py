"""Registering people together with where they work."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from xinglin.apps.organisations import permissions
from xinglin.apps.organisations.actions.rows import end, put
from xinglin.apps.organisations.history import Deed
from xinglin.apps.organisations.models import Facility, Post, Practitioner


@transaction.atomic
def register(person: Practitioner, post: Post, *, by: Any, request: Any = None) -> Practitioner:
    """Register a person with the first post.

    Raises:
        NotAllowed. ValidationError: of person and post, by field.
    """
    permissions.check_edit_posts(by, post.facility)
    deed = Deed(by, "create", request)
    person.registered_in = post.facility.place
    put(person, deed)
    post.practitioner = person
    put(post, deed)
    return person


@transaction.atomic
def transfer(person: Practitioner, facility: Facility, *, day: date, by: Any, request: Any = None) -> Post:
    """Make a facility the main one from a day on; the main post until then ends the day before.

    Raises:
        NotAllowed. ValidationError: there is no main post to end, or it began later.
    """
    permissions.check_edit_practitioner(by, person)
    permissions.check_edit_posts(by, facility)
    now = Post.objects.select_for_update().filter(practitioner=person, main=True).not_over(day).first()
    if now is None:
        raise ValidationError("此人现在没有主要执业机构：请直接增加任职")
    deed = Deed(by, "transfer", request)
    end(now, day - timedelta(days=1), deed)
    return put(Post(practitioner=person, facility=facility, main=True, valid_from=day), deed)
