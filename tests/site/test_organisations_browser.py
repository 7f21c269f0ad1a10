"""Pages of organisations in a real browser: nothing wrong at both widths, the forms inside pages work."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import organisations_factories as make
import pytest
from browser import opening
from django.test import Client
from django.urls import reverse

from xinglin.apps.organisations.models import Facility, TcmHall

COUNTY = "441882"
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", "localhost"]),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def full() -> Facility:
    """A facility with one of everything."""
    owner = make.facility(name="西岸镇中心卫生院", beds=60, mainly_tcm=True)
    hall = make.tcm_hall(owner, tcm_kind="tcm", standardised=True)
    make.platform_connection(hall)
    make.department(owner, beds=10)
    make.technique_capability(owner)
    make.official_code(owner)
    for name in ("张三丰", "欧阳修", "单雄信"):
        make.practitioner(owner, name=name)
    make.membership(make.consortium(name="连州市第一医共体"), owner)
    make.facility("441882101202", name="冲口村卫生室", kind="village_clinic")
    return owner


@pytest.mark.parametrize(
    "path",
    [
        "/facilities",
        "/facilities/new",
        "/facilities/{facility}",
        "/facilities/{facility}/edit",
        "/facilities/{facility}/close",
        "/facilities/{facility}/merge",
        "/facilities/{facility}/split",
        "/facilities/{facility}/technique_capability/new",
        "/practitioners",
        "/practitioners/new",
        "/practitioners/{practitioner}",
        "/practitioners/{practitioner}/edit",
        "/practitioners/{practitioner}/transfer",
        "/practitioners/{practitioner}/posts/{post}/edit",
        "/consortia",
        "/consortia/new",
        "/consortia/{consortium}",
        "/consortia/{consortium}/catchment/new",
    ],
)
def test_page(
    chromium: Any,
    live_server: Any,
    signed_in: Callable[..., Client],
    full: Facility,
    path: str,
) -> None:
    post = full.posts.all()[0]
    consortium = full.memberships.all()[0].consortium_id
    address = path.format(
        facility=full.pk, practitioner=post.practitioner_id, post=post.pk, consortium=consortium
    )
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), address) as opened:
        name = path.replace("/", "-").replace("{", "").replace("}", "")
        opened.shoot(f"org{name}")
        opened.check()


def test_a_hall_is_added_inside_the_page(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client]
) -> None:
    owner = make.facility()
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, f"/facilities/{owner.pk}") as opened:
        page = opened.page
        page.get_by_role("link", name="增加中医馆").click()
        page.locator("#id_tcm_hall-valid_from").fill("2014-01-01")
        page.locator("#id_tcm_hall-tcm_kind").select_option("tcm")
        page.get_by_role("button", name="保存").click()
        page.get_by_text("已登记中医馆").wait_for()
        opened.examine().check()
    assert TcmHall.objects.get().facility_id == owner.pk


def test_mistakes_are_shown_inside_the_page(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client]
) -> None:
    owner = make.facility()
    make.tcm_hall(owner)
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, f"/facilities/{owner.pk}") as opened:
        page = opened.page
        page.get_by_role("link", name="增加中医馆").click()
        page.get_by_role("button", name="保存").click()
        page.get_by_text("时间重叠").first.wait_for()
        opened.examine().check()
    assert TcmHall.objects.count() == 1


def test_a_facility_is_registered_with_a_picked_place(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, "/facilities/new") as opened:
        page = opened.page
        page.locator("#id_name").fill("冲口村卫生室")
        pick(page, "#id_place", "xaz 冲", "冲口村委会")
        page.locator("#id_kind").select_option("village_clinic")
        page.locator("#id_sponsor_level").select_option("village")
        page.locator("#id_ownership").select_option("public")
        page.get_by_role("button", name="保存").click()
        page.get_by_text("已登记“冲口村卫生室”").wait_for()
        opened.examine().check()
    row = Facility.objects.get()
    assert row.place.startswith("441882104") and len(row.place) == 12  # noqa: PT018


def pick(page: Any, field: str, text: str, wanted: str) -> None:
    """Type, wait for the list, take the first with Enter."""
    page.locator(field).click()
    page.keyboard.type(text)
    page.get_by_role("option", name=wanted).first.wait_for()
    page.keyboard.press("Enter")


def test_a_place_in_a_form_inside_the_page(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client], full: Facility
) -> None:
    """A picker that htmx brings works like one that came with the page."""
    consortium = full.memberships.get().consortium
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, f"/consortia/{consortium.pk}") as opened:
        page = opened.page
        page.get_by_role("link", name="增加医共体服务区").click()
        page.locator("#id_catchment-place").wait_for()
        pick(page, "#id_catchment-place", "xzz", "星子镇")
        opened.examine().check()
        page.get_by_role("button", name="保存").click()
        page.get_by_text("已登记医共体服务区").wait_for()
    assert consortium.catchments.get().place == "441882101"


def test_somebody_is_transferred(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client], full: Facility
) -> None:
    person = full.posts.first().practitioner  # type: ignore[union-attr]
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, f"/practitioners/{person.pk}") as opened:
        page = opened.page
        page.get_by_role("link", name="调动").click()
        page.wait_for_url("**/transfer")
        pick(page, "#id_facility", "ckcwss", "冲口村卫生室")
        opened.examine().check()
        page.get_by_role("button", name="调动").click()
        page.get_by_text("已调到“冲口村卫生室”").wait_for()
        opened.examine().check()
    assert person.posts.get(valid_to=None).facility.name == "冲口村卫生室"


def test_a_facility_is_divided(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client], full: Facility
) -> None:
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, f"/facilities/{full.pk}/split", 800) as opened:
        page = opened.page
        page.locator("#id_name-1").fill("东院")
        page.get_by_role("button", name="再加一个新机构").click()
        page.locator("#id_name-3").wait_for()
        page.locator("#id_name-3").fill("西院")
        page.get_by_label("没有单独指定去向的人员").select_option("1")
        page.get_by_label("欧阳修").select_option("3")
        page.get_by_label("中医馆", exact=True).or_(page.get_by_label("中医馆").last).last.select_option("3")
        page.get_by_role("button", name="预览变更").click()
        page.get_by_role("button", name="确认").wait_for()
        opened.examine().check()
        opened.shoot("org-split-preview-800")
        page.get_by_role("button", name="确认").click()
        page.get_by_text("机构已拆分").wait_for()
        opened.examine().check()
    assert Facility.objects.get(name="东院").posts.count() == 2
    assert Facility.objects.get(name="西院").halls.count() == 1


def test_a_person_is_looked_for_without_telling_the_address(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client], full: Facility
) -> None:
    number = make.id_number(81)
    person = make.practitioner(full, name="司马青囊", id_number=number)
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, "/practitioners") as opened:
        page, asked = opened.page, []
        page.on("request", lambda request: asked.append(request.url))
        page.get_by_label("查找").fill(number)
        page.get_by_role("button", name="筛选").click()
        page.wait_for_url(re.compile("practitioners[?].*find="))
        assert page.locator("tbody tr").count() == 1
        opened.shoot("org-find")
        page.get_by_role("link", name="执业资格").click()
        page.wait_for_url(re.compile("sort=licence"))
        assert page.get_by_role("link", name="司马青囊").count() == 1
        opened.examine().check()
        page.goto(live_server.url + reverse("forms:new", args=["lecture"]))
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        pick(page, "#id_lecturer", number, "司马青囊")
        assert page.locator("input[name=lecturer]").input_value() == person.pk
        assert not [address for address in asked if number in address]
        page.goto(live_server.url + "/practitioners?find=gone")
        page.get_by_text("这次查找已过期").wait_for()
        opened.shoot("org-find-expired")
        opened.examine().check()
