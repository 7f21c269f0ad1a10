"""Pages of organisations in a real browser: nothing wrong at both widths, the forms inside pages work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import organisations_factories as make
import pytest
from browser import WIDTHS, opening
from django.test import Client

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


@pytest.mark.parametrize("width", WIDTHS)
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
    width: int,
) -> None:
    person = full.posts.select_related("practitioner")[0].practitioner_id
    consortium = full.memberships.all()[0].consortium_id
    address = path.format(facility=full.pk, practitioner=person, consortium=consortium)
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), address, width) as opened:
        name = path.replace("/", "-").replace("{", "").replace("}", "")
        opened.page.screenshot(path=f"/tmp/org{name}-{width}.png", full_page=True)
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


def test_places_are_chosen_step_by_step(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, "/facilities/new") as opened:
        page = opened.page
        page.locator("#id_name").fill("冲口村卫生室")
        page.locator("#id_place-1").select_option(label="西岸镇")
        page.locator("#id_place-2").wait_for()
        page.locator("#id_place-2").select_option(index=1)
        page.locator("#id_kind").select_option("village_clinic")
        page.locator("#id_sponsor_level").select_option("village")
        page.locator("#id_ownership").select_option("public")
        page.wait_for_load_state("networkidle")
        page.get_by_role("button", name="保存").click()
        page.get_by_text("已登记“冲口村卫生室”").wait_for()
        opened.examine().check()
    row = Facility.objects.get()
    assert row.place.startswith("44188210") and len(row.place) == 12  # noqa: PT018


def test_a_facility_is_found_by_initials(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client], full: Facility
) -> None:
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, "/practitioners/new") as opened:
        page = opened.page
        page.get_by_role("searchbox", name="查找机构").press_sequentially("ckcwss")
        page.locator("#id_facility option", has_text="西岸镇中心卫生院").wait_for(state="detached")
        assert "冲口村卫生室" in page.locator("#id_facility").inner_text()
        opened.examine().check()
