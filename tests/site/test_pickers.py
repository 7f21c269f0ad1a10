"""Pickers: what they offer to whom, what a form understands without them, and how they ask the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import organisations_factories as make
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import CHILD, COUNTY, PARENT, SIBLING
from xinglin.apps.accounts.models import Grant
from xinglin.apps.organisations.models import Facility
from xinglin.apps.ui.picker import PlaceField, place_code
from xinglin.apps.ui.places import place_name, suggest
from xinglin.apps.ui.suggestion import MOST
from xinglin.base.errors import XinglinError


def values(client: Client, path: str, **query: str) -> list[str]:
    """The codes that a picker offers, in order."""
    response = client.get(f"/choose/{path}", query)
    assert response.status_code == 200, response.status_code
    return [one.value for one in response.context["found"]]


# Places ----------------------------------------------------------------------------------------------------------

MEANT = [
    ("连州", ["0"], "441882"),
    ("连州市", ["0"], "441882"),
    ("lzs", [COUNTY], "441882"),
    ("lianzhou", [PARENT], "441882"),
    ("LianZhou", [PARENT], "441882"),
    ("441882", ["0"], "441882"),
    ("44188210", [COUNTY], "441882100"),
    ("西岸", [COUNTY], "441882104"),
    ("xaz", [COUNTY], "441882104"),
    ("连州 西岸", ["0"], "441882104"),
    ("清远 连州 xa", ["0"], "441882104"),
    ("lz xa", [PARENT], "441882104"),
    ("", [COUNTY], COUNTY),
]


@pytest.mark.any_database
@pytest.mark.parametrize(("text", "roots", "first"), MEANT)
def test_the_meant_place_comes_first(text: str, roots: list[str], first: str) -> None:
    assert suggest(text, roots)[0].value == first


@pytest.mark.any_database
@pytest.mark.parametrize("text", ["村", "zhou", "1", "a", "区", "%", "州"])
@pytest.mark.parametrize("roots", [["0"], [PARENT], [COUNTY, SIBLING], [CHILD], []])
def test_nothing_outside_and_never_many(text: str, roots: list[str]) -> None:
    found = suggest(text, roots)
    assert len(found) <= MOST
    assert len({one.value for one in found}) == len(found)
    if roots != ["0"]:
        assert [one for one in found if not one.value.startswith(tuple(roots) or "-")] == []


@pytest.mark.any_database
def test_only_levels_that_may_be_chosen() -> None:
    assert {len(one.value) for one in suggest("连", ["0"], (6,))} == {6}
    assert {len(one.value) for one in suggest("4418", ["0"], (4, 9))} == {4, 9}
    assert suggest("全国", ["0"], nation=True)[0].value == "0"
    assert not suggest("全国", [PARENT], nation=True)


def test_places_lie_in_the_area_of_the_permission(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    assert values(client, "places", q="lz")[0] == COUNTY
    assert values(client, "places", q="英德") == []
    assert values(client, "places", q=SIBLING, within=SIBLING) == []
    assert values(client, "places", q="44", within=f"{CHILD},{SIBLING},x")[0] == CHILD
    assert values(client, "places", q=COUNTY, **{"for": "user.manage"}) == [], "not a permission of theirs"
    Grant.objects.create(user=client.user, role="inspector", place=SIBLING)  # type: ignore[attr-defined]
    assert values(client, "places", q="英德", **{"for": "facility.view"})[0] == SIBLING
    assert values(client, "places", q="英德", **{"for": "facility.edit"}) == []


def test_who_works_in_a_facility_chooses_in_its_county(signed_in: Callable[..., Client]) -> None:
    client = signed_in("facility_head", facility=make.facility().pk)
    assert values(client, "places", q="西岸") == []
    assert values(client, "places", q="西岸", within="0") == []
    assert values(client, "places", q="西岸", within=COUNTY)[0] == "441882104"


def test_an_administrator_chooses_everywhere(signed_in: Callable[..., Client]) -> None:
    client = signed_in("security_admin")
    there = make.facility(SIBLING + "101", name="英德某院")
    query = {"for": "user.manage"}
    assert values(client, "places", q="英德", **query)[0] == SIBLING
    assert values(client, "places", q="qg", nation="1", **query)[0] == "0"
    assert values(client, "facilities", q="ydmy", **query) == [there.pk]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("连州市", "441882"),
        ("连州", "441882"),
        (" 广东省清远市连州市 ", "441882"),
        ("441882101", CHILD),
        ("西岸镇", "441882104"),
        ("鼓楼区", None),
        ("没有这个地方", None),
        ("44188", None),
        ("x" * 70, None),
    ],
)
def test_what_is_typed_without_a_script(text: str, code: str | None) -> None:
    if code is None:
        with pytest.raises(XinglinError) as refused:
            place_code(text.strip(), [COUNTY])
        assert text in str(refused.value)
    else:
        assert place_code(text.strip(), [COUNTY]) == code


@pytest.mark.any_database
def test_a_field_shows_words_and_sends_a_code() -> None:
    from django import forms

    class Form(forms.Form):
        place = PlaceField(label="地区", digits=(6,))

    html = str(Form(initial={"place": COUNTY}))
    assert 'value="441882"' in html
    assert f'data-label="{place_name(COUNTY)}"' in html
    assert 'hx-get="/choose/places?digits=6"' in html
    assert "“全国”是全国" in str(Form({"place": "0"}).errors)
    wrong = Form({"place": CHILD})
    assert "请选到县级" in str(wrong.errors)
    assert f'value="{CHILD}"' in str(wrong)
    evil = str(Form({"place": '"><script>'}))
    assert "<script>" not in evil


# Facilities ------------------------------------------------------------------------------------------------------


@pytest.fixture
def hospitals() -> dict[str, Facility]:
    rows = {
        "mine": make.facility(CHILD, name="星子镇中心卫生院"),
        "town": make.facility("441882104", name="西岸镇中心卫生院"),
        "beside": make.facility(SIBLING + "101", name="英德星子卫生院"),
        "closed": make.facility(CHILD, name="星子老卫生院", valid_to=make.START),
    }
    make.official_code(rows["town"], code="PDY00009")
    return rows


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("星子", ["mine"]),
        ("xzz", ["mine"]),
        ("中心", ["town", "mine"]),
        ("zx", ["town", "mine"]),
        ("zhongxin", ["town", "mine"]),
        ("pdy00009", ["town"]),
        ("西岸 wsy", ["town"]),
        ("xaz wsy", ["town"]),
        ("英德", []),
        ("英德 星子", []),
        ("没有", []),
        ("%", []),
        ("", ["town", "mine"]),
    ],
)
def test_facilities_of_the_county(
    signed_in: Callable[..., Client], hospitals: dict[str, Facility], text: str, found: list[str]
) -> None:
    client = signed_in("county_officer", COUNTY)
    for query in ({}, {"for": "facility.edit"}):
        assert values(client, "facilities", q=text, **query) == [hospitals[name].pk for name in found]
    assert values(client, "facilities", q=hospitals["town"].pk) == [hospitals["town"].pk]
    assert values(client, "facilities", q=text, **{"for": "user.manage"}) == []


def test_a_permission_for_everybody_opens_nothing(
    signed_in: Callable[..., Client], hospitals: dict[str, Facility]
) -> None:
    """``for`` can only narrow: a grant that has nothing to do with facilities does not widen the list."""
    client = signed_in("village_doctor", facility=hospitals["mine"].pk)
    Grant.objects.create(user=client.user, role="resident", place=COUNTY)  # type: ignore[attr-defined]
    assert values(client, "facilities", q="", **{"for": "home.view"}) == [hospitals["mine"].pk]


def test_above_a_prefecture_by_the_beginning_or_with_a_place(
    signed_in: Callable[..., Client], hospitals: dict[str, Facility]
) -> None:
    client = signed_in("regional_officer", "44")
    assert values(client, "facilities", q="中心") == []
    assert values(client, "facilities", q="西岸镇") == [hospitals["town"].pk]
    assert values(client, "facilities", q="xazz") == [hospitals["town"].pk]
    assert values(client, "facilities", q="连州 中心") == [hospitals["town"].pk, hospitals["mine"].pk]


@pytest.mark.parametrize("text", ["x", "中心", "连州 zx", "PDY00009"])
def test_few_queries_and_all_on_indexes(signed_in: Callable[..., Client], text: str) -> None:
    for _ in range(60):
        make.facility(name="中心卫生院")
    client = signed_in("county_officer", COUNTY)
    with CaptureQueriesContext(connection) as captured:
        assert len(values(client, "facilities", q=text)) <= MOST
    asked = [one["sql"] for one in captured.captured_queries if "organisations_facility" in one["sql"]]
    assert 0 < len(asked) <= 2
    if connection.vendor == "sqlite":
        for sql in asked:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                plan = [row[3] for row in cursor.fetchall()]
            whole = [line for line in plan if line.startswith("SCAN") and "INDEX" not in line]
            assert not whole, (sql, plan)


def test_a_facility_is_understood_by_its_whole_name(signed_in: Callable[..., Client]) -> None:
    owner, twin = make.facility(name="独一院"), make.facility(name="双胞院")
    make.facility(name="双胞院")
    person = make.practitioner(twin)
    client = signed_in("county_officer", COUNTY)
    form: dict[str, Any] = {"valid_from": "2020-01-01"}
    address = f"/practitioners/{person.pk}/posts/new"
    assert "有几个机构叫“双胞院”" in client.post(address, {**form, "facility": "双胞院"}).content.decode()
    assert "您可选的机构里没有“独一”" in client.post(address, {**form, "facility": "独一"}).content.decode()
    assert client.post(address, {**form, "facility": "独一院"}).status_code == 302
    assert person.posts.filter(facility=owner).exists()


def test_a_grant_holds_any_id_of_a_facility() -> None:
    """Ids of other installations are longer than ours."""
    room = Facility._meta.pk.max_length
    assert Grant._meta.get_field("facility").max_length == room
