"""Lists and pages: what an area shows, how many queries, what nonsense in the address does, who sees names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import organisations_factories as make
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import CHILD, COUNTY, PARENT, SIBLING
from xinglin.apps.access.table import access_table
from xinglin.apps.audit.models import Entry
from xinglin.apps.organisations.identity import found_by
from xinglin.apps.organisations.models import Consortium, Facility, Practitioner
from xinglin.apps.ui.places import place_name

LISTS = ("/facilities", "/practitioners", "/consortia")
MOST = 15


def text(client: Client, path: str, **query: str) -> str:
    response = client.get(path, query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def found(client: Client, **asked: str) -> str:
    """The list of people after a search, whose text is sent in the body."""
    return client.post("/practitioners/find", asked, follow=True).content.decode()


@pytest.fixture
def around() -> dict[str, Facility]:
    """A facility, with somebody, in a township of the county, in another one, and in the county beside."""
    places = {"own": CHILD, "other township": COUNTY + "100", "beside": SIBLING + "101"}
    rows = {name: make.facility(place, name=f"机构甲{place}号") for name, place in places.items()}
    for row in rows.values():
        make.practitioner(row, name="张三丰", phone=f"1{row.place}0")
    return rows


@pytest.mark.parametrize(
    ("role", "area", "seen"),
    [
        ("county_officer", COUNTY, {"own", "other township"}),
        ("county_officer", SIBLING, {"beside"}),
        ("regional_officer", PARENT, {"own", "other township", "beside"}),
        ("regional_officer", "0", {"own", "other township", "beside"}),
        ("inspector", CHILD, {"own"}),
        ("inspector", "110101", set()),
    ],
)
def test_lists_show_the_area(
    around: dict[str, Facility], signed_in: Callable[..., Client], role: str, area: str, seen: set[str]
) -> None:
    client = signed_in(role, area)
    for path in LISTS[:2]:
        shown = text(client, path)
        assert {name for name, row in around.items() if row.name in shown} == seen, path
    for name, row in around.items():
        status = client.get(f"/facilities/{row.pk}").status_code
        assert status == (200 if name in seen else 404)
        person = row.posts.get().practitioner_id
        assert client.get(f"/practitioners/{person}").status_code == (200 if name in seen else 404)


def test_a_filter_does_not_widen_the_area(
    around: dict[str, Facility], signed_in: Callable[..., Client]
) -> None:
    client = signed_in("county_officer", COUNTY)
    for path in LISTS[:2]:
        assert around["beside"].name not in text(client, path, place=SIBLING)
        assert around["beside"].name not in text(client, path, facility=around["beside"].pk)
    choices = text(client, "/choose/facilities", q="机构甲")
    assert around["own"].name in choices
    assert around["beside"].name not in choices


def test_a_village_doctor_sees_the_own_facility(
    around: dict[str, Facility], signed_in: Callable[..., Client]
) -> None:
    client = signed_in("village_doctor", facility=around["own"].pk)
    shown = text(client, "/facilities")
    assert around["own"].name in shown
    assert around["other township"].name not in shown


@pytest.mark.parametrize("path", [*LISTS, "/facilities/{facility}", "/practitioners/{practitioner}"])
@pytest.mark.parametrize("role", ["county_officer", "inspector"])
def test_queries_do_not_grow_with_rows(signed_in: Callable[..., Client], path: str, role: str) -> None:
    client = signed_in(role, COUNTY)
    owner = make.facility()
    person = make.practitioner(owner)
    fill(owner, 1)
    address = path.format(facility=owner.pk, practitioner=person.pk)
    few = queries(client, address)
    fill(owner, 200)
    many = queries(client, address)
    assert len(few) <= MOST, "\n".join(few)
    assert len(many) <= MOST, "\n".join(many)
    assert len(many) <= len(few) + 1


def fill(owner: Facility, number: int) -> None:
    for _ in range(number):
        row = make.facility()
        make.tcm_hall(row)
        make.practitioner(owner)
        make.change(owner)
        consortium = make.consortium(lead=owner)
        make.membership(consortium, row)
    for technique in ("A02", "A03", "A04", "A05")[: max(0, number - 1)]:
        make.technique_capability(owner, technique=technique)


def queries(client: Client, address: str) -> list[str]:
    """What a page asks the database; savepoints of the test are not counted."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, {"size": "200", "state": "all"}).status_code == 200
    asked = [one["sql"] for one in captured.captured_queries]
    return [f"{one[:40]} … {one[-90:]}" for one in asked if "SAVEPOINT" not in one]


EVIL = (
    "' OR 1=1 --",
    '"; DROP TABLE organisations_facility; --',
    "name) UNION SELECT 1",
    "facility__posts__practitioner__id_number",
    "-id_number",
    "person_key",
    "?",
    "%",
    "\\",
    "<script>alert(1)</script>",
    "9" * 400,
    "-" * 50,
)


NAMES = (
    "q",
    "place",
    "within",
    "for",
    "digits",
    "kind",
    "hall",
    "state",
    "sort",
    "page",
    "size",
    "facility",
    "licence",
)


@pytest.mark.parametrize("evil", EVIL)
def test_nonsense_in_the_address_changes_nothing(
    around: dict[str, Facility], signed_in: Callable[..., Client], evil: str
) -> None:
    client = signed_in("county_officer", COUNTY)
    together = [
        (path, dict.fromkeys(NAMES, evil)) for path in (*LISTS, "/choose/facilities", "/choose/places")
    ]
    alone = [(LISTS[0], {name: evil}) for name in NAMES]
    for path, query in [*together, *alone]:
        shown = text(client, path, **query)
        assert around["beside"].name not in shown
        assert "<script>alert" not in shown
    assert Facility.objects.count() == 3


def test_a_nul_is_refused(signed_in: Callable[..., Client]) -> None:
    assert signed_in("county_officer", COUNTY).get("/facilities", {"q": "\x00"}).status_code == 400


@pytest.mark.parametrize("evil", [one for one in EVIL if "/" not in one and one not in ("?", "\\")])
def test_nonsense_in_the_path_finds_nothing(signed_in: Callable[..., Client], evil: str) -> None:
    client = signed_in("county_officer", COUNTY)
    owner = make.facility()
    for path in (f"/facilities/{evil}", f"/facilities/{owner.pk}/{evil}/new", f"/practitioners/{evil}"):
        assert client.get(path).status_code == 404


def test_what_is_sent_cannot_name_other_columns(signed_in: Callable[..., Client]) -> None:
    owner = make.facility(beds=5)
    client = signed_in("county_officer", COUNTY)
    form = {"name": "新名", "place": CHILD, "kind": "township_hospital", "sponsor_level": "township"}
    more = {"ownership": "public", "facility": "OTHER", "sort_key": "zzz", "valid_to": "2020-01-01"}
    response = client.post(f"/facilities/{owner.pk}/edit", {**form, **more})
    assert response.status_code == 302
    row = Facility.objects.get()
    assert (row.pk, row.name, row.valid_to, row.sort_key[:3]) == (owner.pk, "新名", None, "xin")


def test_sorting_and_searching(signed_in: Callable[..., Client]) -> None:
    for name in ("连州市中医院", "安乐卫生院", "西岸镇中心卫生院"):
        make.facility(name=name)
    client = signed_in("county_officer", COUNTY)
    rising = text(client, "/facilities", sort="name")
    assert rising.index("安乐卫生院") < rising.index("连州市中医院") < rising.index("西岸镇中心")
    falling = text(client, "/facilities", sort="-name")
    assert falling.index("西岸镇中心") < falling.index("安乐卫生院")
    for query in ("中医院", "lzszyy", "lianzhou", "LZ", " 连州 "):
        found = text(client, "/facilities", q=query)
        assert "连州市中医院" in found
        assert "安乐卫生院" not in found


def test_filters(signed_in: Callable[..., Client]) -> None:
    with_hall = make.facility(name="有馆的")
    make.tcm_hall(with_hall)
    make.facility(name="停了的", valid_to=date(2020, 1, 1))
    make.facility("441882101202", name="村里的", kind="village_clinic")
    client = signed_in("county_officer", COUNTY)

    def shown(**query: str) -> set[str]:
        page = text(client, "/facilities", **query)
        return {name for name in ("有馆的", "停了的", "村里的") if name in page}

    assert shown() == {"有馆的", "村里的"}
    assert shown(state="closed") == {"停了的"}
    assert shown(state="all") == {"有馆的", "停了的", "村里的"}
    assert shown(hall="yes") == {"有馆的"}
    assert shown(hall="no") == {"村里的"}
    assert shown(kind="village_clinic") == {"村里的"}
    assert shown(place="441882101202") == {"村里的"}
    village = place_name("441882101202", 9)
    assert shown(place=village) == {"村里的"}


SECRETS = ("张三丰", "三丰", "13812345678")
ROLES = [role for role in access_table().roles if access_table().allows(role, "practitioner.view")]


@pytest.mark.parametrize("role", ROLES)
def test_names_only_for_those_who_may(role: str, signed_in: Callable[..., Client]) -> None:
    owner = make.facility()
    person = make.practitioner(owner, name="张三丰", phone="13812345678", id_number=make.id_number(12))
    at_facility = access_table().roles[role].level == "facility"
    client = signed_in(role, "" if at_facility else COUNTY, facility=owner.pk if at_facility else "")
    allowed = access_table().allows(role, "practitioner.name")
    paths = ["/practitioners", f"/practitioners/{person.pk}", f"/facilities/{owner.pk}"]
    shown = "".join(text(client, path) for path in paths)
    for secret in (*SECRETS, person.id_number):
        assert (secret in shown) is allowed, secret
    assert ("张**" in shown) is not allowed
    assert ("138****5678" in shown) is not allowed
    reads = Entry.objects.filter(action="practitioner.read")
    assert reads.count() == (3 if allowed else 0)
    if allowed:
        assert reads.filter(object_id=person.pk).get().fields == ["id_number", "name", "phone"]


def test_names_beyond_the_own_area_stay_masked(signed_in: Callable[..., Client]) -> None:
    """Names for one facility, people for the county: only the facility's are read."""
    from xinglin.apps.accounts.models import Grant

    mine, other = make.facility(), make.facility()
    make.practitioner(mine, name="李四光")
    make.practitioner(other, name="王五行")
    client = signed_in("inspector", COUNTY)
    Grant.objects.create(user=client.user, role="facility_head", facility=mine.pk)  # type: ignore[attr-defined]
    shown = text(client, "/practitioners")
    assert "李四光" in shown
    assert "王五行" not in shown
    assert "王**" in shown
    assert "王**" not in found(client, q="王五行")
    assert Entry.objects.filter(action="practitioner.read").latest("pk").count == 1


def test_the_masked_cannot_search_by_name(signed_in: Callable[..., Client]) -> None:
    make.practitioner(name="张三丰")
    make.practitioner(name="李四光")
    shown = found(signed_in("inspector", COUNTY), q="张三丰")
    assert "张**" in shown
    assert "李**" in shown


@pytest.mark.parametrize(
    "query", ["张三丰", " 张 三丰", "zhangsanfeng", "zsf", "张sf", "张SF", "138-1234-5678", "{id}"]
)
def test_people_are_found(query: str, signed_in: Callable[..., Client]) -> None:
    person = make.practitioner(name="张三丰", phone="13812345678", id_number=make.id_number(12))
    make.practitioner(name="李四光", phone="", id_number="")
    make.practitioner(name="", phone="", id_number="")
    asked = query.format(id=person.id_number.lower())
    assert list(Practitioner.objects.filter(found_by(asked))) == [person]
    shown = found(signed_in("county_officer", COUNTY), q=asked)
    assert "张三丰" in shown
    assert "李四光" not in shown


@pytest.mark.parametrize("query", ["", " ", "-", "三丰", "sf", "1381234", "单"])
def test_pieces_find_nobody(query: str) -> None:
    make.practitioner(name="张三丰", phone="13812345678")
    make.practitioner(name="", phone="", id_number="")
    assert not Practitioner.objects.filter(found_by(query)).exists()


def test_the_database_holds_no_plain_text() -> None:
    person = make.practitioner(name="张三丰", phone="13812345678", id_number=make.id_number(12))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM organisations_practitioner")
        stored = str(cursor.fetchall())
    for secret in (*SECRETS, person.id_number, "zhangsanfeng", "sanfeng", "zsf"):
        assert secret not in stored, secret
    read = Practitioner.objects.get()
    assert (read.name, read.phone, read.id_number) == ("张三丰", "13812345678", person.id_number)


def test_history_is_shown_in_words(signed_in: Callable[..., Client]) -> None:
    owner = make.facility(beds=10)
    client = signed_in("county_officer", COUNTY)
    form = {"name": owner.name, "place": CHILD, "kind": "subdistrict_hospital", "sponsor_level": "township"}
    client.post(f"/facilities/{owner.pk}/edit", {**form, "ownership": "public", "beds": "12"})
    shown = text(client, f"/facilities/{owner.pk}")
    for word in ("床位数", ">10<", ">12<", "乡镇卫生院", "街道卫生院", "county_officer-441882"):
        assert word in shown, word


def test_a_stale_form_is_refused(signed_in: Callable[..., Client]) -> None:
    owner = make.facility(beds=10)
    client = signed_in("county_officer", COUNTY)
    form = {"name": owner.name, "place": CHILD, "kind": owner.kind, "sponsor_level": "township"}
    form |= {"ownership": "public", "seen": "0"}
    assert client.post(f"/facilities/{owner.pk}/edit", {**form, "beds": "11"}).status_code == 302
    response = client.post(f"/facilities/{owner.pk}/edit", {**form, "beds": "12"})
    assert response.status_code == 200
    assert "别人改过" in response.content.decode()


def test_mistakes_stand_at_their_fields(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    response = client.post("/facilities/new", {"name": "", "place": SIBLING, "kind": "x"})
    page = response.content.decode()
    for id in ("id_name_error", "id_kind_error", "id_ownership_error"):
        assert id in page
    form = {"name": "甲", "place": SIBLING + "101", "kind": "township_hospital", "sponsor_level": "county"}
    page = client.post("/facilities/new", {**form, "ownership": "public"}).content.decode()
    assert "不在您负责的地区" in page
    assert not Facility.objects.exists()


def test_a_person_is_registered_and_changed_by_hand(signed_in: Callable[..., Client]) -> None:
    owner = make.facility()
    client = signed_in("facility_head", facility=owner.pk)
    form: dict[str, Any] = {"name": "仇英", "id_kind": "id_card", "id_number": make.id_number(3)}
    form |= {"phone": "", "licence": "physician", "category": "tcm", "gp": "unknown", "tcm_able": "true"}
    post = {"facility": owner.pk, "main": "on", "valid_from": "2024-01-01"}
    assert client.post("/practitioners/new", {**form, **post}).status_code == 302
    person = Practitioner.objects.get()
    assert person.sort_key.startswith("qiu2")
    form["name"] = "仇二"
    assert client.post(f"/practitioners/{person.pk}/edit", form).status_code == 302
    assert Practitioner.objects.get().name == "仇二"
    assert "仇英" not in text(client, f"/practitioners/{person.pk}")


def test_merging_by_hand_asks_twice(signed_in: Callable[..., Client]) -> None:
    old, new = make.facility(), make.facility()
    make.practitioner(old)
    client = signed_in("county_officer", COUNTY)
    form = {"source1": old.pk, "day": "2024-07-01"}
    response = client.post(f"/facilities/{new.pk}/merge", form)
    assert response.context["preview"]
    assert Facility.objects.filter(valid_to=None).count() == 2
    other = {**form, "day": "2024-08-01", "confirmed": response.context["asked"]}
    client.post(f"/facilities/{new.pk}/merge", other)
    assert Facility.objects.filter(valid_to=None).count() == 2
    client.post(f"/facilities/{new.pk}/merge", {**form, "confirmed": response.context["asked"]})
    assert Facility.objects.get(pk=old.pk).valid_to == date(2024, 6, 30)


def test_a_consortium_by_hand(signed_in: Callable[..., Client]) -> None:
    lead, member = make.facility(COUNTY), make.facility()
    client = signed_in("county_officer", COUNTY)
    form = {"name": "第一医共体", "place": COUNTY, "lead": lead.pk, "tight": "true"}
    assert client.post("/consortia/new", form).status_code == 302
    row = Consortium.objects.get()
    added = client.post(f"/consortia/{row.pk}/membership/new", {"membership-facility": member.pk})
    assert added.status_code == 302
    for place, count in ((COUNTY, 1), (CHILD, 1)):
        client.post(f"/consortia/{row.pk}/catchment/new", {"catchment-place": place})
        assert row.catchments.count() == count
    assert member.name in text(client, f"/consortia/{row.pk}")
