"""Registering people together with where they work."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction

from xinglin.apps.organisations import permissions
from xinglin.apps.organisations.actions.holding import hold, renew
from xinglin.apps.organisations.actions.rows import CHANGED, Outdated, end, put
from xinglin.apps.organisations.history import Deed
from xinglin.apps.organisations.models import Facility, Post, Practitioner


@transaction.atomic
def register(person: Practitioner, post: Post, *, by: Any, request: Any = None) -> Practitioner:
    """Register a person with the first post.

    Raises:
        NotAllowed. ValidationError: of person and post, by field.
    """
    hold(post)
    permissions.check_edit_posts(by, post.facility)
    deed = Deed(by, "create", request)
    person.registered_in = post.facility.place
    put(person, deed)
    post.practitioner = person
    put(post, deed)
    return person


@transaction.atomic
def transfer(person: Practitioner, facility: Facility, *, day: date, by: Any, request: Any = None) -> Deed:
    """Make a facility the main one from a day on; the main post until then ends the day before.

    Somebody who works there already, but not mainly, does so mainly from that day.

    Raises:
        NotAllowed: not one's person, or one of the two facilities is not one's own.
        ValidationError: there is no main post to end, it began later, or it is in this facility.
    """
    owned = hold(person, facility, *Post.objects.filter(practitioner=person))
    permissions.check_edit_practitioner(by, person)
    posts: Any = Post.objects.select_for_update(no_key=True).filter(practitioner=person)
    held = list(posts.not_over(day))
    for post in held:
        if (Facility, post.facility_id) not in owned:
            raise Outdated(CHANGED)
        renew(post, owned)
    now = _main_post(held, facility, day)
    permissions.check_edit_posts(by, now.facility)
    permissions.check_edit_posts(by, facility)
    deed = Deed(by, "transfer", request)
    for post in [now, *(one for one in held if one.facility_id == facility.pk)]:
        _check_begun(post, day)
        end(post, day - timedelta(days=1), deed)
    facility = cast("Facility", owned[Facility, facility.pk])
    put(Post(practitioner=person, facility=facility, main=True, valid_from=day), deed)
    return deed


def _main_post(held: list[Post], facility: Facility, day: date) -> Post:
    """The main post that a transfer ends."""
    now = next((post for post in held if post.main), None)
    if now is None:
        raise ValidationError(f"此人 {day} 没有主要执业机构：请直接增加任职")
    if now.facility_id == facility.pk:
        raise ValidationError({"facility": "这就是此人现在的主要执业机构：请选另一个机构"})
    return now


def _check_begun(post: Post, day: date) -> None:
    if post.valid_from >= day:
        where = f"此人 {post.valid_from} 才开始在“{post.facility.name}”任职"
        raise ValidationError({"day": f"{where}：调动日期要晚于这一天，或先改那条任职"})
