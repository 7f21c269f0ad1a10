"""Managing accounts: who may grant what to whom, what excludes what, and the administrator who must remain."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from accounts_factories import log
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import COUNTY, PASSWORD
from xinglin.apps.access.scope import Scope
from xinglin.apps.accounts import actions, attempts, directory, permissions, sessions
from xinglin.apps.accounts.actions import Area
from xinglin.apps.accounts.directory import Facility
from xinglin.apps.accounts.models import Grant, User, level_fits
from xinglin.apps.accounts.permissions import NotAllowed

CLINIC = Facility("QAclinic", "星子镇某某村卫生室", "441882101")


class OneClinic:
    """Finds one facility; stands in for the app that keeps facilities."""

    def find(self, texts: Any) -> list[Facility]:
        return [CLINIC] if {CLINIC.id, CLINIC.name} & set(texts) else []

    def by_ids(self, ids: Any) -> list[Facility]:
        return [CLINIC] if CLINIC.id in ids else []

    def inside(self, scope: Scope) -> list[str]:
        return [CLINIC.id] if scope.covers(place=CLINIC.place, facility=CLINIC.id) else []


@pytest.fixture(autouse=True)
def clinic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "_FINDERS", [OneClinic()])


@pytest.fixture
def admin(account: Callable[..., User]) -> User:
    """A security administrator."""
    return account("security_admin", username="admin")


@pytest.fixture
def client(signed_in: Callable[..., Any]) -> Any:
    """A signed-in security administrator."""
    return signed_in("security_admin", username="boss")


# The rules of grants: role, place, facility, whether it may be given.
GRANTS = [
    ("county_officer", COUNTY, "", True),
    ("county_officer", "4418", "", False),
    ("county_officer", "441882101", "", False),
    ("county_officer", "", CLINIC.id, False),
    ("county_officer", "0", "", False),
    ("regional_officer", "4418", "", True),
    ("regional_officer", "0", "", True),
    ("regional_officer", "", "", False),
    ("inspector", "441882101", "", True),
    ("village_doctor", "", CLINIC.id, True),
    ("village_doctor", COUNTY, "", False),
    ("village_doctor", COUNTY, CLINIC.id, False),
    ("auditor", "0", "", True),
    ("auditor", COUNTY, "", False),
    ("emperor", "0", "", False),
]


@pytest.mark.parametrize(("role", "place", "facility", "good"), GRANTS)
def test_role_fits_its_area(
    admin: User, account: Callable[..., User], role: str, place: str, facility: str, good: bool
) -> None:
    user = account("resident", COUNTY, username="somebody")
    give = lambda: actions.give_grant(by=admin, user_id=user.pk, role=role, area=Area(place, facility))  # noqa: E731
    if good:
        assert give().granted_by == admin
        assert ("grant.give", "done") in log()
    else:
        with pytest.raises(NotAllowed):
            give()
        assert log() == []
    if role != "emperor" and bool(place) != bool(facility):
        assert level_fits(role, place, facility) is good


@pytest.mark.parametrize(
    ("held", "given", "good"),
    [
        ("auditor", "security_admin", False),
        ("auditor", "system_admin", False),
        ("system_admin", "security_admin", False),
        ("security_admin", "county_officer", True),
        ("county_officer", "auditor", True),
        ("county_officer", "inspector", True),
        ("auditor", "auditor", False),
    ],
)
def test_roles_that_exclude_each_other(
    admin: User, account: Callable[..., User], held: str, given: str, good: bool
) -> None:
    user = account(held, COUNTY, username="somebody")
    place = "0" if "admin" in given or given == "auditor" else COUNTY
    check = lambda: actions.give_grant(by=admin, user_id=user.pk, role=given, area=Area(place))  # noqa: E731
    if good:
        check()
    else:
        with pytest.raises(NotAllowed):
            check()


def test_apart_looks_at_the_days(admin: User, account: Callable[..., User]) -> None:
    """One after the other is fine; a future grant counts against a present one without end."""
    user, today = account("auditor", username="somebody"), timezone.localdate()
    later = Area("0", first=today + timedelta(days=400))
    with pytest.raises(NotAllowed, match="已是审计员"):
        actions.give_grant(by=admin, user_id=user.pk, role="system_admin", area=later)
    Grant.objects.filter(user=user).update(valid_to=today + timedelta(days=399))
    actions.give_grant(by=admin, user_id=user.pk, role="system_admin", area=later)


def test_apart_after_the_first_was_taken_back(admin: User, account: Callable[..., User]) -> None:
    user = account("auditor", username="somebody")
    actions.end_grant(by=admin, user_id=user.pk, grant_id=user.grants.get().pk)
    actions.give_grant(by=admin, user_id=user.pk, role="system_admin", area=Area("0"))


def test_a_grant_that_is_taken_back_holds_no_longer(admin: User, account: Callable[..., User]) -> None:
    user = account("county_officer", COUNTY, username="somebody")
    assert user.can("facility.edit")
    actions.end_grant(by=admin, user_id=user.pk, grant_id=user.grants.get().pk)
    fresh = User.objects.get(pk=user.pk)
    assert not fresh.can("facility.edit")
    grant = fresh.grants.get()
    assert grant.ended_by == admin
    assert grant.holds_on(timezone.localdate() - timedelta(days=1)) is False
    with pytest.raises(NotAllowed, match="已经收回"):
        actions.end_grant(by=admin, user_id=user.pk, grant_id=grant.pk)


@pytest.mark.parametrize(
    "deed",
    [
        lambda me: actions.give_grant(by=me, user_id=me.pk, role="county_officer", area=Area(COUNTY)),
        lambda me: actions.end_grant(by=me, user_id=me.pk, grant_id=me.grants.get().pk),
        lambda me: actions.set_active(by=me, user_id=me.pk, active=False),
        lambda me: actions.reset_password(by=me, user_id=me.pk),
        lambda me: actions.reset_second_factor(by=me, user_id=me.pk),
        lambda me: actions.unlock(by=me, user_id=me.pk),
    ],
)
def test_nobody_manages_oneself(admin: User, deed: Callable[[User], object]) -> None:
    with pytest.raises(NotAllowed, match="自己"):
        deed(admin)
    assert log() == []


@pytest.mark.parametrize("role", ["county_officer", "system_admin", "auditor", "village_doctor"])
def test_others_manage_nobody(account: Callable[..., User], role: str) -> None:
    at = {"facility": CLINIC.id} if role == "village_doctor" else {"place": COUNTY}
    by, user = account(role, **at, username="by"), account("resident", COUNTY, username="somebody")
    assert not permissions.may_manage(by, user)
    assert not permissions.visible_users(by).exists()
    with pytest.raises(NotAllowed):
        actions.give_grant(by=by, user_id=user.pk, role="inspector", area=Area(COUNTY))
    with pytest.raises(NotAllowed):
        actions.create_account(by=by, username="new", display_name="", role="inspector", area=Area(COUNTY))
    assert not User.objects.filter(username="new").exists()


def test_an_administrator_of_a_part_reaches_no_further(account: Callable[..., User]) -> None:
    """No role is like this today; the rule must not rest on that."""
    by = account("security_admin", username="by")
    by.grants.update(place=COUNTY)
    by = User.objects.get(pk=by.pk)
    inside = account("county_officer", COUNTY, username="inside")
    outside = account("county_officer", "441881", username="outside")
    both = account("inspector", COUNTY, username="both")
    Grant.objects.create(user=both, role="inspector", place="4418")
    clinic = account("village_doctor", facility=CLINIC.id, username="clinic")
    assert {user.username for user in permissions.visible_users(by)} == {"by", "inside", "both", "clinic"}
    managed = [user for user in (inside, outside, both, clinic) if permissions.may_manage(by, user)]
    assert managed == [inside, clinic]
    for place, good in (
        (COUNTY, True),
        ("441882101", True),
        ("4418", False),
        ("441881", False),
        ("0", False),
    ):
        more = {"role": "inspector", "place": place, "first": timezone.localdate(), "last": None}
        user = account("resident", COUNTY, username=f"r{place}")
        assert permissions.answers(permissions.check_may_grant, by, user, **more) is good, place


def seen_by(account: Callable[..., User], **area: str) -> set[str]:
    """Whom an administrator of a part sees, by name."""
    by = account("security_admin", username="by")
    by.grants.update(**{"place": "", "facility": "", **area})
    return {user.username for user in permissions.visible_users(User.objects.get(pk=by.pk))} - {"by"}


@pytest.mark.parametrize(
    ("area", "seen"),
    [
        ({"place": COUNTY}, {"clinic", "officer"}),
        ({"place": CLINIC.place}, {"clinic"}),
        ({"place": "441881"}, {"other"}),
        ({"place": "4418"}, {"clinic", "officer", "other"}),
        ({"facility": CLINIC.id}, {"clinic"}),
        ({"facility": "QAelsewhere"}, {"elsewhere"}),
    ],
)
def test_users_of_facilities_lie_where_the_facility_does(
    account: Callable[..., User], area: dict[str, str], seen: set[str]
) -> None:
    account("village_doctor", facility=CLINIC.id, username="clinic")
    account("village_doctor", facility="QAelsewhere", username="elsewhere")
    account("county_officer", COUNTY, username="officer")
    account("county_officer", "441881", username="other")
    gone = account("pharmacist", facility=CLINIC.id, username="gone")
    gone.grants.update(ended_at=timezone.now())
    assert seen_by(account, **area) == seen


def test_a_filter_by_place_finds_users_of_its_facilities(client: Any, account: Callable[..., User]) -> None:
    account("village_doctor", facility=CLINIC.id, username="clinic-doctor")
    account("county_officer", "441881", username="other-officer")
    for place, seen in ((COUNTY, "clinic-doctor"), ("连州市", "clinic-doctor"), ("英德市", "other-officer")):
        text = client.get("/users", {"place": place}).content.decode()
        assert seen in text
        assert ("clinic-doctor" in text) != ("other-officer" in text)


# The administrator who must remain -------------------------------------------------------------------------------


def remove(kind: str, by: User | None, user: User) -> None:
    if kind == "end":
        actions.end_grant(by=by, user_id=user.pk, grant_id=user.grants.get(role="security_admin").pk)
    else:
        actions.set_active(by=by, user_id=user.pk, active=False)


@pytest.mark.parametrize("kind", ["end", "deactivate"])
def test_the_last_administrator_remains(admin: User, account: Callable[..., User], kind: str) -> None:
    other = account("security_admin", username="other")
    remove(kind, admin, other)
    with pytest.raises(NotAllowed, match="最后一位安全管理员"):
        remove(kind, None, admin)
    assert permissions.administrators().get() == admin


@pytest.mark.parametrize(
    "change",
    [
        {"valid_to": timezone.localdate() + timedelta(days=30)},
        {"valid_from": timezone.localdate() + timedelta(days=1)},
    ],
)
def test_an_administrator_for_a_time_does_not_count(
    admin: User, account: Callable[..., User], change: dict[str, Any]
) -> None:
    account("security_admin", username="other").grants.update(**change)
    with pytest.raises(NotAllowed, match="最后一位"):
        remove("deactivate", None, admin)


def test_a_demonstration_administrator_does_not_count(
    admin: User, account: Callable[..., User], settings: Any
) -> None:
    account("security_admin", username="other")
    User.objects.filter(username="other").update(demo=True)
    settings.XINGLIN_DEMO = False
    with pytest.raises(NotAllowed, match="最后一位"):
        remove("deactivate", None, admin)


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Run deeds in threads that start together; ``done`` or the words of the refusal of each."""
    start, outcomes = threading.Barrier(len(deeds)), [""] * len(deeds)

    def run(number: int, deed: Callable[[], object]) -> None:
        start.wait()
        try:
            deed()
            outcomes[number] = "done"
        except NotAllowed as refusal:
            outcomes[number] = str(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(5))
@pytest.mark.parametrize("kinds", [("end", "end"), ("deactivate", "deactivate"), ("end", "deactivate")])
def test_two_who_remove_each_other_at_once(
    account: Callable[..., User], kinds: tuple[str, str], round: int
) -> None:
    del round
    one, two = account("security_admin", username="one"), account("security_admin", username="two")
    outcomes = at_once(lambda: remove(kinds[0], one, two), lambda: remove(kinds[1], two, one))
    assert outcomes.count("done") == 1, outcomes
    assert permissions.administrators().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_give_roles_that_exclude_each_other_at_once(account: Callable[..., User]) -> None:
    one, two = account("security_admin", username="one"), account("security_admin", username="two")
    user = account("resident", COUNTY, username="somebody")
    give = lambda by, role: actions.give_grant(by=by, user_id=user.pk, role=role, area=Area("0"))  # noqa: E731
    outcomes = at_once(lambda: give(one, "auditor"), lambda: give(two, "system_admin"))
    assert outcomes.count("done") == 1, outcomes


@pytest.mark.django_db(transaction=True)
def test_a_name_is_given_once(account: Callable[..., User]) -> None:
    admin = account("security_admin", username="one")
    make = lambda name: actions.create_account(  # noqa: E731
        by=admin, username=name, display_name="", role="inspector", area=Area(COUNTY)
    )
    outcomes = at_once(*(lambda name=name: make(name) for name in ("li.ming", "Li.Ming", "ＬＩ.ming")))
    assert outcomes.count("done") == 1, outcomes


# Pages -----------------------------------------------------------------------------------------------------------

NEW = {"username": "Li.Ming", "display_name": "李明", "role": "county_officer", "place": "连州市"}


def test_a_new_account_from_page_to_first_sign_in(client: Any) -> None:
    page = client.post("/users/new", NEW)
    password = page.context["made"].password
    assert password in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    user = User.objects.get(username="li.ming")
    assert user.grants.get().place == COUNTY
    assert password not in client.get(f"/users/{user.pk}").content.decode()
    fresh = Client()
    fresh.post("/sign-in", {"username": "li.ming", "password": password})
    assert fresh.get("/").headers["Location"].startswith("/second-factor")
    assert [row for row in log() if row[0] != "account.view"][:2] == [
        ("account.create", "done"),
        ("grant.give", "done"),
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"username": "boss"}, "这个登录名已有人用"),
        ({"username": "李明"}, "登录名只能用字母、数字"),
        ({"username": "ab"}, "登录名至少 3 个字符"),
        ({"place": "没有这个县"}, "没有"),
        ({"place": "999999"}, "999999"),
        ({"place": "44188"}, "44188"),
        ({"place": "鼓楼区"}, "鼓楼区"),
        ({"place": ""}, "“县级中医药管理人员”要填地区"),
        ({"place": "全国"}, "请填一个县（市、区）"),
        ({"facility": "QAclinic"}, "不填机构"),
        ({"role": "village_doctor", "place": "", "facility": "没有的卫生室"}, "没有这个机构"),
        ({"role": "emperor"}, "选择一个有效的选项"),
        ({"last": "2020-01-01"}, "截止日期早于"),
        ({"first": "2020-13-45"}, "输入一个有效的日期"),
    ],
)
def test_new_account_refused(client: Any, change: dict[str, str], words: str) -> None:
    before = User.objects.count()
    text = client.post("/users/new", {**NEW, **change}).content.decode()
    assert words in text
    assert User.objects.count() == before
    assert 'value="李明"' in text, "what was typed is lost"


def test_a_facility_by_its_name(client: Any) -> None:
    data = {**NEW, "role": "village_doctor", "place": "", "facility": CLINIC.name}
    client.post("/users/new", data)
    assert Grant.objects.get(role="village_doctor").facility == CLINIC.id
    assert CLINIC.name in client.get("/users").content.decode()


def test_deeds_on_the_page_of_an_account(client: Any, account: Callable[..., User]) -> None:
    user = account("county_officer", COUNTY, username="somebody")
    User.objects.filter(pk=user.pk).update(totp_secret="x")
    there = Client()
    there.force_login(user)
    page = f"/users/{user.pk}"
    assert "收回" in client.get(page).content.decode()
    for _ in range(5):
        Client().post("/sign-in", {"username": "somebody", "password": "wrong"})
    assert "暂时锁定" in client.get(page).content.decode()
    assert client.post(f"{page}/unlock").headers["Location"] == page
    assert not attempts.is_locked(attempts.name_key("somebody"))
    client.post(f"{page}/second-factor")
    assert not User.objects.get(pk=user.pk).totp_secret
    assert not sessions.sessions_of(user.pk).exists()
    client.post(f"{page}/grants", {"role": "inspector", "place": "清远市"})
    assert user.grants.count() == 2
    client.post(f"{page}/grants/{user.grants.get(role='inspector').pk}/end")
    assert user.grants.filter(ended_at=None).count() == 1
    there.force_login(User.objects.get(pk=user.pk))
    client.post(f"{page}/deactivate")
    assert not sessions.sessions_of(user.pk).exists()
    assert not User.objects.get(pk=user.pk).is_active
    client.post(f"{page}/activate")
    made = client.post(f"{page}/password").context["made"]
    user.refresh_from_db()
    assert user.check_password(made.password)
    assert user.must_change_password
    done = {action for action, outcome in log() if outcome == "done"}
    assert done >= {
        "account.unlock",
        "account.second_factor_reset",
        "grant.give",
        "grant.end",
        "account.deactivate",
        "account.activate",
        "account.password_reset",
        "account.view",
    }


@pytest.mark.parametrize("deed", ["deactivate", "password", "second-factor", "grants/{grant}/end"])
def test_asked_before_it_is_done(client: Any, account: Callable[..., User], deed: str) -> None:
    user = account("county_officer", COUNTY, username="somebody")
    User.objects.filter(pk=user.pk).update(totp_secret="x")
    before = User.objects.values().get(pk=user.pk)
    page = client.get(f"/users/{user.pk}/" + deed.format(grant=user.grants.get().pk))
    assert "不了，返回" in page.content.decode()
    assert User.objects.values().get(pk=user.pk) == before
    assert user.grants.get().ended_at is None


def test_a_deactivated_account_is_out_at_once(client: Any, signed_in: Callable[..., Any]) -> None:
    other = signed_in("county_officer", COUNTY, username="somebody")
    assert other.get("/me").status_code == 200
    client.post(f"/users/{other.user.pk}/deactivate")
    assert other.get("/me").status_code == 302
    assert (
        "已停用" in Client().post("/sign-in", {"username": "somebody", "password": PASSWORD}).content.decode()
    )


def test_own_page_can_be_seen_not_changed(client: Any) -> None:
    text = client.get(f"/users/{client.user.pk}").content.decode()
    assert "只能看" in text
    assert "收回" not in text
    client.post(f"/users/{client.user.pk}/grants", {"role": "county_officer", "place": "连州市"})
    assert client.user.grants.count() == 1
    assert ("grant.give", "refused") in log()


def people(count: int) -> Iterator[User]:
    for number in range(count):
        user = User(username=f"p{number:04}", display_name=f"人员{number}")
        yield user


def test_list_searches_filters_and_sorts(client: Any, account: Callable[..., User]) -> None:
    actions.create_account(
        by=None, username="li.ming", display_name="李明", role="county_officer", area=Area(COUNTY)
    )
    account("inspector", "441881", username="wang")
    User.objects.filter(username="wang").update(is_active=False)

    def names(query: str) -> list[str]:
        return [row.user.username for row in client.get("/users?" + query).context["rows"]]

    def found(text: str, **more: str) -> list[str]:
        answer = client.post("/users/find", {"q": text, **more}, follow=True)
        (address, _), *_ = answer.redirect_chain
        assert not text or quote(text) not in address
        return [row.user.username for row in answer.context["rows"]]

    assert names("") == ["boss", "li.ming", "wang"]
    assert names("sort=-username") == ["wang", "li.ming", "boss"]
    assert found("MING") == found("李明") == found(" 李 明") == ["li.ming"]
    assert found("李") == found("wang", state="active") == []
    assert found("wang", state="inactive") == ["wang"]
    assert found("", sort="-username") == ["wang", "li.ming", "boss"]
    assert client.post("/users/find", {"sort": "password"}).status_code == 422
    assert "这次查找已过期" in client.get("/users?find=x").content.decode()
    assert names("role=inspector") == names("place=英德市") == names("state=inactive") == ["wang"]
    assert names("place=4418") == ["li.ming", "wang"]
    nobody = client.post("/users/find", {"q": "nobody"}, follow=True)
    assert "没有这样的账号" in nobody.content.decode()
    assert ("account.list", "done") in log()


@pytest.mark.parametrize("count", [1, 200])
def test_list_asks_few_questions(client: Any, count: int) -> None:
    made = User.objects.bulk_create(people(count))
    Grant.objects.bulk_create(
        [Grant(user=user, role="village_doctor", facility=CLINIC.id) for user in made]
        + [Grant(user=user, role="inspector", place=COUNTY) for user in made]
    )
    client.get("/users")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get("/users").status_code == 200
    assert len(queries) <= 15


def test_menu_and_matrix(client: Any) -> None:
    text = client.get("/permissions").content.decode()
    assert 'href="/users"' in text
    assert "三种管理员不得由一人兼任" in text
    assert "/users/&lt;str:user&gt;/grants" in text


def test_me(signed_in: Callable[..., Any]) -> None:
    client = signed_in("county_officer", COUNTY)
    Grant.objects.create(user=client.user, role="village_doctor", facility=CLINIC.id)
    text = client.get("/me").content.decode()
    assert "广东省清远市连州市" in text
    assert CLINIC.name in text
    assert "县级中医药管理人员" in text
