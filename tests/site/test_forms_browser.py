"""Pages of records in a real browser: one definition of each kind from the form to its end, and what only a browser
does: conditions, drafts without a connection, keys, paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import forms_factories as make
import organisations_factories as organisations
import pytest
from browser import opening
from django.test import Client
from django.utils import timezone

from xinglin.apps.forms.actions import moving
from xinglin.apps.forms.book import definition as definition_of
from xinglin.apps.forms.models import Answer, Attachment, Draft, Record
from xinglin.apps.organisations.models import Facility

COUNTY = "441882"
WIDTHS = (1280, 400)
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", "localhost"]),
    pytest.mark.django_db(transaction=True),
]
SignIn = Callable[..., Client]


@pytest.fixture
def clinic() -> Facility:
    return organisations.facility("441882101202", name="冲口村卫生室", kind="village_clinic")


@contextmanager
def at(chromium: Any, live_server: Any, client: Client, path: str, width: int = 1280) -> Iterator[Any]:
    """A page whose faults are looked for on opening and at the end."""
    with opening(chromium, live_server, client, path, width) as opened:
        opened.check()
        yield opened
        opened.examine().check()


def save(page: Any, button: str = "保存") -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state("networkidle")


def radio(page: Any, name: str, value: str) -> None:
    page.locator(f"input[name={name}][value={value}]").check()


# one of each kind, from the form to its end


def test_an_activity_is_entered_by_a_village_doctor(
    chromium: Any, live_server: Any, signed_in: SignIn, clinic: Facility
) -> None:
    """Seven fields, two of them filled already; the rest stays folded. The next one keeps facility and day."""
    client = signed_in("village_doctor", facility=clinic.pk)
    with at(chromium, live_server, client, "/records/of/lecture/new/", 400) as opened:
        page = opened.page
        asked = page.locator(".field:visible > label, .field:visible legend").all_inner_texts()
        assert asked == [
            "机构 *",
            "日期 *",
            "主题 *",
            "活动类别 *",
            "含中医药内容 *",
            "到哪里去 *",
            "受众人次（人次） *",
        ]
        assert page.locator("#id_facility").input_value() == "冲口村卫生室"
        page.locator("#id_date").fill("2026-03-05")
        page.locator("#id_topic").fill("春季养生")
        page.locator("#id_kind").select_option("lecture")
        radio(page, "tcm", "true")
        page.locator("#id_setting").select_option("village")
        page.locator("#id_people").fill("46")
        save(page, "保存，再填一条")
        page.get_by_text("已保存健康教育活动“春季养生”").wait_for()
        assert page.locator("#id_facility").input_value() == "冲口村卫生室"
        assert page.locator("#id_date").input_value() == "2026-03-05"
        assert page.locator("#id_topic").input_value() == ""
    row = Record.objects.get()
    assert (row.facility_id, row.document["people"]) == (clinic.pk, 46)
    with at(chromium, live_server, client, "/records/", 400) as opened:
        assert opened.page.locator("[data-first]").get_by_text("健康教育活动").count() == 1, (
            "lately used first"
        )


@pytest.mark.parametrize("width", WIDTHS)
def test_a_register_goes_through_form_list_edit_and_export(
    chromium: Any, live_server: Any, signed_in: SignIn, width: int
) -> None:
    client = signed_in("county_officer", COUNTY)
    organisations.facility(name="西岸镇卫生院")
    with at(chromium, live_server, client, "/records/of/education_base/new/", width) as opened:
        page = opened.page
        page.locator("#id_facility").click()
        page.keyboard.type("xazwsy")
        page.get_by_role("option", name="西岸镇卫生院").wait_for()
        page.keyboard.press("Enter")
        page.locator("#id_name").fill("西岸镇宣教基地（演示）")
        page.locator("#id_level").select_option("county")
        page.locator("#id_valid_from").fill("2024-03-01")
        page.locator("details.more > summary").click()
        page.locator("input[name=rooms][value=hall]").check()
        page.locator("#id_review_on").fill("2027-03-01")
        radio(page, "verified", "true")
        save(page)
        page.locator(".summary").get_by_role("link").first.wait_for()
        assert "核验日期没有填" in page.locator(".summary").inner_text()
        opened.examine().check()
        page.locator("#id_verified_on").fill("2024-04-01")
        save(page)
        page.get_by_role("heading", name="西岸镇宣教基地（演示）").wait_for()
        opened.examine().check()
        page.get_by_role("link", name="修改", exact=True).click()
        page.locator("#id_name").fill("西岸镇中医药宣教基地（演示）")
        save(page)
        page.get_by_text("已保存。").wait_for()
        page.goto(live_server.url + "/records/of/education_base/")
        assert page.get_by_role("link", name="西岸镇中医药宣教基地（演示）").is_visible()
        assert "西岸镇卫生院" in page.locator("tbody tr").inner_text(), "named, not numbered"
        opened.examine().check()
        with page.expect_download() as download:
            page.get_by_role("link", name="导出", exact=True).click()
        assert download.value.suggested_filename.endswith(".xlsx")


def test_a_case_moves_in_the_browser_and_is_put_back(
    chromium: Any, live_server: Any, signed_in: SignIn
) -> None:
    head = organisations.facility(name="西岸镇卫生院")
    client, inspector = signed_in("facility_head", facility=head.pk), signed_in("inspector", COUNTY)
    row = make.record("rectification", facility=head.pk, by=inspector.user)  # type: ignore[attr-defined]
    with at(chromium, live_server, client, f"/records/{row.pk}/") as opened:
        page = opened.page
        assert page.locator(".steps [aria-current=step]").inner_text() == "待整改"
        page.get_by_role("link", name="报整改结果").click()
        page.get_by_role("button", name="报整改结果").click()
        page.locator(".steps [aria-current=step]").get_by_text("待复核").wait_for()
        opened.examine().check()
    with at(chromium, live_server, inspector, f"/records/{row.pk}/") as opened:
        page = opened.page
        page.get_by_role("link", name="退回再改").click()
        page.get_by_role("button", name="退回再改").click()
        page.get_by_text("理由").first.wait_for()
        assert page.locator(".notice.error").count() == 1, "a reason is asked for"
        page.locator("#reason").fill("照片看不清")
        page.get_by_role("button", name="退回再改").click()
        page.locator(".steps [aria-current=step]").get_by_text("待整改").wait_for()
        assert "照片看不清" in page.locator(".history").inner_text()
        opened.examine().check()


def test_a_record_is_removed_and_comes_back_at_once(
    chromium: Any, live_server: Any, signed_in: SignIn
) -> None:
    row, client = make.record("education_base"), signed_in("county_officer", COUNTY)
    with at(chromium, live_server, client, f"/records/{row.pk}/remove/") as opened:
        page = opened.page
        page.locator("#reason").fill("填重了")
        page.get_by_role("button", name="撤除", exact=True).click()
        page.get_by_role("button", name="撤销").wait_for()
        row.refresh_from_db()
        assert row.removed_at is not None
        opened.examine().check()
        page.get_by_role("button", name="撤销").click()
        page.get_by_text("已恢复。").wait_for()
    row.refresh_from_db()
    assert row.removed_at is None


def test_a_standard_is_scored_on_both_sides(chromium: Any, live_server: Any, signed_in: SignIn) -> None:
    owner = organisations.facility(name="西岸镇卫生院")
    hall = organisations.tcm_hall(owner)
    head = signed_in("facility_head", facility=owner.pk)
    row = make.record("hall_upgrade", hall=hall.pk, by=head.user)  # type: ignore[attr-defined]
    standard = definition_of("hall_upgrade").standard
    assert standard is not None
    items = dict(standard.items())
    name = next(iter(items))
    with at(chromium, live_server, head, f"/records/{row.pk}/score/") as opened:
        page = opened.page
        assert page.locator(".item").count() == len(items)
        page.locator(f"input[name='{name}.self']").fill("999")
        save(page, "保存，接着填")
        assert page.locator(f"#item-{name}.bad").count() == 1
        assert page.locator(f"input[name='{name}.self']").input_value() == "999"
        opened.examine().check()
        for key, item in items.items():
            page.locator(f"input[name='{key}.self']").fill(f"{item.points:f}")
        page.locator(f"input[name='{name}.file']").set_input_files(
            {"name": "佐证.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%demo\n"}
        )
        save(page, "保存，返回")
        page.get_by_text("评分已保存。").wait_for()
        assert page.locator(".figures dd").first.inner_text() == str(int(standard.points))
        opened.examine().check()
    assert Attachment.objects.get(item=name).record_id == row.pk


def test_a_survey_is_handed_out_answered_and_printed(
    chromium: Any, live_server: Any, signed_in: SignIn
) -> None:
    client, row = signed_in("county_officer", COUNTY), make.record("satisfaction")
    with at(chromium, live_server, client, f"/records/{row.pk}/round/") as opened:
        page = opened.page
        page.get_by_role("button", name="生成问卷链接").click()
        page.get_by_role("link", name="打印二维码").wait_for()
        opened.examine().check()
        page.get_by_role("link", name="打印二维码").click()
        page.locator(".sheet img").first.wait_for()
        loaded = "all => all.every(one => one.complete && one.naturalWidth > 0)"
        page.wait_for_load_state("networkidle")
        assert page.locator(".sheet img").evaluate_all(loaded), "every code is a picture"
        opened.examine().check()
        page.emulate_media(media="print")
        assert page.locator(".menu").is_hidden()
        assert page.locator(".sheet img").first.is_visible()
        page.emulate_media(media="screen")
    link = row.links.first()
    assert link is not None
    with at(chromium, live_server, Client(), f"/s/{link.pk}/", 400) as opened:
        page = opened.page
        shown = page.locator("fieldset:visible").count()
        radio(page, "used", "yes")
        assert page.locator("fieldset:visible").count() > shown, "more is asked of who used it"
        radio(page, "used", "no")
        assert page.locator("fieldset:visible").count() == shown
        page.get_by_role("button", name="提交").click()
        page.locator(".errors").first.wait_for()
        opened.errors.clear()  # the browser tells of the answer 422
        opened.examine().check()
        radio(page, "overall", "very")
        for box in page.locator("fieldset:visible:has(input[type=checkbox])").all():
            box.locator("input").first.check()
        page.get_by_role("button", name="提交").click()
        page.get_by_text("已收到").wait_for()
    assert Answer.objects.count() == 1


# what only a browser does


def test_fields_come_and_go_with_what_they_depend_on(
    chromium: Any, live_server: Any, signed_in: SignIn, clinic: Facility
) -> None:
    client = signed_in("village_doctor", facility=clinic.pk)
    with at(chromium, live_server, client, "/records/of/lecture/new/") as opened:
        page = opened.page
        school, views = page.locator(".field:has(#id_school)"), page.locator(".field:has(#id_online_views)")
        assert school.is_hidden()
        page.locator("#id_setting").select_option("school")
        assert school.is_visible()
        page.locator("#id_setting").select_option("online")
        assert school.is_hidden()
        assert views.is_visible()


def test_a_draft_outlives_a_lost_connection(
    chromium: Any, live_server: Any, signed_in: SignIn, clinic: Facility
) -> None:
    """Without a connection the browser keeps it; when it is back the server has it, and the form fills itself again."""
    client = signed_in("village_doctor", facility=clinic.pk)
    with opening(chromium, live_server, client, "/records/of/lecture/new/") as opened:
        page, context = opened.page, opened.page.context
        context.set_offline(True)
        page.locator("#id_topic").fill("断网时写的")
        page.locator("#id_setting").select_option("school")
        radio(page, "tcm", "true")
        page.locator(".saved").get_by_text("草稿存在这台电脑上").wait_for()
        kept = page.evaluate("Object.entries(localStorage).filter(one => one[0].startsWith('draft:'))")
        assert "断网时写的" in kept[0][1]
        page.get_by_role("button", name="保存", exact=True).click()
        page.locator(".saved").get_by_text("还没有保存").wait_for()
        assert not Record.objects.exists()
        context.set_offline(False)
        page.locator(".saved").get_by_text("草稿已存").wait_for()
        assert Draft.objects.count() == 1
        assert page.evaluate("Object.keys(localStorage).some(one => one.startsWith('draft:'))") is False
        page.reload()
        page.get_by_text("已填入上次没有提交的内容").wait_for()
        assert page.locator("#id_topic").input_value() == "断网时写的"
        assert page.locator("input[name=tcm][value=true]").is_checked()
        assert page.locator(".field:has(#id_school)").is_visible()
        opened.errors = [one for one in opened.errors if "ERR_INTERNET_DISCONNECTED" not in one]
        opened.examine().check()


def test_a_form_closed_without_a_connection_fills_itself_from_this_computer(
    chromium: Any, live_server: Any, signed_in: SignIn, clinic: Facility
) -> None:
    person = organisations.practitioner(clinic, name="欧阳修")
    client = signed_in("village_doctor", facility=clinic.pk)
    with opening(chromium, live_server, client, "/records/of/lecture/new/") as opened:
        page, context = opened.page, opened.page.context
        page.locator("details.more > summary").click()
        page.locator("#id_lecturer").click()
        page.keyboard.type("欧阳修")
        page.locator("#id_lecturer-list [data-value]").first.wait_for()
        context.set_offline(True)
        page.keyboard.press("Enter")
        page.locator("#id_note").fill("备注也在")
        page.locator(".saved").get_by_text("草稿存在这台电脑上").wait_for()
        page.goto("about:blank")
        context.set_offline(False)
        page.goto(live_server.url + "/records/of/lecture/new/")
        # From this computer; or from the server, if the draft went out at the last moment, when the page closed.
        page.locator(".saved, .notice").get_by_text("草稿").first.wait_for()
        assert page.locator("#id_note").input_value() == "备注也在"
        assert "欧阳" in page.locator("#id_lecturer").input_value()
        assert page.locator("input[type=hidden][name=lecturer]").input_value() == person.pk


def test_personal_fields_are_not_kept_by_the_browser(
    chromium: Any, live_server: Any, signed_in: SignIn
) -> None:
    client = signed_in("county_officer", COUNTY)
    with opening(chromium, live_server, client, "/records/of/complaint/new/") as opened:
        page = opened.page
        one = definition_of("complaint")
        name = next(n for n, field in one.fields.items() if field.is_personal and field.type.value == "text")
        page.context.set_offline(True)
        page.evaluate(
            """name => { const one = document.querySelector(`[name=${name}]`); one.value = '某甲的秘密';
            one.dispatchEvent(new Event('input', {bubbles: true})); }""",
            name,
        )
        page.locator(".saved").get_by_text("草稿存在这台电脑上").wait_for()
        assert "某甲的秘密" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_chosen_file_stays_after_a_mistake(
    chromium: Any, live_server: Any, signed_in: SignIn, clinic: Facility
) -> None:
    client = signed_in("village_doctor", facility=clinic.pk)
    with at(chromium, live_server, client, "/records/of/lecture/new/") as opened:
        page = opened.page
        page.locator("details.more > summary").click()
        page.locator("input[name=evidence__file]").set_input_files(
            {"name": "签到表.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%demo\n"}
        )
        page.locator("#id_topic").fill("春季养生")
        save(page)
        page.locator(".summary").wait_for()
        assert page.locator(".kept").inner_text().strip().startswith("签到表.pdf")
        page.locator("#id_kind").select_option("lecture")
        radio(page, "tcm", "false")
        page.locator("#id_setting").select_option("village")
        page.locator("#id_people").fill("20")
        save(page)
        page.get_by_role("link", name="签到表.pdf").wait_for()
    assert Attachment.objects.get().record == Record.objects.get()


def test_several_are_picked_and_taken_off_with_keys(
    chromium: Any, live_server: Any, signed_in: SignIn
) -> None:
    owner = organisations.facility(name="西岸镇卫生院")
    people = [organisations.practitioner(owner, name=name) for name in ("欧阳修", "单雄信")]
    client = signed_in("county_officer", COUNTY)
    with at(chromium, live_server, client, "/records/of/training_course/new/") as opened:
        page = opened.page
        for number, name in enumerate(("欧阳修", "单雄信"), 1):
            page.locator("#id_passed").focus()
            page.keyboard.type(name)
            page.locator("#id_passed-list [data-value]").first.wait_for()
            page.keyboard.press("Enter")
            page.locator(".many:has(#id_passed) .chosen li").nth(number - 1).wait_for()
        field = page.locator("input[type=hidden][name=passed]")
        assert field.input_value() == "；".join(one.pk for one in people)
        page.get_by_role("button", name="移除欧阳").focus()
        page.keyboard.press("Enter")
        assert field.input_value() == people[1].pk
        opened.examine().check()


def test_all_are_ticked_and_moved_at_once(chromium: Any, live_server: Any, signed_in: SignIn) -> None:
    for _ in range(3):
        make.record("rectification", facility=organisations.facility().pk)
    client = signed_in("county_officer", COUNTY)
    with at(chromium, live_server, client, "/records/of/rectification/") as opened:
        page = opened.page
        page.get_by_label("全选本页").check()
        assert page.locator("[data-picked]").inner_text() == "已勾选 3 条"
        page.locator("tbody input[type=checkbox]").first.uncheck()
        page.locator("#bulk-move").select_option("revoke")
        page.locator("#bulk-reason").fill("重复立项")
        page.get_by_role("button", name="办理").click()
        page.get_by_text("办了 2 条").wait_for()
        opened.examine().check()
    assert Record.objects.filter(state="revoked").count() == 2


def test_two_clicks_make_one_record(
    chromium: Any, live_server: Any, signed_in: SignIn, clinic: Facility
) -> None:
    client = signed_in("village_doctor", facility=clinic.pk)
    with opening(chromium, live_server, client, "/records/of/lecture/new/") as opened:
        page = opened.page
        once = page.locator("input[name=once]").input_value()
    sent = {
        "facility": clinic.pk,
        "date": "2026-03-05",
        "topic": "养生",
        "kind": "lecture",
        "tcm": "true",
        "setting": "village",
        "people": "3",
        "once": once,
    }
    answers = [client.post("/records/of/lecture/new/", sent) for _ in range(2)]
    assert Record.objects.count() == 1
    assert answers[0]["Location"] == answers[1]["Location"]
    assert client.post("/records/of/lecture/new/", {**sent, "once": "forged"}).status_code == 404


def test_the_index_finds_by_name_and_initials(
    chromium: Any, live_server: Any, signed_in: SignIn, clinic: Facility
) -> None:
    client = signed_in("county_officer", COUNTY)
    with at(chromium, live_server, client, "/records/") as opened:
        page = opened.page
        for text in ("健康教育活动", "jkjyhd"):
            page.locator("#q").fill(text)
            found = page.locator("#definitions li:visible")
            assert "健康教育活动" in found.first.inner_text()
            assert found.count() < 5
        opened.examine().check()
        page.keyboard.press("Tab")
        page.locator("#definitions li:visible a").first.click()
        page.get_by_role("button", name="放到常用里").click()
        page.get_by_role("button", name="不再放在常用里").wait_for()
        page.goto(live_server.url + "/records/")
        assert page.locator("[data-first]").get_by_text("健康教育活动").is_visible()
    assert "只能看" in signed_in("village_doctor", facility=clinic.pk).get("/records/").content.decode()


def test_the_month_is_walked_with_keys(chromium: Any, live_server: Any, signed_in: SignIn) -> None:
    head = organisations.facility(name="西岸镇卫生院")
    due = timezone.localdate().replace(day=15)
    make.record(
        "rectification", facility=head.pk, date=str(due - timedelta(days=20)), due_on=str(due), done_on=None
    )
    client = signed_in("facility_head", facility=head.pk)
    with at(chromium, live_server, client, "/records/due/?view=calendar") as opened:
        page = opened.page
        day = page.locator(f"[data-day='{due}']")
        assert "1 项到期" in day.inner_text()
        page.locator("a.day[tabindex='0']").focus()
        for _ in range(40):
            here = page.evaluate("document.activeElement.dataset.day")
            if here == str(due):
                break
            page.keyboard.press("ArrowRight" if here < str(due) else "ArrowLeft")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**day={due}*")
        assert page.locator("tbody tr").count() == 1
        opened.examine().check()
        page.goto(live_server.url + "/records/due/?view=calendar&month=2026-11")
        page.locator("a.day[tabindex='0']").focus()
        page.keyboard.press("PageDown")
        page.get_by_role("region", name="2026 年 12 月的日历").wait_for()


def test_home_shows_what_waits_and_the_calendar_file_has_it(
    chromium: Any, live_server: Any, signed_in: SignIn
) -> None:
    head = organisations.facility(name="西岸镇卫生院")
    officer, client = signed_in("county_officer", COUNTY), signed_in("facility_head", facility=head.pk)
    past = timezone.localdate() - timedelta(days=3)
    make.record(
        "rectification", facility=head.pk, date=str(past - timedelta(days=9)), due_on=str(past), done_on=None
    )
    base = make.record("education_base", facility=head.pk)
    moving.send_back(
        base,
        definition_of("education_base"),
        "name",
        by=officer.user,  # type: ignore[attr-defined]
        reason="名称与铜牌不符",
        due=timezone.localdate(),
    )
    with at(chromium, live_server, client, "/") as opened:
        panel = opened.page.locator(".waiting").inner_text()
        assert "名称与铜牌不符" in panel
        assert "已逾期 1 项" in panel
        assert opened.page.locator(".menu .count").inner_text() == "逾期 1"
    text = client.get("/records/due/deadlines.ics").content.decode()
    assert f"DTSTART;VALUE=DATE:{past:%Y%m%d}" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert (
        ".waiting"
        not in signed_in("facility_head", facility=organisations.facility().pk).get("/").content.decode()
    )


def test_a_record_on_paper(chromium: Any, live_server: Any, signed_in: SignIn) -> None:
    row, client = make.record("rectification"), signed_in("county_officer", COUNTY)
    with at(chromium, live_server, client, f"/records/{row.pk}/") as opened:
        page = opened.page
        page.emulate_media(media="print")
        for part in (".menu", ".top", ".page-head .actions", ".crumbs"):
            assert page.locator(part).first.is_hidden(), part
        assert page.locator(".pairs").first.is_visible()
        assert page.pdf().startswith(b"%PDF")


def test_the_page_that_explains_a_definition(chromium: Any, live_server: Any, signed_in: SignIn) -> None:
    client = signed_in("county_officer", COUNTY)
    for width in WIDTHS:
        with at(chromium, live_server, client, "/records/of/rectification/about/", width) as opened:
            assert opened.page.locator("svg text", has_text="待整改").count()
            assert opened.page.get_by_role("row", name="县级中医药管理人员").inner_text().count("✓") == 2


def test_a_year_of_working_days_is_loaded(chromium: Any, live_server: Any, signed_in: SignIn) -> None:
    client = signed_in("system_admin")
    year = timezone.localdate().year + 1
    with at(chromium, live_server, client, "/records/workdays/") as opened:
        page = opened.page
        page.locator("#file").set_input_files(
            {"name": "坏.csv", "mimeType": "text/csv", "buffer": b"date,works\n2027-13-01,0\n"}
        )
        save(page, "存入并重算")
        assert "第 2 行" in page.locator(".notice.error").inner_text()
        opened.errors.clear()
        lines = "\n".join(f"{year}-10-0{n},{_off(year, n)}" for n in range(1, 8) if _off(year, n) is not None)
        more = "\n".join(f"{year}-05-0{n},0" for n in range(3, 8) if _weekday(year, 5, n))
        page.locator("#file").set_input_files(
            {"name": "好.csv", "mimeType": "text/csv", "buffer": f"date,works\n{lines}\n{more}\n".encode()}
        )
        save(page, "存入并重算")
        page.get_by_text(f"{year} 年的工作日已存入").wait_for()
        assert page.get_by_role("row", name=f"{year} 年 本装置存入").count() == 1


def _weekday(year: int, month: int, day: int) -> bool:
    return timezone.datetime(year, month, day).weekday() < 5


def _off(year: int, day: int) -> int | None:
    return 0 if _weekday(year, 10, day) else None


# what lies in one's area but does not fit answers with words, not with "not found"


def test_what_does_not_fit_is_told(signed_in: SignIn) -> None:
    base, client = make.record("education_base"), signed_in("county_officer", COUNTY)
    looks = signed_in("liaison", COUNTY)
    cases = [
        (client, f"/records/{base.pk}/score/", "没有评分标准"),
        (client, f"/records/{base.pk}/round/", "不是问卷调查"),
        (client, f"/records/{base.pk}/round/sheet/", "不是问卷调查"),
        (client, f"/records/{base.pk}/move/nothing/", "办不了"),
        (client, "/records/of/education_base/report/nothing/", "没有这张统计表"),
        (client, "/records/of/rectification/owing/", "不要求定期填报"),
        (looks, f"/records/{base.pk}/remove/", "不能撤除"),
        (looks, f"/records/{base.pk}/return/", "不能退回"),
        (looks, f"/records/{base.pk}/edit/", "不能修改"),
        (looks, "/records/of/education_base/new/", "只能看"),
    ]
    for who, path, words in cases:
        answer = who.get(path, follow=True)
        assert answer.status_code == 200, path
        assert answer.redirect_chain, path
        assert words in answer.content.decode(), path
    far = signed_in("county_officer", "441881")
    assert far.get(f"/records/{base.pk}/score/").status_code == 404, "outside the area there is nothing"


def test_a_refused_move_says_why(signed_in: SignIn) -> None:
    officer = signed_in("county_officer", COUNTY)
    row = make.record("rectification", by=officer.user)  # type: ignore[attr-defined]
    answer = officer.get(f"/records/{row.pk}/move/accept/", follow=True)
    assert "办不了这一步" in answer.content.decode()


def test_a_page_asks_the_database_a_few_times_whatever_it_shows(
    signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("county_officer", COUNTY)
    for number in range(6):
        row = make.record("rectification", facility=organisations.facility().pk)
        make.record("education_base", facility=organisations.facility().pk, name=f"基地 {number}")
    pages = ["/", "/records/?show=all", "/records/due/", "/records/due/?view=calendar&whose=all"]
    pages += ["/records/of/rectification/", "/records/of/rectification/about/", f"/records/{row.pk}/"]
    for path in pages:
        with django_assert_max_num_queries(15):
            assert client.get(path).status_code == 200, path
