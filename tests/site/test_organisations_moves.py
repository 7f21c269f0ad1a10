"""Moving people and dividing facilities by hand: posts put right, transfers, splits into several; all taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import organisations_factories as make
import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from conftest import CHILD, COUNTY, SIBLING
from xinglin.apps.audit.models import Entry
from xinglin.apps.organisations import actions
from xinglin.apps.organisations.models import (
    Change,
    Department,
    Facility,
    PlatformConnection,
    Post,
    Succession,
    TcmHall,
    TechniqueCapability,
)
from xinglin.apps.organisations.permissions import NotAllowed

DAY, NEXT = date(2024, 6, 30), date(2024, 7, 1)


@pytest.fixture
def officer(account: Callable[..., Any]) -> Any:
    return account("county_officer", COUNTY)


@pytest.fixture
def client(signed_in: Callable[..., Client]) -> Client:
    return signed_in("county_officer", COUNTY, username="by-hand")


def said(response: Any) -> str:
    return str(response.content.decode())


# Posts -----------------------------------------------------------------------------------------------------------


def test_a_post_is_put_right(client: Client) -> None:
    person = make.practitioner(make.facility())
    post, there = person.posts.get(), make.facility()
    address = f"/practitioners/{person.pk}/posts/{post.pk}/edit"
    assert post.facility.name in said(client.get(address))
    values = {"facility": there.pk, "main": "on", "valid_from": "2016-02-01", "valid_to": "2020-12-31"}
    response = client.post(address, values)
    assert response.headers["Location"] == f"/practitioners/{person.pk}"
    post.refresh_from_db()
    assert (post.facility, post.valid_from, post.valid_to) == (there, date(2016, 2, 1), date(2020, 12, 31))
    change = Change.objects.get(kind="post", object_id=post.pk)
    assert (change.deed, change.before["valid_from"]) == ("edit", "2015-01-01")
    row = Entry.objects.get(action="post.edit")
    assert row.fields == ["facility", "valid_from", "valid_to"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"valid_from": ""}, "这个字段是必填项"),
        ({"valid_to": "2014-01-01"}, "早于起始日期"),
        ({"facility": "QAnothing"}, "您可选的机构里没有“QAnothing”"),
        ({"facility": "{beside}"}, "您可选的机构里没有"),
        ({"seen": "0", "valid_from": "2015-03-01"}, "别人改过"),
    ],
)
def test_a_post_is_not_put_wrong(client: Client, officer: Any, change: dict[str, str], words: str) -> None:
    person = make.practitioner(make.facility())
    post, beside = person.posts.get(), make.facility(SIBLING + "101")
    actions.edit(post, {"valid_from": date(2015, 2, 1)}, by=officer)
    form = {"facility": post.facility_id, "main": "on", "valid_from": "2015-02-02"}
    form |= {name: value.format(beside=beside.pk) for name, value in change.items()}
    assert words in said(client.post(f"/practitioners/{person.pk}/posts/{post.pk}/edit", form))
    post.refresh_from_db()
    assert post.valid_from == date(2015, 2, 1)


def test_the_post_of_somebody_else_or_of_elsewhere_is_hidden(client: Client) -> None:
    here, elsewhere = make.facility(), make.facility(SIBLING + "101")
    person, other = make.practitioner(here), make.practitioner(here)
    outside = make.post(person, elsewhere, main=False)
    for post in (other.posts.get(), outside):
        assert client.get(f"/practitioners/{person.pk}/posts/{post.pk}/edit").status_code == 404
    page = said(client.get(f"/practitioners/{person.pk}"))
    assert page.count("/edit") == 2, "修改 of the person and of the one post of the county"


# Transfers -------------------------------------------------------------------------------------------------------


def test_a_transfer_by_hand_and_back(client: Client) -> None:
    here, there = make.facility(name="原单位"), make.facility(name="新单位")
    person = make.practitioner(here)
    address = f"/practitioners/{person.pk}/transfer"
    assert "原单位" in said(client.get(address))
    response = client.post(address, {"facility": "新单位", "day": "2024-07-01"}, follow=True)
    assert "已调到“新单位”" in said(response)
    posts = list(
        Post.objects.order_by("valid_from").values_list("facility", "main", "valid_from", "valid_to")
    )
    assert posts == [(here.pk, True, make.START, DAY), (there.pk, True, NEXT, None)]
    actions_noted = set(Entry.objects.values_list("action", flat=True))
    assert "post.transfer" in actions_noted
    number = Change.objects.get(kind="post", deed="transfer", before={}).number
    assert Change.objects.filter(number=number).count() == 2
    client.post(f"/changes/{number}/undo")
    assert list(Post.objects.values_list("facility", "valid_to")) == [(here.pk, None)]


def test_a_secondary_post_becomes_the_main_one(officer: Any) -> None:
    person, there = make.practitioner(), make.facility()
    second = make.post(person, there, main=False)
    actions.transfer(person, there, day=NEXT, by=officer)
    second.refresh_from_db()
    assert second.valid_to == DAY
    assert Post.objects.get(valid_to=None).facility == there


@pytest.mark.parametrize("which", ["none", "same", "late", "late second"])
def test_a_transfer_without_sense_is_refused(officer: Any, which: str) -> None:
    person, there = make.practitioner(), make.facility()
    post = person.posts.get()
    if which == "none":
        Post.objects.update(valid_to=date(2020, 1, 1))
    elif which == "same":
        there = post.facility
    elif which == "late":
        Post.objects.update(valid_from=NEXT)
    else:
        make.post(person, there, main=False, valid_from=date(2025, 1, 1))
    with pytest.raises(ValidationError, match=r"主要执业机构|才开始"):
        actions.transfer(person, there, day=NEXT, by=officer)
    assert not Change.objects.exists()


def test_nobody_is_fetched_from_another_county(officer: Any) -> None:
    """Who works here besides cannot lose the main post elsewhere by our hand, nor be sent elsewhere."""
    here, elsewhere = make.facility(), make.facility(SIBLING + "101")
    person = make.practitioner(elsewhere)
    make.post(person, here, main=False)
    with pytest.raises(NotAllowed):
        actions.transfer(person, here, day=NEXT, by=officer)
    own = make.practitioner(here)
    with pytest.raises(NotAllowed):
        actions.transfer(own, elsewhere, day=NEXT, by=officer)
    assert Post.objects.filter(valid_to=None).count() == 3


def test_an_undo_of_a_transfer_needs_the_right_at_both_ends(
    officer: Any, account: Callable[..., Any]
) -> None:
    person, there = make.practitioner(), make.facility()
    deed = actions.transfer(person, there, day=NEXT, by=officer)
    for by in (account("county_officer", SIBLING), account("facility_head", facility=there.pk)):
        with pytest.raises(NotAllowed):
            actions.undo(deed.number, by=by)
    assert Post.objects.count() == 2


# Splits ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def whole() -> dict[str, Any]:
    """A facility with two people, a connected hall, two departments and a technique."""
    old = make.facility(name="老院")
    hall = make.tcm_hall(old)
    make.platform_connection(hall)
    return {
        "old": old,
        "hall": hall,
        "anne": make.practitioner(old).posts.get(),
        "bert": make.practitioner(old).posts.get(),
        "rehab": make.department(old),
        "ward": make.department(old, kind="tcm_clinical"),
        "technique": make.technique_capability(old),
    }


def asked(whole: dict[str, Any], **more: str) -> dict[str, str]:
    """A split into two: hall and Bert to the second, one department to the first, all else stays."""
    old = whole["old"]
    form = {"size": "3", "day": "2024-07-01", "rest": "1", f"go-post-{whole['bert'].pk}": "2"}
    for number, name in (("1", "东院"), ("2", "西院")):
        form |= {f"name-{number}": name, f"place-{number}": CHILD, f"kind-{number}": old.kind}
    form |= {
        f"go-tcm_hall-{whole['hall'].pk}": "2",
        f"go-department-{whole['rehab'].pk}": "1",
        f"go-department-{whole['ward'].pk}": "0",
    }
    return {**form, **more}


def split(client: Client, old: Facility, form: dict[str, str]) -> Any:
    """Preview, then confirm."""
    address = f"/facilities/{old.pk}/split"
    response = client.post(address, form)
    assert not response.context["form"].errors, response.context["form"].errors
    return client.post(address, {**form, "confirmed": response.context["asked"]}, follow=True)


def test_one_becomes_two_in_one_deed(client: Client, whole: dict[str, Any]) -> None:
    preview = client.post(f"/facilities/{whole['old'].pk}/split", asked(whole))
    assert Facility.objects.count() == 1, "a preview changes nothing"
    assert "东院" in said(preview)
    assert "机构已拆分" in said(split(client, whole["old"], asked(whole, close="on")))
    east, west = Facility.objects.get(name="东院"), Facility.objects.get(name="西院")
    now = Post.objects.filter(valid_to=None)
    assert now.get(practitioner=whole["anne"].practitioner_id).facility == east, "like the rest"
    assert now.get(practitioner=whole["bert"].practitioner_id).facility == west
    hall = TcmHall.objects.get(valid_to=None)
    assert (hall.facility, hall.valid_from) == (west, NEXT)
    connection = PlatformConnection.objects.get(disconnected_on=None)
    assert connection.hall == hall
    assert Department.objects.get(valid_to=None).facility == east, "the other ended with the old one"
    assert not TechniqueCapability.objects.filter(valid_to=None).exists()
    assert set(Succession.objects.values_list("successor__name", flat=True)) == {"东院", "西院"}
    assert Facility.objects.get(name="老院").valid_to == DAY
    assert {change.deed for change in Change.objects.all()} == {"split"}
    assert len(set(Change.objects.values_list("number", flat=True))) == 1
    assert Entry.objects.filter(action__endswith=".split").count() == Change.objects.count()


def test_a_split_into_two_is_taken_back_whole(client: Client, whole: dict[str, Any]) -> None:
    split(client, whole["old"], asked(whole, close="on"))
    number = Change.objects.values_list("number", flat=True)[0]
    client.post(f"/changes/{number}/undo")
    assert Facility.objects.get() == whole["old"]
    for kept in whole.values():
        kept.refresh_from_db()
        assert kept.valid_to is None
    assert TcmHall.objects.get().connection.disconnected_on is None
    assert not Succession.objects.exists()


def test_a_split_may_leave_the_old_one_at_work(client: Client, whole: dict[str, Any]) -> None:
    split(client, whole["old"], asked(whole, rest="0"))
    old = Facility.objects.get(name="老院")
    assert old.valid_to is None
    assert Post.objects.get(facility=old, valid_to=None).practitioner == whole["anne"].practitioner
    assert Department.objects.get(facility=old, valid_to=None).kind == "tcm_clinical"
    assert old.techniques.get().valid_to is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"close": "on", "rest": "0"}, "还有 1 人没有写明去向"),
        ({"rest": "3"}, "新机构 3 没有写名称"),
        ({"rest": "9"}, "选择一个有效的选项"),
        ({"name-1": "", "name-2": "", "rest": "0"}, "请写出至少一个新机构的名称"),
        ({"name-2": "东院"}, "有两个新机构叫这个名称"),
        ({"name-2": "别院"}, "这个县已有同名机构"),
        ({"place-2": ""}, "请选择所在地"),
        ({"place-2": SIBLING + "101"}, "不在您负责的地区"),
        ({"place-2": COUNTY}, "基层机构的所在地要选到乡镇"),
        ({"day": ""}, "这个字段是必填项"),
        ({"day": "2015-01-01"}, "才开始"),
        ({"day": "2010-01-01"}, "才开始"),
    ],
)
def test_a_split_without_sense_is_refused(
    client: Client, whole: dict[str, Any], change: dict[str, str], words: str
) -> None:
    make.facility(name="别院")
    response = client.post(f"/facilities/{whole['old'].pk}/split", asked(whole, **change))
    assert words in said(response)
    assert "asked" not in response.context
    assert Facility.objects.count() == 2
    assert not Change.objects.exists()


def test_one_more_successor_keeps_what_was_typed(client: Client, whole: dict[str, Any]) -> None:
    address = f"/facilities/{whole['old'].pk}/split"
    assert said(client.get(address)).count('name="name-') == 2
    page = said(client.post(address, asked(whole, more="1", day="")))
    assert page.count('name="name-') == 4
    assert 'value="西院"' in page
    assert "处要改" not in page
    assert said(client.post(address, asked(whole, more="1", size="8"))).count('name="name-') == 8
    assert said(client.post(address, asked(whole, more="1", size="x" * 9))).count('name="name-') == 3


def test_another_split_than_the_previewed_is_only_previewed(client: Client, whole: dict[str, Any]) -> None:
    address = f"/facilities/{whole['old'].pk}/split"
    first = client.post(address, asked(whole)).context["asked"]
    client.post(address, asked(whole, **{"name-2": "北院"}, confirmed=first))
    assert Facility.objects.count() == 1


def test_reading_names_for_a_split_is_written_down(client: Client, whole: dict[str, Any]) -> None:
    assert "张三丰" in said(client.get(f"/facilities/{whole['old'].pk}/split"))
    assert Entry.objects.get(action="practitioner.read").count == 2
