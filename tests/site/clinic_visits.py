"""What is done at the visits of a scripted day (`test_clinic_day`), by the keys of `clinic_day.Doctor`."""

from __future__ import annotations

from collections.abc import Iterator

import residents_factories as people
from clinic_day import Doctor
from playwright.sync_api import expect

from conftest import PASSWORD
from xinglin.apps.residents.models import Resident

SIX = ("党参 15", "炒白术 12", "茯苓 15", "炙甘草 6", "陈皮 6", "木香 6")
TWELVE = (*SIX, "砂仁 6 后下", "白芍 12", "柴胡 9", "枳壳 9", "香附 9", "郁金 9")
NEEDLES, SCRAPING = ("hz", "毫针技术", "合谷、足三里"), ("gs", "刮痧技术", "大椎")
FORMULAS = (("xys", "逍遥散", "柴胡", "9"), ("lwdhw", "六味地黄丸", "熟地黄", "15"))
"""Letters, name, first herb and how much of it: some of the book is above the pharmacopoeia's range."""


def first_visits(doctor: Doctor) -> None:
    """Five who were never here: 6, 10, 12 and 18 herbs as pieces, a formula as granules."""
    written = (("", SIX), ("yqs", ("芦根 15",)), ("", TWELVE), ("twbxd", ("夜交藤 15", "合欢皮 9", *SIX[3:])))
    for at, (letters, more) in enumerate(written):
        newcomer(doctor, f"演示新人{'甲乙丙丁'[at]}")
        if letters == "yqs":
            doctor.formula("yqs", "银翘散", "连翘")
        elif letters:
            doctor.formula(letters, "天王补心丹", "人参")
            doctor.change("grams_7", "6")  # 五味子: the book has more than the pharmacopoeia
        doctor.herbs(*more)
        doctor.change("doses", "5")
        doctor.sign("herbal_pieces")
    newcomer(doctor, "演示新人戊")
    doctor.formula("yqs", "银翘散", "连翘")
    doctor.choose("form", "granules")
    doctor.sign("granules")


def newcomer(doctor: Doctor, name: str) -> None:
    """Registered by card, seated, complaint and diagnosis written."""
    doctor.register(name, people.card())
    doctor.seat()
    begin(doctor)


def begin(doctor: Doctor, complaint: str = "咳嗽 3 天") -> None:
    doctor.write("complaint", complaint)
    doctor.diagnose()


def return_visits(doctor: Doctor, residents: list[Resident]) -> None:
    """Five come back: another amount, one herb more, a treatment beside, now as granules, nothing but the effect."""
    kinds = ("herbal_pieces", "herbal_pieces", "herbal_pieces", "granules", "herbal_pieces")
    for at, (one, kind) in enumerate(zip(residents, kinds, strict=True)):
        doctor.find(one.name)
        doctor.seat()
        doctor.write("effect", "好转")
        if at == 0:
            doctor.change("grams_2", "10")
        elif at == 1:
            doctor.herbs("百部 9")
        elif at == 2:
            doctor.techniques(NEEDLES)
        elif at == 3:
            doctor.choose("form", kind)
        doctor.sign(kind, treated=int(at == 2))


def western_visits(doctor: Doctor, residents: Iterator[Resident]) -> None:
    """Three get patent medicines by a western diagnosis alone; two get advice alone, which is no TCM visit."""
    for names in (("感冒清热颗粒",), ("三金片", "银黄颗粒"), ("六味地黄丸",), (), ()):
        western(doctor, next(residents), names)


def western(doctor: Doctor, one: Resident, names: tuple[str, ...]) -> None:
    come(doctor, one)
    doctor.write("complaint", "发热 1 天")
    doctor.write("western_0", "急性上呼吸道感染")
    doctor.patents(*names)
    doctor.sign(*(["patent_medicine"] if names else []))


def come(doctor: Doctor, one: Resident) -> None:
    """Somebody with a file, by the card that he lays on the reader."""
    doctor.find(one.id_number)
    doctor.seat()


def technique_visits(doctor: Doctor, residents: Iterator[Resident], course: Resident) -> None:
    """Needles, scraping, both; a course that begins tomorrow, which treats nobody today; one more of a course."""
    for wanted in ((NEEDLES,), (SCRAPING,), (NEEDLES, SCRAPING)):
        come(doctor, next(residents))
        begin(doctor)
        doctor.techniques(*wanted)
        doctor.sign(treated=len(wanted))
    come(doctor, next(residents))
    begin(doctor)
    doctor.techniques(NEEDLES, today=False, times=5)
    doctor.sign()
    doctor.find(course.id_number)
    doctor.page.get_by_role("button", name="记一次刮痧技术").focus()
    doctor.keys.press("Enter")
    expect(doctor.page.locator("main")).to_contain_text("已记第 2 次")
    doctor.tally.visit(treated=1)


def granule_visits(doctor: Doctor, residents: Iterator[Resident]) -> None:
    """Two get granules by a formula."""
    for letters, words, first, grams in FORMULAS:
        come(doctor, next(residents))
        begin(doctor)
        doctor.formula(letters, words, first)
        doctor.change("grams_0", grams)
        doctor.choose("form", "granules")
        doctor.sign("granules")


def signed_twice(doctor: Doctor, one: Resident) -> None:
    """Above the range: refused, then signed with a reason and the password."""
    come(doctor, one)
    begin(doctor, "四肢冷 1 年")
    doctor.herbs("附子 30 先煎", "干姜 9", "炙甘草 9", "党参 15", "炒白术 12", "茯苓 15")
    doctor.try_to_sign()
    doctor.page.locator("[name^=reason_]").first.focus()
    doctor.keys.insert_text("久煎两小时，病人长期服用有效")
    doctor.page.focus("[name=proof]")
    doctor.keys.insert_text(PASSWORD)
    doctor.sign("herbal_pieces")


def stopped(doctor: Doctor, one: Resident) -> None:
    """An allergy that was written down before stops it; the herb is replaced."""
    doctor.find(one.id_number)
    doctor.page.locator("summary", has_text="登记过敏史").press("Enter")
    doctor.page.focus("#allergy_substance")
    doctor.keys.insert_text("当归")
    with doctor.page.expect_navigation(wait_until="load"):
        doctor.keys.press("Enter")
    doctor.seat()
    begin(doctor)
    doctor.herbs(*SIX, "当归 9")
    doctor.try_to_sign()
    expect(doctor.page.locator(".findings .of-stop")).to_contain_text("过敏")
    doctor.change("herb_6", "鸡血藤")
    doctor.sign("herbal_pieces")


def corrected(doctor: Doctor, one: Resident) -> None:
    """Herbs and a patent medicine; the patent medicine was not taken along, and the record is corrected."""
    come(doctor, one)
    begin(doctor)
    doctor.herbs(*SIX)
    doctor.patents("银黄颗粒")
    doctor.sign("herbal_pieces", "patent_medicine")
    doctor.page.get_by_role("link", name="更正").focus()
    doctor.keys.press("Enter")
    doctor.page.wait_for_url("**/correct")
    for name in ("patent_0", "quantity_0", "patent_usage_0"):
        doctor.reach(name)
        doctor.keys.press("Control+A")
        doctor.keys.press("Delete")
    doctor.page.focus("#f_reason")
    doctor.keys.insert_text("中成药没有取药")
    doctor.try_to_sign()
    expect(doctor.page.locator("main")).to_contain_text("第 2 版")
    doctor.tally.prescriptions["patent_medicine"] -= 1


def gone(doctor: Doctor, one: Resident) -> None:
    """Somebody waits and goes home."""
    come(doctor, one)
    doctor.leave(one.name)


def printed(doctor: Doctor, one: Resident) -> None:
    """Sixteen herbs, signed and on paper by two keys."""
    come(doctor, one)
    begin(doctor)
    doctor.formula("dhjst", "独活寄生汤", "独活")
    doctor.change("grams_4", "3")
    doctor.change("grams_7", "3")
    doctor.herbs("鸡血藤 15")
    doctor.sign("herbal_pieces")
    expect(doctor.page.locator("a[autofocus]")).to_be_focused()
    doctor.keys.press("Enter")
    doctor.page.wait_for_url("**/paper/prescription")
    assert doctor.page.locator(".herb-list li").count() == 16
    assert doctor.opened.examine().violations == []


def broken_off(doctor: Doctor, one: Resident) -> None:
    """The connection drops in the middle, the lid is shut; later everything is there again and is signed."""
    come(doctor, one)
    address, errors = doctor.page.url, doctor.opened.errors
    before = len(errors)
    doctor.write("complaint", "失眠 2 周")
    doctor.page.context.set_offline(True)
    doctor.herbs(*TWELVE)
    doctor.keys.press("Control+Enter")
    expect(doctor.page.locator(".saved")).to_contain_text("还没有保存")
    doctor.page.goto("about:blank")
    doctor.page.context.set_offline(False)
    doctor.page.goto(address, wait_until="load")
    expect(doctor.page.locator("#f_herb_11")).to_have_value("郁金")
    del errors[before:]  # the browser's own words about the lost connection
    doctor.diagnose()
    doctor.sign("herbal_pieces")


def by_template(doctor: Doctor, residents: Iterator[Resident]) -> None:
    """A prescription is kept as one's own template and given to the next."""
    come(doctor, next(residents))
    begin(doctor)
    doctor.herbs(*SIX)
    doctor.reach("template")
    doctor.keys.insert_text("演示健脾方")
    doctor.page.get_by_role("button", name="存为模板").focus()
    doctor.keys.press("Enter")
    expect(doctor.page.locator("body")).to_contain_text("已存为模板")
    doctor.reach("doses")
    doctor.sign("herbal_pieces")
    come(doctor, next(residents))
    begin(doctor)
    doctor.formula("ysjpf", "演示健脾方", "党参")
    doctor.sign("herbal_pieces")


def all_at_once(doctor: Doctor, one: Resident) -> None:
    """Herbs, a patent medicine and a treatment at one visit."""
    come(doctor, one)
    begin(doctor)
    doctor.herbs(*SIX)
    doctor.patents("三金片")
    doctor.techniques(NEEDLES)
    doctor.sign("herbal_pieces", "patent_medicine", treated=1)


def township_day(doctor: Doctor, known: list[Resident]) -> None:
    """Thirty visits, and one who went home."""
    left = iter(known[6:])
    first_visits(doctor)
    return_visits(doctor, known[:5])
    western_visits(doctor, left)
    granule_visits(doctor, left)
    technique_visits(doctor, left, known[5])
    for deed in (signed_twice, stopped, corrected, gone, printed, broken_off, all_at_once):
        deed(doctor, next(left))
    by_template(doctor, left)


def village_day(doctor: Doctor, villagers: list[Resident]) -> None:
    """Ten visits: herbs typed and by formula, patent medicines, treatments, advice alone, one who comes back."""
    newcomer(doctor, "演示新村民甲")
    doctor.herbs(*SIX)
    doctor.sign("herbal_pieces")
    for at, (letters, words, first, grams) in enumerate(FORMULAS):
        newcomer(doctor, f"演示新村民{'乙丙'[at]}")
        doctor.formula(letters, words, first)
        doctor.change("grams_0", grams)
        doctor.sign("herbal_pieces")
    left = iter(villagers[1:])
    for names in (("感冒清热颗粒",), ("银黄颗粒",), ()):
        western(doctor, next(left), names)
    for wanted, more in ((NEEDLES, ()), (SCRAPING, ()), (SCRAPING, SIX)):
        come(doctor, next(left))
        begin(doctor)
        doctor.herbs(*more)
        doctor.techniques(wanted)
        doctor.sign(*(["herbal_pieces"] if more else []), treated=1)
    doctor.find(villagers[0].id_number)
    doctor.seat()
    doctor.write("effect", "好转")
    doctor.change("grams_0", "12")
    doctor.sign("herbal_pieces")
