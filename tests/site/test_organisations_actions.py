"""Registering, changing, closing, merging, splitting, taking back: all or nothing, with history and audit rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import organisations_factories as make
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from xinglin.apps.audit.models import Entry
from xinglin.apps.organisations import actions
from xinglin.apps.organisations.history import KINDS, kind_of
from xinglin.apps.organisations.models import (
    Catchment,
    Change,
    Department,
    Facility,
    OfficialCode,
    PlatformConnection,
    Post,
    Practitioner,
    Succession,
    TcmCorner,
    TcmHall,
)
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.organisations.rules import span

COUNTY, SIBLING = "441882", "441881"
DAY = date(2024, 6, 30)
NEXT = date(2024, 7, 1)


@pytest.fixture
def officer(account: Callable[..., Any]) -> Any:
    return account("county_officer", COUNTY)


def mistakes(error: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    found = error.value
    return found.message_dict if hasattr(found, "error_dict") else {"": found.messages}


def test_create_notes_and_audits(officer: Any) -> None:
    row = actions.create(make.unsaved_facility(name="西岸镇卫生院"), by=officer)
    stored = Facility.objects.get()
    assert (stored.pk, stored.initials) == (row.pk, "xazwsy")
    change = Change.objects.get()
    assert (change.kind, change.object_id, change.by, change.deed) == (
        "facility",
        row.pk,
        officer.pk,
        "create",
    )
    assert change.before == {}
    assert change.after["name"] == "西岸镇卫生院"
    entry = Entry.objects.get()
    assert (entry.action, entry.object_id, entry.actor) == ("facility.create", row.pk, officer.pk)
    assert "name" in entry.fields


def test_edit_notes_what_was_and_is(officer: Any) -> None:
    row = make.facility(beds=10)
    actions.edit(row, {"beds": 12, "name": row.name}, by=officer)
    change = Change.objects.get()
    assert (change.before, change.after) == ({"beds": 10}, {"beds": 12})


def test_an_edit_that_changes_nothing_leaves_no_row(officer: Any) -> None:
    row = make.facility(beds=10)
    actions.edit(row, {"beds": 10}, by=officer)
    assert not Change.objects.exists()
    assert not Entry.objects.exists()


def test_the_slower_of_two_editors_is_told(officer: Any) -> None:
    row = make.facility(beds=10)
    seen = actions.last_change(row)
    actions.edit(row, {"beds": 11}, by=officer, seen=seen)
    with pytest.raises(actions.Outdated, match="别人改过"):
        actions.edit(row, {"beds": 12}, by=officer, seen=seen)
    assert Facility.objects.get().beds == 11


def test_a_refused_action_leaves_nothing(officer: Any) -> None:
    row = make.unsaved_facility(valid_from=date(2020, 1, 2), valid_to=date(2020, 1, 1))
    with pytest.raises(ValidationError) as error:
        actions.create(row, by=officer)
    assert "填反" in mistakes(error)["valid_to"][0]
    assert not Facility.objects.exists()
    assert not Change.objects.exists()
    assert not Entry.objects.exists()


def test_all_mistakes_at_once(officer: Any) -> None:
    row = make.unsaved_facility(name="", kind="palace", ownership="")
    with pytest.raises(ValidationError) as error:
        actions.create(row, by=officer)
    assert {"name", "kind", "ownership"} <= set(mistakes(error))


@pytest.mark.parametrize("place", [SIBLING + "101", "440101001"])
def test_nothing_outside_the_area(officer: Any, place: str) -> None:
    with pytest.raises(NotAllowed):
        actions.create(make.unsaved_facility(place), by=officer)
    row = make.facility(place)
    for act in (
        lambda: actions.edit(row, {"beds": 1}, by=officer),
        lambda: actions.close_facility(row, day=DAY, by=officer),
        lambda: actions.create(TcmHall(facility=row), by=officer),
        lambda: actions.merge([row], make.facility(), day=DAY, by=officer),
        lambda: actions.merge([make.facility()], row, day=DAY, by=officer),
        lambda: actions.register(
            make.unsaved_practitioner(), Post(facility=row, main=True, valid_from=DAY), by=officer
        ),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_facility_is_not_moved_out_of_the_area(officer: Any) -> None:
    row = make.facility()
    with pytest.raises(NotAllowed):
        actions.edit(row, {"place": SIBLING + "101"}, by=officer)
    assert Facility.objects.get().place == make.TOWNSHIP


def test_roles_without_the_permission(account: Callable[..., Any]) -> None:
    row = make.facility()
    doctor = account("physician", facility=row.pk)
    head = account("facility_head", facility=row.pk)
    with pytest.raises(NotAllowed):
        actions.edit(row, {"beds": 1}, by=doctor)
    actions.edit(row, {"beds": 1}, by=head)
    with pytest.raises(NotAllowed):
        actions.merge([make.facility()], row, day=DAY, by=head)


def furnished() -> Facility:
    """A facility with one of everything."""
    owner = make.facility()
    make.platform_connection(make.tcm_hall(owner))
    make.tcm_corner(owner)
    make.department(owner)
    make.technique_capability(owner)
    make.official_code(owner)
    make.membership(member=owner)
    make.practitioner(owner)
    return owner


def test_closing_ends_all_there_is(officer: Any) -> None:
    owner = furnished()
    before = {name: list(model._default_manager.values()) for name, model in KINDS.items()}
    deed = actions.close_facility(owner, day=DAY, by=officer)
    assert Facility.objects.get(pk=owner.pk).valid_to == DAY
    for model in (TcmHall, TcmCorner, Department, OfficialCode):
        assert list(model._default_manager.values_list("valid_to", flat=True)) == [DAY]
    assert PlatformConnection.objects.get().disconnected_on == DAY
    assert Post.objects.get().valid_to == DAY
    assert Change.objects.filter(number=deed.number).count() == 9
    assert actions.why_not_undone(deed.number) == ""
    actions.undo(deed.number, by=officer)
    assert {name: list(model._default_manager.values()) for name, model in KINDS.items()} == before


def test_what_begins_later_hinders_closing(officer: Any) -> None:
    owner = make.facility()
    make.tcm_hall(owner, valid_from=NEXT)
    with pytest.raises(ValidationError, match="才开始"):
        actions.close_facility(owner, day=DAY, by=officer)
    assert Facility.objects.get().valid_to is None


def test_a_leading_hospital_is_not_closed(officer: Any) -> None:
    lead = make.facility(COUNTY)
    make.consortium(lead=lead)
    with pytest.raises(ValidationError, match="牵头"):
        actions.close_facility(lead, day=DAY, by=officer)


def test_nothing_goes_on_in_a_closed_facility(officer: Any) -> None:
    owner = make.facility(valid_to=DAY)
    with pytest.raises(ValidationError, match="停业"):
        actions.create(TcmHall(facility=owner, valid_from=make.START), by=officer)


def test_a_closing_is_not_taken_back_once_something_depends_on_it(officer: Any) -> None:
    owner = make.facility()
    deed = actions.close_facility(owner, day=DAY, by=officer)
    actions.edit(owner, {"beds": 3}, by=officer)
    with pytest.raises(ValidationError, match="之后又改过"):
        actions.undo(deed.number, by=officer)


def test_an_undo_is_not_taken_back_twice(officer: Any) -> None:
    deed = actions.close_facility(make.facility(), day=DAY, by=officer)
    actions.undo(deed.number, by=officer)
    with pytest.raises(ValidationError):
        actions.undo(deed.number, by=officer)


def test_others_cannot_take_it_back(officer: Any, account: Callable[..., Any]) -> None:
    deed = actions.close_facility(make.facility(), day=DAY, by=officer)
    with pytest.raises(NotAllowed):
        actions.undo(deed.number, by=account("county_officer", SIBLING))


def test_an_ordinary_edit_is_not_taken_back(officer: Any) -> None:
    actions.edit(make.facility(), {"beds": 3}, by=officer)
    with pytest.raises(ValidationError, match="不能撤销"):
        actions.undo(Change.objects.get().number, by=officer)


def test_merging_moves_what_goes_on(officer: Any) -> None:
    old, new = furnished(), make.facility(name="新卫生院")
    make.technique_capability(new)
    person = Post.objects.get().practitioner
    deed = actions.merge([old], new, day=NEXT, by=officer)
    assert Facility.objects.get(pk=old.pk).valid_to == DAY
    assert Post.objects.get(practitioner=person, valid_to=None).facility == new
    hall = TcmHall.objects.get(facility=new)
    assert (hall.valid_from, hall.connection.connected_on) == (NEXT, NEXT)
    assert TcmCorner.objects.filter(facility=new, valid_from=NEXT).count() == 1
    assert new.techniques.count() == 1
    link = Succession.objects.get()
    assert (link.predecessor, link.successor, link.day) == (old, new, NEXT)
    actions.undo(deed.number, by=officer)
    assert Facility.objects.get(pk=old.pk).valid_to is None
    assert Post.objects.get().facility == old
    assert not Succession.objects.exists()


PLANNED = date(2025, 12, 31)


def with_planned_ends(old: Facility) -> list[Any]:
    """A facility all of whose parts are meant to end on a day."""
    hall = make.tcm_hall(old, valid_to=PLANNED)
    person = make.practitioner(old)
    Post.objects.filter(practitioner=person).update(valid_to=PLANNED)
    return [
        hall,
        make.platform_connection(hall, disconnected_on=PLANNED),
        make.tcm_corner(old, valid_to=PLANNED),
        make.department(old, valid_to=PLANNED),
        make.technique_capability(old, valid_to=PLANNED),
        Post.objects.get(practitioner=person),
    ]


def planned_ends(facility: Facility) -> dict[str, Any]:
    """Kind of a part → its last day."""
    rows: list[Any] = [
        *PlatformConnection.objects.filter(hall__facility=facility),
        *(
            row
            for name in ("halls", "corners", "departments", "techniques", "posts")
            for row in held(facility, name)
        ),
    ]
    return {type(row).__name__: getattr(row, span(row)[1]) for row in rows}


def held(facility: Facility, register: str) -> Any:
    return getattr(facility, register).all()


@pytest.mark.parametrize("how", ["merge", "split"])
def test_planned_ends_go_along_and_come_back(officer: Any, how: str) -> None:
    old = make.facility()
    parts = with_planned_ends(old)
    kinds = {"TcmHall", "TcmCorner", "Department", "TechniqueCapability", "PlatformConnection", "Post"}
    if how == "merge":
        new = make.facility()
        deed = actions.merge([old], new, day=NEXT, by=officer)
    else:
        new = make.unsaved_facility()
        moves = {(kind_of(row), row.pk): 0 for row in parts}
        deed = actions.split(old, [new], day=NEXT, moves=moves, close=True, by=officer)
    assert planned_ends(new) == dict.fromkeys(kinds, PLANNED)
    assert planned_ends(old) == dict.fromkeys(kinds, DAY)
    actions.undo(deed.number, by=officer)
    assert planned_ends(new) == {}
    assert planned_ends(old) == dict.fromkeys(kinds, PLANNED)


def test_a_planned_end_leaves_room_for_what_follows(officer: Any) -> None:
    """A main post of which the end is planned is merged although the person has another one from then on."""
    old, new, later = make.facility(), make.facility(), make.facility()
    person = make.practitioner(old)
    Post.objects.filter(practitioner=person).update(valid_to=PLANNED)
    make.post(person, later, valid_from=date(2026, 1, 1))
    again = make.post(person, new, main=False, valid_from=date(2026, 2, 1))
    actions.merge([old], new, day=NEXT, by=officer)
    held = Post.objects.filter(practitioner=person, facility=new).values_list(
        "valid_from", "valid_to", "main"
    )
    assert list(held) == [(NEXT, PLANNED, True), (again.valid_from, None, False)]


def test_a_main_post_takes_the_place_of_another(officer: Any) -> None:
    old, new = make.facility(), make.facility()
    person = make.practitioner(old)
    make.post(person, new, main=False)
    actions.merge([old], new, day=NEXT, by=officer)
    held = Post.objects.get(practitioner=person, valid_to=None)
    assert (held.facility, held.main, held.valid_from) == (new, True, NEXT)


def test_a_preview_changes_nothing(officer: Any) -> None:
    old, new = furnished(), make.facility()
    before = {name: list(model._default_manager.values()) for name, model in KINDS.items()}
    changes = actions.preview(lambda: actions.merge([old], new, day=NEXT, by=officer))
    assert {change.kind for change in changes} >= {"facility", "tcm_hall", "post", "succession"}
    assert {name: list(model._default_manager.values()) for name, model in KINDS.items()} == before
    assert not Change.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("same", [True, False])
def test_merging_nothing_or_into_the_closed_is_refused(officer: Any, same: bool) -> None:
    row = make.facility(valid_to=None if same else DAY)
    with pytest.raises(ValidationError):
        actions.merge([row if same else make.facility()], row, day=NEXT, by=officer)


def test_splitting(officer: Any) -> None:
    old = make.facility()
    going, staying = make.practitioner(old), make.practitioner(old)
    part = make.unsaved_facility(name="分院")
    moves = {("post", Post.objects.get(practitioner=going).pk): 0}
    deed = actions.split(old, [part], day=NEXT, moves=moves, close=False, by=officer)
    new = Facility.objects.get(name="分院")
    assert new.valid_from == NEXT
    assert Post.objects.get(practitioner=going, valid_to=None).facility == new
    assert Post.objects.get(practitioner=staying, valid_to=None).facility == old
    actions.undo(deed.number, by=officer)
    assert list(Facility.objects.all()) == [old]
    assert Post.objects.filter(valid_to=None, facility=old).count() == 2


def test_a_split_that_ends_the_old_leaves_nobody_behind(officer: Any) -> None:
    old = make.facility()
    make.practitioner(old)
    part = make.unsaved_facility()
    with pytest.raises(ValidationError, match="没有写明去向"):
        actions.split(old, [part], day=NEXT, moves={}, close=True, by=officer)
    assert Facility.objects.count() == 1


def test_a_split_with_later_entries_is_not_taken_back(officer: Any) -> None:
    old = make.facility()
    part = make.unsaved_facility()
    deed = actions.split(old, [part], day=NEXT, moves={}, close=False, by=officer)
    make.department(part)
    with pytest.raises(ValidationError, match="之后又有登记"):
        actions.undo(deed.number, by=officer)
    assert Facility.objects.count() == 2


def test_people_come_with_a_post(officer: Any) -> None:
    owner = make.facility()
    person = make.unsaved_practitioner(name="单雄信")
    actions.register(person, Post(facility=owner, main=True, valid_from=DAY), by=officer)
    stored = Practitioner.objects.get()
    assert (stored.name, stored.posts.get().facility) == ("单雄信", owner)
    assert stored.registered_in == owner.place
    assert Change.objects.filter(subject=stored.pk).count() == 2


def test_history_holds_no_personal_content(officer: Any) -> None:
    owner, person = make.facility(), make.unsaved_practitioner(name="单雄信")
    actions.register(person, Post(facility=owner, main=True, valid_from=DAY), by=officer)
    actions.edit(person, {"name": "单二", "phone": "13900001111"}, by=officer)
    written = str(list(Change.objects.values())) + str(list(Entry.objects.values()))
    for secret in ("单雄信", "单二", person.id_number, "13900001111", "13800"):
        assert secret not in written
    newest = Change.objects.filter(deed="edit").get()
    assert newest.before == newest.after == {"name": None, "phone": None}


def test_one_person_is_registered_once(officer: Any) -> None:
    owner = make.facility()
    first = make.practitioner(owner)
    again = make.unsaved_practitioner(id_number=first.id_number.lower())
    with pytest.raises(ValidationError, match="已经登记过"):
        actions.register(again, Post(facility=owner, main=True, valid_from=DAY), by=officer)
    assert Practitioner.objects.count() == 1


@pytest.mark.parametrize("number", ["123", "999999198013010011", "99999919800101001A", "999999198001010010"])
def test_wrong_card_numbers(officer: Any, number: str) -> None:
    person = make.unsaved_practitioner(id_number=number)
    with pytest.raises(ValidationError, match="居民身份证"):
        actions.register(person, Post(facility=make.facility(), main=True, valid_from=DAY), by=officer)


def test_main_posts_do_not_overlap(officer: Any) -> None:
    person = make.practitioner()
    Post.objects.update(valid_to=DAY)
    here = make.facility()
    with pytest.raises(ValidationError) as error:
        actions.create(Post(practitioner=person, facility=here, main=True, valid_from=DAY), by=officer)
    assert "主要执业" in mistakes(error)["main"][0]
    actions.create(Post(practitioner=person, facility=here, main=True, valid_from=NEXT), by=officer)


def test_transfer(officer: Any) -> None:
    person, there = make.practitioner(), make.facility()
    actions.transfer(person, there, day=NEXT, by=officer)
    assert list(person.posts.values_list("valid_to", flat=True)) == [DAY, None]
    assert person.posts.get(valid_to=None).facility == there


def test_a_county_or_its_townships(officer: Any) -> None:
    owner = make.consortium()
    make.catchment(owner, COUNTY)
    with pytest.raises(ValidationError, match="整县"):
        actions.create(Catchment(consortium=owner, place=COUNTY + "101", valid_from=DAY), by=officer)


def test_what_holds_twice_is_refused(officer: Any) -> None:
    owner = make.facility()
    make.department(owner, valid_to=DAY)
    with pytest.raises(ValidationError, match="时间重叠"):
        actions.create(Department(facility=owner, kind="rehabilitation", valid_from=DAY), by=officer)
    actions.create(Department(facility=owner, kind="rehabilitation", valid_from=NEXT), by=officer)


def test_credit_codes_are_checked(officer: Any) -> None:
    owner = make.facility()
    with pytest.raises(ValidationError, match="校验位"):
        actions.create(
            OfficialCode(facility=owner, kind="credit_code", code="12441882456789013X"), by=officer
        )
    actions.create(OfficialCode(facility=owner, kind="credit_code", code="91350100M000100Y43"), by=officer)


def test_closing_a_consortium(officer: Any) -> None:
    owner = make.consortium()
    make.membership(owner)
    make.catchment(owner)
    deed = actions.close_consortium(owner, day=DAY, by=officer)
    assert owner.members.get().valid_to == owner.catchments.get().valid_to == DAY
    actions.undo(deed.number, by=officer)
    assert owner.members.get().valid_to is None


def test_close_and_undo_by_hand(signed_in: Callable[..., Client]) -> None:
    owner = furnished()
    client = signed_in("county_officer", COUNTY)
    response = client.post(f"/facilities/{owner.pk}/close", {"day": str(timezone.localdate())})
    assert response.status_code == 302
    number = Change.objects.latest("pk").number
    page = client.get(f"/facilities/{owner.pk}").content.decode()
    assert f"/changes/{number}/undo" in page
    client.post(f"/changes/{number}/undo")
    assert Facility.objects.get(pk=owner.pk).valid_to is None
