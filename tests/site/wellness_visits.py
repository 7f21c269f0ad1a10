"""Health management on a scripted day (`test_clinic_day`): constitution of the elderly, guidance, children."""

from __future__ import annotations

from clinic_day import Doctor
from playwright.sync_api import expect

from xinglin.apps.residents.models import Resident

ANSWERS = "2443211121111311121111111111111111"[:33]
"""气虚质 is clear, nothing else."""


def assessed(doctor: Doctor, one: Resident) -> None:
    """Thirty-three questions by digits, signed; nobody is counted for that alone."""
    doctor.find(one.id_number)
    doctor.page.get_by_role("button", name="做体质辨识").press("Enter")
    doctor.page.wait_for_url("**/wellness/services/*")
    doctor.keys.type(ANSWERS)
    expect(doctor.page.locator("#answered-words")).to_contain_text("33/33")
    doctor.keys.press("Control+Enter")
    expect(doctor.page.locator("#result")).to_contain_text("气虚质 是")


def guided(doctor: Doctor, one: Resident) -> None:
    """An assessment and guidance by it: one of the elderly is cared for."""
    assessed(doctor, one)
    expect(doctor.page.locator("button[autofocus]")).to_be_focused()
    doctor.keys.press("Enter")
    doctor.page.locator("[data-tick]").first.press("Enter")
    _signed(doctor)
    doctor.tally.elderly += 1


def child(doctor: Doctor, one: Resident, months: int) -> None:
    """What is due at an age, done and shown to the family: one child is cared for."""
    doctor.find(one.id_number)
    doctor.page.get_by_role("button", name=f"做 {months} 月龄的指导").press("Enter")
    doctor.page.locator("[data-tick-asked]").press("Enter")
    doctor.page.locator("[name=told][value=family]").press("Space")
    _signed(doctor)
    doctor.tally.children += 1


def _signed(doctor: Doctor) -> None:
    with doctor.page.expect_navigation(wait_until="load"):
        doctor.page.locator("#sign").press("Enter")
    faults = doctor.page.locator(".summary, .notice.warning").all_inner_texts()
    expect(doctor.page.locator("main"), str(faults)).to_contain_text("已签名")
