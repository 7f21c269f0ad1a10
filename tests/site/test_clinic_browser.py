"""The clinic in Chromium: a return visit by keys, a lost connection, paper, weight, every page at two widths."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import clinic_factories as clinic
import pypdfium2
import pytest
import residents_factories as people
from browser import open_page, opening
from clinic_factories import Desk, raw
from django.test import Client

from xinglin.apps.accounts.models import User
from xinglin.apps.clinic.models import Draft, Encounter, Prescription
from xinglin.apps.residents.models import Resident

pytestmark = [pytest.mark.chromium, pytest.mark.enable_socket, pytest.mark.django_db(transaction=True)]
HERBS = ("党参 15", "炒白术 12", "茯苓 15", "炙甘草 6", "陈皮 6", "法半夏 9", "木香 6", "砂仁 6 后下")
PAIR = {"disease_0": "A04.03.03", "pattern_0": "B04.06.03.01.03.01"}
MOST_KEYS = 25
HEAVIEST = 150 * 1024


@pytest.fixture
def desk(account: Callable[..., User]) -> Desk:
    return clinic.desk(account)


def client_of(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.user)
    return client


def known(desk: Desk, **more: Any) -> Resident:
    return people.resident(desk.facility, name="欧阳青囊", **more)


class Keyboard:
    """Counts what is pressed; a shortcut counts once, and so does each letter."""

    def __init__(self, page: Any) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def type(self, text: str) -> None:
        self.press(*text)

    def arrive(self, address: str) -> None:
        """The next page is there and has put the cursor somewhere: keys before that go nowhere."""
        self.page.wait_for_url(address)
        self.page.wait_for_selector(":focus")


def test_a_return_visit_takes_few_keys(chromium: Any, live_server: Any, desk: Desk) -> None:
    """Found, copied, one amount changed, one herb added, signed, on paper: no more than 25 keys, and no mouse."""
    resident = known(desk)
    clinic.signed(desk, raw(*HERBS, **PAIR, usage="水煎服"), resident)
    with opening(chromium, live_server, client_of(desk), "/clinic") as opened:
        page, keys = opened.page, Keyboard(opened.page)
        keys.press("/")
        keys.type("oyqn")
        keys.press("Enter")
        keys.arrive("**/residents/*")
        keys.press("Enter")
        keys.arrive("**/clinic/encounters/*")
        keys.type("ok")
        keys.press("Alt+h")
        keys.press("Enter", "Enter")
        keys.type("10")
        keys.press("Alt+a")
        keys.type("sz")
        page.wait_for_selector("#f_herb_8-list [role=option][aria-selected=true]")
        name = page.input_value("#f_herb_8"), page.text_content("#f_herb_8-list [aria-selected=true] b")
        keys.press("Enter")
        keys.type("9")
        with page.expect_response("**/check"):
            keys.press("Enter")
        keys.press("Control+Enter")
        page.wait_for_selector("text=已签名")
        keys.press("Enter")
        page.wait_for_url("**/paper/prescription")
        assert keys.pressed <= MOST_KEYS, keys.pressed
        assert opened.errors == []
    lines = {line.written: line.grams for line in Prescription.objects.latest("signed_at").lines.all()}
    assert len(lines) == 9
    assert (lines["茯苓"], lines[str(name[1])]) == (10, 9)


def test_a_half_filled_form_survives_a_dropped_connection(
    chromium: Any, live_server: Any, desk: Desk
) -> None:
    encounter = clinic.visit(desk, known(desk))
    client = client_of(desk)
    address = f"/clinic/encounters/{encounter.pk}"
    opened = open_page(chromium, live_server, client, address)
    page = opened.page
    page.fill("#f_complaint", "胃脘胀 3 天")
    page.locator(".saved", has_text="草稿已存").wait_for()
    assert json.loads(Draft.objects.get().values)["complaint"] == "胃脘胀 3 天"
    page.context.set_offline(True)
    for at in range(10):
        page.fill(f"#f_grams_{at}", str(at + 3))
        page.focus(f"#f_grams_{at}")
        page.keyboard.press("Enter")  # the row after the last is made when it is asked for
        page.fill(f"#f_herb_{at}", f"药{at}")
    page.click("[data-more=patent]")
    page.keyboard.type("保和丸")  # the new row has the cursor
    page.click("[data-more=technique]")
    page.fill("#f_site_1", "足三里")
    page.fill("#f_technique_1", "电针")
    page.locator(".saved", has_text="连不上服务器").wait_for()
    page.click("#sign")
    assert "还没有保存" in page.text_content(".saved")
    page.goto("about:blank")  # the lid is shut while there is no network
    page.context.set_offline(False)
    page.goto(live_server.url + address, wait_until="networkidle")
    assert page.input_value("#f_complaint") == "胃脘胀 3 天"
    assert [page.input_value(f"#f_grams_{at}") for at in range(10)] == [str(at + 3) for at in range(10)]
    assert (page.input_value("#f_patent_1"), page.input_value("#f_site_1")) == ("保和丸", "足三里")
    for most, kind in ((6, "patent"), (3, "technique")):
        while page.is_visible(f"[data-more={kind}]"):
            page.click(f"[data-more={kind}]")
        assert page.locator(f".{kind}").count() == most
    page.fill("#f_patent_5", "六味地黄丸")
    page.locator(".saved", has_text="草稿已存").wait_for()
    kept = json.loads(Draft.objects.get().values)
    assert (kept["herb_9"], kept["patent_1"], kept["site_1"]) == ("药9", "保和丸", "足三里")
    page.context.close()


def test_what_is_offered_is_put_in_by_one_touch(chromium: Any, live_server: Any, desk: Desk) -> None:
    """The check speaks while one writes; its offers and reasons, and the knowledge at hand, by one key, and back."""
    encounter = clinic.visit(desk, known(desk))
    with opening(chromium, live_server, client_of(desk), f"/clinic/encounters/{encounter.pk}") as opened:
        page = opened.page
        page.fill("#f_herb_0", "附子")
        page.fill("#f_grams_0", "9")
        page.press("#f_grams_0", "Tab")
        page.wait_for_selector(".findings")
        page.click("[data-field=decoction]")
        assert page.input_value("#f_decoction_0")
        page.focus("#f_pattern_0")
        page.keyboard.type("pwqx")
        page.wait_for_selector("#f_pattern_0-list [role=option][aria-selected=true]")
        page.keyboard.press("Enter")
        formula = page.locator(".hand .formula", has_text="四君子汤").locator("button").first
        formula.wait_for()  # beside the prescription it opens by itself
        formula.focus()
        page.keyboard.press("Enter")
        page.locator(".took", has_text="四君子汤：放入 4 味").wait_for()
        assert [page.input_value(f"#f_herb_{at}") for at in range(2)] == ["附子", "人参"]
        page.fill("#f_herb_5", "法半夏")
        page.fill("#f_grams_5", "9")
        page.press("#f_grams_5", "Tab")
        page.locator("[data-reason]").first.click()
        assert "配伍" in page.input_value("[id^=reason_]")
        opened.examine()
        opened.check()
        page.focus(".took button")
        page.keyboard.press("Enter")
        page.locator(".took", has_text="已撤销").wait_for()
        assert [page.input_value(f"#f_herb_{at}") for at in range(2)] == ["附子", ""]
        page.keyboard.press("Alt+k")
        assert page.locator("#hand").get_attribute("open") is None
        assert opened.errors == []


def test_pages_of_the_clinic(chromium: Any, live_server: Any, desk: Desk) -> None:
    """Every page at two widths, without faults; the form with findings and a mistake in it too."""
    resident = known(desk)
    values = raw(*HERBS, **PAIR, technique_0="A01", site_0="足三里", sessions_0="3", follow_days="0")
    first = clinic.signed(
        desk,
        {**values, "follow_days": "7", "patent_0": "香砂养胃丸"}
        | {"quantity_0": "1", "patent_usage_0": "一次 9 g，一日 2 次"},
        resident,
    )
    open_ = clinic.visit(desk, resident, copy=True)
    Draft.objects.filter(encounter=open_).update(
        values=json.dumps(values | {"herb_9": "附子", "grams_9": "30"})
    )
    pages = [
        "/residents",
        "/residents/new",
        "/residents/duplicates",
        f"/residents/{resident.pk}",
        f"/residents/{resident.pk}/edit",
        "/clinic",
        f"/clinic/encounters/{open_.pk}",
        f"/clinic/encounters/{first.pk}",
        f"/clinic/encounters/{first.pk}/correct",
        f"/clinic/encounters/{first.pk}/paper/record",
        f"/clinic/encounters/{first.pk}/paper/sheet",
        "/clinic/prescriptions",
        f"/clinic/prescriptions/{first.prescriptions.first().pk}",
        "/clinic/follow-ups",
        f"/clinic/follow-ups/{first.follow_up.pk}",
        "/clinic/templates",
        "/clinic/shelf",
        "/clinic/counts",
    ]
    client = client_of(desk)
    for address in pages:
        with opening(chromium, live_server, client, address) as opened:
            opened.check()


def test_first_load_of_a_village_page_is_light(
    chromium: Any, live_server: Any, account: Callable[..., User]
) -> None:
    """All bytes of the first load, as they lie on disk, without compression."""
    desk = clinic.desk(account, role="village_doctor", kind="village_clinic", licence="village_doctor")
    first = clinic.signed(desk, raw(*HERBS, **PAIR), known(desk))
    encounter = clinic.visit(desk, first.resident, copy=True)
    for address in ("/clinic", f"/clinic/encounters/{encounter.pk}", f"/residents/{first.resident_id}"):
        context = chromium.new_context()
        context.add_cookies(
            [
                {"name": name, "value": one.value, "url": live_server.url}
                for name, one in client_of(desk).cookies.items()
            ]
        )
        page, sizes = context.new_page(), dict[str, int]()
        page.on("response", lambda answer: sizes.__setitem__(answer.url, len(answer.body())))  # noqa: B023
        page.goto(live_server.url + address, wait_until="networkidle")
        assert sum(sizes.values()) <= HEAVIEST, sorted((size, url) for url, size in sizes.items())
        context.close()


def test_paper_as_clinics_use_it(chromium: Any, live_server: Any, desk: Desk, tmp_path: Any) -> None:
    """A prescription of 24 herbs on one sheet of A5, with everything that a prescription must say."""
    many = tuple(f"{name} 6" for name in NAMES.split())
    encounter = clinic.signed(desk, raw(*many, **PAIR, usage="水煎服，早晚分服"), known(desk))
    assert Encounter.objects.get(pk=encounter.pk).state == "signed"
    with opening(
        chromium, live_server, client_of(desk), f"/clinic/encounters/{encounter.pk}/paper/prescription"
    ) as opened:
        opened.check()
        path = tmp_path / "a5.pdf"
        opened.page.pdf(path=path, prefer_css_page_size=True)
    pdf = pypdfium2.PdfDocument(path)
    assert len(pdf) == 1
    page = pdf[0]
    assert (round(page.get_width()), round(page.get_height())) == (420, 595), "A5 in points"
    text = page.get_textpage().get_text_bounded()
    for words in ("欧阳青囊", "Rp", "3 剂", "水煎服", "演示医师", "审核", desk.facility.name, *NAMES.split()):
        assert words in text, words
    pdf.close()


NAMES = (
    "党参 茯苓 陈皮 木香 砂仁 苍术 厚朴 枳壳 香附 郁金 白芍 当归 "
    "川芎 熟地黄 黄芪 山药 莲子 芡实 薏苡仁 桔梗 防风 荆芥 薄荷 菊花"
)
